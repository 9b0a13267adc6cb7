"""Hours and parts of a day in plain words: "8h30", "2h chiều", "9-11h", "sau 5h", "trưa"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from handlers.reading.rest import Rest
from handlers.reading.unclear import Unclear

_PARTS = {
    "morning": (time(7), time(11)),
    "noon": (time(11), time(13, 30)),
    "afternoon": (time(13, 30), time(17, 30)),
    "evening": (time(18), time(21)),
    "night": (time(18), time(21)),
}
_OFFICE = (time(8), time(17))
_PART = "|".join(_PARTS)
_HOURS_OF = {
    "morning": range(1, 12), "noon": range(10, 15), "afternoon": range(12, 19), "evening": range(17, 24),
    "night": range(19, 24),
}  # fmt: skip
_CLOCK = (
    r"(?P<h>\d{1,2})(?: (?:h|g|gio|:)(?: (?P<m>\d{2})(?: p| phut)?(?!\S))?|(?= (?:ruoi|am|pm)))"
    r"(?: (?P<half>ruoi))?(?: kem (?P<less>\d{1,2})(?: p| phut)?)?"
    rf"(?: (?:buoi )?(?P<part>{_PART}|am|pm))?(?P<on> tro (?:di|len))?(?!\S)"
)
_AT = re.compile(
    r"(?<!\S)(?:(?P<side>sau|tu|truoc|den|after|before|from|until) )?"
    r"(?:(?:luc|tam|khoang|at|around|about) )?"
    rf"(?:(?P<low>\d{{1,2}}) (?:(?:h|g|gio) )?(?:-|den|toi|to|until) )?{_CLOCK}"
)
_JOIN = re.compile(r"[. ]*(?:-|den|toi|to|until)?[. ]*")
_AFTER_WORK = r"sau gio (?:lam|hanh chinh)|ngoai gio(?: hanh chinh)?|tan lam|tan tam|het gio lam|after work"
_NAMED = (
    (re.compile(rf"(?<!\S)(?:{_AFTER_WORK})(?!\S)"), (_OFFICE[1], None)),
    (re.compile(r"(?<!\S)(?:gio hanh chinh|trong gio lam|office hours)(?!\S)"), _OFFICE),
    (re.compile(r"(?<!\S)(?:(?:luc )?vang khach|(?:gio )?nghi noon)(?!\S)"), _PARTS["noon"]),
)
_PART_ALONE = re.compile(rf"(?<!\S)(?:buoi )?(?P<part>{_PART})(?!\S)")


@dataclass(frozen=True, slots=True)
class Hours:
    """From `start` to `end` of a day; the same twice for a moment, None for an open side.

    `doubt` where the hour may be of the morning or of the evening.
    """

    start: time | None
    end: time | None
    doubt: bool = False

    def evening(self) -> Hours:
        """Return the same hours twelve later."""
        return Hours(_later(self.start), _later(self.end))

    def inside(self, part: str) -> Hours:
        """Return the hours as those of a part of the day ("tối mai 8h"). Raises Unclear("not_a_time")."""
        for hours in (Hours(self.start, self.end), self.evening()):
            named = hours.start or hours.end
            if named and named.hour in _HOURS_OF[part]:
                return hours
        raise Unclear("not_a_time")


def hours_in(rest: Rest) -> Iterator[Hours]:
    """Take hours out of the words. Raises Unclear("not_a_time") for an hour that no clock has."""
    for pattern, (start, end) in _NAMED:
        for _ in rest.take(pattern):
            yield Hours(start, end)
    matches = rest.take(_AT)
    place = 0
    while place < len(matches):
        one = matches[place]
        joined = place + 1 < len(matches) and _JOIN.fullmatch(
            one.string, one.end(), matches[place + 1].start()
        )
        if joined and one["side"] in (None, "tu", "from") and matches[place + 1]["low"] is None:
            yield _window(one, matches[place + 1])
            place += 2
        else:
            yield _window(None, one) if one["low"] else _sided(one)
            place += 1


def parts_of_day(rest: Rest) -> list[str]:
    """Take out the names of the parts of a day: morning, noon, afternoon, evening, night."""
    return [match["part"] for match in rest.take(_PART_ALONE)]


def of_part(part: str) -> Hours:
    """Return the hours in which somebody is called in that part of the day."""
    return Hours(*_PARTS[part])


def bare_hour(number: int, part: str | None) -> Hours | None:
    """Return the hour a number without a unit may be in a part of the day; None for none."""
    if part:
        hour = _with_part(number, part)
        return Hours(time(hour), time(hour)) if hour is not None else None
    guess, doubt = _guess(number)
    return None if guess is None else Hours(time(guess), time(guess), doubt)


def _sided(match: re.Match[str]) -> Hours:
    at, doubt = _clock(match)
    side = match["side"]
    if side in ("sau", "tu", "after", "from") or match["on"]:
        return Hours(at, None, doubt)
    if side:
        return Hours(None, at, doubt)
    return Hours(at, at, doubt)


def _window(one: re.Match[str] | None, other: re.Match[str]) -> Hours:
    """Return the hours between two; the first takes the part of the day of the second where it has none."""
    end, doubt = _clock(other)
    number, minute = (int(one["h"]), _minutes(one)) if one else (int(other["low"]), 0)
    part = (one["part"] if one else None) or other["part"]
    hour = _with_part(number, part) if part else None
    if hour is None or hour * 60 + minute >= end.hour * 60 + end.minute:
        hour = number if number < end.hour else number + 12 if number + 12 < end.hour else None
    if hour is None and number < 12 and end.hour + 12 < 24 and number < end.hour + 12:
        hour, end = number, end.replace(hour=end.hour + 12)  # "11-1h": until 13:00
    if hour is None or hour > 23:
        raise Unclear("not_a_time")
    if not part and end.hour > 12 >= number and hour < 8 and hour + 12 < end.hour:
        hour += 12
    return Hours(time(hour, minute), end, doubt and not part)


def _clock(match: re.Match[str]) -> tuple[time, bool]:
    """Return the time of a match, and whether morning or evening was left open."""
    number, part = int(match["h"]), match["part"]
    if part is None:
        hour, doubt = (number, False) if match["h"].startswith("0") else _guess(number)  # "06:00" is of 24
    else:
        hour, doubt = _with_part(number, part), False
    minutes = _minutes(match)
    if hour is None or not 0 <= hour <= 23 or minutes > 59:
        raise Unclear("not_a_time")
    total = hour * 60 + minutes - int(match["less"] or 0)
    if total < 0:
        raise Unclear("not_a_time")
    return time(total // 60, total % 60), doubt


def _minutes(match: re.Match[str]) -> int:
    return 30 if match["half"] else int(match["m"] or 0)


def _guess(number: int) -> tuple[int | None, bool]:
    """Return the hour of the day a number means without a part: nobody is called at three in the morning."""
    if 1 <= number <= 5:
        return number + 12, False
    return (number, number in (6, 7)) if 6 <= number <= 23 else (None, False)


def _with_part(number: int, part: str) -> int | None:
    """Return the hour of a part of the day, on the clock of 24; None for an hour it does not have."""
    afternoon = number if number >= 12 else number + 12
    if part in ("morning", "am"):
        return number if 1 <= number <= 11 else None
    if part == "noon":
        return afternoon if number in (1, 2, 12, 13, 14) else number if number in (10, 11) else None
    if part == "pm":
        return afternoon if 1 <= number <= 23 else None
    return afternoon if number >= 1 and afternoon in _HOURS_OF[part] else None


def _later(at: time | None) -> time | None:
    return at.replace(hour=at.hour + 12) if at and at.hour < 12 else at
