"""Guarding people from whoever pretends to be a collector: checking a code, and reporting a scam."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from handlers.flow import Ask, Case, Do, Outcome, Question
from handlers.ports import World
from handlers.reading import Unclear
from handlers.reading.fold import clean, fold
from handlers.state import Notice, State

SHORTEST_REPORT = 5  # characters: less tells an officer nothing
CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,11}")  # whatever a sheet of the network may call a collector
_USUAL = re.compile(r"[a-z]{2,6}\d{3,6}")
_LIKELY = re.compile(r"(?=.*\d)(?=.*[a-z])[a-z0-9-]+")
_CHECKS = re.compile(r"\b(?:kiem tra|check|verify|nhan vien|can bo|collector|nv)\b")
_WISH = re.compile(
    r"(?:(?:em |cho )?(?:kiem tra|check|verify|xem) )?(?:(?:giup|ho) )?(?:ma(?: so)? )?"
    r"(?:nhan vien(?: thu)?|can bo|collector(?: code)?|nv)?(?: ma)? ?(?P<code>.*)"
)


def read_report(text: str, on: date) -> str:
    """Take what happened in her own words; raise Unclear("report_too_short")."""
    del on
    said = clean(text)
    if len(said) < SHORTEST_REPORT:
        raise Unclear("report_too_short")
    return said


REPORT = Question(
    "scam_report", read=read_report, examples=("có người gọi đòi chuyển tiền",), free=True, guessed=False
)


@dataclass(frozen=True, slots=True)
class ScamReported(Outcome):
    """An officer will look at it; what she must do now does not wait for him."""

    report: int
    drops: ClassVar[tuple[str, ...]] = ("scam_report", "report_kept")
    then: ClassVar[tuple[str, ...]] = ("resume", "menu")


def keep(said: str) -> Do[int]:
    """Keep the report once, sealed, for the officer."""
    return Do(
        "report_kept",
        perform=lambda world: world.report_scam(said),
        result=lambda done: int(done["report"]),
        results=({"report": 7},),
    )


def reporting(ask: Ask, case: Case) -> Outcome:
    """Take a report of somebody who pretends to be a collector."""
    del case
    return ScamReported(ask(keep(ask(REPORT))))


async def collector_by_code(raw: str, state: State, case: Case, world: World) -> Notice | None:
    """Tell who has a collector's code, or that nobody has it; without a code, how it is checked.

    A code alone is looked up too; one nobody has is then left to be an answer.
    """
    del state, case
    words = fold(raw).strip(" .!?")
    alone = CODE.fullmatch(words) and _LIKELY.fullmatch(words)
    wish = _WISH.fullmatch(words)
    code = words if alone else wish["code"] if wish else ""
    told = CODE.fullmatch(code) and any(map(str.isdigit, code)) and _CHECKS.search(words)
    if alone or told or _USUAL.fullmatch(code):
        found = await world.find_collector(code.upper())
        if found:
            return Notice("collector_found", {"collector": found})
        return None if alone else Notice("no_such_collector", {"code": code.upper()})
    return Notice("how_to_check") if words in HOW_TO_CHECK else None


HOW_TO_CHECK = frozenset(
    fold(words)
    for words in (
        "kiểm tra mã", "kiểm tra mã nhân viên", "kiểm tra mã nhân viên thu", "kiểm tra nhân viên",
        "kiểm tra nhân viên thu", "kiểm tra người gọi", "check collector", "check a collector",
    )
)  # fmt: skip
"""What asks how to check somebody who calls."""
