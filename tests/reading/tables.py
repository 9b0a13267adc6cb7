"""Labelled tables: what people type, with what it means or what has to be asked."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from calculators.months import PartialDate
from handlers.callback import CANCEL_SURE
from handlers.reading import Unclear
from handlers.reading.choices import yes_no
from handlers.reading.dates import birth, duration_months, when
from handlers.reading.groups import support_tier
from handlers.reading.money import amount
from handlers.reading.phones import phone
from handlers.reading.places import province, ward, ward_from

TODAY = date(2026, 11, 23)  # a Monday
READERS = {
    "money": amount,
    "births": birth,
    "durations": duration_months,
    "times": when,
    "phones": phone,
    "wards": ward("20"),
    "wards_anywhere": ward_from("20"),
    "provinces": province,
    "yes_no": yes_no,
    "sure": CANCEL_SURE.read,
    "tiers": support_tier,
}
SPELLED = {"births": PartialDate.parse, "times": str}
_DATA = Path(__file__).parent.parent / "conversations" / "data"


def rows(kind: str, part: str) -> list[dict]:
    """Return the groups of a table: texts that share a value ("reads") or what is asked ("asks")."""
    return tomllib.loads((_DATA / f"{kind}.toml").read_text(encoding="utf-8")).get(part, [])


def reads(kind: str) -> list:
    """Return (text, value) for every text that is read without a question."""
    spelled = SPELLED.get(kind, lambda value: value)
    return [
        pytest.param(text, spelled(row["value"]), id=f"{kind}: {text}")
        for row in rows(kind, "reads")
        for text in row["texts"]
    ]


def asks(kind: str) -> list:
    """Return (text, code, candidates as raw words) for every text that is asked back."""
    return [
        pytest.param(text, row["code"], row.get("candidates", []), id=f"{kind}: {text}")
        for row in rows(kind, "asks")
        for text in row["texts"]
    ]


def outcome(kind: str, text: str) -> tuple:
    """Return ("value", value) or ("unclear", code, candidates), comparable."""
    try:
        return "value", READERS[kind](text, TODAY)
    except Unclear as unclear:
        return "unclear", unclear.code, tuple(candidate.raw for candidate in unclear.candidates)
