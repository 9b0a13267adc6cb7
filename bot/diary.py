"""Who is free when: the network's hours against the calendar and what is booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import network
from bot.storage.network import Worker
from calculators.calling import calling_hours
from calculators.holidays import Holidays
from calculators.law import Law
from calculators.slots import Range, Ranges, cut, each_day, intersect, merge, subtract, weekly
from calculators.territory import Territory, Ward

SLOT = timedelta(hours=1)


class Diary:
    """Finds free hours of collectors. Built once; every look is a few queries."""

    def __init__(self, law: Law, holidays: Holidays, territory: Territory, zone: ZoneInfo) -> None:
        """`zone` is where collectors work and citizens answer the phone."""
        self._law, self._holidays, self._territory, self._zone = law, holidays, territory, zone
        self._calling = lru_cache(maxsize=64)(self._calling_on)

    async def free(
        self, connection: AsyncConnection, ward: str, since: datetime, until: datetime
    ) -> Mapping[Range, Sequence[int]]:
        """Return the free hours from `since` until `until` for a ward, each with who could take it.

        Whoever covers the ward comes into question; where nobody does, whoever covers the nearest one.
        """
        first, last = since.astimezone(self._zone).date(), until.astimezone(self._zone).date()
        team = await self._team(connection, ward, first)
        booked = await network.taken(connection, [worker.id for worker in team], since - SLOT, until)
        hours = intersect(self._legal(first, last), (Range(since, until),))
        found: dict[Range, list[int]] = {}
        for worker in team:
            taken = merge(Range(start, start + SLOT) for start in booked[worker.id])
            working = intersect(hours, self._working(worker, first, last))
            for slot in cut(subtract(working, taken), SLOT, self._zone):
                found.setdefault(slot, []).append(worker.id)
        return found

    async def _team(self, connection: AsyncConnection, ward: str, on: date) -> Sequence[Worker]:
        team = await network.workers(connection, ward, on)
        place = self._territory.ward(ward)
        if team or place is None:
            return team
        covered = await network.covered_wards(connection, on)
        near = [other for other in self._territory.wards(place.province) if other.code in covered]
        if not near:
            return ()
        return await network.workers(connection, min(near, key=lambda other: _apart(place, other)).code, on)

    def _working(self, worker: Worker, first: date, last: date) -> Ranges:
        first = max(first, worker.active_from)
        last = min(last, worker.active_until or last)
        return weekly(worker.shifts, first, last, self._zone)

    def _legal(self, first: date, last: date) -> Ranges:
        return merge(hours for day in each_day(first, last) for hours in self._calling(day))

    def _calling_on(self, day: date) -> Ranges:
        return calling_hours(day, day, law=self._law, holidays=self._holidays, zone=self._zone)

    def end_of_day(self, moment: datetime, days: int) -> datetime:
        """Return the local midnight that ends the day `days` after the one of `moment`."""
        day = moment.astimezone(self._zone).date() + timedelta(days=days + 1)
        return datetime.combine(day, time(), self._zone)


def _apart(here: Ward, there: Ward) -> int:
    """Return the square of how far two wards are apart, near enough to find the nearest."""
    return (here.place[0] - there.place[0]) ** 2 + (here.place[1] - there.place[1]) ** 2
