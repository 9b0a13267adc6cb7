"""The officer's part: leads nobody holds, why each organisation got them or not, and giving them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.assignment import Ask, write_down
from bot.diary import Diary, Span
from bot.dispatch import DAYS_AHEAD, GIVE_WITHIN, NOTICE, SOONEST, Dispatch
from bot.errors import CannotGive
from bot.program import program
from bot.settling import Terms
from bot.storage import bookings, leads, network, skips, teams
from bot.storage.crypt import Cipher
from bot.storage.leads import Lead
from bot.storage.network_schema import collectors, lead_events, organisations, points
from bot.storage.network_schema import leads as leads_table
from bot.storage.skips import Skip
from handlers.leads import LeadState, Move

TAKEN = "taken"  # the event of an officer who calls himself
_CAME = (*(move.value for move in Move), leads.TO_OFFICE)  # the events by which a lead came to where it is
NOTHING_SAID = Terms()


@dataclass(frozen=True, slots=True)
class Stood:
    """Where a collector stood when a lead was assigned, and why he got it or not."""

    at: datetime
    organisation: str
    code: str
    skip: Skip


@dataclass(frozen=True, slots=True)
class Waits:
    """A lead that is the officer's, since when and why, and whether it is high time to give it."""

    lead: Lead
    since: datetime
    why: str
    overdue: bool
    taken_by: str = ""  # the officer who said last that he calls himself


async def waiting(connection: AsyncConnection, diary: Diary, now: datetime) -> Sequence[Waits]:
    """Return the leads that are the officer's, the call that is due first at the head."""
    ids = select(leads_table.c.id).where(
        leads_table.c.state == LeadState.UNASSIGNED.value, leads_table.c.person.is_not(None)
    )
    found = []
    for number in (await connection.execute(ids.order_by(leads_table.c.starts_at))).scalars().all():
        lead = await leads.find(connection, number)
        events = lead_events.c
        of_lead = select(events.at, events.why, events.what, events.who).where(events.lead_id == number)
        last = of_lead.order_by(events.id.desc()).limit(1)
        came = (await connection.execute(last.where(events.what.in_(_CAME)))).one()
        newest = (await connection.execute(last.where(events.what.in_((*_CAME, TAKEN))))).one()
        taken_by = newest.who.removeprefix("officer:") if newest.what == TAKEN else ""
        if lead is not None:
            overdue = diary.after_working(came.at, GIVE_WITHIN) <= now
            found.append(Waits(lead, came.at, came.why, overdue, taken_by))
    return found


async def history(connection: AsyncConnection, lead: int) -> Sequence[tuple[datetime, str, str, str, str]]:
    """Return everything that happened to a lead: when, who, what, the state it came to, why."""
    columns = (
        lead_events.c.at,
        lead_events.c.who,
        lead_events.c.what,
        lead_events.c.state,
        lead_events.c.why,
    )
    query = select(*columns).where(lead_events.c.lead_id == lead).order_by(lead_events.c.id)
    return [(at, who, what, state, why) for at, who, what, state, why in await connection.execute(query)]


async def stood(connection: AsyncConnection, cipher: Cipher, lead: int) -> Sequence[Stood]:
    """Return everybody who came into question for a lead, in the order they were looked at."""
    told = await skips.of(connection, cipher, lead)
    query = (
        select(collectors.c.id, organisations.c.name, collectors.c.code)
        .join(points, points.c.id == collectors.c.point_id)
        .join(organisations, organisations.c.id == points.c.organisation_id)
        .where(collectors.c.id.in_({skip.collector for _, each in told for skip in each}))
    )
    who = {identity: (name, code) for identity, name, code in await connection.execute(query)}
    return [Stood(at, *who[skip.collector], skip) for at, each in told for skip in each]


async def give(dispatch: Dispatch, number: int, code: str, *, who: str) -> Lead:
    """Give an open lead to a collector: at its hour if he is free then, else at his next free hour.

    Raises CannotGive. Call leads.alone() before.
    """
    connection = dispatch.connection
    lead = await leads.find(connection, number)
    collector = await network.collector_by_code(connection, code)
    if lead is None or not lead.open or lead.address is None:
        raise CannotGive(f"there is no open lead {number}; see: {program()} leads list")
    if collector is None:
        raise CannotGive(f"there is no collector {code}; see: {program()} export network.xlsx")
    if lead.collector_id == collector.id:
        raise CannotGive(f"lead {number} is with {code} already")
    for starts_at in await _hours_for(dispatch, lead, collector.id):
        ask = Ask(
            "", starts_at, lead.address, lead.language, (collector.id,), speaks=await dispatch.wish(lead)
        )
        found = await dispatch.claim(ask)
        if found.collector is None:
            continue
        await write_down(connection, dispatch.cipher, lead.id, found.considered, at=dispatch.now)
        if lead.collector_id is not None:
            await bookings.release(connection, lead)
            await dispatch.tell_staff(lead.collector_id, "lead_moved_on", lead)
            lead = await dispatch.move(lead, Move.TAKE_BACK, who=who)
        same = starts_at == lead.starts_at
        lead = await leads.rebook(connection, lead, starts_at, starts_at + (lead.ends_at - lead.starts_at))
        person = await leads.person(connection, dispatch.cipher, lead.id)
        lead = await dispatch.offer(lead, person, collector.id, who=who)
        await dispatch.tell(lead, "collector_changed" if same else "call_set")
        return lead
    raise CannotGive(f"{code} has no free hour in the next {DAYS_AHEAD} days; choose somebody else")


async def close(
    dispatch: Dispatch, number: int, how: Move, *, who: str, why: str, terms: Terms = NOTHING_SAID
) -> Lead:
    """Close a lead of the officer's by what came of his call; GIVE_UP when she could not be reached.

    Who could not be reached is told so, who said no is not called again, and who still thinks is called on
    the day agreed, if any; what she joined with is kept. Raises CannotGive when the lead is not his.
    """
    connection = dispatch.connection
    lead = await leads.find(connection, number)
    if lead is None or lead.state is not LeadState.UNASSIGNED or lead.address is None:
        raise CannotGive(f"lead {number} is not with the office; see: {program()} leads list")
    if how in (Move.JOINED, Move.STILL_THINKING):
        lead = await terms.note(connection, lead)
    if how is Move.NOT_INTERESTED:
        await dispatch.bar(lead)
    if how is Move.GIVE_UP:
        await dispatch.tell(lead, "office_gave_up")
    return await dispatch.move(lead, how, who=who, why=why)


async def _hours_for(dispatch: Dispatch, lead: Lead, collector: int) -> Sequence[datetime]:
    """The hour she wanted, while it can still be kept, then his free hours, soonest first."""
    since = dispatch.now + NOTICE
    span = Span(since, dispatch.diary.end_of_day(since, DAYS_AHEAD), dispatch.now, lead.address)
    day = dispatch.diary.day
    him = await teams.named(dispatch.connection, [collector], day(span.since), day(span.until))
    free = sorted(slot.start for slot in await dispatch.diary.free_of(dispatch.connection, him, span))
    wanted = [lead.starts_at] if lead.starts_at - dispatch.now >= SOONEST else []
    return [*wanted, *free[:5]]
