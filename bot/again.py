"""Work that goes on beside the server: done again and again, whatever hinders it once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


async def again_and_again(what: str, work: Callable[[], Awaitable[object]], *, every: float) -> None:
    """Do `work` for ever, with so many seconds between; a database that is away is waited for.

    What goes wrong is logged by `what` it was and its type: what it says may hold what a person typed.
    """
    while True:
        try:
            await work()
        except Exception as problem:  # noqa: BLE001 - the next time may go better
            log.error("%s: %s", what, type(problem).__name__)
        await asyncio.sleep(every)
