"""What people agreed to and refused, with the very words they read."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import chats
from bot.storage.privacy_schema import consent_texts, consents
from handlers.messages import Address

CALL, NEWS = "call", "news"


@dataclass(frozen=True, slots=True)
class Consent:
    """One yes or no to one purpose; `text` is what was read, the person's number left out."""

    purpose: str
    given: bool
    version: str
    text: str


async def record(
    connection: AsyncConnection, consent: Consent, address: Address, *, at: datetime, lead: int | None = None
) -> None:
    """Keep the proof. Law 91/2025/QH15; Decree 356/2025/NĐ-CP; Decree 91/2020/NĐ-CP art. 11."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    wording = hashlib.sha256(consent.text.encode()).hexdigest()
    words = dialect.insert(consent_texts).values(wording=wording, text=consent.text)
    await connection.execute(words.on_conflict_do_nothing())
    row = {
        "purpose": consent.purpose,
        "given": consent.given,
        "lead_id": lead,
        **chats.parts(address),
        "version": consent.version,
        "wording": wording,
        "at": at,
    }
    await connection.execute(consents.insert().values(row))


async def of(connection: AsyncConnection, address: Address, leads: Collection[int]) -> Sequence[Any]:
    """Return what who is at an address and made these leads agreed to, with ids, texts and times."""
    own = [consents.c[name] for name in ("id", "purpose", "given", "version", "at")]
    columns = *own, consent_texts.c.text
    same = consent_texts.c.wording == consents.c.wording
    query = (
        select(*columns).outerjoin(consent_texts, same).where(_hers(address, leads)).order_by(consents.c.id)
    )
    return (await connection.execute(query)).all()


async def wants_news(connection: AsyncConnection, address: Address) -> bool:
    """Tell whether the person agreed to be kept informed, and did not take it back."""
    return address in await news_readers(connection, chats.at(consents, address))


async def news_readers(
    connection: AsyncConnection, which: ColumnElement[bool] | None = None
) -> list[Address]:
    """Return who agreed to be kept informed and did not take it back."""
    address = chats.columns(consents)
    asked = [consents.c.purpose == NEWS, consents.c.person.is_not(None)]
    if which is not None:
        asked.append(which)
    newest = select(func.max(consents.c.id)).where(*asked).group_by(*address)
    query = select(*address).where(consents.c.id.in_(newest), consents.c.given).order_by(*address)
    return [Address(*row) for row in await connection.execute(query)]


async def forget(connection: AsyncConnection, address: Address, leads: Collection[int]) -> bool:
    """Take out of the proofs whose they are; tell whether any are kept."""
    nobody = dict.fromkeys(chats.parts(address))
    changed = await connection.execute(update(consents).where(_hers(address, leads)).values(nobody))
    return changed.rowcount > 0


def _hers(address: Address, leads: Collection[int]) -> ColumnElement[bool]:
    return or_(chats.at(consents, address), consents.c.lead_id.in_(leads))
