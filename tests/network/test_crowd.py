"""Two hundred people at their browsers want one hour that twenty collectors have: real HTTP, one server."""

import asyncio
from collections import Counter

import pytest
from aiohttp import ClientSession, CookieJar, TCPConnector
from sqlalchemy import select

from bot import office
from bot.storage import leads as stored
from bot.storage.hotpath import enqueue
from bot.storage.network_schema import bookings, collectors, lead_events, leads
from bot.web.visitors import inbox_path
from tests.channels.served import NOW, PATIENCE, FormChat, served_on
from tests.network.house import KY_LUA, employ

PEOPLE, COLLECTORS, AT_ONCE = 200, 20, 20
HOUR = "2026-11-25T08:00+07:00"


@pytest.fixture
async def served(database_url, tmp_path):
    async with served_on(database_url, tmp_path) as made:
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
    chats: list[FormChat] = []
    while len(chats) < PEOPLE:
        chats += await asyncio.gather(*(arrive(served) for _ in range(AT_ONCE)))
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


async def page_of(served, code):
    """A collector's page, in a browser of its own."""
    session = ClientSession(cookie_jar=CookieJar(unsafe=True))
    return FormChat(session, f"{served.url}{inbox_path(code, served.app.cipher)}")


async def shows(page, what):
    """Look at a page until it shows something; return how many of its messages do."""
    async with asyncio.timeout(PATIENCE):
        while True:
            await page.open()
            if found := sum(what in turn["text"] for turn in page.page.turns):
                return found


async def give(served, lead, code):
    """The officer gives a lead to a collector."""
    mail = []
    async with served.app.engine.begin() as connection:
        await stored.alone(connection)
        dispatch = served.app.worlds.dispatch(connection, NOW, lambda *one: mail.append(one))
        await office.give(dispatch, lead, code, who="officer:binh")
        posts = [(f"give-{lead}", n, *one) for n, one in enumerate(mail)]
        await enqueue(connection, posts, served.app.cipher, at=NOW)
    served.app.woken.set()


async def holder(served, lead):
    """The code of the collector who has a lead."""
    async with served.app.engine.connect() as connection:
        mine = select(collectors.c.code).join(leads, leads.c.collector_id == collectors.c.id)
        return await connection.scalar(mine.where(leads.c.id == lead))


async def test_of_two_collectors_who_accept_one_call_at_once_it_is_the_ones_who_has_it(served):
    for lead in range(1, 6):
        chat = await arrive(served)
        await chat.tap(HOUR)
        await finish(chat, lead)
        first, second = await holder(served, lead), f"LS{COLLECTORS - lead:04d}"
        pages = [await page_of(served, code) for code in (first, second, second)]
        await shows(pages[0], f"[Mới #{lead}]")
        await give(served, lead, second)
        for page in pages[1:]:
            await shows(page, f"[Mới #{lead}]")
        told = f"Đã nhận #{lead}"
        said = await asyncio.gather(*(page.tap(f"accept-{lead}") for page in pages))
        assert told not in said[0]["text"]
        assert await shows(pages[1], told) == 1
        assert await holder(served, lead) == second
        async with served.app.engine.connect() as connection:
            accepted = (lead_events.c.lead_id == lead, lead_events.c.what == "accept")
            assert len((await connection.execute(select(lead_events.c.id).where(*accepted))).all()) == 1
        await asyncio.gather(*(page.session.close() for page in (chat, *pages)))
