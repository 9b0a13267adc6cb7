"""The web chat as a channel: messages are kept, and shown at once to every open page of the person."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels import Capabilities
from bot.storage.crypt import Cipher
from bot.storage.engine import reading
from bot.storage.web_schema import place, web_messages
from handlers.messages import Address, Outgoing

SHOWN = 60  # messages of a history a page opens with
LOOK_EVERY = 2.0  # seconds between looks for what other processes kept
LOOKS_BACK = 5  # looks an id may be late: two processes may commit in another order than they counted

log = logging.getLogger(__name__)
PageKey = tuple[str, str]


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
        """While a page is open, one query every LOOK_EVERY seconds finds what other processes kept."""
        self._engine, self._cipher, self._clock = engine, cipher, clock
        self._pages: dict[PageKey, set[asyncio.Event]] = defaultdict(set)
        self._looker: asyncio.Task[None] | None = None
        self.closed = False

    async def send(self, to: Address, message: Outgoing, key: str) -> None:
        """Keep the message; the same key again changes nothing."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        row = {
            "account": to.account,
            "person": to.person,
            "key": key,
            "body": self._cipher.seal(json.dumps(message.as_json()), place(key)),
            "created_at": self._clock(),
        }
        async with self._engine.begin() as connection:
            await connection.execute(dialect.insert(web_messages).values(row).on_conflict_do_nothing())
        self._wake((to.account, to.person))

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
        async with reading(self._engine) as connection:
            rows = list(await connection.execute(query))
        return [
            Kept(row.id, Outgoing.from_json(json.loads(self._cipher.open(row.body, place(row.key)))))
            for row in reversed(rows)
        ]

    async def newest(self, account: str, person: str) -> int:
        """Return the id of the newest message of a person; 0 when there is none."""
        query = select(func.max(web_messages.c.id)).where(
            web_messages.c.account == account, web_messages.c.person == person
        )
        async with reading(self._engine) as connection:
            return await connection.scalar(query) or 0

    def open_pages(self, account: str, person: str) -> int:
        """How many pages of a person wait here."""
        return len(self._pages.get((account, person), ()))

    @contextmanager
    def watch(self, account: str, person: str) -> Iterator[asyncio.Event]:
        """Give an event that is set when something is sent to the person, or the channel is closed."""
        page = asyncio.Event()
        key = account, person
        self._pages[key].add(page)
        if self._looker is None or self._looker.done():
            self._looker = asyncio.create_task(self._look())
        try:
            yield page
        finally:
            self._pages[key].discard(page)
            if not self._pages[key]:
                del self._pages[key]

    async def close(self) -> None:
        """Wake every page for the last time."""
        self.closed = True
        for key in tuple(self._pages):
            self._wake(key)
        if self._looker is not None:
            self._looker.cancel()
            with suppress(asyncio.CancelledError):
                await self._looker

    def _wake(self, key: PageKey) -> None:
        for page in self._pages.get(key, ()):
            page.set()

    async def _look(self) -> None:
        """Wake pages for what other processes kept, as long as there are pages."""
        newest: deque[int] = deque(maxlen=LOOKS_BACK)
        known: set[int] = set()
        while self._pages:
            try:
                found = await self._kept_after(newest[0]) if newest else await self._at_first()
            except Exception as problem:  # noqa: BLE001 - the database is away: it is asked again
                log.error("could not look for messages: %s", type(problem).__name__)
            else:
                for identity, key in found.items():
                    if identity not in known:
                        self._wake(key)
                known = set(found)
                newest.append(max((*known, newest[-1] if newest else 0)))
            await asyncio.sleep(LOOK_EVERY)

    async def _at_first(self) -> dict[int, PageKey]:
        """Find the newest message, and have every page look: what came before it is not found again."""
        async with reading(self._engine) as connection:
            newest = await connection.scalar(select(func.max(web_messages.c.id))) or 0
        for key in tuple(self._pages):
            self._wake(key)
        return {newest: ("", "")}

    async def _kept_after(self, newest: int) -> dict[int, PageKey]:
        query = select(web_messages.c.id, web_messages.c.account, web_messages.c.person).where(
            web_messages.c.id > newest
        )
        async with reading(self._engine) as connection:
            return {
                identity: (account, person) for identity, account, person in await connection.execute(query)
            }
