"""May this person join voluntarily? One small question after another, or all of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from calculators.business_household import HouseholdTax, owner
from calculators.law import Law
from calculators.months import Month, PartialDate
from calculators.pension import missing_months
from calculators.retirement import Sex, retirement
from calculators.standing import (
    AlreadyReceives,
    Benefit,
    Compulsory,
    Doubt,
    Leaning,
    NotACitizen,
    OfficeMustConfirm,
    Open,
    Standing,
    TooYoung,
    Work,
)
from calculators.texts import DECREE_158, LAW_2024

__all__ = [
    "AlreadyReceives", "Benefit", "Compulsory", "Doubt", "HouseholdTax", "Leaning", "NotACitizen",
    "OfficeMustConfirm", "Open", "Person", "Standing", "TooYoung", "Work",
    "already_receives", "by_work", "exempt_by_age", "joins_from", "not_a_citizen", "owner", "standing",
    "too_young",
]  # fmt: skip

_COMPULSORY = {
    Work.CONTRACT: "2.1.a",
    Work.PUBLIC: "2.1.b",
    Work.FORCES: "2.1.c-e",
    Work.ABROAD: "2.1.g",
    Work.SPOUSE_ABROAD: "2.1.h",
    Work.MANAGER: "2.1.i",
    Work.COMMUNE: "2.1.k",
    Work.UNPAID_MANAGER: "2.1.n",
}
_VOLUNTARY = (LAW_2024("2.4.a"),)


@dataclass(frozen=True, slots=True)
class Person:
    """What the law asks about somebody who wants to join.

    `wage` is the monthly wage of a part-time contract, `revenue` the yearly revenue of a registered household
    (VND; None where it is not known); `months_paid` counts all earlier months, voluntary and compulsory.
    """

    born: PartialDate
    sex: Sex
    citizen: bool
    benefit: Benefit
    work: Work
    wage: int | None = None
    tax: HouseholdTax = HouseholdTax.UNKNOWN
    revenue: int | None = None
    months_paid: int = 0


def standing(person: Person, *, on: date, law: Law) -> Standing:
    """Return how a person stands to the voluntary scheme on a day: the first thing that decides.

    Law 41/2024/QH15 art. 2.4; Decree 158/2025/NĐ-CP art. 3. There is no highest age. Raises NoValueYet before
    1/7/2025.
    """
    first = (
        too_young(person.born, on=on, law=law)
        or not_a_citizen(citizen=person.citizen)
        or already_receives(person.benefit)
    )
    if first:
        return first
    if not exempt_by_age(person.work, person.sex, person.born, person.months_paid, on=on, law=law):
        if person.work is Work.HOUSEHOLD_OWNER:
            decided = owner(person.tax, person.revenue, on=on, law=law)
        else:
            decided = by_work(person.work, person.wage, on=on, law=law)
        if decided:
            return decided
    return Open((LAW_2024("2.4.b"),) if person.work is Work.SUSPENDED else _VOLUNTARY)


def joins_from(born: PartialDate, *, on: date, law: Law) -> date:
    """Return the first day a person is old enough to join: 15 years. Law 41/2024/QH15 art. 2.4.a.

    The age is the one in force on `on`. Who was born on 29 February reaches it on the 28th of a common year.
    Raises NoValueYet before 1/7/2025.
    """
    first = born.counted
    year = first.year + int(law.number("minimum_age").on(on).value)
    last_of_month = Month(year, first.month).plus(1).first_day.toordinal() - 1
    return date.fromordinal(min(date(year, first.month, 1).toordinal() + first.day - 1, last_of_month))


def too_young(born: PartialDate, *, on: date, law: Law) -> TooYoung | None:
    """Return TooYoung with the day she may join from, or None for somebody old enough on `on`.

    Law 41/2024/QH15 art. 2.4.a. Raises NoValueYet before 1/7/2025.
    """
    first = joins_from(born, on=on, law=law)
    return TooYoung(first, _VOLUNTARY) if on < first else None


def not_a_citizen(*, citizen: bool) -> NotACitizen | None:
    """Return NotACitizen for a foreigner, else None. Law 41/2024/QH15 art. 2.4.a."""
    return None if citizen else NotACitizen(_VOLUNTARY)


def already_receives(benefit: Benefit) -> AlreadyReceives | OfficeMustConfirm | None:
    """Return what a pension or an allowance drawn each month makes of a person; None when it is in no way.

    Law 41/2024/QH15 art. 2.4.a; the monthly allowances are listed in Decree 158/2025/NĐ-CP art. 3.4, on which
    unemployment benefit does not stand: whether it may run beside voluntary payments, the office has to say.
    """
    because = (*_VOLUNTARY, DECREE_158("3.4"))
    match benefit:
        case Benefit.NONE:
            return None
        case Benefit.PENSION | Benefit.MONTHLY_ALLOWANCE:
            return AlreadyReceives(benefit, because)
        case Benefit.UNEMPLOYMENT:
            return OfficeMustConfirm(Doubt.UNEMPLOYMENT_BENEFIT, Leaning.OPEN, because)
        case Benefit.OTHER:
            return OfficeMustConfirm(Doubt.OTHER_BENEFIT, Leaning.OPEN, because)


def by_work(
    work: Work, wage: int | None = None, *, on: date, law: Law
) -> Compulsory | OfficeMustConfirm | None:
    """Return what a person's work makes of her; None leaves her free to join. Owners ask `owner` instead.

    Law 41/2024/QH15 art. 2.1; part-time contracts are compulsory from a monthly `wage` (VND) of one
    reference level on, art. 2.1.l; domestic work, probation and a suspended contract are not, art. 2.7.b
    and 2.4.b, Decree 158/2025/NĐ-CP art. 3.5. Raises NoValueYet.
    """
    if work is Work.PART_TIME:
        because = (LAW_2024("2.1.l"),)
        if wage is None:
            return OfficeMustConfirm(Doubt.PART_TIME_WAGE, Leaning.COMPULSORY, because)
        level = law.number("reference_level").on(on)
        return Compulsory("2.1.l", (*because, level.source)) if wage >= level.value else None
    article = _COMPULSORY.get(work)
    return Compulsory(article, (LAW_2024(article),)) if article else None


def exempt_by_age(work: Work, sex: Sex, born: PartialDate, months_paid: int, *, on: date, law: Law) -> bool:
    """Tell whether an owner or unpaid manager past retirement age is out of the compulsory scheme.

    Law 41/2024/QH15 art. 2.7.c, unless at most 6 months are missing for the pension. Raises NoValueYet.
    """
    if work not in (Work.HOUSEHOLD_OWNER, Work.UNPAID_MANAGER):
        return False
    if retirement(sex, born, law=law).reached >= Month.of(on):
        return False
    missing = missing_months(months_paid, on=on, law=law)
    return not 0 < missing <= law.number("owner_missing_months_max").on(on).value
