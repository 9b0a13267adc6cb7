"""The web chat: one page for citizens and for a collector's inbox; forms, WebSocket, events and posts."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import WSMsgType, web

from bot.channels.web import Kept, WebChannel
from bot.converse import Converse
from bot.storage.crypt import Cipher
from bot.web.pages import Pages
from handlers.messages import Address, Incoming, Kind

SITE, INBOX = "site", "inbox"
COOKIE = "ansinh"
LONGEST_TEXT = (
    200_000  # characters that are taken; the engine asks for less kindly, the server hangs up beyond
)
WAIT_FOR_ANSWER = 3.0  # seconds a form's answer may take before the page comes back without it
LOOK_EVERY = 2.0  # seconds between looks for messages that another process sent
KINDS = {"text": Kind.TEXT, "choice": Kind.CHOICE, "media": Kind.MEDIA}

log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BadEvent(Exception):
    """What a page sent is no event; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose page it is, and where it lives."""

    address: Address
    path: str

    @property
    def key(self) -> tuple[str, str]:
        """Account and person, as the channel names them."""
        return self.address.account, self.address.person


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
    ) -> None:
        """`demo` marks the page; `secure` cookies are for sites behind HTTPS."""
        self._converse, self._channel, self._cipher, self._pages = converse, channel, cipher, pages
        self._clock, self._demo, self._secure = clock, demo, secure
        self._sockets: set[web.WebSocketResponse] = set()

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
        for socket in tuple(self._sockets):
            await socket.close(code=1001)

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Go to one's own page; a new visitor gets one. Its address is all that is needed to return."""
        token = request.cookies.get(COOKIE, "")
        if not _is_token(token):
            token = secrets.token_hex(16)
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
            start = Incoming(visitor.address, _scoped(visitor, "start"), Kind.START, self._clock())
            async with self._answer_after(visitor, 0) as answered:
                await self._converse.hear(start)
                await answered()
            history = await self._channel.history(*visitor.key)
        return self._pages.chat(
            history, path=visitor.path, inbox=visitor.address.account == INBOX, demo=self._demo
        )

    async def form(self, request: web.Request) -> web.StreamResponse:
        """Take a posted form and come back with the answer: the page without JavaScript."""
        visitor = self._visitor(request)
        fields = await request.post()
        event = {key: value for key, value in fields.items() if isinstance(value, str)}
        history = await self._channel.history(*visitor.key)
        last = history[-1].id if history else 0
        try:
            incoming = self._incoming(visitor, {**event, "turn": _number(event.get("turn"))})
        except BadEvent as bad:
            return self._pages.error(400, str(bad))
        async with self._answer_after(visitor, last) as answered:
            await self._converse.hear(incoming)
            await answered()
        return _go_to(f"{visitor.path}#say")

    async def send(self, request: web.Request) -> web.StreamResponse:
        """Take one event as JSON: what a page does where sockets are blocked."""
        visitor = self._visitor(request)
        try:
            data = json.loads(await request.text())
        except (ValueError, RecursionError):
            return web.json_response({"error": "not JSON"}, status=400)
        answer = await self._take(visitor, data)
        return web.json_response(answer, status=400 if "error" in answer else 200)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream messages as server-sent events."""
        visitor = self._visitor(request)
        after = _number(request.headers.get("Last-Event-ID") or request.query.get("after")) or 0
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        async for kept in self._follow(visitor, after):
            line = ": still here\n\n" if kept is None else f"id: {kept.id}\ndata: {self._as_data(kept)}\n\n"
            await response.write(line.encode())
        return response

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """Messages out as they come, events in, each acknowledged after its commit."""
        visitor = self._visitor(request)
        after = _number(request.query.get("after")) or 0
        socket = web.WebSocketResponse(heartbeat=25, max_msg_size=1 << 20)
        await socket.prepare(request)
        self._sockets.add(socket)
        writer = asyncio.create_task(self._write(socket, visitor, after))
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await socket.send_json(await self._take(visitor, _decoded(frame.data)))
                elif frame.type is WSMsgType.BINARY:
                    await socket.send_json({"error": "text frames only"})
        except ConnectionResetError:
            pass  # the page went away: what was not acknowledged it will send again
        finally:
            writer.cancel()
            self._sockets.discard(socket)
        return socket

    async def _write(self, socket: web.WebSocketResponse, visitor: Visitor, after: int) -> None:
        try:
            async for kept in self._follow(visitor, after):
                if kept is not None:
                    await socket.send_str(self._as_data(kept))
        except ConnectionResetError:
            await socket.close()

    async def _follow(self, visitor: Visitor, after: int) -> AsyncIterator[Kept | None]:
        """Yield messages after one, then each as it comes; None now and then when there is none."""
        page = self._channel.watch(*visitor.key)
        quiet = 0
        try:
            while True:
                page.clear()
                for kept in await self._channel.history(*visitor.key, after=after):
                    after = kept.id
                    quiet = 0
                    yield kept
                try:
                    await asyncio.wait_for(page.wait(), LOOK_EVERY)
                except TimeoutError:
                    quiet += 1
                    if quiet % 10 == 0:
                        yield None
        finally:
            self._channel.unwatch(*visitor.key, page)

    async def _take(self, visitor: Visitor, data: object) -> dict[str, Any]:
        """Take one event; return its acknowledgement, or what is wrong with it."""
        event = data.get("event") if isinstance(data, dict) else None
        try:
            if not isinstance(data, dict):
                raise BadEvent("an event is a JSON object")
            incoming = self._incoming(visitor, data)
            await self._converse.hear(incoming)
        except BadEvent as bad:
            return {"error": str(bad), "event": event if isinstance(event, str) else None}
        except Exception as problem:  # noqa: BLE001 - nothing was committed: the page sends it again
            log.error("an event could not be taken: %s", type(problem).__name__)
            return {"error": "Máy chủ đang bận, tin sẽ tự gửi lại.", "event": None}
        return {"ack": incoming.event_id}

    def _incoming(self, visitor: Visitor, data: Mapping[str, Any]) -> Incoming:
        """Read an event of a page. Raises BadEvent."""
        event, kind, text, turn = (data.get(key) for key in ("event", "kind", "text", "turn"))
        if not isinstance(event, str) or not 8 <= len(event) <= 180:
            raise BadEvent("event: a string of 8 to 180 characters that is new for each event")
        if kind not in KINDS:
            raise BadEvent(f"kind: one of {', '.join(KINDS)}")
        if not isinstance(text, str) or len(text) > LONGEST_TEXT:
            raise BadEvent(f"text: a string of at most {LONGEST_TEXT} characters")
        if turn is not None and (not isinstance(turn, int) or isinstance(turn, bool)):
            raise BadEvent("turn: a whole number or null")
        scoped = _scoped(visitor, event)
        return Incoming(visitor.address, scoped, KINDS[str(kind)], self._clock(), text, turn)

    @asynccontextmanager
    async def _answer_after(
        self, visitor: Visitor, last: int
    ) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        """Give a way to wait until a message newer than `last` is there, not for ever."""
        page = self._channel.watch(*visitor.key)

        async def answered() -> None:
            async with asyncio.timeout(WAIT_FOR_ANSWER):
                while not await self._channel.history(*visitor.key, after=last):
                    page.clear()
                    await asyncio.wait_for(page.wait(), WAIT_FOR_ANSWER)

        async def patiently() -> None:
            try:
                await answered()
            except TimeoutError:
                log.info("an answer took longer than a page waits")

        try:
            yield patiently
        finally:
            self._channel.unwatch(*visitor.key, page)

    def _visitor(self, request: web.Request) -> Visitor:
        """Whose page a request is for. Raises 404 for an address that is none."""
        token = request.match_info["token"]
        if request.path.startswith("/inbox/"):
            code, _, signature = token.rpartition(".")
            if not code or not self._cipher.signed(f"inbox:{code}", signature):
                raise web.HTTPNotFound
            return Visitor(inbox_address(code), f"/inbox/{token}")
        if not _is_token(token):
            raise web.HTTPNotFound
        person = hashlib.sha256(token.encode()).hexdigest()
        return Visitor(Address("web", SITE, person), f"/c/{token}")

    def _as_data(self, kept: Kept) -> str:
        return json.dumps({"message": {"id": kept.id, "html": self._pages.message(kept)}}, ensure_ascii=False)


def inbox_address(code: str) -> Address:
    """The web address of a collector's inbox."""
    return Address("web", INBOX, f"collector:{code}")


def inbox_path(code: str, cipher: Cipher) -> str:
    """The path of a collector's inbox: who has it is taken for the collector."""
    return f"/inbox/{code}.{cipher.sign(f'inbox:{code}')}"


def _scoped(visitor: Visitor, event: str) -> str:
    """An event's id among all visitors: pages choose theirs without knowing of each other."""
    return f"{hashlib.sha256(visitor.address.person.encode()).hexdigest()[:16]}-{event}"


def _go_to(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})


def _is_token(token: str) -> bool:
    return len(token) == 32 and all(c in "0123456789abcdef" for c in token)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def _decoded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
