"""What a collector does beside his leads: two days, a month, days off, a quote for who is before him."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from handlers import quote
from handlers.flow import Ask, AskAgain, Case, Do, Facts, Offer, Outcome, Question
from handlers.reading import Unclear
from handlers.reading.choices import choose
from handlers.reading.fold import clean, fold
from handlers.reading.times import when
from handlers.state import EVERYTHING

MORE = "more"  # the choice that leads here
LONGEST_OFF = timedelta(days=60)
LONGEST_WISH = 60  # characters of words that are about days off
_OFF = re.compile(r"\b(?:xin )?nghi(?: phep)?\b|\b(?:day|days) off\b")
_OFF_MARKED = re.compile(
    r"\b(?:xin )?nghỉ(?: phép)?\b|\b(?:xin )?nghi(?: phep)?\b|\b(?:day|days) off\b", re.IGNORECASE
)
_FROM = re.compile(r"^(?:từ|tu|from)\s+", re.IGNORECASE)
_TO = re.compile(r"\s+(?:đến|den|tới|toi|to|-|–)\s+", re.IGNORECASE)

WAYS = {
    "agenda": (
        "hôm nay",
        "ngày mai",
        "hôm nay ngày mai",
        "lịch hôm nay",
        "lịch mai",
        "lịch ngày mai",
        "agenda",
        "today",
    ),
    "month": ("tháng này", "tháng của tôi", "kết quả", "kết quả tháng này", "my month", "this month"),
    "rank": ("xếp hạng", "hạng", "xem hạng", "thứ hạng", "rank"),
    "days_off": ("ngày nghỉ", "nghỉ", "xin nghỉ", "days off"),
    "quick_quote": ("tính", "tính nhanh", "tính phiếu", "tính mức đóng", "báo giá", "quote"),
}  # fmt: skip
WHAT_ELSE = Question("desk_more", read=choose(WAYS), choices=tuple(WAYS))
_BY_WORDS = {fold(words): way for way, forms in WAYS.items() for words in forms}


def read_days_off(text: str, on: date) -> tuple[date, date]:
    """Read the first and last day off: "mai", "25/12", "từ 1/12 đến 3/12".

    Raises Unclear as handlers.reading.times.when does, and "too_long_off" for more than two months.
    """
    words = _FROM.sub("", _OFF_MARKED.sub(" ", clean(text)).strip(" ,.")) or text
    begins, *ends = _TO.split(words, maxsplit=1)
    first = when(begins, on)
    last = when(ends[0], first.first or on) if ends else first
    if first.first is None or last.last is None:
        raise Unclear("which_days")
    if last.last < on:
        raise Unclear("in_the_past")
    if last.last - first.first > LONGEST_OFF:
        raise Unclear("too_long_off")
    return first.first, last.last


def keep_days_off(text: str, on: date) -> str:
    """Return words for the same days that mean them on any other day too."""
    return " - ".join(f"{day:%d/%m/%Y}" for day in read_days_off(text, on))


DAYS_OFF = Question(
    "days_off",
    read=read_days_off,
    keep=keep_days_off,
    dated=True,
    examples=("25/12/2026", "1/12/2026 - 3/12/2026"),
)


MY_CODE: Do[str] = Do("my_code", perform=lambda world: world.my_code(), result=str, results=("LS0001",))


@dataclass(frozen=True, slots=True)
class QuickQuote(Outcome):
    """A quote for the person before him, under a code that brings her to him."""

    code: str
    me: str
    words_of: Facts
    then: ClassVar[tuple[str, ...]] = ("menu",)
    drops: ClassVar[tuple[str, ...]] = EVERYTHING

    def words(self) -> Facts:
        """Return what the template may use: the quote's words too."""
        return {**self.words_of, "code": self.code, "me": self.me}


@dataclass(frozen=True, slots=True)
class WayIn:
    """Where words lead past the menu: what they answer of WHAT_ELSE, and what is left to read."""

    answered: str
    left: str


def way_in(text: str) -> WayIn | None:
    """Return where words lead that need no menu: "mai nghỉ", "tháng này"; None for other words."""
    words = fold(text).strip(" .!?")
    if way := _BY_WORDS.get(words):
        return WayIn("", way)
    return WayIn("days_off", text) if len(words) <= LONGEST_WISH and _OFF.search(words) else None


def take_off(days: tuple[date, date]) -> Do[Facts]:
    """Note days off, and hand on what he had on them."""
    first, last = days
    example: dict[str, Any] = {"first": first.isoformat(), "last": last.isoformat(), "moved": 1}
    return Do(
        "taken_off",
        perform=lambda world: world.take_off(first, last),
        result=dict,
        about=f"{first} {last}",
        results=(example,),
    )


def look_up(way: str) -> Do[Facts]:
    """Look up his days or his month."""
    card = {"lead": 1482, "citizen": "chị Lành", "starts_at": "2026-11-26T11:00+07:00", "state": "accepted"}
    month = {"month": "2026-11", "offered": 9, "reached": 6, "joined": 3, "rank": 2, "among": 40}
    return Do(
        "looked_up",
        perform=(lambda world: world.agenda()) if way == "agenda" else (lambda world: world.my_month()),
        result=dict,
        about=way,
        results=({"days": [{"day": "2026-11-26", "cards": [card]}, {"day": "2026-11-27", "cards": []}]}
                 if way == "agenda" else month,),
    )  # fmt: skip


def more(ask: Ask, case: Case, back: Offer[Any]) -> Outcome:
    """Do what he chose beside his leads, and come back to what waits."""
    way = ask(WHAT_ELSE)
    if way == "quick_quote":
        return _quick_quote(ask, case)
    if way == "days_off":
        doing = take_off(ask(DAYS_OFF))
        done = ask(doing)
        raise AskAgain(back, Unclear("days_off_taken", facts=done), forget=(WHAT_ELSE, DAYS_OFF, doing))
    looking = look_up(way)
    found = ask(looking)
    raise AskAgain(back, Unclear(way, facts=found), forget=(WHAT_ELSE, looking))


def _quick_quote(ask: Ask, case: Case) -> Outcome:
    """Ask what a quote needs of who stands before him; nothing of it is kept but the quote."""
    found = quote.worked_out(ask, case)
    if isinstance(found, Outcome):
        return found
    return QuickQuote(ask(quote.save(found)), ask(MY_CODE), found.words)
