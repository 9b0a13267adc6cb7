"""A booked call as a calendar file, behind a link that holds until the call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import links
from bot.callbacks import CALENDAR, calendar_file
from bot.storage import leads, network
from bot.storage.crypt import Cipher
from bot.storage.engine import reading


class CallFile:
    """Serves the file of a call as it stands now: moved, it shows its new hour."""

    def __init__(self, engine: AsyncEngine, cipher: Cipher, clock: Callable[[], datetime]) -> None:
        """The link alone opens it; it holds the call code, and nothing of the citizen."""
        self._engine, self._cipher, self._clock = engine, cipher, clock

    def routes(self) -> list[web.RouteDef]:
        """GET the file."""
        return [web.get("/call/{token}.ics", self.file)]

    async def file(self, request: web.Request) -> web.Response:
        """Give the file. 404 for a link that no longer holds, or a call that nobody will make."""
        number = links.read(self._cipher, CALENDAR, request.match_info["token"], self._clock())
        async with reading(self._engine) as connection:
            lead = await leads.find(connection, number) if isinstance(number, int) else None
            if lead is None or not lead.open or lead.collector_id is None:
                raise web.HTTPNotFound
            stand = await leads.stand(connection, lead.id)
            collector = (await network.collector(connection, lead.collector_id)).card()
        return web.Response(
            body=calendar_file(self._cipher, lead, collector, stand),
            content_type="text/calendar",
            charset="utf-8",
            headers={
                "Cache-Control": "no-store",
                "Content-Disposition": 'attachment; filename="an-sinh.ics"',
            },
        )
