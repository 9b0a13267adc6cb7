"""The application, and people who write in several chats of it."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random

from sqlalchemy import select

from bot.app import App, open_app
from bot.settings import Settings
from bot.storage import leads, linking, network
from bot.storage.linking import OFFICE, STAFF_HOLDS
from bot.storage.schema import outbox
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


@asynccontextmanager
async def rooms_on(url: str, folder: Path) -> AsyncIterator[Rooms]:
    clock = [datetime(2026, 11, 23, 3, 0, tzinfo=UTC)]
    settings = Settings(_env_file=None, database_url=url, secret_key=SECRET, data_dir=folder)
    async with open_app(settings, clock=lambda: clock[0], rng=Random(11)) as app:
        yield Rooms(app, clock)
