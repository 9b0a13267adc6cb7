"""Messages that could not be taken: stored whole and sealed, to be replayed after the fix."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.crypt import Cipher
from bot.storage.schema import failures
from handlers.messages import Address, Incoming, Kind

_PASSING_STATES = ("08", "40", "53", "55", "57", "58")
_PASSING_CODES = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
)


async def store(
    connection: AsyncConnection, cipher: Cipher, incoming: Incoming, error: str, trace: str, *, at: datetime
) -> None:
    """Store a message with the name of what went wrong and where, never with what was said in the clear."""
    address = incoming.address
    body = {
        "kind": incoming.kind.value,
        "text": incoming.text,
        "turn": incoming.turn,
        "at": incoming.at.isoformat(),
    }
    await connection.execute(
        insert(failures).values(
            channel=address.channel,
            account=address.account,
            person=address.person,
            event_id=incoming.event_id,
            body=cipher.seal(json.dumps(body), place(address, incoming.event_id)),
            error=error[:100],
            trace=trace[:4_000],
            created_at=at,
        )
    )


async def load(connection: AsyncConnection, cipher: Cipher, failure_id: int) -> Incoming | None:
    """Return the message of a failure that was not replayed yet; None when there is none."""
    query = select(failures).where(failures.c.id == failure_id, failures.c.replayed_at.is_(None))
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    address = Address(row["channel"], row["account"], row["person"])
    body = json.loads(cipher.open(row["body"], place(address, row["event_id"])))
    at = datetime.fromisoformat(body["at"])
    return Incoming(address, row["event_id"], Kind(body["kind"]), at, body["text"], body["turn"])


async def mark_replayed(connection: AsyncConnection, failure_id: int, *, at: datetime) -> None:
    """Note that a failure was run again."""
    mine = failures.c.id == failure_id, failures.c.replayed_at.is_(None)
    await connection.execute(update(failures).where(*mine).values(replayed_at=at))


def is_passing(problem: BaseException) -> bool:
    """Tell trouble of the database, which another attempt may not meet, from a fault of ours.

    Of PostgreSQL: connection, rollback of a clash, resources, locks, operator, system (classes of SQLSTATE).
    """
    if not isinstance(problem, DBAPIError):
        return False
    state = getattr(problem.orig, "sqlstate", None)
    code = getattr(problem.orig, "sqlite_errorcode", 0) & 0xFF
    return problem.connection_invalidated or str(state)[:2] in _PASSING_STATES or code in _PASSING_CODES


def place(address: Address, event_id: str) -> str:
    """The place a failed message is sealed for."""
    return f"failures.body:{address.channel}:{address.account}:{address.person}:{event_id}"
