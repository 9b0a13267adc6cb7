"""A town that lives at random: what people may do, in any order and at once, and what must always hold."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select, true

from bot import office
from bot.clock import LOCAL
from bot.diary import CALL_OPENS
from bot.dispatch import DEADLINES
from bot.errors import CannotGive
from bot.sheets import desk, store
from bot.storage import leads as stored
from bot.storage import skips as skipped
from bot.storage.engine import make_engine
from bot.storage.leads import CITIZEN
from bot.storage.network_schema import bookings, collectors, lead_events, lead_skips, leads, timers
from handlers.leads import DONE, LIFE, OPEN, REFUSALS, LeadState, Move
from tests.network.house import DONG_KINH, KY_LUA, House, citizen, employ, inbox, wish
from tests.network.other import Other

CODES = tuple(f"LS000{number}" for number in range(1, 7))
PEOPLE = 12
TAY = (2, 3)  # of the collectors: who speaks it
WAITS_FOR = {"unassigned": "give", "offered": "accept", "accepted": "call", "called": "outcome"}
LIKELY = {Move.ACCEPT: 6, Move.CALL: 8, Move.JOINED: 3, Move.STILL_THINKING: 3}
OUTCOMES = [Move.JOINED, Move.STILL_THINKING, Move.NO_ANSWER, Move.WRONG_NUMBER]


class Life:
    """Two houses on one database, and whoever talks to either of them.

    The second is in this process, or, as `other`, in one of its own: tests.network.other.
    """

    def __init__(self, url: str, seed: int, *, other: Other | None = None, alone: bool = False) -> None:
        self.chance, self.other = Random(seed), other
        seeds = (seed,) if other or alone else (seed, seed + 1)
        self.houses = [House(make_engine(url), rng=Random(each)) for each in seeds]
        self.made: set[int] = set()
        self.came: dict[int, LeadState] = defaultdict(lambda: LeadState.UNASSIGNED)
        self.read = self.read_skips = 0
        self.done: Counter[str] = Counter()
        self.fresh = 0

    async def found(self) -> None:
        """Employ six collectors of three organisations: some of both wards, one a head, two who speak Tày."""
        async with self.houses[0].engine.begin() as connection:
            for number, code in enumerate(CODES):
                wards = (KY_LUA, DONG_KINH) if number % 2 else (KY_LUA,)
                await employ(
                    connection, code, *wards, share=1 + number % 3, per_day=4 + number,
                    heads_point=number == 5, hours=((480, 690), (780, 1200)),
                    languages=("vi", "tay") if number in TAY else ("vi",),
                )  # fmt: skip

    async def close(self) -> None:
        for house in self.houses:
            await house.engine.dispose()
        if self.other:
            await self.other.leave()

    @property
    def house(self) -> House:
        """One of the processes."""
        return self.chance.choice(self.houses)

    @property
    def now(self) -> datetime:
        return self.houses[0].now

    async def step(self) -> None:
        """Let one thing happen, or several at once; then the timers, in both processes at once."""
        together = 1 if self.chance.random() < 0.75 else self.chance.randrange(2, 5)
        await asyncio.gather(self.happen(together), self._elsewhere(self.chance.randrange(1, 3)))
        if self.chance.random() < 0.3:
            by = timedelta(minutes=self.chance.choice((1, 4, 10, 30, 60, 200, 900)))
            for house in self.houses:
                house.now += by
        await asyncio.gather(*(house.tick() for house in self.houses), self._elsewhere(0))

    async def happen(self, things: int) -> None:
        """Let so many things happen at once."""
        await asyncio.gather(*(self._something() for _ in range(things)))

    async def _elsewhere(self, things: int) -> None:
        """Let so many things happen in the other process, if there is one; nothing: only its timers."""
        if self.other is None:
            return
        known = {
            "now": self.now.isoformat(),
            "things": things,
            "made": sorted(self.made),
            "fresh": self.fresh,
        }
        told = await self.other.do(known)
        self.made |= set(told["made"])
        self.fresh = max(self.fresh, told["fresh"])
        self.done.update(told["done"])

    def _something(self) -> Awaitable[None]:
        ways = (
            (self._books, 25), (self._holds, 6), (self._works, 34), (self._guesses, 10),
            (self._moves_hour, 6), (self._changes_language, 4), (self._cancels, 3), (self._leaves, 3),
            (self._officer, 7), (self._race, 6), (self._imports, 4),
        )  # fmt: skip
        way = self.chance.choices([way for way, _ in ways], [weight for _, weight in ways])[0]
        self.done[way.__name__] += 1
        return way()

    def _person(self) -> int:
        return self.fresh + self.chance.randrange(PEOPLE)

    async def _books(self) -> None:
        house, number = self.house, self._person()
        ward = self.chance.choice((KY_LUA, DONG_KINH))
        offered = await house.free(ward, citizen(number))
        if not offered:
            return
        hour = self.chance.choice(offered)
        if self.chance.random() < 0.5:
            await house.hold(number, hour, ward)
        more = {"phone": f"+8491{number:07d}"}
        if self.chance.random() < 0.3:
            booked = await self._books_in_tay(house, number, ward, more)
        else:
            booked = await house.book(number, hour, ward, **more)
        if booked and "lead" in booked:
            self.made.add(booked["lead"])
        if booked and "refused" in booked:
            self.fresh += 1  # she said no for good: another comes in her place

    async def _books_in_tay(self, house: House, number: int, ward: str, more: dict[str, str]) -> Any:
        """She asks for a call in Tày, at an hour of somebody who speaks it if there is one: then he calls."""
        async with house.world(citizen(number)) as world:
            await stored.alone(world._connection)
            of_speakers = [one.raw for one in await world.free_slots(ward, speaks="tay")]
            hours = of_speakers or [one.raw for one in await world.free_slots(ward)]
            if not hours:
                return None
            known = {lead.id for lead in await stored.all_of(world._connection, citizen(number))}
            booked = await world.book(wish(self.chance.choice(hours), ward, speaks="tay", **more))
            if booked and "lead" in booked and booked["lead"] not in known:
                assert booked["spoken"] == bool(of_speakers), "somebody who speaks it was free"
                self.done["in_tay" if of_speakers else "not_in_tay"] += 1
            return booked

    async def _holds(self) -> None:
        house = self.house
        offered = await house.free()
        if offered:
            await house.hold(self._person(), self.chance.choice(offered))

    async def _works(self) -> None:
        """A collector does what his desk offers."""
        house, code = self.house, self.chance.choice(CODES)
        jobs = [job for job in await house.desk(code) if not job.endswith("-0")]
        if not jobs:
            return
        likely = [LIKELY.get(job.partition("-")[0], 1) for job in jobs]
        action, _, lead = self.chance.choices(jobs, likely)[0].partition("-")
        terms: dict[str, Any] = {"follow_up": self.chance.choice(("in_3_days", "no_more"))}
        if action == Move.LATER:
            async with house.world(inbox(code)) as world:
                hours = [candidate.raw for candidate in await world.my_hours()]
            terms = {"starts_at": self.chance.choice(hours)} if hours else {}
        await self._settle(house, code, action, int(lead), terms)

    async def _guesses(self) -> None:
        """A collector taps an old card, or types what he likes."""
        lead = self.chance.choice(sorted(self.made) or [1])
        hour = (self.now + timedelta(hours=self.chance.randrange(-3, 50))).astimezone(LOCAL)
        terms = {"starts_at": hour.replace(minute=0).isoformat()}
        await self._settle(self.house, self.chance.choice(CODES), self.chance.choice(list(DONE)), lead, terms)

    async def _settle(self, house: House, code: str, action: str, lead: int, terms: dict[str, Any]) -> None:
        if action == Move.NOT_INTERESTED and self.chance.random() < 0.6:
            action = self.chance.choice(OUTCOMES)  # a no is for good: few say it
        told = (await house.settle(code, action, lead, **terms))["result"]
        assert told in (*DONE.values(), *REFUSALS), told
        self.done[told] += 1

    async def _moves_hour(self) -> None:
        """She asks for another hour."""
        house, number = self.house, self._person()
        offered = await house.free()
        if offered:
            hour = datetime.fromisoformat(self.chance.choice(offered))
            await self._hers(house, number, lambda d, lead: d.move_hour(lead, hour, who=CITIZEN, why="asked"))

    async def _changes_language(self) -> None:
        """She asks to be called in Tày, or in any language again."""
        speaks = self.chance.choice(("tay", ""))
        await self._hers(self.house, self._person(), lambda d, lead: d.keep_wish(lead, speaks))

    async def _cancels(self) -> None:
        await self._hers(self.house, self._person(), lambda d, lead: d.withdraw(lead, "asked"))

    async def _hers(self, house: House, number: int, do: Any) -> None:
        async with house.engine.begin() as connection:
            await stored.alone(connection)
            dispatch = house.worlds.dispatch(connection, house.now, lambda *_: None)
            for lead in await stored.all_of(connection, citizen(number)):
                if lead.open:
                    await do(dispatch, lead)

    async def _leaves(self) -> None:
        await self.house.forget(self._person())

    async def _officer(self) -> None:
        """The officer gives a lead to somebody, or closes it."""
        house, lead = self.house, self.chance.choice(sorted(self.made) or [1])
        async with house.engine.begin() as connection:
            await stored.alone(connection)
            dispatch = house.worlds.dispatch(connection, house.now, lambda *_: None)
            mine = [one.lead.id for one in await office.waiting(connection, house.worlds.diary, house.now)]
            try:
                if mine and self.chance.random() < 0.2:
                    await office.close(dispatch, mine[0], Move.GIVE_UP, who="officer:binh", why="unreachable")
                else:
                    lead = self.chance.choice(mine) if mine else lead
                    await office.give(dispatch, lead, self.chance.choice(CODES), who="officer:binh")
                self.done["officer_did"] += 1
            except CannotGive:
                self.done["officer_could_not"] += 1

    async def _imports(self) -> None:
        """The office changes when and where a collector works; one who left comes back."""
        house, code = self.house, self.chance.choice(CODES)
        today = self.now.astimezone(LOCAL).date()
        off = today + timedelta(days=self.chance.randrange(5))
        cells: dict[str, Any] = self.chance.choice(
            (
                {"days_off": ((off, off),)},
                {"hours": tuple((day, 480, self.chance.choice((720, 1020, 1200))) for day in range(5))},
                {"wards": self.chance.choice(((KY_LUA,), (DONG_KINH,), (KY_LUA, DONG_KINH)))},
                {"per_day": self.chance.randrange(1, 9)},
                {"active_until": today - timedelta(days=1)},
            )
        )
        async with house.engine.begin() as connection:
            await stored.alone(connection)
            network = await store.load(connection, house.cipher)
            staff = {**network.plan.staff}
            staff[code] = replace(staff[code], **{"active_until": None, **cells})
            dispatch = house.worlds.dispatch(connection, house.now, lambda *_: None)
            done = await desk.bring(dispatch, network, replace(network.plan, staff=staff), dry_run=False)
        self.done["handed_over"] += len(done.handed)

    async def _race(self) -> None:
        """Everybody accepts the same lead at once."""
        lead = self.chance.choice(sorted(self.made) or [1])
        told = await asyncio.gather(*(self.house.settle(code, "accept", lead) for code in CODES))
        assert sum(one["result"] == "accepted" for one in told) <= 1, "two have accepted one lead"

    async def check(self) -> None:
        """What must hold after every step."""
        of, event, timer = leads.c, lead_events.c, timers.c
        async with self.houses[0].engine.connect() as connection:

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
                row.id: (await stored.person(connection, self.houses[0].cipher, row.id)).note.get("speaks")
                for row in rows
                if row.person is not None and row.id in {skip.lead_id for skip in skips}
            }
        booked = {(row.collector_id, row.starts_at) for row in taken if row.held_until is None}
        assert {row.id for row in rows} >= self.made, "a lead is lost"
        self.made = {row.id for row in rows}
        open_ = [row for row in rows if row.state in OPEN]
        held = Counter((row.collector_id, row.starts_at) for row in open_ if row.collector_id)
        assert max(held.values(), default=1) == 1, "somebody has two leads for one hour"
        assert set(held) <= booked, "a lead's hour is not booked"
        hers = Counter(row.person for row in open_)
        assert max(hers.values(), default=1) == 1, "a person has two open leads"
        assert all((row.collector_id is None) == (row.state == "unassigned") for row in open_)
        self._check_timers(open_, waits)
        self._check_languages([skip for skip in skips if asked.get(skip.lead_id)], codes)
        self.read_skips = max((skip.id for skip in skips), default=self.read_skips)
        self._check_events(events, {row.id: row for row in rows}, codes)

    def _check_timers(self, open_: list[Any], waits: list[Any]) -> None:
        """Every open lead has its deadline, and no deadline has passed."""
        assert all(error is None for *_, error in waits), waits
        assert all(due_at > self.now for _, _, due_at, _ in waits), "a deadline passed, and nothing"
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
            for skip in skipped.opened(self.houses[0].cipher, row.lead_id, row.considered)
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
                self.done["none_spoke"] += 1

    def _check_events(self, events: list[Any], rows: dict[int, Any], codes: dict[int, str]) -> None:
        """Every change follows the life of leads, says who and when, and calls keep the rules."""
        last = {event.lead_id: event for event in events}
        for event in events:
            self.read = event.id
            assert event.who
            assert event.at <= self.now
            if event.what not in ("to_office", "reminded", "missed"):
                assert LIFE[self.came[event.lead_id]][Move(event.what)] == event.state
                self.came[event.lead_id] = LeadState(event.state)
                self.done[event.what] += 1
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


async def live(url: str, seed: int, steps: int, *, apart: bool) -> Life:
    """Live so many steps and check after each; return the life, for what it met.

    `apart` the second house is a process of its own.
    """
    life = Life(url, seed, other=await Other.start(url, seed + 1) if apart else None)
    await life.found()
    try:
        for number in range(steps):
            try:
                await life.step()
                await life.check()
            except Exception as problem:
                problem.add_note(f"seed {seed}, step {number}, {life.now.astimezone(UTC)}")
                raise
    finally:
        await life.close()
    return life
