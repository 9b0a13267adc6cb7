"""What a messaging platform is to the server: a channel, routes, a beginning and an end, and a self-test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from bot.channels import Channel


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a self-test looked at; `fix` says what to do when it is not fine. It holds no secret."""

    what: str  # "token", "reachable", "webhook", "quota"
    fine: bool
    found: str
    fix: str = ""


class Platform(Protocol):
    """One account of one platform, built when its settings are there. `bot.platforms` lists them."""

    account: str

    @property
    def channel(self) -> Channel:
        """What the sender sends on."""
        ...

    def routes(self) -> list[web.RouteDef]:
        """What it serves: its webhook, a page it must show."""
        ...

    async def start(self) -> None:
        """Begin to receive, in the background: trouble is written down for the account, never raised."""
        ...

    async def stop(self) -> None:
        """Stop receiving, then close what was opened."""
        ...

    async def left(self) -> Mapping[str, int]:
        """Return what the platform still allows, by what is counted, as far as it said: no call is made."""
        ...

    async def look(self) -> Sequence[Finding]:
        """Ask the platform how things stand: configured, reachable, verified, quota. Raises nothing."""
        ...
