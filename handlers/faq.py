"""The questions people ask and what answers them: loaded strictly, found by words, worded by templates."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from calculators.law import Law
from calculators.trail import Source, Trust, weakest
from handlers.figures import figure, known_figure, steps
from handlers.flow import Facts
from handlers.reading.bm25 import Hit, Index
from handlers.reading.fold import fold
from handlers.reading.likeness import Likeness, Matter
from handlers.reading.terms import Terms
from handlers.state import Notice

FOLDER = Path(__file__).parent.parent / "templates" / "chat" / "questions"
OUTSIDE, WORDS = "outside", "words"  # the files of what we do not answer, and of synonyms
LIKENESS = 3.0  # what likeness word by word counts against the score by telling terms
OTHERS, ODDS = 0.7, 0.15  # what the best of other matters takes off, and what the odds of it being ours add
LEAST = 1.4  # what is left below which a question is not ours; all measured on the questions of the tests
MOST_ODDS = 8.0  # the odds count no more than that: a long message is not the surer for it
SURE, CLEARLY = 1.6, 1.25  # the score of an answer given at once, and how far above the next it has to be
OFFERED = 3  # answers to choose from
FEWEST_PHRASINGS, LONGEST_PHRASING = 3, 120

_FIELDS = {"articles": list, "trust": str, "reviewed": date, "figures": list, "asked": list, "asked_en": list}


class FaqError(Exception):
    """The questions cannot be used; the message names the file, the entry and what to write."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One question with what it rests on. Its words are the blocks `id` and `id`_label of `topic`.j2."""

    id: str
    topic: str
    articles: tuple[Source, ...]
    trust: Trust
    reviewed: date
    figures: tuple[str, ...]
    asked: tuple[str, ...]

    def answer(self, on: date, law: Law) -> list[Notice]:
        """Return the answer by the law of a day, and the line under it: articles, review, doubt.

        A figure that nobody compared with the official text makes the whole await confirmation.
        """
        shown = {name: figure(name, on, law) for name in self.figures}
        marks = [each.trust for each in shown.values() if each.value is not None]
        awaiting = weakest((self.trust, *marks)) is not Trust.OFFICIAL
        answer = Notice(self.id, {name: each.value for name, each in shown.items()}, self.topic)
        basis = {"articles": self.articles, "reviewed": self.reviewed, "awaiting": awaiting}
        return [answer, Notice("faq_basis", basis)] if self.articles else [answer]

    def reasons(self, on: date, law: Law) -> Facts:
        """Return what the answer rests on by the law of a day: the steps to its figures, and its texts."""
        texts = [source for name in self.figures for source in figure(name, on, law).because]
        return {
            "lines": steps(self.figures, on, law),
            "because": tuple(dict.fromkeys((*self.articles, *texts))),
        }


