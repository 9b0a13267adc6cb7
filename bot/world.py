"""The world of conversations: free hours, bookings, leads and quotes, within one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import assignment, exporting, forgetting
from bot.assignment import Ask
from bot.callbacks import CallbackWorld
from bot.clock import LOCAL
from bot.desk_world import DeskWorld, choice
from bot.diary import SLOT, Diary, Span
from bot.dispatch import DAYS_AHEAD, NOTICE, SOONEST, Dispatch, Post, local
from bot.office_world import OfficeWorld
from bot.storage import (
    bookings,
    consents,
    do_not_call,
    leads,
    linking,
    network,
    officers,
    questions,
    quotes,
    reports,
)
from bot.storage.consents import Consent
from bot.storage.crypt import Cipher
from bot.storage.hotpath import lock_states
from bot.storage.leads import Lead, Person
from calculators.law import Law
from calculators.quote import Quote, QuoteRequest
from handlers.booking import CONSENT_WORDS
from handlers.call_hours import CALL_TIME, read_call_time
from handlers.leads import LeadState
from handlers.messages import Address
from handlers.ports import SPEAKS, CallbackWish
from handlers.reading import Candidate
from handlers.reading.dates import When
from handlers.reading.languages import LANGUAGES, OF_CHATS
from handlers.wording import Words

HELD = timedelta(minutes=5)  # how long an hour is kept for who types her name and number


@dataclass(frozen=True, slots=True)
class Worlds:
    """What every world needs; calling it opens the world of one person in one transaction.

    `site` is where our pages are, for links in messages; `known` remembers until when a chat is taken for a
    citizen's.
    """

    cipher: Cipher
    words: Words
    law: Law
    diary: Diary
    rng: Random
    site: str = ""
    known: dict[Address, datetime] = field(default_factory=dict)

    def __call__(
        self, connection: AsyncConnection, address: Address, now: datetime, post: Post
    ) -> NetworkWorld:
        """Open the world of `address`; `post` puts a notice into the outbox of the transaction."""
        return NetworkWorld(self, connection, address, now, post)

    def dispatch(self, connection: AsyncConnection, now: datetime, post: Post) -> Dispatch:
        """Return what moves leads within one transaction."""
        return Dispatch(connection, now, post, self.cipher, self.words, self.diary)


class NetworkWorld(CallbackWorld, DeskWorld, OfficeWorld):
    """Effects and look-ups for the person at one address: a citizen, a collector or an officer."""

    def __init__(
        self, our: Worlds, connection: AsyncConnection, address: Address, now: datetime, post: Post
    ) -> None:
        """Made by Worlds, for one update."""
        super().__init__(our.dispatch(connection, now, post), address)
        self._our = our
        self._site = our.site

    async def free_slots(
        self, ward: str, wanted: When | None = None, *, speaks: str = ""
    ) -> Sequence[Candidate]:
        """Return the next hours somebody is free to call, at most four: on several days, or those she named.

        What she names herself may be after the usual hours, and sooner than what she is offered.
        """
        agreed = wanted is not None and wanted != When()
        span = self._ahead(NOTICE if wanted is None else SOONEST, agreed=agreed)
        free = await self._our.diary.free(self._connection, ward, span, speaks=speaks)
        if wanted is None:
            return choice(free)
        return choice(
            (slot for slot in free if wanted.allows(_wall(slot.start), _wall(slot.end))), apart=SLOT
        )

    async def nobody_then(self, ward: str, wanted: When, but: str = "") -> Mapping[str, Any]:
        """Return why nobody is free at a time she named, and which choices are no better."""
        span = self._ahead(SOONEST, agreed=True)
        useless = []
        for choice_of_time in CALL_TIME.choices:
            free = await self.free_slots(ward, read_call_time(choice_of_time, self._today))
            if all(slot.raw == but for slot in free):
                useless.append(choice_of_time)
        why, last = self._our.diary.why_nobody(wanted, span, but)
        return {"why": why, "last": last.isoformat(), "useless": useless}

    async def languages(self, ward: str) -> Sequence[str]:
        """Return what somebody near who is free speaks beside what chats are in."""
        spoken = await self._our.diary.spoken(self._connection, ward, self._ahead(NOTICE))
        return [code for code in LANGUAGES if code in spoken and code not in OF_CHATS]

    def _ahead(self, soonest: timedelta, *, agreed: bool = False) -> Span:
        """The days ahead in which she may be called."""
        since = self._now + soonest
        until = self._our.diary.end_of_day(since, DAYS_AHEAD)
        return Span(since, until, self._now, self._address, agreed=agreed)

    async def book(self, wish: CallbackWish) -> Mapping[str, Any] | None:
        """Book the hour with whoever's turn it is; None when nobody is free any more.

        A person has one open lead, as she agreed to it last: the same once more is the one she has, another
        number is that one's from then on, and another hour takes its place.
        """
        await leads.alone(self._connection)
        if await self._said_no(wish.phone):
            return {"refused": do_not_call.SAID_NO}
        mine = await leads.open_of(self._connection, self._address)
        starts_at = datetime.fromisoformat(wish.starts_at)
        for lead in mine:
            if lead.collector_id is not None and (lead.ward, lead.starts_at) == (wish.ward, starts_at):
                await self._renumbered(wish.phone, wish.consent)
                return await self._booked(lead, lead.collector_id)
        language = await self._language()
        before = await self._who_first(wish)
        speaks = wish.note.get(SPEAKS, "")
        ask = Ask(wish.ward, starts_at, self._address, language, before, speaks=speaks)
        found = await self._dispatch.claim(ask)
        if found.collector is None:
            return None
        for lead in mine:
            await self._dispatch.withdraw(lead, why="booked_again")
        person = Person(wish.name, wish.phone, wish.note)
        lead = await self._create(wish, starts_at, person, language)
        await assignment.write_down(
            self._connection, self._our.cipher, lead.id, found.considered, at=self._now
        )
        lead = await self._dispatch.offer(lead, person, found.collector)
        return await self._booked(lead, found.collector)

    async def hold(self, ward: str, starts_at: str, speaks: str = "") -> bool:
        """Keep an hour for her while she types; False when nobody is free then any more."""
        await leads.alone(self._connection)
        await bookings.let_go(self._connection, self._address)
        ask = Ask(
            ward, datetime.fromisoformat(starts_at), self._address, await self._language(),
            speaks=speaks, may_do_without=not speaks,
        )  # fmt: skip
        found = await self._dispatch.claim(ask, held_until=self._now + HELD)
        return found.collector is not None

    async def _who_first(self, wish: CallbackWish) -> tuple[int, ...]:
        """Who comes first: whoever called her before, then the collector who worked out her quote."""
        known = await leads.known_collectors(
            self._connection, self._address, self._our.cipher.indexes(wish.phone)
        )
        sent = await quotes.referrer(self._connection, wish.quote_code) if wish.quote_code else None
        return tuple(dict.fromkeys((*known, *([sent] if sent is not None else []))))

    async def change_number(self, phone: str, consent: str) -> Mapping[str, Any] | None:
        """Have her call made to another number, and keep that she agreed to it."""
        await leads.alone(self._connection)
        if await self._said_no(phone):
            return {"refused": do_not_call.SAID_NO}
        same = not await self._renumbered(phone, consent)
        call = await self.my_call()
        return {**call, "same": same} if call else None

    async def _renumbered(self, phone: str, consent: str) -> bool:
        """Have her call made to a number, and keep that she agreed to it; False where nothing changes."""
        lead = await self._renumber(phone)
        if lead is not None:
            await self._agreed(lead, consent, await self._language())
        return lead is not None

    async def save_quote(self, request: QuoteRequest, found: Quote) -> str:
        """Keep a quote under a readable code."""
        province = self._our.law.province(request.province).name if request.province else None
        me = await self._me()
        whose = {"referrer": me.code} if me else {"chat": self._address}
        return await quotes.save(
            self._connection, self._our.cipher, found, province, rng=self._our.rng, at=self._now, **whose
        )

    async def find_quote(self, code: str) -> Mapping[str, Any] | None:
        """Return what a quote says at a glance; who may see it is who knows its code."""
        found = await quotes.find(self._connection, code)
        if found is None:
            return None
        expired = found.expires_on is not None and found.expires_on < self._today
        dates = {"law_on": found.law_on, "expires_on": found.expires_on, "expired": expired}
        return {**found.in_brief(), **dates, "because": found.texts()}

    async def find_collector(self, code: str) -> Mapping[str, Any] | None:
        """Return who has a collector's code and works today, for whoever is called by him."""
        found = await network.working_collector(self._connection, code, self._today)
        return found.card() if found else None

    async def report_scam(self, said: str) -> Mapping[str, Any]:
        """Keep a report, sealed, for an officer."""
        report = await reports.keep(self._connection, self._our.cipher, self._address, said, at=self._now)
        await self._dispatch.tell_office("office_report", report=report)
        return {"report": report}

    async def collect_question(self, text: str, alike: str) -> None:
        """Keep a question nobody has written an answer to; it names nobody and belongs to nobody."""
        await questions.collect(self._connection, self._our.cipher, text, alike, at=self._now)

    async def forget(self) -> Mapping[str, Any]:
        """Cancel what is open, erase who she is wherever it is kept, and name what had to stay.

        Law 91/2025/QH15 art. 4. The conversation itself is forgotten by the outcome that says so.
        """
        await leads.alone(self._connection)
        hers = await linking.kin(self._connection, self._address)
        for chat in hers:
            await bookings.let_go(self._connection, chat)
        mine = await leads.all_of(self._connection, self._address)
        for lead in mine:
            if lead.open:
                await self._dispatch.withdraw(lead, why="forgotten")
        numbers = [lead.id for lead in mine]
        await do_not_call.forget(self._connection, await leads.indexes(self._connection, numbers))
        await forgetting.erase(self._connection, self._our.cipher, hers, numbers)
        kept = [await consents.forget(self._connection, chat, numbers) for chat in hers]
        return {"kept": [*(["consent_record"] if any(kept) else []), *(["call_record"] if numbers else [])]}

    async def link_code(self) -> tuple[str, str]:
        """Return a code that links another chat: with a citizen's, to a collector's desk, to the office."""
        me = await network.collector_of_chat(self._connection, self._address, self._today)
        officer = await officers.of_chat(self._connection, self._address)
        code = await linking.issue(
            self._connection,
            self._our.cipher,
            self._address,
            at=self._now,
            collector=me.id if me else None,
            officer=officer,
        )
        return code, "collector" if me else "office" if officer else "citizen"

    async def link(self, code: str) -> str:
        """Link this chat by a code from another."""
        await leads.alone(self._connection)
        _, *others = await linking.kin(self._connection, self._address)
        mine = await leads.all_of(self._connection, self._address)
        found = await linking.redeem(self._connection, self._our.cipher, code, self._address, at=self._now)
        if found in ("linked_staff", "linked_office"):
            self._our.known.pop(self._address, None)
            if others:
                await self._leave_to(others[0], mine)
        return found

    async def _leave_to(self, other: Address, mine: Sequence[Lead]) -> None:
        """Leave what she made in this chat, which is a desk from now on, to the chats that stay hers.

        Where she is to be called by two, as she linked chats that each had a call, the one of this chat ends.
        """
        here = [lead for lead in mine if lead.open and lead.address == self._address]
        if here and any(lead.open and lead.address != self._address for lead in mine):
            await self._dispatch.withdraw(here[0], why="booked_again")
        await leads.leave_to(self._connection, self._address, other)

    async def my_data(self) -> Mapping[str, Any]:
        """Return what is kept about this person, for her to see. Law 91/2025/QH15 art. 4."""
        data = await exporting.collect(self._connection, self._our.cipher, self._address)
        news = await consents.wants_news(self._connection, self._address)
        link = f"{self._our.site}{exporting.path(self._our.cipher, self._address, self._now)}"
        codes = [quote["code"] for quote in data["quotes"]]
        consented = len(data["consents"])
        return {"leads": data["leads"], "quotes": codes, "consents": consented, "news": news, "link": link}

    async def keep_informed(self, *, given: bool, version: str) -> None:
        """Keep her yes or no to being told when what she pays changes, with the words she read."""
        text = self._our.words.say(await self._language(), "news", "text", {})
        answer = Consent(consents.NEWS, given=given, version=version, text=text)
        await consents.record(self._connection, answer, self._address, at=self._now)

    async def _said_no(self, phone: str) -> bool:
        """Tell whether calls to a number were refused by somebody else than who asks now.

        A no is final; whoever said it may change her mind, in any chat proven to be hers. A second no is
        final for her too: a number somebody else gave would be called again and again.
        """
        noes = await do_not_call.noes(self._connection, self._our.cipher, phone)
        if noes != 1:
            return noes > 1
        gave = await leads.who_gave(self._connection, self._our.cipher.indexes(phone))
        return gave.isdisjoint(await linking.kin(self._connection, self._address))

    async def _booked(self, lead: Lead, holder: int) -> Mapping[str, Any]:
        """What she is told of her booking."""
        collector = await network.collector(self._connection, holder)
        return {
            "lead": lead.id,
            "call_code": lead.call_code,
            "collector": collector.card(),
            "starts_at": local(lead.starts_at),
            "ends_at": local(lead.ends_at),
            **await self._dispatch.spoken(lead),
        }

    async def _create(self, wish: CallbackWish, starts_at: datetime, person: Person, language: str) -> Lead:
        """Store the lead and the proof that she agreed, in the words she read."""
        our, at = self._our, self._now
        lead = Lead(
            id=0,
            state=LeadState.UNASSIGNED,
            ward=wish.ward,
            quote_code=wish.quote_code,
            starts_at=starts_at,
            ends_at=starts_at + SLOT,
            call_code=f"{our.rng.randrange(10_000):04d}",
            language=language,
            collector_id=None,
            address=self._address,
        )
        lead = await leads.create(self._connection, our.cipher, lead, person, at=at)
        await self._agreed(lead, wish.consent, language)
        return lead

    async def _agreed(self, lead: Lead, version: str, language: str) -> None:
        """Keep the proof that she agreed to be called on the number of a lead, in the words she read."""
        text = self._our.words.say(language, "consent", "text", {**CONSENT_WORDS, "phone": "…"})
        agreed = Consent(consents.CALL, given=True, version=version, text=text)
        await consents.record(self._connection, agreed, self._address, at=self._now, lead=lead.id)

    async def _language(self) -> str:
        """The language she talks in."""
        states = await lock_states(
            self._connection, [self._address], self._our.cipher, at=self._now, today=self._today
        )
        return states[self._address].language


def _wall(moment: datetime) -> datetime:
    """The time a clock on the wall shows."""
    return moment.astimezone(LOCAL).replace(tzinfo=None)
