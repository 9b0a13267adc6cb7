"""The page where a person takes with her what is kept about her."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import exporting
from bot.storage.crypt import Cipher
from bot.storage.engine import reading
from bot.web.pages import Pages
from handlers.messages import Address

ROUTE = "/my-data/{token}"


class MyData:
    """A link that was sent in the chat opens a page; its button gives the file.

    The page itself holds nothing personal: apps that look at links for a preview see nothing of hers.
    """

    def __init__(
        self, engine: AsyncEngine, cipher: Cipher, pages: Pages, clock: Callable[[], datetime]
    ) -> None:
        """Links hold for a day."""
        self._engine, self._cipher, self._pages, self._clock = engine, cipher, pages, clock

    def routes(self) -> list[web.RouteDef]:
        """GET the page, POST for the file."""
        return [web.get(ROUTE, self.page), web.post(ROUTE, self.file)]

    async def page(self, request: web.Request) -> web.Response:
        """Say what the button gives. 404 for a link that no longer holds."""
        self._whose(request)
        return self._pages.my_data(request.path)

    async def file(self, request: web.Request) -> web.Response:
        """Give everything as JSON. 404 for a link that no longer holds."""
        address = self._whose(request)
        async with reading(self._engine) as connection:
            data = await exporting.collect(connection, self._cipher, address)
        return web.Response(
            text=json.dumps(data, ensure_ascii=False, indent=2),
            content_type="application/json",
            headers={
                "Cache-Control": "no-store",
                "Content-Disposition": 'attachment; filename="an-sinh.json"',
            },
        )

    def _whose(self, request: web.Request) -> Address:
        address = exporting.whose(self._cipher, request.match_info["token"], self._clock())
        if address is None:
            raise web.HTTPNotFound
        return address
