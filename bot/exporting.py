"""What is kept about a person, for her to see and to take with her. Law 91/2025/QH15 art. 4."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import LOCAL
from bot.storage import consents, leads, reports
from bot.storage.crypt import Cipher, SealError
from bot.storage.hotpath import state_place
from bot.storage.leads import Lead
from bot.storage.schema import conversations
from handlers.messages import Address
from handlers.reading.phones import display

LINK_HOLDS = timedelta(hours=24)
LONGEST_TOKEN = 1_000  # characters
_PLACE = "links.my_data"


async def collect(connection: AsyncConnection, cipher: Cipher, address: Address) -> dict[str, Any]:
    """Return everything kept about the person at an address, as plain JSON: times local, words her own."""
    mine = await leads.all_of(connection, address)
    agreed = await consents.of(connection, address, [lead.id for lead in mine])
    return {
        "conversation": await _conversation(connection, cipher, address),
        "leads": [await _lead(connection, cipher, lead) for lead in mine],
        "scam_reports": [
            {"at": _local(report.at), "said": report.said}
            for report in await reports.of(connection, cipher, address)
        ],
        "consents": [
            {"purpose": row.purpose, "given": row.given, "at": _local(row.at), "text": row.text}
            for row in agreed
        ],
    }


def path(cipher: Cipher, address: Address, now: datetime) -> str:
    """Return the path of a page where she gets it all; it holds for a day and tells nothing by itself."""
    who = [address.channel, address.account, address.person, int((now + LINK_HOLDS).timestamp())]
    sealed = cipher.seal(json.dumps(who), _PLACE)
    return f"/my-data/{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def whose(cipher: Cipher, token: str, now: datetime) -> Address | None:
    """Return whose data a token of `path` leads to; None for one that is not ours or no longer holds."""
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        channel, account, person, until = json.loads(cipher.open(sealed, _PLACE))
    except (SealError, ValueError, binascii.Error):
        return None
    return Address(channel, account, person) if now.timestamp() < until else None


async def _conversation(connection: AsyncConnection, cipher: Cipher, address: Address) -> Mapping[str, Any]:
    same = (
        conversations.c.channel == address.channel,
        conversations.c.account == address.account,
        conversations.c.person == address.person,
    )
    sealed = await connection.scalar(select(conversations.c.state).where(*same))
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
