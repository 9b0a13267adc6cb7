"""Messages of the account that come back: ours are known by their id; another's author is a human.

The echo of our own call may come before its answer does, so an echo nobody knows waits a little. What may
have arrived, and whose text it is, did arrive. Otherwise somebody of ours wrote in the OA Manager, and the
bot is silent to that person for a while.
"""

from __future__ import annotations

import asyncio
import json
import logging
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.channels import Capabilities
from bot.channels.plain import part_key, parts
from bot.channels.zalo.events import Event
from bot.storage import zalo
from bot.storage.crypt import Cipher
from handlers.messages import Outgoing

CHANNEL = "zalo_oa"
LOOK_EVERY = 2.0  # seconds between looks for echoes that are due
STILL_SENDING = timedelta(seconds=20)  # until a look again at an echo of what is being sent
PRUNE_EVERY = 1_800  # looks between two prunings: an hour

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Found:
    """The part of a message that an echo is of."""

    id: int
    state: str
    key: str


class Echoes:
    """Explains echoes. Built once for an account; `run` looks at those that are due."""

    def __init__(
        self,
        engine: AsyncEngine,
        cipher: Cipher,
        clock: Callable[[], datetime],
        account: str,
        able: Capabilities,
        *,
        wait: timedelta,
    ) -> None:
        """`wait` is how long the answer to our own call may be behind its echo."""
        self._engine, self._cipher, self._clock = engine, cipher, clock
        self._account, self._able, self._wait = account, able, wait

    async def heard(self, connection: AsyncConnection, event: Event, at: datetime) -> None:
        """Take an echo: nothing for one of ours, else it is looked at when it is due."""
        if not await zalo.ours(connection, self._account, event.message):
            echo = zalo.Echo(event.message, event.person, event.text, at)
            await zalo.keep_echo(connection, self._cipher, self._account, echo, at + self._wait)

    async def settle(self) -> int:
        """Explain the echoes that are due; return how many.

        Each in a transaction of its own: one that holds several people's rows could be in somebody's way.
        """
        now, explained = self._clock(), 0
        async with self._engine.begin() as connection:
            await zalo.arrived_by_report(connection, self._account, now)
        while True:
            async with self._engine.begin() as connection:
                due = await zalo.due_echoes(connection, self._cipher, self._account, now, most=1)
                if not due:
                    return explained
                await self._explain(connection, due[0], now)
            explained += 1

    async def run(self) -> None:
        """Look for ever; a database that is away is looked at again."""
        looks = 0
        while True:
            try:
                await self.settle()
                if looks % PRUNE_EVERY == 0:
                    async with self._engine.begin() as connection:
                        await zalo.prune(connection, self._account, self._clock())
            except Exception as problem:  # noqa: BLE001 - whatever it meets, the next look comes
                log.error("echoes could not be explained: %s", type(problem).__name__)
            looks += 1
            await asyncio.sleep(LOOK_EVERY)

    async def _explain(self, connection: AsyncConnection, echo: zalo.Echo, now: datetime) -> None:
        if not await zalo.ours(connection, self._account, echo.message_id):
            found = await self._uncertain(connection, echo)
            if found is not None and found.state == "claimed":
                await zalo.later(connection, self._account, echo.message_id, now + STILL_SENDING)
                return
            if found is not None:
                await zalo.arrived(
                    connection, found.id, now
                )  # what waits to be looked for is told by its key
                key = {"message_id": echo.message_id, "key": found.key}
                await zalo.sent(connection, self._account, echo.person, **key, at=echo.at)
                log.info("message %d did arrive: its echo came", found.id)
            else:
                await zalo.human_wrote(connection, self._account, echo.person, echo.at)
                log.info("a person of ours writes to somebody: the bot is silent there for a while")
        await zalo.explained(connection, self._account, echo.message_id)

    async def _uncertain(self, connection: AsyncConnection, echo: zalo.Echo) -> _Found | None:
        """The message of ours that may have arrived, and reads as the echo does."""
        rows = await zalo.uncertain(connection, self._cipher, CHANNEL, self._account, echo.person)
        for identity, state, body in rows:
            pieces = parts(Outgoing.from_json(json.loads(body)), self._able)
            for part, piece in enumerate(pieces):
                if same(piece.text, echo.text):
                    return _Found(identity, state, part_key(identity, part))
        return None


def same(one: str, other: str) -> bool:
    """Tell whether two texts read the same, however they are composed and spaced."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
