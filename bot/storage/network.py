"""The collection network as stored: who works where, when, and in which chat."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
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
from calculators.slots import Shift
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


@dataclass(slots=True)
class Worker:
    """A collector's working time: his weekly hours and the days his appointment holds for."""

    id: int
    active_from: date
    active_until: date | None
    shifts: list[Shift] = field(default_factory=list)


_KNOWN = (
    select(collectors.c.id, collectors.c.code, collectors.c.name,
           organisations.c.name.label("organisation"), points.c.name.label("point"))
    .join(points, points.c.id == collectors.c.point_id)
    .join(organisations, organisations.c.id == points.c.organisation_id)
)  # fmt: skip


def _active(on: date) -> ColumnElement[bool]:
    return and_(
        collectors.c.active_from <= on,
        or_(collectors.c.active_until.is_(None), collectors.c.active_until >= on),
    )


async def collector(connection: AsyncConnection, identity: int) -> Collector:
    """Return a collector by id; raises sqlalchemy.exc.NoResultFound."""
    row = (await connection.execute(_KNOWN.where(collectors.c.id == identity))).one()
    return Collector(*row)


async def collector_by_code(connection: AsyncConnection, code: str) -> Collector | None:
    """Return a collector by the code printed on his card, or None."""
    row = (await connection.execute(_KNOWN.where(collectors.c.code == code))).one_or_none()
    return Collector(*row) if row else None


async def collector_of_chat(connection: AsyncConnection, chat: Address, on: date) -> Collector | None:
    """Return the collector a chat belongs to, if he works on that day."""
    found = _KNOWN.join(staff_chats, staff_chats.c.collector_id == collectors.c.id).where(
        _same(chat), _active(on)
    )
    row = (await connection.execute(found)).one_or_none()
    return Collector(*row) if row else None


async def is_staff(connection: AsyncConnection, chat: Address) -> bool:
    """Tell whether a chat was given to a collector, whether he works now or not."""
    return (await connection.execute(select(staff_chats.c.channel).where(_same(chat)))).first() is not None


async def workers(connection: AsyncConnection, ward: str, on: date) -> Sequence[Worker]:
    """Return the collectors who cover a ward and work on that day, with their weekly hours."""
    columns = (collectors.c.id, collectors.c.active_from, collectors.c.active_until)
    hours = (weekly_hours.c.weekday, weekly_hours.c.opens, weekly_hours.c.closes)
    found = (
        select(*columns, *hours)
        .join(collector_wards, collector_wards.c.collector_id == collectors.c.id)
        .join(weekly_hours, weekly_hours.c.collector_id == collectors.c.id)
        .where(collector_wards.c.ward == ward, _active(on))
        .order_by(collectors.c.id)
    )
    team: dict[int, Worker] = {}
    for identity, since, until, *shift in await connection.execute(found):
        team.setdefault(identity, Worker(identity, since, until)).shifts.append(Shift(*shift))
    return list(team.values())


async def covered_wards(connection: AsyncConnection, on: date) -> set[str]:
    """Return the wards somebody covers who works on that day."""
    found = (
        select(collector_wards.c.ward)
        .join(collectors, collectors.c.id == collector_wards.c.collector_id)
        .where(_active(on))
        .distinct()
    )
    return set((await connection.execute(found)).scalars())


async def taken(
    connection: AsyncConnection, team: Collection[int], since: datetime, until: datetime
) -> Mapping[int, Sequence[datetime]]:
    """Return the starts of what is booked with each of `team` from `since` until `until`."""
    found = select(bookings.c.collector_id, bookings.c.starts_at).where(
        bookings.c.collector_id.in_(team), bookings.c.starts_at.between(since, until)
    )
    booked: dict[int, list[datetime]] = {identity: [] for identity in team}
    for identity, starts_at in await connection.execute(found):
        booked[identity].append(starts_at)
    return booked


async def by_turn(connection: AsyncConnection, team: Collection[int]) -> Sequence[int]:
    """Return `team` in the order of fairness: whoever was offered a lead least recently is first."""
    last = (
        select(func.max(bookings.c.made_at))
        .where(bookings.c.collector_id == collectors.c.id)
        .correlate(collectors)
        .scalar_subquery()
    )
    found = (
        select(collectors.c.id)
        .where(collectors.c.id.in_(team))
        .order_by(last.asc().nulls_first(), collectors.c.id)
    )
    return list((await connection.execute(found)).scalars())


async def chats(connection: AsyncConnection, identity: int) -> Sequence[Address]:
    """Return every chat of a collector."""
    columns = (staff_chats.c.channel, staff_chats.c.account, staff_chats.c.person)
    found = select(*columns).where(staff_chats.c.collector_id == identity).order_by(*columns)
    return [Address(*row) for row in await connection.execute(found)]


async def link_chat(connection: AsyncConnection, chat: Address, identity: int) -> None:
    """Make a chat a collector's own, whoever had it before."""
    moved = await connection.execute(
        update(staff_chats).where(_same(chat)).values(collector_id=identity, last_card=None)
    )
    if not moved.rowcount:
        row = {"channel": chat.channel, "account": chat.account, "person": chat.person}
        await connection.execute(insert(staff_chats).values(**row, collector_id=identity))


async def send_card(connection: AsyncConnection, identity: int, lead: int) -> Sequence[Address]:
    """Return the chats a card goes to, and remember it there: a bare digit belongs to the last card sent."""
    columns = (staff_chats.c.channel, staff_chats.c.account, staff_chats.c.person)
    sent = (
        update(staff_chats)
        .where(staff_chats.c.collector_id == identity)
        .values(last_card=lead)
        .returning(*columns)
    )
    return sorted(Address(*row) for row in await connection.execute(sent))


async def look(connection: AsyncConnection, chat: Address) -> int:
    """Return the card last sent to a chat since he last looked at his desk, 0 for none; he looks now."""
    lead = (await connection.execute(select(staff_chats.c.last_card).where(_same(chat)))).scalar()
    if lead:
        await connection.execute(update(staff_chats).where(_same(chat)).values(last_card=None))
    return lead or 0


def phone_place(code: str) -> str:
    """Return the place a collector's phone is sealed for."""
    return f"collectors.phone:{code}"


def _same(chat: Address) -> ColumnElement[bool]:
    return and_(
        staff_chats.c.channel == chat.channel,
        staff_chats.c.account == chat.account,
        staff_chats.c.person == chat.person,
    )
