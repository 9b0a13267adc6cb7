"""Telling the office of a channel that cannot send: once for each trouble, in its chats on the others."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.dispatch import STAFF_LANGUAGE, local
from bot.storage import accounts, officers
from bot.storage.crypt import Cipher
from bot.storage.engine import reading
from bot.storage.hotpath import enqueue
from handlers.wording import Words

EVERY = 60.0  # seconds between looks
DOWN = timedelta(minutes=15)  # after so long a platform that makes us wait is a trouble

log = logging.getLogger(__name__)


async def keep_telling(
    engine: AsyncEngine, cipher: Cipher, words: Words, clock: Callable[[], datetime], woken: asyncio.Event
) -> None:
    """Tell for ever; a database that is away is waited for."""
    while True:
        try:
            if await tell(engine, cipher, words, clock()):
                woken.set()
        except Exception as problem:  # noqa: BLE001 - the next look may go better
            log.error("the office could not be told: %s", type(problem).__name__)
        await asyncio.sleep(EVERY)


async def tell(engine: AsyncEngine, cipher: Cipher, words: Words, now: datetime) -> int:
    """Tell the office of every trouble it was not told of; return how many. Whoever comes first tells."""
    async with reading(engine) as connection:
        if not await accounts.untold(connection, now - DOWN):
            return 0
        if not await officers.chats(connection):
            return 0  # whoever is linked meanwhile is told then
    async with engine.begin() as connection:
        chats = await officers.chats(connection)
        troubles = await accounts.tell(connection, now - DOWN, at=now)
        posts = []
        for each in troubles:
            notice = words.notice(
                "office_alert",
                STAFF_LANGUAGE,
                platform=each.channel,
                human=each.human,
                trouble=each.trouble or "",
                since=local(each.since),
            )
            mark = f"{each.channel}\x1f{each.account}\x1f{now.isoformat()}"
            cause = "alert-" + hashlib.sha256(mark.encode()).hexdigest()[:40]
            reachable = [chat for chat in chats if chat.channel != each.channel]
            posts += [(cause, n, chat, notice) for n, chat in enumerate(reachable)]
        await enqueue(connection, posts, cipher, at=now)
    return len(troubles)
