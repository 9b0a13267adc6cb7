"""One request worked out: everything a quote reports, reminds of and proves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calculators.changes import NextChange, next_change
from calculators.contribution import (
    AboveCeiling,
    BelowFloor,
    BudgetTooSmall,
    Contribution,
    NotAllowed,
    OffStep,
    check_income,
    contribution,
    income_for_budget,
)
from calculators.eligibility import too_young
from calculators.errors import BadRequest, Refusal, UnknownProvince
from calculators.law import Law
from calculators.life_request import LifeRequest
from calculators.months import Month
from calculators.outlook import Ahead, Pension, pension
from calculators.pension import missing_months
from calculators.plan import Course, Plan, Scenario, plan
from calculators.quote_request import QuoteRequest
from calculators.retirement import Retirement, retirement
from calculators.support import Entitlement

_LONGEST = 720
INCOME_REFUSALS = {
    BelowFloor: Refusal.BELOW_FLOOR,
    AboveCeiling: Refusal.ABOVE_CEILING,
    OffStep: Refusal.OFF_STEP,
}


@dataclass(frozen=True, slots=True)
class Case:
    """A request with all that follows from it."""

    request: QuoteRequest
    course: Course
    contribution: Contribution
    next_change: NextChange | None
    retirement: Retirement
    plans: Mapping[Scenario, Plan]
    pension: Pension

    @property
    def past_retirement_age(self) -> bool:
        """Tell whether retirement age is reached before the first month of the plan."""
        return self.retirement.reached < self.course.first


def work_out(request: QuoteRequest, *, law: Law) -> Case:
    """Work a request out. Raises BadRequest for what may not be, NoValueYet for what is not known.

    Law 41/2024/QH15 art. 31, 36, 98-104.
    """
    _check_person(request, law)
    reached = retirement(request.sex, request.born, law=law)
    course = _course(request, reached, law)
    paid = contribution(course.income, course.method, course.helped, on=course.on, law=law)
    plans = {scenario: plan(course, scenario, law=law) for scenario in Scenario}
    ahead = Ahead(
        request.sex,
        request.born,
        reached,
        request.past.months,
        request.past.known,
        request.on,
        course.first,
        course.last,
    )
    change = next_change(course, law=law)
    return Case(request, course, paid, change, reached, plans, pension(ahead, plans, law=law))


def _check_person(request: QuoteRequest, law: Law) -> None:
    """Raise BadRequest for a province that does not exist and for somebody who may not join yet."""
    if request.province is not None:
        try:
            law.province(request.province)
        except UnknownProvince as unknown:
            raise BadRequest(Refusal.UNKNOWN_PROVINCE, "province", str(unknown)) from None
    if young := too_young(request.born, on=request.on, law=law):
        raise BadRequest(Refusal.TOO_YOUNG, "born", f"may join from {young.joins_from}, not on {request.on}")


def _course(request: QuoteRequest, reached: Retirement, law: Law) -> Course:
    helped = Entitlement(request.group, request.province, request.past.supported_months)
    first = Month.of(request.on).plus(1)
    return Course(
        on=request.on,
        helped=helped,
        income=_income(request, helped, law),
        budget=request.budget,
        method=request.method,
        first=first,
        last=last_month(request, reached, first, law=law),
    )


def _income(request: QuoteRequest, helped: Entitlement, law: Law) -> int:
    """Return the chosen income, or the one its budget allows; raises BadRequest where it may not be."""
    try:
        if request.budget is not None:
            return income_for_budget(request.budget, helped, on=request.on, law=law)
        check_income(request.chosen, on=request.on, law=law)
    except BudgetTooSmall as refused:
        raise BadRequest(Refusal.BUDGET_TOO_SMALL, "budget", str(refused)) from refused
    except NotAllowed as refused:
        raise BadRequest(INCOME_REFUSALS[type(refused)], "income", str(refused)) from refused
    return request.chosen


def last_month(request: QuoteRequest | LifeRequest, reached: Retirement, first: Month, *, law: Law) -> Month:
    """Return the last month to pay for, of those from `first` on.

    It is the month retirement age is reached in; for who has reached it already, the one that completes the
    months a pension needs, Law 41/2024/QH15 art. 98, and before `first` when nothing is missing. Raises
    BadRequest for a month asked for before `first` or 60 years after it, NoValueYet.
    """
    if isinstance(request.until, Month):
        if request.until < first:
            raise BadRequest(Refusal.UNTIL_TOO_EARLY, "until", f"the first month to pay for is {first}")
        if request.until - first >= _LONGEST:
            raise BadRequest(Refusal.UNTIL_TOO_LATE, "until", f"write a month within {_LONGEST} of {first}")
        return request.until
    if reached.reached >= first:
        return reached.reached
    return first.plus(missing_months(request.past.months, on=first.first_day, law=law) - 1)
