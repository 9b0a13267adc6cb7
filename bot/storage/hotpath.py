"""The statements every message costs: dedupe, lock and load, save, enqueue; each for a whole batch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.crypt import Cipher
from bot.storage.schema import conversations, outbox, seen
from handlers.messages import Address, Incoming, Outgoing
from handlers.state import State

Event = tuple[str, str, str]


def event_key(incoming: Incoming) -> Event:
    """What makes an event the same event."""
    return incoming.address.channel, incoming.address.account, incoming.event_id


def cause_of(incoming: Incoming) -> str:
    """The outbox's name for what a message answers: as short for every channel, and telling nothing."""
    return hashlib.sha256("\x1f".join(event_key(incoming)).encode()).hexdigest()[:40]


def _insert(connection: AsyncConnection) -> Any:  # noqa: ANN401 - the two dialects' insert
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert


async def take_new(connection: AsyncConnection, batch: Sequence[Incoming], at: datetime) -> set[Event]:
    """Note the events as seen; return those that were not seen before."""
    rows = [dict(zip(("channel", "account", "event_id"), event_key(e), strict=True), at=at) for e in batch]
    statement = (
        _insert(connection)(seen)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(seen.c.channel, seen.c.account, seen.c.event_id)
    )
    return {(row[0], row[1], row[2]) for row in await connection.execute(statement)}


async def lock_states(
    connection: AsyncConnection, addresses: Iterable[Address], cipher: Cipher, *, at: datetime, today: date
) -> dict[Address, State]:
    """Lock these conversations until the transaction ends, and return their states; new ones are fresh.

    Locks are taken in one order, so that two processes never wait for each other in a circle. On SQLite the
    transaction itself is the lock.
    """
    ordered = sorted(set(addresses))
    keys = [(a.channel, a.account, a.person) for a in ordered]
    columns = conversations.c.channel, conversations.c.account, conversations.c.person
    query = select(*columns, conversations.c.state).where(tuple_(*columns).in_(keys)).order_by(*columns)
    if connection.dialect.name == "postgresql":
        fresh = [
            {"channel": c, "account": a, "person": p, "state": None, "updated_at": at} for c, a, p in keys
        ]
        await connection.execute(_insert(connection)(conversations).values(fresh).on_conflict_do_nothing())
        query = query.with_for_update()
    states = {address: State(started_on=today) for address in ordered}
    for channel, account, person, sealed in await connection.execute(query):
        if sealed is not None:
            address = Address(channel, account, person)
            states[address] = State.from_json(json.loads(cipher.open(sealed, _state_aad(address))))
    return states


async def save_states(
    connection: AsyncConnection, states: Mapping[Address, State], cipher: Cipher, *, at: datetime
) -> None:
    """Save these conversations."""
    rows = [
        {
            "channel": address.channel,
            "account": address.account,
            "person": address.person,
            "state": cipher.seal(_compact(state.as_json()), _state_aad(address)),
            "updated_at": at,
        }
        for address, state in states.items()
    ]
    insert = _insert(connection)(conversations)
    statement = insert.on_conflict_do_update(
        index_elements=["channel", "account", "person"],
        set_={"state": insert.excluded.state, "updated_at": insert.excluded.updated_at},
    )
    await connection.execute(statement, rows)


async def enqueue(
    connection: AsyncConnection,
    messages: Sequence[tuple[str, int, Address, Outgoing]],
    cipher: Cipher,
    *,
    at: datetime,
) -> None:
    """Put messages into the outbox: (cause, n, to, message); the same cause and n only once."""
    rows = [
        {
            "channel": to.channel,
            "account": to.account,
            "person": to.person,
            "cause": cause,
            "n": n,
            "body": cipher.seal(_compact(message.as_json()), body_aad(cause, n)),
            "state": "waiting",
            "attempts": 0,
            "due_at": at,
            "created_at": at,
        }
        for cause, n, to, message in messages
    ]
    if rows:
        await connection.execute(outbox.insert().values({key: bindparam(key) for key in rows[0]}), rows)


def body_aad(cause: str, n: int) -> str:
    """The place an outbox message is sealed for."""
    return f"outbox.body:{cause}:{n}"


def _state_aad(address: Address) -> str:
    return f"conversations.state:{address.channel}:{address.account}:{address.person}"


def _compact(data: Any) -> str:  # noqa: ANN401 - plain JSON
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
