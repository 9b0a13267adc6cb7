"""The words: every question, choice, error and outcome has its sentence, and no file is orphaned."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from calculators.law import Law
from calculators.territory import Territory
from handlers.collector import COLLECTOR
from handlers.commands import COMMANDS
from handlers.explore import Atlas, Explorer, Seen
from handlers.flow import Case, Do, Offer, Outcome, Question
from handlers.reading import Candidate, Unclear
from handlers.state import Put, State
from handlers.welcome import BY_WORD, CITIZEN, WAYS
from handlers.wording import FOLDER, LANGUAGES, Words
from tests.conversations.engine_chat import TODAY

ENGINE_KEYS = {"notice", "errors", "options", "confirm_spotted", "which_answer", "which_question", "why"}
FORBIDDEN = (
    "cam kết",
    "chắc chắn nhận",
    "lãi suất cao",
    "duy nhất hôm nay",
    "huyện BHXH",
    "BHXH huyện",
    "₫",
    "VND",
)

_CAPITAL_INSIDE = re.compile(r"[a-zà-ỹ,] (?:Tỉnh|Thành phố|Phường|Xã|Đặc khu|Huyện) ")


@cache
def words() -> Words:
    return Words(Territory.load())


@cache
def explored() -> tuple[Atlas, list[Seen]]:
    """Everything a walker of the citizen's conversation sees, way by way."""
    case = Case(TODAY, Law.load(), Territory.load(), "20")
    seen: list[Seen] = []
    atlas = Atlas()
    for way in (*WAYS, *BY_WORD):
        found = Explorer(CITIZEN, case, show=seen.append).wander({"task": way}, walks=600)
        atlas.steps |= found.steps
        atlas.outcomes |= found.outcomes
        atlas.edges |= found.edges
    first = Explorer(CITIZEN, case, show=seen.append).wander(walks=20)
    atlas.steps |= first.steps
    return atlas, seen


def put_of(seen: Seen, atlas: Atlas) -> Put | None:
    if isinstance(seen.step, Do):
        return None
    if seen.step is None:
        outcome = atlas.outcomes[seen.key]
        return Put("outcome", seen.key, seen.words, tuple(map(Candidate, outcome.then)))
    candidates = seen.unclear.candidates if seen.unclear else ()
    if isinstance(seen.step, Question):
        choices = candidates or tuple(map(Candidate, seen.step.choices))
        return Put("question", seen.key, seen.words, choices, seen.unclear)
    assert isinstance(seen.step, Offer)
    return Put("question", seen.key, seen.words, seen.step.examples[0], seen.unclear)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_a_walker_sees_has_words(language: str) -> None:
    atlas, everything = explored()
    said = set()
    for seen in everything:
        put = put_of(seen, atlas)
        if put is None:
            continue
        state = State(started_on=TODAY, language=language, answers=dict(seen.answers))
        message = words().outgoing(put, state)
        said.add(put.key)
        assert message.text == unicodedata.normalize("NFC", message.text)
        assert 0 < len(message.text) <= 2_000
        assert all(0 < len(option.label) <= 80 for option in message.options), put.key
        assert not [word for word in FORBIDDEN if word.lower() in message.text.lower()], message.text
    assert said >= set(atlas.outcomes)


def test_a_place_inside_a_sentence_is_written_small() -> None:
    asked = Put("question", "ward", {"province": "20"})
    assert "phường nào của tỉnh Lạng Sơn?" in words().outgoing(asked, State(started_on=TODAY)).text
    nobody = Put("outcome", "nobody_near", {"ward": "06187"})
    assert "nhận lịch ở phường Kỳ Lừa." in words().outgoing(nobody, State(started_on=TODAY)).text
    answer = words().shown("vi", "ward", "06187", {})
    assert answer == "Phường Kỳ Lừa", "at the beginning of a line or a label it is not"
    atlas, everything = explored()
    for seen in everything:
        if (put := put_of(seen, atlas)) is not None:
            text = words().outgoing(put, State(started_on=TODAY, answers=dict(seen.answers))).text
            assert not _CAPITAL_INSIDE.search(text), text


