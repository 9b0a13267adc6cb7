"""Teams as stored: who comes into question for a place, when they work, what they have, whose turn it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, and_, bindparam, delete, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.network_schema import (
    bookings,
    collector_wards,
    collectors,
    days_off,
    organisations,
    points,
    weekly_hours,
)
from calculators.turns import Waiting
from handlers.messages import Address

Hours = tuple[tuple[int, int, int], ...]
"""Weekly hours: (weekday from Monday 0, opens, closes), in minutes after local midnight."""

Taken = Mapping[datetime, bool]
"""The start of each hour that is booked or held → whether it is a call of that day: none he gave away is."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A collector's working time and duties: weekly hours, days off, the days his appointment holds for."""

    id: int
    organisation: int
    share: int
    heads_point: bool
    per_day: int
    languages: Sequence[str]
    active_from: date
    active_until: date | None
    hours: Hours
    off: tuple[tuple[date, date], ...] = ()

    def appointed(self, day: date) -> bool:
        """Tell whether his appointment holds on a day."""
        return self.active_from <= day and (self.active_until is None or day <= self.active_until)

    def works(self, day: date) -> bool:
        """Tell whether his appointment holds on a day and he has not taken it off."""
        return self.appointed(day) and not self.is_off(day)

    def is_off(self, day: date) -> bool:
        """Tell whether he has taken a day off."""
        return any(first <= day <= last for first, last in self.off)


class _Line(NamedTuple):
    """A worker with one line of his hours: the columns of _WORKERS."""

    id: int
    organisation: int
    share: int
    heads_point: bool
    per_day: int
    languages: Sequence[str]
    active_from: date
    active_until: date | None
    weekday: int
    opens: int
    closes: int


_ACTIVE = and_(
    collectors.c.active_from <= bindparam("until"),
    or_(collectors.c.active_until.is_(None), collectors.c.active_until >= bindparam("since")),
)
_WORKERS = (
    select(
        collectors.c.id, points.c.organisation_id, organisations.c.share, collectors.c.heads_point,
        collectors.c.per_day, collectors.c.languages, collectors.c.active_from, collectors.c.active_until,
        weekly_hours.c.weekday, weekly_hours.c.opens, weekly_hours.c.closes,
    )
    .join(points, points.c.id == collectors.c.point_id)
    .join(organisations, organisations.c.id == points.c.organisation_id)
    .join(weekly_hours, weekly_hours.c.collector_id == collectors.c.id)
    .where(_ACTIVE)
    .order_by(collectors.c.id, weekly_hours.c.weekday, weekly_hours.c.opens)
)  # fmt: skip
_WARDS: BindParameter[str] = bindparam("wards", expanding=True)
_TEAM: BindParameter[int] = bindparam("team", expanding=True)
_COVERING = _WORKERS.where(
    collectors.c.id.in_(select(collector_wards.c.collector_id).where(collector_wards.c.ward.in_(_WARDS)))
)
_AT_POINTS = _WORKERS.where(points.c.ward.in_(_WARDS))
_NAMED = _WORKERS.where(collectors.c.id.in_(_TEAM))
_STAFFED = (
    select(points.c.ward)
    .join(collectors, collectors.c.point_id == points.c.id)
    .where(points.c.ward.in_(_WARDS), _ACTIVE)
    .distinct()
)
_COVERED = (
    select(collector_wards.c.ward)
    .join(collectors, collectors.c.id == collector_wards.c.collector_id)
    .where(collector_wards.c.ward.in_(_WARDS), _ACTIVE)
    .distinct()
)
_OFF = select(days_off.c.collector_id, days_off.c.first, days_off.c.last).where(
    days_off.c.collector_id.in_(_TEAM), days_off.c.last >= bindparam("since")
)
_TAKEN = select(
    bookings.c.collector_id, bookings.c.starts_at, bookings.c.fills, bookings.c.held_until,
    bookings.c.channel, bookings.c.account, bookings.c.person,
).where(
    bookings.c.collector_id.in_(_TEAM),
    bookings.c.starts_at.between(bindparam("since"), bindparam("until")),
)  # fmt: skip
_LAST_TURN = (
    select(func.max(bookings.c.made_at))
    .where(bookings.c.collector_id == collectors.c.id, bookings.c.counts)
    .correlate(collectors)
    .scalar_subquery()
)
_TURNS = select(collectors.c.id, _LAST_TURN).where(collectors.c.id.in_(_TEAM))


