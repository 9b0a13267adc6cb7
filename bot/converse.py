"""One update, one transaction: what a person did goes in, what she reads comes out, or nothing happened.

Updates that arrive together share a commit; one person's stay in order, and one that fails is undone
alone: it is stored whole, the person gets an apology, and it can be replayed after the fix.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import LOCAL
from bot.storage import failures
from bot.storage.crypt import Cipher
from bot.storage.hotpath import cause_of, enqueue, event_key, lock_states, save_states, take_new
from bot.storage.schema import failures as failures_table
from handlers.dialogue import Dialogue
from handlers.messages import Address, Incoming, Kind, Outgoing
from handlers.ports import World
from handlers.state import Put, State

MOST_TOGETHER = 64  # updates of one commit
LONGEST_EVENT_ID = 200

log = logging.getLogger(__name__)

Post = Callable[[Address, Outgoing], None]
Roles = Callable[[AsyncConnection, Address], Awaitable[Dialogue]]
OpenWorld = Callable[[AsyncConnection, Address, datetime, Post], World]
Mail = list[tuple[Address, Outgoing]]


class _FailedAloneError(Exception):
    """The only update of a transaction failed."""

    def __init__(self, problem: Exception, language: str) -> None:
        """What it raised, and the language to apologise in."""
        super().__init__(type(problem).__name__)
        self.problem, self.language = problem, language


class Wording(Protocol):
    """What is needed of handlers.wording.Words."""

    def outgoing(self, put: Put, state: State, heard: str = "") -> Outgoing:
        """Word what the engine put."""
        ...

    def notice(self, name: str, language: str) -> Outgoing:
        """Word a message nobody asked for."""
        ...


class Converse:
    """Takes what people did, in one transaction each batch. Built once; `woken` tells the sender."""

    def __init__(
        self,
        engine: AsyncEngine,
        cipher: Cipher,
        *,
        roles: Roles,
        words: Wording,
        open_world: OpenWorld,
        clock: Callable[[], datetime],
        woken: asyncio.Event,
    ) -> None:
        """`roles` finds the dialogue of an address; `open_world` its world within a transaction."""
        self._engine, self._cipher, self._roles, self._words = engine, cipher, roles, words
        self._open_world, self._clock, self._woken = open_world, clock, woken
        self._queue: deque[tuple[Incoming, asyncio.Future[None]]] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def hear(self, incoming: Incoming) -> None:
        """Take one event; return after the commit that holds it. The same event again changes nothing.

        Raises what the database raised when nothing was committed: the platform will deliver it again.
        """
        if not 0 < len(incoming.event_id) <= LONGEST_EVENT_ID:
            raise ValueError(f"an event id has 1 to {LONGEST_EVENT_ID} characters")
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((incoming, done))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        await done

    async def close(self) -> None:
        """Finish what was taken."""
        if self._worker is not None:
            await self._worker

    async def replay(self, failure_id: int) -> bool:
        """Run a stored failure again, as if it had just come; False when there is none to run."""
        async with self._engine.begin() as connection:
            incoming = await failures.load(connection, self._cipher, failure_id)
            if incoming is None:
                return False
            await connection.execute(
                update(failures_table)
                .where(failures_table.c.id == failure_id)
                .values(replayed_at=self._clock())
            )
            again = replace(incoming, event_id=f"replay-{failure_id}")
            await self._take(connection, [again])
        self._woken.set()
        return True

    async def _work(self) -> None:
        while self._queue:
            batch = self._batch()
            try:
                await self._commit([incoming for incoming, _ in batch])
            except Exception as problem:  # noqa: BLE001 - each caller gets it; nothing was committed
                for _, done in batch:
                    if not done.done():
                        done.set_exception(problem)
            else:
                self._woken.set()
                for _, done in batch:
                    if not done.done():
                        done.set_result(None)

    async def _commit(self, events: Sequence[Incoming]) -> None:
        """Take a batch in one transaction; an update alone in it needs no savepoint to be undone."""
        try:
            async with self._engine.begin() as connection:
                await self._take(connection, events, alone=len(events) == 1)
        except _FailedAloneError as failed:
            at = self._clock()
            async with self._engine.begin() as connection:
                if await take_new(connection, events, at):
                    notice = await self._record(connection, events[0], failed.problem, failed.language, at)
                    await enqueue(connection, [(cause_of(events[0]), 0, *notice)], self._cipher, at=at)

    def _batch(self) -> list[tuple[Incoming, asyncio.Future[None]]]:
        """The next updates, at most one of each person: her others wait for the next commit."""
        batch: list[tuple[Incoming, asyncio.Future[None]]] = []
        people: set[Address] = set()
        later: list[tuple[Incoming, asyncio.Future[None]]] = []
        while self._queue and len(batch) < MOST_TOGETHER:
            item = self._queue.popleft()
            if item[0].address in people:
                later.append(item)
            else:
                people.add(item[0].address)
                batch.append(item)
        self._queue.extendleft(reversed(later))
        return batch

    async def _take(
        self, connection: AsyncConnection, batch: Sequence[Incoming], *, alone: bool = False
    ) -> None:
        """Take a batch within a transaction. Raises _FailedAloneError for one that is alone and fails."""
        at = self._clock()
        today = at.astimezone(LOCAL).date()
        new = await take_new(connection, batch, at)
        events = [incoming for incoming in batch if event_key(incoming) in new]
        if not events:
            return
        addresses = [incoming.address for incoming in events]
        states = await lock_states(connection, addresses, self._cipher, at=at, today=today)
        mail: list[tuple[str, int, Address, Outgoing]] = []
        for incoming in events:
            posted = await (self._alone if alone else self._step)(connection, incoming, states, at)
            cause = cause_of(incoming)
            mail += [(cause, n, to, message) for n, (to, message) in enumerate(posted)]
        await save_states(connection, states, self._cipher, at=at)
        await enqueue(connection, mail, self._cipher, at=at)

    async def _step(
        self, connection: AsyncConnection, incoming: Incoming, states: dict[Address, State], at: datetime
    ) -> Mail:
        """One person's turn, undone alone when it fails."""
        before = states[incoming.address].as_json()
        savepoint = await connection.begin_nested()
        try:
            posted = await self._turn(connection, incoming, states[incoming.address], at)
        except Exception as problem:  # noqa: BLE001 - whatever it is, nothing she typed is lost
            await savepoint.rollback()
            states[incoming.address] = state = State.from_json(before)
            return [await self._record(connection, incoming, problem, state.language, at)]
        await savepoint.commit()
        return posted

    async def _alone(
        self, connection: AsyncConnection, incoming: Incoming, states: dict[Address, State], at: datetime
    ) -> Mail:
        """One person's turn with nobody beside her: the transaction itself is what is undone."""
        state = states[incoming.address]
        language = state.language
        try:
            return await self._turn(connection, incoming, state, at)
        except Exception as problem:
            raise _FailedAloneError(problem, language) from problem

    async def _record(
        self, connection: AsyncConnection, incoming: Incoming, problem: Exception, language: str, at: datetime
    ) -> tuple[Address, Outgoing]:
        """Keep a message that failed, and return the apology for it."""
        where = "".join(traceback.format_list(_frames(problem)))
        name = type(problem).__name__
        log.error("a message could not be taken: %s", name)
        await failures.store(connection, self._cipher, incoming, name, where, at=at)
        return incoming.address, self._words.notice("failed", language)

    async def _turn(
        self, connection: AsyncConnection, incoming: Incoming, state: State, at: datetime
    ) -> Mail:
        posted: Mail = []
        dialogue = await self._roles(connection, incoming.address)
        world = self._open_world(
            connection, incoming.address, at, lambda to, message: posted.append((to, message))
        )
        heard = _heard(incoming, state)
        put = await dialogue.hear(state, incoming, at.astimezone(LOCAL).date(), world)
        if put is not None:
            posted.insert(0, (incoming.address, self._words.outgoing(put, state, heard)))
        return posted


def _heard(incoming: Incoming, state: State) -> str:
    """Her words as she saw them: what she typed, or the label of the option she tapped."""
    if incoming.kind is Kind.CHOICE:
        return next((label for identity, label in state.shown if identity == incoming.text), "")
    return incoming.text[:1_000] if incoming.kind in (Kind.TEXT, Kind.CONTACT) else ""


def _frames(problem: BaseException) -> traceback.StackSummary:
    """Where it happened: files, lines and functions without the source lines, which might show values."""
    frames = traceback.extract_tb(problem.__traceback__)
    return traceback.StackSummary.from_list(
        [traceback.FrameSummary(f.filename.rpartition("/")[2], f.lineno, f.name, line="") for f in frames]
    )


async def open_failures(connection: AsyncConnection) -> list[tuple[int, str, datetime]]:
    """Return (id, error, when) of the failures not replayed yet, oldest first."""
    query = (
        select(failures_table.c.id, failures_table.c.error, failures_table.c.created_at)
        .where(failures_table.c.replayed_at.is_(None))
        .order_by(failures_table.c.id)
    )
    return [(row[0], row[1], row[2]) for row in await connection.execute(query)]
