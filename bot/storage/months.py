"""What came of a collector's leads in a month, and where he stands among his own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.network_schema import collectors, lead_events, points
from handlers.leads import REACHED, Move


async def of(
    connection: AsyncConnection, collector: int, since: datetime, until: datetime
) -> Mapping[str, int | None]:
    """Return offered, reached, joined, and rank by those who joined, among how many of his organisation.

    What was taken back does not count: the event that did so says in its `why` what it was.
    The rank is None while nobody joined through him.
    """
    his = select(points.c.organisation_id).join(collectors, collectors.c.point_id == points.c.id)
    organisation = his.where(collectors.c.id == collector).scalar_subquery()
    own = select(collectors.c.id).join(points, points.c.id == collectors.c.point_id)
    team = list((await connection.execute(own.where(points.c.organisation_id == organisation))).scalars())
    counted = (
        select(lead_events.c.collector_id, lead_events.c.what, lead_events.c.why, func.count())
        .where(lead_events.c.collector_id.in_(team), lead_events.c.at.between(since, until))
        .group_by(lead_events.c.collector_id, lead_events.c.what, lead_events.c.why)
    )
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for one, what, why, many in await connection.execute(counted):
        counts[one][what] += many
        if what == Move.UNDO.value:
            counts[one][why] -= many
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
