"""Days in plain words: "mai", "thứ 3 tuần sau", "25/11", "cuối tháng", "3 ngày nữa"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.reading.rest import Rest
from handlers.reading.unclear import Unclear

_FAR = 183  # days: a day and a month without a year may be next year, if no farther off than this
_NEXT = r"(?:sau|toi|den|until|next)"


@dataclass(frozen=True, slots=True)
class Days:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @classmethod
    def one(cls, day: date) -> Days:
        """Return a single day."""
        return cls(day, day)


def _said(match: re.Match[str], *names: str) -> str:
    """Return what the first of these groups that took part holds."""
    groups = match.groupdict()
    return next((groups[name] for name in names if groups.get(name)), "")


def days_in(rest: Rest, on: date) -> Iterator[Days]:
    """Take the days out of the words, most exact first. Raises Unclear("no_such_day")."""
    for pattern, read in _READERS:
        for match in rest.take(pattern):
            yield from read(match, on)


def day_of_month(number: int, on: date) -> date | None:
    """Return the next day of that number, today included; None for a number no month has."""
    if not 1 <= number <= 31:
        return None
    year, month = on.year, on.month
    if number < on.day:
        year, month = _month_after(year, month)
    while number > monthrange(year, month)[1]:
        year, month = _month_after(year, month)
    return date(year, month, number)


def _month_after(year: int, month: int) -> tuple[int, int]:
    return (year + 1, 1) if month == 12 else (year, month + 1)


def _full(match: re.Match[str], on: date) -> Iterator[Days]:
    year = int(match["y"]) if len(match["y"]) == 4 else on.year // 100 * 100 + int(match["y"])
    yield Days.one(_made(year, int(match["m"]), int(match["d"])))


def _day_and_month(match: re.Match[str], on: date) -> Iterator[Days]:
    """A day without a year is this year's; one gone by is next year's if that is near, else a slip."""
    day = _made(on.year, int(match["m"]), int(match["d"]))
    if day < on:
        again = _made(on.year + 1, int(match["m"]), int(match["d"]))
        day = again if (again - on).days <= _FAR else day
    yield Days.one(day)


def _stretch(match: re.Match[str], on: date) -> Iterator[Days]:
    """ "25-26/11": from one day to another of a month."""
    month, ends = int(match["m"]), (int(match["d"]), int(match["d2"]))
    year = on.year if _made(on.year, month, ends[1]) >= on else on.year + 1
    first, last = (_made(year, month, day) for day in ends)
    if first > last:
        raise Unclear("no_such_day")
    yield Days(first, last)


def _made(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unclear("no_such_day") from None


def _near(match: re.Match[str], on: date) -> Iterator[Days]:
    steps = {"tomorrow": (1,), "overmorrow": (2,), "kia": (2,), "farther": (3, 2)}
    for days in steps.get(_said(match, "near", "near2"), (0,)):
        yield Days.one(on + timedelta(days=days))


def _ahead(match: re.Match[str], on: date) -> Iterator[Days]:
    if match["half"]:
        yield Days.one(on + timedelta(days=15))
        return
    count, unit = int(_said(match, "n", "n2") or 1), _said(match, "unit", "unit2", "unit3")
    if unit == "thang":
        year, month = divmod(on.year * 12 + on.month - 1 + count, 12)
        yield Days.one(date(year, month + 1, min(on.day, monthrange(year, month + 1)[1])))
    else:
        yield Days.one(on + timedelta(days=count * (7 if unit in ("tuan", "week", "weeks") else 1)))


def _weekday(match: re.Match[str], on: date) -> Iterator[Days]:
    """A weekday is the next one; today's own name, and "thứ 3 tới", may be a week later."""
    wanted = 6 if match["n"] is None else int(match["n"]) - 2
    monday = on - timedelta(days=on.weekday())
    weeks = _weeks(match["week"])
    if weeks is not None:
        yield Days.one(monday + timedelta(days=wanted + 7 * weeks))
        return
    coming = on + timedelta(days=(wanted - on.weekday()) % 7)
    yield Days.one(coming)
    if coming == on or match["soon"] or match["next"]:
        yield Days.one(coming + timedelta(days=7))


def _weeks(words: str | None) -> int | None:
    """Return how many weeks ahead "tuần sau", "tuần này", "tuần sau nữa" is."""
    if not words:
        return None
    if "nay" in words or "this" in words:
        return 0
    return 2 if "nua" in words else 1


def _week(match: re.Match[str], on: date) -> Iterator[Days]:
    part, named = match["part"] or "", _said(match, "week", "only")
    weeks = _weeks(named) or 0
    monday = on + timedelta(days=7 * weeks - on.weekday())
    first, last = {"dau": (0, 1), "giua": (2, 3), "cuoi": (5, 6)}.get(part, (0, 6))
    if not named and monday + timedelta(days=last) < on:
        monday += timedelta(days=7)
    yield Days(max(on, monday + timedelta(days=first)), monday + timedelta(days=last))


