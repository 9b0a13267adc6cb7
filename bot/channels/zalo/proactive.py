"""Templates for what must arrive outside the window: by user id or by phone, each at most once."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.channels.zalo.errors import ZaloError
from bot.channels.zalo.oa import InvalidError, OaClient, UidTemplate
from bot.channels.zalo.templates import Templates, UnfitError, Way
from bot.channels.zalo.zbs import LONGEST_TRACKING, PhoneTemplate, ZbsClient
from bot.storage import sent_templates
from bot.storage.engine import reading
from bot.storage.sent_templates import TRACKING
from handlers.messages import Address, Outgoing

log = logging.getLogger(__name__)
PhoneOf = Callable[[AsyncConnection, Address], Awaitable[str | None]]


class Proactive:
    """Sends templates for one Official Account."""

    def __init__(
        self,
        account: str,
        templates: Templates,
        oa: OaClient,
        zbs: ZbsClient,
        *,
        engine: AsyncEngine,
        clock: Callable[[], datetime],
        phone_of: PhoneOf,
        development: bool = False,
        hashed: bool = False,
    ) -> None:
        """`phone_of` finds the number somebody agreed to be called at; `hashed` tells Zalo only its hash."""
        self.templates = templates
        self._account, self._oa, self._zbs = account, oa, zbs
        self._engine, self._clock = engine, clock
        self._phone_of, self._development, self._hashed = phone_of, development, hashed

    async def send(self, way: Way, to: Address, message: Outgoing, key: str) -> None:
        """Send what a notice says as its template; what was or may have been sent is not sent again.

        Raises ZaloError; `elsewhere` when this way cannot reach her.
        """
        purpose = self.templates.purpose(message.notice)
        tracking = tracking_of(key, message.notice)
        async with reading(self._engine) as connection:
            before = await sent_templates.state_of(connection, self._account, tracking, way)
            if before == "lost":
                raise ZaloError("elsewhere")
            if before is not None:
                return
            phone = await self._phone_of(connection, to) if way == "phone" else None
        if way == "phone" and phone is None:
            raise ZaloError("elsewhere")
        try:
            data = purpose.fill(message.facts)
        except UnfitError as unfit:
            log.error("ALARM: %s does not fit its template: %s", message.notice, unfit)
            raise ZaloError("bug") from None
        template = purpose.ids[way]
        row = {"purpose": message.notice, "way": way, "template": template, "tracking": tracking}
        async with self._engine.begin() as connection:
            begun = {"account": self._account, "at": self._clock(), **row}
            number = await sent_templates.begun(connection, **begun)
        try:
            if phone is not None:
                message_id = await self._by_phone(phone, template, data, tracking)
            else:
                message_id = await self._oa.send_template(UidTemplate(to.person, template, data))
        except ZaloError as problem:
            if problem.kind in ("unknown", "garbled"):
                raise ZaloError("unknown", problem.code) from None
            await self._ended(number, "refused", problem.code, None)
            raise
        await self._ended(number, "sent", 0, message_id or None)

    async def _by_phone(self, phone: str, template: str, data: dict[str, str], tracking: str) -> str:
        try:
            message = PhoneTemplate(phone, template, data, tracking, self._development, self._hashed)
        except InvalidError:
            raise ZaloError("elsewhere") from None
        return await self._zbs.send(message)

    async def _ended(self, number: int, state: str, code: int, message_id: str | None) -> None:
        async with self._engine.begin() as connection:
            await sent_templates.ended(connection, number, state, code=code, message_id=message_id)


def tracking_of(key: str, notice: str) -> str:
    """Return the label of a template: the same on every attempt at the same message."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", f"{TRACKING}{key}-{notice}")[:LONGEST_TRACKING]
