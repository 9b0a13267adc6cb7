"""The page where anybody checks the code of whoever calls and says to be a collector."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import LOCAL
from bot.storage import network
from bot.storage.engine import reading
from bot.web.limit import CLIENT, RateLimit
from bot.web.pages import Pages
from handlers.safety import spellings

PATH = "/kiem-tra"
CHECKS_A_MINUTE = 20  # of one address: nobody is called so often, and nobody lists the collectors this way


class CheckPage:
    """A code typed into a form; the answer on the same page. Works without JavaScript."""

    def __init__(
        self,
        engine: AsyncEngine,
        pages: Pages,
        clock: Callable[[], datetime],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`seconds` is a clock that only goes forward."""
        self._engine, self._pages, self._clock, self._seconds = engine, pages, clock, seconds
        self._limit = RateLimit(CHECKS_A_MINUTE, burst=CHECKS_A_MINUTE // 2)

    def routes(self) -> list[web.RouteDef]:
        """GET the page, with a code in `ma` or without."""
        return [web.get(PATH, self.page)]

    async def page(self, request: web.Request) -> web.Response:
        """Tell whose a code is. 429 when asked too often."""
        code = request.query.get("ma", "").strip().lower()
        if not code:
            return self._pages.check("", None)
        wait = self._limit.wait(request[CLIENT], self._seconds())
        if wait:
            response = self._pages.error(429)
            response.headers["Retry-After"] = str(math.ceil(wait))
            return response
        found = None
        if written := spellings(code):
            async with reading(self._engine) as connection:
                today = self._clock().astimezone(LOCAL).date()
                for one in written:
                    found = found or await network.working_collector(connection, one, today)
        return self._pages.check(code.upper()[:20], found.card() if found else None)
