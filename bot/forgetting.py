"""Erasing a person: her messages, her name and number on leads, and what collectors were sent of them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence

from sqlalchemy import delete, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import chats, leads, linking, quotes, zalo
from bot.storage.crypt import Cipher
from bot.storage.hotpath import body_place
from bot.storage.linking_schema import office_chats
from bot.storage.network_schema import lead_events, staff_chats
from bot.storage.privacy_schema import scam_reports
from bot.storage.schema import conversations, failures, outbox
from bot.storage.web_schema import web_messages
from handlers.messages import Address


async def erase(
    connection: AsyncConnection, cipher: Cipher, hers: Sequence[Address], numbers: Collection[int]
) -> None:
    """Erase what is kept of a person who has these chats and made the leads of these `numbers`.

    What stays of a lead, its events and consents names nobody. The conversation in the first chat is the
    caller's to erase: it is going on.
    """
    await erase_messages(connection, hers)
    await connection.execute(delete(conversations).where(chats.among(conversations, hers[1:])))
    await linking.forget(connection, hers)
    await erase_leads(connection, cipher, numbers)
    await quotes.forget_chats(connection, cipher, hers)


async def erase_messages(connection: AsyncConnection, hers: Collection[Address]) -> None:
    """Erase every message to and from these chats."""
    for table in (outbox, failures, scam_reports):
        await connection.execute(delete(table).where(chats.among(table, hers)))
    pages = [(chat.account, chat.person) for chat in hers if chat.channel == "web"]
    same = tuple_(web_messages.c.account, web_messages.c.person)
    await connection.execute(delete(web_messages).where(same.in_(pages)))
    for chat in hers:
        if chat.channel == "zalo_oa":
            await zalo.forget(connection, chat.account, chat.person)


async def erase_leads(connection: AsyncConnection, cipher: Cipher, numbers: Collection[int]) -> None:
    """Erase who made these leads, and what collectors were sent of them."""
    if numbers:
        await _erase_cards(connection, cipher, numbers)
        codes = await leads.quotes_of(connection, numbers)
        await leads.erase(connection, numbers)
        await quotes.forget(connection, codes)


async def _erase_cards(connection: AsyncConnection, cipher: Cipher, numbers: Collection[int]) -> None:
    """Erase every message to collectors and the office that names a lead: cards, the phone that was shown."""
    holders = select(lead_events.c.collector_id).where(lead_events.c.lead_id.in_(numbers))
    theirs = select(*chats.columns(staff_chats)).where(staff_chats.c.collector_id.in_(holders))
    to = tuple_(*chats.columns(outbox))
    told = or_(to.in_(theirs), to.in_(select(*chats.columns(office_chats))))
    sent = select(outbox.c.id, outbox.c.cause, outbox.c.n, outbox.c.body).where(told)
    named = re.compile(rf"#(?:{'|'.join(map(str, numbers))})(?!\d)")
    found = [
        identity
        for identity, cause, n, body in await connection.execute(sent)
        if named.search(json.loads(cipher.open(body, body_place(cause, n)))["text"])
    ]
    await connection.execute(delete(web_messages).where(web_messages.c.key.in_(map(str, found))))
    await connection.execute(delete(outbox).where(outbox.c.id.in_(found)))
