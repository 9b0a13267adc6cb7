"""The Zalo Bot as the server sees it: webhook or polling, its self-test, what is left of the month."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.platform import Finding
from bot.channels.zalo.bot import CHANNEL, BotChannel, BotClient, BotHook, Month
from bot.channels.zalo.errors import ZaloError
from bot.channels.zalo.wire import Wire
from bot.intake import Intake
from bot.program import program
from bot.storage import accounts
from bot.storage.engine import reading
from bot.storage.schema import seen

WEBHOOK = "/zalo/bot"
_SET_AT, _REFUSED_BEFORE, _VERIFIED = "webhook_at", "refused_before_webhook", "webhook_verified_when_set"
"""Facts of the account."""
YES, LONGEST_TOLD = "yes", 200  # what is noted of a verification; characters of what Zalo says of another
NEVER = "1970-01-01T00:00:00+00:00"
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
        texts: Month,
        month: int,
    ) -> None:
        """`hook_url` is the webhook as Zalo reaches it; without it updates are polled for.

        `texts` counts what went; `month` are the plan's messages.
        """
        self.account, self.channel, self._client = account, channel, client
        self._wire, self._intake, self._engine, self._clock = wire, intake, engine, clock
        self._hook_url, self._secret = hook_url, secret
        self._texts, self._month = texts, month
        self._hook = BotHook(account, secret)
        self.begun = asyncio.Event()
        self._beginning: asyncio.Task[None] | None = None
        self._polling: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        """The webhook."""
        return [web.post(WEBHOOK, self._webhook)]

    async def start(self) -> None:
        """Begin to receive as soon as Zalo lets us."""
        self._beginning = asyncio.create_task(self._begin())

    async def stop(self) -> None:
        """Stop receiving, close the connections."""
        for task in (self._beginning, self._polling):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        await self._wire.close()

    async def left(self) -> Mapping[str, int]:
        """Messages of this month."""
        return {"messages_a_month": max(0, self._month - await self._texts.sent())}

    async def look(self) -> Sequence[Finding]:
        """Look at the token, the webhook, and the messages of this month."""
        fix = "copy the token from the Zalo Bot Creator into ANSINH_ZALO_BOT_TOKEN"
        try:
            me, webhook = await self._client.me(), await self._client.webhook()
        except ZaloError as problem:
            return [Finding("token", fine=False, found=str(problem), fix=problem.remedy or fix)]
        name = f"{me.get('account_name', '?')}, {me.get('account_type', '?')}"
        return [
            Finding("token", fine=True, found=name),
            self._aimed(webhook),
            *await self._deliveries(),
            await self._quota(),
        ]

    def _aimed(self, webhook: str) -> Finding:
        """Whether Zalo tells us, and nobody else, what happens."""
        if not self._hook_url:
            fix = (
                f"a webhook is set, so nothing can be polled for; {program()} serve deletes it when it starts"
            )
            return Finding("webhook", fine=not webhook, found="set" if webhook else "polled for", fix=fix)
        found = "not set" if not webhook else "set" if webhook == self._hook_url else "set to another address"
        fix = (
            f"{program()} serve sets it, and tries until Zalo can be reached: look at its log; "
            "ANSINH_PUBLIC_URL must be an https address"
        )
        return Finding("webhook", fine=webhook == self._hook_url, found=found, fix=fix)

    async def _deliveries(self) -> list[Finding]:
        """Whether Zalo could not deliver or was refused since the webhook was set, and nothing has come."""
        async with reading(self._engine) as connection:
            state = await accounts.state(connection, CHANNEL, self.account)
            since = datetime.fromisoformat(state.facts.get(_SET_AT, NEVER))
            heard = select(func.count()).where(
                seen.c.channel == CHANNEL, seen.c.account == self.account, seen.c.at >= since
            )
            came = await connection.scalar(heard) or 0
        refused = state.refused - state.facts.get(_REFUSED_BEFORE, 0)
        verified = state.facts.get(_VERIFIED, YES)
        if self._hook_url and refused <= 0 and came == 0 and verified != YES:
            fix = (
                f"let Zalo reach {self._hook_url} from outside: look at the domain, its certificate and the "
                f"proxy; then write to the bot, or start {program()} serve again, which has Zalo try again"
            )
            return [Finding("verification", fine=False, found=f"Zalo could not deliver: {verified}", fix=fix)]
        if not self._hook_url or refused <= 0:
            return []
        fix = f"write to the bot; if no answer comes, start {program()} serve again: it tells Zalo our secret"
        found = f"{came} taken, {refused} refused since the webhook was set"
        return [Finding("deliveries", fine=came > 0, found=found, fix=fix)]

    async def _quota(self) -> Finding:
        sent = await self._texts.sent()
        found = f"{sent} of {self._month} messages this month"
        fix = "collectors get cards on their other chats until the month is over"
        return Finding("quota", fine=sent < self._month, found=found, fix=fix)

    async def _begin(self) -> None:
        """Try until Zalo takes it; that it did not yet is written down for the account."""
        wait = FIRST_WAIT
        while not self.begun.is_set():
            try:
                await self._introduce()
            except Exception as problem:  # noqa: BLE001 - the server goes on without Zalo, and tries again
                refused = problem if isinstance(problem, ZaloError) else None
                told = str(refused or type(problem).__name__)
                log.error("the Zalo Bot cannot begin to receive: %s", told)
                human = refused is not None and refused.kind == "human"
                await self._troubled(f"cannot_begin: {told}", human=human)
                await asyncio.sleep(wait)
                wait = min(LONGEST_WAIT, 2 * wait)
            else:
                self.begun.set()

    async def _introduce(self) -> None:
        """Tell Zalo where to deliver, with our secret each time: only we know whether it has changed.

        Without an address nothing is to be delivered: while a webhook is set nothing can be polled for.
        An address where Zalo could not deliver when it tried is set all the same, so we have begun. It makes
        no server unready, or one that gets deliveries only when it is ready would never be.
        """
        facts: dict[str, Any] = {_VERIFIED: YES}
        if self._hook_url:
            async with reading(self._engine) as connection:
                refused = (await accounts.state(connection, CHANNEL, self.account)).refused
            found = await self._client.set_webhook(self._hook_url, self._secret)
            if not found.get("ok", True):
                facts[_VERIFIED] = _why(found)
                log.error("Zalo cannot deliver to the bot's webhook: %s", facts[_VERIFIED])
            facts |= {_SET_AT: self._clock().isoformat(), _REFUSED_BEFORE: refused}
        else:
            await self._client.delete_webhook()
            self._polling = self._polling or asyncio.create_task(self._poll())
        async with self._engine.begin() as connection:
            await accounts.note(connection, CHANNEL, self.account, **facts)
            await accounts.free(connection, CHANNEL, self.account)
            if facts[_VERIFIED] != YES:
                code = "webhook_not_verified"
                await accounts.troubled(connection, CHANNEL, self.account, code, self._clock())

    async def _troubled(self, code: str, *, human: bool) -> None:
        with suppress(Exception):  # the log has it; the database may be away too
            now = self._clock()
            async with self._engine.begin() as connection:
                await accounts.hold(
                    connection, CHANNEL, self.account, until=now, code=code, human=human, at=now
                )

    async def _poll(self) -> None:
        """Ask for updates one by one, for ever. While a webhook is set, by hand, Zalo refuses to tell."""
        wait = FIRST_WAIT
        while True:
            try:
                update = await self._client.update()
            except Exception as problem:  # noqa: BLE001 - whatever it meets, the next attempt comes
                told = problem if isinstance(problem, ZaloError) else type(problem).__name__
                log.warning("the bot's updates could not be polled for: %s", told)
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


def _why(verification: Mapping[str, Any]) -> str:
    """What Zalo says of a webhook where it could not deliver, in one line."""
    told = f"{verification.get('outcome', '?')} ({verification.get('status_code', '?')})"
    if hint := verification.get("hint"):
        told += f", {hint}"
    return "".join(letter if letter.isprintable() else " " for letter in told)[:LONGEST_TOLD]
