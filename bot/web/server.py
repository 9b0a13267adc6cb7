"""The web application: routes, headers, errors and health, put together."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot.web.api import Api
from bot.web.chat import ChatPages
from bot.web.pages import SECURITY, STATIC, Pages

BIGGEST_BODY = 1 << 20

log = logging.getLogger(__name__)
Probe = Callable[[], Awaitable[bool]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_web(chat: ChatPages, api: Api, pages: Pages, probes: Mapping[str, Probe]) -> web.Application:
    """Return the application; `probes` are what readiness looks at, by name."""

    def failure(request: web.Request, status: int) -> web.Response:
        if request.path.startswith("/api/"):
            error = {"code": f"http_{status}", "field": "", "message": "see the status"}
            return web.json_response({"error": error}, status=status)
        return pages.error(status)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as expected:
            if expected.status < 400:
                raise
            response = failure(request, expected.status)
        except Exception as problem:  # noqa: BLE001 - the page says nothing of it, the log only what and where
            log.error("%s %s failed: %s", request.method, _route(request), type(problem).__name__)
            response = failure(request, 500)
        return response

    async def harden(_: web.Request, response: web.StreamResponse) -> None:
        for name, value in SECURITY.items():
            response.headers.setdefault(name, value)
        response.headers.pop("Server", None)

    app = web.Application(middlewares=[guard], client_max_size=BIGGEST_BODY)
    app.on_response_prepare.append(harden)
    app.on_shutdown.append(chat.close)
    app.add_routes([*chat.routes(), *api.routes()])
    app.add_routes([*_health(probes), web.static("/static", STATIC)])
    return app


def _health(probes: Mapping[str, Probe]) -> list[web.RouteDef]:
    """/healthz says that the process lives, /readyz that what it needs does."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_: web.Request) -> web.Response:
        found = {name: await probe() for name, probe in probes.items()}
        return web.json_response(found, status=200 if all(found.values()) else 503)

    return [web.get("/healthz", healthz), web.get("/readyz", readyz)]


def _route(request: web.Request) -> str:
    """The route without what identifies a person."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "?"
