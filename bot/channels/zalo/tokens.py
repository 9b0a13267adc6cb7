"""The tokens of one Official Account: one renewal at a time among all processes, kept before it is used.

A refresh token is good for one renewal, and a renewal kills the access token before it. So a row says who
is renewing; the new pair is committed before anybody sends with it; and when Zalo gives no new pair a
person is told, once, and nobody asks again.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.channels.zalo.errors import ZaloError
from bot.channels.zalo.oauth import Pair
from bot.storage.crypt import Cipher
from bot.storage.engine import reading
from bot.storage.zalo_schema import token_place, zalo_token_events, zalo_tokens

RENEW_AFTER = timedelta(hours=20)  # of the 25 an access token lives
CLAIM = timedelta(seconds=30)  # longer than a call may take: a claim older than this belongs to the dead
AGAIN = timedelta(seconds=30)  # before the next attempt, after one that did not come through
LOOK_EVERY, MOST_LOOKS = 0.25, 60  # seconds, and how often, while another process renews

log = logging.getLogger(__name__)


class Exchanges(Protocol):
    """What is needed of OAuth."""

    async def refresh(self, token: str) -> Pair:
        """Exchange a refresh token. Raises ZaloError."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """The pair as stored; `claimed` when the caller is the one to renew it."""

    access: str
    refresh: str
    generation: int
    renewed_at: datetime
    expires_at: datetime
    broken: str | None
    claimed: bool = False


class Tokens:
    """Gives the access token to send with. Several processes may share one Official Account."""

    def __init__(
        self,
        engine: AsyncEngine,
        cipher: Cipher,
        oauth: Exchanges,
        clock: Callable[[], datetime],
        oa_id: str,
    ) -> None:
        """What was kept for `oa_id` is used; `give` puts the first pair there."""
        self._engine, self._cipher, self._oauth, self._clock = engine, cipher, oauth, clock
        self._oa_id = oa_id
        self._alone = asyncio.Lock()
        self._known: Held | None = None

    async def access(self) -> str:
        """Return a token that should hold; it is renewed in time. Raises ZaloError."""
        held = self._known
        if held is None or self._due(held):
            held = await self._renew(None)
        return held.access

    async def renewed(self, failed: str) -> str:
        """Return another token than the one Zalo refused, whatever its time. Raises ZaloError."""
        return (await self._renew(failed)).access

    async def give(self, access: str, refresh: str, *, expires_in: int, only_new: bool = False) -> bool:
        """Keep a pair that a person brought, and mend what was broken; tell whether it was kept.

        With `only_new` a refresh token that was given before changes nothing: settings are read at every
        start, and by then it is used up.
        """
        now, mark = self._clock(), hashlib.sha256(refresh.encode()).hexdigest()
        async with self._engine.begin() as connection:
            row = await self._locked(connection)
            if only_new and row is not None and row.given == mark:
                return False
            generation = row.generation + 1 if row is not None else 1
            values = self._sealed(access, refresh, generation, expires_in, now) | {"given": mark}
            values |= {"broken": None, "retry_at": None}
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            await connection.execute(
                dialect.insert(zalo_tokens)
                .values(oa_id=self._oa_id, **values)
                .on_conflict_do_update(index_elements=["oa_id"], set_=values)
            )
            await self._note(connection, "given", generation, now)
        self._known = None
        return True

    async def look(self) -> Held | None:
        """Return what is kept, for a person to be told about; None when there is nothing."""
        async with reading(self._engine) as connection:
            row = (await connection.execute(self._query())).one_or_none()
        return self._opened(row) if row is not None else None

    def _due(self, held: Held) -> bool:
        now = self._clock()
        return now >= min(held.renewed_at + RENEW_AFTER, held.expires_at)

    async def _renew(self, failed: str | None) -> Held:
        """Have a pair whose access token is not `failed` and is not due; renew it if nobody else does."""
        async with self._alone:
            for _ in range(MOST_LOOKS):
                held = await self._claim(failed)
                if held is not None and held.claimed:
                    held = await self._to_its_end(self._exchange(held, failed))
                if held is not None:
                    self._known = held
                    return held
                await asyncio.sleep(LOOK_EVERY)
        raise ZaloError("unsent", remedy="another process has not finished renewing the token")

    @staticmethod
    async def _to_its_end(exchange: Coroutine[Any, Any, Held]) -> Held:
        """Exchange and keep, even when the caller is told to stop: half of it would lose the account."""
        work = asyncio.create_task(exchange)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            await asyncio.wait([work])
            raise

    async def _claim(self, failed: str | None) -> Held | None:
        """Return the pair to use, or to renew with a claim on it; None while another renews."""
        now = self._clock()
        async with self._engine.begin() as connection:
            row = await self._locked(connection)
            if row is None:
                raise ZaloError("human", remedy="there is no token yet: authorise the app for the account")
            held = self._opened(row)
            if held.access != failed and not self._due(held):
                return held
            usable = held.access != failed and now < held.expires_at
            if held.broken or (row.retry_at is not None and now < row.retry_at):
                if usable:
                    return held
                raise ZaloError("human" if held.broken else "unsent", remedy=held.broken or "")
            if row.claimed_until is not None and now < row.claimed_until:
                return held if usable else None
            await connection.execute(self._update().values(claimed_until=now + CLAIM))
            await self._note(connection, "renewing", held.generation, now)
        return Held(*_fields(held), claimed=True)

    async def _exchange(self, held: Held, failed: str | None) -> Held:
        """Renew what was claimed. The new pair is committed before it is returned."""
        try:
            pair = await self._oauth.refresh(held.refresh)
        except ZaloError as problem:
            await self._not_renewed(held, problem)
            if held.access != failed and self._clock() < held.expires_at:
                return Held(*_fields(held))
            if problem.kind == "human":
                raise
            raise ZaloError("unsent", problem.code) from None  # the message was not: only the renewal may be
        now = self._clock()
        refresh = pair.refresh or held.refresh
        values = self._sealed(pair.access, refresh, held.generation + 1, pair.expires_in, now)
        async with self._engine.begin() as connection:
            await connection.execute(self._update().values(**values, broken=None, retry_at=None))
            await self._note(connection, "renewed", held.generation + 1, now)
        expires_at = now + timedelta(seconds=pair.expires_in)
        return Held(pair.access, refresh, held.generation + 1, now, expires_at, None)

    async def _not_renewed(self, held: Held, problem: ZaloError) -> None:
        """Note why, so that nobody asks again too soon, or at all."""
        now = self._clock()
        values: dict[str, Any] = {"claimed_until": None}
        if problem.kind == "human":
            values["broken"] = f"{problem.remedy} ({problem.code})"[:80]
            log.critical(
                "ALARM: Zalo gave no new token (%s): authorise the app for the account again", problem
            )
        else:
            values["retry_at"] = now + AGAIN
            log.error("the token of Zalo could not be renewed: %s", problem)
        async with self._engine.begin() as connection:
            await connection.execute(self._update().values(values))
            await self._note(connection, f"failed: {problem}"[:80], held.generation, now)

    def _sealed(
        self, access: str, refresh: str, generation: int, expires_in: int, now: datetime
    ) -> dict[str, Any]:
        return {
            "access": self._cipher.seal(access, token_place("access", self._oa_id)),
            "refresh": self._cipher.seal(refresh, token_place("refresh", self._oa_id)),
            "generation": generation,
            "renewed_at": now,
            "expires_at": now + timedelta(seconds=expires_in),
            "claimed_until": None,
        }

    def _opened(self, row: Row[Any]) -> Held:
        access = self._cipher.open(row.access, token_place("access", self._oa_id))
        refresh = self._cipher.open(row.refresh, token_place("refresh", self._oa_id))
        return Held(access, refresh, row.generation, row.renewed_at, row.expires_at, row.broken)

    def _query(self) -> Any:  # noqa: ANN401 - a select
        return select(zalo_tokens).where(zalo_tokens.c.oa_id == self._oa_id)

    def _update(self) -> Any:  # noqa: ANN401 - an update
        return update(zalo_tokens).where(zalo_tokens.c.oa_id == self._oa_id)

    async def _locked(self, connection: AsyncConnection) -> Row[Any] | None:
        """The row, locked until the transaction ends; on SQLite the transaction is the lock."""
        query = self._query()
        if connection.dialect.name == "postgresql":
            query = query.with_for_update()
        row: Row[Any] | None = (await connection.execute(query)).one_or_none()
        return row

    async def _note(self, connection: AsyncConnection, what: str, generation: int, at: datetime) -> None:
        row = {"oa_id": self._oa_id, "at": at, "what": what, "generation": generation}
        await connection.execute(insert(zalo_token_events).values(row))


def _fields(held: Held) -> tuple[str, str, int, datetime, datetime, str | None]:
    return held.access, held.refresh, held.generation, held.renewed_at, held.expires_at, held.broken
