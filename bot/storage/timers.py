"""Timers as stored: what must happen to a lead, and when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.network_schema import timers


@dataclass(frozen=True, slots=True)
class Timer:
    """What is due for a lead; `tries` counts the times it failed."""

    id: int
    kind: str
    lead: int
    due_at: datetime
    tries: int


async def put(connection: AsyncConnection, kind: str, lead: int, due_at: datetime) -> None:
    """Set the timer of a kind for a lead, whether it had one or not."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    fresh = {"due_at": due_at, "tries": 0, "error": None}
    row = dialect.insert(timers).values(kind=kind, lead_id=lead, **fresh)
    await connection.execute(row.on_conflict_do_update(index_elements=["kind", "lead_id"], set_=fresh))


async def drop(connection: AsyncConnection, lead: int, *kinds: str) -> None:
    """Stop timers of a lead: those of these kinds, or all of them."""
    which = (timers.c.kind.in_(kinds),) if kinds else ()
    await connection.execute(delete(timers).where(timers.c.lead_id == lead, *which))


async def any_due(connection: AsyncConnection, now: datetime) -> bool:
    """Tell whether a timer is due."""
    return bool((await connection.execute(select(exists().where(timers.c.due_at <= now)))).scalar())


async def claim(connection: AsyncConnection, now: datetime) -> Timer | None:
    """Return the timer that has been due longest and that nobody else holds, held until the commit."""
    first = (
        select(timers.c.id, timers.c.kind, timers.c.lead_id, timers.c.due_at, timers.c.tries)
        .where(timers.c.due_at <= now)
        .order_by(timers.c.due_at, timers.c.id)
        .limit(1)
    )
    if connection.dialect.name == "postgresql":  # on SQLite the transaction is the only writer
        first = first.with_for_update(skip_locked=True)
    row = (await connection.execute(first)).one_or_none()
    return Timer(*row) if row else None


async def done(connection: AsyncConnection, timer: Timer) -> None:
    """Take a timer away that was done, unless doing it set it anew."""
    same = (timers.c.id == timer.id, timers.c.due_at == timer.due_at)
    await connection.execute(delete(timers).where(*same))


async def failed(connection: AsyncConnection, timer: Timer, error: str, due_at: datetime) -> None:
    """Note that a timer failed, to be tried again at `due_at`."""
    again = {"tries": timer.tries + 1, "error": error[:100], "due_at": due_at}
    await connection.execute(update(timers).where(timers.c.id == timer.id).values(again))


async def forget(connection: AsyncConnection, leads: Collection[int]) -> None:
    """Stop every timer of these leads."""
    await connection.execute(delete(timers).where(timers.c.lead_id.in_(leads)))
