"""Zalo's tokens: each refresh token once, one renewal among all, kept before it is used, and no loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.zalo import tokens as tokens_module
from bot.channels.zalo.errors import ZaloError
from bot.channels.zalo.oauth import Pair
from bot.channels.zalo.tokens import Tokens
from bot.storage.crypt import Cipher
from bot.storage.engine import make_engine
from bot.storage.zalo_schema import zalo_token_events, zalo_tokens
from tests.conftest import SECRET

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


class KilledError(BaseException):
    """The process ends here."""


class Host:
    """Zalo's OAuth: a refresh token works once, and a new access token kills the one before."""

    def __init__(self) -> None:
        self.refreshes: list[str] = []
        self.alive = ("access-0", "refresh-0")
        self.trouble: list[str] = []  # what goes wrong with the next exchanges
        self.slow = asyncio.Event()
        self.slow.set()
        self.keeps_refresh = False

    async def refresh(self, token: str) -> Pair:
        self.refreshes.append(token)
        await self.slow.wait()
        trouble = self.trouble.pop(0) if self.trouble else ""
        if trouble == "unsent":
            raise ZaloError("unsent")
        if token != self.alive[1]:
            raise ZaloError("human", remedy="the refresh token was used before")
        number = len(self.refreshes)
        self.alive = (f"access-{number}", token if self.keeps_refresh else f"refresh-{number}")
        if trouble == "lost":
            raise ZaloError("unknown")
        if trouble == "crash":
            raise KilledError
        return Pair(self.alive[0], "" if self.keeps_refresh else self.alive[1], 90_000)


class Process:
    """One process's view: its own engine and store on the shared database."""

    def __init__(self, url: str, host: Host, clock: Any) -> None:
        self.engine: AsyncEngine = make_engine(url)
        self.tokens = Tokens(self.engine, Cipher(SECRET), host, clock, "oa")


class House:
    def __init__(self, url: str) -> None:
        self.host, self.time = Host(), START
        self.url, self.processes = url, []
        self.first = self.another()

    def another(self) -> Tokens:
        self.processes.append(Process(self.url, self.host, lambda: self.time))
        return self.processes[-1].tokens

    def later(self, **by: float) -> None:
        self.time += timedelta(**by)

    async def events(self) -> list[str]:
        async with self.processes[0].engine.connect() as connection:
            rows = await connection.execute(select(zalo_token_events.c.what).order_by(zalo_token_events.c.id))
            return [row[0] for row in rows]


