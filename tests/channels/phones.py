"""A channel under test: the real application, one simulated platform, and people with phones.

A platform plugs in with a `Kind`; the tests of test_every_channel.py and the transcripts then run on it.
"""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer, unused_port
from sqlalchemy import select

from bot.app import App, open_app
from bot.channels.platform import Platform
from bot.platforms import channels, platforms
from bot.sender import Sender
from bot.serve import web_app
from bot.settings import Settings
from bot.simulators.clock import VirtualClock
from bot.simulators.kit import Simulator, serve
from bot.simulators.telegram import TelegramSimulator
from bot.simulators.webhooks import Delivery
from bot.simulators.zalo.bot import BotSwitches
from bot.simulators.zalo.options import OaSwitches
from bot.storage.hotpath import enqueue
from bot.storage.schema import outbox
from handlers.messages import Address, Outgoing
from tests.channels.zalo_kinds import HOOK_SECRET, bot_settings, build_bot, build_oa, oa_settings
from tests.conftest import SECRET

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Kind:
    """How a platform is put under test."""

    name: str  # of its channel
    build: Callable[[VirtualClock], Simulator]
    settings: Callable[[Simulator, str], dict[str, Any]]  # for the simulator at an address
    send: str  # part of the name of the call that sends a text, for faults
    text_limit: int
    account: Callable[[Simulator], str]
    aim: Callable[[Simulator, str], None] = lambda simulator, url: None  # where it has no setWebhook
    ready: Callable[[Platform], Any] | None = None  # awaited after the start
    secrets: tuple[str, ...] = ()  # what no log may show
    tells_blocked: bool = True
    can_look: bool = False  # a chat can be looked through for what may have arrived
    step: float = 1.05  # seconds that pass while it makes us wait
    unsigned: Callable[[Delivery], dict[str, str]] = lambda delivery: {"Content-Type": "application/json"}


def _telegram_settings(simulator: Simulator, url: str) -> dict[str, Any]:
    return {"telegram_token": TOKEN, "telegram_api": url}


TOKEN = "42:" + "S1mulated" * 4
TELEGRAM = Kind(
    name="telegram",
    build=lambda clock: TelegramSimulator(clock, Random(3), token=TOKEN),
    settings=_telegram_settings,
    send="sendMessage",
    text_limit=4_096,
    account=lambda simulator: TOKEN.partition(":")[0],
    ready=lambda platform: platform.begun.wait(),
    secrets=(TOKEN, TOKEN.partition(":")[2]),
)
ZALO_OA = Kind(
    name="zalo_oa",
    build=build_oa,
    settings=oa_settings,
    send="/v3.0/oa/message/cs",
    text_limit=2_000,
    account=lambda simulator: simulator.switches.oa_id,
    aim=lambda simulator, hook: simulator.webhook.aim(hook),
    secrets=(OaSwitches().app_secret, OaSwitches().oa_secret),
    can_look=True,
    step=61.0,
)
ZALO_BOT = Kind(
    name="zalo_bot",
    build=build_bot,
    settings=bot_settings,
    send="sendMessage",
    text_limit=2_000,
    account=lambda simulator: simulator.switches.token.partition(":")[0],
    ready=lambda platform: platform.begun.wait(),
    secrets=(BotSwitches().token, BotSwitches().token.partition(":")[2], HOOK_SECRET),
    tells_blocked=False,
    step=61.0,
)
KINDS = [TELEGRAM, ZALO_OA, ZALO_BOT]


@dataclass
class Process:
    """One process of the server: its application, behind HTTP, with a sender that is driven by hand."""

    app: App
    server: TestServer
    platform: Platform
    sender: Sender

    @property
    def hook(self) -> str:
        [path] = {route.path for route in self.platform.routes() if route.method == "POST"}
        return str(self.server.make_url(path))


