"""`ansinh serve`: the web server and the sender, until told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from aiohttp import web

from bot import alerts, news, retention, timers
from bot.again import again_and_again
from bot.app import App, open_app
from bot.channels import Channel
from bot.channels.platform import Platform
from bot.channels.telegram.bot import TelegramPlatform
from bot.demo import FIRST_CODE, load_demo
from bot.listening import listen
from bot.logs import configure
from bot.platforms import channels, platforms
from bot.settings import LAST_PORT, Settings
from bot.storage import accounts
from bot.storage.engine import reading
from bot.storage.migrate import current, newest
from bot.web.api import Api
from bot.web.call import CallFile
from bot.web.chat import ChatPages
from bot.web.check import CheckPage
from bot.web.metrics import Metrics
from bot.web.my_data import MyData
from bot.web.pages import Pages
from bot.web.server import Probe, make_runner, make_web
from bot.web.telegram_app import TelegramApp
from bot.web.visitors import inbox_path

log = logging.getLogger(__name__)


def serve(*, demo: bool) -> int:
    """Serve until SIGINT or SIGTERM; return 0."""
    configure()
    asyncio.run(_serve(Settings(), demo=demo))
    return 0


async def _serve(settings: Settings, *, demo: bool) -> None:
    async with open_app(settings) as app:
        if demo:
            async with app.engine.begin() as connection:
                await load_demo(connection, app.cipher, app.territory)
        stopping = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        found = platforms(app)
        sending = channels(app, found)
        runner = make_runner(web_app(app, found, demo=demo))
        await runner.setup()
        await listen(
            runner, settings.host, settings.port, f"choose another: ANSINH_PORT={_next(settings.port)}"
        )
        work = [asyncio.create_task(each) for each in _work(app, sending)]
        for platform in found:
            await platform.start()
        _greet(app, _port(runner, settings), sending, demo=demo)
        await stopping.wait()
        log.info("stopping: what was taken is finished first")
        await runner.cleanup()
        for task in work:
            task.cancel()
        for task in work:
            with suppress(asyncio.CancelledError):
                await task
        for platform in found:
            await platform.stop()


def _work(app: App, sending: Mapping[str, Channel]) -> tuple[Coroutine[Any, Any, None], ...]:
    """What goes on beside the server until it stops."""

    async def delete() -> None:
        await retention.sweep(app.engine, app.cipher, app.law, app.clock())

    async def tell() -> None:
        await news.tell(app.engine, app.cipher, app.words, app.law, app.clock())

    async def alert() -> None:
        if await alerts.tell(app.engine, app.cipher, app.words, app.clock()):
            app.woken.set()

    return (
        app.sender(sending).run(),
        again_and_again("what is due could not be done", app.timers.drain, every=timers.POLL),
        again_and_again("what is kept too long could not be deleted", delete, every=retention.EVERY),
        again_and_again("news could not be told", tell, every=news.EVERY),
        again_and_again("the office could not be told", alert, every=alerts.EVERY),
    )


def web_app(app: App, found: Sequence[Platform] = (), *, demo: bool) -> web.Application:
    """Return the web application of an app, with what its platforms serve."""
    pages = Pages()
    secure = app.settings.public_url.startswith("https://")
    chat = ChatPages(app.converse, app.web, app.cipher, pages, app.clock, demo=demo, secure=secure)
    api = Api(app.law, per_minute=app.settings.api_requests_per_minute)

    async def database() -> bool:
        try:
            return await current(app.engine) is not None
        except Exception:  # noqa: BLE001 - not ready, whatever the reason
            return False

    async def migrations() -> bool:
        return await database() and await current(app.engine) == newest()

    async def outbox() -> bool:
        return not (await app.sender({"web": app.web}).counts()).get("dead", 0)

    probes: dict[str, Probe] = {"database": database, "migrations": migrations, "web": outbox}
    probes |= {platform.channel.name: partial(_sends, app, platform) for platform in found}
    mine = MyData(app.engine, app.cipher, pages, app.clock)
    checking = CheckPage(app.engine, pages, app.clock)
    calls = CallFile(app.engine, app.cipher, app.clock)
    figures = Metrics(app.engine, found, app.clock, app.settings.metrics_token.get_secret_value())
    routes = [*figures.routes(), *mine.routes(), *checking.routes(), *calls.routes()]
    for platform in found:
        routes += platform.routes()
        if isinstance(platform, TelegramPlatform):
            routes += TelegramApp(app.engine, app.cipher, pages, platform.whose).routes()
    return make_web(chat, api, pages, probes, proxies=app.settings.proxies, routes=routes)


async def _sends(app: App, platform: Platform) -> bool:
    """Tell whether nobody has to do something about a platform.

    That a platform makes us wait, or could not reach us, is no reason: a server that is called unready gets
    no deliveries either.
    """
    async with reading(app.engine) as connection:
        state = await accounts.state(connection, platform.channel.name, platform.account)
    return not state.human


def _next(port: int) -> int:
    """Another port than this, to be proposed."""
    return port + 1 if port < LAST_PORT else port - 1


def _port(runner: web.AppRunner, settings: Settings) -> int:
    """The port that is listened on, when any free one was asked for too."""
    addresses = runner.addresses
    return int(addresses[0][1]) if addresses else settings.port


def _greet(app: App, port: int, sending: Collection[str], *, demo: bool) -> None:
    settings = app.settings
    address = settings.public_url.rstrip("/") or f"http://{settings.host}:{port}"
    lines = [f"An Sinh is at {address}/"]
    if demo:
        inbox = inbox_path(FIRST_CODE, app.cipher)
        lines.append(f"The inbox of demo collector {FIRST_CODE}: {address}{inbox}")
    lines.append(f"Channels: {', '.join(sending)}. Others are switched on by settings: see .env.example.")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