async def covering(
    connection: AsyncConnection, wards: Collection[str], since: date, until: date
) -> Sequence[Worker]:
    """Return who covers one of these wards and is appointed some day from `since` to `until`."""
    return await _workers(connection, _COVERING, since, until, wards=list(wards))


async def at_points(
    connection: AsyncConnection, wards: Collection[str], since: date, until: date
) -> Sequence[Worker]:
    """Return who works at a point in one of these wards."""
    return await _workers(connection, _AT_POINTS, since, until, wards=list(wards))


async def named(
    connection: AsyncConnection, team: Collection[int], since: date, until: date
) -> Sequence[Worker]:
    """Return these very collectors, those of them who are appointed then."""
    return await _workers(connection, _NAMED, since, until, team=list(team)) if team else ()


async def staffed(connection: AsyncConnection, wards: Collection[str], since: date, until: date) -> set[str]:
    """Return which of these wards somebody covers, or has a point in."""
    days = {"wards": list(wards), "since": since, "until": until}
    found: set[str] = set()
    for query in (_STAFFED, _COVERED):
        found.update((await connection.execute(query, days)).scalars())
    return found


async def taken(
    connection: AsyncConnection,
    team: Collection[int],
    since: datetime,
    until: datetime,
    *,
    now: datetime,
    me: Address | None = None,
) -> Mapping[int, Taken]:
    """Return what is booked or held with each of `team` from `since` until `until`.

    What is held for `me` is free for me, and a hold that ran out is free for anybody.
    """
    booked: dict[int, dict[datetime, bool]] = defaultdict(dict)
    rows = await connection.execute(_TAKEN, {"team": list(team), "since": since, "until": until})
    for identity, starts_at, fills, held_until, *holder in rows:
        if held_until is None or (held_until > now and (me is None or Address(*holder) != me)):
            booked[identity][starts_at] = fills
    return booked


async def waiting(connection: AsyncConnection, team: Sequence[Worker], zone_day: datetime) -> list[Waiting]:
    """Return since when each of a team has waited for a turn: since his last one, or his first day.

    `zone_day` is a local moment that tells in which zone a day begins.
    """
    rows = await connection.execute(_TURNS, {"team": [worker.id for worker in team]})
    last = {identity: at for identity, at in rows if at is not None}
    return [
        Waiting(
            worker.id,
            worker.organisation,
            worker.share,
            last.get(worker.id) or datetime.combine(worker.active_from, datetime.min.time(), zone_day.tzinfo),
        )
        for worker in team
    ]


async def take_off(connection: AsyncConnection, identity: int, first: date, last: date) -> None:
    """Give somebody days off, both ends included; what was there for these days is replaced."""
    inside = (days_off.c.collector_id == identity, days_off.c.first >= first, days_off.c.first <= last)
    await connection.execute(delete(days_off).where(*inside))
    await connection.execute(insert(days_off).values(collector_id=identity, first=first, last=last))


async def off_from(connection: AsyncConnection, identity: int, day: date) -> Sequence[tuple[date, date]]:
    """Return somebody's days off that end on a day or later, the next first; both ends included."""
    found = (
        select(days_off.c.first, days_off.c.last)
        .where(days_off.c.collector_id == identity, days_off.c.last >= day)
        .order_by(days_off.c.first)
    )
    return [(first, last) for first, last in await connection.execute(found)]


async def back(connection: AsyncConnection, identity: int, first: date) -> date:
    """Take back somebody's days off that begin on a day; return the last of them."""
    same = (days_off.c.collector_id == identity, days_off.c.first == first)
    gone = delete(days_off).where(*same).returning(days_off.c.last)
    return max((await connection.execute(gone)).scalars(), default=first)


async def _workers(
    connection: AsyncConnection,
    query: Select[Any],
    since: date,
    until: date,
    **more: list[str] | list[int],
) -> Sequence[Worker]:
    found_rows = await connection.execute(query, {"since": since, "until": until, **more})
    rows = [_Line(*row) for row in found_rows]
    if not rows:
        return ()
    off: dict[int, list[tuple[date, date]]] = defaultdict(list)
    team = list(dict.fromkeys(row.id for row in rows))
    for identity, first, last in await connection.execute(_OFF, {"team": team, "since": since}):
        off[identity].append((first, last))
    found = []
    for identity, group in groupby(rows, key=lambda row: row.id):
        lines = list(group)
        hours = tuple((line.weekday, line.opens, line.closes) for line in lines)
        about = lines[0][:-3]
        found.append(Worker(*about, hours, tuple(off.get(identity, ()))))
    return found
