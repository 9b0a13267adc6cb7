"""Timers: deadlines are rows, and whoever of many processes comes first does what is due, once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import reminders
from bot.callbacks import ASKED, RATED
from bot.dispatch import ACCEPT, CALL, FOLLOW_UP, GIVE, OUTCOME, TELL_WITHIN, Dispatch, Post
from bot.program import program
from bot.storage import deeds, leads, timers
from bot.storage.crypt import Cipher
from bot.storage.engine import reading
from bot.storage.hotpath import enqueue
from bot.storage.leads import SYSTEM, Lead
from bot.storage.timers import Timer
from handlers.callback import RATING
from handlers.leads import LeadState, Move
from handlers.messages import Address, Outgoing
from handlers.rating import button

POLL = 5.0  # seconds between looks
FIRST_WAIT, LONGEST_WAIT = (
    timedelta(seconds=10),
    timedelta(hours=1),
)  # before a timer that failed is tried again
_REMINDED, _TOLD_MISSED = "reminded", "told_missed"

log = logging.getLogger(__name__)


class OpenDispatch(Protocol):
    """Opens the dispatch of one transaction."""

    def dispatch(self, connection: AsyncConnection, now: datetime, post: Post) -> Dispatch:
        """Return it."""
        ...


class Timers:
    """Does what is due, one timer a transaction; several may run, in one process or in many."""

    def __init__(
        self,
        engine: AsyncEngine,
        cipher: Cipher,
        worlds: OpenDispatch,
        clock: Callable[[], datetime],
        woken: asyncio.Event,
    ) -> None:
        """`woken` tells the sender that there is something to send."""
        self._engine, self._cipher, self._worlds = engine, cipher, worlds
        self._clock, self._woken = clock, woken

    async def drain(self) -> None:
        """Do what is due until nothing is."""
        while await self.once():
            pass

    async def once(self) -> bool:
        """Do what has been due longest; False when nothing is."""
        now = self._clock()
        async with reading(self._engine) as connection:
            if not await timers.any_due(connection, now):
                return False
        timer: Timer | None = None
        mail: list[tuple[Address, Outgoing]] = []
        try:
            async with self._engine.begin() as connection:
                await leads.alone(connection)
                timer = await timers.claim(connection, now)
                if timer is None:
                    return False
                dispatch = self._worlds.dispatch(connection, now, lambda *one: mail.append(one))
                await fire(dispatch, timer)
                cause = f"timer-{timer.id}-{timer.due_at.timestamp():.0f}-{timer.tries}"
                posts = [(cause, n, to, message) for n, (to, message) in enumerate(mail)]
                await enqueue(connection, posts, self._cipher, at=now)
        except Exception as problem:
            if timer is None:
                raise
            log.error("a timer could not be done: %s", type(problem).__name__)
            await self._fail(timer, type(problem).__name__, now)
        self._woken.set()
        return True

    async def _fail(self, timer: Timer, error: str, now: datetime) -> None:
        wait = min(FIRST_WAIT * 2 ** min(timer.tries, 10), LONGEST_WAIT)
        async with self._engine.begin() as connection:
            await timers.failed(connection, timer, error, now + wait)


async def fire(dispatch: Dispatch, timer: Timer) -> None:
    """Do what a timer is for, unless the lead has moved on meanwhile; then the timer is gone."""
    lead = await leads.find(dispatch.connection, timer.lead)
    if lead is not None and lead.address is not None:
        await _DUE[timer.kind](dispatch, lead)
    await timers.done(dispatch.connection, timer)


async def _not_accepted(dispatch: Dispatch, lead: Lead) -> None:
    """A card was not answered in time: the next collector, the head of the point, the officer."""
    if lead.state is not LeadState.OFFERED or lead.collector_id is None:
        return
    await dispatch.tell_staff(lead.collector_id, "lead_moved_on", lead)
    await dispatch.hand_on(await dispatch.move(lead, Move.EXPIRE, who=SYSTEM, why="not_accepted"))


async def _not_called(dispatch: Dispatch, lead: Lead) -> None:
    """The hour went by without a call: she comes first, with somebody else."""
    if lead.state is not LeadState.ACCEPTED or lead.collector_id is None:
        return
    await dispatch.tell_staff(lead.collector_id, "lead_moved_on", lead)
    taken = await dispatch.move(lead, Move.EXPIRE, who=SYSTEM, why="not_called")
    await dispatch.reopen(taken, sorry=True)


async def _no_outcome(dispatch: Dispatch, lead: Lead) -> None:
    """A call was begun and nothing came of it, or what did was taken back: one reminder, then the officer."""
    if lead.state is not LeadState.CALLED or lead.collector_id is None:
        return
    connection = dispatch.connection
    if not await deeds.since(connection, lead.id, _REMINDED, Move.CALL.value, Move.UNDO.value):
        await leads.note_event(connection, lead, _REMINDED, who=SYSTEM, at=dispatch.now, why="no_outcome")
        await dispatch.tell_staff(lead.collector_id, "outcome_missing", lead)
        again = await dispatch.his_time(lead.collector_id, TELL_WITHIN)
        await timers.put(connection, OUTCOME, lead.id, again)
        return
    await dispatch.tell_staff(lead.collector_id, "lead_moved_on", lead)
    taken = await dispatch.move(lead, Move.EXPIRE, who=SYSTEM, why="no_outcome")
    await dispatch.to_office(taken, "no_outcome", told=False)


async def _follow_up(dispatch: Dispatch, lead: Lead) -> None:
    """The day has come on which she is called again: by whom she knows, if he can."""
    if lead.state is not LeadState.THINKING or await _has_another(dispatch, lead):
        return
    before = [] if lead.collector_id is None else [lead.collector_id]
    await dispatch.reopen(await dispatch.move(lead, Move.FOLLOW_UP, who=SYSTEM), before=before)


async def _wrong_number(dispatch: Dispatch, lead: Lead) -> None:
    """The number she left was not hers, and it was no slip: she may leave another."""
    if lead.state is LeadState.UNREACHABLE and not await _has_another(dispatch, lead):
        await dispatch.tell(lead, "wrong_phone")


async def _missed_twice(dispatch: Dispatch, lead: Lead) -> None:
    """She did not take two calls, and that was no slip: she is told once, and may choose another hour."""
    if lead.state is not LeadState.ACCEPTED:
        return
    if not await deeds.since(dispatch.connection, lead.id, _TOLD_MISSED, deeds.COUNTED):
        await leads.note_event(dispatch.connection, lead, _TOLD_MISSED, who=SYSTEM, at=dispatch.now)
        await dispatch.tell(lead, reminders.NOTICES[reminders.MISSED])


async def _has_another(dispatch: Dispatch, lead: Lead) -> bool:
    """Tell whether she whose lead ended has booked again since."""
    return lead.address is not None and bool(await leads.open_of(dispatch.connection, lead.address))


async def _not_given(dispatch: Dispatch, lead: Lead) -> None:
    """The officer has had a lead for an hour: an alert, and one each morning until he gives or closes it."""
    if lead.state is not LeadState.UNASSIGNED:
        return
    log.error("alert: lead %d lies with the office; see: %s leads", lead.id, program())
    await dispatch.remind_office(lead)
    tomorrow = dispatch.diary.day(dispatch.now) + timedelta(days=1)
    await timers.put(dispatch.connection, GIVE, lead.id, dispatch.diary.opening(tomorrow))


async def _ask_how(dispatch: Dispatch, lead: Lead) -> None:
    """Ask her once how the call went; that she was asked is kept, for a reply in plain words."""
    rated = await leads.happened(dispatch.connection, lead.id, RATED)
    if rated or not reminders.still_wanted(reminders.FEEDBACK, lead, dispatch.now):
        return
    await leads.note_event(dispatch.connection, lead, ASKED, who=SYSTEM, at=dispatch.now)
    buttons = [button(rating, lead.id) for rating in RATING.choices]
    await dispatch.tell(lead, reminders.NOTICES[reminders.FEEDBACK], *buttons)


def _remind(kind: str) -> Callable[[Dispatch, Lead], Awaitable[None]]:
    """Say to her what a reminder says, if it still has a point."""

    async def remind(dispatch: Dispatch, lead: Lead) -> None:
        if reminders.still_wanted(kind, lead, dispatch.now):
            await dispatch.tell(lead, reminders.NOTICES[kind])

    return remind


def _remind_him(kind: str) -> Callable[[Dispatch, Lead], Awaitable[None]]:
    """Say to whoever is to call what a reminder says, if it still has a point."""

    async def remind(dispatch: Dispatch, lead: Lead) -> None:
        if lead.collector_id is not None and reminders.still_wanted(kind, lead, dispatch.now):
            await dispatch.tell_staff(lead.collector_id, reminders.HIS_NOTICES[kind], lead)

    return remind


_DUE: Mapping[str, Callable[[Dispatch, Lead], Awaitable[None]]] = MappingProxyType(
    {
        ACCEPT: _not_accepted,
        CALL: _not_called,
        OUTCOME: _no_outcome,
        FOLLOW_UP: _follow_up,
        GIVE: _not_given,
        **{kind: _remind(kind) for kind in (reminders.REMIND_DAY, reminders.REMIND_HOUR)},
        reminders.FEEDBACK: _ask_how,
        reminders.NUMBER: _wrong_number,
        reminders.MISSED: _missed_twice,
        **{kind: _remind_him(kind) for kind in reminders.HIS_REMINDERS},
    }
)
"""Kind of timer → what is done. A timer of another kind fails, and is kept."""
