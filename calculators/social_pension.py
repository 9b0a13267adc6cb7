"""The pension of those who have none. Law 41/2024/QH15 art. 21-22; Decree 176/2025/NĐ-CP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from calculators.law import Law
from calculators.months import PartialDate
from calculators.trail import Line, Traced, What, line


@dataclass(frozen=True, slots=True)
class SocialPension(Traced):
    """From which day somebody is old enough, whether she gets it on the day asked about, and how much (VND).

    `amount` is what the State pays a month; a province may add to it. With a pension smaller than it the rest
    is paid.
    """

    old_enough_from: date
    entitled: bool
    amount: int
    trail: tuple[Line, ...]


def social_pension(
    born: PartialDate, *, poor: bool = False, pension: int = 0, on: date, law: Law
) -> SocialPension:
    """Return the social pension on a day: `poor` is a household on the poor or near-poor list.

    75 years, or 70 in a poor or near-poor household, without a pension or with a smaller one (`pension`, VND
    a month): Law 41/2024/QH15 art. 21; Decree 176/2025/NĐ-CP art. 2-3. Raises NoValueYet before 1/7/2025.
    """
    age = law.number("social_pension_age_poor" if poor else "social_pension_age").on(on)
    amount = law.number("social_pension_amount").on(on)
    first = born.counted
    year = first.year + int(age.value)
    # who was born on 29 February is as old on the first of March of a common year
    reached = date.fromordinal(date(year, first.month, 1).toordinal() + first.day - 1)
    rest = max(0, int(amount.value) - pension)
    entitled = on >= reached and rest > 0
    lines = (line(What.SOCIAL_PENSION, rest if entitled else 0, "VND", age, amount, on=on),)
    return SocialPension(reached, entitled, rest if entitled else 0, lines)
