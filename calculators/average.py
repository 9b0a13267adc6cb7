"""The average income of a benefit: every income in the money of the benefit's year, then the mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from calculators.errors import LawError, NoValueYet
from calculators.history import Insured, Span
from calculators.law import Law
from calculators.money import dong
from calculators.plain import HIDDEN
from calculators.regime import Regime, regime
from calculators.texts import CIRCULAR_59_2015, DECREE_159, LAW_2014
from calculators.trail import Line, Op, Source, Term, Traced, What, line, product

_MOST_SHOWN = 3  # terms of a sum that a person still reads


class NothingPaid(LawError):
    """There is no average of no months."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Months on one income (VND a month) and the coefficient that brings it into the money of the benefit."""

    months: int
    income: int
    coefficient: Decimal

    @property
    def total(self) -> Decimal:
        """The sum in the money of the benefit (VND)."""
        return self.months * self.income * self.coefficient


@dataclass(frozen=True, slots=True)
class Average(Traced):
    """The mean over all months: `total` and `average` in whole đồng, `exact` as it is multiplied on."""

    months: int
    total: int
    average: int
    trail: tuple[Line, ...]
    exact: Fraction = field(metadata=HIDDEN)
    exact_total: Fraction = field(metadata=HIDDEN)


def coefficient(year: int, *, on: date, law: Law) -> Decimal:
    """Return what an income paid in `year` is multiplied by when a benefit is settled on `on`.

    Decree 159/2025/NĐ-CP art. 10; Law 58/2014/QH13 art. 79.2 before it. Raises NoValueYet for a year of
    settling without a table, and for a year of payment that its table does not name: none borrows another's.
    """
    row = law.table("income_coefficient").on(on)
    if year not in row.value:
        known = f"it names {min(row.value)} to {max(row.value)}"
        raise NoValueYet(f"income_coefficient of {row.since.year} has no value for {year}; {known}")
    return row.value[year]


def adjusted(spans: Iterable[Span], *, on: date, law: Law) -> tuple[Adjusted, ...]:
    """Return every year of `spans` in the money of a benefit settled on `on`.

    Months that were caught up at once count as they were paid: Decree 159/2025/NĐ-CP art. 10.3. Raises
    NoValueYet.
    """
    return tuple(
        Adjusted(months, span.income, Decimal(1) if span.caught_up else coefficient(year, on=on, law=law))
        for span in spans
        for year, months in span.by_year()
    )


def average(
    parts: Iterable[Adjusted], compulsory: tuple[int, int] = (0, 0), *, on: date, law: Law
) -> Average:
    """Return the mean of adjusted voluntary incomes and, with `compulsory` (months, VND a month), of both.

    Law 41/2024/QH15 art. 104; mixed: its average over the compulsory months and the adjusted voluntary
    incomes, over all months, Decree 159/2025/NĐ-CP art. 11.4. Raises NothingPaid, NoValueYet.
    """
    known = tuple(parts)
    compulsory_months, compulsory_average = compulsory
    months = compulsory_months + sum(part.months for part in known)
    if not months:
        raise NothingPaid("no months are given; give voluntary incomes or compulsory months")
    total = Fraction(compulsory_months * compulsory_average + sum(part.total for part in known))
    cut = law.number("average_cut_to_dong").on(on)
    mean = Fraction((total / months).__floor__()) if cut.value else total / months
    basis = _rules(on, mixed=bool(compulsory_months))
    table = law.table("income_coefficient")
    tables = (table.on(on),) if known and table.known_on(on) else ()
    over = Term(dong(total), "VND"), Term(months, "factor", Op.OVER)
    lines = (
        line(What.INCOME_ADJUSTED, dong(total), "VND", *tables, *basis, on=on, how=_sum(known, compulsory)),
        line(What.AVERAGE_INCOME, dong(mean), "VND", *tables, cut, *basis, on=on, how=over),
    )
    return Average(months, dong(total), dong(mean), lines, mean, total)


def _rules(on: date, *, mixed: bool) -> tuple[Source, ...]:
    """Return the article that says how incomes are averaged on a day, in one scheme or in both."""
    if regime(on) is Regime.LAW_2014:
        return (CIRCULAR_59_2015("22.2"),) if mixed else (LAW_2014("79"),)
    return (DECREE_159("11.4"),) if mixed else (DECREE_159("10"),)


def _sum(parts: tuple[Adjusted, ...], compulsory: tuple[int, int]) -> tuple[Term, ...]:
    """Return the terms of the sum where there are few of them; a long one says nothing."""
    months, income = compulsory
    every = [*parts, *([Adjusted(months, income, Decimal(1))] if months else [])]
    if len(every) > _MOST_SHOWN:
        return ()
    return tuple(
        term
        for place, part in enumerate(every)
        for term in (
            *product(part.months, part.income, more=Op.PLUS if place else Op.START),
            *((Term(part.coefficient, "factor", Op.TIMES),) if part.coefficient != 1 else ()),
        )
    )


def average_of(insured: Insured, *, on: date, law: Law) -> Average:
    """Return the average that every benefit of a person settled on `on` is worked out on.

    Raises NothingPaid, NoValueYet; art. 104 and Decree 159/2025/NĐ-CP art. 10-11.
    """
    compulsory = insured.compulsory_months, insured.compulsory_average
    return average(adjusted(insured.voluntary, on=on, law=law), compulsory, on=on, law=law)


def paid_in(insured: Insured, *, on: date, law: Law) -> int:
    """Return what was paid in for all months (VND): the rate of each income, without coefficients.

    Law 41/2024/QH15 art. 36.1. Compulsory months are taken on their average. Raises NoValueYet.
    """
    voluntary = sum(span.months * span.income for span in insured.voluntary)
    compulsory = insured.compulsory_months * insured.compulsory_average
    return dong(law.number("contribution_rate").on(on).value * (voluntary + compulsory))
