"""Times for a call as people say them: "mai", "sáng mốt", "thứ 3 tuần sau", "chiều 25", "sau 5h"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import product

from handlers.reading.days import Days, day_of_month, days_in
from handlers.reading.daywords import GLUED, plain
from handlers.reading.fold import fold
from handlers.reading.hours import Hours, bare_hour, hours_in, of_part, parts_of_day
from handlers.reading.named_days import numbered
from handlers.reading.numbers import Forms, Tokens, one_digit
from handlers.reading.rest import Rest
from handlers.reading.unclear import Candidate, Unclear

_MOST_CANDIDATES = 4
_FARTHEST = 500  # days: nobody is called later than that
_PARTS = {
    "morning": Forms("sáng morning"), "noon": Forms("trưa noon"), "afternoon": Forms("chiều afternoon"),
    "evening": Forms("tối evening tonight"), "night": Forms("đêm night"),
}  # fmt: skip
_DAY_WORDS = Forms(
    "nay mai mốt mot kia thứ thu t cn chủ ngày hôm today tomorrow monday tuesday wednesday thursday friday"
)
_NAMES = (
    ("tomorrow", Forms("mai tomorrow tmr")), ("hom nay", Forms("today hnay bnay")), ("cn", Forms("sunday")),
    ("thu 2", Forms("monday")), ("thu 3", Forms("tuesday")), ("thu 4", Forms("wednesday")),
    ("thu 5", Forms("thursday")), ("thu 6", Forms("friday")), ("thu 7", Forms("saturday")),
    ("cuoi tuan", Forms("weekend")), ("farther", Forms("=kìa")),
)  # fmt: skip
_OVERMORROW = Forms("=mốt mot")
_AROUND_MOT = frozenset(("sang", "chieu", "toi", "trua", "ngay", "bua", "hom", "mai", "hoac", "h", "gio"))
_EVENING_BEFORE = Forms("buổi h g giờ rưỡi")
_NEVER = Forms("đừng trừ bận kẹt vướng except busy")
_NOT, _POLITE = Forms("không ko kg hok hông chưa not"), Forms("ạ em anh chị nhé nha nhỉ vậy ta hả")
_MOVED = Forms("đổi dời chuyển dời")
_TO, _SUN = Forms("=tới"), Forms("năm tháng tuần")
_RENAMED = frozenset(("t", "sau", "toi")).union(
    _OVERMORROW.folded, *(forms.folded for forms in _PARTS.values()), *(forms.folded for _, forms in _NAMES)
)

_ANY_TIME = re.compile(
    r"\b(?:(?:luc|gio|ngay|hom|khi) nao|sao|the nao) cung (?:duoc|dc|ok|xong)\b"
    r"|\bbat (?:cu|ky) (?:luc|khi) nao\b|\bany ?time\b|\bwhenever\b"
)
_NOW = re.compile(
    r"\b(?:(?:ngay )?bay gio|gio luon|goi luon|ngay lap tuc|goi ngay|lien|now|asap|right away)\b"
)
_VAGUE = re.compile(
    r"\b(?:(?:hom|bua|luc|khi) (?:nao|khac)|bao gio|ranh|phien|vu|ngay cho|(?:may|vai) (?:hom|ngay|bua|tuan)|"
    r"(?:hom|bua) sau|de sau|later|some ?day)\b"
)
_PAST = re.compile(
    r"\b(?:hom (?:qua|kia|truoc)|bua (?:truoc|qua)|(?:tuan|thang) truoc|vua nay|hoi nay|yesterday|last)\b"
)
_NO_DAY = re.compile(
    r"\b(?:(?:truoc|sau|qua) (?:morning|noon|afternoon|evening|night)|tomorrow overmorrow|"
    r"\d+ (?:phut|tieng) nua|(?:ti|lat|chut|xiu) nua|tet|sang nam|nam sau|(?:cuoi|dau) nam|gieng)\b"
)
_REFUSED = (
    (re.compile(r"\b(?:am lich|lich am|ram|thang chap)\b"), "lunar_date"),
    (_PAST, "in_the_past"),
    (_NO_DAY, "vague_time"),
)
_BETWEEN_DAYS = re.compile(r"\.(?: (?:-|den|toi|to|until) )\.")
_PERHAPS = "perhaps-evening"  # "toi": tối or tôi
_UNTIL = re.compile(r"\buntil\b")
_BEFORE_A_DAY = re.compile(r"(?<!doi )(?<!chuyen )\b(?:truoc|sau|qua|het|before|after) \.")
_TIMELY = re.compile(
    r"\b(?:mai|kia|nay|hom|ngay|thu|t[2-7]|cn|chu nhat|sang|trua|chieu|toi|tuan|gio|luc|sau|truoc"
    r"|tomorrow|today|\w+day|noon|morning|afternoon|evening)\b|\d ?(?:h|g|gio|am|pm)\b|\d:\d"
    r"|(?<![\d/])\d{1,2}/\d{1,2}(?![\d/])"
)
"""Without one of these a number in a longer message is no time: "em 31t"."""
_NUMBER = re.compile(r"(?<!\S)(\d{1,4})(?!\S)")


@dataclass(frozen=True, slots=True)
class When:
    """A day or days (both ends included) and hours of a day; None for what was not said.

    `start` equals `end` for a moment ("8h"); one of them alone is "after" or "before".
    """

    first: date | None = None
    last: date | None = None
    start: time | None = None
    end: time | None = None

    def allows(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Tell whether a slot (local time) is on one of the days and touches the hours."""
        day = starts_at.date()
        if self.first and self.last and not self.first <= day <= self.last:
            return False
        begins, stops = starts_at.time(), ends_at.time()
        late = self.end is not None and (begins > self.end or (begins == self.end and self.start != self.end))
        return not late and not (self.start is not None and stops <= self.start)

    def __str__(self) -> str:
        """Return plain words that `when` reads back: `25/11/2026 08:00 - 11:00`."""
        words = [" - ".join(f"{day:%d/%m/%Y}" for day in dict.fromkeys((self.first, self.last)) if day)]
        hours = [f"{at:%H:%M}" for at in dict.fromkeys((self.start, self.end)) if at]
        if hours and self.end is None:
            words.append("sau")
        elif hours and self.start is None:
            words.append("trước")
        words.append(" - ".join(hours))
        return " ".join(filter(None, words)) or "lúc nào cũng được"


