"""Two hundred people at their browsers want one hour that twenty collectors have: real HTTP, one server."""

import asyncio
from collections import Counter

import pytest
from aiohttp import ClientSession, CookieJar, TCPConnector
from sqlalchemy import select

from bot.storage.network_schema import bookings, leads
from tests.channels.served import FormChat, served_on
from tests.network.house import KY_LUA, employ

PEOPLE, COLLECTORS = 200, 20
HOUR = "2026-11-25T08:00+07:00"


@pytest.fixture
async def served(databases, tmp_path):
    async with served_on(databases.make("sqlite"), tmp_path) as made:
        async with made.app.engine.begin() as connection:
            for number in range(COLLECTORS):
                await employ(connection, f"LS{number:04d}", KY_LUA, hours=((480, 540),))
        yield made


async def arrive(served):
    """Open the page, and come to the hours."""
    session = ClientSession(cookie_jar=CookieJar(unsafe=True), connector=TCPConnector(limit=1))
    chat = FormChat(session, "")
    chat.url = str((await session.get(f"{served.url}/")).url)
    await chat.type("hẹn gọi lại")
    offered = await chat.type("p ky lua")
    assert offered["question"] == "slot"
    assert offered["options"][0]["id"] == HOUR
    return chat


async def finish(chat, number):
    """Give a name, a number and consent; return what she is told."""
    await chat.type("chị Lành")
    await chat.type(f"0912{number:06d}")
    return await chat.type("đồng ý")


async def test_of_two_hundred_exactly_twenty_have_the_hour_and_the_rest_are_offered_others(served):
    chats = [await arrive(served) for _ in range(PEOPLE)]
    taps = await asyncio.gather(*(chat.tap(HOUR) for chat in chats))
    taps = [  # a crowded server may have answered later than the post
        await chat.open() if said["question"] == "slot" and "vừa có" not in said["text"] else said
        for chat, said in zip(chats, taps, strict=True)
    ]
    got = [chat for chat, said in zip(chats, taps, strict=True) if said["question"] == "name"]
    others = [said for said in taps if said["question"] == "slot"]
    assert (len(got), len(others)) == (COLLECTORS, PEOPLE - COLLECTORS)
    for said in others:
        assert "giờ đó vừa có người đặt" in said["text"]
        assert said["options"]
        assert HOUR not in [option["id"] for option in said["options"]]
    ends = await asyncio.gather(*(finish(chat, number) for number, chat in enumerate(got)))
    assert {said["outcome"] for said in ends} == {"booked"}
    async with served.app.engine.connect() as connection:
        made = (await connection.execute(select(leads.c.collector_id, leads.c.starts_at))).all()
        hours = (await connection.execute(select(bookings.c.collector_id, bookings.c.starts_at))).all()
    assert max(Counter(made).values()) == 1
    assert sorted(made) == sorted(hours)
    assert len(made) == COLLECTORS
    await asyncio.gather(*(chat.session.close() for chat in chats))
