"""`ansinh simulate PLATFORM`: a platform on this machine for a person to play with."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot.clock import now
from bot.simulators.clock import VirtualClock
from bot.simulators.kit import Simulator, serve
from bot.simulators.telegram import TelegramSimulator


@dataclass(frozen=True, slots=True)
class Kind:
    """A platform that can be played: how it is built, its usual port, and the settings that use it."""

    build: Callable[[VirtualClock, Random, Path | None], Simulator]
    port: int
    settings: Callable[[Simulator, str], list[str]]


def _telegram(clock: VirtualClock, rng: Random, journal: Path | None) -> Simulator:
    return TelegramSimulator(clock, rng, journal=journal)


def _telegram_settings(simulator: Simulator, url: str) -> list[str]:
    token = simulator.token if isinstance(simulator, TelegramSimulator) else ""
    return [f"ANSINH_TELEGRAM_TOKEN={token}", f"ANSINH_TELEGRAM_API={url}"]


KINDS = {"telegram": Kind(_telegram, 8081, _telegram_settings)}
"""Every platform `ansinh simulate` knows, by name."""


def simulate(name: str, *, port: int | None, seed: int, journal: Path | None) -> int:
    """Run one until it is stopped; return 0, or 2 for a name that is not known."""
    if name not in KINDS:
        sys.stderr.write(f"ansinh simulate: the platforms are {', '.join(KINDS)}\n")
        return 2
    asyncio.run(_simulate(KINDS[name], KINDS[name].port if port is None else port, seed, journal))
    return 0


async def _simulate(kind: Kind, port: int, seed: int, journal: Path | None) -> None:
    simulator = kind.build(VirtualClock(now(), now), Random(seed), journal)  # noqa: S311 - no secret
    runner, url = await serve(simulator, port)
    settings = " ".join(kind.settings(simulator, url))
    lines = (
        f"{simulator.name} is simulated at {url}/ : open it to play the phone.",
        f"In another terminal: {settings} ansinh serve --demo",
    )
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await stopping.wait()
    await runner.cleanup()
