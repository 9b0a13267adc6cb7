"""What people report of somebody who pretends to be a collector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import chats
from bot.storage.crypt import Cipher
from bot.storage.privacy_schema import scam_reports
from handlers.messages import Address


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reported, opened for the officer who sees to it, or for herself."""

    id: int
    said: str
    at: datetime


async def keep(
    connection: AsyncConnection, cipher: Cipher, address: Address, said: str, *, at: datetime
) -> int:
    """Keep a report, sealed; return its number."""
    row = {
        **chats.parts(address),
        "said": cipher.seal(said, place(address)),
        "at": at,
    }
    kept = scam_reports.insert().values(row).returning(scam_reports.c.id)
    return int((await connection.execute(kept)).scalar_one())


async def waiting(connection: AsyncConnection, cipher: Cipher) -> Sequence[Report]:
    """Return what no officer has seen to yet, oldest first."""
    return await _opened(connection, cipher, scam_reports.c.seen_at.is_(None))


async def of(connection: AsyncConnection, cipher: Cipher, address: Address) -> Sequence[Report]:
    """Return what a person reported, oldest first."""
    return await _opened(connection, cipher, chats.at(scam_reports, address))


async def seen(connection: AsyncConnection, number: int, *, at: datetime) -> bool:
    """Note that an officer has seen to a report; False when there is none that waits."""
    one = scam_reports.c.id == number, scam_reports.c.seen_at.is_(None)
    return (await connection.execute(update(scam_reports).where(*one).values(seen_at=at))).rowcount == 1


async def _opened(connection: AsyncConnection, cipher: Cipher, which: ColumnElement[bool]) -> list[Report]:
    rows = await connection.execute(select(scam_reports).where(which).order_by(scam_reports.c.id))
    return [
        Report(
            row["id"], cipher.open(row["said"], place(Address(*(row[part] for part in _ADDRESS)))), row["at"]
        )
        for row in rows.mappings()
    ]


def place(address: Address) -> str:
    """The place a report is sealed for."""
    return f"scam_reports.said:{address.channel}:{address.account}:{address.person}"


_ADDRESS = ("channel", "account", "person")
