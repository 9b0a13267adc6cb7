"""The part of the world that is an officer's: what is with the office, and what he does with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import assignment, office
from bot.assignment import Ask
from bot.dispatch import Dispatch, local
from bot.errors import CannotGive
from bot.office import Waits
from bot.settling import Terms
from bot.storage import leads, network, officers
from bot.storage.leads import Lead
from handlers.leads import DONE, LeadState, Move
from handlers.messages import Address
from handlers.office import LOOK
from handlers.reading import Candidate

MOST_WAITING, MOST_TAKERS = 9, 9  # shown at once: what a message holds


class OfficeWorld:
    """Effects and look-ups of whoever talks at an address, as an officer; others have none of it."""

    _dispatch: Dispatch
    _address: Address
    _connection: AsyncConnection
    _now: datetime

    async def with_office(self) -> Sequence[Candidate]:
        """Return the leads that are the office's, the next call first; nothing for who is no officer."""
        if await self._officer() is None:
            return []
        waiting = await office.waiting(self._connection, self._dispatch.diary, self._now)
        shown = [Candidate(str(one.lead.id), _facts(one)) for one in waiting[:MOST_WAITING]]
        return [*shown, Candidate(LOOK, {"lead": int(LOOK)})]

    async def takers(self, lead: int) -> Sequence[Candidate]:
        """Return who may be given a lead, as they would be asked: nearest first, by turn."""
        found = await self._his(lead)
        if found is None:
            return []
        had = await leads.had(self._connection, lead)
        ask = Ask(found.ward, found.starts_at, found.address, found.language, not_again=had)
        team = await assignment.in_question(self._connection, self._dispatch.diary, ask, now=self._now)
        some = [await network.collector(self._connection, one) for one in team[:MOST_TAKERS]]
        return [Candidate(one.code, one.card()) for one in some]

    async def office_act(self, what: str, lead: int, terms: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do what an officer says with a lead; {"result": code of handlers.office.RESULTS, …}."""
        await leads.alone(self._connection)
        me, found = await self._officer(), await self._his(lead)
        if me is None or found is None:
            return {"result": "gone", "lead": lead}
        who = f"officer:{me}"
        if what == "take":
            await leads.note_event(self._connection, found, office.TAKEN, who=who, at=self._now)
            return {"result": "mine", **await self._dispatch.call(found)}
        if what == "give":
            return await self._give(found, str(terms["code"]), who)
        how = Move(what)
        of_call = Terms.of(terms, self._dispatch.diary.day(self._now))
        await office.close(self._dispatch, lead, how, who=who, why="office", terms=of_call)
        again = of_call.called_on if how is Move.STILL_THINKING else {}
        return {"result": DONE.get(how, "closed"), "lead": lead, **again}

    async def _give(self, lead: Lead, code: str, who: str) -> Mapping[str, Any]:
        collector = await network.collector_by_code(self._connection, code)
        named = {"lead": lead.id, "code": code, "name": collector.name if collector else code}
        try:
            given = await office.give(self._dispatch, lead.id, code, who=who)
        except CannotGive:
            return {"result": "no_free_hour", **named}
        return {"result": "given", **named, "starts_at": local(given.starts_at)}

    async def _his(self, lead: int) -> Lead | None:
        """A lead that is the office's, for an officer alone."""
        if await self._officer() is None:
            return None
        found = await leads.find(self._connection, lead)
        is_his = found is not None and found.state is LeadState.UNASSIGNED and found.address is not None
        return found if is_his else None

    async def _officer(self) -> str | None:
        return await officers.of_chat(self._connection, self._address)


def _facts(one: Waits) -> dict[str, Any]:
    return {
        "lead": one.lead.id,
        "ward": one.lead.ward,
        "starts_at": local(one.lead.starts_at),
        "why": one.why,
        "overdue": one.overdue,
        "taken_by": one.taken_by,
    }
