"""What is known of a channel's account is written by every process at once, and nothing of it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage import accounts
from bot.storage.engine import make_engine

WHICH = ("telegram", "42")


async def write(engine: AsyncEngine, what: Callable[[AsyncConnection], Awaitable[None]]) -> None:
    async with engine.begin() as connection:
        await what(connection)


async def test_two_processes_count_and_note_at_once(database_url: str) -> None:
    engines = [make_engine(database_url), make_engine(database_url)]
    work = []
    for n in range(16):
        engine, fact = engines[n % 2], {f"fact{n}": n}
        work.append(write(engine, lambda c: accounts.refuse(c, *WHICH, 3)))
        work.append(write(engine, lambda c, fact=fact: accounts.note(c, *WHICH, **fact)))
    await asyncio.gather(*work)
    async with engines[0].connect() as connection:
        state = await accounts.state(connection, *WHICH)
    assert state.refused == 16 * 3
    assert state.facts == {f"fact{n}": n for n in range(16)}
    for engine in engines:
        await engine.dispose()


async def test_a_fact_told_anew_takes_the_place_of_the_old_one(database_url: str) -> None:
    engine = make_engine(database_url)
    for told in ({"name": "@an", "left": 3}, {"left": 2}):
        await write(engine, lambda c, told=told: accounts.note(c, *WHICH, **told))
    async with engine.connect() as connection:
        assert (await accounts.state(connection, *WHICH)).facts == {"name": "@an", "left": 2}
        assert (await accounts.state(connection, *WHICH)).refused == 0
    await engine.dispose()
