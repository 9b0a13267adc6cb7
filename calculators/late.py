"""What late compulsory contributions cost. Voluntary ones carry no interest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from calculators.law import Law
from calculators.money import dong
from calculators.trail import Line, Op, Term, Traced, What, line, share


@dataclass(frozen=True, slots=True)
class Late(Traced):
    """Interest (VND) and what is due with what was carried over (VND)."""

    interest: int
    total: int
    trail: tuple[Line, ...]


def monthly_rate(fund_yield: Fraction, *, on: date, law: Law) -> Fraction:
    """Return the monthly rate of late contributions: twice the fund's monthly yield of the year before.

    VSS Decision 595/QĐ-BHXH, until 30/6/2025. Raises NoValueYet before 2016.
    """
    return Fraction(law.number("late_fund_yields").on(on).value) * fund_yield


def late_by_months(
    overdue: int, fund_yield: Fraction, months: int = 1, carried: int = 0, *, on: date, law: Law
) -> Late:
    """Return the interest on what is overdue (VND) for whole months, by the fund's monthly yield (ratio).

    Interest `carried` over from before (VND) is due too and bears none: VSS Decision 595/QĐ-BHXH. Raises
    NoValueYet before 2016.
    """
    row = law.number("late_fund_yields").on(on)
    interest = dong(overdue * monthly_rate(fund_yield, on=on, law=law) * months)
    return Late(interest, carried + interest, (line(What.LATE_INTEREST, interest, "VND", row, on=on),))


def late_by_days(overdue: int, days: int, *, on: date, law: Law) -> Late:
    """Return the interest on what is overdue (VND) for so many days: 0.03% each.

    Decree 158/2025/NĐ-CP art. 8. Raises NoValueYet before 1/7/2025.
    """
    row = law.number("late_daily_rate").on(on)
    interest = dong(Decimal(overdue) * row.value * days)
    how = (*share(row.value, overdue), Term(days, "factor", Op.TIMES))
    return Late(interest, interest, (line(What.LATE_INTEREST, interest, "VND", row, on=on, how=how),))
