"""`ansinh serve` as real processes on one database, before simulated platforms."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from inspect import isawaitable
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, web
from aiohttp.test_utils import unused_port
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import now
from bot.simulators.clock import VirtualClock
from bot.simulators.kit import Simulator, serve
from bot.storage.crypt import Cipher
from bot.storage.engine import make_engine
from tests.channels.phones import House, Kind
from tests.conftest import SECRET
from tests.logbook import BOOK

AWAKE_WITHIN = 60.0  # seconds
PATIENCE = 60.0  # seconds after which what is waited for is taken never to come
HOOKS = {"telegram": "/hooks/telegram", "zalo_oa": "/zalo/oa", "zalo_bot": "/zalo/bot"}


class Server:
    """One `ansinh serve` on a port of its own."""

    def __init__(self, environment: Mapping[str, str], log: Path, port: int = 0) -> None:
        self.port, self.log = port or unused_port(), log
        self.environment = {**os.environ, **environment, "ANSINH_PORT": str(self.port)}
        self.process: asyncio.subprocess.Process | None = None
        self.up = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, session: ClientSession) -> None:
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", env=self.environment, stdout=log, stderr=log
            )
        for _ in range(int(AWAKE_WITHIN * 20)):
            with suppress(ClientError, TimeoutError):
                async with session.get(f"{self.url}/healthz") as answer:
                    if answer.status == 200:
                        self.up = True
                        return
            await asyncio.sleep(0.05)
        raise RuntimeError(f"a process did not come up within {AWAKE_WITHIN} s: see {self.log}")

    async def stop(self, how: int) -> None:
        self.up = False
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(how)
            await self.process.wait()


def environment(settings: Mapping[str, Any]) -> dict[str, str]:
    """The settings of a server as its environment gives them."""
    return {f"ANSINH_{name.upper()}": str(value) for name, value in settings.items()}


class Doors:
    """A platform with a door for each server: it is known who calls, and calls can be kept waiting."""

    def __init__(self, simulator: Simulator) -> None:
        self.calls: list[tuple[int, str]] = []  # which server made which call
        self.addresses: list[str] = []
        self._simulator, self._kept = simulator, dict[str, asyncio.Event]()
        simulator.app.middlewares.insert(0, self._through)

    async def open(self, stack: AsyncExitStack, number: int) -> None:
        runner, first = await serve(self._simulator)
        stack.push_async_callback(runner.cleanup)
        for _ in range(number - 1):
            await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.addresses = [f"http://{host}:{port}" for host, port in runner.addresses]
        assert self.addresses[0] == first

    @contextmanager
    def keeping(self, name: str) -> Iterator[None]:
        """Let calls of a name do what they ask for, and keep the answers until the end."""
        self.calls.clear()
        self._kept[name] = asyncio.Event()
        try:
            yield
        finally:
            self._kept.pop(name).set()

    def callers(self, name: str) -> set[int]:
        return {who for who, call in self.calls if name in call}

    @web.middleware
    async def _through(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        answer = await handler(request)
        call = self._simulator.call_name(request)
        self.calls.append((self.addresses.index(f"http://{request.host}"), call))
        for name, go in tuple(self._kept.items()):
            if name in call:
                await go.wait()
        return answer


@dataclass(frozen=True)
class _Kept:
    engine: AsyncEngine
    cipher: Cipher


@dataclass(frozen=True)
class _Account:
    account: str


@dataclass(frozen=True)
class Far:
    """A server in a process of its own, as far as people and platforms see it."""

    app: _Kept
    platform: _Account
    hook: str


@dataclass
class Pair:
    """Two servers, the platforms they serve, and people with phones."""

    servers: list[Server]
    houses: dict[str, House]
    doors: dict[str, Doors]
    engine: AsyncEngine
    session: ClientSession

    async def both_up(self) -> None:
        """Start again what was killed."""
        await asyncio.gather(*(each.start(self.session) for each in self.servers if not each.up))

    async def leave(self) -> None:
        """Let both finish."""
        await asyncio.gather(*(each.stop(signal.SIGTERM) for each in self.servers))

    async def kill(self, server: int) -> None:
        """kill -9."""
        await self.servers[server].stop(signal.SIGKILL)

    async def do(self, statement: str, **given: Any) -> list[tuple[Any, ...]]:
        """Run SQL; return the rows of a SELECT."""
        async with self.engine.begin() as connection:
            done = await connection.execute(text(statement), given)
            return [tuple(row) for row in done] if done.returns_rows else []

    async def waits_for(self, table: str) -> list[tuple[Any, ...]]:
        """Return since when servers wait for a row of a table that somebody else has locked."""
        waiting = (
            "SELECT query_start FROM pg_stat_activity WHERE datname = current_database() "
            "AND wait_event_type = 'Lock' AND query LIKE '%FROM ' || :name || '%'"
        )
        return await self.do(waiting, name=table)

    async def outlive_claims(self) -> None:
        """Let what a dead process held run out, as it does in a minute."""
        await self.do("UPDATE outbox SET claimed_until = now() - interval '1 second' WHERE state = 'claimed'")
        await self.do("UPDATE zalo_tokens SET claimed_until = now() - interval '1 second'")


async def until(condition: Callable[[], Any]) -> None:
    """Wait for something to be so; it is an error when it does not come."""
    async with asyncio.timeout(PATIENCE):
        while not (await found if isawaitable(found := condition()) else found):  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # another process does it


@asynccontextmanager
async def pair_on(url: str, kinds: Sequence[Kind], folder: Path) -> AsyncIterator[Pair]:
    """Two servers on one database, with a door each to every platform."""
    clock, ports = VirtualClock(now(), now), (unused_port(), unused_port())
    given = [
        {"ANSINH_DATABASE_URL": url, "ANSINH_SECRET_KEY": SECRET, "ANSINH_DATA_DIR": str(folder),
         "ANSINH_PUBLIC_URL": f"http://127.0.0.1:{ports[0]}"}
        for _ in ports
    ]  # fmt: skip
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession())
        kept = _Kept(make_engine(url), Cipher(SECRET))
        stack.push_async_callback(kept.engine.dispose)
        pair = Pair([], {}, {}, kept.engine, session)
        for kind in kinds:
            simulator = kind.build(clock)
            doors = pair.doors[kind.name] = Doors(simulator)
            await doors.open(stack, len(ports))
            settings = environment(kind.settings(simulator, doors.addresses[0]))
            for mine, address in zip(given, doors.addresses, strict=True):
                mine |= {name: value.replace(doors.addresses[0], address) for name, value in settings.items()}
            account = _Account(kind.account(simulator))
            far = [Far(kept, account, f"http://127.0.0.1:{port}{HOOKS[kind.name]}") for port in ports]
            kind.aim(simulator, far[0].hook)
            pair.houses[kind.name] = House(kind, simulator, clock, far, session)
        pair.servers = [
            Server(mine, folder / f"server{port}.log", port) for mine, port in zip(given, ports, strict=True)
        ]
        stack.push_async_callback(pair.leave)
        await pair.both_up()
        yield pair
    for house in pair.houses.values():
        assert house.simulator.violations == []
    _look_through(pair)


def _look_through(pair: Pair) -> None:
    """Give what both logged to be looked through for what people wrote, and for every secret there was."""
    for house in pair.houses.values():
        for user in house.simulator.users():
            BOOK.private(*(message["text"] for message in house.simulator.phone(user["id"])))
        BOOK.secret(*house.kind.secrets)
    oauth = pair.houses["zalo_oa"].simulator.oauth
    BOOK.secret(SECRET, *oauth.access, *oauth.refresh, *oauth.codes)
    for server in pair.servers:
        BOOK.note(server.log.read_text("utf-8"))
