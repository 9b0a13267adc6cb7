"""The state of each channel's account, shared by every process: held or not, the last trouble, its facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ColumnElement, cast, exists, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels import Pace
from bot.storage import chats
from bot.storage.schema import channel_accounts, outbox

_SECOND = timedelta(seconds=1)
_OURS = (channel_accounts.c.channel == outbox.c.channel, channel_accounts.c.account == outbox.c.account)


@dataclass(frozen=True, slots=True)
class AccountState:
    """What is known of one account of a channel."""

    held_until: datetime | None = None
    human: bool = False
    trouble: str | None = None
    trouble_at: datetime | None = None
    refused: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)


def not_held(now: datetime) -> ColumnElement[bool]:
    """The messages of the outbox whose account may send."""
    return ~exists().where(*_OURS, channel_accounts.c.held_until > now)


def rested(pace: Pace, now: datetime) -> ColumnElement[bool]:
    """The messages of the outbox whose reader got none for as long as the platform wants."""
    recent = outbox.alias("recent")
    return ~exists().where(
        chats.same(recent, outbox),
        recent.c.sent_at > now - timedelta(seconds=pace.apart),
    )


async def room(
    connection: AsyncConnection, channel: str, pace: Pace, now: datetime, *, lease: timedelta
) -> int:
    """Return how many messages a channel may begin to send now; claims last for a `lease`.

    What was begun in the last second counts, not what a process holds that died. Until the transaction ends
    no other process counts: what two of them claim together is not too much.
    """
    if connection.dialect.name == "postgresql":
        key = {"channel": f"pace:{channel}"}
        await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:channel))"), key)
    begun = outbox.c.claimed_until > now + lease - _SECOND
    claimed = select(func.count()).where(outbox.c.channel == channel, outbox.c.state == "claimed", begun)
    sent = select(func.count()).where(outbox.c.channel == channel, outbox.c.sent_at > now - _SECOND)
    under_way, gone = await connection.scalar(claimed) or 0, await connection.scalar(sent) or 0
    return max(0, pace.a_second - under_way - gone)


async def hold(
    connection: AsyncConnection,
    channel: str,
    account: str,
    *,
    until: datetime,
    code: str,
    human: bool,
    at: datetime,
) -> None:
    """Let nothing of an account be sent before a moment, and say why."""
    values = {"held_until": until, "human": human, "trouble": code[:60], "trouble_at": at}
    await _put(connection, channel, account, values)
    theirs = channel_accounts.c.channel == channel, channel_accounts.c.account == account
    first = update(channel_accounts).where(*theirs, channel_accounts.c.held_since.is_(None))
    await connection.execute(first.values(held_since=at))


async def free(connection: AsyncConnection, channel: str, account: str) -> None:
    """Note that the account sends again; its last trouble stays written down."""
    await connection.execute(
        update(channel_accounts)
        .where(
            channel_accounts.c.channel == channel,
            channel_accounts.c.account == account,
            or_(channel_accounts.c.held_until.is_not(None), channel_accounts.c.human),
        )
        .values(held_until=None, human=False, held_since=None, told_at=None)
    )


@dataclass(frozen=True, slots=True)
class Trouble:
    """An account that cannot send: `human` when somebody must act."""

    channel: str
    account: str
    human: bool
    trouble: str | None
    since: datetime


async def untold(connection: AsyncConnection, held_before: datetime) -> bool:
    """Tell whether there is a trouble the office was not told of: see `tell`."""
    query = select(channel_accounts.c.channel).where(*_untold(held_before)).limit(1)
    return (await connection.execute(query)).first() is not None


async def tell(connection: AsyncConnection, held_before: datetime, *, at: datetime) -> list[Trouble]:
    """Return the troubles the office is to be told of now, and note that it was.

    Those somebody must act on, and the accounts that have been held since before a moment.
    """
    of = channel_accounts.c
    told = update(channel_accounts).where(*_untold(held_before)).values(told_at=at)
    rows = await connection.execute(
        told.returning(of.channel, of.account, of.human, of.trouble, of.held_since)
    )
    return [Trouble(*row) for row in rows]


def _untold(held_before: datetime) -> tuple[ColumnElement[bool], ...]:
    of = channel_accounts.c
    return of.told_at.is_(None), of.held_since.is_not(None), or_(of.human, of.held_since <= held_before)


async def troubled(connection: AsyncConnection, channel: str, account: str, code: str, at: datetime) -> None:
    """Write down a trouble that holds nothing up."""
    await _put(connection, channel, account, {"trouble": code[:60], "trouble_at": at})


async def note(connection: AsyncConnection, channel: str, account: str, **facts: Any) -> None:  # noqa: ANN401
    """Keep facts the platform told, beside those that are known already; none is None."""
    await _put(connection, channel, account, {"facts": facts}, _merged)


async def count(connection: AsyncConnection, channel: str, account: str, name: str, period: str) -> None:
    """Count one more of something in a period, such as "2026-11"; a fact keeps what only the last one had."""
    await note(connection, channel, account)  # from here nobody else counts until the transaction ends
    before = counted((await state(connection, channel, account)).facts, name, period)
    await note(connection, channel, account, **{name: {"period": period, "count": before + 1}})


def counted(facts: Mapping[str, Any], name: str, period: str) -> int:
    """Return how many were counted in a period."""
    fact = facts.get(name, {})
    return int(fact["count"]) if fact.get("period") == period else 0


async def refuse(connection: AsyncConnection, channel: str, account: str, count: int) -> None:
    """Count deliveries that were not signed as they should be."""
    await _put(connection, channel, account, {"refused": count}, _added)


async def state(connection: AsyncConnection, channel: str, account: str) -> AccountState:
    """Return what is known of an account."""
    columns = [channel_accounts.c[name] for name in AccountState.__slots__]
    query = select(*columns).where(
        channel_accounts.c.channel == channel, channel_accounts.c.account == account
    )
    row = (await connection.execute(query)).one_or_none()
    return AccountState(*row) if row else AccountState()


def _replaced(_: str, there: Any, new: Any) -> Any:  # noqa: ANN401 - columns
    del there
    return new


def _added(_: str, there: Any, new: Any) -> Any:  # noqa: ANN401 - columns
    return there + new


def _merged(dialect: str, there: Any, new: Any) -> Any:  # noqa: ANN401 - columns
    """JSON objects, key by key."""
    if dialect == "postgresql":
        return cast(cast(there, postgresql.JSONB).op("||")(cast(new, postgresql.JSONB)), JSON)
    return func.json_patch(there, new, type_=JSON)


async def _put(
    connection: AsyncConnection,
    channel: str,
    account: str,
    values: Mapping[str, Any],
    joined: Callable[[str, Any, Any], Any] = _replaced,
) -> None:
    """Write values in one statement; `joined` makes one of (dialect, what is there, what is new).

    Whoever writes at the same time waits for the row and joins to what is there then: nothing is lost.
    """
    dialect = connection.dialect.name
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(channel_accounts)
    fresh = {"channel": channel, "account": account, "facts": {}, **values}
    become = {name: joined(dialect, channel_accounts.c[name], insert.excluded[name]) for name in values}
    await connection.execute(
        insert.values(fresh).on_conflict_do_update(index_elements=["channel", "account"], set_=become)
    )
