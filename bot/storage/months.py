"""What came of a collector's leads in a month, and where he stands among his own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.network_schema import collectors, lead_events, points
from handlers.leads import OUTCOMES, REACHED, Move


async def of(
    connection: AsyncConnection, collector: int, since: datetime, until: datetime
) -> Mapping[str, int | None]:
    """Return offered, reached, joined, and rank by those who joined, among how many of his organisation.

    What was taken back does not count, in whichever month. The rank is None while nobody joined through him.
    """
    his = select(points.c.organisation_id).join(collectors, collectors.c.point_id == points.c.id)
    organisation = his.where(collectors.c.id == collector).scalar_subquery()
    own = select(collectors.c.id).join(points, points.c.id == collectors.c.point_id)
    team = list((await connection.execute(own.where(points.c.organisation_id == organisation))).scalars())
    told = lead_events.c
    counted = (
        select(told.collector_id, told.what, func.count())
        .where(told.collector_id.in_(team), told.at.between(since, until), told.id.not_in(_taken_back(since)))
        .group_by(told.collector_id, told.what)
    )
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for one, what, many in await connection.execute(counted):
        counts[one][what] += many
    mine = counts[collector]
    joined = mine[Move.JOINED.value]
    ahead = sum(each[Move.JOINED.value] > joined for each in counts.values())
    return {
        "offered": mine[Move.OFFER.value],
        "reached": sum(mine[move.value] for move in REACHED),
        "joined": joined,
        "rank": ahead + 1 if joined else None,
        "among": len(team),
    }


def _taken_back(since: datetime) -> Select[tuple[int]]:
    """The outcomes that were undone from `since` on: each time the last one before, of the same lead."""
    slip, undo = lead_events.alias("slip").c, lead_events.alias("undo").c
    last = select(func.max(slip.id)).where(
        slip.lead_id == undo.lead_id, slip.id < undo.id, slip.what.in_(OUTCOMES)
    )
    return select(last.scalar_subquery()).where(undo.what == Move.UNDO.value, undo.at >= since)
