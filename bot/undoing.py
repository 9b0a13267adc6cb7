"""Taking back what came of a call: a collector tapped the wrong outcome, and says so within minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.dispatch import Dispatch
from bot.storage import bookings, deeds, leads
from bot.storage.deeds import Deed
from bot.storage.leads import Lead
from bot.storage.network import Collector
from handlers.leads import DONE, OUTCOMES, UNDO_WITHIN, Move


async def last(dispatch: Dispatch, me: Collector) -> Deed | None:
    """Return the outcome a collector wrote last, while it can be taken back; None once he took it back."""
    found = await deeds.written(dispatch.connection, me.id, dispatch.now - UNDO_WITHIN)
    lead = await leads.find(dispatch.connection, found.lead) if found and found.what in OUTCOMES else None
    if lead is None or lead.collector_id != me.id:
        return None
    slip = await _slip(dispatch, lead)
    return slip if isinstance(slip, Deed) else None


async def meant(dispatch: Dispatch, me: Collector) -> int | Mapping[str, Any]:
    """Return the lead that words without a number take back, or the result that says why there is none.

    They mean what he did last, and never reach past it: where that cannot be taken back, it is said, with
    the outcome he may name instead (`other`, 0 for none).
    """
    deed = await deeds.of(dispatch.connection, me.code, me.id, dispatch.now - UNDO_WITHIN)
    if deed is None or deed.what is Move.UNDO:
        return {"result": "no_outcome", "lead": 0}
    if deed.what in OUTCOMES:
        return deed.lead
    other = await last(dispatch, me)
    return {"result": "no_slip", "lead": deed.lead, "other": other.lead if other else 0}


async def undo(dispatch: Dispatch, lead: Lead, *, who: str) -> Mapping[str, Any]:
    """Take back what came of a call, for the collector who wrote it; {"result": code, "lead": number}.

    The lead is with him as before: its hour was his all the time. What she would have been told of the
    outcome waits until it can no longer be taken back, so that a slip of his never reaches her. Call
    leads.alone() before.
    """
    slip = await _slip(dispatch, lead)
    if not isinstance(slip, Deed):
        return {"result": slip, "lead": lead.id}
    connection, tries = dispatch.connection, lead.no_answers
    if slip.what is Move.NOT_INTERESTED:
        await dispatch.unbar(lead, at=slip.at)
    if slip.what is Move.NO_ANSWER and await deeds.uncount(connection, lead.id, slip.at):
        tries = max(tries - 1, 0)
    await bookings.turn(connection, lead, counts=not tries)  # none where she could not be reached before
    as_it_was = await leads.note_outcome(connection, lead, no_answers=tries)
    await dispatch.move(as_it_was, Move.UNDO, who=who, why=slip.what)
    return {"result": DONE[Move.UNDO], "lead": lead.id}


async def _slip(dispatch: Dispatch, lead: Lead) -> Deed | str:
    """Return the outcome that can be taken back of a lead, or the code that says why there is none."""
    outcome = await deeds.on(dispatch.connection, lead.id)
    if outcome is None or outcome.what not in OUTCOMES:
        return "no_outcome"
    if outcome.at <= dispatch.now - UNDO_WITHIN:
        return "too_late"
    if lead.address is None:
        return "forgotten"
    others = [
        other for other in await leads.open_of(dispatch.connection, lead.address) if other.id != lead.id
    ]
    return "booked_again" if others else outcome
