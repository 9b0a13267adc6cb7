"""Asking Telegram for updates, where it cannot reach us: one is acknowledged when it is committed.

PTB's Updater reads the updates before we see them: one it cannot read stops it for ever, and it writes what
people typed into the log. Here an update goes the way of a delivery, as the bytes it is.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from typing import Any

from telegram import Bot
from telegram.error import RetryAfter

from bot.channels.telegram.request import ANSWER
from bot.channels.telegram.updates import ALLOWED, TelegramHook
from bot.channels.telegram.wire import seconds_of
from bot.intake import Intake

POLL_FOR = 20  # seconds a long poll lasts
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds until the next attempt when one did not work

log = logging.getLogger(__name__)


class Polling:
    """Built once for a bot. One process polls; Telegram refuses a second."""

    def __init__(self, bot: Bot, intake: Intake, hook: TelegramHook) -> None:
        """The bot is initialized by whoever built it, and has no webhook."""
        self._bot, self._intake, self._hook = bot, intake, hook
        self._next = 0  # the first update that is not taken: asking for it acknowledges those before it

    async def run(self) -> None:
        """Poll for ever. What was taken and not acknowledged comes again, and is known by its number."""
        wait = FIRST_WAIT
        while True:
            try:
                for update in await self._ask():
                    await self._intake.take_raw(self._hook, json.dumps(update).encode())
                    self._next = int(update["update_id"]) + 1
            except RetryAfter as fast:
                await asyncio.sleep(seconds_of(fast))
            except Exception as problem:  # noqa: BLE001 - Telegram or the database is away: once more
                log.warning("polling failed: %s", type(problem).__name__)
                await asyncio.sleep(wait)
                wait = min(LONGEST_WAIT, 2 * wait)
            else:
                wait = FIRST_WAIT

    async def _ask(self) -> Sequence[dict[str, Any]]:
        asked = {"offset": self._next, "timeout": POLL_FOR, "allowed_updates": list(ALLOWED)}
        found: Any = await self._bot.do_api_request("getUpdates", asked, read_timeout=ANSWER + POLL_FOR)
        return found  # type: ignore[no-any-return]
