"""What was done to leads last: what a collector did, and what he may take back of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.network_schema import lead_events
from handlers.leads import OUTCOMES, Move

COUNTED, UNCOUNTED = "missed", "not_missed"  # a call she did not take that counts, and one that was a slip


@dataclass(frozen=True, slots=True)
class Deed:
    """How a lead was moved, and when."""

    lead: int
    what: Move
    at: datetime


async def on(connection: AsyncConnection, lead: int) -> Deed | None:
    """Return what moved a lead last, whoever did it."""
    return await _last(connection, lead_events.c.lead_id == lead)


async def of(connection: AsyncConnection, code: str, collector: int, since: datetime) -> Deed | None:
    """Return what the collector of this code and id did last after `since`, to any lead."""
    events = lead_events.c
    his = select(events.lead_id).where(events.collector_id == collector)
    return await _last(
        connection, events.lead_id.in_(his), events.who == f"collector:{code}", events.at > since
    )


async def written(connection: AsyncConnection, collector: int, since: datetime) -> Deed | None:
    """Return the outcome a collector wrote last after `since`, or took back."""
    his = (lead_events.c.collector_id == collector, lead_events.c.at > since)
    return await _last(connection, *his, among=(*OUTCOMES, Move.UNDO))


async def since(connection: AsyncConnection, lead: int, what: str, *last: str) -> bool:
    """Tell whether something happened to a lead after the `last` of these did."""

    def newest(*those: str) -> ScalarSelect[int]:
        same = (lead_events.c.lead_id == lead, lead_events.c.what.in_(those))
        return select(func.coalesce(func.max(lead_events.c.id), 0)).where(*same).scalar_subquery()

    return bool((await connection.execute(select(newest(what) > newest(*last)))).scalar())


async def uncount(connection: AsyncConnection, lead: int, at: datetime) -> bool:
    """Let a call she did not take count no more; tell whether the one of this moment did."""
    mark = (lead_events.c.lead_id == lead, lead_events.c.what == COUNTED, lead_events.c.at == at)
    return bool((await connection.execute(update(lead_events).where(*mark).values(what=UNCOUNTED))).rowcount)


async def _last(
    connection: AsyncConnection, *which: ColumnElement[bool], among: Collection[Move] = tuple(Move)
) -> Deed | None:
    events = lead_events.c
    moves = events.what.in_([move.value for move in among])
    found = (
        select(events.lead_id, events.what, events.at)
        .where(moves, *which)
        .order_by(events.id.desc())
        .limit(1)
    )
    row = (await connection.execute(found)).one_or_none()
    return Deed(row.lead_id, Move(row.what), row.at) if row else None
