"""A small house for the network's tests: a database, a few collectors, and worlds opened on it one by one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import LOCAL
from bot.diary import Diary
from bot.storage import leads as leads_store
from bot.storage import network, timers
from bot.storage.crypt import Cipher
from bot.storage.engine import make_engine
from bot.storage.network_schema import (
    bookings,
    collector_wards,
    collectors,
    lead_events,
    leads,
    organisations,
    points,
    weekly_hours,
)
from bot.timers import fire
from bot.world import NetworkWorld, Worlds
from calculators.holidays import Holidays
from calculators.quote import QuoteRequest, quote
from handlers.booking import CONSENT_VERSION
from handlers.desk_words import BEYOND
from handlers.messages import Address, Outgoing
from handlers.ports import CallbackWish
from tests.conftest import SECRET
from tests.storage.rig import LAW, TERRITORY, WORDS

MONDAY_NINE = datetime(2026, 11, 23, 9, tzinfo=LOCAL)
KY_LUA, DONG_KINH, DINH_LAP = "06187", "05977", "06613"
ALL_DAY = ((480, 1020),)
HOLIDAYS = Holidays.load()
NAME, PHONE = "chị Lành", "+84912345678"
LANH = {"on": "2026-11-23", "sex": "female", "born": "1983-05", "group": "ethnic_minority", "province": "20",
        "income": 2_000_000, "method": "monthly"}  # fmt: skip


def citizen(number: int = 1) -> Address:
    return Address("web", "site", f"person{number}")


def inbox(code: str) -> Address:
    return Address("web", "inbox", f"collector:{code}")


def at(day: int, hour: int, minute: int = 0) -> str:
    """An hour of November 2026 as conversations name it."""
    return f"2026-11-{day:02d}T{hour:02d}:{minute:02d}+07:00"


def wish(
    starts_at: str,
    ward: str = KY_LUA,
    *,
    phone: str = PHONE,
    quote_code: str | None = None,
    speaks: str = "",
) -> CallbackWish:
    note = {"wants": "200k"} | ({"speaks": speaks} if speaks else {})
    return CallbackWish(ward, starts_at, NAME, phone, quote_code, CONSENT_VERSION, note)


class House:
    """Opens worlds, each in a transaction of its own; what they post is kept in `mail`."""

    def __init__(self, engine: AsyncEngine, *, rng: Random | None = None) -> None:
        self.engine, self.cipher, self.now = engine, Cipher(SECRET), MONDAY_NINE
        self.worlds = Worlds(
            self.cipher, WORDS, LAW, Diary(LAW, HOLIDAYS, TERRITORY, LOCAL), rng or Random(11)
        )
        self.mail: list[tuple[Address, Outgoing]] = []

    @asynccontextmanager
    async def world(self, address: Address) -> AsyncIterator[NetworkWorld]:
        posted: list[tuple[Address, Outgoing]] = []
        async with self.engine.begin() as connection:
            yield self.worlds(connection, address, self.now, lambda to, message: posted.append((to, message)))
        self.mail += posted

    async def free(self, ward: str = KY_LUA, address: Address | None = None) -> list[str]:
        async with self.world(address or citizen()) as world:
            return [candidate.raw for candidate in await world.free_slots(ward)]

    async def book(self, number: int, starts_at: str, ward: str = KY_LUA, **more: Any) -> Any:
        async with self.world(citizen(number)) as world:
            return await world.book(wish(starts_at, ward, **more))

    async def settle(self, code: str, action: str, lead: int, **terms: Any) -> Any:
        async with self.world(inbox(code)) as world:
            return await world.settle(action, lead, terms)

    async def at_its_hour(self, lead: int = 1) -> None:
        """Let it become the hour somebody chose for her call, if it is not past it."""
        hours = dict(await self.rows(leads.c.id, leads.c.starts_at))
        self.now = max(self.now, hours[lead].astimezone(LOCAL))

    async def hold(self, number: int, starts_at: str, ward: str = KY_LUA) -> bool:
        async with self.world(citizen(number)) as world:
            return await world.hold(ward, starts_at)

    async def tick(self) -> int:
        """Let the timers do what is due; return how many there were."""
        return await drained(self)

    async def desk(self, code: str) -> list[str]:
        async with self.world(inbox(code)) as world:
            return [candidate.raw for candidate in await world.desk() if BEYOND not in candidate.facts]

    async def forget(self, number: int) -> Any:
        async with self.world(citizen(number)) as world:
            return await world.forget()

    async def save_quote(self, **changes: Any) -> str:
        request = QuoteRequest.parse(LANH | changes)
        async with self.world(citizen()) as world:
            return await world.save_quote(request, quote(request, LAW))

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def told(self, address: Address) -> list[str]:
        """What was posted to somebody."""
        return [message.text for to, message in self.mail if to == address]

    async def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        async with self.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(select(*columns))]

    async def lead(self, number: int) -> tuple[Any, ...]:
        """A lead's state and its holder's code."""
        rows = await self.rows(leads.c.id, leads.c.state, leads.c.collector_id)
        codes = dict(await self.rows(collectors.c.id, collectors.c.code))
        return next((state, codes.get(holder)) for identity, state, holder in rows if identity == number)

    async def events(self, number: int) -> list[tuple[str, str, str]]:
        """Who did what to a lead and why, in order."""
        rows = await self.rows(
            lead_events.c.id, lead_events.c.lead_id, lead_events.c.who, lead_events.c.what, lead_events.c.why
        )
        return [row[2:] for row in sorted(rows) if row[1] == number]

    async def booked(self) -> list[tuple[str, datetime]]:
        codes = dict(await self.rows(collectors.c.id, collectors.c.code))
        rows = await self.rows(bookings.c.collector_id, bookings.c.starts_at)
        return sorted((codes[holder], starts_at) for holder, starts_at in rows)


async def employ(
    connection: AsyncConnection,
    code: str,
    *wards: str,
    hours: Sequence[tuple[int, int]] = ALL_DAY,
    until: date | None = None,
    per_day: int = 24,
    share: int = 1,
    languages: Sequence[str] = ("vi",),
    **more: Any,
) -> int:
    """Appoint a collector who covers the wards, Monday to Friday, with an inbox."""
    organisation = (
        insert(organisations)
        .values(name=f"Tổ chức {code}", demo=False, share=share)
        .returning(organisations.c.id)
    )
    holder = (await connection.execute(organisation)).scalar_one()
    point = insert(points).values(code=f"D{code}", organisation_id=holder, name=f"Điểm {code}", ward=wards[0])
    place = (await connection.execute(point.returning(points.c.id))).scalar_one()
    who = insert(collectors).values(
        code=code, name=f"Cô {code}", phone=Cipher(SECRET).seal("+84900000000", network.phone_place(code)),
        point_id=place, active_from=date(2026, 1, 1), active_until=until,
        per_day=per_day, languages=list(languages), **more,
    )  # fmt: skip
    identity = int((await connection.execute(who.returning(collectors.c.id))).scalar_one())
    covered = [{"ward": ward, "collector_id": identity} for ward in wards]
    await connection.execute(insert(collector_wards), covered)
    rows = [
        {"collector_id": identity, "weekday": weekday, "opens": opens, "closes": closes}
        for weekday in range(5)
        for opens, closes in hours
    ]
    await connection.execute(insert(weekly_hours), rows)
    await network.link_chat(connection, inbox(code), identity)
    return identity


@asynccontextmanager
async def house_on(url: str, *codes: str, rng: Random | None = None) -> AsyncIterator[House]:
    """A house whose collectors of these codes all cover Phường Kỳ Lừa."""
    engine = make_engine(url)
    house = House(engine, rng=rng)
    try:
        async with engine.begin() as connection:
            for code in codes:
                await employ(connection, code, KY_LUA)
        yield house
    finally:
        await engine.dispose()


async def drained(house: House, most: int = 500) -> int:
    """Fire every timer that is due, each in a transaction of its own, as bot.timers does."""
    for count in range(most):
        posted: list[tuple[Address, Outgoing]] = []
        async with house.engine.begin() as connection:
            await leads_store.alone(connection)
            timer = await timers.claim(connection, house.now)
            if timer is None:
                return count
            dispatch = house.worlds.dispatch(connection, house.now, lambda *one: posted.append(one))  # noqa: B023
            await fire(dispatch, timer)
        house.mail += posted
    raise AssertionError("timers set each other for ever")
