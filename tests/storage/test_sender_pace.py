"""The sender keeps each platform's pace, for all processes together, and sends long messages in parts."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.channels import Capabilities, Pace, SendFailed
from bot.sender import MOST_ATTEMPTS
from bot.storage import accounts
from bot.storage.hotpath import enqueue
from handlers.messages import Address, Option, Outgoing
from tests.storage.rig import Rig, rig_on

TWO_PARTS = Outgoing("a" * 90 + "\n\n" + "b" * 60, (Option("yes", "Có"),))


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[Rig]:
    async with rig_on(database_url) as made:
        made.wire.able = Capabilities(text_limit=100, buttons=3, pace=Pace(apart=1.0, a_second=30))
        yield made


async def put(rig: Rig, *messages: tuple[str, Outgoing]) -> None:
    async with rig.engine.begin() as connection:
        mail = [("cause", n, Address("test", "a", person), what) for n, (person, what) in enumerate(messages)]
        await enqueue(connection, mail, rig.cipher, at=rig.time)


async def test_one_person_gets_one_message_a_second(rig: Rig) -> None:
    await put(rig, *[("lanh", Outgoing(str(n))) for n in range(3)])
    for sent in (1, 2, 3):
        await rig.sender.drain()
        assert len(rig.wire.sent) == sent
        rig.later(seconds=1.1)
    assert [message.text for _, message in rig.wire.sent] == ["0", "1", "2"]


async def test_an_account_sends_thirty_in_a_second_from_however_many_processes(rig: Rig) -> None:
    await put(rig, *[(f"p{n}", Outgoing("x")) for n in range(70)])
    other = rig.sender_for(rig.wire)
    for most in (30, 60, 70):
        await rig.sender.drain()
        await other.drain()
        assert len(rig.wire.sent) == most
        rig.later(seconds=1.1)


async def test_a_long_message_goes_in_parts_and_the_next_waits_for_the_last(rig: Rig) -> None:
    await put(rig, ("lanh", TWO_PARTS), ("lanh", Outgoing("sau")))
    for _ in range(3):
        await rig.sender.drain()
        rig.later(seconds=1.1)
    assert [message.text for _, message in rig.wire.sent] == ["a" * 90, "b" * 60, "sau"]
    assert [len(message.options) for _, message in rig.wire.sent] == [0, 1, 0]
    assert len(set(rig.wire.keys)) == 3


async def test_a_part_that_failed_is_sent_again_and_the_first_is_not(rig: Rig) -> None:
    await put(rig, ("lanh", TWO_PARTS))
    rig.wire.troubles = [None, SendFailed("retry"), None]
    for _ in range(4):
        await rig.sender.drain()
        rig.later(seconds=5)
    assert [message.text for _, message in rig.wire.sent] == ["a" * 90, "b" * 60]


async def test_a_part_that_may_have_arrived_is_not_repeated_and_the_question_still_comes(rig: Rig) -> None:
    await put(rig, ("lanh", TWO_PARTS))
    rig.wire.troubles = [SendFailed("unknown")]
    for _ in range(3):
        await rig.sender.drain()
        rig.later(seconds=5)
    assert [message.text for _, message in rig.wire.sent] == ["b" * 60]


async def test_trouble_of_the_platform_holds_its_account_and_costs_no_attempt(rig: Rig) -> None:
    await put(rig, ("lanh", Outgoing("x")), ("quang", Outgoing("y")))
    rig.wire.troubles = [SendFailed("retry", account=True, human=True, code="bad_token")] * 99
    for _ in range(MOST_ATTEMPTS * 2):
        await rig.sender.drain()
        rig.later(seconds=61)
    assert {row[1:3] for row in await rig.outbox()} == {("waiting", 0)}
    async with rig.engine.connect() as connection:
        held = await accounts.state(connection, "test", "a")
    assert (held.human, held.trouble) == (True, "bad_token")
    rig.wire.troubles = []
    rig.later(seconds=61)
    await rig.sender.drain()
    assert [person for person, _ in rig.wire.sent] == ["lanh", "quang"]
    async with rig.engine.connect() as connection:
        free = await accounts.state(connection, "test", "a")
    assert (free.human, free.held_until, free.trouble) == (False, None, "bad_token")


async def test_too_fast_is_never_a_reason_to_give_a_message_up(rig: Rig) -> None:
    await put(rig, ("lanh", Outgoing("x")), ("lanh", Outgoing("y")))
    rig.wire.troubles = [SendFailed("retry", retry_after=5)] * (MOST_ATTEMPTS + 5)
    for _ in range(MOST_ATTEMPTS + 8):
        await rig.sender.drain()
        rig.later(seconds=6)
    assert [message.text for _, message in rig.wire.sent] == ["x", "y"]


async def test_what_a_dead_sender_held_does_not_slow_the_living(rig: Rig) -> None:
    await put(rig, *[(f"p{n}", Outgoing("x")) for n in range(50)])
    assert len(await rig.sender._claim(30)) == 30  # and it dies
    rig.later(seconds=1.1)
    other = rig.sender_for(rig.wire)
    await other.drain()
    assert len(rig.wire.sent) == 20
