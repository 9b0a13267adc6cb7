"""One update, one transaction: once, in order, alone when it fails, whole when it is replayed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from bot.converse import open_failures
from bot.storage.crypt import Cipher, SealError
from bot.storage.engine import make_engine
from bot.storage.schema import failures, outbox, seen
from tests.conftest import SECRET
from tests.storage.rig import Rig, rig_on


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[Rig]:
    async with rig_on(database_url) as made:
        yield made


async def test_the_same_event_five_times_is_one_step_and_one_reply(rig: Rig) -> None:
    event = rig.event("lanh", "xin chào", "e1")
    await asyncio.gather(*(rig.converse.hear(event) for _ in range(5)))
    await rig.sender.drain()
    assert len(rig.wire.sent) == 1
    assert (await rig.state("lanh")).turn == 1


async def test_two_events_of_one_person_at_once_are_two_steps(rig: Rig) -> None:
    await rig.say("lanh", "xin chào")
    await asyncio.gather(
        rig.converse.hear(rig.event("lanh", "3", "e2")), rig.converse.hear(rig.event("lanh", "5/1980", "e3"))
    )
    state = await rig.state("lanh")
    assert (state.answers["task"], state.answers["birth_date"], state.turn) == ("quote", "5/1980", 3)


async def test_two_processes_serialise_one_person(rig: Rig, database_url: str) -> None:
    await rig.say("lanh", "xin chào", "3")
    engine = make_engine(database_url)
    other = rig.another_process(engine)
    await asyncio.gather(
        *(rig.converse.hear(rig.event("lanh", "???", f"a{n}")) for n in range(6)),
        *(other.hear(rig.event("lanh", "!!!", f"b{n}")) for n in range(6)),
    )
    assert (await rig.state("lanh")).turn == 14
    await other.close()
    await engine.dispose()
    await rig.sender.drain()
    assert [message.turn for _, message in rig.wire.sent] == list(range(1, 15))


async def test_many_people_share_a_commit_and_none_waits_for_another(rig: Rig) -> None:
    await asyncio.gather(*(rig.converse.hear(rig.event(f"p{n}", "xin chào", f"e{n}")) for n in range(100)))
    await rig.sender.drain()
    assert sorted(person for person, _ in rig.wire.sent) == sorted(f"p{n}" for n in range(100))


async def test_an_update_that_fails_takes_no_neighbour_with_it(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.broken = {"p1"}
    with caplog.at_level(logging.ERROR):
        await asyncio.gather(*(rig.converse.hear(rig.event(f"p{n}", "bí mật", f"e{n}")) for n in range(3)))
    await rig.sender.drain()
    said = dict(rig.wire.sent)
    assert "Xin lỗi" in said["p1"].text
    assert said["p0"].question == said["p2"].question == "task"
    stored = await rig.rows(failures.c.error, failures.c.trace, failures.c.body)
    assert [row[0] for row in stored] == ["ZeroDivisionError"]
    assert "bí mật".encode() not in stored[0][2]
    assert "secret words" not in stored[0][1]
    assert "secret words" not in caplog.text
    assert "bí mật" not in caplog.text


async def test_a_failure_is_replayed_once_after_the_fix(rig: Rig) -> None:
    rig.broken = {"lanh"}
    await rig.say("lanh", "3")
    rig.broken = set()
    async with rig.engine.connect() as connection:
        [(identity, error, _)] = await open_failures(connection)
    assert error == "ZeroDivisionError"
    assert await rig.converse.replay(identity)
    assert not await rig.converse.replay(identity)
    await rig.sender.drain()
    assert [message.question for _, message in rig.wire.sent] == [None, "task"]
    async with rig.engine.connect() as connection:
        assert await open_failures(connection) == []


async def test_what_a_person_typed_is_nowhere_readable(rig: Rig) -> None:
    await rig.say("lanh", "xin chào", "4", "p ky lua", "1", "chị Lành", "0912345678", "đồng ý")
    async with rig.engine.connect() as connection:
        bodies = (await connection.execute(select(outbox.c.body))).scalars().all()
    assert all(b"0912" not in body and "Lành".encode() not in body for body in bodies)
    assert len(bodies) == 7


async def test_an_event_id_that_is_none_is_refused(rig: Rig) -> None:
    for event in ("", "x" * 201):
        with pytest.raises(ValueError, match="1 to 200 characters"):
            await rig.converse.hear(rig.event("lanh", "xin chào", event))
    assert await rig.rows(func.count(seen.c.event_id)) == [(0,)]


async def test_a_database_that_is_away_is_told_to_the_caller_and_nothing_is_half_done(rig: Rig) -> None:
    class Away:
        def begin(self) -> object:
            raise OSError("no database")

    rig.converse._engine = Away()
    with pytest.raises(OSError, match="no database"):
        await rig.converse.hear(rig.event("lanh", "xin chào", "e1"))
    rig.converse._engine = rig.engine
    await rig.converse.hear(rig.event("lanh", "xin chào", "e1"))
    assert (await rig.state("lanh")).turn == 1


def test_a_sealed_value_cannot_be_moved_damaged_or_opened_with_another_key() -> None:
    cipher = Cipher(SECRET)
    sealed = cipher.seal("0912345678", "leads.phone:1")
    assert cipher.open(sealed, "leads.phone:1") == "0912345678"
    assert cipher.seal("0912345678", "leads.phone:1") != sealed
    for wrong in (
        lambda: cipher.open(sealed, "leads.phone:2"),
        lambda: cipher.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "leads.phone:1"),
        lambda: cipher.open(b"", "leads.phone:1"),
        lambda: Cipher("another secret of sixteen").open(sealed, "leads.phone:1"),
    ):
        with pytest.raises(SealError):
            wrong()
    with pytest.raises(ValueError, match="at least 16 characters"):
        Cipher("short")


def test_equal_values_share_an_index_that_needs_the_key() -> None:
    assert Cipher(SECRET).index("+84912345678") == Cipher(SECRET).index("+84912345678")
    assert Cipher(SECRET).index("+84912345678") != Cipher("another secret of sixteen").index("+84912345678")
