"""kill -9 at every await of the transaction and of the sender, then a restart: nothing lost, nothing doubled.

A child process, forked from this one, holds a scripted conversation on the real application and kills itself
at its k-th await; another takes over its database, is given every event again as a platform would, and
finishes. This process is warm: what is compiled or read once is inherited, and a life takes milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, event, func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.app import roles
from bot.channels import Capabilities, Channel
from bot.channels.web import WebChannel
from bot.clock import LOCAL
from bot.converse import Converse
from bot.diary import Diary
from bot.sender import LEASE, Sender
from bot.storage.crypt import Cipher
from bot.storage.engine import make_engine
from bot.storage.network_schema import bookings, lead_events, lead_skips, leads, timers
from bot.storage.privacy_schema import consents
from bot.storage.schema import conversations, failures, outbox, seen
from bot.storage.web_schema import web_messages
from bot.world import Worlds
from calculators.holidays import Holidays
from handlers.faq import Faq
from handlers.messages import Address, Incoming, Kind, Outgoing
from handlers.questions import Questions
from tests.conftest import SECRET, Databases
from tests.storage.rig import LAW, TERRITORY, WORDS

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
RESTART = START + LEASE + timedelta(minutes=1)
CITIZEN = Address("web", "site", "lanh")
SCRIPT = ("xin chào", "4", "p ky lua", "1", "chị Lành", "0912345678", "đồng ý")
QUESTIONS = ["task", "ward", "slot", "name", "phone", "consent", "booked"]
HOLIDAYS = Holidays.load()
FAQ = Questions(Faq.load())
WRITTEN = (
    seen, conversations, outbox, failures, web_messages, consents, lead_events, lead_skips, timers, bookings,
    leads,
)  # fmt: skip


class Fuse:
    """Counts awaits, and kills the process at the k-th; 0 never does."""

    def __init__(self) -> None:
        self.at, self.passed = 0, 0

    def __call__(self, *_: object) -> None:
        self.passed += 1
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


class FusedWeb(WebChannel):
    """The web channel, which keeps a key once, with an await before and after each delivery."""

    fuse: Fuse

    async def send(self, to: Address, message: Outgoing, key: str) -> None:
        self.fuse()
        await super().send(to, message, key)
        self.fuse()


class Forgetful:
    """A channel that delivers whatever it is given, as often as it is; a file outlives it."""

    name, able = "web", Capabilities(text_limit=2_000)

    def __init__(self, file: Path, fuse: Fuse) -> None:
        self.file, self.fuse = file, fuse

    async def send(self, to: Address, message: Outgoing, key: str) -> None:
        self.fuse()
        with self.file.open("a") as file:
            file.write(json.dumps([key, to.account, message.question or message.outcome]) + "\n")
        self.fuse()


class Stage:
    """One database and its engine, played on again and again."""

    def __init__(self, url: str, folder: Path) -> None:
        self.engine: AsyncEngine = make_engine(url)
        self.fuse, self.cipher = Fuse(), Cipher(SECRET)
        self.delivered, self.out = folder / "delivered", folder / "found"
        for name in ("before_cursor_execute", "commit", "checkin"):  # each await; checkin follows the commit
            event.listen(self.engine.sync_engine, name, self.fuse)

    def web(self, now: datetime) -> Channel:
        channel = FusedWeb(self.engine, self.cipher, lambda: now)
        channel.fuse = self.fuse
        return channel

    def forgetful(self, _: datetime) -> Channel:
        return Forgetful(self.delivered, self.fuse)

    async def hold(self, channel: Channel, now: datetime) -> None:
        """Hold the scripted conversation from its beginning: events known already change nothing."""
        woken = asyncio.Event()
        converse = Converse(
            self.engine,
            self.cipher,
            roles=roles(LAW, TERRITORY, "20", lambda: now, questions=FAQ, known={}),
            words=WORDS,
            open_world=Worlds(self.cipher, WORDS, LAW, Diary(LAW, HOLIDAYS, TERRITORY, LOCAL), Random(3)),
            clock=lambda: now,
            woken=woken,
        )
        sender = Sender(self.engine, self.cipher, {"web": channel}, lambda: now, woken, rng=Random(5))
        for number, words in enumerate(SCRIPT):
            await converse.hear(Incoming(CITIZEN, f"event-{number}", Kind.TEXT, now, words))
            self.fuse()
            await sender.drain()

    async def bury(self) -> None:
        """Wait until PostgreSQL has noticed that who was killed is gone, and undone what he began."""
        if self.engine.dialect.name == "postgresql":
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            async with self.engine.connect() as connection:
                await connection.execute(
                    text(f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE {others}")
                )

    async def found(self) -> dict[str, Any]:
        """Return what is in the database at the end, and leave it as it was at the beginning."""
        history = await WebChannel(self.engine, self.cipher, lambda: START).history("site", "lanh")
        result: dict[str, Any] = {"said": [kept.message.question or kept.message.outcome for kept in history]}
        async with self.engine.begin() as connection:
            for table in (leads, bookings, consents):
                count = await connection.execute(select(func.count()).select_from(table))
                result[table.name] = count.scalar_one()
            cards = select(func.count()).where(web_messages.c.account == "inbox")
            result["cards"] = (await connection.execute(cards)).scalar_one()
            rows = await connection.execute(select(outbox.c.id, outbox.c.state).order_by(outbox.c.id))
            result["outbox"] = [[str(row.id), row.state] for row in rows]
            for table in WRITTEN:
                await connection.execute(delete(table))
        return result

    def first_life(self, wire: Callable[[datetime], Channel], at: int) -> None:
        self.fuse.at = at
        asyncio.run(self.hold(wire(START), START))

    def second_life(self, wire: Callable[[datetime], Channel]) -> None:
        async def life() -> dict[str, Any]:
            await self.bury()
            await self.hold(wire(RESTART), RESTART)
            return await self.found()

        self.out.write_text(json.dumps(asyncio.run(life())))

    def warm(self, wire: Callable[[datetime], Channel]) -> None:
        """Do once what children then inherit; what was connected is closed again."""

        async def life() -> None:
            await self.hold(wire(START), START)
            await self.found()
            await self.engine.dispose()

        asyncio.run(life())
        self.fuse.passed = 0
        self.delivered.unlink(missing_ok=True)

    def play(self, wire: Callable[[datetime], Channel], at: int) -> tuple[bool, dict[str, Any]]:
        """Kill at the k-th await and restart; tell whether it lived to the end anyway, and what was found."""
        lived = in_child(lambda: self.first_life(wire, at))
        assert in_child(lambda: self.second_life(wire))
        return lived, json.loads(self.out.read_text())


def in_child(work: Callable[[], None]) -> bool:
    """Run in a forked process; tell whether it lived to the end."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    _, how = os.waitpid(child, 0)
    if os.WIFSIGNALED(how):
        assert os.WTERMSIG(how) == signal.SIGKILL
        return False
    assert os.WEXITSTATUS(how) == 0, "the child failed for another reason"
    return True


