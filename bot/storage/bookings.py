"""Bookings as stored: whose hour is taken or held. The database's key has the last word."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import chats
from bot.storage.leads import Lead
from bot.storage.network_schema import bookings, lead_events
from handlers.leads import Move
from handlers.messages import Address


async def book(
    connection: AsyncConnection,
    collector: int,
    starts_at: datetime,
    *,
    at: datetime,
    me: Address | None = None,
    held_until: datetime | None = None,
) -> bool:
    """Take an hour of a collector; False when somebody has it. What is held for `me` becomes the booking.

    With `held_until` the hour is only held for `me` until then. A person holds one hour: the former is free.
    """
    address = me if held_until else None
    parts = (address.channel, address.account, address.person) if address else (None, None, None)
    row = {
        "collector_id": collector,
        "starts_at": starts_at,
        "made_at": at,
        "counts": held_until is None,
        "held_until": held_until,
        **dict(zip(("channel", "account", "person"), parts, strict=True)),
    }
    same = and_(bookings.c.collector_id == collector, bookings.c.starts_at == starts_at)
    await connection.execute(delete(bookings).where(same, bookings.c.held_until <= at))
    if me is not None:
        await let_go(connection, me)
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    taken = await connection.execute(dialect.insert(bookings).values(row).on_conflict_do_nothing())
    return taken.rowcount == 1


async def let_go(connection: AsyncConnection, address: Address) -> None:
    """Give back the hour that is held for a person."""
    await connection.execute(delete(bookings).where(_held_by(address)))


async def release(connection: AsyncConnection, lead: Lead) -> None:
    """Give the hour of a lead back."""
    await connection.execute(delete(bookings).where(_hour_of(lead)))


async def turn(connection: AsyncConnection, lead: Lead, *, counts: bool) -> None:
    """Let the hour of a lead count as its collector's turn, or not."""
    await connection.execute(update(bookings).where(_hour_of(lead)).values(counts=counts))


async def one_turn(connection: AsyncConnection, lead: Lead) -> None:
    """Let the hour of a lead be the turn its collector had when it was first offered to him.

    However often it moves and comes back to him, it is one lead.
    """
    offers = lead_events.c
    first = select(func.min(offers.at)).where(
        offers.lead_id == lead.id,
        offers.what == Move.OFFER.value,
        offers.collector_id == lead.collector_id,
    )
    await connection.execute(update(bookings).where(_hour_of(lead)).values(made_at=first.scalar_subquery()))


async def no_call(connection: AsyncConnection, lead: Lead) -> None:
    """Let the hour of a lead be no call of its collector's day; he is not offered it again."""
    await connection.execute(update(bookings).where(_hour_of(lead)).values(fills=False))


def _held_by(address: Address) -> ColumnElement[bool]:
    return and_(bookings.c.held_until.is_not(None), chats.at(bookings, address))


def _hour_of(lead: Lead) -> ColumnElement[bool]:
    return and_(bookings.c.collector_id == lead.collector_id, bookings.c.starts_at == lead.starts_at)
