"""Dispatch: a lead goes to a collector who is free, on to the next or back, and who must know is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import LOCAL
from bot.diary import SLOT, Diary
from bot.storage import leads, network, quotes
from bot.storage.crypt import Cipher
from bot.storage.leads import CITIZEN, SYSTEM, Lead, Person
from calculators.slots import Range
from handlers.leads import ACTIONS, LeadState, Move
from handlers.messages import Address, Outgoing
from handlers.reading.phones import display
from handlers.wording import Words

SOONEST, FURTHEST = timedelta(hours=1), timedelta(days=31)  # when from now an hour may still be booked
STAFF_LANGUAGE = "vi"

Post = Callable[[Address, Outgoing], None]


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Moves leads between people within one transaction; `post` puts notices into its outbox."""

    connection: AsyncConnection
    now: datetime
    post: Post
    cipher: Cipher
    words: Words
    diary: Diary

    async def claim(self, ward: str, starts_at: datetime) -> int | None:
        """Take the hour of the first in turn who is free then; None when nobody is."""
        if not SOONEST <= starts_at - self.now <= FURTHEST:
            return None
        free = await self.diary.free(self.connection, ward, starts_at, starts_at + SLOT)
        able = free.get(Range(starts_at, starts_at + SLOT), ())
        for collector in await network.by_turn(self.connection, able):
            if await leads.claim(self.connection, collector, starts_at, at=self.now):
                return collector
        return None

    async def offer(self, lead: Lead, person: Person, collector: int) -> Lead:
        """Offer a lead to a collector whose hour is claimed, and send him its card."""
        lead = await self.move(lead, Move.OFFER, who=SYSTEM, to=collector)
        choices: list[tuple[str, dict[str, Any]]] = [
            (f"{move.value}-{lead.id}", {}) for move in ACTIONS[LeadState.OFFERED]
        ]
        card = self.words.notice("lead_card", STAFF_LANGUAGE, choices, **await self.card(lead, person))
        for chat in await network.send_card(self.connection, collector, lead.id):
            self.post(chat, card)
        return lead

    async def hand_on(self, lead: Lead) -> None:
        """Find the next collector for the same hour; tell her who, or that the office will call."""
        facts: dict[str, Any] = {"starts_at": local(lead.starts_at), "call_code": lead.call_code}
        holder = await self.claim(lead.ward, lead.starts_at)
        if holder is None:
            await leads.note_event(self.connection, lead, "nobody_free", who=SYSTEM, at=self.now)
            notice = self.words.notice("office_will_call", lead.language, **facts)
        else:
            person = await leads.person(self.connection, self.cipher, lead.id)
            await self.offer(lead, person, holder)
            collector = await network.collector(self.connection, holder)
            facts["collector"] = collector.card()
            notice = self.words.notice("collector_changed", lead.language, **facts)
        if lead.address is not None:
            self.post(lead.address, notice)

    async def withdraw(self, lead: Lead, why: str) -> None:
        """Cancel an open lead of hers, give its hour back, and tell the collector who had it."""
        await self.move(lead, Move.CANCEL, who=CITIZEN, why=why)
        if lead.collector_id is None:
            return
        await leads.release(self.connection, lead)
        facts: dict[str, Any] = {"lead": lead.id, "starts_at": local(lead.starts_at)}
        notice = self.words.notice("lead_withdrawn", STAFF_LANGUAGE, **facts)
        for chat in await network.chats(self.connection, lead.collector_id):
            self.post(chat, notice)

    async def move(self, lead: Lead, how: Move, *, who: str, why: str = "", to: int | None = None) -> Lead:
        """Move a lead now; see `leads.move`."""
        return await leads.move(self.connection, lead, how, who=who, at=self.now, why=why, to=to)

    async def card(self, lead: Lead, person: Person) -> dict[str, Any]:
        """Return what a collector is shown of a lead: nothing to call with."""
        quote = await quotes.find(self.connection, lead.quote_code) if lead.quote_code else None
        return {
            "lead": lead.id,
            "citizen": person.name,
            "ward": lead.ward,
            "starts_at": local(lead.starts_at),
            "ends_at": local(lead.ends_at),
            **(quote.in_brief() if quote else quotes.NOT_QUOTED),
        }

    async def brief(self, lead: Lead, *, quoted: bool) -> dict[str, Any]:
        """Return the card of a lead for a list of them, with its quote or without."""
        person = await leads.person(self.connection, self.cipher, lead.id)
        return await self.card(lead if quoted else replace(lead, quote_code=None), person)

    async def call(self, lead: Lead) -> dict[str, Any]:
        """Return the card of a lead with the phone and the call code; its event was written already."""
        person = await leads.person(self.connection, self.cipher, lead.id)
        card = await self.card(lead, person)
        return {**card, "phone": display(person.phone), "call_code": lead.call_code}


def local(moment: datetime) -> str:
    """Return a moment as ISO text in local time, to the minute."""
    return moment.astimezone(LOCAL).isoformat(timespec="minutes")
