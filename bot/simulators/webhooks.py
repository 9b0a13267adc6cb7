"""How platforms deliver to a webhook: queues, attempts, retries; as told, late, twice or out of order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from random import Random
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.simulators.clock import VirtualClock
from bot.simulators.journal import Journal

LOOPBACK = ("127.0.0.1", "localhost", "::1")

Retry = Callable[[int, int | None, float | None], float | None]
"""(attempts so far, status or None for no answer, Retry-After) → seconds until the next; None gives up."""


@dataclass(slots=True)
class Policy:
    """How unreliable the way to the webhook is."""

    dup_prob: float = 0.0
    reorder_window: int = 1  # of so many waiting, any may be next
    drop_prob: float = 0.0
    delay: float = 0.0  # seconds, at most


@dataclass(slots=True)
class Delivery:
    """One event on its way; `headers` are those of an attempt, counted from 0."""

    body: bytes
    headers: Callable[[int], Mapping[str, str]]
    expires: datetime | None = None
    attempts: list[dict[str, Any]] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    delivered: bool = False


class WebhookSender:
    """Delivers to one address of this machine, in order within each queue, queues side by side."""

    def __init__(
        self,
        clock: VirtualClock,
        rng: Random,
        journal: Journal,
        *,
        retry: Retry,
        timeout: float,
        overtaken: bool = False,
    ) -> None:
        """`timeout` is how long the platform waits for an answer, in real seconds.

        With `overtaken` an event that must come again lets those after it in its queue go first.
        """
        self._overtaken = overtaken
        self._clock, self._rng, self._journal = clock, rng, journal
        self._retry, self._timeout = retry, ClientTimeout(total=timeout)
        self.url, self.policy = "", Policy()
        self.last_error: str | None = None
        self.given_up = 0  # events the webhook will never see
        self.held: list[Delivery] | None = None  # a list: deliveries are put there, and nobody posts them
        self._queues: dict[str, deque[Delivery]] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._again: set[asyncio.Task[None]] = set()  # deliveries that others have overtaken
        self._busy, self._idle = 0, asyncio.Event()  # queues that do not wait for time to pass
        self._idle.set()
        self._session: ClientSession | None = None

    def aim(self, url: str) -> None:
        """Set where to deliver; empty turns it off. Raises ValueError for another machine."""
        if url and urlsplit(url).hostname not in LOOPBACK:
            raise ValueError(f"a simulator delivers to this machine only ({', '.join(LOOPBACK)})")
        self.url = url

    def put(
        self,
        queue: str,
        body: bytes,
        headers: Callable[[int], Mapping[str, str]],
        *,
        expires: datetime | None = None,
    ) -> Delivery:
        """Begin to deliver an event after those before it in its queue; after `expires` it is given up."""
        delivery = Delivery(body, headers, expires)
        if self.held is not None:
            self.held.append(delivery)
            return delivery
        self._queues.setdefault(queue, deque()).append(delivery)
        worker = self._workers.get(queue)
        if worker is None or worker.done():
            self._begin()
            self._workers[queue] = asyncio.create_task(self._work(queue))
        return delivery

    @property
    def pending(self) -> int:
        """How many events were not delivered yet."""
        return sum(map(len, self._queues.values())) + len(self._again)

    async def settle(self) -> None:
        """Wait until nothing can be delivered without time passing."""
        await self._idle.wait()

    async def close(self) -> None:
        """Stop delivering."""
        working = [*self._workers.values(), *self._again]
        for worker in working:
            worker.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _work(self, name: str) -> None:
        queue = self._queues[name]
        try:
            while queue:
                place = self._rng.randrange(min(len(queue), max(1, self.policy.reorder_window)))
                delivery = queue[place]
                if self._rng.random() >= self.policy.drop_prob:
                    await self._sleep(self.policy.delay * self._rng.random())
                    await self._deliver(delivery)
                else:
                    delivery.done.set()
                queue.remove(delivery)
        finally:
            self._end()

    async def _deliver(self, delivery: Delivery) -> None:
        wait = await self._attempt(delivery)
        if wait is None or not self._overtaken:
            await self._go_on(delivery, wait)
            return
        self._begin()
        again = asyncio.create_task(self._go_on(delivery, wait))
        self._again.add(again)
        again.add_done_callback(self._came_again)

    def _came_again(self, task: asyncio.Task[None]) -> None:
        self._again.discard(task)
        self._end()

    async def _go_on(self, delivery: Delivery, wait: float | None) -> None:
        """Attempt it again until it is delivered or given up."""
        while wait is not None:
            await self._sleep(wait)
            wait = await self._attempt(delivery)
        self.given_up += not delivery.delivered
        delivery.done.set()

    async def _attempt(self, delivery: Delivery) -> float | None:
        """Attempt it, twice where the way doubles; return the seconds until the next one, None for none."""
        if not self.url or (delivery.expires is not None and self._clock() >= delivery.expires):
            return None
        status, after = await self._post(delivery)
        if status is not None and 200 <= status < 300:
            delivery.delivered = True
            if self._rng.random() < self.policy.dup_prob:
                await self._post(delivery)
            return None
        self.last_error = _trouble(status)
        return self._retry(len(delivery.attempts), status, after)

    async def _sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        self._end()
        try:
            await self._clock.sleep(seconds)
        finally:
            self._begin()

    def _begin(self) -> None:
        self._busy += 1
        self._idle.clear()

    def _end(self) -> None:
        self._busy -= 1
        if not self._busy:
            self._idle.set()

    async def _post(self, delivery: Delivery) -> tuple[int | None, float | None]:
        """Attempt it once; return the status, None when there was no answer, and Retry-After."""
        if self._session is None:
            self._session = ClientSession(timeout=self._timeout)
        number = len(delivery.attempts)
        attempt: dict[str, Any] = {"at": self._clock().isoformat(), "status": None}
        delivery.attempts.append(attempt)
        try:
            headers = dict(delivery.headers(number))
            async with self._session.post(self.url, data=delivery.body, headers=headers) as answer:
                attempt["status"] = answer.status
                given = answer.headers.get("Retry-After", "")
                return answer.status, float(given) if given.isdigit() else None
        except (ClientError, TimeoutError, OSError) as problem:
            attempt["error"] = type(problem).__name__
            return None, None
        finally:
            self._journal.write("webhook", body=delivery.body.decode("utf-8", "replace"), **attempt)


def _trouble(status: int | None) -> str:
    """What went wrong, as Telegram words it."""
    if status is None:
        return "Connection failed or timed out"
    return f"Wrong response from the webhook: {status} {HTTPStatus(status).phrase}"
