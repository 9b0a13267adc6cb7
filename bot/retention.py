"""What is kept no longer than people were told: conversations, leads, messages, proof of consent."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, Table, and_, delete, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import forgetting
from bot.clock import LOCAL
from bot.storage import chats
from bot.storage import quotes as quotes_store
from bot.storage.crypt import Cipher
from bot.storage.do_not_call import SAID_NO
from bot.storage.linking_schema import citizen_chats, link_codes, office_chats
from bot.storage.network_schema import bookings, lead_events, leads, quotes, staff_chats
from bot.storage.privacy_schema import consents, do_not_call, scam_reports
from bot.storage.question_schema import questions
from bot.storage.schema import conversations, failures, outbox, seen
from bot.storage.web_schema import web_messages
from calculators.law import Law
from handlers.leads import OPEN
from handlers.messages import Address
from handlers.privacy import CONVERSATION_KEPT, LEAD_KEPT

ROWS_AT_ONCE = 500  # rows of one transaction: nobody waits long for it
_LONGEST_YEAR = 366  # days
EVERY = 3_600.0  # seconds between sweeps: what is due is deleted within the hour

log = logging.getLogger(__name__)


async def sweep(engine: AsyncEngine, cipher: Cipher, law: Law, now: datetime) -> Mapping[str, int]:
    """Delete what is kept longer than people were told; return how many rows of each.

    Several processes may do it at once. "open_too_long" counts leads that nobody closed in all that time:
    they stay, and somebody has to look at them.
    """
    done = {"leads": await _each(engine, lambda connection: _leads(connection, cipher, now))}
    done["conversations"] = await _each(engine, lambda connection: _conversations(connection, cipher, now))
    for table, due in _due(law, now).items():
        query = select(*table.primary_key).where(due).limit(ROWS_AT_ONCE)
        done[table.name] = await _each(engine, _deleting(table, query))
    async with engine.connect() as connection:
        silent = _silent(now).where(leads.c.state.in_([state.value for state in OPEN]))
        done["open_too_long"] = len((await connection.execute(silent)).all())
    if any(done.values()):
        log.info("deleted what was due: %s", done)
    return done


async def _each(engine: AsyncEngine, some: Callable[[AsyncConnection], Awaitable[int]]) -> int:
    """Do `some` in one transaction after another until less than a full batch was left; return the sum."""
    done = 0
    while True:
        async with engine.begin() as connection:
            batch = await some(connection)
        done += batch
        if batch < ROWS_AT_ONCE:
            return done


def _deleting(table: Table, query: Select[Any]) -> Callable[[AsyncConnection], Awaitable[int]]:
    async def some(connection: AsyncConnection) -> int:
        gone = await connection.execute(delete(table).where(tuple_(*table.primary_key).in_(query)))
        return gone.rowcount

    return some


def _due(law: Law, now: datetime) -> Mapping[Table, Any]:
    """What is due of the tables whose rows stand alone."""
    long_ago, very_long_ago = now - timedelta(days=CONVERSATION_KEPT), now - timedelta(days=LEAD_KEPT)
    today = now.astimezone(LOCAL).date()
    years = int(law.number("consent_record_kept").on(today).value)
    year_ago = now - timedelta(days=_LONGEST_YEAR * years)
    nobody = consents.c.person.is_(None)
    quoted = exists().where(leads.c.quote_code == quotes.c.code)
    expired = or_(quotes.c.expires_on < very_long_ago.date(), quotes.c.saved_at < year_ago)
    named = exists().where(leads.c.id == consents.c.lead_id, leads.c.phone.is_not(None))
    settled = outbox.c.state.in_(("sent", "unknown", "dead"))
    return {
        seen: seen.c.at < long_ago,
        bookings: bookings.c.held_until < now,
        outbox: and_(settled, outbox.c.created_at < long_ago),
        failures: or_(failures.c.replayed_at < long_ago, failures.c.created_at < very_long_ago),
        web_messages: web_messages.c.created_at < very_long_ago,
        scam_reports: or_(scam_reports.c.seen_at < very_long_ago, scam_reports.c.at < year_ago),
        questions: questions.c.last_at < very_long_ago,
        quotes: and_(expired, ~quoted),
        link_codes: link_codes.c.expires_at < now,
        citizen_chats: ~or_(
            exists().where(chats.same(conversations, citizen_chats)),
            exists().where(chats.same(leads, citizen_chats)),
        ),
        do_not_call: and_(do_not_call.c.source == SAID_NO, do_not_call.c.at < year_ago),
        consents: and_(consents.c.at < year_ago, nobody, ~named),
    }


def _silent(now: datetime) -> Select[int]:
    """Leads that still name somebody and to which nothing has happened for as long as leads are kept."""
    last = (
        select(lead_events.c.lead_id)
        .group_by(lead_events.c.lead_id)
        .having(func.max(lead_events.c.at) < now - timedelta(days=LEAD_KEPT))
    )
    return select(leads.c.id).where(leads.c.phone.is_not(None), leads.c.id.in_(last))


async def _leads(connection: AsyncConnection, cipher: Cipher, now: datetime) -> int:
    """Erase who made the leads that ended so long ago."""
    closed = _silent(now).where(leads.c.state.not_in([state.value for state in OPEN])).limit(ROWS_AT_ONCE)
    numbers = list(await connection.scalars(closed))
    await forgetting.erase_leads(connection, cipher, numbers)
    return len(numbers)


async def _conversations(connection: AsyncConnection, cipher: Cipher, now: datetime) -> int:
    """Delete conversations of people who have long been silent, and wait for no call, with their messages.

    The quotes they had worked out are nobody's from then on.
    """
    waits = exists().where(
        chats.same(leads, conversations), leads.c.state.in_([state.value for state in OPEN])
    )
    works = exists().where(chats.same(staff_chats, conversations))
    decides = exists().where(chats.same(office_chats, conversations))
    silent = conversations.c.updated_at < now - timedelta(days=CONVERSATION_KEPT)
    query = select(*chats.columns(conversations)).where(silent, ~waits, ~works, ~decides).limit(ROWS_AT_ONCE)
    found = [Address(*row) for row in await connection.execute(query)]
    if found:
        await forgetting.erase_messages(connection, found)
        await quotes_store.leave_chats(connection, cipher, found)
        await connection.execute(delete(conversations).where(chats.among(conversations, found)))
    return len(found)