@dataclass
class House:
    """Everything of a test: a platform, the processes that serve it, and its people."""

    kind: Kind
    simulator: Simulator
    clock: VirtualClock
    processes: list[Process]
    session: ClientSession
    seen: dict[str, int] = field(default_factory=dict)
    causes: Iterator[int] = field(default_factory=count)

    @property
    def app(self) -> App:
        return self.processes[0].app

    @property
    def sender(self) -> Sender:
        return self.processes[0].sender

    def person(self, **about: Any) -> str:
        return str(self.simulator.add_user({"started": True, **about})["id"])

    def address(self, user: str) -> Address:
        return Address(self.kind.name, self.processes[0].platform.account, user)

    async def act(self, user: str, **action: Any) -> None:
        """Let a person do something, and wait until it was delivered as far as it can be without time."""
        await self.simulator.inject(user, action)
        await self.simulator.webhook.settle()

    async def say(self, user: str, *texts: str) -> list[dict[str, Any]]:
        """Write texts, one after the other; return what came in answer to the last."""
        for text in texts:
            await self.act(user, kind="text", text=text)
            await self.pump()
        return self.new(user)

    async def tap(self, user: str, number: int) -> list[dict[str, Any]]:
        """Tap the nth button of the last message with buttons, or type its number."""
        buttons = [button for row in self.last_buttons(user) for button in row]
        if buttons:
            await self.act(user, **buttons[number - 1]["do"])
            await self.pump()
            return self.new(user)
        return await self.say(user, str(number))

    def last_buttons(self, user: str) -> list[list[dict[str, Any]]]:
        said = [m for m in self.simulator.phone(user) if m["who"] == "bot"]
        return said[-1]["buttons"] if said else []

    def said(self, user: str) -> list[dict[str, Any]]:
        """Everything the bot wrote to a person, as her phone shows it."""
        return [message for message in self.simulator.phone(user) if message["who"] == "bot"]

    def new(self, user: str) -> list[dict[str, Any]]:
        """What the bot wrote since this was asked last."""
        said = self.said(user)
        before = self.seen.get(user, 0)
        self.seen[user] = len(said)
        return said[before:]

    async def pump(self, step: float = 0.0) -> None:
        """Send all there is to send, `step` seconds passing while a pace or a platform makes it wait."""
        step = step or self.kind.step
        for _ in range(400):
            for process in self.processes:
                await process.sender.drain()
            if not (await self.sender.counts()).get("waiting"):
                return
            await self.clock.advance(step)
        raise AssertionError(f"messages are left over: {await self.sender.counts()}")

    async def put(self, *messages: tuple[str, Outgoing]) -> None:
        """Put messages into the outbox, as a timer or a collector's deed would."""
        cause = f"{self.kind.name}-{next(self.causes)}"
        async with self.app.engine.begin() as connection:
            mail = [(cause, n, self.address(user), what) for n, (user, what) in enumerate(messages)]
            await enqueue(connection, mail, self.app.cipher, at=self.clock())

    async def rows(self, user: str) -> list[tuple[str, Outgoing]]:
        """The outbox of a person: state and message."""
        query = select(outbox).where(outbox.c.person == user).order_by(outbox.c.id)
        async with self.app.engine.connect() as connection:
            found = list(await connection.execute(query))
        place = "outbox.body:{}:{}".format
        opened = [json.loads(self.app.cipher.open(row.body, place(row.cause, row.n))) for row in found]
        return [(row.state, Outgoing.from_json(body)) for row, body in zip(found, opened, strict=True)]

    async def held(self, *acts: tuple[str, dict[str, Any]]) -> list[Delivery]:
        """Let people do things whose deliveries are given to the test instead of being posted."""
        self.simulator.webhook.held = caught = []
        for user, action in acts:
            await self.simulator.inject(user, action)
        self.simulator.webhook.held = None
        return caught

    async def post(self, delivery: Delivery, process: int = 0, **headers: str) -> int:
        """Post a delivery to one of the processes; return the status."""
        given = dict(delivery.headers(0)) | headers
        url = self.processes[process].hook
        async with self.session.post(url, data=io.BytesIO(delivery.body), headers=given) as answer:
            return answer.status


class PhoneChat:
    """A transcript's way to talk: what she reads is her phone's, what was asked is the outbox's."""

    def __init__(self, house: House) -> None:
        self.house, self.user = house, house.person()

    async def type(self, text: str) -> dict[str, Any]:
        return await self._read(await self.house.say(self.user, text))

    async def tap(self, option: str) -> dict[str, Any]:
        [*_, (_, last)] = await self.house.rows(self.user)
        number = [one.id for one in last.options].index(option) + 1
        return await self._read(await self.house.tap(self.user, number))

    async def _read(self, shown: list[dict[str, Any]]) -> dict[str, Any]:
        [*_, (_, last)] = await self.house.rows(self.user)
        text = "\n\n".join(message["text"] for message in shown)
        labels = [button["label"] for row in shown[-1]["buttons"] for button in row] if shown else []
        for number, option in enumerate(last.options, 1):
            start = f"{number}. {option.label[:30]}"
            assert any(label.startswith(start) for label in labels) or start in text or last.asks_contact
        return {**last.as_json(), "text": text}


@asynccontextmanager
async def process_on(
    kind: Kind, settings: Settings, port: int, clock: VirtualClock
) -> AsyncIterator[Process]:
    """One process of the server on a database."""
    async with open_app(settings, clock=clock, rng=Random(11)) as app:
        found = platforms(app)
        [platform] = [one for one in found if one.channel.name == kind.name]
        server = TestServer(web_app(app, found, demo=True), host="127.0.0.1", port=port)
        await server.start_server()
        await platform.start()
        if kind.ready is not None:
            await kind.ready(platform)
        sender = app.sender(channels(app, found), rng=Random(5))
        try:
            yield Process(app, server, platform, sender)
        finally:
            await server.close()
            await platform.stop()


@asynccontextmanager
async def house_of(kind: Kind, url: str, folder: Path, *, processes: int = 1) -> AsyncIterator[House]:
    """A platform and the processes that serve it; it delivers to the last one."""
    clock = VirtualClock(NOW)
    simulator = kind.build(clock)
    async with AsyncExitStack() as stack:
        runner, address = await serve(simulator)
        stack.push_async_callback(runner.cleanup)
        house = House(kind, simulator, clock, [], await stack.enter_async_context(ClientSession()))
        for _ in range(processes):
            port = unused_port()
            settings = Settings(
                _env_file=None,
                database_url=url,
                secret_key=SECRET,
                data_dir=folder,
                **{"public_url": f"http://127.0.0.1:{port}", **kind.settings(simulator, address)},
            )
            await clock.advance(2)
            house.processes.append(await stack.enter_async_context(process_on(kind, settings, port, clock)))
            kind.aim(simulator, house.processes[-1].hook)
        yield house
    assert simulator.violations == []
