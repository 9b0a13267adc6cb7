"""The sender as it lives: woken, stopped midway, with slow wires, bad rows, a database that goes away."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from bot import sender as sender_room
from bot.channels import SendFailed
from bot.storage.hotpath import enqueue
from bot.storage.schema import conversations, outbox
from handlers.messages import Address, Outgoing
from tests.storage.rig import Rig, Wire, rig_on

PATIENCE = 20.0  # seconds after which a test is taken to hang; nothing waits so long


class SlowWire(Wire):
    """A wire that holds the messages of some people until it is told."""

    def __init__(self, *slow: str) -> None:
        super().__init__()
        self.slow, self.go, self.reached = slow, asyncio.Event(), asyncio.Event()
        self.arrivals: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def send(self, to: Address, message: Outgoing, key: str) -> None:
        if to.person in self.slow:
            self.reached.set()
            await self.go.wait()
        await super().send(to, message, key)
        self.arrivals[to.person].set()

    async def arrived(self, person: str) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.arrivals[person].wait()


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[Rig]:
    async with rig_on(database_url) as made:
        yield made


async def stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=PATIENCE)
    assert done, "the sender did not stop"


async def test_a_running_sender_is_woken_by_a_commit(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_room, "POLL", 3_600.0)
    wire = SlowWire()
    task = asyncio.create_task(rig.sender_for(wire).run())
    await rig.converse.hear(rig.event("lanh", "xin chào", "e1"))
    await wire.arrived("lanh")
    await rig.converse.hear(rig.event("quang", "xin chào", "e2"))
    await wire.arrived("quang")
    await stopped(task)


async def test_a_sender_stops_wherever_it_is_told_to(rig: Rig) -> None:
    for turn in range(40):
        task = asyncio.create_task(rig.sender_for(rig.wire).run())
        await rig.converse.hear(rig.event("lanh", "xin chào", f"e{turn}"))
        for _ in range(turn):
            await asyncio.sleep(0)
        await stopped(task)
    await rig.sender.drain()
    assert [message.turn for _, message in rig.wire.sent] == list(range(1, 41))


async def test_a_sender_that_is_stopped_finishes_the_send_it_began(rig: Rig) -> None:
    wire = SlowWire("lanh")
    sender = rig.sender_for(wire)
    await rig.converse.hear(rig.event("lanh", "xin chào", "e1"))
    task = asyncio.create_task(sender.run())
    await wire.reached.wait()
    task.cancel()
    await asyncio.sleep(0)
    wire.go.set()
    with suppress(asyncio.CancelledError):
        await task
    assert await rig.outbox() == [("lanh", "sent", 1, None)]


async def test_a_slow_wire_to_one_holds_up_nobody_else(rig: Rig) -> None:
    wire = SlowWire("lanh")
    task = asyncio.create_task(rig.sender_for(wire).run())
    await rig.converse.hear(rig.event("lanh", "xin chào", "e1"))
    await wire.reached.wait()
    await rig.converse.hear(rig.event("quang", "xin chào", "e2"))
    await wire.arrived("quang")
    assert [to for to, _ in wire.sent] == ["quang"]
    wire.go.set()
    await stopped(task)
    assert sorted(to for to, _ in wire.sent) == ["lanh", "quang"]


async def test_a_send_that_never_ends_is_cut_off_before_its_lease_does(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sender_room.LEASE.total_seconds() > sender_room.LONGEST_SEND
    monkeypatch.setattr(sender_room, "LONGEST_SEND", 0.0)
    await rig.converse.hear(rig.event("lanh", "xin chào", "e1"))
    await rig.sender_for(SlowWire("lanh")).drain()
    assert await rig.outbox() == [("lanh", "unknown", 1, "unknown")]


async def test_a_row_that_cannot_be_read_is_dead_and_the_others_go_out(rig: Rig) -> None:
    await rig.converse.hear(rig.event("lanh", "xin chào", "e1"))
    await rig.converse.hear(rig.event("quang", "xin chào", "e2"))
    other = select(outbox.c.body).where(outbox.c.person == "quang").scalar_subquery()
    async with rig.engine.begin() as connection:
        await connection.execute(update(outbox).where(outbox.c.person == "lanh").values(body=other))
    await rig.sender.drain()
    assert [to for to, _ in rig.wire.sent] == ["quang"]
    assert await rig.outbox() == [("lanh", "dead", 1, "unreadable"), ("quang", "sent", 1, None)]


async def test_what_was_sent_is_written_down_when_the_database_is_back(rig: Rig) -> None:
    await rig.converse.hear(rig.event("lanh", "xin chào", "e1"))
    wire = SlowWire("lanh")
    sender = rig.sender_for(wire)
    drained = asyncio.create_task(sender.drain())
    await wire.reached.wait()

    class Away:
        def begin(self) -> object:
            raise OperationalError("", {}, Exception("no database"))

    sender._engine = Away()
    wire.go.set()
    with pytest.raises(OperationalError):
        await drained
    sender._engine = rig.engine
    await sender.drain()
    assert await rig.outbox() == [("lanh", "sent", 1, None)]
    assert len(wire.keys) == 1


async def test_a_claim_that_has_another_holder_by_now_is_left_to_him(rig: Rig) -> None:
    wire = SlowWire("lanh")
    wire.able = Wire(idempotent=True).able
    await rig.converse.hear(rig.event("lanh", "xin chào", "e1"))
    late = asyncio.create_task(rig.sender_for(wire).drain())
    await wire.reached.wait()
    async with rig.engine.begin() as connection:
        await connection.execute(update(outbox).values(attempts=2))
    wire.troubles = [SendFailed("rejected")]
    wire.go.set()
    await late
    assert await rig.outbox() == [("lanh", "claimed", 2, None)]


async def test_who_left_gets_no_notice_until_she_writes_again(rig: Rig) -> None:
    async def notice(cause: str) -> None:
        async with rig.engine.begin() as connection:
            to = Address("test", "a", "lanh")
            await enqueue(connection, [(cause, 0, to, Outgoing("tin"))], rig.cipher, at=rig.time)
        await rig.sender.drain()

    await rig.converse.hear(rig.event("lanh", "xin chào", "e1"))
    rig.wire.troubles = [SendFailed("stopped")]
    await rig.sender.drain()
    await notice("n1")
    assert len(rig.wire.keys) == 1
    await rig.converse.hear(rig.event("lanh", "xin chào", "e2"))
    await notice("n2")
    assert [message.text for _, message in rig.wire.sent][1:] == ["tin"]
    states = [row[1] for row in await rig.outbox()]
    assert states == ["dead", "dead", "sent", "sent"]


async def test_who_left_without_ever_writing_is_remembered_too(rig: Rig) -> None:
    to = Address("test", "inbox", "collector")
    for cause in ("n1", "n2"):
        rig.wire.troubles = [SendFailed("stopped")]
        async with rig.engine.begin() as connection:
            await enqueue(connection, [(cause, 0, to, Outgoing("tin"))], rig.cipher, at=rig.time)
        await rig.sender.drain()
    assert len(rig.wire.keys) == 1
    assert await rig.rows(conversations.c.person, conversations.c.state) == [("collector", None)]
