"""The Zalo Bot as the server sees it: its webhook, and its self-test with what is left of the month."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
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
        """`hook_url` is the webhook as Zalo reaches it, or nothing; `month` are the plan's messages."""
        self.account, self.channel, self._client = account, channel, client
        self._wire, self._intake, self._engine, self._clock = wire, intake, engine, clock
        self._hook_url, self._secret, self._month = hook_url, secret, month
        self._hook = BotHook(account, secret)

    def routes(self) -> list[web.RouteDef]:
        """The webhook."""
        return [web.post(WEBHOOK, self._webhook)]

    async def start(self) -> None:
        """Tell Zalo where to deliver, unless it knows."""
        if not self._hook_url:
            return
        try:
            if await self._client.webhook() != self._hook_url:
                found = await self._client.set_webhook(self._hook_url, self._secret)
                if not found.get("ok", True):
                    log.error("Zalo cannot deliver to the bot's webhook: %s", found.get("outcome"))
        except ZaloError as problem:
            log.error("the bot's webhook could not be set: %s", problem)

    async def stop(self) -> None:
        """Close the connections."""
        await self._wire.close()

    async def look(self) -> Sequence[Finding]:
        """Look at the token, the webhook, and the messages of this month."""
        fix = "copy the token from the Zalo Bot Creator into ANSINH_ZALO_BOT_TOKEN"
        try:
            me, webhook = await self._client.me(), await self._client.webhook()
        except ZaloError as problem:
            return [Finding("token", fine=False, found=str(problem), fix=problem.remedy or fix)]
        sent = await self._sent_this_month()
        there = webhook == self._hook_url if self._hook_url else bool(webhook)
        fix = "set ANSINH_PUBLIC_URL to an https address and start again"
        return [
            Finding(
                "token", fine=True, found=f"{me.get('account_name', '?')}, {me.get('account_type', '?')}"
            ),
            Finding("webhook", fine=there, found="set" if webhook else "not set", fix=fix),
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

    async def _webhook(self, request: web.Request) -> web.Response:
        return await self._intake.take(request, self._hook)
