"""Years paid ahead, missing months paid at once, and refunds. Decree 159/2025/NĐ-CP art. 6-8."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from calculators.contribution import Amounts
from calculators.dated import Dated
from calculators.errors import LawError
from calculators.law import Law
from calculators.money import dong
from calculators.trail import Source, Trust


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a payment costs (VND) if the monthly yield (ratio) is the one of payments in `of_year`."""

    monthly_yield: Decimal
    of_year: int
    amount: int
    source: Source
    trust: Trust


class OutsideTerm(LawError):
    """Not a number of years or months that may be paid at once; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def ahead(income: int, years: int, *, on: date, law: Law) -> int:
    """Return what `years` paid ahead cost before any support (VND), for an income (VND a month).

    Each month is discounted by the monthly yield of the fund in the year before, the first one not at all:
    Decree 159/2025/NĐ-CP art. 6. Raises OutsideTerm unless 2 to 5 years, NoValueYet without the yield.
    """
    return dong(discounted(_month(income, on, law), 0, ahead_months(years, on=on, law=law), on=on, law=law))


def ahead_amounts(income: int, years: int, months: Sequence[Amounts], *, on: date, law: Law) -> Amounts:
    """Return what `years` paid ahead cost (VND) and who bears it, given what each giver offers a month.

    `months` hold one amount for each supported month at most, in order. Whether support is discounted with
    the months it is for is open: the parameter `ahead_support_discounted` decides. No giver gives more than
    is left to pay. Raises OutsideTerm, NoValueYet. Decree 159/2025/NĐ-CP art. 6, 9.
    """
    gross = rest = ahead(income, years, on=on, law=law)
    growth = 1 + fund_yield(on=on, law=law) if _flag(law, "ahead_support_discounted", on) else Fraction(1)
    given = []
    for name in ("central", "local", "sponsors"):
        offered = dong(sum((getattr(m, name) / growth**i for i, m in enumerate(months)), Fraction(0)))
        given.append(min(rest, offered))
        rest -= given[-1]
    central, local, sponsors = given
    return Amounts(gross, central, local, rest, sponsors)


def missing(income: int, months: int, *, on: date, law: Law, at: Fraction | None = None) -> int:
    """Return what missing months paid at once cost (VND), for an income (VND a month).

    Each month is compounded by the monthly yield of the fund in the year before, the first one once: Decree
    159/2025/NĐ-CP art. 7; up to 120 months before it, Decree 134/2015/NĐ-CP art. 9. `at` supposes another
    yield. Raises OutsideTerm unless 1 to 60 months, NoValueYet without the yield.
    """
    most = missing_most(on=on, law=law)
    if not 1 <= months <= most:
        raise OutsideTerm("months", f"{months} missing months cannot be paid at once; write 1 to {most}")
    growth = 1 + (fund_yield(on=on, law=law) if at is None else at)
    return dong(_month(income, on, law) * _powers(growth, 1, months + 1))


def missing_most(*, on: date, law: Law) -> int:
    """Return how many missing months may be paid at once. Raises NoValueYet before 2016.

    Law 41/2024/QH15 art. 36.2; Decree 159/2025/NĐ-CP art. 7.
    """
    return int(law.number("missing_months_max").on(on).value)


def refund(income: int, years: int, left: int, supported: int, *, on: date, law: Law) -> int:
    """Return what comes back (VND) of `years` paid ahead on day `on` when `left` months remain.

    The months that remain, discounted as they were paid, less what the State `supported` of them (VND):
    Decree 159/2025/NĐ-CP art. 8.3. Raises OutsideTerm, NoValueYet.
    """
    return max(0, refund_gross(income, years, left, on=on, law=law) - supported)


def refund_gross(income: int, years: int, left: int, *, on: date, law: Law) -> int:
    """Return what the last `left` months of `years` paid ahead on `on` cost before support (VND).

    Decree 159/2025/NĐ-CP art. 8.3: i = 12n-m+1 … 12n. Raises OutsideTerm, NoValueYet.
    """
    months = ahead_months(years, on=on, law=law)
    if not 0 <= left <= months:
        raise OutsideTerm("left", f"{left} months cannot be left of {months}; write 0 to {months}")
    return dong(discounted(_month(income, on, law), months - left, months, on=on, law=law))


def ahead_months(years: int, *, on: date, law: Law) -> int:
    """Return the months of `years` paid ahead. Raises OutsideTerm unless so many may be, NoValueYet.

    Decree 159/2025/NĐ-CP art. 4, 6.
    """
    least, most = (int(_number(law, f"ahead_years_{end}", on)) for end in ("min", "max"))
    if not least <= years <= most:
        raise OutsideTerm("years", f"{years} years cannot be paid ahead; write {least} to {most}")
    return years * 12


def discounted(month: Fraction, first: int, end: int, *, on: date, law: Law) -> Fraction:
    """Return months that cost `month` each (VND), discounted: number 0, the first, not at all.

    Decree 159/2025/NĐ-CP art. 6. Raises NoValueYet.
    """
    return month * _powers(1 / (1 + fund_yield(on=on, law=law)), first, end)


def fund_yield(*, on: date, law: Law) -> Fraction:
    """Return the monthly yield (ratio) that payments of a day are worked out with. Raises NoValueYet.

    Decree 159/2025/NĐ-CP art. 6, 7.
    """
    return _number(law, "fund_yield", on)


def known_yields(*, on: date, law: Law) -> tuple[Dated[Decimal], ...]:
    """Return the yield in force on a day, or all that are known where its year has none yet.

    The yield is the one the agency publishes for the year before: Decree 159/2025/NĐ-CP art. 6. Raises
    nothing.
    """
    series = law.number("fund_yield")
    return (series.on(on),) if series.known_on(on) else series.rows


def estimates(income: int, months: int, *, on: date, law: Law) -> tuple[Estimate, ...]:
    """Return what missing months paid at once on a day cost (VND) under each yield that may hold then.

    One where the yield of the year is published; else one for each known yield, the last first: which will
    hold is not guessed. Raises OutsideTerm, NoValueYet. Decree 159/2025/NĐ-CP art. 7.
    """
    return tuple(
        Estimate(
            row.value,
            row.since.year,
            missing(income, months, on=on, law=law, at=Fraction(row.value)),
            row.source,
            row.trust,
        )
        for row in reversed(known_yields(on=on, law=law))
    )


def _powers(ratio: Fraction, first: int, end: int) -> Fraction:
    """Return the sum of ratio ** i for i from `first` to before `end`, exactly and at once."""
    if ratio == 1:
        return Fraction(end - first)
    return ratio**first * (ratio ** (end - first) - 1) / (ratio - 1)


def _month(income: int, on: date, law: Law) -> Fraction:
    return income * _number(law, "contribution_rate", on)


def _flag(law: Law, key: str, on: date) -> bool:
    return bool(law.number(key).on(on).value)


def _number(law: Law, key: str, on: date) -> Fraction:
    return Fraction(law.number(key).on(on).value)
