"""The part of the world that is a collector's: his desk, his days, his month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from bot import undoing
from bot.clock import LOCAL
from bot.diary import Span
from bot.dispatch import DAYS_AHEAD, NOTICE, Dispatch, local
from bot.handover import hand_over, to_come
from bot.settling import Settling, Terms
from bot.storage import leads, months, network, quotes, teams
from bot.storage.leads import Lead
from bot.storage.network import Collector
from calculators.slots import Range, spread
from handlers.desk_more import MORE
from handlers.desk_words import BEYOND, GONE, HELD, LOOK
from handlers.leads import ACTIONS, DONE, GIVES_AWAY, LeadState, Move, refusal
from handlers.messages import Address
from handlers.reading import Candidate
from handlers.reading.groups import METHODS

OFFERED_TIMES, A_DAY, APART = 4, 2, timedelta(hours=3)
MOST_ON_DESK = 10  # leads shown at once: what a message holds


class DeskWorld:
    """Effects and look-ups of whoever talks at an address, as a collector; others have none of it."""

    def __init__(self, dispatch: Dispatch, address: Address) -> None:
        """`dispatch` is that of the transaction."""
        self._dispatch, self._address = dispatch, address
        self._connection, self._now = dispatch.connection, dispatch.now

    async def desk(self) -> Sequence[Candidate]:
        """Return what the talking collector can do now: the card sent last first, then the next calls.

        The quote is with the first card while he decides; later it comes with the phone. To take back what
        came of a call is the last choice shown: whoever types a digit twice does not do it. BEYOND is what he
        may only name: what is his past the first leads can be done like the rest; of what another took over
        he is told who has it now.
        """
        me = await self._me()
        if me is None:
            return []
        last_card = await network.look(self._connection, self._address)
        his = await leads.on_desk(self._connection, me.id)
        first = his[0] if his and his[0].state is LeadState.OFFERED else None
        cards = await self._cards(his[:MOST_ON_DESK], quoted=first)
        jobs = [(str(move), card) for lead, card in cards for move in _of_card(lead)]
        jobs += [(LOOK, {"lead": 0}), (MORE, {"lead": 0})]
        if written := await undoing.last(self._dispatch, me):
            jobs.append((Move.UNDO.value, {"lead": written.lead}))
        gone = await leads.taken_over(self._connection, me.id, MOST_ON_DESK)
        held = {"citizen": "", "quote_code": None, BEYOND: HELD}
        jobs += [
            (str(move), {**held, **_of(lead), "ward": lead.ward, "ends_at": local(lead.ends_at)})
            for lead in his[MOST_ON_DESK:]
            for move in _of_card(lead)
        ]
        jobs += [(str(move), {**_of(lead), BEYOND: GONE}) for lead in gone for move in DONE]
        return [
            Candidate(f"{job}-{facts['lead']}", {**facts, "action": job, "last_card": last_card})
            for job, facts in jobs
        ]

    async def settle(self, action: str, lead: int, terms: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do what a collector says on a lead; {"result": code, …} of handlers.leads.DONE or REFUSALS.

        Without a lead (0) the outcome he wrote last is taken back, if he did nothing since.
        """
        await leads.alone(self._connection)
        how = Move(action)
        me = await self._me()
        if me is not None and not lead:
            last = await undoing.meant(self._dispatch, me)
            if not isinstance(last, int):
                return last
            lead = last
        found = await leads.find(self._connection, lead)
        if me is None or found is None:
            return {"result": "not_yours", "lead": lead}
        his = found.collector_id == me.id
        was_his = not his and me.id in await leads.had(self._connection, lead)
        refused = refusal(found.state, how, his=his, was_his=was_his)
        if refused in ("taken_over", "went_on"):
            return {"result": refused, "lead": lead, "holder": await self._holder(found)}
        if refused:
            return {"result": refused, "lead": lead}
        if how is Move.CALL and (not_yet := await self._not_yet(found)):
            return {**not_yet, "lead": lead}
        return await Settling(self._dispatch, me.code, found).settle(how, Terms.of(terms, self._today))

    async def explain(self, lead: int, why: str) -> None:
        """Keep why he gave a lead away, with the event itself: an officer reads it there."""
        me = await self._me()
        if me is not None:
            await leads.explain(self._connection, lead, GIVES_AWAY, who=f"collector:{me.code}", why=why)

    async def _not_yet(self, lead: Lead) -> Mapping[str, Any]:
        """Why a lead may not be called now, empty when it may.

        Only near the hour she chose, and in the hours of calling. Who tries a demo network out may call
        before the hour: nobody else's phone rings.
        """
        diary, promised = self._dispatch.diary, Range(lead.starts_at, lead.ends_at)
        opens = diary.call_opens(promised)
        if self._now < opens and not await network.is_demo(self._connection, lead.collector_id or 0):
            return {"result": "too_early", "opens_at": local(opens), "starts_at": local(lead.starts_at)}
        return {} if diary.may_call(self._now, promised) else {"result": "not_now"}

    async def my_hours(self) -> Sequence[Candidate]:
        """Return the next free hours of the talking collector."""
        me = await self._me()
        if me is None:
            return []
        diary, since = self._dispatch.diary, self._now + NOTICE
        span = Span(since, diary.end_of_day(since, DAYS_AHEAD), self._now)
        him = await teams.named(self._connection, [me.id], self._today, diary.day(span.until))
        return choice(await diary.free_of(self._connection, him, span))

    async def terms(self, lead: int) -> Sequence[Candidate]:
        """Return how she may pay: as her quote says, else by any method, the amount not known."""
        found = await leads.find(self._connection, lead)
        quote = await quotes.find(self._connection, found.quote_code) if found and found.quote_code else None
        quoted = [Candidate("quoted", quote.terms())] if quote else []
        return [*quoted, *(Candidate(method, {"method": method, "amount": None}) for method in METHODS)]

    async def _holder(self, lead: Lead) -> str | None:
        """The name of who has a lead now; None while the officer has it."""
        if lead.collector_id is None:
            return None
        return (await network.collector(self._connection, lead.collector_id)).name

    async def my_code(self) -> str:
        """Return his code: who refers people to him by it."""
        me = await self._me()
        return me.code if me else ""

    async def agenda(self) -> Mapping[str, Any]:
        """Return his calls of today and tomorrow, by their hours."""
        me = await self._me()
        mine = await leads.on_desk(self._connection, me.id) if me else ()
        days = []
        for day in (self._today, self._today + timedelta(days=1)):
            of_day = sorted(
                (lead for lead in mine if self._dispatch.diary.day(lead.starts_at) == day),
                key=lambda lead: lead.starts_at,
            )
            cards = [
                {**card, "state": lead.state.value} for lead, card in await self._cards(of_day[:MOST_ON_DESK])
            ]
            days.append({"day": day.isoformat(), "cards": cards})
        return {"days": days}

    async def _cards(
        self, his: Sequence[Lead], *, quoted: Lead | None = None
    ) -> list[tuple[Lead, dict[str, Any]]]:
        """Return his leads with their cards; `quoted` is the one whose card tells of the quote.

        Looking keeps nobody waiting, so somebody may have been forgotten meanwhile: hers is left out.
        """
        cards = []
        for lead in his:
            with suppress(LookupError):
                cards.append((lead, await self._dispatch.brief(lead, quoted=lead is quoted)))
        return cards

    async def my_month(self) -> Mapping[str, Any]:
        """Return what came of his leads this month, and his place among his organisation's people."""
        me = await self._me()
        first = self._today.replace(day=1)
        since = datetime.combine(first, datetime.min.time(), LOCAL)
        found = await months.of(self._connection, me.id if me else 0, since, self._now)
        return {"month": f"{first:%Y-%m}", **found}

    async def days_off(self) -> Sequence[Candidate]:
        """Return the days off he has ahead, the next first."""
        me = await self._me()
        ahead = await teams.off_from(self._connection, me.id, self._today) if me else ()
        return [
            Candidate(first.isoformat(), {"first": first.isoformat(), "last": last.isoformat()})
            for first, last in ahead[:MOST_ON_DESK]
        ]

    async def work_again(self, first: date) -> Mapping[str, Any]:
        """Take back days off of his; the calls that went to others meanwhile stay there."""
        await leads.alone(self._connection)
        me = await self._me()
        last = await teams.back(self._connection, me.id, first) if me else first
        return {"first": first.isoformat(), "last": last.isoformat()}

    async def take_off(self, first: date, last: date) -> Mapping[str, Any]:
        """Note his days off, and hand on the calls he had on them."""
        await leads.alone(self._connection)
        me = await self._me()
        moved = 0
        if me is not None:
            await teams.take_off(self._connection, me.id, first, last)
            for lead in await leads.on_desk(self._connection, me.id):
                off = first <= self._dispatch.diary.day(lead.starts_at) <= last
                if off and to_come(self._dispatch, lead):
                    how = Move.DECLINE if lead.state is LeadState.OFFERED else Move.GIVE_BACK
                    await hand_over(self._dispatch, lead, how, who=f"collector:{me.code}", why="day_off")
                    moved += 1
        return {"first": first.isoformat(), "last": last.isoformat(), "moved": moved}

    async def _me(self) -> Collector | None:
        """The collector who talks; None for anybody else."""
        return await network.collector_of_chat(self._connection, self._address, self._today)

    @property
    def _today(self) -> date:
        return self._now.astimezone(LOCAL).date()


def _of(lead: Lead) -> dict[str, Any]:
    return {"lead": lead.id, "starts_at": local(lead.starts_at)}


def _of_card(lead: Lead) -> list[Move]:
    """What may be done with a lead by its card: to take back what came of a call stands after them all."""
    return [move for move in ACTIONS[lead.state] if move is not Move.UNDO]


def choice(free: Iterable[Range], *, apart: timedelta = APART) -> list[Candidate]:
    """Return a few of many hours, on two days or more, as they are offered; close together if `apart` is."""
    a_day = A_DAY if apart == APART else OFFERED_TIMES
    chosen = spread(list(free), most=OFFERED_TIMES, a_day=a_day, apart=apart, zone=LOCAL)
    times = [(local(slot.start), local(slot.end)) for slot in chosen]
    return [Candidate(start, {"starts_at": start, "ends_at": end}) for start, end in times]
