"""What people wrote while it could not be taken: Zalo may not deliver again what was not answered with 200.

After a start, and after a delivery that failed here, the chats of the last day are looked through. What a
person wrote last, nobody answered and we never heard is taken as the webhook would have brought it; if that
comes too, it is known by its id.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.zalo.errors import ZaloError
from bot.channels.zalo.hook import OaHook
from bot.channels.zalo.oa import OaClient
from bot.channels.zalo.wire import moment, whole
from bot.intake import Intake
from bot.storage import zalo
from bot.storage.engine import reading

BACK = timedelta(days=1)  # older words are answered by nobody's machine
SKEW = timedelta(seconds=2)  # between Zalo's clock and ours: what is this new may be what was heard
PAGE, MOST_PAGES = 10, 20  # chats of one call, calls of one look: a minute has few
FIRST_WAIT, LONGEST_WAIT = 60.0, 3_600.0  # seconds between two looks
HERS = 1  # the `src` of a line a person wrote

_SENT = {"text": "user_send_text", "photo": "user_send_image", "image": "user_send_image"}
"""Type of a line → the event it came with, where `message` are her words; of another it may be anything."""

log = logging.getLogger(__name__)


class CatchUp:
    """Built once for an account; `run` looks after the start and whenever something was missed."""

    def __init__(
        self,
        account: str,
        client: OaClient,
        intake: Intake,
        hook: OaHook,
        *,
        engine: AsyncEngine,
        clock: Callable[[], datetime],
    ) -> None:
        """What is found goes through `intake`, as if `hook` had got it."""
        self._account, self._client = account, client
        self._intake, self._hook, self._engine, self._clock = intake, hook, engine, clock
        self._missed = asyncio.Event()
        self._missed.set()

    def missed(self) -> None:
        """Note that a delivery could not be taken."""
        self._missed.set()

    async def run(self) -> None:
        """Look whenever there is a reason, for ever; what hinders a look is waited for."""
        wait = FIRST_WAIT
        while True:
            await self._missed.wait()
            self._missed.clear()
            try:
                if taken := await self.look():
                    log.warning("%d messages came while they could not be taken: caught up", taken)
            except Exception as problem:  # noqa: BLE001 - Zalo or the database is away: once more
                why = problem if isinstance(problem, ZaloError) else type(problem).__name__
                log.error("what was missed could not be looked for: %s", why)
                self._missed.set()
                await asyncio.sleep(wait)
                wait = min(LONGEST_WAIT, 2 * wait)
            else:
                wait = FIRST_WAIT
                await asyncio.sleep(wait)

    async def look(self) -> int:
        """Take what was missed; return how many messages. Raises ZaloError, and what the database raises.

        Where nobody was ever heard nothing was missed: an account that begins with us keeps its old chats.
        """
        async with reading(self._engine) as connection:
            began = await zalo.first_heard(connection, self._account)
        taken = 0
        if began is not None:
            for person, since in (await self._unanswered(max(began, self._clock() - BACK))).items():
                lines = await self._client.conversation(person, count=PAGE)
                for line in reversed(list(takewhile(partial(_hers, after=since), lines))):
                    await self._intake.take_raw(self._hook, self._delivery(person, line))
                    taken += 1
        return taken

    async def _unanswered(self, since: datetime) -> Mapping[str, datetime]:
        """Return who wrote last in a chat what was not heard, and since when nothing of hers was."""
        found: dict[str, datetime] = {}
        for page in range(MOST_PAGES):
            chats = await self._client.recent(offset=page * PAGE, count=PAGE)
            for line in chats:
                person = str(line.get("from_id") or "")
                if person and _hers(line, since):
                    found[person] = max(since, await self._heard(person))
                    if not _hers(line, found[person]):
                        del found[person]
            if len(chats) < PAGE or _at(chats[-1]) <= since:
                break
        return found

    async def _heard(self, person: str) -> datetime:
        """The moment up to which everything somebody wrote was heard."""
        async with reading(self._engine) as connection:
            spoke_at = (await zalo.person(connection, self._account, person)).spoke_at
        return spoke_at + SKEW if spoke_at is not None else datetime.min.replace(tzinfo=UTC)

    def _delivery(self, person: str, line: Mapping[str, Any]) -> bytes:
        """A line of a chat as the webhook would have brought it."""
        name = _SENT.get(str(line.get("type")), "user_send_file")
        words = line.get("message") if name != "user_send_file" else ""
        message = {"msg_id": str(line.get("message_id") or ""), "text": words}
        event = {
            "event_name": name,
            "sender": {"id": person},
            "recipient": {"id": self._account},
            "message": message,
            "timestamp": str(whole(line.get("time"))),
        }
        return json.dumps(event).encode()


def _hers(line: Mapping[str, Any], after: datetime) -> bool:
    return whole(line.get("src"), 0) == HERS and _at(line) > after


def _at(line: Mapping[str, Any]) -> datetime:
    return moment(line.get("time"))
