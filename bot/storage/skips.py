"""Who came into question each time a lead was assigned, and why he got it or not: sealed, as it tells of her.

A collector passed over for the language he speaks, beside those he speaks, tells which people she belongs to.
So the whole reckoning is one sealed value, of a length that tells of no reason.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.crypt import Cipher
from bot.storage.network_schema import lead_skips

_PADDED_TO = 1024  # characters, or a multiple: some dozen people


@dataclass(frozen=True, slots=True)
class Skip:
    """A collector who came into question: in which ring, and what came of it.

    `place` is where he stood in the order of turns, from 0, with what it was worked out from: his last turn
    as ISO, the share of his organisation, and how many of it (himself included) were in the ring.
    """

    collector: int
    ring: str
    why: str
    place: int
    last_turn: str
    share: int
    mates: int


def place(lead: int) -> str:
    """Return what the reckonings of a lead are sealed for."""
    return f"lead_skips.considered:{lead}"


async def keep(
    connection: AsyncConnection, cipher: Cipher, lead: int, skips: Sequence[Skip], *, at: datetime
) -> None:
    """Keep one reckoning; nothing where nobody came into question."""
    if not skips:
        return
    told = json.dumps([astuple(skip) for skip in skips], separators=(",", ":"))
    sealed = cipher.seal(told.ljust(-(-len(told) // _PADDED_TO) * _PADDED_TO), place(lead))
    await connection.execute(insert(lead_skips).values(lead_id=lead, at=at, considered=sealed))


async def of(
    connection: AsyncConnection, cipher: Cipher, lead: int
) -> Sequence[tuple[datetime, Sequence[Skip]]]:
    """Return every reckoning of a lead with its moment, oldest first. Raises SealError."""
    query = select(lead_skips.c.at, lead_skips.c.considered).where(lead_skips.c.lead_id == lead)
    rows = await connection.execute(query.order_by(lead_skips.c.id))
    return [(at, opened(cipher, lead, told)) for at, told in rows]


def opened(cipher: Cipher, lead: int, told: bytes) -> Sequence[Skip]:
    """Return who came into question, of one sealed reckoning of a lead. Raises SealError."""
    return [Skip(*each) for each in json.loads(cipher.open(told, place(lead)))]
