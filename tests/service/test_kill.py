"""kill -9 at every await of the transaction and of the sender, then a restart: nothing lost, nothing doubled.

A child process, forked from this one, holds a scripted conversation on the real application and kills itself
at its k-th await; another takes over its database, is given every event again as a platform would, and
finishes.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, func, select

from bot.app import roles
from bot.channels.web import WebChannel
from bot.clock import LOCAL
from bot.converse import Converse
from bot.diary import Diary
from bot.sender import LEASE, Sender
from bot.storage.crypt import Cipher
from bot.storage.engine import make_engine
from bot.storage.network_schema import bookings, consents, leads
from bot.storage.schema import outbox
from bot.storage.web_schema import web_messages
from bot.world import Worlds
from calculators.holidays import Holidays
from handlers.messages import Address, Incoming, Kind, Outgoing
from tests.conftest import SECRET, Databases
from tests.storage.rig import LAW, TERRITORY, WORDS

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
CITIZEN = Address("web", "site", "lanh")
SCRIPT = ("xin chào", "4", "p ky lua", "1", "chị Lành", "0912345678", "đồng ý")
QUESTIONS = ["task", "ward", "slot", "name", "phone", "consent", "booked"]
HOLIDAYS = Holidays.load()


class Fuse:
    """Counts awaits, and kills the process at the k-th."""

    def __init__(self, at: int) -> None:
        self.at, self.passed = at, 0

    def __call__(self, *_: object) -> None:
        self.passed += 1
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


class FusedChannel(WebChannel):
    """The web channel with an await before and after each delivery."""

    fuse: Callable[..., None]

    async def send(self, to: Address, message: Outgoing, key: str) -> None:
        self.fuse()
        await super().send(to, message, key)
        self.fuse()


async def hold(url: str, fuse: Fuse, now: datetime) -> None:
    """Hold the scripted conversation from its beginning: events known already change nothing."""
    engine = make_engine(url)
    for name in ("before_cursor_execute", "after_cursor_execute", "commit", "savepoint", "release_savepoint"):
        event.listen(engine.sync_engine, name, fuse)
    cipher = Cipher(SECRET)
    woken = asyncio.Event()
    converse = Converse(
        engine,
        cipher,
        roles=roles(LAW, TERRITORY, "20", lambda: now),
        words=WORDS,
        open_world=Worlds(cipher, WORDS, LAW, Diary(LAW, HOLIDAYS, TERRITORY, LOCAL), Random(3)),
        clock=lambda: now,
        woken=woken,
    )
    channel = FusedChannel(engine, cipher, lambda: now)
    channel.fuse = fuse
    sender = Sender(engine, cipher, {"web": channel}, lambda: now, woken, rng=Random(5))
    for number, text in enumerate(SCRIPT):
        await converse.hear(Incoming(CITIZEN, f"event-{number}", Kind.TEXT, now, text))
        fuse()
        await sender.drain()
    await engine.dispose()


async def found(url: str) -> dict[str, Any]:
    """What is in the database at the end."""
    engine = make_engine(url)
    channel = WebChannel(engine, Cipher(SECRET), lambda: START)
    said = [kept.message for kept in await channel.history("site", "lanh")]
    async with engine.connect() as connection:

        async def number(column: Any) -> int:
            return int((await connection.execute(select(func.count(column)))).scalar_one())

        cards = select(func.count()).select_from(web_messages).where(web_messages.c.account == "inbox")
        states = (await connection.execute(select(outbox.c.state).distinct())).scalars().all()
        result = {
            "said": [message.question or message.outcome for message in said],
            "leads": await number(leads.c.id),
            "bookings": await number(bookings.c.collector_id),
            "consents": await number(consents.c.id),
            "cards": (await connection.execute(cards)).scalar_one(),
            "outbox": sorted(states),
        }
    await engine.dispose()
    return result


def in_child(work: Callable[[], object], out: Path | None = None) -> bool:
    """Run in a forked process; tell whether it lived to the end."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            result = work()
            if out is not None:
                out.write_text(json.dumps(result))
            status = 0
        finally:
            os._exit(status)
    _, how = os.waitpid(child, 0)
    if os.WIFSIGNALED(how):
        assert os.WTERMSIG(how) == signal.SIGKILL
        return False
    assert os.WEXITSTATUS(how) == 0, "the child failed for another reason"
    return True


def first_life(url: str, at: int) -> None:
    asyncio.run(hold(url, Fuse(at), START))


def second_life(url: str) -> dict[str, Any]:
    async def again() -> dict[str, Any]:
        await hold(url, Fuse(0), START + LEASE + timedelta(minutes=1))
        return await found(url)

    return asyncio.run(again())


@pytest.mark.parametrize("share", range(4))
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_nothing_is_lost_or_doubled_by_a_kill_at_any_await(
    kind: str, share: int, databases: Databases, tmp_path: Path
) -> None:
    out = tmp_path / "found.json"
    at, kills = share + 1, 0
    while True:
        url = databases.make(kind, demo=True)
        lived = in_child(partial(first_life, url, at))
        assert in_child(partial(second_life, url), out)
        assert json.loads(out.read_text()) == {
            "said": QUESTIONS, "leads": 1, "bookings": 1, "consents": 1, "cards": 1, "outbox": ["sent"],
        }, f"killed at await {at}"  # fmt: skip
        databases.drop(url)
        if lived:
            break
        kills, at = kills + 1, at + 4
    assert kills > 20
