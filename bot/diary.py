"""Who is free when: the network's hours against the calendar and what is booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import network
from bot.storage.network import Hours, Worker
from calculators.calling import calling_hours
from calculators.holidays import Holidays
from calculators.law import Law
from calculators.slots import Range, Shift, cut, each_day, intersect, weekly
from calculators.territory import Territory, Ward

SLOT = timedelta(hours=1)
_REMEMBERED = 8_192  # days of somebody's week that are laid out once


class Diary:
    """Finds free hours of collectors. Built once; every look is two queries."""

    def __init__(self, law: Law, holidays: Holidays, territory: Territory, zone: ZoneInfo) -> None:
        """`zone` is where collectors work and citizens answer the phone."""
        self._law, self._holidays, self._territory, self._zone = law, holidays, territory, zone
        self._slots = lru_cache(maxsize=_REMEMBERED)(self._slots_on)

    async def free(
        self, connection: AsyncConnection, ward: str, since: datetime, until: datetime
    ) -> Mapping[Range, Sequence[int]]:
        """Return the free hours from `since` until `until` for a ward, each with who could take it.

        Whoever covers the ward comes into question; where nobody does, whoever covers the nearest one. All
        slots lie on one grid, so an hour is taken exactly when a booking starts with it.
        """
        first, last = since.astimezone(self._zone).date(), until.astimezone(self._zone).date()
        team = await self._team(connection, ward, first)
        booked = await network.taken(connection, [worker.id for worker in team], since, until)
        found: dict[Range, list[int]] = {}
        for worker in team:
            taken = booked[worker.id]
            for day in each_day(max(first, worker.active_from), min(last, worker.active_until or last)):
                for slot in self._slots(worker.hours, day):
                    if since <= slot.start and slot.end <= until and slot.start not in taken:
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

    def _slots_on(self, hours: Hours, day: date) -> tuple[Range, ...]:
        """Return the slots of a day within somebody's hours and the hours of calling."""
        shifts = (Shift(weekday, _clock(opens), _clock(closes)) for weekday, opens, closes in hours)
        working = weekly(shifts, day, day, self._zone)
        legal = calling_hours(day, day, law=self._law, holidays=self._holidays, zone=self._zone)
        return tuple(cut(intersect(working, legal), SLOT, self._zone))

    def end_of_day(self, moment: datetime, days: int) -> datetime:
        """Return the local midnight that ends the day `days` after the one of `moment`."""
        day = moment.astimezone(self._zone).date() + timedelta(days=days + 1)
        return datetime.combine(day, time(), self._zone)


def _clock(minutes: int) -> time:
    """Return the time of day so many minutes after midnight."""
    return time(minutes // 60, minutes % 60)


def _apart(here: Ward, there: Ward) -> int:
    """Return the square of how far two wards are apart, near enough to find the nearest."""
    return (here.place[0] - there.place[0]) ** 2 + (here.place[1] - there.place[1]) ** 2
