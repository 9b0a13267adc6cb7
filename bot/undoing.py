"""Taking back what came of a call: a collector tapped the wrong outcome, and says so within minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.dispatch import Dispatch
from bot.storage import bookings, do_not_call, leads
from bot.storage.leads import Lead, Written
from bot.storage.network import Collector
from handlers.leads import DONE, OUTCOMES, UNDO_WITHIN, Move


async def last(dispatch: Dispatch, me: Collector) -> Written | None:
    """Return what a collector wrote last, while it can be taken back; None once he took it back."""
    found = await leads.written(dispatch.connection, me.id, dispatch.now - UNDO_WITHIN)
    return found if found is not None and found.what in OUTCOMES else None


async def undo(dispatch: Dispatch, lead: Lead, *, who: str) -> Mapping[str, Any]:
    """Take back what came of a call, for the collector who wrote it; {"result": code, "lead": number}.

    The lead is with him as before: its hour was his all the time. What she would have been told of the
    outcome waits until it can no longer be taken back, so that a slip of his never reaches her. Call
    leads.alone() before.
    """
    connection, now = dispatch.connection, dispatch.now
    outcome = await leads.written(connection, lead.collector_id or 0, now - UNDO_WITHIN, lead.id)
    if outcome is None:
        return {"result": "too_late", "lead": lead.id}
    if lead.address is None:
        return {"result": "forgotten", "lead": lead.id}
    if any(other.open for other in await leads.all_of(connection, lead.address)):
        return {"result": "booked_again", "lead": lead.id}
    if outcome.what is Move.NOT_INTERESTED:
        phone = (await leads.person(connection, dispatch.cipher, lead.id)).phone
        await do_not_call.take_back(connection, dispatch.cipher, phone, at=outcome.at)
    if outcome.what is Move.WRONG_NUMBER:  # his turn counts again, unless she could not be reached before
        await bookings.turn(connection, lead, counts=not lead.no_answers)
    as_it_was = await leads.note_outcome(connection, lead, no_answers=lead.no_answers)
    await dispatch.move(as_it_was, Move.UNDO, who=who, why=outcome.what)
    return {"result": DONE[Move.UNDO], "lead": lead.id}
