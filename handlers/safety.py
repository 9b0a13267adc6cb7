"""Guarding people from whoever pretends to be a collector: checking a code, and reporting a scam."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from handlers.flow import Ask, Case, Do, Outcome, Question
from handlers.ports import World
from handlers.reading import Unclear
from handlers.reading.asking import asking
from handlers.reading.fold import clean, fold
from handlers.state import Notice, State

SHORTEST_REPORT = 5  # characters: less tells an officer nothing
CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,11}")  # whatever a sheet of the network may call a collector
_USUAL = re.compile(r"[a-z]{2,6}[ -]?\d{3,6}")
_INITIALS = re.compile(r"(?!sn|ns|dt|sdt|tk|vnd)[bcdghklmnpqrstvx]{2,3}-?\d{4,6}")
"""What can hardly be anything but a code: initials of a place and a number; "sn1983" is a year of birth."""
_APART = re.compile(r"([a-z]+)[ -]?(\d+)")
_LIKELY = re.compile(r"(?=.*\d)(?=.*[a-z])[a-z0-9-]+")
_CHECKS = re.compile(r"\b(?:kiem tra|check|verify|nhan vien|can bo|collector|nv)\b")
_WISH = re.compile(
    r"(?:(?:em |cho )?(?:kiem tra|check|verify|xem) )?(?:(?:giup|ho) )?(?:ma(?: so)? )?"
    r"(?:nhan vien(?: thu)?|can bo|collector(?: code)?|nv)?(?: ma)? ?(?P<code>.*?)"
    r"(?: (?:dung|co|that|thiet|phai|la|nhan vien|khong|ko|k|chua|ai|vay|the|a|ha|nhi|em|oi))*"
)
_DEMANDS = re.compile(
    r"\b(?:ai do|nguoi|ho|no|bon no|goi|gia danh|tu xung|nhan vien|can bo|cong an|[a-z]{2}\d{3,6})\b.*"
    r"\b(?:doi|bao|bat|yeu cau|xin|hoi|keu|dua|doc)\b.*"
    r"\b(?:otp|chuyen (?:tien|khoan)|mat khau|ma xac (?:nhan|thuc)|the ngan hang|so the|nap the)\b"
)
_SCAMMED = re.compile(
    r"(?:(?:em|toi|minh|chi|anh|co|bac|me em|bo em|vua|da|hinh nhu|thoi|chet|oi|huhu)[ ,.]+)*"
    r"bi (?:nguoi ta |no |chung no |bon no )?lua(?: dao)?"
    r"(?: (?:roi|mat|het|tien|lay|a|em|oi|ma))*"
    r"|(?:someone|somebody) (?:asked|asks|is asking)(?: me)? for (?:my |an |the )?(?:otp|money|password)"
    r"|i (?:was|have been|got) scammed"
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


def spellings(code: str) -> tuple[str, ...]:
    """Return how a code somebody read from a card may be written in the network: as typed, and as usual.

    "ls 0001" and "ls-0001" are LS0001, "kl01" is KL-01.
    """
    ways = [code] if CODE.fullmatch(code) else []
    if parts := _APART.fullmatch(code):
        ways += [parts[1] + parts[2], f"{parts[1]}-{parts[2]}"]
    return tuple(dict.fromkeys(way.upper() for way in ways))


def alarm(raw: str) -> tuple[str, Mapping[str, str]] | None:
    """Take who tells of a scam to the report of it, with what happened if she said it; None for others.

    Whoever asks ("ai gọi đòi otp thì sao") is answered instead.
    """
    words = fold(raw).strip(" .!")
    if asking(raw):
        return None
    if _DEMANDS.search(words):
        return "report_scam", {REPORT.key: raw}
    return ("report_scam", {}) if _SCAMMED.fullmatch(words) else None


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

    A code alone is looked up too; one nobody has is left to be an answer if it can be anything else.
    """
    del state, case
    words = fold(raw).strip(" .!?")
    alone = _USUAL.fullmatch(words) or (CODE.fullmatch(words) and _LIKELY.fullmatch(words))
    wish = _WISH.fullmatch(words)
    code = words if alone else wish["code"] if wish else ""
    told = CODE.fullmatch(code) and any(map(str.isdigit, code)) and _CHECKS.search(words)
    if alone or told or _USUAL.fullmatch(code):
        for written in spellings(code):
            if found := await world.find_collector(written):
                return Notice("collector_found", {"collector": found})
        theirs = not alone or _INITIALS.fullmatch(code)
        return Notice("no_such_collector", {"code": code.upper()}) if theirs else None
    return Notice("how_to_check") if words in HOW_TO_CHECK else None


HOW_TO_CHECK = frozenset(
    fold(words)
    for words in (
        "kiểm tra mã", "kiểm tra mã nhân viên", "kiểm tra mã nhân viên thu", "kiểm tra nhân viên",
        "kiểm tra nhân viên thu", "kiểm tra người gọi", "check collector", "check a collector",
    )
)  # fmt: skip
"""What asks how to check somebody who calls."""
