"""The sender: empties the outbox, in order for each person, and never repeats what may have arrived."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.channels import Channel, SendFailed
from bot.storage.crypt import Cipher, SealError
from bot.storage.engine import reading
from bot.storage.hotpath import body_place, mark_stopped
from bot.storage.schema import outbox
from handlers.messages import Address, Outgoing

LEASE = timedelta(seconds=60)  # a claim older than this belonged to a sender that died
LONGEST_SEND = 30.0  # seconds one attempt may take: well within the lease, so that a claim has one holder
MOST_AT_ONCE = 50
MOST_ATTEMPTS = 12
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0  # seconds between attempts
POLL = 1.0  # seconds between looks when nobody wakes us

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A message this sender holds until its lease ends."""

    id: int
    to: Address
    message: Outgoing
    attempts: int


@dataclass(frozen=True, slots=True)
class _Result:
    """What came of a claim: what its row becomes."""

    claim: _Claim
    state: str
    error: str | None = None
    due_at: datetime | None = None


class Sender:
    """Sends what is due on the channels it was given; several may run, in one process or in many."""

    def __init__(
        self,
        engine: AsyncEngine,
        cipher: Cipher,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
        woken: asyncio.Event,
        *,
        rng: Random,
        accounts: Sequence[str] | None = None,
    ) -> None:
        """`accounts` limits it to these accounts of its channels; `rng` spreads the retries."""
        self._engine, self._cipher, self._channels, self._clock = engine, cipher, channels, clock
        self._woken, self._rng, self._accounts = woken, rng, accounts
        self._sending: set[asyncio.Task[_Result]] = set()
        self._results: list[_Result] = []
        self._stopping = False

    async def run(self) -> None:
        """Send for ever; a database that is away is waited for. Cancelled, it finishes what it holds.

        A send that is cut off may have arrived, and nobody could tell.
        """
        work = asyncio.create_task(self._run())
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            self._stopping = True
            self._woken.set()
            await work
            raise

    async def drain(self) -> None:
        """Send until nothing is due."""
        while await self._round():
            if self._sending:
                await asyncio.wait(self._sending, return_when=asyncio.FIRST_COMPLETED)

    async def counts(self) -> dict[str, int]:
        """Return how many messages there are of each state on these channels."""
        async with reading(self._engine) as connection:
            query = select(outbox.c.state, func.count()).where(self._mine()).group_by(outbox.c.state)
            return {row[0]: row[1] for row in await connection.execute(query)}

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                busy = await self._round()
            except Exception as problem:  # noqa: BLE001 - the loop must outlive whatever a round meets
                log.error("the sender could not work: %s", type(problem).__name__)
                busy = bool(self._sending)
            if self._stopping and not busy:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL):  # wait_for would swallow a cancellation on Python 3.11
                    await self._woken.wait()

    async def _round(self) -> bool:
        """Settle what was sent, begin to send what is due; tell whether anything is under way."""
        await self._settle()
        room = 0 if self._stopping else MOST_AT_ONCE - len(self._sending)
        for claim in await self._claim(room) if room else ():
            task = asyncio.create_task(self._send(claim))
            self._sending.add(task)
            task.add_done_callback(self._sent)
        return bool(self._sending or self._results)

    def _sent(self, task: asyncio.Task[_Result]) -> None:
        self._sending.discard(task)
        if not task.cancelled():
            self._results.append(task.result())
        self._woken.set()

    async def _claim(self, most: int) -> list[_Claim]:
        now = self._clock()
        claims = []
        async with self._engine.begin() as connection:
            await self._release_expired(connection, now)
            rows = await connection.execute(
                update(outbox)
                .where(outbox.c.id.in_(self._due(now, most, connection)))
                .values(state="claimed", claimed_until=now + LEASE, attempts=outbox.c.attempts + 1)
                .returning(outbox)
            )
            for row in sorted(rows, key=lambda row: int(row.id)):
                try:
                    claims.append(self._opened(row))
                except (SealError, ValueError, KeyError, TypeError):
                    log.error("message %d cannot be read: it is dead", row.id)
                    dead = update(outbox).where(outbox.c.id == row.id)
                    await connection.execute(dead.values(state="dead", error="unreadable"))
        return claims

    def _opened(self, row: Row[Any]) -> _Claim:
        body = json.loads(self._cipher.open(row.body, body_place(row.cause, row.n)))
        to = Address(row.channel, row.account, row.person)
        return _Claim(row.id, to, Outgoing.from_json(body), row.attempts)

    def _due(self, now: datetime, most: int, connection: AsyncConnection) -> ColumnElement[int]:
        """The ids due now, at most one of each person: the first of hers that is not settled."""
        earlier = outbox.alias("earlier")
        first = ~exists().where(
            earlier.c.channel == outbox.c.channel,
            earlier.c.account == outbox.c.account,
            earlier.c.person == outbox.c.person,
            earlier.c.id < outbox.c.id,
            earlier.c.state.in_(("waiting", "claimed")),
        )
        query = (
            select(outbox.c.id)
            .where(self._mine(), outbox.c.state == "waiting", outbox.c.due_at <= now, first)
            .order_by(outbox.c.id)
            .limit(most)
        )
        if connection.dialect.name == "postgresql":
            query = query.with_for_update(skip_locked=True)
        return query.scalar_subquery()

    def _mine(self) -> ColumnElement[bool]:
        mine = outbox.c.channel.in_(tuple(self._channels))
        return and_(mine, outbox.c.account.in_(self._accounts)) if self._accounts is not None else mine

    async def _release_expired(self, connection: AsyncConnection, now: datetime) -> None:
        """Take up again what a dead sender held, where sending twice does no harm; else it stays unknown."""
        again = tuple(name for name, channel in self._channels.items() if channel.able.idempotent)
        expired = and_(self._mine(), outbox.c.state == "claimed", outbox.c.claimed_until < now)
        for names, state in ((again, "waiting"), (tuple(set(self._channels) - set(again)), "unknown")):
            if names:
                released = await connection.execute(
                    update(outbox).where(expired, outbox.c.channel.in_(names)).values(state=state)
                )
                if released.rowcount:
                    log.warning("%d messages of a sender that died are now %s", released.rowcount, state)

    async def _send(self, claim: _Claim) -> _Result:
        channel = self._channels[claim.to.channel]
        try:
            async with asyncio.timeout(LONGEST_SEND):
                await channel.send(claim.to, claim.message, str(claim.id))
        except SendFailed as failed:
            return self._failed(claim, failed, idempotent=channel.able.idempotent)
        except TimeoutError:
            return self._failed(claim, SendFailed("unknown"), idempotent=channel.able.idempotent)
        except Exception as problem:  # noqa: BLE001 - a channel's bug must not stop the others
            log.error("channel %s raised %s", channel.name, type(problem).__name__)
            return self._failed(claim, SendFailed("unknown"), idempotent=channel.able.idempotent)
        return _Result(claim, "sent")

    def _failed(self, claim: _Claim, failed: SendFailed, *, idempotent: bool) -> _Result:
        retry = failed.kind == "retry" or (failed.kind == "unknown" and idempotent)
        if retry and claim.attempts < MOST_ATTEMPTS:
            wait = failed.retry_after
            if wait is None:
                longest = min(LONGEST_WAIT, FIRST_WAIT * 2**claim.attempts)
                wait = longest * (0.5 + self._rng.random() / 2)
            return _Result(claim, "waiting", failed.kind, self._clock() + timedelta(seconds=wait))
        state = "unknown" if failed.kind == "unknown" else "dead"
        log.error("message %d to channel %s is %s: %s", claim.id, claim.to.channel, state, failed.kind)
        return _Result(claim, state, failed.kind)

    async def _settle(self) -> None:
        """Write down what came of the sends that ended, together; what cannot be written is kept for later.

        A claim that was lost meanwhile, and has another holder, is that holder's to settle.
        """
        results, self._results = self._results, []
        if not results:
            return
        now = self._clock()
        rows = [
            {
                "claim": result.claim.id,
                "attempt": result.claim.attempts,
                "becomes": result.state,
                "why": result.error,
                "due": result.due_at or now,
                "sent": now if result.state == "sent" else None,
            }
            for result in results
        ]
        try:
            async with self._engine.begin() as connection:
                await connection.execute(_SETTLE, rows)
                for result in results:
                    if result.error == "stopped":
                        await mark_stopped(connection, result.claim.to, at=now)
        except BaseException:
            self._results = results + self._results
            raise


_SETTLE = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("claim"),
        outbox.c.state == "claimed",
        outbox.c.attempts == bindparam("attempt"),
    )
    .values(
        state=bindparam("becomes"),
        error=bindparam("why"),
        due_at=bindparam("due"),
        sent_at=bindparam("sent"),
        claimed_until=None,
    )
)