def when(text: str, on: date) -> When:
    """Read a time for a call, counted from `on`.

    Raises Unclear: "which_time" with candidates (fact when, as it is shown), and without: "vague_time",
    "in_the_past", "lunar_date", "no_such_day", "not_a_time".
    """
    tokens = Tokens(numbered(text, on), GLUED)
    words = plain(tokens, _renamed)
    if tokens.garbled:
        raise Unclear("not_a_time")
    denied = next((place for place in range(len(tokens)) if _denies(tokens, place)), None)
    if denied is not None:
        raise _what_is_left(words, on, first=denied == 0)
    if _PERHAPS not in words:
        return _read(words, on)
    readings = [_read(words.replace(_PERHAPS, word), on) for word in ("evening", "i")]
    raise _asked(readings)


def _denies(tokens: Tokens, place: int) -> bool:
    """Tell whether a word rules a time out: "đừng gọi buổi sáng", "mai bận"; not "được không"."""
    token, after = tokens[place], tokens[place + 1]
    if token in _NEVER:
        return token.marked != "dung" or after.word in ("goi", "dien", "alo")
    return token in _NOT and after.letters and after not in _POLITE and after.word not in ("sao", "can")


def _what_is_left(words: str, on: date, *, first: bool) -> Unclear:
    """Return the question about times of which one was ruled out; where all were, none is offered."""
    try:
        readings = [_read(words.replace(_PERHAPS, "evening"), on)]
    except Unclear as unclear:
        return unclear
    return Unclear("vague_time") if first or readings == [When()] else _asked(readings)


def _read(words: str, on: date) -> When:
    """Read plain words in which parts of the day have their names."""
    always = _ANY_TIME.search(words)
    if not always:
        return _named(words, on)
    with suppress(Unclear):
        return _named(words.replace(always[0], ","), on)
    return When()


def _named(words: str, on: date) -> When:
    """Read the days and hours that are named."""
    for pattern, code in _REFUSED:
        if pattern.search(words):
            raise Unclear(code)
    rest = Rest(words)
    days = _joined(list(days_in(rest, on)), rest)
    if _BEFORE_A_DAY.search(rest.words):
        raise Unclear("vague_time")
    hours, parts = list(hours_in(rest)), parts_of_day(rest)
    if _UNTIL.search(rest.words):
        raise Unclear("vague_time")
    left = _NUMBER.findall(rest.words)
    if left:
        days, hours = _bare(left, days, hours, parts, on)
    elif len(parts) == 1:
        hours = [hour.inside(parts[0]) for hour in hours]
    hours = hours or [of_part(part) for part in parts]
    if days or hours:
        return _settled(days, hours, on)
    if _NOW.search(words):
        raise _asked([When(on, on)])
    raise Unclear("vague_time" if _VAGUE.search(words) else "not_a_time")


def spot_when(text: str, on: date) -> str | None:
    """Find a day or an hour, named beyond doubt, in a longer message; return plain words for it."""
    if not _TIMELY.search(fold(numbered(text, on))):
        return None
    try:
        found = when(text, on)
    except Unclear:
        return None
    return str(found) if found != When() else None