class Faq:
    """All entries, found by the words of a question."""

    def __init__(self, entries: Mapping[str, Entry], outside: Sequence[str], terms: Terms) -> None:
        """Index what each entry is asked by, and what is asked that is none of them."""
        self.entries, self.terms = entries, terms
        asked = {entry.id: entry.asked for entry in entries.values()}
        everything = asked | {f"-{number}": (text,) for number, text in enumerate(outside)}
        self._index, self._likeness = Index(everything, terms), Likeness(everything, terms)
        self._matter = Matter([text for texts in asked.values() for text in texts], outside, terms)

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Faq:
        """Read every file of the folder; raise FaqError at the first thing that is wrong."""
        files = {file.stem: _toml(file) for file in sorted(folder.glob("*.toml"))}
        for needed in (OUTSIDE, WORDS):
            if needed not in files:
                raise FaqError(f"{needed}.toml is missing; restore it")
        outside = _phrasings(f"{OUTSIDE}.toml, asked", files.pop(OUTSIDE).get("asked"))
        terms = _terms(f"{WORDS}.toml", files.pop(WORDS))
        entries: dict[str, Entry] = {}
        for topic, content in files.items():
            for identity, fields in content.items():
                if identity in entries:
                    raise FaqError(f"{topic}.toml, [{identity}]: another file has it too; rename one")
                entries[identity] = _entry(f"{topic}.toml, [{identity}]", identity, topic, fields)
        if not entries:
            raise FaqError("there is no question; restore the files")
        return cls(entries, outside, terms)

    def near(self, text: str) -> list[Hit]:
        """Return the entries nearest to a text, best first, whether or not they fit."""
        return self._ranked(text)[0]

    def find(self, text: str) -> list[Hit]:
        """Return the entries a text may ask for, best first; none where it asks for something else."""
        hits, other = self._ranked(text)
        if not hits:
            return []
        fits = (
            hits[0].score - OTHERS * other + ODDS * max(-MOST_ODDS, min(MOST_ODDS, self._matter.odds(text)))
        )
        return hits if fits >= LEAST else []

    @lru_cache(maxsize=64)  # noqa: B019 - it lives as long as the process; a message is looked at twice
    def _ranked(self, text: str) -> tuple[list[Hit], float]:
        """Return the nearest entries, best first, and the score of the nearest other matter."""
        alike, found = self._likeness.of(text), {hit.entry: hit.score for hit in self._index.search(text)}
        scores = {entry: found.get(entry, 0.0) + LIKENESS * alike.get(entry, 0.0) for entry in found | alike}
        other = max((score for entry, score in scores.items() if entry not in self.entries), default=0.0)
        ours = [Hit(entry, score) for entry, score in scores.items() if entry in self.entries]
        return sorted(ours, key=lambda hit: (-hit.score, hit.entry))[:OFFERED], other

    def sure(self, hits: list[Hit]) -> bool:
        """Tell whether the first hit is answered without asking which was meant."""
        return (
            bool(hits)
            and hits[0].score >= SURE
            and (len(hits) == 1 or hits[0].score >= CLEARLY * hits[1].score)
        )


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise FaqError(f"{file.name} is not TOML in UTF-8: {broken}") from broken


def _terms(where: str, content: Mapping[str, Any]) -> Terms:
    """Read the lexicon; every form is spelled without marks, as texts are compared."""
    if content.keys() != {"short", "same", "small", "general"}:
        raise FaqError(f"{where}: write exactly small, general, [short] and [same]")
    ways = (*content["short"].values(), *content["same"].values())
    forms = [*content["small"], *content["short"], *(form for each in ways for form in each)]
    wrong = [form for form in forms if not isinstance(form, str) or not form or form != fold(form)]
    if wrong:
        raise FaqError(f"{where}: write {wrong[0]!r} in small letters without marks")
    return Terms(**content)


def _entry(where: str, identity: str, topic: str, fields: object) -> Entry:
    if not isinstance(fields, dict) or fields.keys() != _FIELDS.keys():
        raise FaqError(f"{where}: write exactly {', '.join(_FIELDS)}")
    for name, kind in _FIELDS.items():
        if type(fields[name]) is not kind:
            raise FaqError(f"{where}, {name}: write a {kind.__name__}")
    if fields["trust"] not in list(Trust):
        raise FaqError(f"{where}, trust: write one of {', '.join(Trust)}")
    unknown = [name for name in fields["figures"] if not isinstance(name, str) or not known_figure(name)]
    if unknown:
        raise FaqError(f"{where}, figures: there is no {unknown[0]!r}; see handlers/figures.py")
    return Entry(
        id=identity,
        topic=topic,
        articles=tuple(_source(where, text) for text in fields["articles"]),
        trust=Trust(fields["trust"]),
        reviewed=fields["reviewed"],
        figures=tuple(fields["figures"]),
        asked=(
            *_phrasings(f"{where}, asked", fields["asked"]),
            *_phrasings(f"{where}, asked_en", fields["asked_en"], fewest=1),
        ),
    )


def _source(where: str, text: object) -> Source:
    """Read "document: article", or a document alone where its text was not read."""
    if not isinstance(text, str) or not text.strip():
        raise FaqError(f'{where}, articles: write "document: article"')
    document, _, article = text.partition(": ")
    return Source(document, article or None)


def _phrasings(where: str, texts: object, fewest: int = FEWEST_PHRASINGS) -> tuple[str, ...]:
    if not isinstance(texts, list) or len(texts) < fewest:
        raise FaqError(f"{where}: write at least {fewest} ways people ask it")
    for text in texts:
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST_PHRASING:
            raise FaqError(f"{where}: each is 1 to {LONGEST_PHRASING} characters")
    return tuple(texts)
