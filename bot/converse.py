"""One update, one transaction: what a person did goes in, what she reads comes out, or nothing happened.

Updates that arrive together share a commit; one person's stay in order, and one that fails is undone
alone: it is stored whole, the person gets an apology, and it can be replayed after the fix.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import meters
from bot.clock import LOCAL
from bot.storage import failures
from bot.storage.crypt import Cipher, SealError
from bot.storage.hotpath import Event, cause_of, enqueue, event_key, lock_states, save_states, take_new
from bot.storage.schema import failures as failures_table
from handlers.dialogue import Dialogue
from handlers.flow import AskAgain, Pending
from handlers.messages import Address, Hint, Incoming, Kind, Outgoing
from handlers.ports import World
from handlers.state import Put, State

MOST_TOGETHER = 64  # updates of one commit
LINKED_TO_WORK = ("linked_staff", "linked_office")  # notices after which a chat is another one
LONGEST = {"channel": 20, "account": 80, "person": 100, "event id": 200}  # characters, as stored

log = logging.getLogger(__name__)

Post = Callable[[Address, Outgoing], None]
Roles = Callable[[AsyncConnection, Collection[Address]], Awaitable[Mapping[Address, Dialogue]]]
OpenWorld = Callable[[AsyncConnection, Address, datetime, Post], World]
Mail = list[tuple[Address, Outgoing]]
_Waiting = tuple[Incoming, asyncio.Future[bool]]


class _FailedError(Exception):
    """An update of a transaction failed, by a fault of ours and not by trouble of the database."""

    def __init__(self, problem: BaseException) -> None:
        """What it raised."""
        super().__init__(type(problem).__name__)
        self.problem = problem


class Wording(Protocol):
    """What is needed of handlers.wording.Words."""

    def outgoing(self, put: Put, state: State, heard: str = "") -> Outgoing:
        """Word what the engine put."""
        ...

    def notice(self, name: str, language: str) -> Outgoing:
        """Word a message nobody asked for."""
        ...


class Helping(Protocol):
    """What is needed of bot.helper.Helper."""

    async def hint(self, incoming: Incoming) -> Hint | None:
        """Return what words that nobody reads may mean; raises nothing."""
        ...

    async def close(self) -> None:
        """Close what it keeps open."""
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
        helper: Helping | None = None,
    ) -> None:
        """`roles` finds the dialogue of each address; `open_world` its world within a transaction.

        A `helper` is asked what a message may mean before the transaction is opened.
        """
        self._engine, self._cipher, self._roles, self._words = engine, cipher, roles, words
        self._open_world, self._clock, self._woken = open_world, clock, woken
        self._helper = helper
        self._waiting: dict[Address, deque[_Waiting]] = {}
        self._worker: asyncio.Task[None] | None = None

    async def hear(self, incoming: Incoming) -> bool:
        """Take one event; return after the commit that holds it. The same event again changes nothing.

        Tells whether it was new and belonged to what was asked: a tap on an old button does not.

        Raises ValueError for a key that cannot be stored, and what the database raised when nothing was
        committed: the platform will deliver it again.
        """
        incoming = _sound(incoming)
        if self._helper is not None:
            incoming = replace(incoming, hint=await self._helper.hint(incoming))
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(incoming.address, deque()).append((incoming, done))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await done

    async def close(self) -> None:
        """Finish what was taken."""
        if self._worker is not None:
            await self._worker
        if self._helper is not None:
            await self._helper.close()

    async def replay(self, failure_id: int) -> bool:
        """Run a stored failure again, as if it had just come; False when there is none to run.

        It is one event however often it is asked for, by however many.
        """
        async with self._engine.begin() as connection:
            incoming = await failures.load(connection, self._cipher, failure_id)
        if incoming is None:
            return False
        await self.hear(replace(incoming, event_id=f"replay-{failure_id}"))
        async with self._engine.begin() as connection:
            await failures.mark_replayed(connection, failure_id, at=self._clock())
        return True

    async def _work(self) -> None:
        while self._waiting:
            batch = self._batch()
            try:
                await self._take(batch)
            except BaseException:
                for _, done in batch:
                    done.cancel()  # nobody may wait for a worker that is gone
                raise

    def _batch(self) -> list[_Waiting]:
        """The next updates, one of each person: her others stand behind everybody else for a later commit."""
        batch = []
        for address in tuple(islice(self._waiting, MOST_TOGETHER)):
            hers = self._waiting.pop(address)
            batch.append(hers.popleft())
            if hers:
                self._waiting[address] = hers
        return batch

    async def _take(self, batch: Sequence[_Waiting]) -> None:
        """Take a batch in one commit and tell its callers; when somebody in it fails, take each alone."""
        trouble: Exception | None = None
        fitting: set[Event] = set()
        try:
            fitting = await self._commit([incoming for incoming, _ in batch])
        except _FailedError as failed:
            if len(batch) > 1:
                for one in batch:
                    await self._take([one])
                return
            trouble = await self._keep(batch[0][0], failed.problem)
        except Exception as problem:  # noqa: BLE001 - each caller gets it; nothing was committed
            trouble = problem
        if trouble is None:
            self._woken.set()
        for incoming, done in batch:
            if done.done():
                continue
            if trouble is None:
                done.set_result(event_key(incoming) in fitting)
            else:
                done.set_exception(trouble)

    async def _commit(self, batch: Sequence[Incoming]) -> set[Event]:
        """Take a batch in one transaction. Raises _FailedError, or what the database raised."""
        async with self._engine.begin() as connection:
            try:
                fitting, chats = await self._hear(connection, batch)
            except (Exception, Pending, AskAgain) as problem:
                if failures.is_passing(problem):
                    raise
                raise _FailedError(problem) from problem
        for channel, chat in chats:
            meters.UPDATES.labels(channel, chat).inc()
        return fitting

    async def _hear(
        self, connection: AsyncConnection, batch: Sequence[Incoming]
    ) -> tuple[set[Event], list[tuple[str, str]]]:
        """Take the events of a batch that are new: hear each, save all, put all replies into the outbox.

        Returns those that belonged to what was asked, and each one's channel and whose chat it is.
        """
        at = self._clock()
        today = at.astimezone(LOCAL).date()
        new = await take_new(connection, batch, at)
        events = {event_key(incoming): incoming for incoming in batch if event_key(incoming) in new}
        if not events:
            return set(), []
        addresses = [incoming.address for incoming in events.values()]
        states = await lock_states(connection, addresses, self._cipher, at=at, today=today)
        mail: list[tuple[str, int, Address, Outgoing]] = []
        fitting: set[Event] = set()
        chats = []
        dialogues = await self._roles(connection, addresses)
        for key, incoming in events.items():
            dialogue = dialogues[incoming.address]
            chats.append((incoming.address.channel, dialogue.conversation.name))
            posted, fits = await self._turn(connection, dialogue, incoming, states[incoming.address], at=at)
            if fits:
                fitting.add(key)
            cause = cause_of(incoming)
            mail += [(cause, n, to, message) for n, (to, message) in enumerate(posted)]
        await save_states(connection, states, self._cipher, at=at)
        await enqueue(connection, mail, self._cipher, at=at, awake=addresses)
        return fitting, chats

    async def _keep(self, incoming: Incoming, problem: BaseException) -> Exception | None:
        """Keep a message that failed, and apologise for it; return what the database raised, if it did."""
        name, at = type(problem).__name__, self._clock()
        frames = _frames(problem)
        where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
        log.error("a message could not be taken: %s at %s", name, where)
        try:
            async with self._engine.begin() as connection:
                if await take_new(connection, [incoming], at):
                    trace = "".join(traceback.format_list(frames))
                    await failures.store(connection, self._cipher, incoming, name, trace, at=at)
                    language = await self._language(connection, incoming.address, at)
                    notice = self._words.notice("failed", language)
                    mail = [(cause_of(incoming), 0, incoming.address, notice)]
                    await enqueue(connection, mail, self._cipher, at=at, awake=[incoming.address])
        except Exception as trouble:  # noqa: BLE001 - the caller gets it; nothing was committed
            return trouble
        return None

    async def _language(self, connection: AsyncConnection, address: Address, at: datetime) -> str:
        """The language to apologise in; Vietnamese where the stored conversation cannot be read."""
        today = at.astimezone(LOCAL).date()
        try:
            return (await lock_states(connection, [address], self._cipher, at=at, today=today))[
                address
            ].language
        except (SealError, ValueError, KeyError, TypeError):
            return State(started_on=today).language

    async def _turn(
        self,
        connection: AsyncConnection,
        dialogue: Dialogue,
        incoming: Incoming,
        state: State,
        *,
        at: datetime,
    ) -> tuple[Mail, bool]:
        posted: Mail = []
        world = self._open_world(
            connection, incoming.address, at, lambda to, message: posted.append((to, message))
        )
        heard = _heard(incoming, state)
        today = at.astimezone(LOCAL).date()
        put = await dialogue.hear(state, incoming, today, world)
        if put is not None and any(notice.name in LINKED_TO_WORK for notice in put.notices):
            address = incoming.address  # the chat has just become a collector's, or an officer's
            desk = (await self._roles(connection, [address]))[address]
            shown = await desk.hear(state, replace(incoming, kind=Kind.TEXT, text=""), today, world)
            put = replace(shown, notices=put.notices, error=None) if shown else put
        if put is not None:
            posted.insert(0, (incoming.address, self._words.outgoing(put, state, heard)))
        return posted, put is not None and all(notice.name != "stale" for notice in put.notices)


def _sound(incoming: Incoming) -> Incoming:
    """Return an event that can be stored: halves of characters become "?". Raises ValueError for its key."""
    address = incoming.address
    key = (address.channel, address.account, address.person, incoming.event_id)
    for (name, longest), value in zip(LONGEST.items(), key, strict=True):
        if not 0 < len(value) <= longest or not value.isprintable():
            raise ValueError(f"an update's {name} has 1 to {longest} characters, all printable")
    return replace(incoming, text=incoming.text.encode("utf-8", "replace").decode())


def _heard(incoming: Incoming, state: State) -> str:
    """Her words as she saw them: what she typed, or the label of the option she tapped."""
    if incoming.kind is Kind.CHOICE:
        return next((label for identity, label in state.shown if identity == incoming.text), "")
    if incoming.kind is Kind.MEDIA:
        return incoming.text.partition("\n")[2][:1_000]  # what she wrote under it
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
