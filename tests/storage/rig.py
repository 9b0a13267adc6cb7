"""A small rig: the real transaction and sender, the citizen's conversation, a fake world and fake wires."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels import Capabilities, SendFailed
from bot.converse import Converse
from bot.sender import Sender
from bot.storage.crypt import Cipher
from bot.storage.engine import make_engine
from bot.storage.schema import conversations, outbox
from calculators.law import Law
from calculators.territory import Territory
from handlers.dialogue import Dialogue
from handlers.messages import Address, Incoming, Kind, Outgoing
from handlers.state import State
from handlers.welcome import CITIZEN
from handlers.wording import Words
from tests.conftest import SECRET
from tests.conversations.engine_chat import FakeWorld

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LAW, TERRITORY = Law.load(), Territory.load()
WORDS = Words(TERRITORY)


class Wire:
    """A channel that writes down what it delivers, and fails as it is told."""

    def __init__(self, name: str = "test", *, idempotent: bool = False) -> None:
        self.name = name
        self.able = Capabilities(text_limit=2_000, idempotent=idempotent)
        self.sent: list[tuple[str, Outgoing]] = []
        self.troubles: list[SendFailed | Exception | None] = []
        self.keys: list[str] = []

    async def send(self, to: Address, message: Outgoing, key: str) -> None:
        self.keys.append(key)
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble:
            raise trouble
        self.sent.append((to.person, message))


class Rig:
    """Everything between a wire and the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.cipher = Cipher(SECRET)
        self.time = START
        self.world: Any = FakeWorld()
        self.broken: set[str] = set()
        self.wire = Wire()
        self.woken = asyncio.Event()
        self.converse = self.another_process()
        self.sender = self.sender_for(self.wire)

    def another_process(self, engine: AsyncEngine | None = None) -> Converse:
        dialogue = Dialogue(CITIZEN, law=LAW, territory=TERRITORY)

        async def roles(connection: object, addresses: Collection[Address]) -> dict[Address, Dialogue]:
            for address in addresses:
                if address.person in self.broken:
                    raise ZeroDivisionError(f"secret words of {address.person}")
            return dict.fromkeys(addresses, dialogue)

        return Converse(
            engine or self.engine,
            self.cipher,
            roles=roles,
            words=WORDS,
            open_world=lambda connection, address, now, post: self.world,
            clock=lambda: self.time,
            woken=self.woken,
        )

    def sender_for(self, *wires: Wire) -> Sender:
        return Sender(
            self.engine,
            self.cipher,
            {wire.name: wire for wire in wires},
            lambda: self.time,
            self.woken,
            rng=Random(7),
        )

    def event(
        self, person: str, text: str, event: str, *, channel: str = "test", kind: Kind = Kind.TEXT
    ) -> Incoming:
        return Incoming(Address(channel, "a", person), event, kind, self.time, text)

    async def say(self, person: str, *texts: str) -> None:
        for number, text in enumerate(texts):
            await self.converse.hear(self.event(person, text, f"{person}-{number}-{text}"[:190]))
            await self.sender.drain()

    def later(self, **by: float) -> None:
        self.time += timedelta(**by)

    async def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        async with self.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(select(*columns))]

    async def outbox(self) -> list[tuple[Any, ...]]:
        return await self.rows(outbox.c.person, outbox.c.state, outbox.c.attempts, outbox.c.error)

    async def state(self, person: str) -> State:
        import json

        async with self.engine.connect() as connection:
            sealed = (
                await connection.execute(
                    select(conversations.c.state).where(conversations.c.person == person)
                )
            ).scalar_one()
        return State.from_json(json.loads(self.cipher.open(sealed, f"conversations.state:test:a:{person}")))


@asynccontextmanager
async def rig_on(url: str) -> AsyncIterator[Rig]:
    engine = make_engine(url)
    rig = Rig(engine)
    yield rig
    await rig.converse.close()
    await engine.dispose()


Fixture = Callable[[str], AsyncIterator[Rig]]
