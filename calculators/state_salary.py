"""The average of who was paid by the State's salary table: the last years only. Law 58/2014/QH13 art. 62."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from calculators.average import NothingPaid
from calculators.law import Law
from calculators.money import dong
from calculators.months import Month
from calculators.plain import HIDDEN
from calculators.texts import CIRCULAR_59_2015
from calculators.trail import Line, Traced, What, line


@dataclass(frozen=True, slots=True)
class Grade:
    """Months on one coefficient of the table; `seniority` is the share of it added for long service."""

    months: int
    coefficient: Decimal
    seniority: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class StateAverage(Traced):
    """The sums of each grade, their mean, the seniority pay added to it, and both (VND)."""

    parts: tuple[int, ...]
    average: int
    seniority: int
    total: int
    trail: tuple[Line, ...]
    exact: Fraction = field(metadata=HIDDEN)


def averaging_months(joined: date, state_months: int, *, law: Law) -> int:
    """Return over how many of the last state months an average is taken, by the day a person joined.

    5, 6, 8, 10, 15 or 20 years, all of them for who joined from 2025 on, and never more than there are: Law
    58/2014/QH13 art. 62.1; Circular 59/2015/TT-BLĐTBXH art. 20.1. Raises NoValueYet.
    """
    window = int(law.number("state_salary_months").on(joined).value)
    return min(window, state_months) if window else state_months


def window_of(spans: Sequence[tuple[Month, Month]], months: int) -> tuple[tuple[Month, Month], ...]:
    """Return the last so many months of state service, the newest last, over its stretches.

    Circular 59/2015/TT-BLĐTBXH art. 20.3.b: months of an employer's salary between them are passed over.
    """
    taken: list[tuple[Month, Month]] = []
    for first, last in sorted(spans, reverse=True):
        count = min(months, last - first + 1)
        if count > 0:
            taken.append((last.plus(1 - count), last))
            months -= count
    return tuple(reversed(taken))


def state_average(
    grades: Sequence[Grade], seniority: tuple[Decimal, Decimal] | None = None, *, on: date, law: Law
) -> StateAverage:
    """Return the average of state salaries (VND a month) at the base salary of the day of retirement.

    `seniority` is a coefficient and a share of it: what was earned for long service in an earlier office and
    is no more part of the salary is added to the average: Circular 59/2015/TT-BLĐTBXH art. 20.1, 20.4. Raises
    NothingPaid, NoValueYet.
    """
    months = sum(grade.months for grade in grades)
    if not months:
        raise NothingPaid("no months are given; give the months of each grade")
    level = law.number("reference_level").on(on)
    sums = [grade.months * grade.coefficient * (1 + grade.seniority) * level.value for grade in grades]
    mean = Fraction(sum(sums)) / months
    added = Fraction(level.value * seniority[0] * seniority[1]) if seniority else Fraction(0)
    basis = CIRCULAR_59_2015("20")
    lines = (line(What.AVERAGE_INCOME, dong(mean + added), "VND", level, basis, on=on),)
    parts = tuple(dong(each) for each in sums)
    return StateAverage(parts, dong(mean), dong(added), dong(mean + added), lines, mean + added)


def one_rise_later(grades: Sequence[Grade], *, on: date, law: Law) -> tuple[Grade, ...]:
    """Return the last grades of who went on without pay for long service, as if for one more rise.

    The next grade of the table, as many steps up as from the last but one to the last, for the months of a
    rise; before it as many of `grades` as fill the same months: Circular 59/2015/TT-BLĐTBXH art. 20.4.d
    compares the two. Raises NothingPaid without two grades, NoValueYet.
    """
    if len(grades) < 2:
        raise NothingPaid("two grades are needed to know the next one; give both")
    step = grades[-1].coefficient - grades[-2].coefficient
    rise = int(law.number("state_rise_months").on(on).value)
    left, kept = sum(grade.months for grade in grades) - rise, [Grade(rise, grades[-1].coefficient + step)]
    for grade in reversed(grades):
        if left > 0:
            kept.append(Grade(min(left, grade.months), grade.coefficient, grade.seniority))
            left -= grade.months
    return tuple(reversed(kept))
