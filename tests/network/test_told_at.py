"""Where she is told of her call who has several chats: in one of them, and never at a desk."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.storage import hotpath, leads, linking, network
from bot.storage.reach import phone_of
from bot.storage.schema import outbox
from handlers.leads import LeadState
from handlers.messages import Address, Outgoing
from tests.channels.test_every_channel import PHONE
from tests.network.rooms import BOOK, PAGE, PHONE_OF_HERS, STRANGER, Rooms, rooms_on

ZALO = Address("zalo_oa", "9", "z1")


@pytest.fixture
async def rooms(network_url: str, tmp_path: Path) -> AsyncIterator[Rooms]:
    """She booked on Telegram, and has proven that the other two are hers."""
    async with rooms_on(network_url, tmp_path) as made:
        await made.say(PHONE_OF_HERS, *BOOK)
        for other in (PAGE, ZALO):
            later(made, minutes=1)
            await made.say(other, "chào", await made.code(PHONE_OF_HERS))
        later(made, minutes=1)
        yield made


def later(rooms: Rooms, **by: float) -> None:
    rooms.clock[0] += timedelta(**by)


async def told(rooms: Rooms) -> list[tuple[str, str]]:
    """What she is told in the hours to come: the channel and the notice, oldest first."""
    query = select(outbox).order_by(outbox.c.id)
    async with rooms.app.engine.connect() as connection:
        before = len((await connection.execute(query)).all())
    for _ in range(30):
        later(rooms, hours=1)
        await rooms.app.timers.drain()
    async with rooms.app.engine.connect() as connection:
        rows = (await connection.execute(query)).all()[before:]
    bodies = [rooms.app.cipher.open(row.body, hotpath.body_place(row.cause, row.n)) for row in rows]
    messages = [Outgoing.from_json(json.loads(body)) for body in bodies]
    hers = {(chat.channel, chat.person) for chat in (PHONE_OF_HERS, PAGE, ZALO)}
    return [
        (row.channel, message.notice)
        for row, message in zip(rows, messages, strict=True)
        if (row.channel, row.person) in hers
    ]


@pytest.mark.parametrize("chat", [ZALO, PHONE_OF_HERS])
async def test_she_is_told_once_where_she_spoke_last(rooms: Rooms, chat: Address) -> None:
    await rooms.say(chat, "lịch gọi")
    notices = await told(rooms)
    assert {channel for channel, _ in notices} == {chat.channel}
    assert len(set(notices)) == len(notices)


async def test_a_page_does_not_ring_so_she_is_told_in_a_chat_that_does(rooms: Rooms) -> None:
    await rooms.say(ZALO, "lịch gọi")
    later(rooms, minutes=1)
    await rooms.say(PAGE, "lịch gọi")
    assert {channel for channel, _ in await told(rooms)} == {"zalo_oa"}


async def test_a_chat_she_left_is_the_last_she_is_told_in(rooms: Rooms) -> None:
    await rooms.say(ZALO, "lịch gọi")
    async with rooms.app.engine.begin() as connection:
        for chat in (ZALO, PHONE_OF_HERS):
            await hotpath.mark_stopped(connection, chat, at=rooms.clock[0])
    assert {channel for channel, _ in await told(rooms)} == {"web"}


async def test_whoever_calls_it_off_in_another_chat_is_answered_there_and_nowhere_else(rooms: Rooms) -> None:
    said = await rooms.say(ZALO, "huỷ lịch", "1")
    assert said.outcome
    async with rooms.app.engine.connect() as connection:
        [lead] = await leads.all_of(connection, PHONE_OF_HERS)
    assert lead.state is LeadState.CANCELLED
    assert await told(rooms) == []


async def test_the_number_for_a_template_is_hers_from_whichever_chat(rooms: Rooms) -> None:
    async with rooms.app.engine.connect() as connection:
        found = await phone_of(connection, rooms.app.cipher, ZALO)
        assert found
        assert found.endswith(PHONE[1:])
        assert await phone_of(connection, rooms.app.cipher, STRANGER) is None


async def test_a_lead_of_a_chat_that_becomes_a_desk_stays_hers_in_the_others(rooms: Rooms) -> None:
    await rooms.say(PHONE_OF_HERS, await rooms.staff_code())
    assert await rooms.leads_of(PHONE_OF_HERS) == 0
    assert [await rooms.leads_of(chat) for chat in (PAGE, ZALO)] == [1, 1]
    notices = await told(rooms)
    assert [notice for channel, notice in notices if channel == "zalo_oa"]
    assert not [notice for channel, notice in notices if channel == "web"]
    desk = {"lead_card", "lead_moved_on", "lead_withdrawn", "your_call_today", "your_call_soon"}
    assert {notice for channel, notice in notices if channel == "telegram"} <= desk
    await rooms.say(PAGE, "xoá dữ liệu", "1")
    async with rooms.app.engine.connect() as connection:
        lead = await leads.find(connection, 1)
    assert lead is not None
    assert (lead.state, lead.address) == (LeadState.CANCELLED, None)


async def test_of_two_open_calls_the_one_of_the_chat_that_becomes_a_desk_ends(rooms: Rooms) -> None:
    await rooms.say(STRANGER, *BOOK[:-2], "0987654321", BOOK[-1])
    await rooms.say(STRANGER, await rooms.code(ZALO))
    await rooms.say(STRANGER, await rooms.staff_code())
    async with rooms.app.engine.connect() as connection:
        hers = await leads.all_of(connection, PAGE)
        assert [lead.open for lead in hers] == [True, False]
        assert await leads.all_of(connection, STRANGER) == []


async def test_a_desk_is_told_of_no_call_somebody_booked_in_it_before(rooms: Rooms) -> None:
    await rooms.say(STRANGER, *BOOK[:-2], "0987654321", BOOK[-1])
    async with rooms.app.engine.begin() as connection:
        who = await network.collector_by_code(connection, "LS0001")
        assert who is not None
        await network.link_chat(connection, STRANGER, who.id)
        assert await linking.told_at(connection, STRANGER) is None
        assert await linking.told_at(connection, ZALO) == ZALO
