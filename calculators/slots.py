"""Callback times as range algebra: when somebody works, may be called, and is not taken yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """A stretch of time from `start` up to, not including, `end`; both aware."""

    start: datetime
    end: datetime


Ranges = tuple[Range, ...]
"""Ranges in normal form: in order, none empty, none touching another. What `merge` returns."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours of every week: `weekday` counts from Monday, 0; the times are local."""

    weekday: int
    opens: time
    closes: time


def merge(ranges: Iterable[Range]) -> Ranges:
    """Return the normal form of ranges in any order; empty ones vanish, touching ones join."""
    joined: list[Range] = []
    for one in sorted(one for one in ranges if one.start < one.end):
        if joined and one.start <= joined[-1].end:
            joined[-1] = Range(joined[-1].start, max(joined[-1].end, one.end))
        else:
            joined.append(one)
    return tuple(joined)


def union(left: Ranges, right: Ranges) -> Ranges:
    """Return the time that is in either."""
    return merge((*left, *right))


def intersect(left: Ranges, right: Ranges) -> Ranges:
    """Return the time that is in both."""
    common: list[Range] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i].start, right[j].start), min(left[i].end, right[j].end)
        if start < end:
            common.append(Range(start, end))
        if left[i].end < right[j].end:
            i += 1
        else:
            j += 1
    return tuple(common)


def subtract(left: Ranges, right: Ranges) -> Ranges:
    """Return the time that is in `left` and not in `right`."""
    rest: list[Range] = []
    j = 0
    for one in left:
        start = one.start
        while j < len(right) and right[j].end <= start:
            j += 1
        k = j
        while k < len(right) and right[k].start < one.end:
            if start < right[k].start:
                rest.append(Range(start, right[k].start))
            start = max(start, right[k].end)
            k += 1
        if start < one.end:
            rest.append(Range(start, one.end))
    return tuple(rest)


def days(dates: Iterable[date], zone: ZoneInfo) -> Ranges:
    """Return whole local days."""
    return merge(Range(_local(day, zone), _local(day + _DAY, zone)) for day in dates)


def weekly(shifts: Iterable[Shift], first: date, last: date, zone: ZoneInfo) -> Ranges:
    """Return weekly hours laid out over the days from `first` to `last`, both included."""
    by_weekday: dict[int, list[Shift]] = {}
    for shift in shifts:
        by_weekday.setdefault(shift.weekday, []).append(shift)
    return merge(
        Range(datetime.combine(day, shift.opens, zone), datetime.combine(day, shift.closes, zone))
        for day in each_day(first, last)
        for shift in by_weekday.get(day.weekday(), ())
    )


def each_day(first: date, last: date) -> Iterator[date]:
    """Yield the days from `first` to `last`, both included."""
    for count in range((last - first).days + 1):
        yield first + count * _DAY


def cut(ranges: Ranges, length: timedelta, zone: ZoneInfo) -> Iterator[Range]:
    """Yield the whole slots of `length` that fit, in order, each a multiple of it after local midnight.

    On one grid two different slots never overlap: a start names its slot.
    """
    for one in ranges:
        local = one.start.astimezone(zone)
        midnight = _local(local.date(), zone)
        start = midnight + -((midnight - local) // length) * length
        while start + length <= one.end:
            yield Range(start, start + length)
            start += length


def spread(
    slots: Sequence[Range], *, most: int, a_day: int, apart: timedelta, zone: ZoneInfo
) -> tuple[Range, ...]:
    """Choose at most `most` of the slots, soonest first, over several days.

    Of one day at most `a_day` are chosen, `apart` from one another; more only when the other days have too
    few.
    """
    chosen: list[Range] = []
    for _, same_day in groupby(sorted(slots), key=lambda slot: slot.start.astimezone(zone).date()):
        taken: list[Range] = []
        for slot in same_day:
            if len(taken) < a_day and (not taken or slot.start - taken[-1].start >= apart):
                taken.append(slot)
        chosen += taken
        if len(chosen) >= most:
            break
    left = [slot for slot in sorted(slots) if slot not in chosen]
    return tuple(sorted((chosen + left)[:most]))


def elapse(ranges: Ranges, since: datetime, length: timedelta) -> datetime | None:
    """Return when `length` of the ranges' time has passed since `since`; None when they do not hold it."""
    left = length
    for one in ranges:
        start = max(one.start, since)
        if start < one.end:
            if one.end - start >= left:
                return start + left
            left -= one.end - start
    return None


def clear(slot: Range, starts: Iterable[datetime], *, buffer: timedelta) -> bool:
    """Tell whether a slot keeps `buffer` from every booking of its own length that starts at `starts`."""
    reach = (slot.end - slot.start) + buffer
    return all(abs(slot.start - start) >= reach for start in starts)


def _local(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
