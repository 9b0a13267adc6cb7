"""The questions people ask: found as typed, answered by the law of the day, refused when not ours."""

from __future__ import annotations

import re
import time
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, meta, nodes

from calculators.law import Law
from calculators.territory import Territory
from calculators.trail import Trust
from handlers.commands import COMMANDS
from handlers.faq import FOLDER, Faq, FaqError
from handlers.figures import THEN, figure
from handlers.questions import NONE_OF_THESE
from handlers.reading.scrub import scrub
from handlers.wording import LANGUAGES, Words
from tests.conversations.test_words import FORBIDDEN

SET = Path(__file__).parent / "data" / "faq.tsv"
TEMPLATES = FOLDER.parent
LAW = Law.load()
FAQ = Faq.load()
ENTRIES = sorted(FAQ.entries)
DAYS = (date(2025, 7, 1), date(2026, 11, 25), date(2026, 12, 31), date(2027, 1, 1), date(2035, 1, 1))
SHORT, LABEL = 350, 60  # characters
ALLOWED_DIGITS = re.compile(r"TK1-TS")  # the form's own name


@cache
def words() -> Words:
    return Words(Territory.load())


def labelled(part: str) -> list[tuple[set[str], str]]:
    """The lines of one part of the set: the entries that answer (none: out of scope), and the words."""
    found, now = [], ""
    for line in SET.read_text("utf-8").splitlines():
        if line.startswith("## "):
            now = line.removeprefix("## ")
        elif line and not line.startswith("#") and now == part:
            entries, _, text = line.partition("\t")
            found.append((set() if entries == "-" else set(entries.split("/")), text))
    return found


def said(entry: str, on: date, language: str = "vi") -> str:
    return "\n".join(
        words().say(language, notice.template, notice.name, notice.facts)
        for notice in FAQ.entries[entry].answer(on, LAW)
    )


@pytest.mark.parametrize("part", ["tune", "held out"])
def test_what_people_ask_is_among_the_first_three_and_the_rest_is_refused(part: str) -> None:
    ours = [(wanted, text) for wanted, text in labelled(part) if wanted]
    others = [text for wanted, text in labelled(part) if not wanted]
    found = [text for wanted, text in ours if wanted & {hit.entry for hit in FAQ.find(text)}]
    refused = [text for text in others if not FAQ.find(text)]
    wrong = [
        (text, FAQ.find(text)[0].entry)
        for wanted, text in ours
        if FAQ.sure(FAQ.find(text)) and FAQ.find(text)[0].entry not in wanted
    ]
    assert len(ours) >= 75
    assert len(others) >= 20
    assert len(found) >= 0.95 * len(ours), sorted({text for _, text in ours} - set(found))
    assert len(refused) >= 0.90 * len(others), sorted(set(others) - set(refused))
    assert len(wrong) <= 0.07 * len(ours), wrong


def test_the_set_names_entries_that_exist_and_nothing_twice() -> None:
    lines = [*labelled("tune"), *labelled("held out")]
    assert set().union(*(wanted for wanted, _ in lines)) <= set(ENTRIES)
    assert len({text for _, text in lines}) == len(lines)
    asked = {phrase.lower() for entry in FAQ.entries.values() for phrase in entry.asked}
    assert not [text for _, text in lines if text in asked]


def test_there_are_sixty_entries_and_the_myths_come_with_them() -> None:
    assert len(ENTRIES) >= 60
    assert {"state_staff_only", "lose_money", "scam", "lump_sum"} <= set(ENTRIES)


