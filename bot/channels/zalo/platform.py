"""The Official Account as the server sees it: its webhook, its authorisation, its self-test."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus

from aiohttp import web

from bot.channels.platform import Finding
from bot.channels.zalo.errors import ZaloError
from bot.channels.zalo.oauth import LIVES
from bot.channels.zalo.selftest import OaParts, look

WEBHOOK, AUTHORISED = "/zalo/oa", "/zalo/authorised"

log = logging.getLogger(__name__)


class ZaloOa:
    """One Official Account."""

    def __init__(self, parts: OaParts) -> None:
        """Nothing is asked of Zalo before `start`."""
        self.channel, self.account, self._parts = parts.channel, parts.account, parts
        self.catch_up = parts.catch_up
        self._work: tuple[asyncio.Task[None], ...] = ()

    def routes(self) -> list[web.RouteDef]:
        """The webhook, which some look at with GET, and where an administrator comes back to."""
        return [
            web.post(WEBHOOK, self._webhook),
            web.get(WEBHOOK, self._hello),
            web.get(AUTHORISED, self._authorised),
        ]

    async def start(self) -> None:
        """Take tokens the settings give for the first time, explain echoes, look for what was missed."""
        access, refresh = self._parts.given
        if access and refresh:
            try:
                await self._parts.tokens.give(access, refresh, expires_in=LIVES, only_new=True)
            except Exception as problem:  # noqa: BLE001 - the database is away: told, and asked for later
                log.error("the tokens of the settings could not be kept: %s", type(problem).__name__)
        work = self._parts.echoes.run(), self.catch_up.run(), self._parts.reports.run()
        self._work = tuple(asyncio.create_task(each) for each in work)

    async def stop(self) -> None:
        """Stop what goes on beside the webhook, and close the connections."""
        for task in self._work:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self._parts.wire.close()

    async def left(self) -> Mapping[str, int]:
        """Calls in this minute, templates by phone today."""
        left = {"calls_a_minute": self._parts.client.remain, "templates_a_day": self._parts.zbs.remain}
        return {of: count for of, count in left.items() if count is not None and count >= 0}

    async def look(self) -> Sequence[Finding]:
        """Look at the token, the account, the calls left, the signature, and every template."""
        return await look(self._parts)

    async def _webhook(self, request: web.Request) -> web.Response:
        """Answer a delivery. One that could not be taken may not come again: it is looked for."""
        answer = await self._parts.intake.take(request, self._parts.hook)
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            self.catch_up.missed()
        return answer

    async def _hello(self, _: web.Request) -> web.Response:
        return web.Response()

    async def _authorised(self, request: web.Request) -> web.Response:
        """Exchange the code an administrator comes back with, for the account it is for."""
        code, account = request.query.get("code", ""), request.query.get("oa_id", "")
        if not code or account != self.account:
            return web.Response(status=400, text="This is no authorisation of the account that is set up.\n")
        try:
            pair = await self._parts.oauth.redeem(code, self._parts.verifier)
            about = await self._parts.client.with_token(pair.access).account()
        except ZaloError as problem:
            log.error("an authorisation was refused: %s", problem)
            return web.Response(status=502, text="Zalo did not take the code: begin again in the console.\n")
        if str(about.get("oaid")) != self.account:  # whose token it is only Zalo can tell
            log.error("ALARM: an authorisation came for another account than the one that is set up")
            return web.Response(status=403, text="This token is another account's.\n")
        await self._parts.tokens.give(pair.access, pair.refresh, expires_in=pair.expires_in)
        return web.Response(text="Authorised. This page can be closed.\n")
