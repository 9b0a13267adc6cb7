"""Leads as stored: one function changes a lead's state, and writes down who did it and why."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import chats, timers
from bot.storage.crypt import Cipher
from bot.storage.linking import kin
from bot.storage.network_schema import lead_events, leads
from handlers.leads import LIFE, OPEN, LeadState, Move
from handlers.messages import Address

CITIZEN, SYSTEM = "citizen", "system"
TO_OFFICE = "to_office"  # the event that a lead was left to the officer
RENUMBERED = "new_number"  # the event that she is to be called on another number
_LOCK = 0x16AD5  # the number of the one lock of leads and bookings; any would do


@dataclass(frozen=True, slots=True)
class Lead:
    """A request for a call, without what identifies the person; `address` is None once she is forgotten."""

    id: int
    state: LeadState
    ward: str
    quote_code: str | None
    starts_at: datetime
    ends_at: datetime
    call_code: str
    language: str
    collector_id: int | None
    address: Address | None
    no_answers: int = 0
    follow_up_on: date | None = None

    @property
    def open(self) -> bool:
        """Tell whether somebody is to call."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Person:
    """What a collector needs to call somebody."""

    name: str
    phone: str
    note: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stand:
    """How often a lead changed, and when last."""

    changes: int
    last_at: datetime


_COLUMNS = (
    leads.c.id, leads.c.state, leads.c.ward, leads.c.quote_code, leads.c.starts_at, leads.c.ends_at,
    leads.c.call_code, leads.c.language, leads.c.collector_id,
    leads.c.channel, leads.c.account, leads.c.person, leads.c.no_answers, leads.c.follow_up_on,
)  # fmt: skip


def _lead(row: RowMapping) -> Lead:
    of: dict[str, Any] = {column.key: row[column] for column in _COLUMNS}
    address = Address(*(of.pop(part) for part in ("channel", "account", "person")))
    of["state"] = LeadState(of["state"])
    return Lead(**of, address=address if address.person is not None else None)


async def alone(connection: AsyncConnection) -> None:
    """Wait until nobody else changes leads or bookings, and keep others waiting until the commit.

    On SQLite the transaction does so itself. On PostgreSQL many updates share a transaction: two of them
    that took hours or leads one by one would wait for each other in a circle.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def create(
    connection: AsyncConnection, cipher: Cipher, lead: Lead, person: Person, *, at: datetime
) -> Lead:
    """Store a new lead, nobody's yet, its personal part sealed; return it with its number."""
    address = lead.address
    row = {
        "state": LeadState.UNASSIGNED.value,
        "ward": lead.ward,
        "quote_code": lead.quote_code,
        "starts_at": lead.starts_at,
        "ends_at": lead.ends_at,
        "call_code": lead.call_code,
        "language": lead.language,
        "channel": address.channel if address else None,
        "account": address.account if address else None,
        "person": address.person if address else None,
        "phone_index": cipher.index(person.phone),
        "created_at": at,
    }
    identity = (await connection.execute(insert(leads).values(row).returning(leads.c.id))).scalar_one()
    sealed = {
        "name": cipher.seal(person.name, place("name", identity)),
        "phone": cipher.seal(person.phone, place("phone", identity)),
        "note": cipher.seal(json.dumps(dict(person.note), ensure_ascii=False), place("note", identity)),
    }
    await connection.execute(update(leads).where(leads.c.id == identity).values(sealed))
    return replace(lead, id=identity, state=LeadState.UNASSIGNED)


async def move(
    connection: AsyncConnection,
    lead: Lead,
    how: Move,
    *,
    who: str,
    at: datetime,
    why: str = "",
    to: int | None = None,
) -> Lead:
    """Move a lead to its next state and write down who, when and why; `to` is who it is offered to.

    Raises ValueError for a move its state does not know: ask `handlers.leads.refusal` first.
    """
    after = LIFE.get(lead.state, {}).get(how)
    if after is None:
        raise ValueError(f"a lead that is {lead.state} cannot {how}; ask refusal() first")
    holder = to if how is Move.OFFER else None if after is LeadState.UNASSIGNED else lead.collector_id
    moved = await connection.execute(
        update(leads)
        .where(leads.c.id == lead.id, leads.c.state == lead.state.value)
        .values(state=after.value, collector_id=holder)
    )
    if moved.rowcount != 1:
        raise RuntimeError(f"lead {lead.id} moved meanwhile; call alone() before reading it")
    lead = replace(lead, state=after, collector_id=holder)
    await note_event(connection, lead, how.value, who=who, at=at, why=why)
    return lead


async def note_event(
    connection: AsyncConnection, lead: Lead, what: str, *, who: str, at: datetime, why: str = ""
) -> None:
    """Write down what happened to a lead and where it stands now; nothing personal belongs here."""
    row = {
        "lead_id": lead.id,
        "at": at,
        "who": who,
        "what": what,
        "state": lead.state.value,
        "collector_id": lead.collector_id,
        "why": why,
    }
    await connection.execute(insert(lead_events).values(row))


