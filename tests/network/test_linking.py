"""Chats of one person, and of staff: only a code from one, typed in the other, proves anything."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from bot.app import App, open_app
from bot.settings import Settings
from bot.storage import leads, linking, network
from bot.storage.linking import OFFICE, STAFF_HOLDS
from bot.storage.schema import conversations, outbox
from handlers.linking import link_code_in
from handlers.messages import Address, Incoming, Kind, Outgoing
from tests.channels.test_every_channel import PHONE
from tests.conftest import SECRET

PHONE_OF_HERS, PAGE, STRANGER = (
    Address("telegram", "42", "7001"),
    Address("web", "site", "p1"),
    Address("telegram", "42", "7002"),
)
BOOK = ("chào", "hẹn gọi lại", "Vân Nham", "1", "chị Lành", PHONE, "1")


class Rooms:
    """The application, and people who write in several chats."""

    def __init__(self, app: App, clock: list[datetime]) -> None:
        self.app, self.clock, self.events = app, clock, count()

    async def say(self, chat: Address, *texts: str, kind: Kind = Kind.TEXT) -> Outgoing:
        for text in texts:
            event = f"e{next(self.events)}"
            await self.app.converse.hear(Incoming(chat, event, kind, self.clock[0], text))
        return await self.last(chat)

    async def last(self, chat: Address) -> Outgoing:
        import json

        query = select(outbox).where(outbox.c.person == chat.person).order_by(outbox.c.id.desc()).limit(1)
        async with self.app.engine.connect() as connection:
            row = (await connection.execute(query)).one()
        body = self.app.cipher.open(row.body, f"outbox.body:{row.cause}:{row.n}")
        return Outgoing.from_json(json.loads(body))

    async def code(self, chat: Address) -> str:
        [code] = re.findall(r"NK-\w{4}-\w{4}", (await self.say(chat, "liên kết")).text)
        return code

    async def staff_code(self, collector: str = "LS0001") -> str:
        async with self.app.engine.begin() as connection:
            who = await network.collector_by_code(connection, collector)
            return await linking.issue(
                connection, self.app.cipher, OFFICE, at=self.clock[0], collector=who.id, holds=STAFF_HOLDS
            )

    async def leads_of(self, chat: Address) -> int:
        async with self.app.engine.connect() as connection:
            return len(await leads.all_of(connection, chat))

    async def is_staff(self, chat: Address) -> bool:
        async with self.app.engine.connect() as connection:
            return chat in await network.staff_among(connection, [chat])


@pytest.fixture
async def rooms(network_url: str, tmp_path: Path) -> AsyncIterator[Rooms]:
    clock = [datetime(2026, 11, 23, 3, 0, tzinfo=UTC)]
    settings = Settings(_env_file=None, database_url=network_url, secret_key=SECRET, data_dir=tmp_path)
    async with open_app(settings, clock=lambda: clock[0], rng=Random(11)) as app:
        yield Rooms(app, clock)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("NK-7K2P-M4XW", "NK-7K2P-M4XW"),
        (" nk 7k2p m4xw. ", "NK-7K2P-M4XW"),
        ("mã nk7k2pm4xw", "NK-7K2P-M4XW"),
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
    await rooms.say(other, await rooms.code(STRANGER))
    assert await rooms.is_staff(other)
    assert "không dùng được" in (await rooms.say(other, await rooms.code(PAGE))).text
    assert not await rooms.is_staff(PAGE)


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