def _renamed(tokens: Tokens, place: int) -> str | None:
    """Give parts of a day and near days plain names, where folding would confuse them: tối, tôi, tới."""
    token, after = tokens[place], tokens[place + 1]
    if token.word not in _RENAMED:
        return None
    if token in _OVERMORROW and token.marked != "một" and _is_overmorrow(tokens, place):
        return "overmorrow"
    if token in _TO:
        return "until"
    dated = tokens.word(place + 2) == "/" and tokens.word(place + 3) not in ("t", "thu", "cn")
    if token.word == "t" and after.word in "234567" and after.digits and not dated:
        return "thu"
    if token.word == token.marked == "sau" and tokens.word(place - 1) == "thang":
        return "sau" if tokens.marked else "sau-or-six"  # "tháng sau", or "tháng sáu" without its marks
    for name, forms in _PARTS.items():
        if token in forms:
            return _part(tokens, place, name)
    return next((name for name, forms in _NAMES if token in forms), None)


def _is_overmorrow(tokens: Tokens, place: int) -> bool:
    """Tell whether "mốt" is a day: it is after a number "one" ("hăm mốt"); without marks it may be "một"."""
    before = tokens[place - 1]
    if tokens[place].marked == "mốt":
        return (
            not before.digits
            and not one_digit(tokens, place - 1)
            and before.word not in ("ham", "bam", "muoi")
        )
    return before.word in _AROUND_MOT or len(tokens) == 1 or (not before.letters and tokens[place + 1].digits)


def _part(tokens: Tokens, place: int, name: str) -> str | None:
    token, after = tokens[place], tokens[place + 1]
    if token.word == "tonight":
        return "evening hom nay"
    before = tokens[place - 1]
    if token.marked == "sang" and (after in _SUN or before in _MOVED or tokens.marked):
        return None  # "sang tuần": the week to come; "đổi sang thứ 6"
    unmarked = token.marked == token.word and token.word in ("toi", "dem")
    if not unmarked or before in _EVENING_BEFORE or len(tokens) == 1:
        return name
    if not tokens.marked and any(near.digits or near in _DAY_WORDS for near in (before, after)):
        return _PERHAPS
    return None  # "tôi", "đem"


def _joined(days: list[Days], rest: Rest) -> list[Days]:
    """Make "thứ 2 đến thứ 6" one stretch of days."""
    if len(days) > 1 and _BETWEEN_DAYS.search(rest.words) and days[0].first <= days[-1].last:
        return [Days(days[0].first, days[-1].last)]
    return days


def _bare(
    left: Sequence[str], days: list[Days], hours: list[Hours], parts: Sequence[str], on: date
) -> tuple[list[Days], list[Hours]]:
    """Read a number without a unit: "chiều 25" is a day, "mai 9" an hour; what may be both is asked."""
    part, number = (parts[0] if parts else None), int(left[0])
    hour, day = bare_hour(number, part), day_of_month(number, on)
    if len(left) > 1 or hours or (days and not hour) or not (hour or day):
        raise Unclear("not_a_time")
    if days and hour:
        return days, [hour]
    if hour is None and day:
        return [Days.one(day)], []
    span = of_part(part) if part else Hours(None, None)
    readings = [When(day, day, span.start, span.end)] if day else []
    readings += [When(None, None, hour.start, hour.end)] if hour else []
    raise _asked(readings)


def _settled(days: list[Days], hours: list[Hours], on: date) -> When:
    """Combine days and hours; more than one of either, or an open hour, is asked."""
    options = _meeting(days)
    moments = list(dict.fromkeys(hours))
    if len(options) == len(moments) > 1:  # "mai 8h hoặc mốt 9h"
        pairs: Iterable[tuple[Days | None, Hours | None]] = zip(options, moments, strict=True)
    else:
        evenings = (hour.evening() for hour in moments if hour.doubt)
        every_day: Sequence[Days | None] = options or (None,)
        every_hour: Sequence[Hours | None] = (*moments, *evenings) or (None,)
        pairs = product(every_day, every_hour)
    readings = [_combined(day, hour) for day, hour in pairs]
    kept = [each for each in readings if each.last is None or each.last >= on]
    if not kept:
        raise Unclear("in_the_past")
    if any(each.first and (each.first - on).days > _FARTHEST for each in kept):
        raise Unclear("not_a_time")
    if len(kept) > 1 or len(readings) > 1:
        raise _asked(kept)
    return kept[0]


def _combined(days: Days | None, hours: Hours | None) -> When:
    first, last = (days.first, days.last) if days else (None, None)
    return When(first, last, hours.start, hours.end) if hours else When(first, last)


def _meeting(days: list[Days]) -> list[Days]:
    """Return the narrowest of days that agree ("thứ 5 26/11"), else each of them."""
    options = list(dict.fromkeys(days))
    if len(options) < 2:
        return options
    both = Days(max(each.first for each in options), min(each.last for each in options))
    return [both] if both in options else options


def _asked(readings: Iterable[When]) -> Unclear:
    shown = [str(each) for each in dict.fromkeys(readings)]
    return Unclear("which_time", *(Candidate(each, {"when": each}) for each in shown[:_MOST_CANDIDATES]))
