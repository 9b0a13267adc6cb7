"""Time that is moved by hand in tests, and runs by itself for people."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta


class VirtualClock:
    """Stands still until it is advanced; with `real`, time passes as well."""

    def __init__(self, start: datetime, real: Callable[[], datetime] | None = None) -> None:
        """`start` is aware; `real` is a clock that runs."""
        self._time, self._real = start, real
        self._since = real() if real else start
        self._sleeping: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def __call__(self) -> datetime:
        """The time now."""
        return self._time + (self._real() - self._since) if self._real else self._time

    async def sleep(self, seconds: float) -> None:
        """Wait until so much of this clock's time has passed."""
        if seconds <= 0:
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleeping, (self() + timedelta(seconds=seconds), next(self._numbers), woken))
        if self._real is None:
            await woken
            return
        await asyncio.wait([woken], timeout=seconds)

    async def advance(self, seconds: float) -> None:
        """Let time pass: whoever sleeps wakes at his own moment, and what he does then happens then."""
        until = self() + timedelta(seconds=seconds)
        while self._sleeping and self._sleeping[0][0] <= until:
            due, _, woken = heapq.heappop(self._sleeping)
            if not woken.done():
                self._time += max(timedelta(), due - self())
                woken.set_result(None)
                for _ in range(3):
                    await asyncio.sleep(0)
        self._time += until - self()
