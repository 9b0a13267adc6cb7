"""Two servers on one SQLite file, as real processes: nothing is lost, nothing is said twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.channels.phones import TELEGRAM, ZALO_OA
from tests.channels.servers import Pair, pair_on, until
from tests.channels.test_two_servers import TEXTS, greeted, heard, put_together, settled, texts, turns
from tests.conftest import Databases

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pair(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    url, folder = databases.make("sqlite", demo=True), tmp_path_factory.mktemp("servers")
    async with pair_on(url, (TELEGRAM, ZALO_OA), folder) as started:
        yield started


async def test_what_reaches_both_is_taken_once_and_in_order(pair: Pair) -> None:
    house = pair.houses["zalo_oa"]
    user = house.person()
    [hello] = await house.held((user, {"kind": "text", "text": "chào"}))
    assert await asyncio.gather(*(house.post(hello, n % 2) for n in range(5))) == [200] * 5
    caught = await house.held(*((user, {"kind": "text", "text": text}) for text in TEXTS))
    assert await asyncio.gather(*(house.post(one, n % 2) for n, one in enumerate(caught))) == [200] * 3
    assert await turns(house, user) == [1, 2, 3, 4]
    assert len(await heard(house, user, 4)) == 4


async def test_each_message_is_sent_once(pair: Pair) -> None:
    people = [(house, house.person()) for house in pair.houses.values() for _ in range(25)]
    await put_together(pair, people, "Nhắc chị")
    await until(lambda: settled(pair))
    assert [texts(house, user) for house, user in people] == [["Nhắc chị"]] * len(people)


async def test_when_one_is_killed_the_other_goes_on(pair: Pair) -> None:
    house = pair.houses["telegram"]
    user = await greeted(house)
    await until(lambda: settled(pair))
    [quote] = await house.held((user, {"kind": "text", "text": "2"}))
    cut_off = asyncio.create_task(house.post(quote, 1))
    await pair.kill(1)
    await asyncio.gather(cut_off, return_exceptions=True)
    assert await house.post(quote, 0) == 200  # whether it was taken before or not, it is taken once
    assert await turns(house, user) == [1, 2]
    other = await greeted(house)
    assert len(texts(house, other)) == 1
