"""The collection network as stored: who works where, when, and in which chat."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.chats import among, columns, parts
from bot.storage.network_schema import collectors, organisations, points, staff_chats
from handlers.messages import Address


@dataclass(frozen=True, slots=True)
class Collector:
    """A collector as a citizen may know him."""

    id: int
    code: str
    name: str
    organisation: str
    point: str
    languages: Sequence[str]

    def card(self) -> dict[str, str]:
        """Return what identifies him to a citizen, as plain JSON."""
        return {
            "code": self.code,
            "name": self.name,
            "organisation": self.organisation,
            "point": self.point,
        }


_KNOWN = (
    select(collectors.c.id, collectors.c.code, collectors.c.name,
           organisations.c.name.label("organisation"), points.c.name.label("point"),
           collectors.c.languages)
    .join(points, points.c.id == collectors.c.point_id)
    .join(organisations, organisations.c.id == points.c.organisation_id)
)  # fmt: skip
_ACTIVE = and_(
    collectors.c.active_from <= bindparam("on"),
    or_(collectors.c.active_until.is_(None), collectors.c.active_until >= bindparam("on")),
)
_AT = and_(*(staff_chats.c[part] == bindparam(f"of_{part}") for part in ("channel", "account", "person")))
_CHAT = columns(staff_chats)

_BY_ID = _KNOWN.where(collectors.c.id == bindparam("id"))
_BY_CODE = _KNOWN.where(collectors.c.code == bindparam("code"))
_DEMO = (
    select(organisations.c.demo)
    .join(points, points.c.organisation_id == organisations.c.id)
    .join(collectors, collectors.c.point_id == points.c.id)
    .where(collectors.c.id == bindparam("id"))
)
_WORKING = _BY_CODE.where(_ACTIVE)
_BY_CHAT = _KNOWN.join(staff_chats, staff_chats.c.collector_id == collectors.c.id).where(_AT, _ACTIVE)
_SEND_CARD = (
    update(staff_chats)
    .where(staff_chats.c.collector_id == bindparam("holder"))
    .values(last_card=bindparam("lead"))
    .returning(*_CHAT)
)
_CHATS = select(*_CHAT).where(staff_chats.c.collector_id == bindparam("holder")).order_by(*_CHAT)
_LAST_CARD = select(staff_chats.c.last_card).where(_AT)
_HOLDER = select(staff_chats.c.collector_id).where(_AT)
_LOOKED = update(staff_chats).where(_AT).values(last_card=None)


async def collector(connection: AsyncConnection, identity: int) -> Collector:
    """Return a collector by id; raises sqlalchemy.exc.NoResultFound."""
    return Collector(*(await connection.execute(_BY_ID, {"id": identity})).one())


async def is_demo(connection: AsyncConnection, identity: int) -> bool:
    """Tell whether a collector is one of an invented network, to try it out; False for nobody."""
    return bool((await connection.execute(_DEMO, {"id": identity})).scalar_one_or_none())


async def collector_by_code(connection: AsyncConnection, code: str) -> Collector | None:
    """Return a collector by the code printed on his card, or None."""
    row = (await connection.execute(_BY_CODE, {"code": code})).one_or_none()
    return Collector(*row) if row else None


async def working_collector(connection: AsyncConnection, code: str, on: date) -> Collector | None:
    """Return the collector of a code if he works on that day."""
    row = (await connection.execute(_WORKING, {"code": code, "on": on})).one_or_none()
    return Collector(*row) if row else None


async def collector_of_chat(connection: AsyncConnection, chat: Address, on: date) -> Collector | None:
    """Return the collector a chat belongs to, if he works on that day."""
    row = (await connection.execute(_BY_CHAT, {**_parts(chat), "on": on})).one_or_none()
    return Collector(*row) if row else None


async def staff_among(connection: AsyncConnection, chats: Collection[Address]) -> set[Address]:
    """Return which of these chats were given to a collector, whether he works now or not."""
    if not chats:
        return set()
    given = select(*columns(staff_chats)).where(among(staff_chats, chats))
    return {Address(*row) for row in await connection.execute(given)}


async def chats(connection: AsyncConnection, identity: int) -> Sequence[Address]:
    """Return every chat of a collector."""
    return [Address(*row) for row in await connection.execute(_CHATS, {"holder": identity})]


async def link_chat(connection: AsyncConnection, chat: Address, identity: int) -> None:
    """Make a chat a collector's own, whoever had it before."""
    holder = (await connection.execute(_HOLDER, _parts(chat))).scalar()
    if holder is None:
        row = parts(chat) | {"collector_id": identity}
        await connection.execute(insert(staff_chats).values(row))
    elif holder != identity:
        moved = update(staff_chats).where(_AT).values(collector_id=identity, last_card=None)
        await connection.execute(moved, _parts(chat))


async def unlink_chat(connection: AsyncConnection, chat: Address) -> None:
    """Make a chat no collector's."""
    await connection.execute(delete(staff_chats).where(_AT), _parts(chat))


async def send_card(connection: AsyncConnection, identity: int, lead: int) -> Sequence[Address]:
    """Return the chats a card goes to, and remember it there: a bare digit belongs to the last card sent."""
    rows = await connection.execute(_SEND_CARD, {"holder": identity, "lead": lead})
    return sorted(Address(*row) for row in rows)


async def look(connection: AsyncConnection, chat: Address) -> int:
    """Return the card last sent to a chat since he last looked at his desk, 0 for none; he looks now."""
    lead = (await connection.execute(_LAST_CARD, _parts(chat))).scalar()
    if lead:
        await connection.execute(_LOOKED, _parts(chat))
    return lead or 0


def phone_place(code: str) -> str:
    """Return the place a collector's phone is sealed for."""
    return f"collectors.phone:{code}"


def _parts(chat: Address) -> dict[str, str]:
    return {"of_channel": chat.channel, "of_account": chat.account, "of_person": chat.person}
