"""The web chat: one page for citizens and for a collector's inbox; forms, WebSocket, events and posts."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from datetime import datetime
from typing import Any

from aiohttp import WSMsgType, web

from bot.channels.web import Kept, WebChannel
from bot.converse import Converse
from bot.storage.crypt import Cipher
from bot.web import visitors
from bot.web.events import BadEvent, Event, decoded, form_fields, read_event, read_form, whole_number
from bot.web.limit import CLIENT, RateLimit
from bot.web.pages import Pages
from bot.web.visitors import Visitor
from handlers.messages import Incoming, Kind

COOKIE = "ansinh"
BIGGEST_FRAME = 1 << 20
MOST_PAGES = 20  # live connections of one person; beyond, a page is told to come back later
HEARTBEAT = 25.0  # seconds: a connection that does not answer is closed
SLOWEST_READER = 30.0  # seconds a browser may take to accept what is written to it
BUSY_FOR = 2.0  # seconds after which a page tries again when nothing could be committed
WAIT_FOR_ANSWER = 3.0  # seconds a form's answer may take before the page comes back without it
WAIT_FOR_AN_OLD_ONE = 1.0  # the same for a form of an earlier page: there may be no answer to wait for
EVENTS_A_MINUTE, EVENTS_AT_ONCE = 120, 60  # of one person: nobody types faster
NEWCOMERS_A_MINUTE, NEWCOMERS_AT_ONCE = 120, 200  # of one address: a whole market may share one

log = logging.getLogger(__name__)


class NotTaken(Exception):
    """An event was not taken, nothing is lost, and it may be sent again after `wait` seconds."""

    def __init__(self, code: str, status: int, wait: float) -> None:
        """`code` and `status` say why."""
        super().__init__(code)
        self.code, self.status, self.wait = code, status, math.ceil(wait)


class ChatPages:
    """The routes of the chat. Built once."""

    def __init__(
        self,
        converse: Converse,
        channel: WebChannel,
        cipher: Cipher,
        pages: Pages,
        clock: Callable[[], datetime],
        *,
        demo: bool,
        secure: bool,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`demo` marks the page; `secure` cookies are for sites behind HTTPS; `seconds` only goes forward."""
        self._converse, self._channel, self._cipher, self._pages = converse, channel, cipher, pages
        self._clock, self._demo, self._secure, self._seconds = clock, demo, secure, seconds
        self._sockets: set[web.WebSocketResponse] = set()
        self._events = RateLimit(EVENTS_A_MINUTE, EVENTS_AT_ONCE)
        self._newcomers = RateLimit(NEWCOMERS_A_MINUTE, NEWCOMERS_AT_ONCE)

    def routes(self) -> list[web.RouteDef]:
        """The citizen's pages under /c/, a collector's under /inbox/."""
        found = [web.get("/", self.enter)]
        for prefix in ("/c/{token}", "/inbox/{token}"):
            found += [
                web.get(prefix, self.page),
                web.post(prefix, self.form),
                web.get(f"{prefix}/ws", self.socket),
                web.get(f"{prefix}/events", self.events),
                web.post(f"{prefix}/send", self.send),
            ]
        return found

    async def close(self, _: web.Application) -> None:
        """Say goodbye to the open pages: they come back by themselves."""
        await self._channel.close()
        leaving = (asyncio.wait_for(socket.close(code=1001), 2) for socket in tuple(self._sockets))
        await asyncio.gather(*leaving, return_exceptions=True)

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Go to one's own page; a new visitor gets one. Its address is all that is needed to return."""
        token = request.cookies.get(COOKIE, "")
        if not visitors.is_token(token):
            token = visitors.new_token()
        answer = _go_to(f"/c/{token}")
        year = 365 * 24 * 3600
        answer.set_cookie(
            COOKIE, token, max_age=year, httponly=True, samesite="Lax", secure=self._secure, path="/"
        )
        return answer

    async def page(self, request: web.Request) -> web.StreamResponse:
        """Show the history, and greet who comes for the first time."""
        visitor = self._visitor(request)
        history = await self._channel.history(*visitor.key)
        if not history:
            if self._newcomers.wait(request[CLIENT], self._seconds()):
                return self._pages.error(429)
            today = self._clock().date()
            try:
                await self._hear(visitor, Event(f"start-{today}", Kind.START, ""), after=0)
            except NotTaken as not_yet:
                return self._pages.error(not_yet.status)
            history = await self._channel.history(*visitor.key)
        late = "late" in request.query
        return self._pages.chat(history, visitor, demo=self._demo, late=late)

    async def form(self, request: web.Request) -> web.StreamResponse:
        """Take a posted form and come back with the answer: the page without JavaScript."""
        visitor = self._visitor(request)
        try:
            said = form_fields(await request.post())
            event = read_form(said)
        except (BadEvent, ValueError, LookupError):  # the last two: a body that is not what its header says
            return self._pages.error(400)
        try:
            last = await self._last(visitor)
            old = whole_number(said.get("after") or str(last)) < last  # of an earlier page, or posted twice
            patience = WAIT_FOR_AN_OLD_ONE if old else WAIT_FOR_ANSWER
            answered = await self._hear(visitor, event, after=last, patience=patience)
        except NotTaken as not_yet:
            return self._pages.unsent(not_yet.status, said, visitor, not_yet.wait)
        return _go_to(f"{visitor.path}{'' if answered or old else '?late'}#say")

    async def send(self, request: web.Request) -> web.StreamResponse:
        """Take one event as JSON: what a page does where sockets are blocked."""
        visitor = self._visitor(request)
        status, answer = await self._answer(visitor, await request.read())
        return web.json_response(answer, status=status)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream messages as server-sent events."""
        visitor = self._visitor(request)
        if self._channel.open_pages(*visitor.key) >= MOST_PAGES:
            raise web.HTTPTooManyRequests
        after = whole_number(request.headers.get("Last-Event-ID") or request.query.get("after"))
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers={**headers, "X-Accel-Buffering": "no"})
        await response.prepare(request)

        async def write(kept: Kept | None) -> None:
            line = f"id: {kept.id}\ndata: {self._as_data(kept, visitor)}\n\n" if kept else ": still here\n\n"
            await response.write(line.encode())

        await self._pass_on(visitor, after, write)
        return response

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """Messages out as they come, events in, each acknowledged after its commit."""
        visitor = self._visitor(request)
        after = whole_number(request.query.get("after"))
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=BIGGEST_FRAME, compress=False)
        await socket.prepare(request)
        if self._channel.open_pages(*visitor.key) >= MOST_PAGES:
            await socket.close(code=1013)
            return socket
        self._sockets.add(socket)
        writer = asyncio.create_task(self._talk(socket, visitor, after))
        try:
            with suppress(ConnectionError):  # the page went away: what was not acknowledged it sends again
                async for frame in socket:
                    body = frame.data if frame.type is WSMsgType.TEXT else b"\xff"
                    _, answer = await self._answer(visitor, body)
                    await socket.send_json(answer)
        finally:
            writer.cancel()
            self._sockets.discard(socket)
        return socket

    async def _talk(self, socket: web.WebSocketResponse, visitor: Visitor, after: int) -> None:
        """Send what comes over a socket, and close it when that ends."""

        async def write(kept: Kept | None) -> None:
            if kept is not None:
                await socket.send_str(self._as_data(kept, visitor))

        await self._pass_on(visitor, after, write)
        await socket.close(code=1001)

    async def _pass_on(
        self, visitor: Visitor, after: int, write: Callable[[Kept | None], Awaitable[None]]
    ) -> None:
        """Write messages as they come, until the page is gone or does not read: it will ask for the rest."""
        try:
            async with aclosing(self._follow(visitor, after)) as coming:
                async for kept in coming:
                    async with asyncio.timeout(SLOWEST_READER):
                        await write(kept)
        except (ConnectionError, TimeoutError):
            pass
        except Exception as problem:  # noqa: BLE001 - the page comes back for what it missed
            log.error("messages could not be shown: %s", type(problem).__name__)

    async def _follow(self, visitor: Visitor, after: int) -> AsyncGenerator[Kept | None]:
        """Yield messages after one, then each as it comes; None now and then when there is none."""
        with self._channel.watch(*visitor.key) as page:
            while not self._channel.closed:
                page.clear()
                for kept in await self._channel.history(*visitor.key, after=after):
                    after = kept.id
                    yield kept
                try:
                    await asyncio.wait_for(page.wait(), HEARTBEAT)
                except TimeoutError:
                    yield None

    async def _answer(self, visitor: Visitor, body: str | bytes) -> tuple[int, dict[str, Any]]:
        """Take one event as JSON; return a status, and its acknowledgement or what is wrong with it."""
        data: object = None
        try:
            data = decoded(body)
            event = read_event(data)
            await self._hear(visitor, event)
        except BadEvent as bad:
            name = data.get("event") if isinstance(data, dict) else None
            return 400, {"error": bad.as_json(), "event": name if isinstance(name, str) else None}
        except NotTaken as not_yet:
            error = {"code": not_yet.code, "field": "", "message": "send it again"}
            return not_yet.status, {"error": error, "event": event.id, "wait": not_yet.wait}
        return 200, {"ack": event.id}

    async def _hear(
        self,
        visitor: Visitor,
        event: Event,
        *,
        after: int | None = None,
        patience: float = WAIT_FOR_ANSWER,
    ) -> bool:
        """Take an event; with `after`, wait until a message newer than it answers, and tell whether one did.

        Raises NotTaken when she is too fast, or nothing could be committed.
        """
        wait = self._events.wait(visitor.address.person, self._seconds())
        if wait:
            raise NotTaken("too_fast", 429, wait)
        said = Incoming(
            visitor.address, visitor.event_id(event.id), event.kind, self._clock(), event.text, event.turn
        )
        with self._channel.watch(*visitor.key) as page:
            try:
                await self._converse.hear(said)
            except Exception as problem:  # noqa: BLE001 - nothing was committed: it may be sent again
                log.error("an event could not be taken: %s", type(problem).__name__)
                raise NotTaken("busy", 503, BUSY_FOR) from None
            return after is None or await self._answered(visitor, page, after, patience)

    async def _answered(self, visitor: Visitor, page: asyncio.Event, after: int, patience: float) -> bool:
        """Wait for a message newer than `after`, not for ever."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while not self._channel.closed:
                    page.clear()
                    if await self._channel.newest(*visitor.key) > after:
                        return True
                    await page.wait()
        return False

    async def _last(self, visitor: Visitor) -> int:
        """The id of the newest message. Raises NotTaken when the database is away."""
        try:
            return await self._channel.newest(*visitor.key)
        except Exception as problem:  # noqa: BLE001 - nothing was read or written
            log.error("a form could not be taken: %s", type(problem).__name__)
            raise NotTaken("busy", 503, BUSY_FOR) from None

    def _visitor(self, request: web.Request) -> Visitor:
        """Whose page a request is for. Raises 404 for an address that is none."""
        token = request.match_info["token"]
        inbox = request.path.startswith("/inbox/")
        visitor = visitors.collector(token, self._cipher) if inbox else visitors.citizen(token)
        if visitor is None:
            raise web.HTTPNotFound
        return visitor

    def _as_data(self, kept: Kept, visitor: Visitor) -> str:
        html = self._pages.message(kept, visitor)
        return json.dumps({"message": {"id": kept.id, "html": html}}, ensure_ascii=False)


def _go_to(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})
