"""The web application: routes, headers, errors and health, put together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.typedefs import Handler, Middleware

from bot.web.api import Api
from bot.web.chat import ChatPages
from bot.web.limit import CLIENT, client_of
from bot.web.pages import SECURITY, Pages

BIGGEST_BODY = 1 << 20
LONGEST_PROBE = 3.0  # seconds
QUIET = ("/static/{name}", "/healthz", "/readyz", "/metrics")  # asked too often to be worth a line

log = logging.getLogger(__name__)
Probe = Callable[[], Awaitable[bool]]


def make_web(
    chat: ChatPages,
    api: Api,
    pages: Pages,
    probes: Mapping[str, Probe],
    *,
    proxies: int = 0,
    routes: Sequence[web.RouteDef] = (),
) -> web.Application:
    """Return the application, with more `routes` if there are any.

    `probes` are what readiness looks at, by name; `proxies` of ours stand in front of it.
    """
    app = web.Application(middlewares=[_gate(proxies), _guard(pages)], client_max_size=BIGGEST_BODY)
    app.on_response_prepare.append(_harden)
    app.on_shutdown.append(chat.close)
    app.add_routes([*chat.routes(), *api.routes(), *_health(probes), *routes])
    app.add_routes([web.get("/static/{name}", pages.static), web.get("/robots.txt", _robots)])
    return app


def _gate(proxies: int) -> Middleware:
    """Let requests in by name of their client, and write a line about each that names nobody."""

    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[CLIENT] = client_of(request, proxies)
        seconds = asyncio.get_running_loop().time
        began = seconds()
        response = await handler(request)
        route = _route(request)
        if route not in QUIET:
            taken = 1_000 * (seconds() - began)
            log.info("%s %s %d in %.1f ms", request.method, route, response.status, taken)
        return response

    return gate


def _guard(pages: Pages) -> Middleware:
    """Turn what goes wrong into a page, or JSON for a script, that tells nothing of how things work here."""

    def failure(request: web.Request, status: int) -> web.Response:
        if request.path.startswith("/api/") or request.path.endswith("/send"):
            error = {"code": f"http_{status}", "field": "", "message": "see the status"}
            return web.json_response({"error": error}, status=status)
        return pages.error(status)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as expected:
            response = failure(request, expected.status)
            if "Allow" in expected.headers:
                response.headers["Allow"] = expected.headers["Allow"]
            return response
        except Exception as problem:  # noqa: BLE001 - the page says nothing of it, the log only what and where
            log.error("%s %s failed: %s", request.method, _route(request), type(problem).__name__)
            return failure(request, 500)

    return guard


async def _harden(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    response.headers.pop("Server", None)


def make_runner(app: web.Application) -> web.AppRunner:
    """Return what serves the application: its log has a line for what is no HTTP, and no traceback."""
    wire = logging.getLogger(f"{__name__}.wire")
    if not wire.filters:
        wire.addFilter(_without_garbage)
    return web.AppRunner(app, access_log=None, logger=wire, shutdown_timeout=5)


def _without_garbage(record: logging.LogRecord) -> bool:
    """Take what a stranger sent out of the line about it."""
    problem = record.exc_info[1] if record.exc_info else None
    if isinstance(problem, BadHttpMessage):
        record.msg, record.args, record.exc_info = "not taken: %s", (type(problem).__name__,), None
        record.levelno, record.levelname = logging.INFO, "INFO"
    return True


def _health(probes: Mapping[str, Probe]) -> list[web.RouteDef]:
    """/healthz says that the process lives, /readyz that what it needs does."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_: web.Request) -> web.Response:
        found = dict(zip(probes, await asyncio.gather(*map(_fine, probes.values())), strict=True))
        return web.json_response(found, status=200 if all(found.values()) else 503)

    return [web.get("/healthz", healthz), web.get("/readyz", readyz)]


async def _fine(probe: Probe) -> bool:
    """What fails or takes too long to say is not ready."""
    try:
        return await asyncio.wait_for(probe(), LONGEST_PROBE)
    except Exception:  # noqa: BLE001 - whatever the reason
        return False


async def _robots(_: web.Request) -> web.Response:
    return web.Response(text="User-agent: *\nDisallow: /c/\nDisallow: /inbox/\n")


def _route(request: web.Request) -> str:
    """The route without what identifies a person."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "?"
