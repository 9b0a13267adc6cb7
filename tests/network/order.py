"""What must hold in a life after whatever was done: no lead lost, doubled, ownerless or called at night."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import select, true

from bot.clock import LOCAL
from bot.diary import CALL_OPENS
from bot.dispatch import DEADLINES
from bot.storage import leads as stored
from bot.storage import skips as skipped
from bot.storage.network_schema import bookings, collectors, lead_events, lead_skips, leads, timers
from handlers.leads import LIFE, OPEN, LeadState, Move
from tests.network.lives import CODES, TAY, Life

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

            rows = await every(of.id, of.state, of.collector_id, of.starts_at, of.ends_at, of.person)
            taken = await every(bookings.c.collector_id, bookings.c.starts_at, bookings.c.held_until)
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
        self._check_timers([row for row in rows if row.state in OPEN], waits)
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

    def _check_timers(self, open_: list[Any], waits: list[Any]) -> None:
        """Every open lead has its deadline, and no deadline has passed."""
        assert all(error is None for *_, error in waits), waits
        assert all(due_at > self.life.now for _, _, due_at, _ in waits), "a deadline passed, and nothing"
        kinds = defaultdict(set)
        for lead, kind, *_ in waits:
            if kind in DEADLINES:  # the others remind her
                kinds[lead].add(kind)
        for row in open_:
            expected = {WAITS_FOR[row.state]}
            assert kinds[row.id] == expected, f"lead {row.id} is {row.state} and waits for {kinds[row.id]}"

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
        moved = {*Move, "to_office"}
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
                hour = event.at.astimezone(LOCAL).hour
                row = rows[event.lead_id]
                promised = row.starts_at <= event.at < row.ends_at
                assert 8 <= hour < 17 or promised, "called at night"
                if last[event.lead_id] is event:  # else she may have got another hour since
                    assert event.at >= row.starts_at - CALL_OPENS, "called long before her hour"
        for lead, row in rows.items():
            assert self.came[lead] == row.state, f"lead {lead} is {row.state} and its events end elsewhere"
            if row.state == "unassigned" and lead in last:
                assert last[lead].what == "to_office" or last[lead].who.startswith("officer"), "ownerless"
