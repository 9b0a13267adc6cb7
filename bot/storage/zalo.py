"""What is kept for Zalo: who wrote when, which messages are ours, and echoes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.chats import among
from bot.storage.crypt import Cipher
from bot.storage.hotpath import body_place
from bot.storage.schema import outbox
from bot.storage.sent_templates import TRACKING, delivered
from bot.storage.zalo_schema import echo_place, zalo_echoes, zalo_messages, zalo_people, zalo_templates
from handlers.messages import Address

CHANNEL = "zalo_oa"
_DOUBT = "?"  # before a key: what stands for the id of a message that may have arrived
NOT_KNOWN = ""  # the key of a message of which only a report came so far
KEPT = timedelta(days=30)  # our message ids: receipts and echoes come within minutes


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of one person at one account; a moment is None when there was none."""

    spoke_at: datetime | None = None
    shut_at: datetime | None = None
    human_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Echo:
    """A message of the account that was not ours when it came back."""

    message_id: str
    person: str
    text: str
    at: datetime


async def person(connection: AsyncConnection, account: str, person: str) -> Person:
    """Return what is known of somebody."""
    people = zalo_people.c
    query = select(people.spoke_at, people.shut_at, people.human_at)
    row = (await connection.execute(query.where(*_is(account, person)))).one_or_none()
    return Person(*row) if row else Person()


async def spoke(
    connection: AsyncConnection, chats: Collection[Address], at: datetime
) -> dict[Address, datetime]:
    """Note that people did something that opens their window; return when one of ours last wrote to each.

    What waited for another hour, to be sent as a template, may now go at once: their answers stand behind it.
    """
    ordered = sorted(set(chats))  # in one order: two processes must not wait for each other in a circle
    parked = among(outbox, ordered)
    late = outbox.c.state == "waiting", outbox.c.due_at > at
    await connection.execute(update(outbox).where(parked, *late).values(due_at=at))
    rows = [{**_key(chat.account, chat.person), "spoke_at": at, "shut_at": None} for chat in ordered]
    people = zalo_people.c
    put = _insert(connection, zalo_people)
    told = {name: put.excluded[name] for name in ("spoke_at", "shut_at")}  # no values of ours: one statement
    statement = put.on_conflict_do_update(index_elements=["account", "person"], set_=told)
    returning = statement.returning(people.account, people.person, people.human_at)
    wrote = await connection.execute(returning, rows)
    return {Address(CHANNEL, row[0], row[1]): row[2] for row in wrote if row[2] is not None}


async def first_heard(connection: AsyncConnection, account: str) -> datetime | None:
    """Return a moment since which the account was heard; None when nobody ever was."""
    first = select(func.min(zalo_people.c.spoke_at)).where(zalo_people.c.account == account)
    found: datetime | None = await connection.scalar(first)
    return found


async def shut(connection: AsyncConnection, account: str, person: str, at: datetime) -> None:
    """Note that Zalo said that the window is shut, whatever we counted; unless she wrote since."""
    await _unless_later(connection, account, person, at, shut_at=at)


async def had_spoken(connection: AsyncConnection, account: str, person: str, at: datetime) -> None:
    """Note when she opened the window without our hearing it; unless we heard her since."""
    await _unless_later(connection, account, person, at, spoke_at=at)


async def human_wrote(connection: AsyncConnection, account: str, person: str, at: datetime) -> None:
    """Note that a person of ours wrote to her."""
    await _note(connection, account, person, human_at=at)


async def follows(connection: AsyncConnection, account: str, person: str, *, yes: bool) -> None:
    """Note whether she follows the account."""
    await _note(connection, account, person, follows=yes)


async def sent(
    connection: AsyncConnection, account: str, person: str, *, message_id: str, key: str, at: datetime
) -> None:
    """Note a message as ours."""
    row = {**_key(account, person), "message_id": message_id}
    values = {"key": key, "sent_at": at}
    await connection.execute(_put(connection, zalo_messages, ("account", "message_id"), row, values))


async def doubt(connection: AsyncConnection, account: str, person: str, *, key: str, at: datetime) -> None:
    """Note that a message may have arrived; the first doubt stays."""
    row = {**_key(account, person), "message_id": _DOUBT + key, "key": key, "sent_at": at}
    await connection.execute(_insert(connection, zalo_messages).values(row).on_conflict_do_nothing())