def _month(match: re.Match[str], on: date) -> Iterator[Days]:
    """ "cuối tháng" is the last five days, "đầu tháng" the first five, "giữa tháng" those in between."""
    year, month = on.year, on.month
    if match["n"]:
        month = int(match["n"])
        if not 1 <= month <= 12:
            raise Unclear("no_such_day")
        year += month < on.month
    elif _said(match, "next", "next2"):
        year, month = _month_after(year, month)
    elif match["unsure"]:
        yield from _month_of(match, on, 6, on.year + (on.month > 6))
        year, month = _month_after(year, month)
    yield from _month_of(match, on, month, year)


def _month_of(match: re.Match[str], on: date, month: int, year: int) -> Iterator[Days]:
    days = monthrange(year, month)[1]
    first, last = {"dau": (1, 5), "giua": (13, 17), "cuoi": (days - 4, days)}.get(
        _said(match, "part", "part2"), (1, days)
    )
    if date(year, month, last) < on and not match["n"]:
        year, month = _month_after(year, month)
        last = min(last, monthrange(year, month)[1])
    yield Days(max(on, date(year, month, min(first, last))), date(year, month, last))


def _numbered(match: re.Match[str], on: date) -> Iterator[Days]:
    day = day_of_month(int(match["d"]), on)
    if day is None:
        raise Unclear("no_such_day")
    yield Days.one(day)


_DAY, _THE = r"(?P<d>\d{1,2})", r"(?<!\S)(?:ngay |hom |mung |mong )?"
_NO_HOUR = r"(?! (?:h|g|gio|:))(?!\S)"
_WEEK = rf"(?P<week>sang tuan|tuan (?:{_NEXT}(?: nua)?|nay)|next week|this week)"
_PART = r"(?P<part>dau|giua|cuoi)"
_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Iterator[Days]]], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (rf"{_THE}{_DAY} (?:-|den) (?P<d2>\d{{1,2}}) (?:/|thang) (?P<m>0?[1-9]|1[0-2])(?!\S)", _stretch),
        (
            rf"{_THE}{_DAY} (?:[/\-]|thang|th) (?P<m>\d{{1,2}}) (?:[/\-]|nam) (?P<y>\d{{4}}|\d{{2}})(?!\S)",
            _full,
        ),
        (r"(?<!\S)(?P<y>\d{4}) [/\-] (?P<m>\d{1,2}) [/\-] (?P<d>\d{1,2})(?!\S)", _full),
        (rf"{_THE}{_DAY} (?:/|thang|th) (?P<m>\d{{1,2}}){_NO_HOUR}", _day_and_month),
        (rf"(?<!\S)(?:ngay|hom|mung|mong) {_DAY} - (?P<m>\d{{1,2}}){_NO_HOUR}", _day_and_month),
        (rf"(?<!\S)(?P<d>1[3-9]|2\d|3[01]) - (?P<m>0?[1-9]|1[0-2]){_NO_HOUR}", _day_and_month),
        (
            r"(?<!\S)(?P<next>next )?(?:thu (?P<n>[2-7])|cn|chu nhat)"
            rf"(?: {_WEEK}|(?P<soon> (?:toi|sau|until))| (?:nay|this))?(?!\S)",
            _weekday,
        ),
        (rf"(?<!\S)(?:{_PART} (?:{_WEEK}|tuan)|{_WEEK.replace('week>', 'only>')})(?!\S)", _week),
        (
            rf"(?<!\S)(?:{_PART} )?(?:thang (?:(?P<n>\d{{1,2}})|(?P<next>{_NEXT})|(?P<unsure>sau-or-six)|nay)"
            r"|(?P<next2>next month|sang thang))(?!\S)|(?<!\S)(?P<part2>dau|giua|cuoi) thang(?!\S)",
            _month,
        ),
        (
            r"(?<!\S)(?:sau )?(?:(?P<n>\d{1,2}) (?P<unit>ngay|hom|bua|tuan|thang) nua"
            r"|(?<!nua )(?P<unit2>tuan|thang) nua|(?P<half>nua thang) nua"
            r"|in (?P<n2>\d{1,2}) (?P<unit3>days?|weeks?))(?!\S)",
            _ahead,
        ),
        (
            r"(?<!\S)(?:ngay |hom |bua )?(?P<near>hom nay|bua nay|nay|tomorrow|overmorrow)(?!\S)"
            r"|(?<!\S)ngay (?P<near2>kia|farther)(?!\S)",
            _near,
        ),
        (rf"(?<!\S)(?:ngay|hom|mung|mong) {_DAY}(?!\S)", _numbered),
    )
)
