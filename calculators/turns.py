"""Whose turn it is: who has waited longest, weighed by what the organisations agreed on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for a turn since `since`: his last one, or his first day.

    `share` is how many parts his organisation agreed to get.
    """

    id: int
    organisation: int
    share: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands in the order of turns, from 0, and among how many `mates` of his organisation."""

    waiting: Waiting
    number: int
    mates: int


def in_turn(team: Iterable[Waiting], now: datetime) -> Sequence[Place]:
    """Return a team in the order of turns: time waited × share ÷ members of the same organisation.

    Served in this order, organisations come to get turns in the proportion of their shares, however many
    people each has there, and the people of one organisation get equally many. Ties go by id.
    """
    team = list(team)
    mates = Counter(one.organisation for one in team)

    def waited(one: Waiting) -> Fraction:
        microseconds = max((now - one.since) // timedelta(microseconds=1), 0)
        return Fraction(microseconds * one.share, mates[one.organisation])

    ordered = sorted(team, key=lambda one: (-waited(one), one.id))
    return [Place(one, number, mates[one.organisation]) for number, one in enumerate(ordered)]
