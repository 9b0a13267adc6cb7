"""Deliveries of platforms that nobody here could read: kept sealed, a few of each kind, to be looked at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.crypt import Cipher
from bot.storage.schema import strays

KEPT = 1 << 16  # bytes kept of one
MOST = 100  # kept of each kind: enough to see what it is


async def keep(
    connection: AsyncConnection,
    cipher: Cipher,
    channel: str,
    account: str,
    *,
    kind: str,
    raw: bytes,
    at: datetime,
) -> bool:
    """Keep a delivery; tell whether it is the first of its kind."""
    same = select(func.count()).where(strays.c.channel == channel, strays.c.kind == kind)
    known = await connection.scalar(same) or 0
    if known < MOST:
        text = raw[:KEPT].decode("utf-8", "backslashreplace")
        row = {
            "channel": channel,
            "account": account,
            "kind": kind,
            "size": len(raw),
            "body": cipher.seal(text, place(channel, kind)),
            "created_at": at,
        }
        await connection.execute(strays.insert().values(row))
    return not known


async def counts(connection: AsyncConnection, channel: str) -> dict[str, int]:
    """Return how many of each kind are kept of a channel."""
    query = select(strays.c.kind, func.count()).where(strays.c.channel == channel).group_by(strays.c.kind)
    return {row[0]: row[1] for row in await connection.execute(query)}


def place(channel: str, kind: str) -> str:
    """Return the place a delivery is sealed for."""
    return f"strays.body:{channel}:{kind}"
