"""The next day on which the law is known to change for a person, and what she can do then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from calculators import support
from calculators.contribution import Contribution, contribution, maximum_income, minimum_income, offered
from calculators.law import Law
from calculators.money import dong
from calculators.plan import Choice, Course, change_days, helped_by, next_income
from calculators.support import Entitlement


class ChangeOf(StrEnum):
    """What changes (VND a month): a bound or step of the income, the lowest contribution, a support."""

    INCOME_FLOOR = "income_floor"
    INCOME_CEILING = "income_ceiling"
    INCOME_STEP = "income_step"
    LOWEST_CONTRIBUTION = "lowest_contribution"
    CENTRAL_SUPPORT = "central_support"
    LOCAL_SUPPORT = "local_support"


@dataclass(frozen=True, slots=True)
class Change:
    """One amount before and after the day (VND a month)."""

    what: ChangeOf
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class NextChange:
    """A known change: its day, what it changes, and the contribution from then on.

    `choice` says how the income of that contribution follows from today's.
    """

    on: date
    changes: tuple[Change, ...]
    choice: Choice
    contribution: Contribution


def next_change(course: Course, *, law: Law) -> NextChange | None:
    """Return the first change after the day of the course that touches its contribution, or None.

    Raises NoValueYet. Law 41/2024/QH15 art. 31.2, 36; Decree 159/2025/NĐ-CP art. 5.
    """
    before = amounts_of(course.helped, on=course.on, law=law)
    for day in change_days(course.helped, after=course.on, law=law):
        after = amounts_of(course.helped, on=day, law=law)
        changes = tuple(
            Change(what, before[what], after[what]) for what in ChangeOf if before[what] != after[what]
        )
        if changes:
            return _from(day, changes, course, law)
    return None


def amounts_of(helped: Entitlement, *, on: date, law: Law) -> Mapping[ChangeOf, int]:
    """Return every amount of a day that touches a contribution so helped (VND a month).

    Law 41/2024/QH15 art. 31.2; Decree 159/2025/NĐ-CP art. 5. Raises UnknownProvince, NoValueYet.
    """
    central, local = offered(helped, on=on, law=law)
    return {
        ChangeOf.INCOME_FLOOR: dong(minimum_income(on=on, law=law).value),
        ChangeOf.INCOME_CEILING: maximum_income(on=on, law=law),
        ChangeOf.INCOME_STEP: dong(law.number("income_step").on(on).value),
        ChangeOf.LOWEST_CONTRIBUTION: dong(support.base(on=on, law=law)),
        ChangeOf.CENTRAL_SUPPORT: central,
        ChangeOf.LOCAL_SUPPORT: local,
    }


def _from(day: date, changes: tuple[Change, ...], course: Course, law: Law) -> NextChange:
    income, choice = next_income(course, course.income, on=day, law=law)
    then = contribution(income, course.method, helped_by(course, day, law=law), on=day, law=law)
    return NextChange(day, changes, choice, then)
