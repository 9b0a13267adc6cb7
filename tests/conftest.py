"""What every test lives under: no network beyond this machine, seeded chance, databases made on the spot."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.logbook import BOOK, PLACE, switched_off, watch

settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

SECRET = "a secret of the tests, long enough"
CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How much of what takes long is done: random lives of leads, awaits a process is killed at."""
    parser.addoption("--kill-step", type=int, default=7, help="kill at every so manyth await; 1 is each")
    parser.addoption("--model-steps", type=int, default=150, help="steps that leads live at random")
    parser.addoption("--model-seed", type=int, default=2026, help="which of all such lives they live")


@pytest.fixture(autouse=True, scope="session")
def only_this_machine() -> Iterator[None]:
    """A connection to anywhere else fails the test that makes it."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0]) if isinstance(address, tuple) else ""
            if host not in ("127.0.0.1", "::1", "localhost"):
                raise RuntimeError(f"a test may not reach {host}: use 127.0.0.1")
        return real(self, address)

    socket.socket.connect = connect
    yield
    socket.socket.connect = real


@pytest.fixture(autouse=True, scope="session")
def words_are_compiled_once() -> Iterator[None]:
    """Every application of the tests has the same words: compiling them costs more than most tests do."""
    from bot import app

    real, made = app.Words, []

    def words(territory: object) -> object:
        if not made:
            made.append(real(territory))
        return made[0]

    app.Words = words
    yield
    app.Words = real


@pytest.fixture(autouse=True, scope="session")
def everything_logged_is_noted() -> Iterator[None]:
    """In this process, in those it forks and in those it starts."""
    os.environ[PLACE] = BOOK.path
    yield from watch(BOOK)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Look through what a test logged, when all it had is torn down: no token, number, name or word."""
    try:
        yield
    finally:
        leaks, off = BOOK.turn_over(), switched_off()
    assert not off, f"{item.name} switched off the log of {', '.join(off)}: what is said there goes unseen"
    assert not leaks, f"a log of {item.name} holds what no log may:\n" + "\n".join(leaks)


def pytest_unconfigure() -> None:
    """Throw the book away."""
    BOOK.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Chromium the browser tests are skipped and say so, unless the environment forbids it."""
    if CHROMIUM:
        return
    for item in items:
        if "browser" in item.keywords:
            if os.environ.get("ANSINH_REQUIRE_BROWSER"):
                item.add_marker(pytest.mark.usefixtures("chromium_is_required"))
            else:
                item.add_marker(pytest.mark.skip(reason="no Chromium here: install the package chromium"))


@pytest.fixture
def chromium_is_required() -> None:
    pytest.fail("ANSINH_REQUIRE_BROWSER is set and there is no Chromium on this machine")


class Databases:
    """Makes databases at the newest schema: copies of a migrated file or PostgreSQL template."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.numbers = folder, count(1)
        self.server = None
        self.templates: set[str] = set()

    def make(self, kind: str, *, demo: bool = False) -> str:
        """A fresh database at the newest schema; with `demo` the demo network is in it."""
        return self.sqlite(demo=demo) if kind == "sqlite" else self.postgres(demo=demo)

    def sqlite(self, *, demo: bool = False) -> str:
        template = self.folder / f"template{'_demo' * demo}.db"
        if not template.exists():
            _migrate(f"sqlite+aiosqlite:///{template}", demo=demo)
        path = self.folder / f"{next(self.numbers)}.db"
        shutil.copy(template, path)
        return f"sqlite+aiosqlite:///{path}"

    def postgres(self, *, demo: bool = False) -> str:
        template = f"template{'_demo' * demo}_of_ours"
        if self.server is None:
            os.environ.setdefault("XDG_RUNTIME_DIR", str(self.folder))  # it warns where there is none
            import pgserver

            self.server = pgserver.get_server(self.folder / "pg", cleanup_mode="stop")
        if template not in self.templates:
            self.server.psql(f"CREATE DATABASE {template}")
            _migrate(self._url(template), demo=demo)
            self.templates.add(template)
        name = f"test_{next(self.numbers)}"
        self.server.psql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url(name)

    def drop(self, url: str) -> None:
        """Give the room of a database back."""
        if url.startswith("sqlite"):
            for file in Path(url.removeprefix("sqlite+aiosqlite:///")).parent.glob(f"{Path(url).name}*"):
                file.unlink()
        else:
            self.server.psql(f"DROP DATABASE {url.split('/')[3].partition('?')[0]} WITH (FORCE)")

    def empty(self, kind: str) -> str:
        """A database without a schema."""
        if kind == "sqlite":
            return f"sqlite+aiosqlite:///{self.folder / f'empty{next(self.numbers)}.db'}"
        self.postgres()
        name = f"empty_{next(self.numbers)}"
        self.server.psql(f"CREATE DATABASE {name}")
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql+asyncpg://postgres@/{name}?host={self.folder / 'pg'}"

    def close(self) -> None:
        if self.server is not None:
            self.server.cleanup()


def _migrate(url: str, *, demo: bool) -> None:
    from bot.demo import load_demo
    from bot.storage.crypt import Cipher
    from bot.storage.engine import make_engine
    from bot.storage.migrate import migrate
    from calculators.territory import Territory

    async def run() -> None:
        engine = make_engine(url)
        await migrate(engine)
        if demo:
            async with engine.begin() as connection:
                await load_demo(connection, Cipher(SECRET), Territory.load())
        await engine.dispose()

    with ThreadPoolExecutor(1) as thread:  # a test's own loop may be running here
        thread.submit(lambda: asyncio.run(run())).result()


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    folder = Path(tempfile.mkdtemp(prefix="ansinh"))
    made = Databases(folder)
    yield made
    made.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, databases: Databases) -> str:
    """The URL of a fresh database at the newest schema: each test runs on SQLite and on PostgreSQL."""
    return databases.make(request.param)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def network_url(request: pytest.FixtureRequest, databases: Databases) -> str:
    """The same with the demo network loaded."""
    return databases.make(request.param, demo=True)
