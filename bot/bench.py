"""`ansinh bench`: what a step costs without storage, with it, and what the network's look-ups cost."""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any, cast

from bot.app import App, open_app
from bot.bench_network import bench_network
from bot.demo import load_demo
from bot.settings import Settings
from calculators import plain
from calculators.law import Law
from calculators.quote import Quote, QuoteRequest
from calculators.registry import find
from calculators.territory import Territory
from handlers.dialogue import Dialogue
from handlers.faq import Faq
from handlers.messages import Address, Incoming, Kind
from handlers.ports import CallbackWish, World
from handlers.questions import Questions
from handlers.reading import Candidate
from handlers.reading.dates import When
from handlers.state import State
from handlers.welcome import CITIZEN
from handlers.wording import Words

ON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SCRIPT = (
    "xin chào", "1", "3/1983", "có", "không", "buôn bán", "co, cty may 4 nam 2008 2012", "chua rut", "cty",
    "nữ", "van nham", "can ngheo", "198k", "1", "3", "2", "1", "chị Lành", "0912345678", "1",
)  # fmt: skip
ROUNDS, WARM = 150, 10
FORTY_YEARS = {
    "on": "2026-11-23", "sex": "female", "born": "2006-11",
    "income": 2_000_000, "scenario": "with_poverty_line",
    "helped": {"groups": ["near_poor"], "province": "20"},
}  # fmt: skip
PEOPLE = 15
AT_ONCE = 200


class _World:
    """Answers at once what the script asks, and nothing else: what is measured is the engine."""

    async def languages(self, ward: str) -> Sequence[str]:
        """None but Vietnamese."""
        del ward
        return ()

    async def free_slots(
        self, ward: str, wanted: When | None = None, *, speaks: str = ""
    ) -> Sequence[Candidate]:
        """One hour."""
        del ward, wanted, speaks
        start = "2026-11-25T11:00+07:00"
        return [Candidate(start, {"starts_at": start, "ends_at": "2026-11-25T12:00+07:00"})]

    async def hold(self, ward: str, starts_at: str, speaks: str = "") -> bool:
        """Always."""
        del ward, starts_at, speaks
        return True

    async def asked_how(self) -> int | None:
        """Nobody was asked."""
        return None

    async def find_collector(self, code: str) -> Mapping[str, Any] | None:
        """None."""
        del code
        return None

    async def my_call(self) -> Mapping[str, Any] | None:
        """None."""
        return None

    async def last_ended(self) -> str:
        """Not at all."""
        return ""

    async def number_anew(self) -> bool:
        """No."""
        return False

    async def book(self, wish: CallbackWish) -> Mapping[str, Any] | None:
        """A collector."""
        who = {"name": "", "code": "", "organisation": "", "point": ""}
        at = wish.starts_at
        told = {"call_code": "0000", "starts_at": at, "ends_at": at, "speaks": "", "spoken": True}
        return {**told, "collector": who}

    async def save_quote(self, request: QuoteRequest, found: Quote) -> str:
        """A code."""
        del request, found
        return "LS-2222"


async def bench() -> int:
    """Measure and print; return 0."""
    _plans()
    await _engine()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url="")
        async with open_app(settings, clock=lambda: ON, rng=Random(1)) as app:  # noqa: S311 - no secret
            async with app.engine.begin() as connection:
                await load_demo(connection, app.cipher, app.territory)
            await _steps(app)
            await _storm(app)
    await bench_network(_print)
    return 0


def _plans() -> None:
    """Forty years of contributions, with what waiting a year costs and the same under today's law alone."""
    law, calculator = Law.load(), find("plan")
    request = plain.read(calculator.request, FORTY_YEARS)
    took: list[float] = []
    for _ in range(ROUNDS + WARM):
        start = time.perf_counter()
        calculator.run(request, law)
        took.append(time.perf_counter() - start)
    _print("a life plan of 40 years, and its comparisons", took[WARM:], 1e3, "ms")


async def _engine() -> None:
    territory = Territory.load()
    questions, words = Questions(Faq.load()), Words(territory)
    dialogue = Dialogue(CITIZEN, law=Law.load(), territory=territory, questions=questions)
    world = cast("World", _World())
    took: list[float] = []
    worded: list[float] = []
    for _ in range(ROUNDS):
        state = State(started_on=date(2026, 11, 23))
        for number, text in enumerate(SCRIPT):
            incoming = Incoming(Address("bench", "a", "p"), str(number), Kind.TEXT, ON, text)
            start = time.perf_counter()
            put = await dialogue.hear(state, incoming, date(2026, 11, 23), world)
            heard = time.perf_counter()
            if put is not None:
                words.outgoing(put, state, text)
            took.append(heard - start)
            worded.append(time.perf_counter() - heard)
    _print("engine and one conversation step", took[WARM * len(SCRIPT) :], 1e6, "µs")
    _print("the words of a step", worded[WARM * len(SCRIPT) :], 1e6, "µs")


async def _steps(app: App) -> None:
    took: list[float] = []
    for person in range(PEOPLE):
        address = Address("bench", "a", f"p{person}")
        for number, text in enumerate(SCRIPT):
            start = time.perf_counter()
            await app.converse.hear(Incoming(address, f"{person}-{number}", Kind.TEXT, ON, text))
            took.append(time.perf_counter() - start)
    _print("a whole step with SQLite, committed", took[len(SCRIPT) :], 1e3, "ms")


async def _storm(app: App) -> None:
    """People of an Official Account who write at once: each delivery waits for its commit."""
    took: list[float] = []

    async def hear(person: int, number: int) -> None:
        address = Address("zalo_oa", "a", f"p{person}")
        start = time.perf_counter()
        await app.converse.hear(Incoming(address, f"storm-{person}-{number}", Kind.TEXT, ON, SCRIPT[number]))
        took.append(time.perf_counter() - start)

    for number in range(5):
        await asyncio.gather(*(hear(person, number) for person in range(AT_ONCE)))
    _print(f"{AT_ONCE} deliveries at once with SQLite, committed", took[AT_ONCE:], 1e3, "ms")


def _print(what: str, seconds: Sequence[float], scale: float, unit: str) -> None:
    ordered = sorted(seconds)
    middle, late = statistics.median(ordered) * scale, ordered[int(len(ordered) * 0.99)] * scale
    sys.stdout.write(f"{what:52} median {middle:8.2f} {unit}   p99 {late:8.2f} {unit}   n {len(ordered)}\n")
