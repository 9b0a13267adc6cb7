"""The bounded fields that requests share."""

from __future__ import annotations

from typing import Annotated

from calculators.errors import Refusal
from calculators.plain import AtMost, Between, Matching
from calculators.vocabulary import Group

Money = Annotated[int, Between(0, 1_000_000_000)]
"""VND, most often a month; the highest contribution there is has eight digits."""

Count = Annotated[int, Between(0, 720)]
"""Months of a life."""

Code = Annotated[
    str, Matching("[0-9]{2}", Refusal.UNKNOWN_PROVINCE, 'the two digits of a province, such as "20"')
]

Name = Annotated[str, Matching(r"\S.{0,79}", Refusal.OUT_OF_RANGE, "a name of 1 to 80 characters")]

Groups = Annotated[tuple[Group, ...], AtMost(len(Group))]
"""Every group a person belongs to; the best one counts."""