async def explain(
    connection: AsyncConnection, lead: int, what: Collection[Move], *, who: str, why: str
) -> None:
    """Write why somebody did the last of such things to a lead beside it, where nothing is written yet."""
    events = lead_events.c
    his = select(func.max(events.id)).where(
        events.lead_id == lead, events.who == who, events.what.in_([move.value for move in what])
    )
    last = update(lead_events).where(events.id == his.scalar_subquery(), events.why == "")
    await connection.execute(last.values(why=why))


async def find(connection: AsyncConnection, identity: int) -> Lead | None:
    """Return a lead by its number, or None."""
    found = select(*_COLUMNS).where(leads.c.id == identity)
    row = (await connection.execute(found)).mappings().one_or_none()
    return _lead(row) if row else None


async def all_of(connection: AsyncConnection, address: Address) -> Sequence[Lead]:
    """Return every lead a person made, in any chat of hers, oldest first."""
    hers = chats.among(leads, await kin(connection, address))
    found = select(*_COLUMNS).where(hers).order_by(leads.c.id)
    return [_lead(row) for row in (await connection.execute(found)).mappings()]


async def open_of(connection: AsyncConnection, address: Address) -> Sequence[Lead]:
    """Return the leads of a person that somebody is to call her for: one, but where she linked two chats."""
    return [lead for lead in await all_of(connection, address) if lead.open]


async def leave_to(connection: AsyncConnection, chat: Address, other: Address) -> None:
    """Let every lead somebody made in a chat be of another chat of hers, where she has no open one."""
    await connection.execute(update(leads).where(chats.at(leads, chat)).values(chats.parts(other)))


async def on_desk(connection: AsyncConnection, collector: int) -> Sequence[Lead]:
    """Return what a collector has to do: the card sent last first, then the calls by their hours."""
    offers = lead_events.c.lead_id == leads.c.id, lead_events.c.what == Move.OFFER.value
    sent = select(func.max(lead_events.c.id)).where(*offers).scalar_subquery().label("sent")
    found = (
        select(*_COLUMNS, sent)
        .where(leads.c.collector_id == collector, leads.c.state.in_([state.value for state in OPEN]))
        .order_by(leads.c.starts_at, leads.c.id)
    )
    rows = (await connection.execute(found)).mappings().all()
    newest = max(rows, key=lambda row: int(row["sent"]), default=None)
    ordered = sorted(rows, key=lambda row: row is not newest)
    return [_lead(row) for row in ordered]


async def taken_over(connection: AsyncConnection, collector: int, most: int) -> Sequence[Lead]:
    """Return the last open leads a collector was offered and that are not with him any more."""
    offered = select(lead_events.c.lead_id).where(
        lead_events.c.what == Move.OFFER.value, lead_events.c.collector_id == collector
    )
    gone = or_(leads.c.collector_id.is_(None), leads.c.collector_id != collector)
    found = (
        select(*_COLUMNS)
        .where(leads.c.id.in_(offered), leads.c.state.in_([state.value for state in OPEN]), gone)
        .order_by(leads.c.id.desc())
        .limit(most)
    )
    return [_lead(row) for row in (await connection.execute(found)).mappings()]


async def of_collector(connection: AsyncConnection, collector: int, since: datetime) -> Sequence[Lead]:
    """Return the leads a collector has, and those from `since` on that he had to their end."""
    had_since = and_(leads.c.starts_at >= since, leads.c.state != LeadState.CANCELLED.value)
    which = or_(leads.c.state.in_([state.value for state in OPEN]), had_since)
    found = select(*_COLUMNS).where(leads.c.collector_id == collector, which).order_by(leads.c.id)
    return [_lead(row) for row in (await connection.execute(found)).mappings()]


async def person(connection: AsyncConnection, cipher: Cipher, lead: int) -> Person:
    """Open what a lead says about its person; raises LookupError once she is forgotten."""
    found = select(leads.c.name, leads.c.phone, leads.c.note).where(leads.c.id == lead)
    name, phone, note = (await connection.execute(found)).one()
    if phone is None:
        raise LookupError(f"lead {lead} names nobody any more; forgotten leads are cancelled")
    opened = [
        cipher.open(sealed, place(column, lead))
        for column, sealed in (("name", name), ("phone", phone), ("note", note))
    ]
    return Person(opened[0], opened[1], json.loads(opened[2]))


async def keep_note(connection: AsyncConnection, cipher: Cipher, lead: int, note: Mapping[str, Any]) -> None:
    """Replace the note of a lead that names somebody, sealed."""
    sealed = cipher.seal(json.dumps(dict(note), ensure_ascii=False), place("note", lead))
    await connection.execute(update(leads).where(leads.c.id == lead).values(note=sealed))


async def renumber(connection: AsyncConnection, cipher: Cipher, lead: Lead, phone: str) -> Lead:
    """Give a lead another number (E.164), sealed and with its index; calls to the old one no longer count."""
    changed = {
        "phone": cipher.seal(phone, place("phone", lead.id)),
        "phone_index": cipher.index(phone),
        "no_answers": 0,
    }
    await connection.execute(update(leads).where(leads.c.id == lead.id).values(changed))
    return replace(lead, no_answers=0)


