"""Handing over: a call its collector can no longer make goes to another, and costs him no turn."""

from __future__ import annotations

from bot.dispatch import SOONEST, Dispatch
from bot.storage import bookings
from bot.storage.leads import Lead
from handlers.leads import Move


async def hand_over(dispatch: Dispatch, lead: Lead, how: Move, *, who: str, why: str) -> Lead:
    """Take a lead from its collector with its hour, and find her another; she is told.

    He had no call, so he had no turn. An hour too near for anybody else becomes the next free one.
    """
    await bookings.release(dispatch.connection, lead)
    given = await dispatch.move(lead, how, who=who, why=why)
    if lead.starts_at - dispatch.now < SOONEST:
        return await dispatch.reopen(given)
    return await dispatch.hand_on(given)
