"""What may go wrong between us and a platform, told to a simulator beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

KINDS = (
    "http_500",
    "http_502_html",
    "timeout_before",
    "timeout_after",
    "conn_reset",
    "reset_after",
    "slow",
    "rate_limit",
    "error",
)
"""`…_after`: what was asked for was done, and only the answer is lost."""


@dataclass(slots=True)
class Fault:
    """One way of failing: the next `count` calls that match, or each with probability `prob`.

    `match` is part of the call's name; `ms` is how slow; `code` which error, or the seconds of a rate limit.
    """

    kind: str
    match: str = ""
    count: int = 0
    prob: float = 0.0
    ms: int = 0
    code: int = 0

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Fault:
        """Read one from JSON. Raises ValueError saying what is wrong."""
        unknown = set(data) - set(cls.__slots__)
        if unknown or data.get("kind") not in KINDS:
            raise ValueError(f"a fault has kind ({', '.join(KINDS)}), match, count or prob, ms, code")
        return cls(**data)


class Faults:
    """The faults that are to come."""

    def __init__(self, rng: Random) -> None:
        """`rng` decides about those that have a probability."""
        self._rng, self.coming = rng, list[Fault]()

    def add(self, kind: str, match: str = "", *, count: int = 0, prob: float = 0.0, **more: int) -> None:
        """Tell of a fault; without `count` and `prob` it happens once."""
        self.coming.append(Fault.read({"kind": kind, "match": match, "count": count, "prob": prob, **more}))

    def take(self, call: str) -> Fault | None:
        """Return the fault that a call meets, if any."""
        for fault in self.coming:
            if fault.match not in call:
                continue
            if fault.prob:
                if self._rng.random() < fault.prob:
                    return fault
                continue
            fault.count = max(fault.count, 1) - 1
            if not fault.count:
                self.coming.remove(fault)
            return fault
        return None
