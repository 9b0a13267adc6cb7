"""Chats of officers: who is told what only the office can do, and may give leads out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.chats import among as whose
from bot.storage.chats import columns, parts
from bot.storage.linking_schema import office_chats
from handlers.messages import Address

_CHAT = columns(office_chats)


async def link(connection: AsyncConnection, chat: Address, officer: str) -> None:
    """Make a chat an officer's, whoever had it before."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = parts(chat) | {"officer": officer}
    put = dialect.insert(office_chats).values(row)
    await connection.execute(
        put.on_conflict_do_update(
            index_elements=["channel", "account", "person"], set_={"officer": put.excluded.officer}
        )
    )


async def unlink(connection: AsyncConnection, chat: Address) -> None:
    """Make a chat nobody's of the office."""
    await connection.execute(delete(office_chats).where(whose(office_chats, [chat])))


async def remove(connection: AsyncConnection, officer: str) -> int:
    """Take every chat of an officer away from the office; return how many there were."""
    return (await connection.execute(delete(office_chats).where(office_chats.c.officer == officer))).rowcount


async def of_chat(connection: AsyncConnection, chat: Address) -> str | None:
    """Return the officer a chat belongs to, or None."""
    found: str | None = await connection.scalar(
        select(office_chats.c.officer).where(whose(office_chats, [chat]))
    )
    return found


async def among(connection: AsyncConnection, chats: Collection[Address]) -> set[Address]:
    """Return which of these chats are officers'."""
    if not chats:
        return set()
    return {
        Address(*row) for row in await connection.execute(select(*_CHAT).where(whose(office_chats, chats)))
    }


async def chats(connection: AsyncConnection) -> Sequence[Address]:
    """Return every chat of the office, in one order."""
    return [Address(*row) for row in await connection.execute(select(*_CHAT).order_by(*_CHAT))]


async def everybody(connection: AsyncConnection) -> Sequence[tuple[str, str]]:
    """Return (officer, channel) of every chat of the office."""
    query = select(office_chats.c.officer, office_chats.c.channel).order_by(office_chats.c.officer, *_CHAT)
    return [(officer, channel) for officer, channel in await connection.execute(query)]
