"""The collection network as stored: who works where, when, and in which chat."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import BindParameter, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.network_schema import (
    bookings,
    collector_wards,
    collectors,
    organisations,
    points,
    staff_chats,
    weekly_hours,
)
from handlers.messages import Address


@dataclass(frozen=True, slots=True)
class Collector:
    """A collector as a citizen may know him."""

    id: int
    code: str
    name: str
    organisation: str
    point: str

    def card(self) -> dict[str, str]:
        """Return what identifies him to a citizen, as plain JSON."""
        return {
            "code": self.code,
            "name": self.name,
            "organisation": self.organisation,
            "point": self.point,
        }


Hours = tuple[tuple[int, int, int], ...]
"""Weekly hours: (weekday from Monday 0, opens, closes), in minutes after local midnight."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A collector's working time: his weekly hours and the days his appointment holds for."""

    id: int
    active_from: date
    active_until: date | None
    hours: Hours


_KNOWN = (
    select(collectors.c.id, collectors.c.code, collectors.c.name,
           organisations.c.name.label("organisation"), points.c.name.label("point"))
    .join(points, points.c.id == collectors.c.point_id)
    .join(organisations, organisations.c.id == points.c.organisation_id)
)  # fmt: skip
_ACTIVE = and_(
    collectors.c.active_from <= bindparam("on"),
    or_(collectors.c.active_until.is_(None), collectors.c.active_until >= bindparam("on")),
)
_AT = and_(*(staff_chats.c[part] == bindparam(f"of_{part}") for part in ("channel", "account", "person")))
_CHAT = (staff_chats.c.channel, staff_chats.c.account, staff_chats.c.person)

_BY_ID = _KNOWN.where(collectors.c.id == bindparam("id"))
_BY_CODE = _KNOWN.where(collectors.c.code == bindparam("code"))
_BY_CHAT = _KNOWN.join(staff_chats, staff_chats.c.collector_id == collectors.c.id).where(_AT, _ACTIVE)
_WORKERS = (
    select(collectors.c.id, collectors.c.active_from, collectors.c.active_until,
           weekly_hours.c.weekday, weekly_hours.c.opens, weekly_hours.c.closes)
    .join(collector_wards, collector_wards.c.collector_id == collectors.c.id)
    .join(weekly_hours, weekly_hours.c.collector_id == collectors.c.id)
    .where(collector_wards.c.ward == bindparam("ward"), _ACTIVE)
    .order_by(collectors.c.id, weekly_hours.c.weekday, weekly_hours.c.opens)
)  # fmt: skip
_COVERED = (
    select(collector_wards.c.ward)
    .join(collectors, collectors.c.id == collector_wards.c.collector_id)
    .where(_ACTIVE)
    .distinct()
)
_OF_TEAM: BindParameter[int] = bindparam("team", expanding=True)
_TAKEN = select(bookings.c.collector_id, bookings.c.starts_at).where(
    bookings.c.collector_id.in_(_OF_TEAM),
    bookings.c.starts_at.between(bindparam("since"), bindparam("until")),
)
_LAST_OFFER = (
    select(func.max(bookings.c.made_at))
    .where(bookings.c.collector_id == collectors.c.id)
    .correlate(collectors)
    .scalar_subquery()
)
_BY_TURN = (
    select(collectors.c.id)
    .where(collectors.c.id.in_(_OF_TEAM))
    .order_by(_LAST_OFFER.asc().nulls_first(), collectors.c.id)
)
_SEND_CARD = (
    update(staff_chats)
    .where(staff_chats.c.collector_id == bindparam("holder"))
    .values(last_card=bindparam("lead"))
    .returning(*_CHAT)
)
_CHATS = select(*_CHAT).where(staff_chats.c.collector_id == bindparam("holder")).order_by(*_CHAT)
_LAST_CARD = select(staff_chats.c.last_card).where(_AT)
_LOOKED = update(staff_chats).where(_AT).values(last_card=None)
_STAFF = select(staff_chats.c.collector_id).where(_AT)


