"""Dispatch: a lead goes to a collector who is free, on to the next or back, and who must know is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import assignment, reminders
from bot.assignment import Ask, Found
from bot.clock import LOCAL
from bot.diary import SLOT, Diary, Span
from bot.storage import bookings, do_not_call, leads, linking, network, officers, quotes, timers
from bot.storage.crypt import Cipher
from bot.storage.leads import CITIZEN, SYSTEM, Lead, Person
from handlers.leads import ACTIONS, LIFE, MOST_LATE, NO_TURN, REACHED, LeadState, Move
from handlers.messages import Address, Outgoing
from handlers.ports import SPEAKS
from handlers.reading.phones import display
from handlers.wording import Words

SOONEST, FURTHEST = timedelta(hours=1), timedelta(days=31)  # when from now an hour may still be booked
NOTICE = timedelta(hours=2)  # how soon an hour is offered
DAYS_AHEAD = 14
HAND_ON = SOONEST + timedelta(minutes=10)  # how long before the hour another is looked for at the latest
LEAST_TO_ANSWER = timedelta(minutes=15)
ACCEPT_WITHIN = timedelta(hours=1)  # of his own hours, for a card to be answered
CALL_WITHIN = timedelta(minutes=30)  # after the hour, for the call to have begun
TRY_AGAIN_WITHIN = timedelta(hours=9)  # of his own hours, after a call she did not take: see _try_again
TELL_WITHIN = timedelta(hours=3)  # of his own hours, for what came of a call to be written down
STAFF_LANGUAGE = "vi"
GIVE_WITHIN = timedelta(hours=1)  # of the usual hours, for the officer to give a lead to somebody
DEADLINES = ACCEPT, CALL, OUTCOME, FOLLOW_UP, GIVE = "accept", "call", "outcome", "follow_up", "give"

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

    async def claim(self, ask: Ask, *, held_until: datetime | None = None) -> Found:
        """Take an hour with the first in turn who is free then, or hold it; see `assignment.claim`."""
        if not SOONEST <= ask.starts_at - self.now <= FURTHEST:
            return Found()
        return await assignment.claim(self.connection, self.diary, ask, now=self.now, held_until=held_until)

    async def offer(self, lead: Lead, person: Person, collector: int, *, who: str = SYSTEM) -> Lead:
        """Offer a lead to a collector whose hour is claimed, and send him its card with its deadline."""
        lead = await self.move(lead, Move.OFFER, who=who, to=collector)
        choices: list[tuple[str, dict[str, Any]]] = [
            (f"{move.value}-{lead.id}", {}) for move in ACTIONS[LeadState.OFFERED]
        ]
        facts = {**await self.card(lead, person), "deadline": local(await self._deadline(lead, collector))}
        notice = self.words.notice("lead_card", STAFF_LANGUAGE, choices, **facts)
        for chat in await network.send_card(self.connection, collector, lead.id):
            self.post(chat, notice)
        return lead

    async def hand_on(self, lead: Lead) -> Lead:
        """Find the next collector for the same hour; tell her who, or that the office will call.

        When collectors let it lie, the head of a point is asked, and then the officer.
        """
        late = await leads.happened(self.connection, lead.id, Move.EXPIRE.value)
        if late > MOST_LATE:
            return await self.to_office(lead, "nobody_accepted")
        ask = Ask(
            lead.ward,
            lead.starts_at,
            lead.address,
            lead.language,
            not_again=await leads.had(self.connection, lead.id),
            heads=late == MOST_LATE,
            speaks=await self.wish(lead),
        )
        return await self._settle(lead, await self.claim(ask), "collector_changed")

    async def reopen(self, lead: Lead, *, before: Sequence[int] = (), sorry: bool = False) -> Lead:
        """Give a lead whose hour is over the next free hour, with somebody it was not with, or `before`.

        The next of somebody who speaks what she asked for, if there is one; else the office has it. She is
        told with an apology where we are `sorry`: the hour that was promised went by.
        """
        return await self.reopened(lead, before=before, sorry=sorry) or await self.to_office(
            lead, "nobody_free"
        )

    async def reopened(self, lead: Lead, *, before: Sequence[int] = (), sorry: bool = False) -> Lead | None:
        """Do the same, but None where nobody is free; nothing changed."""
        since = self.now + NOTICE
        span = Span(since, self.diary.end_of_day(since, DAYS_AHEAD), self.now, lead.address)
        had = await leads.had(self.connection, lead.id) - set(before)
        for speaks in dict.fromkeys((await self.wish(lead), "")):
            for slot in sorted(await self.diary.free(self.connection, lead.ward, span, speaks=speaks)):
                ask = Ask(
                    lead.ward, slot.start, lead.address, lead.language, tuple(before), had,
                    speaks=speaks, may_do_without=not speaks,
                )  # fmt: skip
                found = await self.claim(ask)
                if found.collector is not None:
                    moved = await leads.rebook(self.connection, lead, slot.start, slot.end)
                    return await self._settle(moved, found, "call_set", **({"sorry": "yes"} if sorry else {}))
        return None

    async def _settle(self, lead: Lead, found: Found, notice: str, **more: str) -> Lead:
        """Offer a lead to whom it was found for and tell her; or hand it to the office."""
        await self._write_down(lead, found)
        if found.collector is None:
            return await self.to_office(lead, "nobody_free")
        if lead.address is not None:
            person = await leads.person(self.connection, self.cipher, lead.id)
            lead = await self.offer(lead, person, found.collector)
            await self.tell(lead, notice, **more)
        return lead

    async def _write_down(self, lead: Lead, found: Found) -> None:
        at = self.now
        await assignment.write_down(self.connection, self.cipher, lead.id, found.considered, at=at)

    async def to_office(self, lead: Lead, why: str, *, told: bool = True) -> Lead:
        """Leave an unassigned lead to the officer, and tell her so, unless somebody called her already."""
        await leads.note_event(self.connection, lead, leads.TO_OFFICE, who=SYSTEM, at=self.now, why=why)
        await self.tell_office("office_lead", **_of(lead))
        if told:
            await self.tell(lead, "office_will_call", why=why)
        return lead

    async def move_hour(self, lead: Lead, starts_at: datetime, *, who: str, why: str = "") -> Lead | None:
        """Move an open lead to another hour: with its collector if he is free then, else with the next.

        None when nobody is free then; nothing changed. She is told when another will call; where she moved
        it herself, what answers her shows who. An hour she chose is tried anew; one he chose alone, without
        having reached her, is not.
        """
        holder = lead.collector_id
        ask = Ask(
            lead.ward, starts_at, lead.address, lead.language, (holder,) if holder else (),
            speaks=await self.wish(lead),
        )  # fmt: skip
        by_him = holder is not None and who.startswith("collector:")
        if by_him:
            ask = replace(ask, ward="")  # his own calendar: nobody else comes into question
        kept = await self.connection.begin_nested()
        await bookings.release(self.connection, lead)
        found = await self.claim(ask)
        if found.collector is None:
            await kept.rollback()
            return None
        await kept.commit()
        await self._write_down(lead, found)
        tries = lead.no_answers if by_him and lead.state is LeadState.ACCEPTED else 0
        if found.collector == holder:
            moved = await leads.rebook(self.connection, lead, starts_at, starts_at + SLOT, no_answers=tries)
            return await self.move(moved, Move.LATER, who=who, why=why)
        moved = await self._move_to(lead, starts_at, found.collector, who=who, why=why)
        if who != CITIZEN:
            await self.tell(moved, "collector_changed" if starts_at == lead.starts_at else "call_set")
        return moved

    async def _move_to(self, lead: Lead, starts_at: datetime, other: int, *, who: str, why: str) -> Lead:
        """Take a lead back from who had it, if anybody, and offer it to another at the hour claimed of him.

        It is taken back at the hour it had: at the new one its former collector may have another call.
        """
        if lead.collector_id is not None:
            await self.tell_staff(lead.collector_id, "lead_moved_on", lead)
            lead = await self.move(lead, Move.TAKE_BACK, who=who, why=why)
        lead = await leads.rebook(self.connection, lead, starts_at, starts_at + SLOT)
        person = await leads.person(self.connection, self.cipher, lead.id)
        return await self.offer(lead, person, other)

    async def withdraw(self, lead: Lead, why: str, *, who: str = CITIZEN) -> None:
        """Cancel an open lead of hers, give its hour back, and tell the collector who had it."""
        await self.move(lead, Move.CANCEL, who=who, why=why)
        if lead.collector_id is None:
            return
        await bookings.release(self.connection, lead)
        await self.tell_staff(lead.collector_id, "lead_withdrawn", lead)

    async def move(self, lead: Lead, how: Move, *, who: str, why: str = "", to: int | None = None) -> Lead:
        """Move a lead now, and set the deadline of where it came to; see `leads.move`.

        A lead is one turn of its collector, however it moves, and none where she could not be reached or
        called it off. One that goes on before its hour costs who had it his turn, but no call of his day.
        """
        if how in NO_TURN or how in REACHED:
            await bookings.turn(self.connection, lead, counts=how in REACHED)
        if LIFE[lead.state].get(how) is LeadState.UNASSIGNED and self.now < lead.starts_at:
            await bookings.no_call(self.connection, lead)
        lead = await leads.move(self.connection, lead, how, who=who, at=self.now, why=why, to=to)
        if how in (Move.OFFER, Move.LATER):
            await bookings.one_turn(self.connection, lead)
        await timers.drop(self.connection, lead.id, *DEADLINES)
        kind, due_at = await self._due(lead, how)
        if due_at is not None:
            await timers.put(self.connection, kind, lead.id, due_at)
        await reminders.plan(self.connection, lead, how, self.now)
        return lead

    async def _due(self, lead: Lead, how: Move) -> tuple[str, datetime | None]:
        """What must have happened to a lead by when, as it stands now."""
        if lead.state is LeadState.UNASSIGNED:
            return GIVE, self.diary.after_working(self.now, GIVE_WITHIN)
        if lead.state is LeadState.THINKING and lead.follow_up_on is not None:
            return FOLLOW_UP, self.diary.opening(lead.follow_up_on)
        return await self._due_of(lead, lead.collector_id, how) if lead.collector_id else ("", None)

    async def _due_of(self, lead: Lead, collector: int, how: Move) -> tuple[str, datetime | None]:
        """What its collector must have done with a lead by when."""
        if lead.state is LeadState.OFFERED:
            return ACCEPT, await self._deadline(lead, collector)
        if lead.state is LeadState.ACCEPTED:
            if how is Move.NO_ANSWER:
                return CALL, await self._try_again(collector)
            return CALL, lead.ends_at + CALL_WITHIN
        if lead.state is LeadState.CALLED:
            return OUTCOME, await self.his_time(collector, TELL_WITHIN)
        return "", None

    async def tell(self, lead: Lead, notice: str, *choices: str, **more: str) -> None:
        """Tell her about her call: when, with which code, and by whom if anybody has it; offer `choices`.

        In the one chat of hers that `linking.told_at` names.
        """
        chat = await linking.told_at(self.connection, lead.address) if lead.address is not None else None
        if chat is None:
            return
        facts: dict[str, Any] = {"starts_at": local(lead.starts_at), "call_code": lead.call_code, **more}
        if lead.collector_id is not None:
            facts["collector"] = (await network.collector(self.connection, lead.collector_id)).card()
            facts |= await self.spoken(lead)
        options: list[tuple[str, dict[str, Any]]] = [(choice, {}) for choice in choices]
        self.post(chat, self.words.notice(notice, lead.language, options, **facts))

    async def tell_staff(self, collector: int, notice: str, lead: Lead, **more: str) -> None:
        """Tell a collector something about a lead: nothing of the person."""
        facts: dict[str, Any] = {"lead": lead.id, "starts_at": local(lead.starts_at), **more}
        worded = self.words.notice(notice, STAFF_LANGUAGE, **facts)
        for chat in await network.chats(self.connection, collector):
            self.post(chat, worded)

    async def remind_office(self, lead: Lead) -> None:
        """Remind the office of a lead that lies with it."""
        await self.tell_office("office_waits", **_of(lead))

    async def tell_office(self, notice: str, **facts: Any) -> None:  # noqa: ANN401 - words for a template
        """Tell every chat of the office something: nothing of the person."""
        worded = self.words.notice(notice, STAFF_LANGUAGE, **facts)
        for chat in await officers.chats(self.connection):
            self.post(chat, worded)

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
        speaks = person.note.get(SPEAKS, "")
        return {**card, "phone": display(person.phone), "call_code": lead.call_code, "speaks": speaks}

    async def bar(self, lead: Lead) -> None:
        """Have nobody call her number unasked any more: she said no."""
        phone = (await leads.person(self.connection, self.cipher, lead.id)).phone
        await do_not_call.add(self.connection, self.cipher, [phone], do_not_call.SAID_NO, at=self.now)

    async def unbar(self, lead: Lead, *, at: datetime) -> None:
        """Take back the no that she was noted to have said at a moment; see `bar`."""
        phone = (await leads.person(self.connection, self.cipher, lead.id)).phone
        await do_not_call.take_back(self.connection, self.cipher, phone, at=at)

    async def wish(self, lead: Lead) -> str:
        """Return the language she asked to be called in, "" for none; once she is forgotten there is none."""
        if lead.address is None:
            return ""
        note = (await leads.person(self.connection, self.cipher, lead.id)).note
        return str(note.get(SPEAKS, ""))

    async def keep_wish(self, lead: Lead, speaks: str) -> Lead:
        """Note what she asks to be called in, "" for nothing; whoever speaks it and is free then calls."""
        person = await leads.person(self.connection, self.cipher, lead.id)
        note = {name: value for name, value in person.note.items() if name != SPEAKS}
        note |= {SPEAKS: speaks} if speaks else {}
        await leads.keep_note(self.connection, self.cipher, lead.id, note)
        waits = lead.state in (LeadState.OFFERED, LeadState.ACCEPTED)
        if not speaks or not waits or (await self.spoken(lead))["spoken"]:
            return lead
        then = Span(lead.starts_at, lead.ends_at, self.now, lead.address, agreed=True)
        if not await self.diary.free(self.connection, lead.ward, then, speaks=speaks):
            return lead
        return await self.move_hour(lead, lead.starts_at, who=CITIZEN, why="her_wish") or lead

    async def spoken(self, lead: Lead) -> dict[str, Any]:
        """Return what she asked to be called in, and whether who is to call speaks it: for her alone."""
        speaks, spoken = await self.wish(lead), False
        if speaks and lead.collector_id is not None:
            spoken = speaks in (await network.collector(self.connection, lead.collector_id)).languages
        return {"speaks": speaks, "spoken": spoken}

    async def tell_moved(self, lead: Lead, collector: int) -> None:
        """Tell who keeps a lead of its new hour, and until when he is to accept it, if he has not."""
        waits = lead.state is LeadState.OFFERED
        more = {"deadline": local(await self._deadline(lead, collector))} if waits else {}
        await self.tell_staff(collector, "lead_moved_to", lead, **more)

    async def _deadline(self, lead: Lead, collector: int) -> datetime:
        """When a collector must have answered a card: after an hour he was at work.

        Not so late that another can no longer be found; where that is near, when half the time left is over.
        """
        last = lead.starts_at - HAND_ON
        if last - self.now < LEAST_TO_ANSWER:
            last = self.now + (lead.starts_at - self.now) / 2
        return min(await self.his_time(collector, ACCEPT_WITHIN), last)

    async def _try_again(self, collector: int) -> datetime:
        """When a collector must have called her again who did not answer now.

        After a whole day's hours of his, but by the end of his next day at work at the latest: who works
        only in the mornings would have three of them, and she would not know whether anybody still calls.
        """
        last = await self.diary.next_day_of(self.connection, collector, self.now)
        return min(await self.his_time(collector, TRY_AGAIN_WITHIN), last)

    async def his_time(self, collector: int, length: timedelta) -> datetime:
        """Return when a collector will have been at work for so long from now: no day off of his counts."""
        return await self.diary.after_work_of(self.connection, collector, self.now, length)


def _of(lead: Lead) -> dict[str, Any]:
    """What the office is told of a lead."""
    return {"lead": lead.id, "ward": lead.ward, "starts_at": local(lead.starts_at)}


def local(moment: datetime) -> str:
    """Return a moment as ISO text in local time, to the minute."""
    return moment.astimezone(LOCAL).isoformat(timespec="minutes")
