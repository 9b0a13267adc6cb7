"""Handing over: a call its collector can no longer make goes to another, and costs him no turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from bot.dispatch import FURTHEST, SOONEST, Dispatch
from bot.storage import bookings, leads, teams
from bot.storage.leads import Lead
from bot.storage.teams import Worker
from calculators.slots import Range
from handlers.leads import LeadState, Move


async def hand_over(dispatch: Dispatch, lead: Lead, how: Move, *, who: str, why: str) -> Lead:
    """Take a lead from its collector with its hour, and find her another; she is told.

    He had no call, so he had no turn. An hour too near for anybody else becomes the next free one.
    """
    await bookings.release(dispatch.connection, lead)
    given = await dispatch.move(lead, how, who=who, why=why)
    if lead.starts_at - dispatch.now < SOONEST:
        return await dispatch.reopen(given)
    return await dispatch.hand_on(given)


async def hand_over_what_changed(
    dispatch: Dispatch, lost: Mapping[int, Collection[str]], *, who: str
) -> Sequence[tuple[Lead, Lead]]:
    """Hand over what collectors whose work was changed can no longer call: each lead before and after.

    `lost` names, for each of them, the wards he no longer covers. The soonest call finds somebody first. Call
    leads.alone() before.
    """
    due: list[tuple[Lead, str]] = []
    team = await _workers(dispatch, lost)
    for collector, wards in lost.items():
        due += await _cannot(dispatch, collector, team.get(collector), wards)
    done = []
    for lead, why in sorted(due, key=lambda one: (one[0].starts_at, one[0].id)):
        if lead.collector_id is not None:
            await dispatch.tell_staff(lead.collector_id, "lead_moved_on", lead)
        if lead.state is LeadState.CALLED:  # what came of it, only the officer can find out now
            taken = await dispatch.move(lead, Move.TAKE_BACK, who=who, why=why)
            done.append((lead, await dispatch.to_office(taken, "no_outcome", told=False)))
        else:
            done.append((lead, await hand_over(dispatch, lead, Move.TAKE_BACK, who=who, why=why)))
    return done


async def _workers(dispatch: Dispatch, team: Collection[int]) -> Mapping[int, Worker]:
    """Those who are appointed today, as they work from now on."""
    today = dispatch.diary.day(dispatch.now)
    last = dispatch.diary.day(dispatch.now + FURTHEST)
    found = await teams.named(dispatch.connection, team, today, last)
    return {worker.id: worker for worker in found if worker.appointed(today)}


async def _cannot(
    dispatch: Dispatch, collector: int, worker: Worker | None, wards: Collection[str]
) -> Sequence[tuple[Lead, str]]:
    """The leads somebody can no longer call, each with the reason; who is not appointed can call none."""
    midnight = dispatch.diary.end_of_day(dispatch.now, -1)
    his = await leads.of_collector(dispatch.connection, collector, midnight)
    if worker is None:
        return [(lead, "left") for lead in his if lead.open]
    cannot, a_day = [], Counter[date]()
    for lead in sorted(his, key=lambda one: (to_come(dispatch, one), one.state is LeadState.OFFERED, one.id)):
        day = dispatch.diary.day(lead.starts_at)
        why = ""
        if to_come(dispatch, lead):
            why = _why(dispatch, lead, worker, wards) or ("full" if a_day[day] >= worker.per_day else "")
        if why:
            cannot.append((lead, why))
        else:
            a_day[day] += 1
    return cannot


def to_come(dispatch: Dispatch, lead: Lead) -> bool:
    """Tell whether a call can still be handed over: one whose hour has begun is his to make or write down."""
    return lead.open and lead.state is not LeadState.CALLED and lead.starts_at > dispatch.now


def _why(dispatch: Dispatch, lead: Lead, worker: Worker, wards: Collection[str]) -> str:
    if lead.ward in wards:
        return "not_covering"
    return dispatch.diary.absence(worker, Range(lead.starts_at, lead.ends_at), agreed=True)