def test_every_outcome_can_be_reached() -> None:
    atlas, _ = explored()
    written = {kind.key for kind in Outcome.__subclasses__() if kind.__module__.startswith("handlers.")}
    assert written - {"desk_closed", "quick_quote", "office_closed"} == set(
        atlas.outcomes
    )  # those are the staff's


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_can_be_named_when_an_answer_is_changed(language: str) -> None:
    atlas, _ = explored()
    for key, step in atlas.steps.items():
        if not isinstance(step, Do):
            assert "label" in words().blocks(language, key), f"{language}/{key}.j2 needs a block label"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_global_word_that_can_be_a_choice_has_a_label(language: str) -> None:
    atlas, _ = explored()
    offered = {way for outcome in atlas.outcomes.values() for way in outcome.then}
    assert offered <= set(COMMANDS) | set(WAYS)
    for way in offered:
        assert f"option_{way}" in words().blocks(language, "options")


def test_the_languages_have_the_same_files_and_blocks() -> None:
    vi, en = (words().keys[language] for language in LANGUAGES)
    assert vi == en
    for key in vi:
        assert words().blocks("vi", key) == words().blocks("en", key), key


def test_no_template_is_orphaned() -> None:
    atlas, _ = explored()
    asked = {key for key, step in atlas.steps.items() if not isinstance(step, Do)}
    known = asked | set(atlas.outcomes) | ENGINE_KEYS
    for file in FOLDER.glob("vi/*/*.j2"):
        if file.parent.name not in ("notices", "desk", "office", "questions"):
            assert file.stem in known, f"{file.relative_to(FOLDER)}: nothing asks or ends with {file.stem}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("raw", ["t7 cn", "nghỉ t2 t3", "mai 9h hoặc mốt 10h", "83", "200", "5 10"])
def test_readings_that_are_offered_have_words(raw: str, language: str) -> None:
    atlas, _ = explored()
    desk = Explorer(COLLECTOR, Case(TODAY, Law.load(), Territory.load(), "20")).wander(walks=400)
    asked = [step for step in (atlas.steps | desk.steps).values() if isinstance(step, Question)]
    offering = {step.key: readings for step in asked if (readings := offered_for(step, raw))}
    assert offering, "nothing reads it in two ways: it tests nothing"
    for key, readings in offering.items():
        blocks = words().blocks(language, key)
        for one in readings:
            block = "candidate" if one.facts else f"option_{one.raw}"
            assert block in blocks, f"{language}/{key}.j2 needs a block {block}"


def offered_for(step: Question[Any], raw: str) -> tuple[Candidate, ...]:
    """The readings a question offers for words that it does not read as one."""
    try:
        step.read(raw, TODAY)
    except Unclear as unclear:
        return unclear.candidates
    return ()


def codes_raised() -> Iterator[str]:
    """Every code the readers and conversations raise, found where they are written."""
    root = Path(__file__).parents[2] / "handlers"
    for file in root.rglob("*.py"):
        for code in re.findall(r"Unclear\(\s*\"([a-z_]+)\"", file.read_text("utf-8")):
            if "flow.py" not in file.name:
                yield code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_code_has_a_sentence(language: str) -> None:
    worded: dict[str, set[str]] = defaultdict(set)
    for key in words().keys[language]:
        for block in words().blocks(language, key):
            if block.startswith("error_"):
                worded[block.removeprefix("error_")].add(key)
    for code in set(codes_raised()):
        assert code in worded, f"{language}: no template has a block error_{code}"


def test_a_missing_sentence_names_the_template_and_the_block() -> None:
    put = Put("question", "no_such_question", {})
    with pytest.raises(Exception, match=r"no_such_question\.j2 needs a block text"):
        words().outgoing(put, State(started_on=TODAY))


@pytest.mark.parametrize("language", LANGUAGES)
def test_raw_amounts_and_dates_never_reach_a_person(language: str) -> None:
    atlas, everything = explored()
    for seen in everything:
        put = put_of(seen, atlas)
        if put is None:
            continue
        text = (
            words().outgoing(put, State(started_on=TODAY, language=language, answers=dict(seen.answers))).text
        )
        assert not re.search(r"\d{4}-\d{2}|\d{5,}(?!\d* )|\d+,\d{3}|Decimal|None|Month\(", text), text
