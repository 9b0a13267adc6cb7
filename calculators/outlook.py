"""What a plan comes to: the pension, what is missing for one, and when the payments come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from calculators.law import Law
from calculators.money import dong
from calculators.months import Month, PartialDate
from calculators.pension import (
    Earned,
    average_income,
    missing_months,
    one_off,
    pension_amount,
    pension_rate,
    percent,
    years_counted,
)
from calculators.plan import Plan, Scenario
from calculators.retirement import Age, Retirement, Sex


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing for a pension when the plan ends, and two ways to close it.

    By paying on month by month until `pay_until`; or by paying at once, in `pay_at_once_in` at the earliest,
    the `at_once` months that are missing then. Law 41/2024/QH15 art. 36.2; Decree 159/2025/NĐ-CP art. 7.
    """

    months: int
    pay_until: Month
    pension_if_paid_on: Month
    at_once: int
    pay_at_once_in: Month
    pension_if_paid_at_once: Month


@dataclass(frozen=True, slots=True)
class Pension:
    """The pension a plan leads to, in today's money (VND a month); without `starts` there is none yet.

    `years` counts odd months as halves and wholes; `amounts` is None when no income is known to average.
    """

    starts: Month | None
    months: int
    years: Decimal | None
    rate_percent: Decimal | None
    average_incomes: Mapping[Scenario, int] | None
    amounts: Mapping[Scenario, int] | None
    one_offs: Mapping[Scenario, int] | None
    gap: Gap | None


@dataclass(frozen=True, slots=True)
class BreakEven:
    """When the pension has given back what the person pays herself: after so many months of it."""

    months: int
    month: Month
    age: Age


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is known of a plan besides its months: the person, her past, and the months around retirement."""

    sex: Sex
    born: PartialDate
    retirement: Retirement
    past_months: int
    past: tuple[Earned, ...]
    on: date
    first: Month
    last: Month


def pension(ahead: Ahead, plans: Mapping[Scenario, Plan], *, law: Law) -> Pension:
    """Return the pension that plans of the same months lead to, or what is missing.

    It starts with the month after the age is reached, the months are paid and, for somebody who has both
    already, it is asked for: Law 41/2024/QH15 art. 98, 101. Raises NoValueYet.
    """
    months = ahead.past_months + max(0, ahead.last - ahead.first + 1)
    starts = max(ahead.retirement.reached, ahead.last, Month.of(ahead.on)).plus(1)
    on = starts.first_day
    missing = missing_months(months, on=on, law=law)
    if missing:
        return Pension(None, months, None, None, None, None, None, _gap(ahead, missing, law))
    rate = pension_rate(ahead.sex, months, on=on, law=law)
    averages = {name: average_income((plan.earned, *ahead.past)) for name, plan in plans.items()}
    known = {name: average for name, average in averages.items() if average is not None}
    months_at_age = months - max(0, ahead.last - max(ahead.retirement.reached, ahead.first.plus(-1)))
    return Pension(
        starts,
        months,
        years_counted(months, on=on, law=law),
        percent(rate),
        {name: dong(average) for name, average in known.items()} or None,
        {name: pension_amount(average, rate) for name, average in known.items()} or None,
        {
            name: one_off(ahead.sex, months, average, months_at_age=months_at_age, on=on, law=law)
            for name, average in known.items()
        }
        or None,
        None,
    )


def _gap(ahead: Ahead, missing: int, law: Law) -> Gap:
    """Return the two ways out of `missing` months at the end of a plan."""
    reached, last = ahead.retirement.reached, ahead.last
    pay_until = last.plus(missing)
    at_once_in, at_once = at_once_after(missing, last, reached, Month.of(ahead.on), law=law)
    return Gap(
        missing,
        pay_until,
        max(pay_until, reached).plus(1),
        at_once,
        at_once_in,
        max(at_once_in, reached).plus(1),
    )


def at_once_after(missing: int, last: Month, reached: Month, now: Month, *, law: Law) -> tuple[Month, int]:
    """Return when the months `missing` after `last` may be paid at once, and how many they are then.

    Not before the month before the age is reached, nor while more than 60 whole months are missing as it
    begins: those above are paid month by month first. Law 41/2024/QH15 art. 36.3; Decree 159/2025/NĐ-CP art.
    7.1. Raises NoValueYet.
    """
    most = int(law.number("missing_months_max").on(max(reached, now).first_day).value)
    paid_in = max(reached.plus(-1), last.plus(missing - most + 1), now)
    return paid_in, missing + (last - paid_in) if paid_in <= last else min(missing, most)


def break_even(own: int, amount: int, once: int, starts: Month, born: PartialDate) -> BreakEven:
    """Return when `amount` a month from `starts`, with `once` at its start, has given back `own` (VND)."""
    months = max(0, -(-(own - once) // amount))
    month = starts.plus(max(0, months - 1))
    return BreakEven(months, month, Age.of(month - Month.of(born.counted)))
