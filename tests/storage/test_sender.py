"""The sender: in order for each person, again when it may, never twice when it might have arrived."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from bot.channels import SendFailed
from bot.sender import MOST_ATTEMPTS
from bot.storage import accounts
from bot.storage.schema import outbox
from tests.storage.rig import Rig, Wire, rig_on


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[Rig]:
    async with rig_on(database_url) as made:
        yield made


async def talk(rig: Rig, person: str, count: int) -> None:
    for number in range(count):
        await rig.converse.hear(rig.event(person, "xin chào" if number == 0 else "???", f"{person}{number}"))


async def test_a_later_message_waits_until_the_earlier_is_settled(rig: Rig) -> None:
    await talk(rig, "lanh", 3)
    rig.wire.troubles = [SendFailed("retry")]
    await rig.sender.drain()
    assert rig.wire.sent == []
    rig.later(seconds=10)
    await rig.sender.drain()
    assert [message.turn for _, message in rig.wire.sent] == [1, 2, 3]


async def test_a_process_that_sent_all_along_frees_what_another_held(rig: Rig) -> None:
    await talk(rig, "lanh", 1)
    await rig.sender.drain()
    await talk(rig, "quang", 1)
    other = Wire()
    other.troubles = [SendFailed("retry", account=True, human=True, code="bad_token")]
    await rig.sender_for(other).drain()
    async with rig.engine.connect() as connection:
        assert (await accounts.state(connection, "test", "a")).human
    rig.later(minutes=2)
    await rig.sender.drain()
    assert [person for person, _ in rig.wire.sent] == ["lanh", "quang"]
    async with rig.engine.connect() as connection:
        assert not (await accounts.state(connection, "test", "a")).human
        assert await accounts.tell(connection, rig.time, at=rig.time) == []


async def test_one_person_s_trouble_holds_up_nobody_else(rig: Rig) -> None:
    await talk(rig, "lanh", 1)
    await talk(rig, "quang", 1)
    rig.wire.troubles = [SendFailed("retry")]
    await rig.sender.drain()
    assert [person for person, _ in rig.wire.sent] == ["quang"]


async def test_a_wait_that_the_platform_names_is_kept(rig: Rig) -> None:
    await talk(rig, "lanh", 1)
    rig.wire.troubles = [SendFailed("retry", retry_after=30)]
    await rig.sender.drain()
    rig.later(seconds=29)
    await rig.sender.drain()
    assert rig.wire.sent == []
    rig.later(seconds=2)
    await rig.sender.drain()
    assert len(rig.wire.sent) == 1


async def test_a_message_nobody_takes_becomes_a_dead_letter_and_the_next_goes_out(rig: Rig) -> None:
    await talk(rig, "lanh", 2)
    rig.wire.troubles = [SendFailed("rejected")]
    await rig.sender.drain()
    assert await rig.outbox() == [("lanh", "dead", 1, "rejected"), ("lanh", "sent", 1, None)]


async def test_after_enough_attempts_it_is_dead(rig: Rig) -> None:
    await talk(rig, "lanh", 1)
    rig.wire.troubles = [SendFailed("retry")] * 99
    for _ in range(MOST_ATTEMPTS + 2):
        await rig.sender.drain()
        rig.later(seconds=301)
    assert await rig.outbox() == [("lanh", "dead", MOST_ATTEMPTS, "retry")]
    assert len(rig.wire.keys) == MOST_ATTEMPTS


async def test_what_may_have_arrived_is_never_repeated(rig: Rig) -> None:
    await talk(rig, "lanh", 2)
    rig.wire.troubles = [SendFailed("unknown")]
    await rig.sender.drain()
    rig.later(hours=1)
    await rig.sender.drain()
    assert [row[1] for row in await rig.outbox()] == ["unknown", "sent"]
    assert len(rig.wire.keys) == 2


async def test_a_channel_that_delivers_a_key_once_is_asked_again_with_the_same_key(rig: Rig) -> None:
    rig.wire.able = Wire(idempotent=True).able
    await talk(rig, "lanh", 1)
    rig.wire.troubles = [SendFailed("unknown"), RuntimeError("a bug in the channel")]
    for _ in range(3):
        await rig.sender.drain()
        rig.later(seconds=60)
    assert len(set(rig.wire.keys)) == 1
    assert len(rig.wire.sent) == 1


async def test_who_left_is_not_written_to_again(rig: Rig) -> None:
    await talk(rig, "lanh", 3)
    rig.wire.troubles = [SendFailed("stopped")]
    await rig.sender.drain()
    assert [row[1:] for row in await rig.outbox()] == [
        ("dead", 1, "stopped"), ("dead", 0, "stopped"), ("dead", 0, "stopped"),
    ]  # fmt: skip


@pytest.mark.parametrize(("idempotent", "ends"), [(True, "sent"), (False, "unknown")])
async def test_what_a_dead_sender_held_is_taken_up_where_that_does_no_harm(
    rig: Rig, idempotent: bool, ends: str
) -> None:
    rig.wire.able = Wire(idempotent=idempotent).able
    await talk(rig, "lanh", 1)
    async with rig.engine.begin() as connection:
        await connection.execute(update(outbox).values(state="claimed", claimed_until=rig.time))
    await rig.sender.drain()
    assert [row[1] for row in await rig.outbox()] == ["claimed"]
    rig.later(seconds=1)
    await rig.sender.drain()
    assert [row[1] for row in await rig.outbox()] == [ends]


async def test_two_senders_send_each_message_once(rig: Rig) -> None:
    import asyncio

    for person in range(30):
        await talk(rig, f"p{person}", 1)
    other = rig.sender_for(rig.wire)
    await asyncio.gather(rig.sender.drain(), other.drain())
    assert len(rig.wire.sent) == len({person for person, _ in rig.wire.sent}) == 30


async def test_a_sender_leaves_the_channels_of_others_alone(rig: Rig) -> None:
    await rig.converse.hear(rig.event("lanh", "xin chào", "e1", channel="elsewhere"))
    await rig.sender.drain()
    assert await rig.outbox() == [("lanh", "waiting", 0, None)]
