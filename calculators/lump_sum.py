"""Insurance taken out at once instead of a pension. Law 41/2024/QH15 art. 102; Law 58/2014/QH13 art. 77."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from calculators.errors import LawError
from calculators.law import Law
from calculators.money import dong
from calculators.pension import years_counted
from calculators.trail import Source, Trust, weakest


class LumpCase(StrEnum):
    """Why insurance may be taken out at once: Law 41/2024/QH15 art. 102.1, letters a to đ in their order."""

    RETIREMENT_AGE = "retirement_age"
    EMIGRATION = "emigration"
    ILLNESS = "illness"
    DISABILITY = "disability"
    STOPPED_PAYING = "stopped_paying"


_SUPPORT_KEPT = (LumpCase.ILLNESS, LumpCase.DISABILITY)


class PaidUnknown(LawError):
    """Under a year of months the sum that was paid decides, and it was not given."""


@dataclass(frozen=True, slots=True)
class Served:
    """Months paid for until the end of 2013 and from 2014 on: they count differently."""

    before_2014: int
    from_2014: int

    @property
    def months(self) -> int:
        """All months."""
        return self.before_2014 + self.from_2014


@dataclass(frozen=True, slots=True)
class LumpSum:
    """A sum (VND) and how it came about: `times` average incomes, less the support that goes back.

    `times` is None where the sum that was paid decides. Years and times are exact decimals.
    """

    years_before_2014: Decimal
    years_from_2014: Decimal
    times: Decimal | None
    gross: int
    returned: int
    amount: int
    because: tuple[Source, ...]
    trust: Trust


def lump_years(served: Served, *, on: date, law: Law) -> tuple[Decimal, Decimal]:
    """Return the years before 2014 and from 2014 that a sum is worked out with.

    Odd months before 2014 move to the later part where there is one. Law 41/2024/QH15 art. 5.6, 102; the
    same before it: Circular 59/2015/TT-BLĐTBXH. Raises NoValueYet.
    """
    odd = served.before_2014 % 12 if served.from_2014 else 0
    before = years_counted(served.before_2014 - odd, on=on, law=law)
    return before, years_counted(served.from_2014 + odd, on=on, law=law)


def times_average(served: Served, *, on: date, law: Law) -> Decimal:
    """Return how many average incomes the months are worth: 1.5 a year before 2014, 2 a year from then.

    Law 41/2024/QH15 art. 102.3; Law 58/2014/QH13 art. 77. Raises NoValueYet before 2016.
    """
    before, after = lump_years(served, on=on, law=law)
    early, late = (law.number(key).on(on).value for key in ("lump_before_2014", "lump_from_2014"))
    return before * early + after * late


def lump_sum(
    served: Served,
    average: Fraction,
    case: LumpCase,
    *,
    on: date,
    law: Law,
    paid: int | None = None,
    supported: int = 0,
) -> LumpSum:
    """Return what is paid out at once (VND) for an average income (VND a month).

    Under a year it is the sum that was `paid`, at most two average incomes. What the State `supported` (VND)
    goes back, except in illness and disability: Decree 159/2025/NĐ-CP art. 5.6. Whether a person may take it
    is not decided here. Raises PaidUnknown, NoValueYet.
    """
    keys = ("lump_before_2014", "lump_from_2014", "lump_full_months", "lump_short_max")
    rows = {key: law.number(key).on(on) for key in keys}
    before, after = lump_years(served, on=on, law=law)
    times: Decimal | None = None
    if served.months >= rows["lump_full_months"].value:
        times = times_average(served, on=on, law=law)
        gross = dong(average * Fraction(times))
    elif paid is None:
        raise PaidUnknown("under a year what was paid decides; give `paid`, VND")
    else:
        gross = min(paid, dong(average * Fraction(rows["lump_short_max"].value)))
    returned = 0 if case in _SUPPORT_KEPT else min(supported, gross)
    sources = tuple(dict.fromkeys(row.source for row in rows.values()))
    trust = weakest(row.trust for row in rows.values())
    return LumpSum(before, after, times, gross, returned, gross - returned, sources, trust)