async def collector(connection: AsyncConnection, identity: int) -> Collector:
    """Return a collector by id; raises sqlalchemy.exc.NoResultFound."""
    return Collector(*(await connection.execute(_BY_ID, {"id": identity})).one())


async def collector_by_code(connection: AsyncConnection, code: str) -> Collector | None:
    """Return a collector by the code printed on his card, or None."""
    row = (await connection.execute(_BY_CODE, {"code": code})).one_or_none()
    return Collector(*row) if row else None


async def collector_of_chat(connection: AsyncConnection, chat: Address, on: date) -> Collector | None:
    """Return the collector a chat belongs to, if he works on that day."""
    row = (await connection.execute(_BY_CHAT, {**_parts(chat), "on": on})).one_or_none()
    return Collector(*row) if row else None


async def is_staff(connection: AsyncConnection, chat: Address) -> bool:
    """Tell whether a chat was given to a collector, whether he works now or not."""
    return (await connection.execute(_STAFF, _parts(chat))).first() is not None


async def workers(connection: AsyncConnection, ward: str, on: date) -> Sequence[Worker]:
    """Return the collectors who cover a ward and work on that day, with their weekly hours."""
    rows = await connection.execute(_WORKERS, {"ward": ward, "on": on})
    return [
        Worker(identity, since, until, tuple((row[3], row[4], row[5]) for row in hours))
        for (identity, since, until), hours in groupby(rows, key=lambda row: (row[0], row[1], row[2]))
    ]


async def covered_wards(connection: AsyncConnection, on: date) -> set[str]:
    """Return the wards somebody covers who works on that day."""
    return set((await connection.execute(_COVERED, {"on": on})).scalars())


async def taken(
    connection: AsyncConnection, team: Collection[int], since: datetime, until: datetime
) -> Mapping[int, Collection[datetime]]:
    """Return the starts of what is booked with each of `team` from `since` until `until`."""
    booked: dict[int, set[datetime]] = {identity: set() for identity in team}
    rows = await connection.execute(_TAKEN, {"team": list(team), "since": since, "until": until})
    for identity, starts_at in rows:
        booked[identity].add(starts_at)
    return booked


async def by_turn(connection: AsyncConnection, team: Collection[int]) -> Sequence[int]:
    """Return `team` in the order of fairness: whoever was offered a lead least recently is first."""
    return list((await connection.execute(_BY_TURN, {"team": list(team)})).scalars())


async def chats(connection: AsyncConnection, identity: int) -> Sequence[Address]:
    """Return every chat of a collector."""
    return [Address(*row) for row in await connection.execute(_CHATS, {"holder": identity})]


async def link_chat(connection: AsyncConnection, chat: Address, identity: int) -> None:
    """Make a chat a collector's own, whoever had it before."""
    holder = (await connection.execute(_STAFF, _parts(chat))).scalar()
    if holder is None:
        row = {"channel": chat.channel, "account": chat.account, "person": chat.person}
        await connection.execute(insert(staff_chats).values(row | {"collector_id": identity}))
    elif holder != identity:
        moved = update(staff_chats).where(_AT).values(collector_id=identity, last_card=None)
        await connection.execute(moved, _parts(chat))


async def send_card(connection: AsyncConnection, identity: int, lead: int) -> Sequence[Address]:
    """Return the chats a card goes to, and remember it there: a bare digit belongs to the last card sent."""
    rows = await connection.execute(_SEND_CARD, {"holder": identity, "lead": lead})
    return sorted(Address(*row) for row in rows)


async def look(connection: AsyncConnection, chat: Address) -> int:
    """Return the card last sent to a chat since he last looked at his desk, 0 for none; he looks now."""
    lead = (await connection.execute(_LAST_CARD, _parts(chat))).scalar()
    if lead:
        await connection.execute(_LOOKED, _parts(chat))
    return lead or 0


def phone_place(code: str) -> str:
    """Return the place a collector's phone is sealed for."""
    return f"collectors.phone:{code}"


def _parts(chat: Address) -> dict[str, str]:
    return {"of_channel": chat.channel, "of_account": chat.account, "of_person": chat.person}
