"""The statements every message costs: dedupe, lock and load, save, enqueue; each for a whole batch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import chats
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
    rows = [
        {"channel": channel, "account": account, "event_id": event_id, "at": at}
        for channel, account, event_id in sorted({event_key(incoming) for incoming in batch})
    ]  # in one order: two processes that note the same events must not wait for each other in a circle
    statement = (
        _insert(connection)(seen)
        .on_conflict_do_nothing()
        .returning(seen.c.channel, seen.c.account, seen.c.event_id)
    )
    return {(row[0], row[1], row[2]) for row in await connection.execute(statement, rows)}


async def lock_states(
    connection: AsyncConnection, addresses: Iterable[Address], cipher: Cipher, *, at: datetime, today: date
) -> dict[Address, State]:
    """Lock these conversations until the transaction ends, and return their states; new ones are fresh.

    Locks are taken in one order, so that two processes never wait for each other in a circle. On SQLite the
    transaction itself is the lock.
    """
    ordered = sorted(set(addresses))
    columns = chats.columns(conversations)
    query = select(*columns, conversations.c.state).where(chats.among(conversations, ordered))
    query = query.order_by(*columns)
    if connection.dialect.name == "postgresql":
        fresh = [{**chats.parts(chat), "state": None, "updated_at": at} for chat in ordered]
        await connection.execute(_insert(connection)(conversations).on_conflict_do_nothing(), fresh)
        query = query.with_for_update()
    states = {address: State(started_on=today) for address in ordered}
    for channel, account, person, sealed in await connection.execute(query):
        if sealed is not None:
            address = Address(channel, account, person)
            states[address] = read_state(cipher, address, sealed)
    return states


async def heard_at(connection: AsyncConnection, address: Address) -> datetime | None:
    """Return when this conversation was saved last: while a message is heard, when the one before it was."""
    saved = select(conversations.c.updated_at).where(chats.at(conversations, address))
    return (await connection.execute(saved)).scalar_one_or_none()


def read_state(cipher: Cipher, address: Address, sealed: bytes) -> State:
    """Open what is kept of a conversation. Raises SealError."""
    return State.from_json(json.loads(cipher.open(sealed, state_place(address))))


async def save_states(
    connection: AsyncConnection, states: Mapping[Address, State], cipher: Cipher, *, at: datetime
) -> None:
    """Save these conversations; who has spoken has not left."""
    rows = [
        {
            **chats.parts(address),
            "state": cipher.seal(_compact(state.as_json()), state_place(address)),
            "updated_at": at,
        }
        for address, state in states.items()
    ]
    insert = _insert(connection)(conversations)
    statement = insert.on_conflict_do_update(
        index_elements=["channel", "account", "person"],
        set_={
            "state": insert.excluded.state,
            "updated_at": insert.excluded.updated_at,
            "stopped_at": None,
        },
    )
    await connection.execute(statement, rows)


async def enqueue(
    connection: AsyncConnection,
    messages: Sequence[tuple[str, int, Address, Outgoing]],
    cipher: Cipher,
    *,
    at: datetime,
    awake: Collection[Address] = (),
) -> None:
    """Put messages into the outbox: (cause, n, to, message); the same cause and n only once.

    Who has left gets none: hers are dead at once. The `awake` have just spoken and are not looked up.
    """
    gone = await _stopped(connection, {to for _, _, to, _ in messages} - set(awake))
    rows = [
        {
            **chats.parts(to),
            "cause": cause,
            "n": n,
            "body": cipher.seal(_compact(message.as_json()), body_place(cause, n)),
            "state": "dead" if to in gone else "waiting",
            "error": "stopped" if to in gone else None,
            "attempts": 0,
            "due_at": at,
            "created_at": at,
        }
        for cause, n, to, message in messages
    ]
    if rows:
        await connection.execute(outbox.insert().values({key: bindparam(key) for key in rows[0]}), rows)


async def mark_stopped(connection: AsyncConnection, address: Address, *, at: datetime) -> None:
    """Note that a person has left: what waits for her is dead, and nothing is sent until she writes."""
    key = chats.parts(address)
    insert = _insert(connection)(conversations).values(**key, updated_at=at, stopped_at=at)
    await connection.execute(
        insert.on_conflict_do_update(
            index_elements=list(key), set_={"stopped_at": insert.excluded.stopped_at}
        )
    )
    waiting = update(outbox).where(outbox.c.state == "waiting").filter_by(**key)
    await connection.execute(waiting.values(state="dead", error="stopped"))


async def mark_returned(connection: AsyncConnection, address: Address, *, at: datetime) -> None:
    """Note that a person who had left can be written to again."""
    key = chats.parts(address)
    await connection.execute(update(conversations).filter_by(**key).values(stopped_at=None, updated_at=at))


async def _stopped(connection: AsyncConnection, addresses: Collection[Address]) -> set[Address]:
    """Return which of these have left."""
    if not addresses:
        return set()
    here = chats.among(conversations, sorted(addresses))
    query = select(*chats.columns(conversations)).where(here, conversations.c.stopped_at.is_not(None))
    return {Address(*row) for row in await connection.execute(query)}


def body_place(cause: str, n: int) -> str:
    """The place an outbox message is sealed for."""
    return f"outbox.body:{cause}:{n}"


def state_place(address: Address) -> str:
    """The place a conversation is sealed for."""
    return f"conversations.state:{address.channel}:{address.account}:{address.person}"


def _compact(data: Any) -> str:  # noqa: ANN401 - plain JSON
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
