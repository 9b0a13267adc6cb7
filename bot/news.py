"""Telling those who agreed to it that what they pay is about to change."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import LOCAL
from bot.storage import consents
from bot.storage.crypt import Cipher
from bot.storage.hotpath import enqueue, lock_states
from bot.storage.schema import outbox
from calculators.contribution import minimum_income, monthly
from calculators.law import Law
from calculators.support import Entitlement, Group
from handlers.messages import Address
from handlers.wording import Words

AHEAD = timedelta(days=30)  # how long before a change it is told: time enough to pay by the old one
OPENS, CLOSES = 8, 20  # local hours in which people are written to
EVERY = 900.0  # seconds between looks
READERS_AT_ONCE = 100  # of one transaction


async def tell(engine: AsyncEngine, cipher: Cipher, words: Words, law: Law, now: datetime) -> int:
    """Put the next change of the least contribution before each reader, once; return how many were told."""
    here = now.astimezone(LOCAL)
    day = _next_change(law, here.date())
    if day is None or not OPENS <= here.hour < CLOSES:
        return 0
    async with engine.connect() as connection:
        readers = await consents.news_readers(connection)
        told = select(outbox.c.cause).where(outbox.c.cause.like(f"news-{day}-%"))
        known = set((await connection.execute(told)).scalars())
    waiting = [reader for reader in readers if _cause(day, reader) not in known]
    for start in range(0, len(waiting), READERS_AT_ONCE):
        some = waiting[start : start + READERS_AT_ONCE]
        async with engine.begin() as connection:
            states = await lock_states(connection, some, cipher, at=now, today=here.date())
            messages = [
                (
                    _cause(day, reader),
                    0,
                    reader,
                    words.notice("news_of_change", states[reader].language, **_facts(law, day)),
                )
                for reader in some
            ]
            await enqueue(connection, messages, cipher, at=now)
    return len(waiting)


def _next_change(law: Law, today: date) -> date | None:
    """The next day within `AHEAD` from which the least contribution is another."""
    day = law.next_change(after=today)
    while day is not None and day <= today + AHEAD:
        before = minimum_income(on=day - timedelta(days=1), law=law).value
        if minimum_income(on=day, law=law).value != before:
            return day
        day = law.next_change(after=day)
    return None


def _facts(law: Law, day: date) -> dict[str, Any]:
    """What the notice says: the least to pay before and from the day, in the group of the least support."""
    paid = []
    for on in (day - timedelta(days=1), day):
        income = int(minimum_income(on=on, law=law).value)
        paid.append(monthly(income, Entitlement(Group.OTHER), supported=True, on=on, law=law).to_pay)
    return {"day": day, "before": paid[0], "after": paid[1]}


def _cause(day: date, reader: Address) -> str:
    """The outbox's name of this news to this reader: it is sent once."""
    whom = "\x1f".join((reader.channel, reader.account, reader.person))
    return f"news-{day}-{hashlib.sha256(whom.encode()).hexdigest()[:32]}"
