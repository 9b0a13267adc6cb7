"""Life at random: what citizens, collectors and officers may do, in any order and at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import select

from bot.clock import LOCAL
from bot.diary import CALL_OPENS
from bot.dispatch import local
from bot.sheets import desk, store
from bot.storage import leads as stored
from bot.storage import officers
from bot.storage.engine import make_engine
from bot.storage.network_schema import bookings, collectors, leads
from handlers.booking import CONSENT_VERSION
from handlers.callback import RATING
from handlers.collector import BEYOND, DAYS_UNTIL
from handlers.leads import DONE, REFUSALS, LeadState, Move
from handlers.messages import Address
from handlers.office import LOOK
from handlers.reading import Candidate
from tests.network.house import DONG_KINH, KY_LUA, House, citizen, employ, inbox, wish

T = TypeVar("T")
CODES = tuple(f"LS000{number}" for number in range(1, 7))
OFFICE = Address("web", "inbox", "officer:binh")
MOST_A_DAY = {code: 4 + number for number, code in enumerate(CODES)}  # calls of each, at most
PEOPLE, OTHER_PHONE = 12, 1_000  # whose other chat has a number so much higher
TAY = (2, 3)  # of the collectors: who speaks it
LIKELY = {Move.ACCEPT: 6, Move.CALL: 8, Move.JOINED: 3, Move.STILL_THINKING: 3}
OUTCOMES = [Move.JOINED, Move.STILL_THINKING, Move.NO_ANSWER, Move.WRONG_NUMBER]
OFFICE_OUTCOMES = [Move.JOINED, Move.STILL_THINKING, Move.GIVE_UP]


class Life:
    """A house, and whoever talks to it; each deed is given its own chance.

    What happens at once happens `crowded` as it comes, else one after another, always the same way. A second
    process has a life of its own on the same database: tests.network.other.
    """

    def __init__(self, url: str, seed: int, *, crowded: bool) -> None:
        self.house, self.crowded = House(make_engine(url), rng=Random(seed)), crowded
        self.made: set[int] = set()
        self.done: Counter[str] = Counter()
        self.fresh = 0

    async def found(self) -> None:
        """Employ six collectors of three organisations: some of both wards, one a head, two who speak Tày."""
        async with self.house.engine.begin() as connection:
            for number, code in enumerate(CODES):
                wards = (KY_LUA, DONG_KINH) if number % 2 else (KY_LUA,)
                await employ(
                    connection, code, *wards, share=1 + number % 3, per_day=MOST_A_DAY[code],
                    heads_point=number == 5, hours=((480, 690), (780, 1200)),
                    languages=("vi", "tay") if number in TAY else ("vi",),
                )  # fmt: skip
            await officers.link(connection, OFFICE, "binh")

    async def close(self) -> None:
        await self.house.engine.dispose()

    @property
    def now(self) -> datetime:
        return self.house.now

    def pass_time(self, **by: float) -> None:
        """Let time pass."""
        self.house.later(**by)

    async def a_call_is_due(self, chance: Random) -> None:
        """Let it become the next hour somebody accepted to call at, if there is one; he does something."""
        of, who = leads.c, collectors.c
        waits = select(of.starts_at, who.code).join(collectors, who.id == of.collector_id)
        coming = waits.where(of.state == LeadState.ACCEPTED.value, of.starts_at > self.now)
        async with self.house.engine.connect() as connection:
            found = (await connection.execute(coming.order_by(of.starts_at, of.id).limit(1))).one_or_none()
        if found:
            self.house.now = found.starts_at.astimezone(LOCAL)
            await self.house.tick()
            await self._works(chance, found.code)

    async def some_do(self, chance: Random, deeds: int) -> None:
        """Let several people do something at once."""
        names = chance.choices(list(DEEDS), [often for _, often in DEEDS.values()], k=deeds)
        await self.at_once([self.let(name, Random(chance.getrandbits(32))) for name in names])

    async def at_once(self, deeds: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
        """Let things happen at once, or one after another where nothing may be left to the machine."""
        return await asyncio.gather(*deeds) if self.crowded else [await deed for deed in deeds]

    async def let(self, name: str, chance: Random) -> None:
        """Let somebody do the deed of this name."""
        self.done[name] += 1
        await DEEDS[name][0](self, chance)

    def _someone(self, chance: Random) -> int:
        """One of the people, at times in another chat of hers that may be linked."""
        return self.fresh + chance.randrange(PEOPLE) + chance.choice((0, 0, 0, OTHER_PHONE))

    async def books(self, chance: Random) -> None:
        """She books a call, and may hold its hour before; who has one seldom books another."""
        number, ward = self._someone(chance), chance.choice((KY_LUA, DONG_KINH))
        async with self.house.world(citizen(number)) as world:
            if await world.my_call() and chance.random() < 0.9:
                return
        offered = await self.house.free(ward, citizen(number))
        if not offered:
            return
        hour = chance.choice(offered)
        if chance.random() < 0.5:
            await self.house.hold(number, hour, ward)
        more = {"phone": f"+8491{number:07d}"}
        if chance.random() < 0.3:
            booked = await self._books_in_tay(chance, number, ward, more)
        else:
            booked = await self.house.book(number, hour, ward, **more)
        if booked and "lead" in booked:
            self.made.add(booked["lead"])
        if booked and "refused" in booked:
            self.fresh += 1  # she said no for good: another comes in her place

    async def _books_in_tay(self, chance: Random, number: int, ward: str, more: dict[str, str]) -> Any:
        """She asks for a call in Tày, at an hour of somebody who speaks it if there is one: then he calls."""
        async with self.house.world(citizen(number)) as world:
            await stored.alone(world._connection)
            of_speakers = [one.raw for one in await world.free_slots(ward, speaks="tay")]
            hours = of_speakers or [one.raw for one in await world.free_slots(ward)]
            if not hours:
                return None
            known = {lead.id for lead in await stored.all_of(world._connection, citizen(number))}
            booked = await world.book(wish(chance.choice(hours), ward, speaks="tay", **more))
            if booked and "lead" in booked and booked["lead"] not in known:
                assert booked["spoken"] == bool(of_speakers), "somebody who speaks it was free"
                self.done["in_tay" if of_speakers else "not_in_tay"] += 1
            return booked

    async def holds(self, chance: Random) -> None:
        """She chooses an hour, and types no further."""
        offered = await self.house.free()
        if offered:
            await self.house.hold(self._someone(chance), chance.choice(offered))

    async def moves_hour(self, chance: Random) -> None:
        """She asks for another hour, at times one at which her collector has another call."""
        number = self._someone(chance)
        async with self.house.world(citizen(number)) as world:
            offered = [one.raw for one in await world.free_slots(KY_LUA)]
            call = await world.my_call()
        if call and call["collector"] and chance.random() < 0.5:
            offered = [local(hour) for hour in await self._hours_of(call["collector"]["code"])]
        if offered:
            async with self.house.world(citizen(number)) as world:
                await world.move_call(chance.choice(offered))

    async def _hours_of(self, code: str) -> list[datetime]:
        """When a collector is to call."""
        of = bookings.c
        his = select(of.starts_at).join(collectors, collectors.c.id == of.collector_id)
        coming = his.where(collectors.c.code == code, of.starts_at > self.now).order_by(of.starts_at)
        async with self.house.engine.connect() as connection:
            return list((await connection.execute(coming)).scalars())

    async def changes_language(self, chance: Random) -> None:
        """She asks to be called in Tày, or in any language again."""
        async with self.house.world(citizen(self._someone(chance))) as world:
            await world.call_in(chance.choice(("tay", "")))

    async def renumbers(self, chance: Random) -> None:
        """She left a wrong number, and gives another."""
        async with self.house.world(citizen(self._someone(chance))) as world:
            await world.number_anew()
            await world.change_number(f"+8498{chance.randrange(10**7):07d}", CONSENT_VERSION)

    async def complains(self, chance: Random) -> None:
        """She says that nobody called, before or after a collector wrote what came of it."""
        async with self.house.world(citizen(self._someone(chance))) as world:
            await chance.choice((world.call_again, world.deny_call))()

    async def rates(self, chance: Random) -> None:
        """She says how her call went."""
        async with self.house.world(citizen(self._someone(chance))) as world:
            await world.rate_call(chance.choice(RATING.choices))

    async def links(self, chance: Random) -> None:
        """She links another chat of hers."""
        number = self.fresh + chance.randrange(PEOPLE)
        async with self.house.world(citizen(number)) as world:
            code, _ = await world.link_code()
        async with self.house.world(citizen(number + OTHER_PHONE)) as world:
            self.done[await world.link(code)] += (
                1  # unknown, when she had all deleted or took another meanwhile
            )

    async def cancels(self, chance: Random) -> None:
        """She calls it off."""
        async with self.house.world(citizen(self._someone(chance))) as world:
            await world.cancel_call()

    async def leaves(self, chance: Random) -> None:
        """She has all that is kept of her deleted."""
        await self.house.forget(self._someone(chance))

    async def works(self, chance: Random) -> None:
        """A collector does what his desk offers."""
        await self._works(chance, chance.choice(CODES))

    async def _works(self, chance: Random, code: str) -> None:
        async with self.house.world(inbox(code)) as world:
            desk = [one for one in await world.desk() if one.facts["lead"] and BEYOND not in one.facts]
        if not desk:
            return
        jobs, likely = [one.raw for one in desk], [self._likely(one) for one in desk]
        action, _, lead = chance.choices(jobs, likely)[0].partition("-")
        terms: dict[str, Any] = {"follow_up": chance.choice(tuple(DAYS_UNTIL))}
        if action == Move.LATER:
            async with self.house.world(inbox(code)) as world:
                hours = [candidate.raw for candidate in await world.my_hours()]
            terms = {"starts_at": chance.choice(hours)} if hours else {}
        if action == Move.NOT_INTERESTED and chance.random() < 0.6:
            action = chance.choice(OUTCOMES)  # a no is for good: few say it
        await self._settles(code, action, int(lead), terms)

    async def takes_off(self, chance: Random) -> None:
        """A collector takes days off, or takes them back."""
        first = self.now.astimezone(LOCAL).date() + timedelta(days=chance.randrange(5))
        async with self.house.world(inbox(chance.choice(CODES))) as world:
            if (off := await world.days_off()) and chance.random() < 0.7:
                await world.work_again(date.fromisoformat(off[0].raw))
            else:
                await world.take_off(first, first + timedelta(days=chance.randrange(2)))

    async def guesses(self, chance: Random) -> None:
        """A collector taps an old card, or types what he likes."""
        hour = (self.now + timedelta(hours=chance.randrange(-3, 50))).astimezone(LOCAL)
        terms = {"starts_at": hour.replace(minute=0).isoformat()}
        code, lead, action = chance.choice(CODES), self._any_lead(chance), chance.choice(list(DONE))
        if action == Move.NOT_INTERESTED:
            action = chance.choice(OUTCOMES)
        await self._settles(code, action, lead, terms)

    def _likely(self, job: Candidate) -> float:
        """How much a collector is inclined to do it: few call before the hour, or twice."""
        move = Move(str(job.facts["action"]))
        starts_at = job.facts.get("starts_at")
        early = starts_at is None or datetime.fromisoformat(str(starts_at)) - CALL_OPENS > self.now
        return 0.2 if move is Move.CALL and early else LIKELY.get(move, 1)

    async def _settles(self, code: str, action: str, lead: int, terms: Mapping[str, Any]) -> None:
        told = (await self.house.settle(code, action, lead, **terms))["result"]
        assert told in (*DONE.values(), *REFUSALS), told
        self.done[told] += 1

    async def races(self, chance: Random) -> None:
        """Every collector accepts the same lead at once."""
        lead = self._any_lead(chance)
        told = await self.at_once([self.house.settle(code, "accept", lead) for code in CODES])
        accepted = sum(one["result"] == "accepted" for one in told)
        assert accepted <= 1 or self.crowded, "two have accepted one lead, and nothing took it from the first"

    async def decides(self, chance: Random) -> None:
        """The officer gives a lead of the office's to somebody, calls herself, or says what came of it."""
        async with self.house.world(OFFICE) as world:
            offered = [one.raw for one in await world.with_office() if one.raw != LOOK]
            lead = int(chance.choice(offered)) if offered else self._any_lead(chance)
            takers = [one.raw for one in await world.takers(lead)] or list(CODES)
            terms = {"code": chance.choice(takers), "follow_up": chance.choice(tuple(DAYS_UNTIL))}
            what = chance.choices(("give", "take", chance.choice(OFFICE_OUTCOMES)), (6, 1, 2))[0]
            told = await world.office_act(what, lead, terms)
        self.done[f"office_{told['result']}"] += 1

    async def imports(self, chance: Random) -> None:
        """The office changes when and where a collector works; one who left comes back."""
        code, today = chance.choice(CODES), self.now.astimezone(LOCAL).date()
        off = today + timedelta(days=chance.randrange(5))
        cells: dict[str, Any] = chance.choice(
            (
                {"days_off": ((off, off),)},
                {"hours": tuple((day, 480, chance.choice((720, 1020, 1200))) for day in range(5))},
                {"wards": chance.choice(((KY_LUA,), (DONG_KINH,), (KY_LUA, DONG_KINH)))},
                {"per_day": chance.randint(1, MOST_A_DAY[code])},
                {"active_until": today - timedelta(days=1)},
            )
        )
        async with self.house.engine.begin() as connection:
            await stored.alone(connection)
            network = await store.load(connection, self.house.cipher)
            staff = {**network.plan.staff}
            staff[code] = replace(staff[code], **{"active_until": None, **cells})
            dispatch = self.house.worlds.dispatch(connection, self.house.now, lambda *_: None)
            done = await desk.bring(dispatch, network, replace(network.plan, staff=staff), dry_run=False)
        self.done["handed_over"] += len(done.handed)

    def _any_lead(self, chance: Random) -> int:
        return chance.choice(sorted(self.made) or [1])


Deed = Callable[[Life, Random], Awaitable[None]]
DEEDS: Mapping[str, tuple[Deed, int]] = MappingProxyType(
    {
        "books": (Life.books, 25),
        "holds": (Life.holds, 6),
        "moves_hour": (Life.moves_hour, 6),
        "changes_language": (Life.changes_language, 4),
        "renumbers": (Life.renumbers, 3),
        "complains": (Life.complains, 4),
        "rates": (Life.rates, 3),
        "links": (Life.links, 2),
        "cancels": (Life.cancels, 3),
        "leaves": (Life.leaves, 3),
        "works": (Life.works, 34),
        "takes_off": (Life.takes_off, 3),
        "guesses": (Life.guesses, 10),
        "races": (Life.races, 6),
        "decides": (Life.decides, 8),
        "imports": (Life.imports, 4),
    }
)
"""What somebody may do, and how often among the rest."""
