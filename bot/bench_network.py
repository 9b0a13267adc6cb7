"""What the network's look-ups cost at its real size, and at that of the whole country; invented, seeded."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import assignment
from bot.app import App, open_app
from bot.assignment import Ask
from bot.clock import LOCAL
from bot.diary import SLOT
from bot.settings import Settings
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
from handlers.messages import Address

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
POINTS, COLLECTORS, LEADS = 226, 527, 10_000  # of a province; the leads of a year
COUNTRY = 34
LOOKS, ASSIGNMENTS = 200, 200
_AT_ONCE = 20_000
_DEMO = {"active_from": date(2026, 1, 1), "languages": ["vi"], "phone": b"0" * 41}

Show = Callable[[str, Sequence[float], float, str], None]


async def bench_network(show: Show) -> None:
    """Measure free hours and assignment in one province, and in a country of many."""
    for provinces, what in ((1, "one province"), (COUNTRY, "34 provinces")):
        rng = Random(2026)  # noqa: S311 - invented people, not secrets
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(data_dir=Path(folder), database_url="")
            async with open_app(settings, clock=lambda: NOW, rng=rng) as app:
                async with app.engine.begin() as connection:
                    wards = await _generate(connection, app, provinces, rng)
                await _measure(app, wards, rng, what, show)


async def _measure(app: App, wards: Sequence[str], rng: Random, what: str, show: Show) -> None:
    looks: list[float] = []
    spoken: list[float] = []
    assigned: list[float] = []
    me = Address("bench", "a", "p")
    async with app.engine.begin() as connection:
        world = app.worlds(connection, me, NOW, lambda *_: None)
        for ward in rng.choices(wards, k=LOOKS):
            start = time.perf_counter()
            offered = await world.free_slots(ward)
            looks.append(time.perf_counter() - start)
            start = time.perf_counter()
            await world.languages(ward)
            spoken.append(time.perf_counter() - start)
            if not offered or len(assigned) >= ASSIGNMENTS:
                continue
            ask = Ask(ward, datetime.fromisoformat(rng.choice(offered).raw), me)
            start = time.perf_counter()
            found = await assignment.claim(connection, app.worlds.diary, ask, now=NOW)
            assigned.append(time.perf_counter() - start)
            if found.collector is None:
                raise RuntimeError("an hour that was offered could not be had")
    show(f"free slots near me, {what}", looks, 1e3, "ms")
    show(f"languages near me where all speak one, {what}", spoken, 1e3, "ms")
    show(f"assignment, {what}", assigned, 1e3, "ms")


async def _generate(connection: AsyncConnection, app: App, provinces: int, rng: Random) -> Sequence[str]:
    """Invent a network and a year of its leads; return its wards."""
    organised = await _insert(connection, organisations, ({"name": f"T{n}", "demo": True} for n in range(4)))
    codes = sorted(app.territory.provinces, key=lambda code: code != "20")[:provinces]
    wards: list[str] = []
    staff: list[int] = []
    for province in codes:
        here = [ward.code for ward in app.territory.wards(province)]
        wards += here
        at = await _insert(
            connection,
            points,
            (
                {
                    "code": f"{province}D{n}",
                    "organisation_id": organised[n % 4],
                    "name": f"D{n}",
                    "ward": ward,
                }
                for n, ward in enumerate(islice(cycle(here), POINTS))
            ),
        )
        hired = await _insert(
            connection,
            collectors,
            (
                {**_DEMO, "code": f"{province}N{n}", "name": f"N{n}", "point_id": point, "per_day": 8}
                for n, point in enumerate(islice(cycle(at), COLLECTORS))
            ),
        )
        staff += hired
        await _cover(connection, here, hired, rng)
    await _a_year(connection, wards, staff, LEADS * provinces, rng)
    await connection.exec_driver_sql("ANALYZE")
    return wards


async def _cover(connection: AsyncConnection, here: Sequence[str], hired: Sequence[int], rng: Random) -> None:
    covered = {(ward, one) for one, ward in zip(hired, cycle(islice(cycle(here), POINTS)), strict=False)}
    covered |= {(rng.choice(here), one) for one in hired}
    rows = [{"ward": ward, "collector_id": one} for ward, one in sorted(covered)]
    await connection.execute(insert(collector_wards), rows)
    shifts = ((480, 690), (810, 1020))
    hours = (
        {"collector_id": one, "weekday": day, "opens": opens, "closes": closes}
        for one in hired
        for day in range(5)
        for opens, closes in shifts
    )
    await _write(connection, weekly_hours, hours)


async def _a_year(
    connection: AsyncConnection, wards: Sequence[str], staff: Sequence[int], many: int, rng: Random
) -> None:
    """A year of leads up to a fortnight ahead, each with its booking, and the call of those that are over."""
    start, hours, taken = NOW.astimezone(LOCAL) - timedelta(days=351), (8, 9, 10, 14, 15, 16), set()
    start = start.replace(hour=0, minute=0)
    rows: list[tuple[int, int, datetime, str]] = []
    while len(rows) < many:
        at = start + timedelta(days=rng.randrange(365), hours=rng.choice(hours))
        one = rng.choice(staff)
        if (one, at) not in taken:
            taken.add((one, at))
            rows.append((len(rows) + 1, one, at, rng.choice(wards)))

    def lead(number: int, one: int, at: datetime, ward: str) -> dict[str, Any]:
        return {
            "id": number, "state": "won" if at < NOW else "accepted", "ward": ward, "starts_at": at,
            "ends_at": at + SLOT, "call_code": "0000", "collector_id": one, "channel": "bench",
            "account": "a", "person": f"p{number}", "name": b"0" * 40, "phone": b"0" * 41,
            "phone_index": rng.randbytes(32), "note": b"0" * 60, "language": "vi",
            "created_at": at - timedelta(days=2),
        }  # fmt: skip

    await _write(connection, leads, (lead(*row) for row in rows))
    await _write(
        connection,
        bookings,
        ({"collector_id": one, "starts_at": at, "made_at": at - timedelta(days=2)} for _, one, at, _ in rows),
    )
    event = {"what": "call", "state": "called", "why": ""}
    await _write(
        connection,
        lead_events,
        (
            {**event, "lead_id": number, "at": at, "who": "collector", "collector_id": one}
            for number, one, at, _ in rows
            if at < NOW
        ),
    )


async def _insert(connection: AsyncConnection, table: Table, rows: Iterator[dict[str, Any]]) -> list[int]:
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list((await connection.execute(statement, list(rows))).scalars())


async def _write(connection: AsyncConnection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    while some := list(islice(rows, _AT_ONCE)):
        await connection.execute(insert(table), some)
