"""When a person reaches retirement age, and the month a pension can start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import zip_longest

from calculators.dated import Dated
from calculators.errors import NoValueYet
from calculators.law import Law
from calculators.months import Month, PartialDate
from calculators.regime import Regime, regime
from calculators.texts import CIRCULAR_11, CIRCULAR_59_2015
from calculators.trail import Line, Op, Source, Term, What, line


class Sex(StrEnum):
    """Sex, as the retirement age and the pension rate tell it apart."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class Age:
    """An age in completed years and months."""

    years: int
    months: int

    @classmethod
    def of(cls, months: int) -> Age:
        """Return the age of so many whole months."""
        return cls(*divmod(months, 12))


@dataclass(frozen=True, slots=True)
class Retirement:
    """The retirement age of a person, the month it is reached in, and the first month of a pension then.

    `month_assumed`: the month of birth is not known and counts as January.
    """

    age: Age
    reached: Month
    pension_from: Month
    month_assumed: bool


def retirement(sex: Sex, born: PartialDate, *, law: Law) -> Retirement:
    """Return when a person born on `born` reaches the age of retirement under normal conditions.

    The age is that of the calendar year it is reached in: Labour Code 45/2019/QH14 art. 169.2, Decree
    135/2020/NĐ-CP art. 4. A pension starts with the month after: Law 41/2024/QH15 art. 101. Where only the
    year of birth is known, it is 1 January: Circular 11/2025/TT-BNV art. 5. Raises NoValueYet for an age
    reached before the first that is known.
    """
    row, reached = _reached(sex, born, law)
    return Retirement(Age.of(int(row.value)), reached, reached.plus(1), born.month is None)


def _reached(sex: Sex, born: PartialDate, law: Law) -> tuple[Dated[Decimal], Month]:
    """Return the row of the first age that is reached before the next one takes its place."""
    birth = Month.of(born.counted)
    rows = law.number(f"retirement_age_{sex}").rows
    for row, following in zip_longest(rows, rows[1:]):
        reached = birth.plus(int(row.value))
        if following is None or reached < Month.of(following.since):
            break
    if reached < Month.of(row.since):
        raise NoValueYet(f"{row.key} has no value in {reached}; the first starts on {row.since}")
    return row, reached


def retirement_lines(sex: Sex, born: PartialDate, *, law: Law) -> tuple[Line, ...]:
    """Return the trail of the retirement age and the month it is reached.

    Labour Code 45/2019/QH14 art. 169.2; Circular 11/2025/TT-BNV art. 5. Raises NoValueYet.
    """
    row, reached = _reached(sex, born, law)
    birth = (CIRCULAR_11("5"),) if born.month is None else ()
    on = reached.first_day
    how = (Term(Month.of(born.counted), "month"), Term(int(row.value), "months", Op.PLUS))
    return (
        line(What.RETIREMENT_AGE, int(row.value), "months", row, on=on),
        line(What.RETIREMENT_MONTH, reached, "month", row, *birth, on=on, how=how),
    )


def age_day(sex: Sex, born: PartialDate, *, law: Law) -> tuple[date, tuple[Source, ...]]:
    """Return the day the condition of age is met: the first of the month after it is reached.

    Where only the year of birth is known, the person counts as born on 1 January since 1/7/2025, Circular
    11/2025/TT-BNV art. 5; before it the condition was met on 1 January of the year after, Circular
    59/2015/TT-BLĐTBXH art. 18.2. Raises NoValueYet.
    """
    found = retirement(sex, born, law=law)
    day = found.pension_from.first_day
    old = regime(day) is Regime.LAW_2014
    if born.month is None and old:
        return date(found.reached.year + 1, 1, 1), (CIRCULAR_59_2015("18.2"),)
    if born.month is None:
        return day, (CIRCULAR_11("5"),)
    return day, (CIRCULAR_59_2015("18.1"),) if old else ()
