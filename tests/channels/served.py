"""The real application, served on this machine with a fixed clock, and ways to talk to it."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse
from aiohttp.test_utils import TestServer

from bot.app import App, open_app
from bot.serve import web_app
from bot.settings import Settings
from tests.conftest import SECRET

LATE = "Xem câu trả lời"
PATIENCE = 60.0  # seconds
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@asynccontextmanager
async def app_on(url: str, folder: Path) -> AsyncIterator[App]:
    """The application on a database, its time standing still."""
    settings = Settings(_env_file=None, database_url=url, secret_key=SECRET, data_dir=folder)
    async with open_app(settings, clock=lambda: NOW, rng=Random(11)) as app:
        yield app


@dataclass
class Served:
    app: App
    server: TestServer

    @property
    def url(self) -> str:
        return str(self.server.make_url("")).rstrip("/")


@asynccontextmanager
async def served_on(url: str, folder: Path) -> AsyncIterator[Served]:
    """The same behind HTTP, with its sender at work."""
    async with app_on(url, folder) as app:
        server = TestServer(web_app(app, demo=True), host="127.0.0.1")
        await server.start_server()
        sender = asyncio.create_task(app.sender({"web": app.web}, rng=Random(5)).run())
        try:
            yield Served(app, server)
        finally:
            sender.cancel()
            with suppress(asyncio.CancelledError):
                await sender
            await server.close()


class Page(HTMLParser):
    """Reads the messages of a page, or of one fragment of it, as the JSON a script would get."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.turns: list[dict[str, Any]] = []
        self._into = ""
        self._in_turn = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        kinds = given.get("class", "").split()
        if tag == "li" and "turn" in kinds:
            self._in_turn = True
            self.turns.append(
                {
                    "id": int(given["data-id"]),
                    "question": given["data-question"] or None,
                    "outcome": given["data-outcome"] or None,
                    "text": "",
                    "heard": "",
                    "options": [],
                }
            )
        elif "theirs" in kinds:
            self._into = "text"
        elif "mine" in kinds:
            self._into = "heard"
        elif tag == "span" and self._into in ("text", "heard") and "who" in kinds:
            self._into = f"skip {self._into}"
        elif tag == "span" and "number" in kinds:
            self._into = "skip label"
        elif tag == "button" and given.get("name") == "text":
            self.turns[-1]["options"].append({"id": given["value"], "label": ""})
            self._into = "label"
        elif tag == "br":
            self._add("\n")
        elif tag == "input" and given.get("type") == "hidden" and self._in_turn:
            self.turns[-1].setdefault("fields", {})[given["name"]] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "li":
            self._in_turn = False
        elif tag == "span" and self._into.startswith("skip "):
            self._into = self._into.removeprefix("skip ")
        elif tag == "p" and self._into == "text":
            self._add("\n\n")
        elif (tag in ("div", "button", "p")) and self._into:
            self._into = ""

    def handle_data(self, data: str) -> None:
        self._add(data)

    def _add(self, data: str) -> None:
        if self._into in ("text", "heard"):
            self.turns[-1][self._into] += data
        elif self._into == "label":
            self.turns[-1]["options"][-1]["label"] += data


class SocketChat:
    """Talks through the page's WebSocket, as its script does."""

    events = itertools.count(1)

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.turn = 0

    async def type(self, text: str) -> dict[str, Any]:
        return await self._send({"kind": "text", "text": text, "turn": None})

    async def tap(self, option: str) -> dict[str, Any]:
        return await self._send({"kind": "choice", "text": option, "turn": self.turn})

    async def greeting(self) -> dict[str, Any]:
        return self._read(await self.socket.receive_json(timeout=10))

    async def _send(self, event: dict[str, Any]) -> dict[str, Any]:
        name = f"event-{next(self.events):08d}"
        await self.socket.send_str(json.dumps({"event": name, **event}))
        message: dict[str, Any] = {}
        acknowledged = False
        while not (acknowledged and message):
            data = await self.socket.receive_json(timeout=10)
            assert "error" not in data, data
            if "ack" in data:
                acknowledged = True
            else:
                message = self._read(data)
        return message

    def _read(self, data: dict[str, Any]) -> dict[str, Any]:
        [turn] = Page(data["message"]["html"]).turns
        self.turn = int(turn.get("fields", {}).get("turn", self.turn))
        return turn


@asynccontextmanager
async def socket_chat(served: Served) -> AsyncIterator[SocketChat]:
    """A new visitor with her page open."""
    async with ClientSession() as session:
        page = await session.get(f"{served.url}/")
        path = page.url.path
        async with session.ws_connect(f"{served.url}{path}/ws?after=0") as socket:
            chat = SocketChat(socket)
            await chat.greeting()
            yield chat


class FormChat:
    """Talks through the page's forms, as a browser without JavaScript does."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self.session, self.url = session, url
        self.page = Page("")

    async def open(self) -> dict[str, Any]:
        self.page = Page(await (await self.session.get(self.url)).text())
        return self.page.turns[-1]

    async def type(self, text: str) -> dict[str, Any]:
        return await self._post(
            {"kind": "text", "text": text, "event": f"form-{next(SocketChat.events):08d}"}
        )

    async def tap(self, option: str) -> dict[str, Any]:
        return await self._post({**self.page.turns[-1]["fields"], "text": option})

    async def _post(self, fields: dict[str, str]) -> dict[str, Any]:
        answer = await self.session.post(self.url, data=fields)
        assert answer.status == 200, answer.status
        html = await answer.text()
        before, self.page = self.page, Page(html)
        async with asyncio.timeout(PATIENCE):  # on a crowded machine she follows the link to her answer
            while LATE in html and _newest(self.page) == _newest(before):
                self.page = Page(await (await self.session.get(self.url)).text())
        return self.page.turns[-1]


def _newest(page: Page) -> str:
    """The id of the last turn a page shows; none where it was not opened, or nothing was said."""
    return str(page.turns[-1]["id"]) if page.turns else ""
