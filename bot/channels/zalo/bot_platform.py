"""The Zalo Bot as the server sees it: webhook or polling, its self-test, what is left of the month."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.platform import Finding
from bot.channels.zalo.bot import CHANNEL, BotChannel, BotClient, BotHook
from bot.channels.zalo.errors import ZaloError
from bot.channels.zalo.wire import Wire
from bot.clock import LOCAL
from bot.intake import Intake
from bot.storage.engine import reading
from bot.storage.schema import outbox

WEBHOOK = "/zalo/bot"
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds until the next attempt when one did not work

log = logging.getLogger(__name__)


class ZaloBot:
    """One bot."""

    def __init__(
        self,
        account: str,
        client: BotClient,
        channel: BotChannel,
        *,
        wire: Wire,
        intake: Intake,
        engine: AsyncEngine,
        clock: Callable[[], datetime],
        hook_url: str,
        secret: str,
        month: int,
    ) -> None:
        """`hook_url` is the webhook as Zalo reaches it; without it updates are polled for.

        `month` are the plan's messages.
        """
        self.account, self.channel, self._client = account, channel, client
        self._wire, self._intake, self._engine, self._clock = wire, intake, engine, clock
        self._hook_url, self._secret, self._month = hook_url, secret, month
        self._hook = BotHook(account, secret)
        self._polling: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        """The webhook."""
        return [web.post(WEBHOOK, self._webhook)]

    async def start(self) -> None:
        """Tell Zalo where to deliver, unless it knows; without an address ask for updates."""
        if not self._hook_url:
            self._polling = asyncio.create_task(self._poll())
            return
        try:
            if await self._client.webhook() != self._hook_url:
                found = await self._client.set_webhook(self._hook_url, self._secret)
                if not found.get("ok", True):
                    log.error("Zalo cannot deliver to the bot's webhook: %s", found.get("outcome"))
        except ZaloError as problem:
            log.error("the bot's webhook could not be set: %s", problem)

    async def stop(self) -> None:
        """Stop polling, close the connections."""
        if self._polling is not None:
            self._polling.cancel()
            with suppress(asyncio.CancelledError):
                await self._polling
        await self._wire.close()

    async def left(self) -> Mapping[str, int]:
        """Messages of this month."""
        return {"messages_a_month": max(0, self._month - await self._sent_this_month())}

    async def look(self) -> Sequence[Finding]:
        """Look at the token, the webhook, and the messages of this month."""
        fix = "copy the token from the Zalo Bot Creator into ANSINH_ZALO_BOT_TOKEN"
        try:
            me, webhook = await self._client.me(), await self._client.webhook()
        except ZaloError as problem:
            return [Finding("token", fine=False, found=str(problem), fix=problem.remedy or fix)]
        sent = await self._sent_this_month()
        polled = not self._hook_url and not webhook
        there = polled or not self._hook_url or webhook == self._hook_url
        fix = "set ANSINH_PUBLIC_URL to an https address and start again"
        return [
            Finding(
                "token", fine=True, found=f"{me.get('account_name', '?')}, {me.get('account_type', '?')}"
            ),
            Finding(
                "webhook",
                fine=there,
                found="polled for" if polled else "set" if webhook else "not set",
                fix=fix,
            ),
            Finding(
                "quota",
                fine=sent < self._month,
                found=f"{sent} of {self._month} messages this month",
                fix="collectors get cards on their other chats until the month is over",
            ),
        ]

    async def _sent_this_month(self) -> int:
        local = self._clock().astimezone(LOCAL)
        since = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        count = select(func.count()).where(outbox.c.channel == CHANNEL, outbox.c.sent_at >= since)
        async with reading(self._engine) as connection:
            return await connection.scalar(count) or 0

    async def _poll(self) -> None:
        """Ask for updates one by one, for ever. While a webhook is set, by hand, Zalo refuses to tell."""
        wait = FIRST_WAIT
        while True:
            try:
                update = await self._client.update()
            except Exception as problem:  # noqa: BLE001 - whatever it meets, the next attempt comes
                log.warning("the bot's updates could not be polled for: %s", type(problem).__name__)
                await asyncio.sleep(wait)
                wait = min(LONGEST_WAIT, 2 * wait)
                continue
            wait = FIRST_WAIT
            if update is not None:
                await self._take(json.dumps(update).encode())

    async def _take(self, raw: bytes) -> None:
        """Take an update Zalo has forgotten already, however long the database is away."""
        wait = FIRST_WAIT
        while True:
            try:
                return await self._intake.take_raw(self._hook, raw)
            except Exception as problem:  # noqa: BLE001 - nothing was committed: once more
                log.error("an update could not be taken: %s", type(problem).__name__)
                await asyncio.sleep(wait)
                wait = min(LONGEST_WAIT, 2 * wait)

    async def _webhook(self, request: web.Request) -> web.Response:
        return await self._intake.take(request, self._hook)