@pytest.fixture
async def house(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(tokens_module, "LOOK_EVERY", 0.002)
    made = House(database_url)
    await made.first.give("access-0", "refresh-0", expires_in=90_000)
    yield made
    for process in made.processes:
        await process.engine.dispose()


async def test_a_token_is_used_for_twenty_hours_and_renewed_before_it_dies(house: House) -> None:
    house.later(hours=19, minutes=59)
    assert await house.first.access() == "access-0"
    assert house.host.refreshes == []
    house.later(minutes=2)
    assert await house.first.access() == "access-1"
    assert await house.first.access() == "access-1"
    assert house.host.refreshes == ["refresh-0"]


async def test_twenty_that_meet_a_dead_token_share_one_renewal(house: House) -> None:
    found = await asyncio.gather(*(house.first.renewed("access-0") for _ in range(20)))
    assert set(found) == {"access-1"}
    assert house.host.refreshes == ["refresh-0"]


async def test_two_processes_share_one_renewal(house: House) -> None:
    other = house.another()
    assert await other.access() == "access-0"
    house.host.slow.clear()
    waiting = [asyncio.create_task(store.renewed("access-0")) for store in (house.first, other) * 10]
    await asyncio.sleep(0.05)
    house.host.slow.set()
    assert set(await asyncio.gather(*waiting)) == {"access-1"}
    assert house.host.refreshes == ["refresh-0"]


async def test_who_holds_the_old_token_is_given_the_one_another_process_got(house: House) -> None:
    other = house.another()
    await other.access()
    await house.first.renewed("access-0")
    assert await other.renewed("access-0") == "access-1"
    assert len(house.host.refreshes) == 1


async def test_the_new_pair_is_kept_before_it_is_used(house: House) -> None:
    await house.first.renewed("access-0")
    kept = await house.another().look()
    assert kept is not None
    assert (kept.access, kept.refresh, kept.generation) == ("access-1", "refresh-1", 2)
    assert await house.events() == ["given", "renewing", "renewed"]


async def test_the_tokens_are_not_readable_in_the_database(house: House) -> None:
    async with house.processes[0].engine.connect() as connection:
        row = (await connection.execute(select(zalo_tokens.c.access, zalo_tokens.c.refresh))).one()
    assert b"access-0" not in row[0]
    assert b"refresh-0" not in row[1]


async def test_a_crash_between_renewal_and_keeping_calls_a_person_once(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.host.trouble = ["crash"]
    with pytest.raises(KilledError):
        await house.first.renewed("access-0")
    restarted = house.another()
    house.later(seconds=31)  # the claim of the dead has run out
    for _ in range(5):
        with pytest.raises(ZaloError) as refusal:
            await restarted.renewed("access-0")
        assert refusal.value.kind == "human"
    assert house.host.refreshes == ["refresh-0", "refresh-0"]
    assert caplog.text.count("ALARM") == 1
    assert "refresh-0" not in caplog.text


async def test_a_renewal_that_was_begun_is_kept_though_its_caller_is_stopped(house: House) -> None:
    house.host.slow.clear()
    caller = asyncio.create_task(house.first.renewed("access-0"))
    while not house.host.refreshes:  # noqa: ASYNC110 - a moment of a test
        await asyncio.sleep(0.002)
    caller.cancel()
    await asyncio.sleep(0)
    house.host.slow.set()
    await asyncio.wait([caller])
    assert caller.cancelled()
    assert await house.another().access() == "access-1"


async def test_a_consumed_refresh_token_calls_a_person_and_nobody_asks_again(house: House) -> None:
    house.host.alive = ("access-x", "refresh-x")
    for _ in range(3):
        with pytest.raises(ZaloError):
            await house.first.renewed("access-0")
    assert house.host.refreshes == ["refresh-0"]
    assert (await house.first.look()).broken == "the refresh token was used before (0)"  # type: ignore[union-attr]


async def test_a_token_that_still_lives_is_used_while_it_cannot_be_renewed(house: House) -> None:
    house.host.alive = ("access-0", "refresh-x")
    house.later(hours=21)
    assert await house.first.access() == "access-0"
    assert await house.first.access() == "access-0"
    assert len(house.host.refreshes) == 1
    house.later(hours=4)
    with pytest.raises(ZaloError):
        await house.first.access()


async def test_a_host_that_is_away_is_asked_again_but_not_at_once(house: House) -> None:
    house.host.trouble = ["unsent"]
    with pytest.raises(ZaloError) as away:
        await house.first.renewed("access-0")
    assert away.value.kind == "unsent"
    with pytest.raises(ZaloError) as wait:
        await house.first.renewed("access-0")
    assert wait.value.kind == "unsent"
    assert len(house.host.refreshes) == 1
    house.later(seconds=31)
    assert await house.first.renewed("access-0") == "access-2"


async def test_an_answer_that_was_lost_is_found_out_and_calls_a_person(house: House) -> None:
    house.host.trouble = ["lost"]
    with pytest.raises(ZaloError) as lost:
        await house.first.renewed("access-0")
    assert lost.value.kind == "unsent"  # what was to be sent with it was not
    house.later(seconds=31)
    with pytest.raises(ZaloError) as found:
        await house.first.renewed("access-0")
    assert found.value.kind == "human"


async def test_a_person_mends_it_with_new_tokens(house: House) -> None:
    house.host.alive = ("access-9", "refresh-9")
    with pytest.raises(ZaloError):
        await house.first.renewed("access-0")
    await house.another().give("access-9", "refresh-9", expires_in=90_000)
    assert await house.first.renewed("access-0") == "access-9"


async def test_tokens_in_the_settings_count_once(house: House) -> None:
    assert not await house.first.give("access-0", "refresh-0", expires_in=90_000, only_new=True)
    await house.first.renewed("access-0")
    assert not await house.another().give("access-0", "refresh-0", expires_in=90_000, only_new=True)
    assert await house.another().access() == "access-1"


async def test_a_renewal_that_gives_no_refresh_token_leaves_the_old_one(house: House) -> None:
    house.host.keeps_refresh = True
    await house.first.renewed("access-0")
    assert await house.first.renewed("access-1") == "access-2"
    assert house.host.refreshes == ["refresh-0", "refresh-0"]


async def test_without_a_token_a_person_is_needed(database_url: str) -> None:
    process = Process(database_url, Host(), lambda: START)
    with pytest.raises(ZaloError) as none:
        await process.tokens.access()
    assert none.value.kind == "human"
    assert "authorise" in none.value.remedy
    await process.engine.dispose()