@pytest.fixture
def kill_step(request: pytest.FixtureRequest) -> int:
    """Every how manyth await the process is killed at: `make kill` takes each."""
    return int(request.config.getoption("--kill-step"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def stage(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Stage:
    return Stage(databases.make(request.param, demo=True), tmp_path)


def test_nothing_is_lost_or_doubled_by_a_kill_at_any_await(stage: Stage, kill_step: int) -> None:
    stage.warm(stage.web)
    at, lived = 1, False
    while not lived:
        lived, found = stage.play(stage.web, at)
        assert {state for _, state in found.pop("outbox")} == {"sent"}, f"killed at await {at}"
        assert found == {
            "said": QUESTIONS, "leads": 1, "bookings": 1, "consents": 1, "cards": 1,
        }, f"killed at await {at}"  # fmt: skip
        at += kill_step
    assert at > 100, "the script is longer than this: the fuse has come loose"


def test_a_wire_that_may_double_gets_nothing_twice_and_what_it_missed_is_known(
    stage: Stage, kill_step: int
) -> None:
    stage.warm(stage.forgetful)
    at, lived, missed = 1, False, 0
    while not lived:
        lived, found = stage.play(stage.forgetful, at)
        sent = [json.loads(line) for line in stage.delivered.read_text().splitlines()]
        stage.delivered.unlink()
        keys, states = [key for key, _, _ in sent], dict(found["outbox"])
        assert len(keys) == len(set(keys)), f"doubled by a kill at await {at}"
        assert len(states) == len(QUESTIONS) + 1
        assert set(states.values()) <= {"sent", "unknown"}, f"killed at await {at}"
        assert {key for key, state in states.items() if state == "sent"} <= set(keys), f"await {at}"
        hers = [put for _, account, put in sent if account == "site"]
        assert hers == [put for put in QUESTIONS if put in hers], f"out of order: await {at}"
        assert [found["leads"], found["bookings"], found["consents"]] == [1, 1, 1]
        missed += "unknown" in states.values()
        at += kill_step
    assert missed > 0, "no kill fell between a claim and its end: the fuse has come loose"
