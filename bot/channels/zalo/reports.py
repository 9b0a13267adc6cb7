"""Templates nobody reported: the platform is asked, and what did not arrive goes the next way.

A report comes within a minute, hours later when a phone was off, twice, or never. Whatever is heard, the
first report counts; after the hours its purpose waits for, a template of which nothing was heard is lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.zalo.errors import ZaloError
from bot.channels.zalo.templates import Purpose, Templates
from bot.channels.zalo.zbs import ZbsClient
from bot.storage import sent_templates, zalo
from bot.storage.engine import reading

LOOK_EVERY = 60.0  # seconds
LONGEST = timedelta(hours=24)  # a report is waited for where the purpose names no hours
OLDEST = timedelta(days=4)  # what is older is left as it is
ARRIVED = 1  # the status of a template that is on her phone

log = logging.getLogger(__name__)


class Reports:
    """Looks after the templates of one Official Account."""

    def __init__(
        self,
        account: str,
        templates: Templates,
        zbs: ZbsClient,
        *,
        engine: AsyncEngine,
        clock: Callable[[], datetime],
    ) -> None:
        """`templates` say how long a report is waited for, and which way is next."""
        self._account, self._templates, self._zbs = account, templates, zbs
        self._engine, self._clock = engine, clock

    async def run(self) -> None:
        """Look for ever; what hinders a look is waited for."""
        while True:
            try:
                await self.settle()
            except Exception as problem:  # noqa: BLE001 - Zalo or the database is away: the next look comes
                why = problem if isinstance(problem, ZaloError) else type(problem).__name__
                log.error("what became of templates could not be asked: %s", why)
            await asyncio.sleep(LOOK_EVERY)

    async def settle(self) -> int:
        """Find out what became of templates whose report is overdue; return how many. Raises ZaloError."""
        now, settled = self._clock(), 0
        async with reading(self._engine) as connection:
            waiting = await sent_templates.unreported(connection, self._account, since=now - OLDEST)
        for template in waiting:
            purpose = self._templates.purpose(template.purpose)
            if now < template.at + (purpose.next_after or LONGEST):
                continue
            arrived = await self._arrived(template)
            async with self._engine.begin() as connection:
                if arrived:
                    await sent_templates.arrived(connection, template.number, now)
                elif await sent_templates.lost(connection, template.number) and _has_next(purpose, template):
                    await zalo.once_more(connection, template.outbox_id, now)
                    log.warning("message %d did not arrive: its next way is tried", template.outbox_id)
            settled += 1
        return settled

    async def _arrived(self, template: sent_templates.Unreported) -> bool:
        """Ask what became of a template to a phone; of one to a user id only its report tells."""
        if template.way != "phone" or not template.message_id:
            return False
        return await self._zbs.status(template.message_id) == ARRIVED


def _has_next(purpose: Purpose, template: sent_templates.Unreported) -> bool:
    """Tell whether the purpose wants another way tried, and there is one after this."""
    return purpose.next_after is not None and template.way in purpose.order[:-1]
