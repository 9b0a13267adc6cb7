"""Years paid ahead, missing months paid at once, and refunds. Decree 159/2025/NĐ-CP art. 6-8."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from calculators.errors import LawError
from calculators.law import Law
from calculators.money import dong


class OutsideTerm(LawError):
    """Not a number of years or months that may be paid at once."""


def ahead(income: int, years: int, *, on: date, law: Law) -> int:
    """Return what `years` paid ahead cost before any support (VND), for an income (VND a month).

    Each month is discounted by the monthly yield of the fund in the year before, the first one not at all:
    Decree 159/2025/NĐ-CP art. 6. Raises OutsideTerm unless 2 to 5 years, NoValueYet without the yield.
    """
    return dong(_discounted(income, 0, _ahead_months(years, on, law), on, law))


def missing(income: int, months: int, *, on: date, law: Law) -> int:
    """Return what missing months paid at once cost (VND), for an income (VND a month).

    Each month is compounded by the monthly yield of the fund in the year before, the first one once: Decree
    159/2025/NĐ-CP art. 7. Raises OutsideTerm unless 1 to 60 months, NoValueYet without the yield.
    """
    most = int(law.number("missing_months_max").on(on).value)
    if not 1 <= months <= most:
        raise OutsideTerm(f"{months} missing months cannot be paid at once; write 1 to {most}")
    growth = 1 + _number(law, "fund_yield", on)
    return dong(_month(income, on, law) * sum(growth**place for place in range(1, months + 1)))


def refund(income: int, years: int, left: int, supported: int, *, on: date, law: Law) -> int:
    """Return what comes back (VND) of `years` paid ahead on day `on` when `left` months remain.

    The months that remain, discounted as they were paid, less what the State `supported` of them (VND):
    Decree 159/2025/NĐ-CP art. 8.3. Raises OutsideTerm, NoValueYet.
    """
    months = _ahead_months(years, on, law)
    if not 0 <= left <= months:
        raise OutsideTerm(f"{left} months cannot be left of {months}")
    return max(0, dong(_discounted(income, months - left, months, on, law)) - supported)


def _ahead_months(years: int, on: date, law: Law) -> int:
    least, most = (int(_number(law, f"ahead_years_{end}", on)) for end in ("min", "max"))
    if not least <= years <= most:
        raise OutsideTerm(f"{years} years cannot be paid ahead; write {least} to {most}")
    return years * 12


def _discounted(income: int, first: int, end: int, on: date, law: Law) -> Fraction:
    growth = 1 + _number(law, "fund_yield", on)
    return _month(income, on, law) * sum(1 / growth**place for place in range(first, end))


def _month(income: int, on: date, law: Law) -> Fraction:
    return income * _number(law, "contribution_rate", on)


def _number(law: Law, key: str, on: date) -> Fraction:
    value: Decimal = law.number(key).on(on).value
    return Fraction(value)
