"""The web chat alone, over real HTTP: real storage, and a fake conversation that records and answers."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientResponse, ClientSession, CookieJar, web

from bot.channels.web import WebChannel
from bot.storage.crypt import Cipher
from bot.storage.engine import make_engine
from bot.web.api import Api
from bot.web.chat import ChatPages
from bot.web.pages import Pages
from bot.web.server import make_runner, make_web
from calculators.law import Law
from handlers.messages import Address, Incoming, Option, Outgoing
from tests.channels.served import Page
from tests.conftest import SECRET

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
TOKEN = "0123456789abcdef0123456789abcdef"
PERSON = hashlib.sha256(TOKEN.encode()).hexdigest()
LAW = Law.load()
PAGES = Pages()


class Echo:
    """A conversation that says what it heard and asks on, through the channel itself."""

    def __init__(self, channel: WebChannel) -> None:
        self.channel = channel
        self.heard: list[Incoming] = []
        self.silent = False
        self.broken = 0  # how many times to fail before it works again

    async def hear(self, incoming: Incoming) -> None:
        if self.broken:
            self.broken -= 1
            raise OSError("the database is away: 0912 345 678")
        if any(incoming.event_id == known.event_id for known in self.heard):
            return
        self.heard.append(incoming)
        if not self.silent:
            await self.answer(incoming)

    async def answer(self, incoming: Incoming) -> None:
        turn = len(self.heard)
        said = Outgoing(
            text=f"Câu {turn}: {incoming.text}",
            options=(Option("yes", "Có"), Option("no", "Không")),
            question="task",
            turn=turn,
            heard=incoming.text,
        )
        await self.channel.send(incoming.address, said, key=f"answer-{turn}")


class Site:
    """The site as a visitor meets it."""

    def __init__(self, url: str, converse: Echo, channel: WebChannel, cipher: Cipher) -> None:
        self.url, self.converse, self.channel, self.cipher = url, converse, channel, cipher
        self.session = ClientSession(cookie_jar=CookieJar(unsafe=True))  # of an address, not a name
        self.path = f"/c/{TOKEN}"
        self.address = Address("web", "site", PERSON)
        self.now = 0.0  # seconds of the site's forward-only clock

    async def get(self, path: str = "", **how: Any) -> ClientResponse:
        return await self.session.get(self.url + (path or self.path), **how)

    async def post(self, path: str = "", **how: Any) -> ClientResponse:
        return await self.session.post(self.url + (path or self.path), **how)

    async def turns(self, path: str = "") -> Sequence[dict[str, Any]]:
        return Page(await (await self.get(path)).text()).turns

    async def send(self, text: str, event: str = "") -> tuple[int, Any]:
        """Post an event as the page's script does where sockets are blocked."""
        body = {"event": event or f"event-{len(self.converse.heard):06d}", "kind": "text", "text": text}
        answer = await self.post(f"{self.path}/send", json=body)
        return answer.status, await answer.json()

    def socket(self, after: int = 0) -> Any:
        return self.session.ws_connect(f"{self.url}{self.path}/ws?after={after}")

    async def notice(self, text: str, key: str, *options: Option, to: Address | None = None) -> None:
        await self.channel.send(to or self.address, Outgoing(text=text, options=options), key=key)

    async def answer_unheard(self, text: str, key: str) -> None:
        """An answer that does not repeat what was said, as after a tap on a card."""
        await self.channel.send(self.address, Outgoing(text=text, question="desk", turn=1), key=key)

    async def ask_phone(self, text: str, key: str) -> None:
        asked = Outgoing(text=text, question="phone", asks_contact=True, turn=1)
        await self.channel.send(self.address, asked, key=key)


@asynccontextmanager
async def site_on(url: str, *, port: int = 0, proxies: int = 0, **probes: Any) -> AsyncIterator[Site]:
    """Serve on this machine, on any free port unless told which."""
    engine, cipher = make_engine(url), Cipher(SECRET)
    channel = WebChannel(engine, cipher, lambda: NOW)
    converse = Echo(channel)
    chat = ChatPages(
        converse, channel, cipher, PAGES, lambda: NOW, demo=True, secure=False, seconds=lambda: site.now
    )
    api = Api(LAW, per_minute=60, seconds=lambda: site.now)
    runner = make_runner(make_web(chat, api, PAGES, probes, proxies=proxies))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    site = Site(f"http://127.0.0.1:{runner.addresses[0][1]}", converse, channel, cipher)
    try:
        yield site
    finally:
        await site.session.close()
        await runner.cleanup()
        await engine.dispose()
