"""What is kept about a person, for her to see and to take with her. Law 91/2025/QH15 art. 4."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import links
from bot.clock import LOCAL
from bot.storage import chats, consents, leads, linking, quotes, reports
from bot.storage.crypt import Cipher
from bot.storage.hotpath import state_place
from bot.storage.leads import Lead
from bot.storage.schema import conversations
from handlers.messages import Address
from handlers.reading.phones import display

LINK_HOLDS = timedelta(hours=24)
_LINK = "my_data"


async def collect(connection: AsyncConnection, cipher: Cipher, address: Address) -> dict[str, Any]:
    """Return everything kept about the person at an address, as plain JSON: times local, words her own.

    Of chats she linked to it too.
    """
    mine = await leads.all_of(connection, address)
    hers = await linking.kin(connection, address)
    numbers = [lead.id for lead in mine]
    agreed = {row.id: row for chat in hers for row in await consents.of(connection, chat, numbers)}
    return {
        "conversation": await _conversation(connection, cipher, address),
        "linked_conversations": [await _conversation(connection, cipher, chat) for chat in hers[1:]],
        "leads": [await _lead(connection, cipher, lead) for lead in mine],
        "quotes": [
            {"code": one.code, "law_on": one.law_on.isoformat(), "request": one.request, "result": one.result}
            for one in await quotes.of_chats(connection, cipher, hers)
        ],
        "scam_reports": [
            {"at": _local(report.at), "said": report.said}
            for chat in hers
            for report in await reports.of(connection, cipher, chat)
        ],
        "consents": [
            {"purpose": row.purpose, "given": row.given, "at": _local(row.at), "text": row.text}
            for _, row in sorted(agreed.items())
        ],
    }


def path(cipher: Cipher, address: Address, now: datetime) -> str:
    """Return the path of a page where she gets it all; it holds for a day and tells nothing by itself."""
    who = [address.channel, address.account, address.person]
    return f"/my-data/{links.token(cipher, _LINK, who, now + LINK_HOLDS)}"


def whose(cipher: Cipher, token: str, now: datetime) -> Address | None:
    """Return whose data a token of `path` leads to; None for one that is not ours or no longer holds."""
    who = links.read(cipher, _LINK, token, now)
    return Address(*who) if who else None


async def _conversation(connection: AsyncConnection, cipher: Cipher, address: Address) -> Mapping[str, Any]:
    sealed = await connection.scalar(select(conversations.c.state).where(chats.at(conversations, address)))
    if sealed is None:
        return {}
    state = json.loads(cipher.open(sealed, state_place(address)))
    return {key: state[key] for key in ("started_on", "language", "answers") if key in state}


async def _lead(connection: AsyncConnection, cipher: Cipher, lead: Lead) -> dict[str, Any]:
    person = await leads.person(connection, cipher, lead.id)
    return {
        "lead": lead.id,
        "state": lead.state.value,
        "ward": lead.ward,
        "quote_code": lead.quote_code,
        "starts_at": _local(lead.starts_at),
        "call_code": lead.call_code,
        "name": person.name,
        "phone": display(person.phone),
        "note": dict(person.note),
    }


def _local(moment: datetime) -> str:
    return moment.astimezone(LOCAL).isoformat(timespec="minutes")
