"""What a collector does beside his leads: two days, a month, days off, a quote for who is before him."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, ClassVar, NoReturn

from handlers import quote
from handlers.flow import Ask, AskAgain, Case, Do, Facts, Offer, Outcome, Question
from handlers.reading import Candidate, Unclear
from handlers.reading.assent import sure
from handlers.reading.choices import choose
from handlers.reading.fold import clean, fold
from handlers.reading.times import When, when
from handlers.state import EVERYTHING

MORE = "more"  # the choice that leads here
LONGEST_OFF = timedelta(days=60)
LONGEST_WISH = 60  # characters of words that are about days off
_OFF = re.compile(r"(?<!suy )\b(?:xin )?nghi(?: phep)?\b|\b(?:day|days) off\b")
_OFF_MARKED = re.compile(
    r"\b(?:xin )?nghỉ(?: phép)?\b|\b(?:xin )?nghi(?: phep)?\b|\b(?:day|days) off\b", re.IGNORECASE
)
_FROM = re.compile(r"^(?:từ|tu|from)\s+", re.IGNORECASE)
_OPEN = re.compile(r"(?:^|\s)(?:từ|tu|from)\s", re.IGNORECASE)
_TAKEN_BACK = re.compile(
    r"\b(?:huy|bo|xoa|rut|thoi|khong|ko|k|cancel)\b.{0,15}\b(?:nghi|off)\b|\bnghi (?:nua|thoi khong)\b"
    r"|\b(?:di )?lam (?:lai|binh thuong)\b|\bvan (?:di )?lam\b|\bback to work\b"
)
_NOT_HIS_DAYS = re.compile(
    r"\b(?:khach|luong|cong ty|cty|thai san|nghi (?:huu|viec|lam|hoc|ngoi))\b"
    r"|\b(?:tinh|thi) sao\b|\bthe nao\b|\bbao nhieu\b"
)
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
    "work_again": ("huỷ ngày nghỉ", "bỏ ngày nghỉ", "huỷ nghỉ", "đi làm lại", "back to work"),
    "quick_quote": ("tính", "tính nhanh", "tính phiếu", "tính mức đóng", "báo giá", "quote"),
}  # fmt: skip
WHAT_ELSE = Question("desk_more", read=choose(WAYS), choices=tuple(WAYS))
_BY_WORDS = {fold(words): way for way, forms in WAYS.items() for words in forms}


def read_days_off(text: str, on: date) -> tuple[date, date]:
    """Read the first and last day off: "mai", "25/12", "từ 1/12 đến 3/12".

    Raises Unclear as handlers.reading.times.when does, "until_when" where only the first day is said,
    "days_turned" for a last day before the first, and "too_long_off" for more than two months.
    """
    words = _FROM.sub("", _OFF_MARKED.sub(" ", clean(text)).strip(" ,.")) or text
    begins, *ends = _TO.split(words, maxsplit=1)
    first, last = _days(begins, on)
    if ends:
        last = _last_day(ends[0], first)
    elif _OPEN.search(clean(text)):
        raise Unclear("until_when")
    if last < on:
        raise Unclear("in_the_past")
    if last - first > LONGEST_OFF:
        raise Unclear("too_long_off")
    return first, last


def _days(text: str, on: date) -> tuple[date, date]:
    """Read one day, or several that follow each other: "t7 cn"; of days apart he chooses one."""
    try:
        named = [when(text, on)]
    except Unclear as unclear:
        if not unclear.candidates:
            raise
        named = [when(one.raw, on) for one in unclear.candidates]
    days = sorted({(one.first, one.last) for one in named if one.first and one.last})
    if not days or not all(one.first for one in named):
        raise Unclear("which_days")
    if any(after[0] - before[1] > timedelta(days=1) for before, after in pairwise(days)):
        words = (str(When(*each)) for each in days)
        raise Unclear("which_time", *(Candidate(each, {"when": each}) for each in words))
    return days[0][0], days[-1][1]


def _last_day(text: str, first: date) -> date:
    """Read the last day, counted from the first: of "1/12 đến 3" too."""
    try:
        last = _days(text, first)[1]
    except Unclear as unclear:
        raise Unclear("days_turned" if unclear.code == "in_the_past" else unclear.code) from None
    if last < first:
        raise Unclear("days_turned")
    return last


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


DAYS_OFF_SURE = Question(
    "days_off_sure", read=sure(yes=True, no=False, act="ghi note"), choices=("yes", "no"), firm=True
)
_OFF_AHEAD = {"first": "2026-12-01", "last": "2026-12-03"}
OFF_AHEAD: Offer[date] = Offer(
    "off_ahead",
    fetch=lambda world: world.days_off(),
    value=lambda facts: date.fromisoformat(str(facts["first"])),
    live=True,
    examples=((Candidate("2026-12-01", _OFF_AHEAD),), ()),
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
    if len(words) > LONGEST_WISH or _NOT_HIS_DAYS.search(words):
        return None
    if _TAKEN_BACK.search(words):
        return WayIn("", WAYS["work_again"][0])
    return WayIn("days_off", text) if _OFF.search(words) else None


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


def work_again(first: date) -> Do[Facts]:
    """Take back the days off that begin on a day; calls that went to others stay with them."""
    return Do(
        "works_again",
        perform=lambda world: world.work_again(first),
        result=dict,
        about=str(first),
        results=(_OFF_AHEAD,),
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
        _take_off(ask, back)
    if way == "work_again":
        _work_again(ask, back)
    looking = look_up(way)
    found = ask(looking)
    raise AskAgain(back, Unclear(way, facts=found), forget=(WHAT_ELSE, looking))


def _take_off(ask: Ask, back: Offer[Any]) -> NoReturn:
    """Ask for the days and whether they are meant, since calls move; then note them."""
    first, last = ask(DAYS_OFF)
    if not ask(DAYS_OFF_SURE, first=first.isoformat(), last=last.isoformat()):
        raise AskAgain(back, Unclear("days_off_left"), forget=(WHAT_ELSE, DAYS_OFF, DAYS_OFF_SURE))
    doing = take_off((first, last))
    done = ask(doing)
    forget = (WHAT_ELSE, DAYS_OFF, DAYS_OFF_SURE, doing)
    raise AskAgain(back, Unclear("days_off_taken", facts=done), forget=forget)


def _work_again(ask: Ask, back: Offer[Any]) -> NoReturn:
    """Show the days off he has ahead, and take back the one he chooses."""
    first = ask(OFF_AHEAD)
    if first is None:
        raise AskAgain(back, Unclear("no_days_off"), forget=(WHAT_ELSE, OFF_AHEAD))
    doing = work_again(first)
    done = ask(doing)
    raise AskAgain(back, Unclear("works_again", facts=done), forget=(WHAT_ELSE, OFF_AHEAD, doing))


def _quick_quote(ask: Ask, case: Case) -> Outcome:
    """Ask what a quote needs of who stands before him; nothing of it is kept but the quote."""
    found = quote.worked_out(ask, case)
    if isinstance(found, Outcome):
        return found
    return QuickQuote(ask(quote.save(found)), ask(MY_CODE), found.words)
