"""A life of contributions, month by month: what is paid on, by whom, until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from calculators import support
from calculators.contribution import (
    INCOME_KEYS,
    NOTHING,
    Amounts,
    BudgetTooSmall,
    Method,
    income_for_budget,
    minimum_income,
    monthly,
    nearest_incomes,
    payment_months,
)
from calculators.law import Law
from calculators.months import Month
from calculators.pension import Earned
from calculators.plain import HIDDEN
from calculators.support import Entitlement


class Scenario(StrEnum):
    """How the chosen income goes on: kept, or raised whenever the rural poverty line is."""

    INCOME_KEPT = "income_kept"
    WITH_POVERTY_LINE = "with_poverty_line"


class Choice(StrEnum):
    """How an income follows from the one before a change of the law."""

    SAME_INCOME = "same_income"
    SAME_BUDGET = "same_budget"
    NEW_MINIMUM = "new_minimum"
    NEAREST_ALLOWED = "nearest_allowed"


@dataclass(frozen=True, slots=True)
class Course:
    """What a person decides: an income (VND a month) on a day, for whom, and the months to pay for.

    `budget` is what she wants to pay a month where the income follows from it. `last` before `first` means
    that there is no month to pay for.
    """

    on: date
    helped: Entitlement
    income: int
    budget: int | None
    method: Method
    first: Month
    last: Month


@dataclass(frozen=True, slots=True)
class Stretch:
    """Months in a row that cost the same: each of `months` months from `first` costs `per_month`."""

    first: Month
    months: int
    income: int
    per_month: Amounts


@dataclass(frozen=True, slots=True)
class Plan:
    """A course through the months under one scenario.

    `support_ends` is the last month the State supports, where the plan goes on beyond it.
    """

    stretches: tuple[Stretch, ...]
    months: int
    supported_months: int
    support_ends: Month | None
    totals: Amounts = field(metadata=HIDDEN)
    earned: Earned = field(metadata=HIDDEN)


def change_days(helped: Entitlement, *, after: date, law: Law) -> Iterator[date]:
    """Yield the days after `after` on which a contribution so helped may change, in order.

    Law 41/2024/QH15 art. 31.2; Decree 159/2025/NĐ-CP art. 5. Raises UnknownProvince.
    """
    keys = (*INCOME_KEYS, support.central_key(helped.group), "central_support_months")
    days = {day for key in keys for day in law.number(key).changes_after(after)}
    if helped.province is not None:
        province = law.province(helped.province)
        for group in helped.groups:
            days.update(province.changes_after(after, group))
            if helped.territory is not None:
                days.update(province.changes_after(after, group, helped.territory))
    yield from sorted(days)


def next_income(course: Course, income: int, *, on: date, law: Law) -> tuple[int, Choice]:
    """Return the income (VND a month) that follows `income` when the law changes on `on`, and why.

    A budget is spent anew; otherwise the income is kept unless the law no longer allows it: then the lowest
    allowed above it, or the highest there is. Law 41/2024/QH15 art. 31.2. Raises NoValueYet.
    """
    floor = int(minimum_income(on=on, law=law).value)
    if course.budget is not None:
        try:
            return income_for_budget(
                course.budget, helped_by(course, on, law=law), on=on, law=law
            ), Choice.SAME_BUDGET
        except BudgetTooSmall:
            return floor, Choice.NEW_MINIMUM
    kept = nearest_incomes(income, on=on, law=law)[1]
    if kept == income:
        return kept, Choice.SAME_INCOME
    return kept, Choice.NEW_MINIMUM if kept == floor else Choice.NEAREST_ALLOWED


def months_paid(course: Course, before: Month, *, law: Law) -> int:
    """Return how many months the payments made before a month are for; a payment may reach beyond it.

    Law 41/2024/QH15 art. 36.2. Raises NoValueYet.
    """
    length = payment_months(course.method, on=course.on, law=law)
    payments = -(-max(0, before - course.first) // length)
    return payments * length


def helped_by(course: Course, day: date, *, law: Law) -> Entitlement:
    """Return the entitlement as the next payment from `day` on finds it: the months paid before are used.

    Decree 159/2025/NĐ-CP art. 5: 120 months in a life. Raises NoValueYet.
    """
    paid = months_paid(course, min(Month.of(day), course.last.plus(1)), law=law)
    return replace(course.helped, used=course.helped.used + paid)


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a month costs when its payment is made from a day on: with the State's support and without."""

    since: Month
    income: int
    supported: Amounts
    alone: Amounts


def plan(course: Course, scenario: Scenario, *, law: Law) -> Plan:
    """Lay a course out from its first month to its last.

    A payment is made in its first month and nothing is settled again when the law changes within its months:
    Decree 159/2025/NĐ-CP art. 5.5. Supported months count one by one (practice). Raises NoValueYet.
    """
    left = support.months_left(course.helped.used, on=course.on, law=law)
    months = max(0, course.last - course.first + 1)
    supported = min(months, left)
    stretches = tuple(_stretches(course, supported, months, law=law, terms=_terms(course, scenario, law)))
    totals = NOTHING
    for stretch in stretches:
        totals = totals.plus(stretch.per_month, stretch.months)
    return Plan(
        stretches,
        months,
        supported,
        course.first.plus(supported - 1) if 0 < supported < months else None,
        totals,
        Earned(months, sum(stretch.income * stretch.months for stretch in stretches)),
    )


def _stretches(
    course: Course, supported: int, months: int, *, law: Law, terms: list[_Terms]
) -> Iterator[Stretch]:
    """Yield the months of each terms, first those with support: it is used up month after month."""
    done = 0
    for place, term in enumerate(terms):
        following = terms[place + 1].since if place + 1 < len(terms) else course.last.plus(1)
        end = min(months, months_paid(course, following, law=law))
        with_support = max(0, min(end, supported) - done)
        for count, cost in ((with_support, term.supported), (end - done - with_support, term.alone)):
            if count > 0:
                yield Stretch(course.first.plus(done), count, term.income, cost)
                done += count


def _terms(course: Course, scenario: Scenario, law: Law) -> list[_Terms]:
    """Return the terms on the day of the course and after each change of the law until its last month."""
    income = course.income
    terms = [_term(income, course.on, course, law)]
    line = minimum_income(on=course.on, law=law).value
    for day in change_days(course.helped, after=course.on, law=law):
        if Month.of(day) > course.last:
            break
        if scenario is Scenario.WITH_POVERTY_LINE:
            raised = course.income * minimum_income(on=day, law=law).value / line
            income = nearest_incomes(int(raised), on=day, law=law)[0]
        else:
            income, _ = next_income(course, income, on=day, law=law)
        terms.append(_term(income, day, course, law))
    return terms


def _term(income: int, day: date, course: Course, law: Law) -> _Terms:
    supported = monthly(income, course.helped, supported=True, on=day, law=law)
    alone = monthly(income, course.helped, supported=False, on=day, law=law)
    since = Month.of(day) if day.day == 1 else Month.of(day).plus(1)
    return _Terms(since, income, supported, alone)
