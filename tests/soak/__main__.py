"""Run the soak: people on every channel, a network that doubles and reorders, sends that fail, kills."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import ClientSession, ClientTimeout, CookieJar, TCPConnector
from sqlalchemy import func, select

from bot.clock import now
from bot.simulators.clock import VirtualClock
from bot.simulators.kit import Simulator, serve
from bot.simulators.telegram import TelegramSimulator
from bot.simulators.webhooks import Policy
from bot.storage.crypt import Cipher
from bot.storage.engine import make_engine
from bot.storage.network_schema import bookings, leads
from bot.storage.schema import failures, outbox
from calculators.territory import Territory
from tests.channels.phones import TOKEN
from tests.channels.servers import Server, environment
from tests.channels.zalo_kinds import bot_settings, build_bot, build_oa, oa_settings
from tests.conftest import SECRET, Databases
from tests.soak.gate import Gate
from tests.soak.people import NAME, Browser, Person, Simulated

PROCESSES = 2
BOT_PEOPLE = 40  # a bot of the basic plan knows fifty
SHARES = (("telegram", 0.4), ("zalo_oa", 0.4), ("web", 1.0))  # of the others, in this order
DOUBLED, REORDERED, FAILING = 0.05, 2, 0.02
AT_ONCE = 100  # people who talk at the same time
LONGEST = 40 * 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Heard:
    """How many messages one person wrote, how many answers came, and how many may have."""

    wrote: int
    came: int
    uncertain: int

    @property
    def missing(self) -> int:
        return max(0, self.wrote - self.came)

    @property
    def doubled(self) -> int:
        return max(0, self.came - self.wrote)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--kill-every", type=float, default=10.0, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    return asyncio.run(soak(asked.people, asked.kill_every, asked.seed))


async def soak(people: int, kill_every: float, seed: int) -> int:
    """Run it and print the report; 1 if anything is not as promised."""
    rng = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        databases = Databases(Path(folder))
        try:
            return await _soak(people, kill_every, rng, Path(folder), databases.postgres(demo=True))
        finally:
            databases.close()


async def _soak(people: int, kill_every: float, rng: Random, folder: Path, url: str) -> int:
    clock, gate = VirtualClock(now(), now), Gate(rng)
    simulators = _simulators(clock, rng)
    async with AsyncExitStack() as stack:
        site = await gate.open()
        stack.push_async_callback(gate.close)
        given = {
            "ANSINH_DATABASE_URL": url, "ANSINH_SECRET_KEY": SECRET, "ANSINH_DATA_DIR": str(folder),
            "ANSINH_PUBLIC_URL": site, "ANSINH_PROXIES": "1",
        }  # fmt: skip
        for name, simulator in simulators.items():
            runner, address = await serve(simulator)
            stack.push_async_callback(runner.cleanup)
            given |= environment(_settings(name, simulator, address))
        simulators["zalo_oa"].webhook.aim(f"{site}/zalo/oa")
        gate.servers = [Server(given, folder / f"server{n}.log") for n in range(PROCESSES)]
        for server in gate.servers:
            await server.start(gate.session)
            await asyncio.sleep(2)
        _spoil(simulators)
        engine, cipher = make_engine(url), Cipher(SECRET)
        stack.push_async_callback(engine.dispose)
        crowd = await _crowd(people, rng, simulators, site, stack, (engine, cipher))
        began = time.monotonic()
        killer = asyncio.create_task(gate.kill_again_and_again(kill_every))
        busy = asyncio.Semaphore(AT_ONCE)

        async def live(person: Person) -> None:
            async with busy:
                await person.live()

        try:
            async with asyncio.timeout(LONGEST):
                await asyncio.gather(*(live(person) for person in crowd))
        except TimeoutError:
            sys.stdout.write("the time ran out\n")
        took = time.monotonic() - began
        killer.cancel()
        await _delivered(simulators, clock)
        await _quiet(engine)
        heard = [await _heard(person) for person in crowd]
        return await _report(crowd, heard, simulators, engine, gate, took, folder)


def _simulators(clock: VirtualClock, rng: Random) -> dict[str, Simulator]:
    return {
        "telegram": TelegramSimulator(clock, Random(rng.random()), token=TOKEN),
        "zalo_oa": build_oa(clock, retries_non_200=True, echo_within=2.0, echo_first=0.2),
        "zalo_bot": build_bot(clock, retries=3),
    }


def _settings(name: str, simulator: Simulator, address: str) -> dict[str, Any]:
    if name == "telegram":
        return {"telegram_token": TOKEN, "telegram_api": address, "telegram_mode": "webhook"}
    return (oa_settings if name == "zalo_oa" else bot_settings)(simulator, address)


def _spoil(simulators: dict[str, Simulator]) -> None:
    """Make the way in double and reorder, and sends fail: half are refused, half lose only the answer.

    A refusal is of one send. What holds up everybody, a spent minute, comes once: it takes a minute.
    """
    calls = {"telegram": "sendMessage", "zalo_oa": "/v3.0/oa/message/cs", "zalo_bot": "sendMessage"}
    refusals = {"telegram": ("rate_limit", 1), "zalo_oa": ("error", -200), "zalo_bot": ("error", 403)}
    for name, simulator in simulators.items():
        kind, code = refusals[name]
        simulator.webhook.policy = Policy(dup_prob=DOUBLED, reorder_window=REORDERED)
        simulator.faults.add("rate_limit", calls[name], count=1, code=1)
        simulator.faults.add(kind, calls[name], prob=FAILING / 2, code=code)
        simulator.faults.add("reset_after", calls[name], prob=FAILING / 2)


async def _crowd(
    people: int, rng: Random, simulators: dict[str, Simulator], site: str, stack: AsyncExitStack, ours: Any
) -> list[Person]:
    wards = [ward.name for ward in Territory.load().wards("20")]
    crowd = []
    for number in range(people):
        channel = "zalo_bot" if number < BOT_PEOPLE else next(n for n, s in SHARES if rng.random() < s)
        phone: Any
        if channel == "web":
            session = ClientSession(
                timeout=ClientTimeout(total=30),
                cookie_jar=CookieJar(unsafe=True),
                headers={"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"},
                connector=TCPConnector(limit=4),
            )
            phone = Browser(await stack.enter_async_context(session), site)
        else:
            user = simulators[channel].add_user({"started": True})["id"]
            phone = Simulated(simulators[channel], channel, str(user), *ours)
        digits = f"09{12_000_000 + number:08d}"
        crowd.append(Person(phone, channel, rng.choice(wards), digits, Random(rng.random())))
    return crowd


async def _delivered(simulators: dict[str, Simulator], clock: VirtualClock) -> None:
    """Let the hours pass after which the platforms deliver again what they could not."""
    for _ in range(24):
        if not any(simulator.webhook.pending for simulator in simulators.values()):
            return
        await clock.advance(3_600)
        await asyncio.sleep(1)


async def _heard(person: Person) -> Heard:
    return Heard(person.wrote, await person.phone.heard(), await person.phone.uncertain())


async def _quiet(engine: Any) -> None:
    """Wait until nothing waits to be sent."""
    for _ in range(240):
        async with engine.connect() as connection:
            left = await connection.scalar(
                select(func.count()).where(outbox.c.state.in_(("waiting", "claimed")))
            )
        if not left:
            return
        await asyncio.sleep(0.5)


async def _report(
    crowd: list[Person],
    heard: list[Heard],
    simulators: dict[str, Simulator],
    engine: Any,
    gate: Gate,
    took: float,
    folder: Path,
) -> int:
    async with engine.connect() as connection:
        states = dict(
            (await connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))).all()
        )
        made = [tuple(row) for row in await connection.execute(select(leads.c.channel, leads.c.person))]
        taken = await connection.scalar(select(func.count()).select_from(bookings).where(bookings.c.counts))
        failed = await connection.scalar(select(func.count()).select_from(failures))
    booked = sum(person.outcome == "booked" for person in crowd)
    wrote = sum(person.wrote for person in crowd)
    doubled, missing = sum(h.doubled for h in heard), sum(h.missing for h in heard)
    where, unexplained = Counter[str](), 0
    for person, h in zip(crowd, heard, strict=True):
        where[person.channel] += h.missing
        unexplained += max(0, h.missing - h.uncertain)
    given_up = sum(
        simulator.webhook.given_up + simulator.webhook.pending for simulator in simulators.values()
    )
    leaks = _leaks(folder, crowd)
    out = sys.stdout.write
    out(f"{len(crowd)} people ({dict(Counter(person.channel for person in crowd))}), {took:.0f} s, ")
    out(f"{gate.kills} kills, {wrote} messages written, {wrote / took:.0f} a second\n")
    out(f"booked: {booked}; leads: {len(made)}, of {len(set(made))} people; hours taken: {taken}\n")
    out(f"replies: {sum(h.came for h in heard)}, doubled {doubled}, missing {missing} {dict(+where)}, ")
    out(f"of which {unexplained} not marked unknown; never delivered by a platform: {given_up}\n")
    out(f"asked what she did not want, and said so: {sum(person.strayed for person in crowd)}\n")
    out(f"outbox: {states}; failures: {failed}\n")
    violations = [what for simulator in simulators.values() for what in simulator.violations]
    out(f"violations: {Counter(violations) or 'none'}; leaks in the logs: {leaks or 'none'}\n")
    for wrong, count in Counter(person.wrong for person in crowd if person.wrong).most_common(5):
        out(f"  {count} × {wrong}\n")
    fine = booked == len(crowd) == len(made) == len(set(made)) and not doubled and not failed and not leaks
    fine = fine and unexplained <= given_up and not states.get("dead")
    out("as promised\n" if fine else "NOT AS PROMISED\n")
    return 0 if fine else 1


def _leaks(folder: Path, crowd: list[Person]) -> list[str]:
    """What the servers' logs hold of people or secrets."""
    text = "".join(file.read_text("utf-8", "replace") for file in folder.glob("server*.log"))
    secrets = [
        TOKEN,
        TOKEN.partition(":")[2],
        SECRET,
        NAME,
        "cảm ơn",
        *(person.number for person in crowd[:200]),
    ]
    return sorted({secret for secret in secrets if re.search(re.escape(secret), text)})


if __name__ == "__main__":
    raise SystemExit(main())