async def who_gave(connection: AsyncConnection, indexes: Collection[bytes]) -> set[Address]:
    """Return from where leads with a number were made; `indexes` are those of the number."""
    found = select(*chats.columns(leads)).where(leads.c.phone_index.in_(indexes), leads.c.person.is_not(None))
    return {Address(*row) for row in await connection.execute(found)}


async def indexes(connection: AsyncConnection, numbers: Collection[int]) -> set[bytes]:
    """Return the indexes of the phones these leads were made with."""
    found = select(leads.c.phone_index).where(leads.c.id.in_(numbers), leads.c.phone_index.is_not(None))
    return set(await connection.scalars(found))


async def quotes_of(connection: AsyncConnection, numbers: Collection[int]) -> set[str]:
    """Return the codes of the quotes these leads were made with."""
    found = select(leads.c.quote_code).where(leads.c.id.in_(numbers), leads.c.quote_code.is_not(None))
    return set(await connection.scalars(found))


async def rebook(
    connection: AsyncConnection, lead: Lead, starts_at: datetime, ends_at: datetime, *, no_answers: int = 0
) -> Lead:
    """Give a lead another hour, with the calls she did not take that still count.

    Whose it is, and his booking, are the caller's to change.
    """
    changed = {"starts_at": starts_at, "ends_at": ends_at, "no_answers": no_answers}
    await connection.execute(update(leads).where(leads.c.id == lead.id).values(changed))
    return replace(lead, starts_at=starts_at, ends_at=ends_at, no_answers=no_answers)


async def note_outcome(
    connection: AsyncConnection,
    lead: Lead,
    *,
    method: str | None = None,
    amount: int | None = None,
    follow_up_on: date | None = None,
    no_answers: int = 0,
) -> Lead:
    """Write down what came of a call; `amount` in VND, None where it was not said."""
    outcome = {
        "method": method, "amount": amount, "follow_up_on": follow_up_on, "no_answers": no_answers,
    }  # fmt: skip
    await connection.execute(update(leads).where(leads.c.id == lead.id).values(outcome))
    return replace(lead, no_answers=no_answers, follow_up_on=follow_up_on)


async def had(connection: AsyncConnection, lead: int) -> set[int]:
    """Return the collectors a lead was offered to: none of them is offered it again by itself."""
    offers = (lead_events.c.lead_id == lead, lead_events.c.what == Move.OFFER.value)
    holders = (await connection.execute(select(lead_events.c.collector_id).where(*offers))).scalars()
    return {holder for holder in holders if holder is not None}


async def happened(connection: AsyncConnection, lead: int, what: str) -> int:
    """Return how often something happened to a lead."""
    same = (lead_events.c.lead_id == lead, lead_events.c.what == what)
    return int((await connection.execute(select(func.count()).where(*same))).scalar_one())


async def last(connection: AsyncConnection, lead: int, what: str) -> datetime | None:
    """Return when something happened to a lead last, or None."""
    same = (lead_events.c.lead_id == lead, lead_events.c.what == what)
    found = select(lead_events.c.at).where(*same).order_by(lead_events.c.id.desc()).limit(1)
    return (await connection.execute(found)).scalar_one_or_none()


async def stand(connection: AsyncConnection, lead: int) -> Stand:
    """Return how often a lead has changed so far, and when last."""
    counted = select(func.count(), func.max(lead_events.c.at)).where(lead_events.c.lead_id == lead)
    return Stand(*(await connection.execute(counted)).one())


async def known_collectors(
    connection: AsyncConnection, address: Address | None, phone: Collection[bytes]
) -> Sequence[int]:
    """Return the collectors who called this person before, in any chat of hers, the last one first.

    `phone` are the indexes of her number.
    """
    same: ColumnElement[bool] = leads.c.phone_index.in_(phone)
    if address is not None:
        same = or_(same, chats.among(leads, await kin(connection, address)))
    called = (
        select(lead_events.c.collector_id)
        .join(leads, leads.c.id == lead_events.c.lead_id)
        .where(same, lead_events.c.what == Move.CALL.value, lead_events.c.collector_id.is_not(None))
        .order_by(lead_events.c.id.desc())
        .limit(20)
    )
    return list(dict.fromkeys((await connection.execute(called)).scalars()))


async def erase(connection: AsyncConnection, numbers: Collection[int]) -> None:
    """Erase who made these leads: name, phone, note, quote and address."""
    gone = dict.fromkeys(
        ("name", "phone", "phone_index", "note", "quote_code", "channel", "account", "person")
    )
    await connection.execute(update(leads).where(leads.c.id.in_(numbers)).values(gone))
    await timers.forget(connection, numbers)


def place(column: str, lead: int) -> str:
    """The place a personal column of a lead is sealed for."""
    return f"leads.{column}:{lead}"
