"""A limit on how often one address may ask: the generic cell rate algorithm, in memory."""

from __future__ import annotations

from collections import OrderedDict

MOST_ADDRESSES = 10_000


class RateLimit:
    """Lets `per_minute` requests a minute through for each key, a fifth of them in a burst."""

    def __init__(self, per_minute: int) -> None:
        """`per_minute` is at least 1."""
        self._gap = 60.0 / per_minute
        self._burst = max(1.0, per_minute / 5) * self._gap
        self._next: OrderedDict[str, float] = OrderedDict()

    def wait(self, key: str, now: float) -> float:
        """Return 0 and count the request, or the seconds until one would be let through."""
        due = max(self._next.get(key, now), now)
        if due - now > self._burst - self._gap:
            return due - now - (self._burst - self._gap)
        self._next[key] = due + self._gap
        self._next.move_to_end(key)
        if len(self._next) > MOST_ADDRESSES:
            self._next.popitem(last=False)
        return 0.0
