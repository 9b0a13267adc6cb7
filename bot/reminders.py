"""What she is told in time (of her call, how it went, that none reached her), and he of his call."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import LOCAL
from bot.storage import timers
from bot.storage.leads import Lead
from handlers.leads import ENDED_BY_A_CALL, TOLD_AFTER_NO_ANSWERS, UNDO_WITHIN, LeadState, Move

REMINDERS = REMIND_DAY, REMIND_HOUR, FEEDBACK, NUMBER, MISSED = (
    "remind_day", "remind_hour", "feedback", "number", "missed",
)  # fmt: skip
HIS_REMINDERS = HIS_DAY, HIS_CALL = "his_day", "his_call"
NOTICES = {
    REMIND_DAY: "call_tomorrow",
    REMIND_HOUR: "call_soon",
    FEEDBACK: "how_was_the_call",
    MISSED: "call_missed",
}
HIS_NOTICES = {HIS_DAY: "your_call_today", HIS_CALL: "your_call_soon"}
EVENING = time(19)  # when market people are home and not yet asleep
AN_HOUR = timedelta(hours=1)
MORNING = time(7, 30)  # before the working day, while he can still give a call back
HALF_AN_HOUR, MORNING_BEFORE = timedelta(minutes=30), timedelta(hours=2)
AFTER_A_CALL = timedelta(hours=2)  # later than an outcome can be taken back
OPENS, CLOSES = time(8), time(20)  # nobody is asked anything at night

_AWAITED = (LeadState.OFFERED, LeadState.ACCEPTED)


async def plan(connection: AsyncConnection, lead: Lead, how: Move, now: datetime) -> None:
    """Set the timers of a lead that came `how` to where it stands now, and stop those it no longer needs."""
    await timers.drop(connection, lead.id, *REMINDERS, *HIS_REMINDERS)
    due = _due(lead, now)
    if how is Move.NO_ANSWER and lead.no_answers == TOLD_AFTER_NO_ANSWERS:
        due[MISSED] = _by_day(now + UNDO_WITHIN)
    for kind, moment in due.items():
        if moment > now:
            await timers.put(connection, kind, lead.id, moment)


def still_wanted(kind: str, lead: Lead, now: datetime) -> bool:
    """Tell whether a reminder still has a point when it is due."""
    if kind == FEEDBACK:
        return lead.state in ENDED_BY_A_CALL
    if kind in HIS_REMINDERS:
        return lead.state is LeadState.ACCEPTED and lead.starts_at > now
    return lead.state in _AWAITED and lead.starts_at > now


def _due(lead: Lead, now: datetime) -> dict[str, datetime]:
    if lead.state in _AWAITED:
        day = lead.starts_at.astimezone(LOCAL).date() - timedelta(days=1)
        hers = {REMIND_DAY: datetime.combine(day, EVENING, LOCAL), REMIND_HOUR: lead.starts_at - AN_HOUR}
        return hers | _due_to_him(lead)
    if lead.state in ENDED_BY_A_CALL:
        return {FEEDBACK: _by_day(now + AFTER_A_CALL)}
    if lead.state is LeadState.UNREACHABLE and lead.collector_id is not None:  # else the office tells her
        return {NUMBER: _by_day(now + UNDO_WITHIN)}
    return {}


def _due_to_him(lead: Lead) -> dict[str, datetime]:
    """When who accepted a call is reminded: that morning, unless it is soon then, and shortly before."""
    if lead.state is not LeadState.ACCEPTED:
        return {}
    morning = datetime.combine(lead.starts_at.astimezone(LOCAL).date(), MORNING, LOCAL)
    soon = {HIS_CALL: lead.starts_at - HALF_AN_HOUR}
    return soon | ({HIS_DAY: morning} if lead.starts_at - morning >= MORNING_BEFORE else {})


def _by_day(moment: datetime) -> datetime:
    """The moment, or the next one at which people may be written to."""
    here = moment.astimezone(LOCAL)
    if OPENS <= here.time() < CLOSES:
        return moment
    day = here.date() + timedelta(days=here.time() >= CLOSES)
    return datetime.combine(day, OPENS, LOCAL)
