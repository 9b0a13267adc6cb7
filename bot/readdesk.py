"""The readers on the command line: one text a line in, what it means as one JSON line out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TextIO

from handlers.eligibility import read_past
from handlers.faq import Faq
from handlers.reading import Unclear
from handlers.reading.assent import yes_no
from handlers.reading.choices import choose
from handlers.reading.dates import When, birth, duration_months, spot_birth, spot_when, when
from handlers.reading.groups import (
    METHODS,
    RELATIONS,
    SEXES,
    WITHDRAWALS,
    spot_relation,
    spot_tier,
    support_tier,
    work,
)
from handlers.reading.languages import read_language, spot_language
from handlers.reading.money import amount, spot_amount
from handlers.reading.passing import (
    spot_method,
    spot_name,
    spot_past,
    spot_sex,
    spot_withdrawn,
    spot_work,
    suggest_sex,
)
from handlers.reading.phones import display, phone, spot_phone
from handlers.reading.places import province, spot_ward, ward_from

HOME = "20"  # the province looked in first, unless another is given
_TO_CONFIRM = frozenset(("confirm_amount", "confirm_phone", "check_phone", "confirm_ward"))
"""Codes that ask "did you mean …?": with one candidate that is the value, to be confirmed."""

Read = Callable[[str, date], Any]
Answer = dict[str, object]


@dataclass(frozen=True, slots=True)
class Kind:
    """A reader, and how its values are spelled in JSON."""

    read: Read
    spell: Callable[[Any], object] = lambda value: value
    confirmed: bool = False  # what is found has to be shown to the person before it counts

    def answer(self, text: str, on: date) -> Answer:
        """Return {"value", "confirm"}, or {"unclear", "candidates"}."""
        try:
            value = self.read(text, on)
            return {"value": self.spell(value), "confirm": self.confirmed and bool(value)}
        except Unclear as unclear:
            meant = [self.spell(self.read(candidate.raw, on)) for candidate in unclear.candidates]
            if len(meant) == 1 and unclear.code in _TO_CONFIRM:
                return {"value": meant[0], "confirm": True}
            return {"unclear": unclear.code, "candidates": meant}


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions people ask: the entry that answers, with the nearest as candidates."""

    faq: Faq

    def answer(self, text: str, on: date) -> Answer:
        """Return {"value", "confirm", "candidates"}, or {"unclear": "out_of_scope", "candidates"}."""
        del on
        hits = self.faq.find(text)
        candidates = [hit.entry for hit in self.faq.near(text)]
        if not hits:
            return {"unclear": "out_of_scope", "candidates": candidates}
        return {"value": hits[0].entry, "confirm": not self.faq.sure(hits), "candidates": candidates}


def kinds(home: str = HOME) -> Mapping[str, Kind]:
    """Return every kind that can be read; places are looked for in the `home` province first."""
    money, phones = Kind(amount), Kind(phone, lambda e164: display(e164).replace(" ", ""))
    births, times, wards = Kind(birth, str), Kind(when, _moment), Kind(ward_from(home))
    spots: Mapping[str, tuple[Kind, Callable[[str, date], str | None]]] = {
        "amount": (money, spot_amount),
        "birth_date": (births, spot_birth),
        "method": (Kind(choose(METHODS)), spot_method),
        "name": (Kind(lambda name, _: name), spot_name),
        "past_months": (Kind(read_past), spot_past),
        "phone": (phones, spot_phone),
        "sex": (Kind(choose(SEXES)), lambda text, on: spot_sex(text, on) or suggest_sex(text, on)),
        "speaks": (Kind(read_language), spot_language),
        "support_tier": (Kind(support_tier), spot_tier),
        "ward": (wards, spot_ward(home)),
        "when": (times, spot_when),
        "whom": (Kind(choose(RELATIONS)), spot_relation),
        "withdrawn": (Kind(choose(WITHDRAWALS)), spot_withdrawn),
        "work": (Kind(work), spot_work),
    }
    return {
        "money": money,
        "date": births,
        "time": times,
        "phone": phones,
        "ward": wards,
        "province": Kind(province),
        "yesno": Kind(yes_no),
        "duration": Kind(duration_months),
        "language": Kind(read_language),
        "sex": Kind(choose(SEXES)),
        "spot": Kind(lambda text, on: _spotted(spots, text, on), confirmed=True),
    }


def _spotted(
    spots: Mapping[str, tuple[Kind, Callable[[str, date], str | None]]], text: str, on: date
) -> dict[str, object]:
    """Return every answer found in a text: its value, or the values it may be as a list."""
    found: dict[str, object] = {}
    for key, (kind, spot) in spots.items():
        raw = spot(text, on)
        if raw is not None:
            answer = kind.answer(raw, on)
            found[key] = answer["value"] if "value" in answer else answer["candidates"]
    return found


def _moment(value: When) -> str:
    """Spell a time for a call in ISO 8601, local: a day, a moment, or an interval "from/to"; ".." is open."""
    days = [day.isoformat() for day in (value.first, value.last) if day]
    hours = [f"{at:%H:%M}" if at else ".." for at in (value.start, value.end)]
    if hours == ["..", ".."]:
        return "/".join(dict.fromkeys(days)) or ".."
    if len(set(days)) == 1:
        hours = [f"{days[0]}T{hour}" if hour != ".." else hour for hour in hours]
    return " ".join(
        filter(None, ("/".join(days) if len(set(days)) > 1 else "", "/".join(dict.fromkeys(hours))))
    )


def read_lines(kind: str, lines: Iterable[str], out: TextIO, *, on: date, home: str = HOME) -> int:
    """Answer every line with a JSON line, blank ones too; return 0."""
    reader = Asked(Faq.load()) if kind == "faq" else kinds(home)[kind]
    for line in lines:
        out.write(json.dumps(reader.answer(line.rstrip("\r\n"), on), ensure_ascii=False) + "\n")
        out.flush()
    return 0
