"""Telling the office of a channel that cannot send: once for each trouble, in its chats on the others."""

from __future__ import annotations

import hashlib
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
