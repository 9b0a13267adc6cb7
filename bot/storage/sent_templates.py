"""Zalo's templates that were sent, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Update, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.zalo_schema import zalo_templates

TRACKING = "an-"  # before the outbox id in the label of a template
_OPEN = ("sent", "unknown")  # states of a template of which nobody said that it arrived


async def begun(connection: AsyncConnection, **row: Any) -> int:  # noqa: ANN401 - its columns
    """Note a template that is about to be sent, and so may have been; return its number here."""
    row |= {"state": "unknown", "code": 0}
    new = insert(zalo_templates).values(row).returning(zalo_templates.c.id)
    return int((await connection.execute(new)).scalar_one())


async def ended(
    connection: AsyncConnection, number: int, state: str, *, code: int, message_id: str | None
) -> None:
    """Note what came of it, unless the report that it arrived was faster."""
    here = zalo_templates.c.id == number
    await connection.execute(update(zalo_templates).where(here).values(code=code, message_id=message_id))
    open_still = zalo_templates.c.state == "unknown"
    await connection.execute(update(zalo_templates).where(here, open_still).values(state=state))


async def state_of(connection: AsyncConnection, account: str, tracking: str, way: str) -> str | None:
    """Return what became of a template with this label that was sent this way; None where none was taken."""
    query = select(zalo_templates.c.state).where(
        zalo_templates.c.account == account,
        zalo_templates.c.tracking == tracking,
        zalo_templates.c.way == way,
        zalo_templates.c.state != "refused",
    )
    found: str | None = await connection.scalar(query.limit(1))
    return found


async def reported(
    connection: AsyncConnection, account: str, *, tracking: str, message_id: str, at: datetime
) -> None:
    """Note that a template arrived, however late; the first report counts."""
    templates = zalo_templates.c
    by_label = and_(templates.tracking == tracking, templates.way == "phone")  # only there it is sent along
    same = by_label if tracking else templates.message_id == message_id
    await connection.execute(delivered(at).where(templates.account == account, same))


async def arrived(connection: AsyncConnection, number: int, at: datetime) -> None:
    """Note that a template arrived, because the platform was asked."""
    await connection.execute(delivered(at).where(zalo_templates.c.id == number))


def delivered(at: datetime) -> Update:
    """Return what notes that templates arrived; whoever calls it says which."""
    heard_of = zalo_templates.c.state.in_((*_OPEN, "lost"))
    return update(zalo_templates).where(heard_of).values(state="delivered", delivered_at=at)


@dataclass(frozen=True, slots=True)
class Unreported:
    """A template of which nobody has said yet that it arrived."""

    number: int
    purpose: str
    way: str
    tracking: str
    message_id: str | None
    at: datetime

    @property
    def outbox_id(self) -> int:
        """The message it says."""
        return int(self.tracking.removeprefix(TRACKING).partition("-")[0])


async def unreported(connection: AsyncConnection, account: str, *, since: datetime) -> list[Unreported]:
    """Return the templates without a report, of those sent since a moment, oldest first."""
    templates = zalo_templates.c
    query = (
        select(*(zalo_templates.c[name] for name in ("id", *Unreported.__slots__[1:])))
        .where(templates.account == account, templates.state.in_(_OPEN), templates.at >= since)
        .order_by(templates.id)
    )
    return [Unreported(*row) for row in await connection.execute(query)]


async def lost(connection: AsyncConnection, number: int) -> bool:
    """Note that a template did not arrive; tell whether nobody did so before, and nothing was heard since."""
    open_still = zalo_templates.c.id == number, zalo_templates.c.state.in_(_OPEN)
    done = await connection.execute(update(zalo_templates).where(*open_still).values(state="lost"))
    return bool(done.rowcount)