async def doubted(connection: AsyncConnection, account: str, key: str) -> datetime | None:
    """Return since when a message may have arrived; None when it cannot have."""
    messages = zalo_messages.c
    query = select(messages.sent_at).where(messages.account == account, messages.message_id == _DOUBT + key)
    found: datetime | None = await connection.scalar(query)
    return found


async def known_as(connection: AsyncConnection, account: str, key: str) -> bool:
    """Tell whether Zalo's id of the message with this key is known: then it arrived."""
    messages = zalo_messages.c
    query = select(messages.account).where(
        messages.account == account, messages.key == key, messages.message_id != _DOUBT + key
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def ours(connection: AsyncConnection, account: str, message_id: str) -> bool:
    """Tell whether we sent a message, as a text or as a template."""
    texts, templates = zalo_messages.c, zalo_templates.c
    text = select(texts.account).where(
        texts.account == account, texts.message_id == message_id, texts.key != NOT_KNOWN
    )
    template = select(templates.account).where(
        templates.account == account, templates.message_id == message_id
    )
    return (await connection.execute(text.union_all(template).limit(1))).first() is not None


async def receipt(
    connection: AsyncConnection, account: str, person: str, ids: Sequence[str], *, seen: bool, at: datetime
) -> None:
    """Note that messages arrived, or were seen; the report may come before we know that they are ours."""
    name = "seen_at" if seen else "received_at"
    templates = zalo_templates.c.account == account, zalo_templates.c.message_id.in_(ids)
    await connection.execute(delivered(at).where(*templates))
    for message_id in ids:
        row = {**_key(account, person), "message_id": message_id, "key": NOT_KNOWN, "sent_at": at, name: at}
        insert = _insert(connection, zalo_messages).values(row)
        first = func.coalesce(zalo_messages.c[name], insert.excluded[name])
        await connection.execute(
            insert.on_conflict_do_update(index_elements=["account", "message_id"], set_={name: first})
        )


async def keep_echo(
    connection: AsyncConnection, cipher: Cipher, account: str, echo: Echo, due_at: datetime
) -> None:
    """Keep an echo until it is due: the answer to our own call may still be on its way."""
    row = {
        **_key(account, echo.person),
        "message_id": echo.message_id,
        "text": cipher.seal(echo.text, echo_place(account, echo.message_id)),
        "at": echo.at,
        "due_at": due_at,
    }
    await connection.execute(_insert(connection, zalo_echoes).values(row).on_conflict_do_nothing())


async def due_echoes(
    connection: AsyncConnection, cipher: Cipher, account: str, now: datetime, *, most: int = 50
) -> list[Echo]:
    """Return the echoes to explain now, oldest first; no other process gets them meanwhile."""
    echoes = zalo_echoes.c
    query = (
        select(zalo_echoes).where(echoes.account == account, echoes.due_at <= now).order_by(echoes.due_at)
    ).limit(most)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    return [
        Echo(
            row.message_id,
            row.person,
            cipher.open(row.text, echo_place(account, row.message_id)),
            row.at,
        )
        for row in await connection.execute(query)
    ]


async def explained(connection: AsyncConnection, account: str, message_id: str) -> None:
    """Forget an echo."""
    await connection.execute(delete(zalo_echoes).where(*_echo(account, message_id)))


async def later(connection: AsyncConnection, account: str, message_id: str, due_at: datetime) -> None:
    """Look at an echo again at another time."""
    await connection.execute(update(zalo_echoes).where(*_echo(account, message_id)).values(due_at=due_at))


async def uncertain(
    connection: AsyncConnection, cipher: Cipher, channel: str, account: str, person: str
) -> list[tuple[int, str, str]]:
    """Return what may have arrived at somebody: (outbox id, state, content as JSON), oldest first.

    Of what still waits only that is meant of which a doubt was noted.
    """
    messages = zalo_messages.c
    doubts = select(messages.key).where(
        messages.account == account, messages.person == person, messages.message_id == _DOUBT + messages.key
    )
    keys = (await connection.execute(doubts)).scalars()
    doubted = and_(outbox.c.state == "waiting", outbox.c.id.in_({int(key.split(".")[0]) for key in keys}))
    query = (
        select(outbox.c.id, outbox.c.state, outbox.c.cause, outbox.c.n, outbox.c.body)
        .where(
            among(outbox, [Address(channel, account, person)]),
            or_(outbox.c.state.in_(("unknown", "claimed")), doubted),
        )
        .order_by(outbox.c.id)
    )
    return [
        (row.id, row.state, cipher.open(row.body, body_place(row.cause, row.n)))
        for row in await connection.execute(query)
    ]


async def arrived(connection: AsyncConnection, outbox_id: int, at: datetime) -> None:
    """Note that a message whose fate was unknown did arrive."""
    known = update(outbox).where(outbox.c.id == outbox_id, outbox.c.state == "unknown")
    await connection.execute(known.values(state="sent", error=None, sent_at=at))


async def once_more(connection: AsyncConnection, outbox_id: int, now: datetime) -> None:
    """Let a message that did not arrive as a template go its next way."""
    gone = outbox.c.id == outbox_id, outbox.c.channel == CHANNEL, outbox.c.state.in_(("sent", "unknown"))
    again = {"state": "waiting", "due_at": now, "attempts": 0, "error": None, "sent_at": None}
    await connection.execute(update(outbox).where(*gone).values(again))


async def arrived_by_report(connection: AsyncConnection, account: str, now: datetime) -> None:
    """Note that messages whose fate is unknown did arrive as templates, where the reports say so."""
    ours = outbox.c.channel == CHANNEL, outbox.c.account == account, outbox.c.state == "unknown"
    recent = outbox.c.created_at > now - timedelta(days=2)
    for number in (await connection.execute(select(outbox.c.id).where(*ours, recent))).scalars().all():
        report = select(zalo_templates.c.id).where(
            zalo_templates.c.account == account,
            zalo_templates.c.state == "delivered",
            zalo_templates.c.tracking.startswith(f"{TRACKING}{number}-", autoescape=True),
        )
        if (await connection.execute(report.limit(1))).first() is not None:
            await arrived(connection, number, now)


async def prune(connection: AsyncConnection, account: str, now: datetime) -> None:
    """Forget the ids of messages nothing will be heard of any more."""
    old = zalo_messages.c.sent_at < now - KEPT
    await connection.execute(delete(zalo_messages).where(zalo_messages.c.account == account, old))


async def forget(connection: AsyncConnection, account: str, person: str) -> None:
    """Erase what is kept of one person; that a message was ours is still known, but not whose it was."""
    for table in (zalo_echoes, zalo_people):
        await connection.execute(delete(table).where(table.c.account == account, table.c.person == person))
    hers = zalo_messages.c.account == account, zalo_messages.c.person == person
    await connection.execute(update(zalo_messages).where(*hers).values(person=""))


async def _note(connection: AsyncConnection, account: str, person: str, **values: Any) -> None:  # noqa: ANN401
    await connection.execute(
        _put(connection, zalo_people, ("account", "person"), _key(account, person), values)
    )


def _insert(connection: AsyncConnection, table: Table) -> Any:  # noqa: ANN401 - the two dialects' insert
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


async def _unless_later(
    connection: AsyncConnection,
    account: str,
    person: str,
    at: datetime,
    **values: Any,  # noqa: ANN401
) -> None:
    """Note values unless she was heard after a moment."""
    spoke_at = zalo_people.c.spoke_at
    statement = _insert(connection, zalo_people).values(**_key(account, person), **values)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["account", "person"],
            set_=values,
            where=or_(spoke_at.is_(None), spoke_at <= at),
        )
    )


def _put(
    connection: AsyncConnection, table: Table, key: Sequence[str], row: dict[str, str], values: dict[str, Any]
) -> Any:  # noqa: ANN401 - an upsert
    statement = _insert(connection, table).values(**row, **values)
    return statement.on_conflict_do_update(index_elements=list(key), set_=values)


def _key(account: str, person: str) -> dict[str, str]:
    return {"account": account, "person": person}


def _is(account: str, person: str) -> tuple[Any, Any]:
    return zalo_people.c.account == account, zalo_people.c.person == person


def _echo(account: str, message_id: str) -> tuple[Any, Any]:
    return zalo_echoes.c.account == account, zalo_echoes.c.message_id == message_id
