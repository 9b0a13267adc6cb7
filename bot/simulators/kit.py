"""What every simulated platform has: clock, chance, journal, faults, webhook, a control plane and a phone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import web

from bot.listening import listen
from bot.simulators.clock import VirtualClock
from bot.simulators.faults import Fault, Faults
from bot.simulators.journal import Journal
from bot.simulators.webhooks import Policy, Retry, WebhookSender

PAGES = Path(__file__).parents[2] / "templates" / "simulator"
HANG = 60.0  # seconds a call that is to time out is held, at most
Json = dict[str, Any]


class Wrong(Exception):
    """An action that nobody can do on this platform; the message says why."""


class Simulator:
    """One platform on one port of this machine. A platform overrides what is marked so."""

    name = "?"

    def __init__(
        self,
        clock: VirtualClock,
        rng: Random,
        *,
        retry: Retry,
        webhook_timeout: float = 10.0,
        overtaken: bool = False,
        journal: Path | None = None,
    ) -> None:
        """`retry` and `overtaken` are as WebhookSender takes them; `journal` is a file for its lines."""
        self.clock, self.rng = clock, rng
        self.journal = Journal(clock, journal)
        self.faults = Faults(rng)
        self.webhook = WebhookSender(
            clock, rng, self.journal, retry=retry, timeout=webhook_timeout, overtaken=overtaken
        )
        self.violations: list[str] = []
        self.app = web.Application(middlewares=[self._outer], client_max_size=64 << 20)
        self.app.add_routes([*self._control(), *self.routes()])
        self.app.router.add_route("*", "/{nowhere:.*}", self._nowhere)
        self.app.on_cleanup.append(self._close)

    # --- what a platform overrides

    def routes(self) -> list[web.RouteDef]:
        """The platform's own routes."""
        raise NotImplementedError

    def refusal(self, kind: str, code: int) -> web.Response:
        """The platform's answer for a fault "http_500", "rate_limit" (`code`: seconds) or "error"."""
        raise NotImplementedError

    def add_user(self, data: Mapping[str, Any]) -> Json:
        """Make a person; return what is known of her, her "id" among it. Raises Wrong."""
        raise NotImplementedError

    async def inject(self, user: str, action: Mapping[str, Any]) -> None:
        """Let a person do something: {"kind": "text", "text": …} and so on. Raises Wrong."""
        raise NotImplementedError

    def phone(self, user: str) -> list[Json]:
        """What she sees: {id, who: "me"|"bot"|"note", text, buttons: [[{label, do: action}]]}, oldest first.

        `do` is what to inject when she taps it; {"kind": "open", "url": …} opens a page.
        """
        raise NotImplementedError

    def users(self) -> list[Json]:
        """Everybody: {id, name}."""
        raise NotImplementedError

    def reset(self) -> None:
        """Forget everything but the settings."""
        self.journal.lines.clear()
        self.violations.clear()
        self.faults.coming.clear()
        self.webhook.policy = Policy()

    # --- what all have

    def violation(self, what: str) -> None:
        """Write down that a client did what the platform does not take kindly."""
        self.violations.append(what)
        self.journal.write("violation", why=what)

    @web.middleware
    async def _outer(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Write the journal, and let a call fail as was told."""
        if request.path.startswith("/__sim"):
            return await handler(request)
        call = self.call_name(request)
        fault = self.faults.take(call)
        if fault is not None and not fault.kind.endswith("_after"):
            early = await self._fail(request, fault)
            if early is not None:
                self.journal.write("call", call=call, fault=fault.kind, status=early.status)
                return early
        response = await handler(request)
        body = ""
        if isinstance(response, web.Response) and response.content_type == "application/json":
            body = response.text or ""
        asked = await self.asked(request)
        self.journal.write("call", call=call, asked=asked, status=response.status, answer=body[:2_000])
        if fault is not None and fault.kind.endswith("_after"):
            await self._fail(request, fault)
        return response

    def call_name(self, request: web.Request) -> str:
        """The call as faults and the journal name it, without secrets. A platform may override it."""
        return f"{request.method} {request.path}"

    async def asked(self, request: web.Request) -> Any:  # noqa: ANN401 - for the journal
        """What was sent, for the journal. A platform may override it."""
        return (await request.read()).decode("utf-8", "replace")[:4_000]

    async def _fail(self, request: web.Request, fault: Fault) -> web.Response | None:
        if fault.kind == "slow":
            await asyncio.sleep(fault.ms / 1_000)
            return None
        if fault.kind == "http_502_html":
            page = "<html><body><h1>502 Bad Gateway</h1></body></html>"
            return web.Response(status=502, text=page, content_type="text/html")
        if fault.kind in ("conn_reset", "reset_after"):
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=499)
        if fault.kind in ("timeout_before", "timeout_after"):
            for _ in range(int(HANG * 50)):
                if request.transport is None or request.transport.is_closing():
                    break
                await asyncio.sleep(0.02)
            return web.Response(status=499)
        return self.refusal(fault.kind, fault.code)

    async def _nowhere(self, request: web.Request) -> web.Response:
        self.violation(f"no such path: {self.call_name(request)}")
        return web.Response(status=404)

    async def _close(self, _: web.Application) -> None:
        await self.webhook.close()

    def _control(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._to_page),
            web.get("/favicon.ico", self._nothing),
            web.get("/__sim/", self._page),
            web.get("/__sim/users", self._users),
            web.post("/__sim/users", self._add_user),
            web.post("/__sim/inject", self._inject),
            web.post("/__sim/clock/advance", self._advance),
            web.post("/__sim/faults", self._faults),
            web.post("/__sim/webhook/policy", self._policy),
            web.get("/__sim/outbox", self._outbox),
            web.get("/__sim/journal", self._journal),
            web.post("/__sim/reset", self._reset),
        ]

    async def _to_page(self, _: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/__sim/"})

    async def _nothing(self, _: web.Request) -> web.Response:
        return web.Response(status=204)

    async def _page(self, _: web.Request) -> web.Response:
        page = (PAGES / "phone.html").read_text("utf-8").replace("{{ name }}", self.name)
        return web.Response(text=page, content_type="text/html")

    async def _users(self, _: web.Request) -> web.Response:
        return web.json_response(self.users())

    async def _add_user(self, request: web.Request) -> web.Response:
        try:
            return web.json_response(self.add_user(await _object(request)))
        except Wrong as wrong:
            return _wrong(wrong)

    async def _inject(self, request: web.Request) -> web.Response:
        """Do it, and tell of the attempts to deliver it."""
        before = len(self.journal.lines)
        try:
            action = await _object(request)
            await self.inject(str(action.pop("user", "")), action)
        except (Wrong, KeyError, TypeError) as wrong:
            return _wrong(wrong)
        await self.webhook.settle()
        attempts = [line for line in self.journal.lines[before:] if line["what"] == "webhook"]
        return web.json_response({"attempts": attempts})

    async def _advance(self, request: web.Request) -> web.Response:
        await self.clock.advance(float((await _object(request)).get("seconds", 0)))
        await self.webhook.settle()
        return web.json_response({"now": self.clock().isoformat()})

    async def _faults(self, request: web.Request) -> web.Response:
        try:
            self.faults.coming.append(Fault.read(await _object(request)))
        except (ValueError, TypeError) as wrong:
            return _wrong(wrong)
        return web.json_response({"faults": len(self.faults.coming)})

    async def _policy(self, request: web.Request) -> web.Response:
        data = await _object(request)
        if not set(data) <= {each.name for each in fields(Policy)}:
            return _wrong(Wrong("a policy has dup_prob, reorder_window, drop_prob, delay"))
        self.webhook.policy = Policy(**data)
        return web.json_response({})

    async def _outbox(self, request: web.Request) -> web.Response:
        try:
            return web.json_response(self.phone(request.query.get("user", "")))
        except Wrong as wrong:
            return _wrong(wrong)

    async def _journal(self, _: web.Request) -> web.Response:
        lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self.journal.lines)
        return web.Response(text=lines, content_type="application/x-ndjson")

    async def _reset(self, _: web.Request) -> web.Response:
        self.reset()
        return web.json_response({})


async def serve(simulator: Simulator, port: int = 0) -> tuple[web.AppRunner, str]:
    """Start a simulator on this machine; return what to clean up, and its address. Raises CannotListen."""
    runner = web.AppRunner(simulator.app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await listen(runner, "127.0.0.1", port, "choose another: --port 0 takes any free one")
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


def epoch(moment: datetime) -> int:
    """Return whole seconds since 1970, as platforms date things."""
    return int(moment.timestamp())


async def _object(request: web.Request) -> Json:
    try:
        data = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text="the body is a JSON object") from None
    if not isinstance(data, dict):
        raise web.HTTPBadRequest(text="the body is a JSON object")
    return data


def _wrong(wrong: Exception) -> web.Response:
    return web.json_response({"error": str(wrong)}, status=400)
