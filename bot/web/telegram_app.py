"""The web chat opened inside Telegram: who opened it is proven by what Telegram signed, not by a code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.intake import bounded
from bot.storage import leads, linking
from bot.storage.crypt import Cipher
from bot.web import visitors
from bot.web.pages import Pages
from handlers.messages import Address

PATH = "/telegram/app"
BIGGEST = 8 << 10  # bytes: the longest names, escaped twice, are half of it
_FORM = "application/x-www-form-urlencoded"

Whose = Callable[[str], Awaitable[Address | None]]
"""initData → the chat of who opened the page; None, and counted, when Telegram does not say so."""


class TelegramApp:
    """A page that posts what Telegram handed it, and leads to the web chat of who that is.

    There is one such web chat for each chat, so what is posted again within its hour opens the same
    person's own page again: whoever could read it there could read the page's address as well, and used
    up at once it would fail whoever lost the answer on a bad network. No cookie is set or looked at: on a
    shared computer that would be somebody else's chat.
    """

    def __init__(self, engine: AsyncEngine, cipher: Cipher, pages: Pages, whose: Whose) -> None:
        """`whose` knows what Telegram signs with."""
        self._engine, self._cipher, self._pages, self._whose = engine, cipher, pages, whose

    def routes(self) -> list[web.RouteDef]:
        """GET the page, POST what Telegram handed it."""
        return [web.get(PATH, self.page), web.post(PATH, self.enter)]

    async def page(self, _: web.Request) -> web.Response:
        """A page that goes on by itself inside Telegram, and says where to go outside of it."""
        return self._pages.telegram_app(PATH, refused=False)

    async def enter(self, request: web.Request) -> web.Response:
        """Go to her web chat, one person's with her chat on Telegram. 403 for what is not proven."""
        chat = await self._whose(await _init_data(request))
        if chat is None:
            return self._pages.telegram_app(PATH, refused=True)
        visitor = visitors.of_chat(chat, self._cipher)
        async with self._engine.begin() as connection:
            await leads.alone(connection)  # she may open it twice at once
            await linking.unite(connection, chat, visitor.address)
        return web.Response(status=303, headers={"Location": visitor.path, "Cache-Control": "no-store"})


async def _init_data(request: web.Request) -> str:
    """What the page posted; nothing when it is not what the page posts."""
    if request.content_type != _FORM:
        return ""
    try:
        body = (await bounded(request, BIGGEST)).decode()
        return parse_qs(body, max_num_fields=1)["data"][0] if len(body) <= BIGGEST else ""
    except (TimeoutError, ValueError, KeyError):
        return ""
