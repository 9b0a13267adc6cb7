"""The health insurance card of a household, member by member. Law 51/2024/QH15."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from calculators.law import Law
from calculators.money import dong
from calculators.trail import Line, Traced, What, line

_SHARES = ("health_share_second", "health_share_third", "health_share_fourth", "health_share_further")


@dataclass(frozen=True, slots=True)
class HouseholdCards(Traced):
    """What the cards of a household cost (VND), each member in his order, and all of them."""

    members: tuple[int, ...]
    total: int
    trail: tuple[Line, ...]


def household_cards(months: Sequence[int], *, on: date, law: Law) -> HouseholdCards:
    """Return what cards cost (VND): `months` holds, for each member in order, how many months his is for.

    4.5% of a reference level a month for the first, 70, 60, 50 and 40% of that for the second to the fifth
    and all after: Law 51/2024/QH15. Raises NoValueYet.
    """
    rate, level = law.number("health_card_rate").on(on), law.number("reference_level").on(on)
    rows = [law.number(key).on(on) for key in _SHARES]
    first = rate.value * level.value
    shares = [first, *(first * row.value for row in rows)]
    members = tuple(dong(shares[min(place, len(rows))] * count) for place, count in enumerate(months))
    found = line(What.HEALTH_CARD, sum(members), "VND", rate, level, *rows, on=on)
    return HouseholdCards(members, sum(members), (found,))
