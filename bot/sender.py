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

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    and_,
    bindparam,
    exists,
    func,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import meters
from bot.channels import Channel, Pace, SendFailed
from bot.channels.plain import part_key, parts
from bot.storage import accounts, chats
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
FIRST_HOLD, LONGEST_HOLD = 2.0, 60.0  # seconds a whole account waits when its platform is in trouble

log = logging.getLogger(__name__)
_Queue = tuple[Sequence[str], int | None, ColumnElement[bool]]  # channels, room left, what may go


@dataclass(frozen=True, slots=True)
class _Claim:
    """A message this sender holds until its lease ends."""

    id: int
    to: Address
    message: Outgoing
    attempts: int
    part: int


@dataclass(frozen=True, slots=True)
class _Result:
    """What came of a claim: what its row becomes."""

    claim: _Claim
    state: str
    error: str | None = None
    due_at: datetime | None = None
    attempts: int | None = None
    part: int = 0
    failed: SendFailed | None = None


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
        self._holds: dict[tuple[str, str], int] = {}  # how often in a row an account had to wait
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
        claims: list[_Claim] = []
        async with self._engine.begin() as connection:
            await self._release_expired(connection, now)
            for names, room, fit in await self._queues(connection, now):
                most_now = min(most - len(claims), room) if room is not None else most - len(claims)
                if names and most_now > 0:
                    claims += await self._take(
                        connection, self._due(now, most_now, connection, names, fit), now
                    )
        return claims

    async def _queues(self, connection: AsyncConnection, now: datetime) -> list[_Queue]:
        """What is claimed together: the channels without a pace, then each of the others."""
        free = tuple(name for name, channel in self._channels.items() if channel.able.pace == Pace())
        queues: list[_Queue] = [(free, None, true())]
        for name, channel in self._channels.items():
            pace = channel.able.pace
            if name not in free:
                room = None
                if pace.a_second:
                    room = await accounts.room(connection, name, pace, now, lease=LEASE)
                queues.append(((name,), room, accounts.rested(pace, now)))
        return queues

    async def _take(self, connection: AsyncConnection, ids: ScalarSelect[int], now: datetime) -> list[_Claim]:
        claims = []
        rows = await connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(ids))
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
        return _Claim(row.id, to, Outgoing.from_json(body), row.attempts, row.part)

    def _due(
        self,
        now: datetime,
        most: int,
        connection: AsyncConnection,
        names: Sequence[str],
        fit: ColumnElement[bool],
    ) -> ScalarSelect[int]:
        """The ids due now, at most one of each person: the first of hers that is not settled."""
        earlier = outbox.alias("earlier")
        first = ~exists().where(
            chats.same(earlier, outbox),
            earlier.c.id < outbox.c.id,
            earlier.c.state.in_(("waiting", "claimed")),
        )
        query = (
            select(outbox.c.id)
            .where(self._mine(), outbox.c.channel.in_(names), outbox.c.state == "waiting")
            .where(outbox.c.due_at <= now, first, accounts.not_held(now), fit)
            .order_by(outbox.c.id)
            .limit(most)
        )
        if connection.dialect.name == "postgresql":
            query = query.with_for_update(skip_locked=True, of=outbox)
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
        """Send the next part of a message."""
        channel = self._channels[claim.to.channel]
        pieces = parts(claim.message, channel.able)
        part = min(claim.part, len(pieces) - 1)
        try:
            async with asyncio.timeout(LONGEST_SEND):
                await channel.send(claim.to, pieces[part], part_key(claim.id, part))
        except SendFailed as failed:
            trouble = failed
        except TimeoutError:
            trouble = SendFailed("unknown", code="timeout")
        except Exception as problem:  # noqa: BLE001 - a channel's bug must not stop the others
            log.error("channel %s raised %s", channel.name, type(problem).__name__)
            trouble = SendFailed("unknown", code=type(problem).__name__)
        else:
            meters.sent(channel.name, None)
            return self._next_part(claim, part, pieces) or _Result(claim, "sent", part=part)
        meters.sent(channel.name, trouble)
        return self._failed(claim, trouble, part, pieces, idempotent=channel.able.idempotent)

    def _next_part(
        self, claim: _Claim, part: int, pieces: Sequence[Outgoing], failed: SendFailed | None = None
    ) -> _Result | None:
        """Go on to the next part of a message, after the rest its reader is given; None after the last."""
        if part + 1 >= len(pieces):
            return None
        due = self._clock() + timedelta(seconds=self._channels[claim.to.channel].able.pace.apart)
        error = failed.kind if failed else None
        return _Result(claim, "waiting", error, due, attempts=0, part=part + 1, failed=failed)

    def _failed(
        self, claim: _Claim, failed: SendFailed, part: int, pieces: Sequence[Outgoing], *, idempotent: bool
    ) -> _Result:
        if failed.account:  # not this message's fault: it costs no attempt
            return _Result(
                claim, "waiting", failed.kind, attempts=claim.attempts - 1, part=part, failed=failed
            )
        retry = failed.kind == "retry" or (failed.kind == "unknown" and idempotent)
        if retry and claim.attempts < MOST_ATTEMPTS:
            wait = failed.retry_after
            if wait is None:
                longest = min(LONGEST_WAIT, FIRST_WAIT * 2**claim.attempts)
                wait = longest * (0.5 + self._rng.random() / 2)
            due = self._clock() + timedelta(seconds=wait)
            named = failed.retry_after is not None  # "too fast" is no reason to give a message up
            tries = claim.attempts - 1 if named else claim.attempts
            return _Result(claim, "waiting", failed.kind, due, attempts=tries, part=part, failed=failed)
        state = "unknown" if failed.kind == "unknown" else "dead"
        log.error("message %d to channel %s is %s: %s", claim.id, claim.to.channel, state, failed.code)
        following = self._next_part(claim, part, pieces, failed) if state == "unknown" else None
        return following or _Result(claim, state, failed.kind, part=part, failed=failed)

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
                "tries": result.claim.attempts if result.attempts is None else result.attempts,
                "parts": result.part,
                "why": result.error,
                "due": result.due_at or now,
                "sent": now if result.state == "sent" or result.part > result.claim.part else None,
            }
            for result in results
        ]
        try:
            async with self._engine.begin() as connection:
                await connection.execute(_SETTLE, rows)
                for result in results:
                    if result.error == "stopped":
                        await mark_stopped(connection, result.claim.to, at=now)
                await self._note_accounts(connection, results, now)
        except BaseException:
            self._results = results + self._results
            raise

    async def _note_accounts(
        self, connection: AsyncConnection, results: Sequence[_Result], now: datetime
    ) -> None:
        """Hold the accounts whose platform is in trouble, and free those that send again."""
        said: dict[tuple[str, str], SendFailed | None] = {}
        for result in results:
            key = result.claim.to.channel, result.claim.to.account
            if result.failed is not None and (said.get(key) is None or result.failed.account):
                said[key] = result.failed
            else:
                said.setdefault(key, None)
        for key, failed in said.items():
            if failed is not None and failed.account:
                wait = failed.retry_after or min(LONGEST_HOLD, FIRST_HOLD * 2 ** self._holds.get(key, 0))
                self._holds[key] = min(self._holds.get(key, 0) + 1, 10)
                log.error("channel %s waits %.0f s: %s", key[0], wait, failed.code)
                until = now + timedelta(seconds=wait)
                await accounts.hold(
                    connection, *key, until=until, code=failed.code, human=failed.human, at=now
                )
            elif failed is not None:
                await accounts.troubled(connection, *key, failed.code, now)
            else:  # whoever held it: another process may have
                self._holds.pop(key, None)
                await accounts.free(connection, *key)


_SETTLE = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("claim"),
        outbox.c.state == "claimed",
        outbox.c.attempts == bindparam("attempt"),
    )
    .values(
        state=bindparam("becomes"),
        attempts=bindparam("tries"),
        part=bindparam("parts"),
        error=bindparam("why"),
        due_at=bindparam("due"),
        sent_at=bindparam("sent"),
        claimed_until=None,
    )
)
