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

from sqlalchemy import ColumnElement, and_, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.channels import Channel, SendFailed
from bot.storage.crypt import Cipher
from bot.storage.hotpath import body_aad
from bot.storage.schema import outbox
from handlers.messages import Address, Outgoing

LEASE = timedelta(seconds=60)  # a claim older than this belonged to a sender that died
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

    async def run(self) -> None:
        """Send for ever. A database that is away is waited for."""
        while True:
            self._woken.clear()
            try:
                busy = await self.step()
            except Exception as problem:  # noqa: BLE001 - the loop must outlive whatever a round meets
                log.error("the sender could not work: %s", type(problem).__name__)
                busy = False
            if not busy:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), POLL)

    async def drain(self) -> None:
        """Send until nothing is due."""
        while await self.step():
            pass

    async def step(self) -> bool:
        """Claim what is due, send it, settle it; tell whether there was anything."""
        claims = await self._claim()
        await asyncio.gather(*(self._send(claim) for claim in claims))
        return bool(claims)

    async def _claim(self) -> list[_Claim]:
        now = self._clock()
        async with self._engine.begin() as connection:
            await self._release_expired(connection, now)
            rows = await connection.execute(
                update(outbox)
                .where(outbox.c.id.in_(self._due(now, connection)))
                .values(state="claimed", claimed_until=now + LEASE, attempts=outbox.c.attempts + 1)
                .returning(
                    outbox.c.id,
                    outbox.c.channel,
                    outbox.c.account,
                    outbox.c.person,
                    outbox.c.cause,
                    outbox.c.n,
                    outbox.c.body,
                    outbox.c.attempts,
                )
            )
            return [
                _Claim(
                    row.id,
                    Address(row.channel, row.account, row.person),
                    Outgoing.from_json(json.loads(self._cipher.open(row.body, body_aad(row.cause, row.n)))),
                    row.attempts,
                )
                for row in sorted(rows, key=lambda row: int(row.id))
            ]

    def _due(self, now: datetime, connection: AsyncConnection) -> ColumnElement[int]:
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
            .limit(MOST_AT_ONCE)
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
                await connection.execute(
                    update(outbox).where(expired, outbox.c.channel.in_(names)).values(state=state)
                )

    async def _send(self, claim: _Claim) -> None:
        channel = self._channels[claim.to.channel]
        try:
            await channel.send(claim.to, claim.message, str(claim.id))
        except SendFailed as failed:
            await self._fail(claim, failed, idempotent=channel.able.idempotent)
        except Exception as problem:  # noqa: BLE001 - a channel's bug must not stop the others
            log.error("channel %s raised %s", channel.name, type(problem).__name__)
            await self._fail(claim, SendFailed("unknown"), idempotent=channel.able.idempotent)
        else:
            await self._settle(claim, state="sent", sent_at=self._clock(), error=None)

    async def _fail(self, claim: _Claim, failed: SendFailed, *, idempotent: bool) -> None:
        retry = failed.kind == "retry" or (failed.kind == "unknown" and idempotent)
        if retry and claim.attempts < MOST_ATTEMPTS:
            wait = failed.retry_after
            if wait is None:
                longest = min(LONGEST_WAIT, FIRST_WAIT * 2**claim.attempts)
                wait = longest * (0.5 + self._rng.random() / 2)
            due_at = self._clock() + timedelta(seconds=wait)
            await self._settle(claim, state="waiting", due_at=due_at, error=failed.kind)
        elif failed.kind == "unknown":
            await self._settle(claim, state="unknown", error=failed.kind)
        else:
            log.error("message %d to channel %s is dead: %s", claim.id, claim.to.channel, failed.kind)
            await self._settle(claim, state="dead", error=failed.kind)
            if failed.kind == "stopped":
                await self._stop(claim.to)

    async def _settle(self, claim: _Claim, **values: object) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(
                update(outbox)
                .where(outbox.c.id == claim.id, outbox.c.state == "claimed")
                .values(claimed_until=None, **values)
            )

    async def _stop(self, address: Address) -> None:
        """Who left is not written to again until she writes."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(outbox)
                .where(
                    outbox.c.channel == address.channel,
                    outbox.c.account == address.account,
                    outbox.c.person == address.person,
                    outbox.c.state == "waiting",
                )
                .values(state="dead", error="stopped")
            )

    async def counts(self) -> dict[str, int]:
        """Return how many messages there are of each state on these channels."""
        async with self._engine.connect() as connection:
            query = select(outbox.c.state, func.count()).where(self._mine()).group_by(outbox.c.state)
            return {row[0]: row[1] for row in await connection.execute(query)}
