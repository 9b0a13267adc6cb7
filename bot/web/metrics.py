"""/metrics in the text format of Prometheus: what this process counted, and how the whole house stands.

It is for whoever runs the house: asked from this machine, or with the token of the settings.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from ipaddress import ip_address

from aiohttp import web
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.platform import Platform
from bot.meters import REGISTRY
from bot.storage.engine import reading
from bot.storage.standing import Standing, standing

PATH = "/metrics"
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


class Metrics:
    """Serves the figures. Several processes may: what they share is the same in each."""

    def __init__(
        self, engine: AsyncEngine, platforms: Sequence[Platform], clock: Callable[[], datetime], token: str
    ) -> None:
        """`token` lets others than this machine ask; empty, nobody else may."""
        self._engine, self._platforms, self._clock, self._token = engine, platforms, clock, token

    def routes(self) -> list[web.RouteDef]:
        """The one page."""
        return [web.get(PATH, self._show)]

    async def _show(self, request: web.Request) -> web.Response:
        if not self._may(request):
            raise web.HTTPNotFound
        async with reading(self._engine) as connection:
            found = await standing(connection, self._clock())
        left = {each.channel.name: await each.left() for each in self._platforms}
        figures = _Figures([*REGISTRY.collect(), *_shared(found), *_quota(left)])
        return web.Response(
            body=generate_latest(figures),
            headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"},
        )

    def _may(self, request: web.Request) -> bool:
        """Tell whether somebody on this machine asks, and for himself, or somebody with the token."""
        given = request.headers.get("Authorization", "").partition("Bearer ")[2]
        if self._token and hmac.compare_digest(given.encode(errors="replace"), self._token.encode()):
            return True
        if any(name in request.headers for name in _FORWARDED):
            return False
        try:
            return ip_address(request.remote or "").is_loopback
        except ValueError:
            return False


class _Figures:
    """Families that were collected already."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _shared(found: Standing) -> list[Metric]:
    """What every process says the same of."""
    return [
        _gauge("outbox_messages", "Messages that are not sent.", ("channel", "state"), found.outbox),
        _gauge("outbox_oldest_due_seconds", "Since when the first is due.", ("channel",), found.oldest),
        _gauge("accounts_need_human", "Accounts for which somebody must act.", ("channel",), found.human),
        _gauge("accounts_held", "Accounts that send nothing for now.", ("channel",), found.held),
        _gauge("leads_open", "Leads in which somebody is to be called.", ("state",), found.leads),
        _gauge("leads_with_office", "Leads nobody could take.", (), {(): found.with_office}),
        _gauge("deadlines_overdue", "Deadlines due for over a minute.", (), {(): found.overdue}),
        _gauge("failures_open", "Messages nobody has replayed yet.", (), {(): found.failures}),
    ]


def _quota(left: Mapping[str, Mapping[str, int]]) -> list[Metric]:
    rows = {(channel, of): count for channel, counts in left.items() for of, count in counts.items()}
    return [_gauge("quota_left", "What a platform still allows, as last told.", ("channel", "of"), rows)]


def _gauge(
    name: str,
    says: str,
    labels: Sequence[str],
    rows: Mapping[str, float] | Mapping[tuple[str, str], float] | Mapping[tuple[()], float],
) -> Metric:
    family = GaugeMetricFamily(f"ansinh_{name}", says, labels=labels)
    for key, value in rows.items():
        family.add_metric((key,) if isinstance(key, str) else key, value)
    return family
