"""Linking chats: a code from one chat, typed in another, proves that both are one person's."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import network, officers
from bot.storage.chats import among, columns, parts
from bot.storage.crypt import Cipher
from bot.storage.linking_schema import citizen_chats, link_codes
from bot.storage.schema import conversations
from handlers.messages import Address

HOLDS = timedelta(minutes=10)  # a code asked for in a chat
STAFF_HOLDS = timedelta(hours=24)  # one that was handed to a collector
OFFICE = Address("staff", "office", "office")  # where codes for collectors and officers come from
_LETTERS = "ABCDEFGHKMNPQRSTUVWXYZ23456789"  # none that is read as another
_CHAT = columns(citizen_chats)

Linked = Literal["linked", "linked_staff", "linked_office", "link_unknown", "link_same"]


async def issue(
    connection: AsyncConnection,
    cipher: Cipher,
    chat: Address,
    *,
    at: datetime,
    collector: int | None = None,
    officer: str | None = None,
    holds: timedelta = HOLDS,
) -> str:
    """Return a new code of a chat; with `collector` or `officer` it makes the chat it is typed in his."""
    half = ["".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2)]
    code = f"NK-{half[0]}-{half[1]}"
    await connection.execute(delete(link_codes).where(link_codes.c.expires_at < at))
    row = {
        "code": cipher.index(code).hex(),
        **parts(chat),
        "collector_id": collector,
        "officer": officer,
        "expires_at": at + holds,
    }
    await connection.execute(insert(link_codes).values(row))
    return code


async def redeem(
    connection: AsyncConnection, cipher: Cipher, code: str, chat: Address, *, at: datetime
) -> Linked:
    """Link the chat a code was typed in; a code works once, for a while, and in another chat only.

    A chat that becomes staff's is no citizen's from then on. Call leads.alone() before.
    """
    indexes = [index.hex() for index in cipher.indexes(code)]
    query = select(link_codes).where(link_codes.c.code.in_(indexes), link_codes.c.used_at.is_(None))
    row = (await connection.execute(query)).one_or_none()
    for_staff = row is not None and (row.collector_id is not None or row.officer is not None)
    if row is None or row.expires_at < at:
        return "link_unknown"
    other = Address(row.channel, row.account, row.person)
    if not for_staff and await _staff(connection, [chat, other]):
        return "link_unknown"
    if other == chat:
        return "link_same"
    mine = link_codes.c.code == row.code, link_codes.c.used_at.is_(None)
    used = await connection.execute(update(link_codes).where(*mine).values(used_at=at))
    if not used.rowcount:
        return "link_unknown"  # somebody was quicker
    if for_staff:
        await forget(connection, [chat])  # whoever was linked with it must not erase or read a desk
    if row.collector_id is not None:
        await officers.unlink(connection, chat)
        await network.link_chat(connection, chat, row.collector_id)
        return "linked_staff"
    if row.officer is not None:
        await network.unlink_chat(connection, chat)
        await officers.link(connection, chat, row.officer)
        return "linked_office"
    await _unite(connection, other, chat)
    return "linked"


async def unite(connection: AsyncConnection, one: Address, other: Address) -> None:
    """Make two chats one citizen's whose owner was proven to be the same, unless one of them is staff's.

    Call leads.alone() before: two transactions that unite the same chats would each make them another's.
    """
    if not await _staff(connection, [one, other]):
        await _unite(connection, one, other)


async def kin(connection: AsyncConnection, chat: Address) -> Sequence[Address]:
    """Return every chat of the person at a chat, that one first; staff's chats are nobody's."""
    citizen = await _citizen(connection, chat)
    if citizen is None:
        return [chat]
    rows = await connection.execute(select(*_CHAT).where(citizen_chats.c.citizen == citizen).order_by(*_CHAT))
    found = [Address(*row) for row in rows]
    staff = await _staff(connection, found)
    return [chat, *(other for other in found if other != chat and not staff & {chat, other})]


async def told_at(connection: AsyncConnection, chat: Address) -> Address | None:
    """Return where the person at a chat is told what she did not just ask for; None where she has no chat.

    The rule for every notice about her call: one of the chats she proved to be hers, never two, and it is the
    one she spoke in last, for there she looks. Whoever moves or cancels her call in a linked chat is answered
    in it, and hears of what follows in it too. A page in the web does not ring, so it comes after every chat
    that does, and one she has left comes last. A desk or the office's chat is told of no citizen's call.
    """
    if await _staff(connection, [chat]):
        return None
    hers = await kin(connection, chat)
    if len(hers) == 1:
        return chat
    spoken = select(*columns(conversations), conversations.c.stopped_at, conversations.c.updated_at)
    rows = await connection.execute(spoken.where(among(conversations, hers)))
    last = {Address(*row[:3]): (row.stopped_at is None, row.updated_at) for row in rows}

    def place(one: Address) -> tuple[bool, bool, float]:
        here, at = last.get(one, (True, None))
        return not here, one.channel == "web", -at.timestamp() if at else 0.0

    return min(hers, key=place)


async def forget(connection: AsyncConnection, chats: Collection[Address]) -> None:
    """Forget that these chats belong together."""
    for table in (citizen_chats, link_codes):
        await connection.execute(delete(table).where(among(table, chats)))


async def _staff(connection: AsyncConnection, some: Collection[Address]) -> set[Address]:
    """Which of these chats are a collector's or an officer's."""
    return await network.staff_among(connection, some) | await officers.among(connection, some)


async def _unite(connection: AsyncConnection, one: Address, other: Address) -> None:
    """Make two chats, and all that belong to either, one citizen's."""
    citizens = [await _citizen(connection, chat) for chat in (one, other)]
    citizen = citizens[0] or citizens[1] or secrets.token_hex(16)
    for chat, was in zip((one, other), citizens, strict=True):
        if was is None:
            row = parts(chat) | {"citizen": citizen}
            await connection.execute(insert(citizen_chats).values(row))
        elif was != citizen:
            same = citizen_chats.c.citizen == was
            await connection.execute(update(citizen_chats).where(same).values(citizen=citizen))


async def _citizen(connection: AsyncConnection, chat: Address) -> str | None:
    found: str | None = await connection.scalar(
        select(citizen_chats.c.citizen).where(among(citizen_chats, [chat]))
    )
    return found