def test_no_entry_is_named_like_a_command() -> None:
    assert not {*ENTRIES, NONE_OF_THESE} & (set(COMMANDS) | {"yes", "no"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_has_its_words_and_no_words_are_orphaned(language: str) -> None:
    for topic in {entry.topic for entry in FAQ.entries.values()}:
        ids = {entry.id for entry in FAQ.entries.values() if entry.topic == topic}
        assert words().blocks(language, topic) == ids | {f"{one}_label" for one in ids}
    topics = {file.stem for file in (TEMPLATES / language / "questions").glob("*.j2")}
    assert topics == {entry.topic for entry in FAQ.entries.values()}


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_answer_is_short_plain_and_holds_on_every_day(entry: str) -> None:
    for language in LANGUAGES:
        label = words().say(language, FAQ.entries[entry].topic, f"{entry}_label", {})
        assert 0 < len(label) <= LABEL
        for on in DAYS:
            answer = FAQ.entries[entry].answer(on, LAW)[0]
            text = words().say(language, answer.template, answer.name, answer.facts)
            assert 0 < len(text) <= SHORT, (language, on, len(text))
            assert "None" not in text
            assert "Decimal" not in text
            assert not [word for word in FORBIDDEN if word.lower() in text.lower()]
            assert not re.search(r"[*_`#]", text)


def sources(language: str) -> dict[str, str]:
    return {file.name: file.read_text("utf-8") for file in (TEMPLATES / language / "questions").glob("*.j2")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_figure_is_typed_in(language: str) -> None:
    for name, text in sources(language).items():
        prose = ALLOWED_DIGITS.sub("", re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text))
        assert not re.search(r"\d", prose), f"{language}/{name}: {re.findall('.*[0-9].*', prose)}"
        for figures in re.findall(r"\{\{(.*?)\}\}", text):
            assert not re.search(r"\b\d", figures), f"{language}/{name}: {figures}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entry_declares_the_figures_it_shows_and_no_others(language: str) -> None:
    environment = Environment(autoescape=False, extensions=[])
    for name in ("money", "day", "month", "number", "age", "period"):
        environment.filters[name] = str
    for text in sources(language).values():
        for block in environment.parse(text).find_all(nodes.Block):
            if not block.name.endswith("_label"):
                template = nodes.Template(block.body)
                template.set_environment(environment)
                used = meta.find_undeclared_variables(template) - {"hotline"}
                declared = set(FAQ.entries[block.name].figures)
                assert used <= declared, block.name
                optional = {name for name in declared if name.endswith(THEN)}
                assert declared - used <= optional, block.name


def test_answers_change_with_the_day_s_law() -> None:
    before, after = date(2026, 12, 31), date(2027, 1, 1)
    assert "264.000" in said("how_much", before)
    assert "01/01/2027: 387.200" in said("how_much", before).replace("\u00a0", " ")
    assert "387.200" in said("how_much", after)
    assert "264.000" not in said("how_much", after)
    for entry in FAQ.entries.values():
        moved = [
            name
            for name in entry.figures
            if figure(name, before, LAW).value != figure(name, after, LAW).value
        ]
        for language in LANGUAGES:
            changed = said(entry.id, before, language) != said(entry.id, after, language)
            assert changed is bool(moved), (entry.id, moved)


def test_what_nobody_confirmed_is_said_to_await_confirmation() -> None:
    for entry in FAQ.entries.values():
        for on in DAYS:
            unsure = entry.trust is not Trust.OFFICIAL or any(
                figure(name, on, LAW).trust is not Trust.OFFICIAL for name in entry.figures
            )
            notices = entry.answer(on, LAW)
            assert [notice.facts["awaiting"] for notice in notices[1:]] == [unsure] * bool(entry.articles)
    assert "đang chờ xác nhận" in said("rise_in_january", date(2026, 12, 1))
    assert "awaiting confirmation" in said("rise_in_january", date(2026, 12, 1), "en")


def test_a_figure_the_law_does_not_give_yet_is_not_guessed() -> None:
    assert figure("fund_yield", date(2027, 1, 1), LAW).value is None
    assert "chưa thấy công bố" in said("pay_ahead", date(2027, 1, 1))


def test_every_entry_of_the_law_cites_it_and_says_when_it_was_reviewed() -> None:
    for entry in FAQ.entries.values():
        assert entry.articles or entry.topic == "about_us", entry.id
        assert entry.reviewed >= date(2026, 11, 1)
    assert "Luật 41/2024/QH15 điều 102. Rà soát ngày 25/11/2026" in said("lump_sum", date(2026, 12, 1))


GOOD = {
    "articles": '["Luật 41/2024/QH15: 98"]', "trust": '"official"', "reviewed": "2026-11-25", "figures": "[]",
    "asked": '["a b", "c d", "e f"]', "asked_en": '["g h"]',
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("articles", '["  "]', "articles: write"),
        ("articles", '"98"', "articles: write a list"),
        ("trust", '"hearsay"', "trust: write one of official"),
        ("reviewed", '"2026-11-25"', "reviewed: write a date"),
        ("figures", '["made_up"]', "there is no 'made_up'"),
        ("asked", '["a"]', "at least 3 ways"),
        ("asked", '["a", "b", 3]', "each is 1 to 120"),
        ("asked_en", "[]", "at least 1 ways"),
        ("unknown", "1", "write exactly"),
        ("trust", None, "write exactly"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_place_and_remedy(
    tmp_path: Path, field: str, value: str | None, says: str
) -> None:
    fields = {name: text for name, text in {**GOOD, field: value}.items() if text is not None}
    (tmp_path / "outside.toml").write_text('asked = ["x", "y", "z"]')
    (tmp_path / "words.toml").write_text("small = []\ngeneral = []\n[short]\n[same]\n")
    (tmp_path / "topic.toml").write_text(
        "[entry]\n" + "\n".join(f"{name} = {text}" for name, text in fields.items()), "utf-8"
    )
    with pytest.raises(FaqError, match=re.escape(says)) as refused:
        Faq.load(tmp_path)
    assert "topic.toml, [entry]" in str(refused.value)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "outside.toml is missing"),
        ({"outside": 'asked = ["x", "y", "z"]'}, "words.toml is missing"),
        ({"outside": "asked = [", "words": ""}, "outside.toml is not TOML"),
        ({"outside": 'asked = ["x", "y", "z"]', "words": "small = []"}, "write exactly small"),
        (
            {"outside": 'asked = ["x", "y", "z"]', "words": 'small = ["Đã"]\ngeneral = []\n[short]\n[same]'},
            "without marks",
        ),
        (
            {"outside": 'asked = ["x", "y", "z"]', "words": "small = []\ngeneral = []\n[short]\n[same]"},
            "no question",
        ),
    ],
)
def test_missing_and_broken_files_are_refused(tmp_path: Path, files: dict[str, str], says: str) -> None:
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    with pytest.raises(FaqError, match=re.escape(says)):
        Faq.load(tmp_path)


@given(st.text(max_size=2_000))
def test_any_text_is_searched(text: str) -> None:
    assert len(FAQ.find(text)) <= len(FAQ.near(text)) <= 3
    assert len(scrub(text)) <= 300


def test_two_thousand_characters_are_searched_at_once() -> None:
    asked = [phrase for entry in FAQ.entries.values() for phrase in entry.asked]
    long = ", ".join(asked)[:2_000]
    FAQ.find("đóng bao nhiêu")
    took = []
    for number in range(5):
        start = time.perf_counter()
        FAQ.find(f"{number} {long}")
        took.append(time.perf_counter() - start)
    assert min(took) < 0.1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("sđt 0912.345.678 hỏi đóng bao nhiêu", "sđt … hỏi đóng bao nhiêu"),
        ("cccd 020182001234, sinh 12/5/1982", "cccd …, sinh …"),
        ("chị Lành 43 tuổi hỏi BHXH và BHYT", "chị … 43 tuổi hỏi BHXH và BHYT"),
        ("Tôi tên là Nguyễn Thị Lành", "Tôi tên là …"),
        ("toi ten la nong van an", "toi ten la …"),
        ("nguyen thi hoa, dong roi mat ha", "…, dong roi mat ha"),
        ("em o thon na pai co dong dc k", "em o thon …dong dc k"),
        ("viết cho em lanh@example.vn nhé", "viết cho em … nhé"),
        ("DONG BHXH DUOC GI", "DONG BHXH DUOC GI"),
        ("Đóng 500k một tháng được không", "Đóng 500k một tháng được không"),
    ],
)
def test_what_identifies_a_person_is_taken_out(typed: str, kept: str) -> None:
    assert scrub(typed) == kept
