"""The way in for every channel's webhook: bound, verify, read, take in one transaction, answer 200."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import meters
from bot.converse import Converse
from bot.storage import accounts, strays
from bot.storage.crypt import Cipher
from handlers.messages import Incoming

BIGGEST = 1 << 20  # bytes of one delivery
MOST_READ = 4 * BIGGEST  # what is longer is read so far, since a signature is of the whole, and kept aside
SLOWEST = 10.0  # seconds a delivery may take to arrive
_NO_NAME = re.compile(r"[^A-Za-z0-9_.:-]")  # in the name of an event
_COUNT_EVERY = 50  # refusals between two that are written down, at most: a flood must not write for each

log = logging.getLogger(__name__)

Deed = Callable[[AsyncConnection, datetime], Awaitable[None]]
"""What an event does that is no message: done in a transaction of its own, as often as it is delivered."""


@dataclass(frozen=True, slots=True)
class Later:
    """What is begun when all before it in a delivery is committed, and may be lost: an acknowledgement.

    `do` is told whether the message before it was new and belonged to what was asked.
    """

    do: Callable[[bool], None]


Things = Sequence[Incoming | Deed | Later]


class Unreadable(Exception):
    """A delivery that is ours but that nobody here can read; `kind` names it for the alert."""

    def __init__(self, kind: str) -> None:
        """`kind` holds nothing a person wrote: "malformed", "unknown:poll"."""
        super().__init__(kind)
        self.kind = kind


class Hook(Protocol):
    """What a channel knows about the deliveries of its platform."""

    channel: str
    account: str

    def verified(self, raw: bytes, headers: Mapping[str, str]) -> bool:
        """Tell, in constant time, whether the platform sent it. `raw` may be cut short: then it is not."""
        ...

    def read(self, raw: bytes) -> Things:
        """Return what is to be done, in order; nothing for what does not concern us. Raises Unreadable."""
        ...


class Intake:
    """Takes deliveries. Built once; every channel's routes and pollers use it."""

    def __init__(
        self, engine: AsyncEngine, cipher: Cipher, converse: Converse, clock: Callable[[], datetime]
    ) -> None:
        """`converse` takes what people did."""
        self._engine, self._cipher, self._converse, self._clock = engine, cipher, converse, clock
        self.refused: Counter[tuple[str, str]] = Counter()
        self._written: Counter[tuple[str, str]] = Counter()

    async def take(self, request: web.Request, hook: Hook) -> web.Response:
        """Answer one delivery: 200 when it need not come again, 403 for a stranger's, else 503."""
        try:
            raw = await bounded(request, MOST_READ)
        except TimeoutError:
            return web.Response(status=408)
        if not _verified(hook, raw, request.headers):
            await self.refuse(hook)
            return web.Response(status=403)
        try:
            if len(raw) > BIGGEST:
                await self.keep_stray(hook, "oversized", raw)
            else:
                await self.take_raw(hook, raw)
        except Exception as problem:  # noqa: BLE001 - nothing was committed: the platform delivers it again
            log.error("channel %s: a delivery could not be taken: %s", hook.channel, type(problem).__name__)
            return web.Response(status=503)
        return web.Response()

    async def take_raw(self, hook: Hook, raw: bytes) -> None:
        """Take a delivery that was verified. Raises what the database raised when nothing was committed."""
        try:
            things = hook.read(raw)
        except Unreadable as odd:
            await self.keep_stray(hook, odd.kind, raw)
        except Exception as problem:  # noqa: BLE001 - a shape nobody thought of: it is kept and looked at
            await self.keep_stray(hook, f"malformed:{type(problem).__name__}", raw)
        else:
            await self.do(hook, things, raw)

    async def do(self, hook: Hook, things: Things, raw: bytes) -> None:
        """Do what a delivery says, in its order."""
        fits = False
        for thing in things:
            if isinstance(thing, Later):
                thing.do(fits)
            elif isinstance(thing, Incoming):
                try:
                    fits = await self._converse.hear(thing)
                except ValueError:
                    await self.keep_stray(hook, "bad_key", raw)
            else:
                async with self._engine.begin() as connection:
                    await thing(connection, self._clock())

    async def keep_stray(self, hook: Hook, kind: str, raw: bytes) -> None:
        """Keep what could not be read, sealed; the first of its kind is an alert."""
        meters.stray(hook.channel, kind)
        kind = _NO_NAME.sub("?", kind)[:60]  # it is logged, and a stranger to us named it
        async with self._engine.begin() as connection:
            first = await strays.keep(
                connection, self._cipher, hook.channel, hook.account, kind=kind, raw=raw, at=self._clock()
            )
        if first:
            log.error("alert: channel %s delivered what nobody can read: %s", hook.channel, kind)

    async def refuse(self, hook: Hook) -> None:
        """Count what is not signed as it should be; the count is written down now and then."""
        key = hook.channel, hook.account
        self.refused[key] += 1
        meters.REFUSED.labels(hook.channel).inc()
        new = self.refused[key] - self._written[key]
        if new < min(_COUNT_EVERY, self._written[key]):  # the first, then always as many again
            return
        self._written[key] = self.refused[key]
        log.warning("channel %s: %d deliveries refused so far", hook.channel, self.refused[key])
        try:
            async with self._engine.begin() as connection:
                await accounts.refuse(connection, *key, new)
        except Exception as problem:  # noqa: BLE001 - a count is not worth an error to a stranger
            log.error("a refusal could not be counted: %s", type(problem).__name__)


def _verified(hook: Hook, raw: bytes, headers: Mapping[str, str]) -> bool:
    """Tell whether the platform sent it: what cannot even be looked at is a stranger's."""
    try:
        return hook.verified(raw, headers)
    except (ValueError, RecursionError):
        return False


async def bounded(request: web.Request, most: int) -> bytes:
    """Read a body, but no more than a byte over the bound: that it is longer is all there is to know.

    Raises TimeoutError for one that takes too long.
    """
    raw = bytearray()
    async with asyncio.timeout(SLOWEST):
        while len(raw) <= most:
            chunk = await request.content.read(most + 1 - len(raw))
            if not chunk:
                break
            raw += chunk
    return bytes(raw)
