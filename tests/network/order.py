"""What must hold in a life after whatever was done: no lead lost, doubled, ownerless or called at night."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, true

from bot.clock import LOCAL
from bot.diary import CALL_OPENS
from bot.dispatch import DEADLINES
from bot.storage import leads as stored
from bot.storage import skips as skipped
from bot.storage.network_schema import bookings, collectors, lead_events, lead_skips, leads, timers
from calculators.calling import calling_hours
from handlers.leads import LIFE, OPEN, LeadState, Move
from tests.network.house import HOLIDAYS
from tests.network.lives import CODES, MOST_A_DAY, TAY, Life
from tests.storage.rig import LAW

WAITS_FOR = {"unassigned": "give", "offered": "accept", "accepted": "call", "called": "outcome"}


class Order:
    """Looks at a life's database, and at what happened since it looked last."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.came: dict[int, LeadState] = defaultdict(lambda: LeadState.UNASSIGNED)
        self.read = self.read_skips = 0

    async def check(self) -> None:
        """Fail where something is out of order."""
        of, event, timer = leads.c, lead_events.c, timers.c
        house = self.life.house
        async with house.engine.connect() as connection:

            async def every(*columns: Any, where: Any = None) -> list[Any]:
                return list(
                    await connection.execute(
                        select(*columns).where(true() if where is None else where).order_by(columns[0])
                    )
                )

            rows = await every(
                of.id, of.state, of.collector_id, of.starts_at, of.ends_at, of.person, of.follow_up_on
            )  # fmt: skip
            taken = await every(
                bookings.c.collector_id, bookings.c.starts_at, bookings.c.held_until, bookings.c.fills
            )  # fmt: skip
            waits = await every(timer.lead_id, timer.kind, timer.due_at, timer.error)
            events = await every(
                event.id, event.lead_id, event.at, event.who, event.what, event.state, event.collector_id,
                where=event.id > self.read,
            )  # fmt: skip
            codes = {row.id: row.code for row in await every(collectors.c.id, collectors.c.code)}
            skips = await every(
                lead_skips.c.id, lead_skips.c.lead_id, lead_skips.c.considered,
                where=lead_skips.c.id > self.read_skips,
            )  # fmt: skip
            asked = {
                row.id: (await stored.person(connection, house.cipher, row.id)).note.get("speaks")
                for row in rows
                if row.person is not None and row.id in {skip.lead_id for skip in skips}
            }
        self._check_leads(rows, {(row.collector_id, row.starts_at) for row in taken if not row.held_until})
        self._check_days([row for row in taken if row.fills], rows, codes)
        self._check_timers(rows, waits)
        self._check_languages([skip for skip in skips if asked.get(skip.lead_id)], codes)
        self.read_skips = max((skip.id for skip in skips), default=self.read_skips)
        self._check_events(events, {row.id: row for row in rows}, codes)

    def _check_leads(self, rows: list[Any], booked: set[Any]) -> None:
        """None is lost or doubled, each open one has one owner, and its hour is his."""
        assert {row.id for row in rows} >= self.life.made, "a lead is lost"
        self.life.made = {row.id for row in rows}
        open_ = [row for row in rows if row.state in OPEN]
        held = Counter((row.collector_id, row.starts_at) for row in open_ if row.collector_id)
        assert max(held.values(), default=1) == 1, "somebody has two leads for one hour"
        assert set(held) <= booked, "a lead's hour is not booked"
        hers = Counter(row.person for row in open_)
        assert max(hers.values(), default=1) == 1, "a person has two open leads"
        assert all((row.collector_id is None) == (row.state == "unassigned") for row in open_)

    def _check_days(self, calls: list[Any], rows: list[Any], codes: dict[int, str]) -> None:
        """Nobody has more calls a day than he takes, and each lead that waits for its hour is one of them."""
        mine = {(row.collector_id, row.starts_at) for row in calls}
        waiting = {
            (row.collector_id, row.starts_at) for row in rows if row.state in OPEN and row.collector_id
        }
        assert waiting <= mine, "a call to come is none of its collector's day"
        a_day = Counter(
            (row.collector_id, row.starts_at.astimezone(LOCAL).date())
            for row in calls
            if row.held_until is None or row.held_until > self.life.now
        )
        for (collector, day), many in a_day.items():
            assert many <= MOST_A_DAY[codes[collector]], f"{codes[collector]} has {many} calls on {day}"

    def _check_timers(self, rows: list[Any], waits: list[Any]) -> None:
        """Every open lead has its deadline, who thinks is called again, ends wait for nothing."""
        assert all(error is None for *_, error in waits), waits
        assert all(due_at > self.life.now for _, _, due_at, _ in waits), "a deadline passed, and nothing"
        kinds = defaultdict(set)
        for lead, kind, *_ in waits:
            if kind in DEADLINES:  # the others remind her
                kinds[lead].add(kind)
        for row in rows:
            expected = {WAITS_FOR[row.state]} if row.state in OPEN else set()
            if row.state == "thinking" and row.person is not None and self._ahead(row.follow_up_on):
                expected = {"follow_up"}
            assert kinds[row.id] == expected, f"lead {row.id} is {row.state} and waits for {kinds[row.id]}"

    def _ahead(self, day: date | None) -> bool:
        """Whether she is yet to be called again on the day agreed, if any."""
        return day is not None and self.life.house.worlds.diary.opening(day) > self.life.now

    def _check_languages(self, skips: list[Any], codes: dict[int, str]) -> None:
        """Nobody who does not speak it got who asked for Tày before somebody free who does."""
        looks: dict[int, list[dict[str, str]]] = defaultdict(lambda: [{}])
        told = (
            (row.lead_id, skip)
            for row in skips
            for skip in skipped.opened(self.life.house.cipher, row.lead_id, row.considered)
        )
        for lead, skip in told:
            code, mine = codes[skip.collector], looks[lead]
            if code in mine[-1] or (skip.why == "chosen" and "chosen" in mine[-1].values()):
                mine.append({})  # somebody was looked for again
            mine[-1][code] = skip.why
        speak = {CODES[number] for number in TAY}
        for look in (each for mine in looks.values() for each in mine):
            if not {code for code, why in look.items() if why == "chosen"} <= speak:
                passed_over = {code for code, why in look.items() if why == "later_turn"}
                assert not passed_over & speak, f"somebody who speaks it was free: {look}"
                self.life.done["none_spoke"] += 1

    def _check_events(self, events: list[Any], rows: dict[int, Any], codes: dict[int, str]) -> None:
        """Every change follows the life of leads, says who and when, and calls keep the rules."""
        moved = {*Move, stored.TO_OFFICE}
        last = {event.lead_id: event for event in events if event.what in moved}
        for event in events:
            self.read = event.id
            assert event.who
            assert event.at <= self.life.now
            if event.what in list(Move):  # the others move no lead
                assert LIFE[self.came[event.lead_id]][Move(event.what)] == event.state
                self.came[event.lead_id] = LeadState(event.state)
                self.life.done[event.what] += 1
            assert self.came[event.lead_id] == event.state
            if event.what == Move.CALL:
                assert event.who == f"collector:{codes[event.collector_id]}", "called by a stranger"
                if last[event.lead_id] is event:  # else she may have got another hour since
                    self._check_call(event.at, rows[event.lead_id])
        for lead, row in rows.items():
            assert self.came[lead] == row.state, f"lead {lead} is {row.state} and its events end elsewhere"
            if row.state == "unassigned" and lead in last:
                assert last[lead].what == stored.TO_OFFICE or last[lead].who.startswith("officer"), (
                    "ownerless"
                )

    def _check_call(self, at: datetime, lead: Any) -> None:
        """She is called in the law's hours, on no holiday, or in the hour she chose; never long before it."""
        day = at.astimezone(LOCAL).date()
        hours = calling_hours(day, day, law=LAW, holidays=HOLIDAYS, zone=LOCAL)
        promised = lead.starts_at <= at < lead.ends_at
        assert promised or any(hour.start <= at < hour.end for hour in hours), "called outside the hours"
        assert at >= lead.starts_at - CALL_OPENS, "called long before her hour"
