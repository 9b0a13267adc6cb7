"""Every topic an example may have, and what computes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.examples import averages, benefits, contributions, lump_sums, pensions, starting, survivors
from bot.examples.given import Given

Topic = Callable[[Given], Mapping[str, object]]

TOPICS: Mapping[str, Topic] = {
    **contributions.TOPICS,
    **pensions.TOPICS,
    **averages.TOPICS,
    **starting.TOPICS,
    **lump_sums.TOPICS,
    **survivors.TOPICS,
    **benefits.TOPICS,
}


def find_topic(name: str) -> Topic | None:
    """Return what computes a topic: the one of that name, or the longest one that its name begins with.

    A longer name narrows a topic down, as lump_sum_odd_months does lump_sum. None where there is none.
    """
    known = [topic for topic in TOPICS if name == topic or name.startswith(f"{topic}_")]
    return TOPICS[max(known, key=len)] if known else None
