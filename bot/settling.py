"""Settling: what a collector does with a lead that is his, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import undoing
from bot.dispatch import Dispatch, local
from bot.storage import leads
from bot.storage.deeds import COUNTED
from bot.storage.leads import SYSTEM, Lead
from handlers.collector import DAYS_UNTIL
from handlers.leads import DONE, GIVES_AWAY, MOST_NO_ANSWERS, Move

AGAIN_AFTER = timedelta(minutes=30)  # a call she does not take counts when the last that did is so long ago


@dataclass(frozen=True, slots=True)
class Terms:
    """What goes with an action: the hour it moves to, what she joined with (VND), the day to call again."""

    starts_at: datetime | None = None
    method: str | None = None
    amount: int | None = None
    follow_up_on: date | None = None

    @classmethod
    def of(cls, facts: Mapping[str, Any], today: date) -> Terms:
        """Return the terms a conversation gives, as handlers.ports.World.settle names them."""
        starts_at, days = facts.get("starts_at"), DAYS_UNTIL.get(facts.get("follow_up", ""))
        return cls(
            datetime.fromisoformat(starts_at) if starts_at else None,
            facts.get("method"),
            facts.get("amount"),
            today + timedelta(days=days) if days else None,
        )

    @property
    def called_on(self) -> Mapping[str, str]:
        """The day to call again (YYYY-MM-DD), for who is told of it; empty where nobody will call."""
        return {"called_on": self.follow_up_on.isoformat() if self.follow_up_on else ""}

    async def note(self, connection: AsyncConnection, lead: Lead) -> Lead:
        """Write down what came of a call: what she joined with, or when she is called again."""
        return await leads.note_outcome(
            connection,
            lead,
            method=self.method,
            amount=self.amount,
            follow_up_on=self.follow_up_on,
            no_answers=lead.no_answers,
        )


@dataclass(frozen=True, slots=True)
class Settling:
    """One action of the collector of this `code` on a lead he holds and may move so."""

    dispatch: Dispatch
    code: str
    lead: Lead

    async def settle(self, how: Move, terms: Terms) -> Mapping[str, Any]:
        """Do it; {"result": code of handlers.leads.DONE, …}, or why it cannot be done."""
        lead = self.lead
        if how is Move.UNDO:
            return await undoing.undo(self.dispatch, lead, who=f"collector:{self.code}")
        if how is Move.LATER:
            return await self._later(terms)
        if how is Move.NO_ANSWER:
            return await self._no_answer()
        if how in (Move.JOINED, Move.STILL_THINKING):
            lead = await terms.note(self.dispatch.connection, lead)
        if how is Move.NOT_INTERESTED:
            await self.dispatch.bar(lead)
        moved = await self._move(lead, how)
        if how in GIVES_AWAY:
            await self.dispatch.hand_on(moved)
        shown = await self.dispatch.call(moved) if how is Move.CALL else {"lead": lead.id}
        again = terms.called_on if how is Move.STILL_THINKING else {}
        return {"result": DONE[how], **shown, **again}

    async def _later(self, terms: Terms) -> Mapping[str, Any]:
        """Move the call to another of his hours; she agreed to it on the phone, or is told."""
        if terms.starts_at is None:
            return {"result": "hour_taken", "lead": self.lead.id}
        moved = await self.dispatch.move_hour(self.lead, terms.starts_at, who=f"collector:{self.code}")
        if moved is None:
            return {"result": "hour_taken", "lead": self.lead.id}
        await self.dispatch.tell(moved, "call_set")
        return {"result": DONE[Move.LATER], **await self.dispatch.brief(moved, quoted=False)}

    async def _no_answer(self) -> Mapping[str, Any]:
        """She did not take it: after two calls she is told (bot.reminders), after three the officer acts.

        Ringing twice within minutes is one try: she may only have been slow, or busy just then.
        """
        now, counted = self.dispatch.now, await leads.last(self.dispatch.connection, self.lead.id, COUNTED)
        if counted is not None and now < counted + AGAIN_AFTER:
            await self._move(self.lead, Move.NO_ANSWER)
            return self._missed(self.lead.no_answers, counted + AGAIN_AFTER)
        tries = self.lead.no_answers + 1
        await leads.note_event(
            self.dispatch.connection, self.lead, COUNTED, who=f"collector:{self.code}", at=now
        )
        lead = await leads.note_outcome(self.dispatch.connection, self.lead, no_answers=tries)
        moved = await self._move(lead, Move.NO_ANSWER)
        if tries >= MOST_NO_ANSWERS:
            taken = await self.dispatch.move(moved, Move.EXPIRE, who=SYSTEM, why="no_answer")
            await self.dispatch.to_office(taken, "no_answer")
        return self._missed(tries, now + AGAIN_AFTER)

    def _missed(self, tries: int, again: datetime) -> Mapping[str, Any]:
        """What he is told of a call she did not take: how many count, and from when the next one does."""
        facts = {"tries": tries, "left": MOST_NO_ANSWERS - tries, "again": local(again)}
        return {"result": DONE[Move.NO_ANSWER], "lead": self.lead.id, **facts}

    async def _move(self, lead: Lead, how: Move) -> Lead:
        return await self.dispatch.move(lead, how, who=f"collector:{self.code}")
