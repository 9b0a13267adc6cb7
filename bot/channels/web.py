"""The web chat as a channel: messages are kept, and shown at once to every open page of the person."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels import Capabilities
from bot.storage.crypt import Cipher
from bot.storage.web_schema import web_messages
from handlers.messages import Address, Outgoing

SHOWN = 60  # messages of a history a page opens with


@dataclass(frozen=True, slots=True)
class Kept:
    """A message in a person's history."""

    id: int
    message: Outgoing


class WebChannel:
    """Keeps what is sent, once for each key, and wakes the pages that wait for it."""

    name = "web"
    able = Capabilities(text_limit=8_000, idempotent=True)

    def __init__(self, engine: AsyncEngine, cipher: Cipher, clock: Callable[[], datetime]) -> None:
        """Pages of other processes find new messages by looking; those of this one are woken."""
        self._engine, self._cipher, self._clock = engine, cipher, clock
        self._pages: dict[tuple[str, str], set[asyncio.Event]] = defaultdict(set)

    async def send(self, to: Address, message: Outgoing, key: str) -> None:
        """Keep the message; the same key again changes nothing."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        row = {
            "account": to.account,
            "person": to.person,
            "key": key,
            "body": self._cipher.seal(json.dumps(message.as_json()), _aad(key)),
            "created_at": self._clock(),
        }
        async with self._engine.begin() as connection:
            await connection.execute(dialect.insert(web_messages).values(row).on_conflict_do_nothing())
        for page in self._pages.get((to.account, to.person), ()):
            page.set()

    async def history(self, account: str, person: str, *, after: int = 0) -> list[Kept]:
        """Return what was sent to a person after a message, oldest first; of much, the newest."""
        query = (
            select(web_messages.c.id, web_messages.c.key, web_messages.c.body)
            .where(
                web_messages.c.account == account, web_messages.c.person == person, web_messages.c.id > after
            )
            .order_by(web_messages.c.id.desc())
            .limit(SHOWN)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(query)
            found = list(await rows)
        return [
            Kept(row.id, Outgoing.from_json(json.loads(self._cipher.open(row.body, _aad(row.key)))))
            for row in reversed(found)
        ]

    def watch(self, account: str, person: str) -> asyncio.Event:
        """Return an event that is set when something is sent to the person. Give it back to `unwatch`."""
        page = asyncio.Event()
        self._pages[account, person].add(page)
        return page

    def unwatch(self, account: str, person: str, page: asyncio.Event) -> None:
        """Forget a page that closed."""
        pages = self._pages.get((account, person), set())
        pages.discard(page)
        if not pages:
            self._pages.pop((account, person), None)


def _aad(key: str) -> str:
    return f"web_messages.body:{key}"
