"""`ansinh simulate PLATFORM`: a platform on this machine for a person to play with."""

from __future__ import annotations

import asyncio
import shlex
import signal
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from bot.clock import now
from bot.program import program
from bot.simulators.clock import VirtualClock
from bot.simulators.kit import PAGES, Simulator, serve
from bot.simulators.telegram import TelegramSimulator
from bot.simulators.zalo.bot import ZaloBotSimulator
from bot.simulators.zalo.oa import ZaloOaSimulator
from bot.simulators.zalo.options import OaSwitches
from bot.simulators.zalo.zbs import ZaloZbsSimulator

USUAL_PORT = 8080  # where a server listens that was told nothing
TEMPLATES = PAGES / "zalo_templates.toml"


@dataclass(frozen=True, slots=True)
class Given:
    """What was given on the command line: the address of our server, the seed, the journal's file."""

    server: str
    seed: int
    journal: Path | None


@dataclass(frozen=True, slots=True)
class Kind:
    """A platform that can be played: how it is built, its usual port, and the settings that use it.

    `beside` names another that it does nothing without, and that is played with it.
    """

    build: Callable[[VirtualClock, Random, Given], Simulator]
    port: int
    settings: Callable[[Simulator, str, Given], list[str]]
    beside: str = ""
    hint: str = ""  # what to do for something to be seen


def _telegram(clock: VirtualClock, rng: Random, given: Given) -> Simulator:
    return TelegramSimulator(clock, rng, journal=given.journal)


def _telegram_settings(simulator: Simulator, url: str, given: Given) -> list[str]:
    token = simulator.token if isinstance(simulator, TelegramSimulator) else ""
    return [
        f"ANSINH_TELEGRAM_TOKEN={token}",
        f"ANSINH_TELEGRAM_API={url}",
        f"ANSINH_PUBLIC_URL={given.server}",
    ]


def _zalo_oa(clock: VirtualClock, rng: Random, given: Given) -> Simulator:
    switches = OaSwitches(echo_within=3.0, echo_first=0.2)
    simulator = ZaloOaSimulator(clock, rng, switches=switches, journal=given.journal)
    simulator.webhook.aim(f"{given.server}/zalo/oa")
    return simulator


def _zalo_oa_settings(simulator: Simulator, url: str, _: Given) -> list[str]:
    if not isinstance(simulator, ZaloOaSimulator):
        return []
    access, refresh = simulator.oauth.give()
    with_ours = simulator.switches
    return [
        f"ANSINH_ZALO_OA_ID={with_ours.oa_id}",
        f"ANSINH_ZALO_APP_ID={with_ours.app_id}",
        f"ANSINH_ZALO_APP_SECRET={with_ours.app_secret}",
        f"ANSINH_ZALO_OA_SECRET={with_ours.oa_secret}",
        f"ANSINH_ZALO_CODE_VERIFIER={with_ours.verifier}",
        f"ANSINH_ZALO_ACCESS_TOKEN={access}",
        f"ANSINH_ZALO_REFRESH_TOKEN={refresh}",
        f"ANSINH_ZALO_OAUTH_URL={url}",
        f"ANSINH_ZALO_OA_URL={url}",
    ]


def _zalo_zbs(clock: VirtualClock, rng: Random, given: Given) -> Simulator:
    simulator = ZaloZbsSimulator(clock, rng, journal=given.journal)
    simulator.switches.reports_within = 60.0
    simulator.approve("12345", {"collector": 30, "code": 30, "time": 20})
    simulator.webhook.aim(f"{given.server}/zalo/oa")
    return simulator


def _zalo_zbs_settings(_: Simulator, url: str, __: Given) -> list[str]:
    return [f"ANSINH_ZALO_ZBS_URL={url}", f"ANSINH_ZALO_TEMPLATES={TEMPLATES}"]


def _zalo_bot(clock: VirtualClock, rng: Random, given: Given) -> Simulator:
    return ZaloBotSimulator(clock, rng, journal=given.journal)


def _zalo_bot_settings(simulator: Simulator, url: str, given: Given) -> list[str]:
    token = simulator.switches.token if isinstance(simulator, ZaloBotSimulator) else ""
    return [
        f"ANSINH_ZALO_BOT_TOKEN={token}",
        f"ANSINH_ZALO_BOT_URL={url}",
        f"ANSINH_PUBLIC_URL={given.server}",
    ]


KINDS = {
    "telegram": Kind(_telegram, 8081, _telegram_settings),
    "zalo-oa": Kind(_zalo_oa, 8082, _zalo_oa_settings),
    "zalo-zbs": Kind(
        _zalo_zbs,
        8083,
        _zalo_zbs_settings,
        beside="zalo-oa",
        hint="Book a call on Zalo OA's phone, then give it to somebody else: {ansinh} leads give 1 LS0001 "
        "(or LS0002). The template arrives on Zalo ZBS's phone, at the number that was left.",
    ),
    "zalo-bot": Kind(_zalo_bot, 8084, _zalo_bot_settings),
}
"""Every platform `ansinh simulate` knows, by name."""


def simulate(name: str, given: Given, *, port: int | None) -> int:
    """Run one until it is stopped; return 0, or 2 for a name that is not known."""
    if name not in KINDS:
        sys.stderr.write(f"ansinh simulate: the platforms are {', '.join(KINDS)}\n")
        return 2
    try:
        asyncio.run(_simulate(name, port, given))
    except ValueError as wrong:  # a server on another machine
        sys.stderr.write(f"ansinh simulate: {wrong}\n")
        return 2
    return 0


async def _simulate(name: str, port: int | None, given: Given) -> None:
    kind, settings = KINDS[name], list[str]()
    async with AsyncExitStack() as stack:
        for one in (KINDS[kind.beside], kind) if kind.beside else (kind,):
            simulator = one.build(VirtualClock(now(), now), Random(given.seed), given)  # noqa: S311 - no secret
            free = port == 0 or (port is not None and one is kind)
            runner, url = await serve(simulator, port or 0 if free else one.port)
            stack.push_async_callback(runner.cleanup)
            settings += one.settings(simulator, url, given)
            sys.stdout.write(f"{simulator.name} is simulated at {url}/ : open it to play the phone.\n")
        for line in _how(kind, settings, given):
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        stopping = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        await stopping.wait()


def _how(kind: Kind, settings: list[str], given: Given) -> list[str]:
    """What to type in another terminal."""
    listens = urlsplit(given.server).port
    port = [] if listens in (None, USUAL_PORT) else [f"ANSINH_PORT={listens}"]
    typed = " ".join((*map(shlex.quote, settings), *port, program(), "serve --demo"))
    hint = kind.hint.format(ansinh=program())
    return [f"In another terminal: {typed}", *([hint] if hint else [])]
