"""Who is free when: the network's hours against the calendar and what is booked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence, Set
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import teams
from bot.storage.teams import Hours, Taken, Worker
from calculators.calling import calling_hours
from calculators.holidays import Holidays
from calculators.law import Law
from calculators.slots import Range, Ranges, Shift, clear, cut, each_day, elapse, intersect, merge, weekly
from calculators.territory import Territory, Ward
from handlers.messages import Address
from handlers.reading.dates import When
from handlers.reading.languages import COMMON

SLOT = timedelta(hours=1)
CALL_OPENS = timedelta(minutes=30)  # before the hour she chose, for the call
NEAR = 3  # wards whose points count as near
_REMEMBERED = 8_192  # days of somebody's week that are laid out once
_DEADLINE_DAYS = 21  # no stretch of holidays is longer


class Span(NamedTuple):
    """Which hours are looked at: from `since` until `until`, looked at `now`, for the person at `me`.

    She `agreed` to be called after the usual hours, or did not.
    """

    since: datetime
    until: datetime
    now: datetime
    me: Address | None = None
    agreed: bool = False


class Diary:
    """Finds free hours of collectors. Built once; every look is a few queries."""

    def __init__(
        self,
        law: Law,
        holidays: Holidays,
        territory: Territory,
        zone: ZoneInfo,
        *,
        buffer: timedelta = timedelta(),
    ) -> None:
        """`zone` is where collectors work and citizens answer the phone; `buffer` lies between two calls."""
        self._law, self._holidays, self._territory, self._zone = law, holidays, territory, zone
        self._buffer = buffer
        self._slots = lru_cache(maxsize=_REMEMBERED)(self._slots_on)

    async def free(
        self, connection: AsyncConnection, ward: str, span: Span, *, speaks: str = ""
    ) -> Mapping[Range, Sequence[int]]:
        """Return the free hours of a span for a ward, each with who could take it.

        Whoever covers the ward comes into question; where nobody of them is free all the time, whoever works
        at a point of the ward; then whoever does near by. All slots lie on one grid. With `speaks` only who
        speaks that language.
        """
        async for _, team in self.rings(connection, ward, span):
            able = [worker for worker in team if not speaks or speaks in worker.languages]
            if able and (found := await self.free_of(connection, able, span)):
                return found
        return {}

    def why_nobody(self, wanted: When, span: Span, but: str = "") -> tuple[str, date]:
        """Return why nobody was found free in a span at a time she named, and the last day of the span.

        `but` is the hour she has already (ISO). The codes are those of handlers.call_hours.WHY_NOBODY.
        """
        last, now = self.day(span.until) - timedelta(days=1), span.now
        if wanted.first and wanted.first > last:
            return "too_far_ahead", last
        ends = now
        if wanted.last and wanted.end:
            ends = datetime.combine(wanted.last, wanted.end, self._zone)
            if ends <= now:
                return "hour_over", last
        if but and self._names(wanted, datetime.fromisoformat(but)):
            return "same_hour", last
        if now < ends < span.since:
            return "too_soon", last
        if wanted.first and wanted.last and not self.calling(wanted.first, wanted.last, agreed=True):
            return "holiday", last
        return "no_hours_then", last

    def _names(self, wanted: When, starts_at: datetime) -> bool:
        """Tell whether a time that was named is this hour, and no other of its day."""
        start = starts_at.astimezone(self._zone).replace(tzinfo=None)
        before, then, after = (
            wanted.allows(start + SLOT * step, start + SLOT * (step + 1)) for step in (-1, 0, 1)
        )
        return then and not before and not after

    async def spoken(self, connection: AsyncConnection, ward: str, span: Span) -> Set[str]:
        """Return what people speak who are free for a ward: of the nearest ring with more than Vietnamese."""
        async for _, team in self.rings(connection, ward, span):
            more = {worker.id: set(worker.languages) - {COMMON} for worker in team}
            several = [worker for worker in team if more[worker.id]]
            free = await self.free_of(connection, several, span) if several else {}
            if found := {language for able in free.values() for one in able for language in more[one]}:
                return found
        return set()

    async def rings(
        self, connection: AsyncConnection, ward: str, span: Span
    ) -> AsyncIterator[tuple[str, Sequence[Worker]]]:
        """Yield who comes into question for a ward, ring by ring: covers, point, near; nobody twice."""
        first, last = self.day(span.since), self.day(span.until)
        seen: set[int] = set()
        for ring, look in (("covers", self._covering), ("point", self._at_points), ("near", self._near)):
            team = await look(connection, ward, first, last)
            fresh = list({worker.id: worker for worker in team if worker.id not in seen}.values())
            seen.update(worker.id for worker in fresh)
            if fresh:
                yield ring, fresh

    @staticmethod
    async def _covering(connection: AsyncConnection, ward: str, first: date, last: date) -> Sequence[Worker]:
        return await teams.covering(connection, [ward], first, last)

    @staticmethod
    async def _at_points(connection: AsyncConnection, ward: str, first: date, last: date) -> Sequence[Worker]:
        return await teams.at_points(connection, [ward], first, last)

    async def free_of(
        self, connection: AsyncConnection, team: Sequence[Worker], span: Span
    ) -> Mapping[Range, Sequence[int]]:
        """Return the free hours of these collectors, each with who could take it."""
        found: dict[Range, list[int]] = {}
        booked = await self._booked(connection, team, span)
        for worker in team:
            for day in each_day(self.day(span.since), self.day(span.until)):
                if not worker.works(day):
                    continue
                taken = booked.get(worker.id, {})
                if taken and self._full(worker, day, taken):
                    continue
                for slot in self._slots(worker.hours, day, span.agreed):
                    inside = span.since <= slot.start and slot.end <= span.until
                    if inside and (not taken or self._clear(slot, taken)):
                        found.setdefault(slot, []).append(worker.id)
        return found

    async def hindrances(
        self, connection: AsyncConnection, team: Sequence[Worker], span: Span
    ) -> Mapping[int, str]:
        """Return what keeps each of a team from the one slot a span is; "" for who is free."""
        booked = await self._booked(connection, team, span)
        slot = Range(span.since, span.until)
        return {
            worker.id: self.absence(worker, slot, agreed=span.agreed)
            or self._hindrance(worker, slot, booked.get(worker.id, {}))
            for worker in team
        }

    def absence(self, worker: Worker, slot: Range, *, agreed: bool) -> str:
        """Return why somebody is not at work in a slot, however few calls he has; "" when he is."""
        day = self.day(slot.start)
        if worker.is_off(day):
            return "day_off"
        works = worker.appointed(day) and slot in self._slots(worker.hours, day, agreed)
        return "" if works else "not_working"

    def _hindrance(self, worker: Worker, slot: Range, taken: Taken) -> str:
        if not self._clear(slot, taken):
            return "busy"
        return "full" if self._full(worker, self.day(slot.start), taken) else ""

    async def _booked(
        self, connection: AsyncConnection, team: Sequence[Worker], span: Span
    ) -> Mapping[int, Taken]:
        """What is booked on the whole days of a span: a day's capacity counts all its calls."""
        if not team:
            return {}
        since, until = self._midnight(self.day(span.since)), self.end_of_day(span.until, 0)
        ids = [worker.id for worker in team]
        return await teams.taken(connection, ids, since, until, now=span.now, me=span.me)

    def _clear(self, slot: Range, taken: Taken) -> bool:
        if slot.start in taken or not self._buffer:
            return slot.start not in taken
        return clear(slot, (start for start, fills in taken.items() if fills), buffer=self._buffer)

    def _full(self, worker: Worker, day: date, taken: Taken) -> bool:
        if len(taken) < worker.per_day:
            return False
        return sum(fills and self.day(start) == day for start, fills in taken.items()) >= worker.per_day

    async def _near(
        self, connection: AsyncConnection, ward: str, first: date, last: date
    ) -> Sequence[Worker]:
        """Who works in the nearest wards of the province in which anybody does, without this one."""
        place = self._territory.ward(ward)
        others = [w for w in self._territory.wards(place.province) if w.code != ward] if place else []
        if place is None or not others:
            return ()
        staffed = await teams.staffed(connection, [other.code for other in others], first, last)
        nearest = sorted((w for w in others if w.code in staffed), key=lambda other: _apart(place, other))
        near = [other.code for other in nearest[:NEAR]]
        if not near:
            return ()
        covering = await teams.covering(connection, near, first, last)
        return (*covering, *await teams.at_points(connection, near, first, last))

    def _slots_on(self, hours: Hours, day: date, agreed: bool) -> tuple[Range, ...]:  # noqa: FBT001 - a key of the cache
        """Return the slots of a day within somebody's hours and the hours of calling."""
        working = intersect(self._shifts_on(hours, day), self.calling(day, day, agreed=agreed))
        return tuple(cut(working, SLOT, self._zone))

    def _shifts_on(self, hours: Hours, day: date) -> Ranges:
        shifts = (Shift(weekday, _clock(opens), _clock(closes)) for weekday, opens, closes in hours)
        return weekly(shifts, day, day, self._zone)

    def calling(self, first: date, last: date, *, agreed: bool = False) -> Ranges:
        """Return the hours of calling on some days."""
        return calling_hours(
            first, last, law=self._law, holidays=self._holidays, zone=self._zone, agreed=agreed
        )

    def usual(self, slot: Range) -> bool:
        """Tell whether a slot lies in the hours anybody may be called in who asked for it."""
        day = self.day(slot.start)
        return intersect((slot,), self.calling(day, day)) == (slot,)

    def may_call(self, now: datetime, promised: Range) -> bool:
        """Tell whether somebody may be called now: in the usual hours, or in the hour she chose herself."""
        return self.usual_now(now) or promised.start <= now < promised.end

    def call_opens(self, promised: Range) -> datetime:
        """Return from when she may be called for the hour she chose: a little before it, in the usual hours.

        Later the same or the next day he may try again: she consented to be called about that hour.
        """
        before = promised.start - CALL_OPENS
        return before if self.usual_now(before) else promised.start

    def usual_now(self, now: datetime) -> bool:
        """Tell whether a moment lies in the usual hours."""
        day = self.day(now)
        return any(one.start <= now < one.end for one in self.calling(day, day))

    def after_working(self, moment: datetime, length: timedelta) -> datetime:
        """Return when so much of the usual hours has passed since `moment`: no night, no holiday counts."""
        first = self.day(moment)
        hours = self.calling(first, first + timedelta(days=_DEADLINE_DAYS))
        return elapse(hours, moment, length) or moment + length

    async def after_work_of(
        self, connection: AsyncConnection, collector: int, moment: datetime, length: timedelta
    ) -> datetime:
        """Return when so much of somebody's own hours has passed since `moment`: no day off of his counts.

        Who has no such hours in the next weeks has the usual ones.
        """
        hours = await self._hours_of(connection, collector, moment)
        return elapse(hours, moment, length) or self.after_working(moment, length)

    async def next_day_of(self, connection: AsyncConnection, collector: int, moment: datetime) -> datetime:
        """Return when somebody's next day at work after that of `moment` ends; without one, the usual one."""
        midnight = self.end_of_day(moment, 0)
        usual = self.calling(self.day(midnight), self.day(midnight) + timedelta(days=_DEADLINE_DAYS))
        his = await self._hours_of(connection, collector, moment)
        ahead = [one.end for one in his if one.start >= midnight] or [one.end for one in usual]
        return max(end for end in ahead if self.day(end) == self.day(ahead[0]))

    async def _hours_of(self, connection: AsyncConnection, collector: int, moment: datetime) -> Ranges:
        """Return the hours of calling in which somebody is at work in the next weeks, today's too."""
        first = self.day(moment)
        last = first + timedelta(days=_DEADLINE_DAYS)
        him = await teams.named(connection, [collector], first, last)
        at_work = merge(
            one
            for worker in him
            for day in each_day(first, last)
            if worker.works(day)
            for one in self._shifts_on(worker.hours, day)
        )
        return intersect(at_work, self.calling(first, last))

    def opening(self, day: date) -> datetime:
        """Return when calling begins on a day, or on the first one after it that has hours of calling."""
        hours = self.calling(day, day + timedelta(days=_DEADLINE_DAYS))
        return hours[0].start if hours else self._midnight(day)

    def day(self, moment: datetime) -> date:
        """Return the local day of a moment."""
        return moment.astimezone(self._zone).date()

    def end_of_day(self, moment: datetime, days: int) -> datetime:
        """Return the local midnight that ends the day `days` after the one of `moment`."""
        return self._midnight(self.day(moment) + timedelta(days=days + 1))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)


def _clock(minutes: int) -> time:
    """Return the time of day so many minutes after midnight."""
    return time(minutes // 60, minutes % 60)


def _apart(here: Ward, there: Ward) -> int:
    """Return the square of how far two wards are apart, near enough to find the nearest."""
    return (here.place[0] - there.place[0]) ** 2 + (here.place[1] - there.place[1]) ** 2
