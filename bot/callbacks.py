"""A person's callback after it was booked: what she sees and does, and what she is reminded of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from icalendar import Calendar, Event
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import links
from bot.clock import LOCAL
from bot.dispatch import Dispatch, local
from bot.office import TAKEN
from bot.reminders import FEEDBACK
from bot.storage import leads, network, timers
from bot.storage.crypt import Cipher
from bot.storage.hotpath import heard_at
from bot.storage.leads import CITIZEN, SYSTEM, Lead
from handlers.leads import ENDED_BY_A_CALL, UNDO_WITHIN, LeadState, Move
from handlers.messages import Address

CALENDAR = "calendar"  # what its links are called
RATED = "rated"
ASKED = "asked_how"  # the event of a notice that asks how a call went
DENIED = "denied_call"  # the event that she says nobody called, of a lead that ended by a call
NUMBER_ASKED = "number_asked"  # the event that she was asked for her number anew, since it was wrong


class CallbackWorld:
    """Effects and look-ups of whoever talks at an address, about the call she booked."""

    _dispatch: Dispatch
    _address: Address
    _connection: AsyncConnection
    _now: datetime
    _site: str

    async def my_call(self) -> Mapping[str, Any] | None:
        """Return her open call; None when she has none."""
        lead = await self._open_lead()
        return await self._shown_call(lead) if lead else None

    async def move_call(self, starts_at: str) -> Mapping[str, Any] | None:
        """Move it to another hour; None when nobody is free then."""
        lead = await self._open_lead()
        if lead is None:
            return None
        moment = datetime.fromisoformat(starts_at)
        moved = await self._dispatch.move_hour(lead, moment, who=CITIZEN, why="her_wish")
        if moved is None:
            return None
        if moved.collector_id is not None and moved.collector_id == lead.collector_id:
            await self._dispatch.tell_moved(moved, moved.collector_id)
        return await self._shown_call(moved)

    async def call_in(self, speaks: str) -> Mapping[str, Any] | None:
        """Have it in another language, "" for any; None when there is no call."""
        lead = await self._open_lead()
        return await self._shown_call(await self._dispatch.keep_wish(lead, speaks)) if lead else None

    async def _renumber(self, phone: str) -> Lead | None:
        """Have it made to another number; None where nothing changes. Whoever saw the old one is told."""
        lead, connection, cipher = await self._open_lead(), self._connection, self._dispatch.cipher
        if lead is None or (await leads.person(connection, cipher, lead.id)).phone == phone:
            return None
        lead = await leads.renumber(connection, cipher, lead, phone)
        await leads.note_event(connection, lead, leads.RENUMBERED, who=CITIZEN, at=self._now)
        saw = Move.CALL.value if lead.collector_id is not None else TAKEN
        if not await leads.happened(connection, lead.id, saw):
            return lead
        if lead.collector_id is not None:
            await self._dispatch.tell_staff(lead.collector_id, "lead_new_number", lead)
        else:
            facts = {"lead": lead.id, "ward": lead.ward, "starts_at": local(lead.starts_at)}
            await self._dispatch.tell_office("office_new_number", **facts)
        return lead

    async def cancel_call(self) -> None:
        """Call it off; the collector is told."""
        lead = await self._open_lead()
        if lead is not None:
            await self._dispatch.withdraw(lead, why="her_wish")

    async def call_again(self) -> Mapping[str, Any]:
        """Nobody called: she comes first, with another; {"starts_at": the next free hour, "" for the office}.

        The office is told once: what lies with it is on its list, and it is reminded of it every day. She
        reads it in the answer, and needs no notice that says it again.
        """
        lead = await self._open_lead()
        if lead is None or lead.ends_at > self._now:
            return {"starts_at": ""}
        is_new = lead.state is not LeadState.UNASSIGNED
        if is_new:
            if lead.collector_id is not None:
                await self._dispatch.tell_staff(lead.collector_id, "lead_moved_on", lead)
            lead = await self._dispatch.move(lead, Move.EXPIRE, who=CITIZEN, why="she_was_not_called")
        found = await self._dispatch.reopened(lead)
        if found is None and is_new:
            await self._dispatch.to_office(lead, "nobody_free", told=False)
        return {"starts_at": local(found.starts_at) if found is not None else ""}

    async def asked_how(self) -> int | None:
        """Return the call she was asked about after she last wrote in this chat; None for none."""
        lead = await self._lead_she_had(None)
        if lead is None:
            return None
        asked = await leads.last(self._connection, lead.id, ASKED)
        heard = await heard_at(self._connection, self._address)
        return lead.id if asked and (heard is None or heard < asked) else None

    async def rate_call(self, rating: str, lead: int | None = None) -> Mapping[str, Any]:
        """Keep how her last call went, or that of a lead of hers; {"rated": …, "already": …}."""
        await leads.alone(self._connection)
        had = await self._lead_she_had(lead)
        already = had is not None and await leads.happened(self._connection, had.id, RATED) > 0
        if had is None or already:
            return {"rated": False, "already": already}
        await leads.note_event(self._connection, had, RATED, who=CITIZEN, at=self._now, why=rating)
        return {"rated": True, "already": False}

    async def deny_call(self) -> str:
        """She says that nobody called, of a lead that ended by a call: keep it, and tell the office.

        Once for each lead: "told", then "before"; "" where her last lead did not end so. She is not thanked
        for a call she denies.
        """
        lead = await self._last_lead()
        if lead is None or lead.state not in ENDED_BY_A_CALL:
            return ""
        connection = self._connection
        if await leads.happened(connection, lead.id, DENIED):
            return "before"
        await leads.note_event(connection, lead, DENIED, who=CITIZEN, at=self._now)
        await timers.drop(connection, lead.id, FEEDBACK)
        facts = {"lead": lead.id, "ward": lead.ward, "starts_at": local(lead.starts_at)}
        await self._dispatch.tell_office("office_denied_call", **facts)
        return "told"

    async def last_ended(self) -> str:
        """Return how her last lead ended: "called", "wrong_number" once it is no slip any more, else ""."""
        lead = await self._last_lead()
        if lead is None:
            return ""
        if lead.state in ENDED_BY_A_CALL:
            return "called"
        if lead.state is not LeadState.UNREACHABLE or lead.collector_id is None:
            return ""
        noted = await leads.last(self._connection, lead.id, Move.WRONG_NUMBER.value)
        return "wrong_number" if noted and noted + UNDO_WITHIN <= self._now else ""

    async def number_anew(self) -> bool:
        """Tell whether she is to be asked for her number anew, since the last was wrong: once for a lead."""
        lead = await self._last_lead() if await self.last_ended() == "wrong_number" else None
        connection = self._connection
        if lead is None or await leads.happened(connection, lead.id, NUMBER_ASKED):
            return False
        await leads.note_event(connection, lead, NUMBER_ASKED, who=SYSTEM, at=self._now)
        return True

    async def _lead_she_had(self, number: int | None) -> Lead | None:
        """Return the last call she had, or the one of this number, though its lead may go on since."""
        for lead in reversed(await leads.all_of(self._connection, self._address)):
            if number in (None, lead.id) and (
                lead.state in ENDED_BY_A_CALL
                or await leads.happened(self._connection, lead.id, Move.FOLLOW_UP.value)
            ):
                return lead
        return None

    async def _last_lead(self) -> Lead | None:
        """Her last lead, with nobody else changing leads until the commit."""
        await leads.alone(self._connection)
        mine = await leads.all_of(self._connection, self._address)
        return mine[-1] if mine else None

    async def _open_lead(self) -> Lead | None:
        """Her open lead, with nobody else changing leads until the commit."""
        await leads.alone(self._connection)
        mine = await leads.open_of(self._connection, self._address)
        return mine[-1] if mine else None

    async def _shown_call(self, lead: Lead) -> Mapping[str, Any]:
        collector = None
        if lead.collector_id is not None:
            collector = (await network.collector(self._connection, lead.collector_id)).card()
        return {
            "lead": lead.id,
            "ward": lead.ward,
            "starts_at": local(lead.starts_at),
            "call_code": lead.call_code,
            "collector": collector,
            "over": lead.ends_at <= self._now,
            "link": f"{self._site}{calendar_path(self._dispatch.cipher, lead)}" if collector else "",
            **await self._dispatch.spoken(lead),
        }


def calendar_path(cipher: Cipher, lead: Lead) -> str:
    """Return the path of a lead's calendar file; it holds until the call."""
    return f"/call/{links.token(cipher, CALENDAR, lead.id, lead.ends_at)}.ics"


def calendar_file(cipher: Cipher, lead: Lead, collector: Mapping[str, str], stand: leads.Stand) -> bytes:
    """Return the call as an iCalendar file (RFC 5545), for the calendar of her phone.

    Opened again after the call was moved it takes the place of the earlier one: same UID, higher SEQUENCE.
    The UID tells nothing of the lead.
    """
    event = Event()
    event.add("uid", f"{cipher.index(f'{CALENDAR}:{lead.id}').hex()[:32]}@ansinh")
    event.add("sequence", stand.changes)
    event.add("dtstamp", stand.last_at)
    event.add("last-modified", stand.last_at)
    event.add("dtstart", lead.starts_at.astimezone(LOCAL))
    event.add("dtend", lead.ends_at.astimezone(LOCAL))
    event.add("summary", f"Nhân viên thu BHXH gọi: {collector['name']}")
    event.add(
        "description",
        f"{collector['name']}, {collector['organisation']}, {collector['point']} (mã {collector['code']}).\n"
        f"Mã gọi lại: {lead.call_code}. Người gọi phải đọc đúng mã này trước.",
    )
    calendar = Calendar()
    calendar.add("prodid", "-//An Sinh//callback//VI")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
