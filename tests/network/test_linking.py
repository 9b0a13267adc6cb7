"""Chats of one person, and of staff: only a code from one, typed in the other, proves anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.storage import leads, linking, network
from bot.storage.schema import conversations, outbox
from handlers.linking import link_code_in
from handlers.messages import Address, Kind
from tests.channels.test_every_channel import PHONE
from tests.network.rooms import BOOK, PAGE, PHONE_OF_HERS, STRANGER, Rooms, rooms_on


@pytest.fixture
async def rooms(network_url: str, tmp_path: Path) -> AsyncIterator[Rooms]:
    async with rooms_on(network_url, tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("NK-7K2P-M4XW", "NK-7K2P-M4XW"),
        (" nk 7k2p m4xw. ", "NK-7K2P-M4XW"),
        ("mã nk7k2pm4xw", "NK-7K2P-M4XW"),
        ("mã của tôi là NK-7K2P-M4XW", "NK-7K2P-M4XW"),
        ("Mã nối của em: NK-7K2P-M4XW", "NK-7K2P-M4XW"),
        ("đây là mã liên kết nk 7k2p m4xw", "NK-7K2P-M4XW"),
        ("my code is NK-7K2P-M4XW", "NK-7K2P-M4XW"),
        ("mã của tôi là", None),
        ("LS-7K2P", None),
        ("nk-7k2p", None),
        ("tôi ở xã Vân Nham", None),
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str, code: str | None) -> None:
    assert link_code_in(typed) == code


async def test_two_chats_of_one_person_have_one_open_lead(rooms: Rooms) -> None:
    await rooms.say(PHONE_OF_HERS, *BOOK)
    assert await rooms.leads_of(PAGE) == 0
    await rooms.say(PAGE, "chào")
    assert "là của cùng một người" in (await rooms.say(PAGE, await rooms.code(PHONE_OF_HERS))).text
    assert await rooms.leads_of(PAGE) == 1
    await rooms.say(PAGE, *BOOK[1:])
    assert await rooms.leads_of(PHONE_OF_HERS) == 1


async def test_linking_costs_no_answer(rooms: Rooms) -> None:
    await rooms.say(PAGE, "chào", "2")
    linked = await rooms.say(PAGE, await rooms.code(PHONE_OF_HERS))
    assert linked.question == "birth_date"


async def test_without_a_code_nobody_is_somebody_else(rooms: Rooms) -> None:
    await rooms.say(PHONE_OF_HERS, *BOOK)
    await rooms.say(STRANGER, "chào")
    assert "không dùng được" in (await rooms.say(STRANGER, "NK-7K2P-M4XW")).text
    assert await rooms.leads_of(STRANGER) == 0


async def test_a_code_works_once_for_ten_minutes_and_in_another_chat(rooms: Rooms) -> None:
    code = await rooms.code(PHONE_OF_HERS)
    assert "chính khung chat này" in (await rooms.say(PHONE_OF_HERS, code)).text
    await rooms.say(PAGE, code)
    assert "không dùng được" in (await rooms.say(STRANGER, code)).text
    late = await rooms.code(PHONE_OF_HERS)
    rooms.clock[0] += timedelta(minutes=10, seconds=1)
    assert "không dùng được" in (await rooms.say(STRANGER, late)).text


async def test_chats_that_are_linked_in_turn_are_all_one_person_s(rooms: Rooms) -> None:
    await rooms.say(PHONE_OF_HERS, *BOOK)
    third, fourth = Address("zalo_oa", "9", "z1"), Address("zalo_oa", "9", "z2")
    await rooms.say(fourth, await rooms.code(third))
    await rooms.say(PAGE, await rooms.code(PHONE_OF_HERS))
    await rooms.say(fourth, await rooms.code(PAGE))
    assert [await rooms.leads_of(chat) for chat in (PAGE, third, fourth)] == [1, 1, 1]


async def test_who_is_forgotten_in_one_chat_is_forgotten_in_all(rooms: Rooms) -> None:
    await rooms.say(PHONE_OF_HERS, *BOOK)
    await rooms.say(PAGE, await rooms.code(PHONE_OF_HERS))
    forgotten = await rooms.say(PAGE, "xoá dữ liệu", "1")
    assert forgotten.outcome == "forgotten"
    async with rooms.app.engine.connect() as connection:
        kept = select(func.count()).select_from(conversations).where(conversations.c.person == "7001")
        assert await connection.scalar(kept) == 0
        assert await linking.kin(connection, PAGE) == [PAGE]
    assert await rooms.leads_of(PHONE_OF_HERS) == 0


async def test_a_collector_s_chat_is_made_by_a_code_that_was_given_to_him(rooms: Rooms) -> None:
    await rooms.say(STRANGER, "chào")
    said = await rooms.say(STRANGER, await rooms.staff_code())
    assert "bàn làm việc" in said.text
    assert said.question == "desk"  # at once, and nothing of a citizen's
    assert said.options[0].id == "look-0"
    assert await rooms.is_staff(STRANGER)
    assert (await rooms.say(STRANGER, "xem")).question == "desk"


async def test_a_collector_links_his_other_chat_himself_and_no_citizen_s(rooms: Rooms) -> None:
    await rooms.say(STRANGER, await rooms.staff_code())
    other = Address("zalo_bot", "b", "z9")
    said = (await rooms.say(STRANGER, "liên kết")).text
    assert "Ai gõ mã này sẽ thấy thẻ và gọi thay tên anh/chị" in said
    assert "khung chat kia (Zalo" not in said  # that is what a citizen is told
    await rooms.say(other, await rooms.code(STRANGER))
    assert await rooms.is_staff(other)
    assert "không dùng được" in (await rooms.say(other, await rooms.code(PAGE))).text
    assert not await rooms.is_staff(PAGE)


async def test_who_was_linked_with_a_chat_cannot_erase_the_desk_it_became(rooms: Rooms) -> None:
    await rooms.say(PHONE_OF_HERS, await rooms.code(PAGE))
    await rooms.say(PAGE, await rooms.staff_code())
    async with rooms.app.engine.connect() as connection:
        waits = select(func.count()).select_from(outbox).where(outbox.c.person == PAGE.person)
        before = await connection.scalar(waits)
    assert (await rooms.say(PHONE_OF_HERS, "xoá dữ liệu", "1")).outcome == "forgotten"
    async with rooms.app.engine.connect() as connection:
        assert await connection.scalar(waits) == before > 0
    assert (await rooms.say(PAGE, "xem")).question == "desk"


async def test_a_code_she_asked_for_before_her_chat_became_a_desk_links_nobody_to_it(rooms: Rooms) -> None:
    code = await rooms.code(PAGE)
    await rooms.say(PAGE, await rooms.staff_code())
    assert "không dùng được" in (await rooms.say(STRANGER, code)).text
    assert not await rooms.is_staff(STRANGER)
    async with rooms.app.engine.connect() as connection:
        assert await linking.kin(connection, STRANGER) == [STRANGER]


async def test_a_desk_that_was_linked_as_a_citizen_s_chat_before_is_nobody_s_now(rooms: Rooms) -> None:
    await rooms.say(PHONE_OF_HERS, await rooms.code(PAGE))
    await rooms.say(STRANGER, await rooms.code(PAGE))
    code = await rooms.code(PAGE)
    async with rooms.app.engine.begin() as connection:  # as it was kept before such links were undone
        who = await network.collector_by_code(connection, "LS0001")
        await network.link_chat(connection, PAGE, who.id)
        assert await linking.kin(connection, PAGE) == [PAGE]
        assert await linking.kin(connection, PHONE_OF_HERS) == [PHONE_OF_HERS, STRANGER]
    assert "không dùng được" in (await rooms.say(Address("zalo_oa", "9", "z1"), code)).text


async def test_three_chats_that_are_linked_at_once_are_one_person_s(rooms: Rooms) -> None:
    third = Address("zalo_oa", "9", "z1")
    chats = (PHONE_OF_HERS, PAGE, third)
    codes = [await rooms.code(chat) for chat in chats]
    for chat in chats:
        await rooms.say(chat, "chào")
    await asyncio.gather(
        *(rooms.say(chat, code) for chat, code in zip(chats, [codes[2], *codes[:2]], strict=True))
    )
    async with rooms.app.engine.connect() as connection:
        assert {frozenset(await linking.kin(connection, chat)) for chat in chats} == {frozenset(chats)}


@pytest.mark.parametrize("words", ["accept-1", "call-1", "1 1", "#1 1", "desk", "won-1"])
async def test_nobody_acts_as_staff_from_a_chat_that_was_not_linked(rooms: Rooms, words: str) -> None:
    await rooms.say(PHONE_OF_HERS, *BOOK)
    async with rooms.app.engine.connect() as connection:
        [before] = await leads.all_of(connection, PHONE_OF_HERS)
    for kind in (Kind.TEXT, Kind.CHOICE):
        said = await rooms.say(STRANGER, words, kind=kind)
        assert said.question != "desk"
        assert PHONE[-3:] not in said.text.replace(" ", "")
    async with rooms.app.engine.connect() as connection:
        [after] = await leads.all_of(connection, PHONE_OF_HERS)
    assert after == before
