"""What one payment costs, when it is due, and what it can be solved for: a payment or a pension wished."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from calculators import support
from calculators.contribution import (
    Contribution,
    Method,
    contribution,
    contribution_lines,
    income_for_budget,
    maximum_income,
    minimum_income,
    monthly,
)
from calculators.deadlines import pay_by
from calculators.errors import BadRequest, Refusal
from calculators.fields import Money
from calculators.helped import NOBODY, Helped, Share, shares_of
from calculators.law import Law
from calculators.months import Month
from calculators.plan import change_days
from calculators.trail import Line

_DAYS_OF_MONTH, _MONTHS_OF_YEAR = 30, 12


@dataclass(frozen=True, slots=True)
class ContributionRequest:
    """A payment on a day: for an income (VND a month), by a method, from the month `first` on (the next)."""

    on: date
    income: Money
    method: Method = Method.MONTHLY
    helped: Helped = NOBODY
    first: Month | None = None


@dataclass(frozen=True, slots=True)
class ContributionAnswer:
    """What the payment costs (VND), within which incomes it was chosen, for which months, payable until when.

    `per_day` is a month's own part over 30 days: to imagine, not to pay. `pay_by` is None under the law of
    2014, whose deadlines are not known here. The amounts hold for a payment until `expires_on`, the day
    before the next known change: where it comes before `pay_by`, a later payment is worked out anew. None
    where no change is known.
    """

    lowest_income: int
    highest_income: int
    contribution: Contribution
    shares: tuple[Share, ...]
    per_day: int
    first: Month
    last: Month
    pay_by: date | None
    expires_on: date | None
    trail: tuple[Line, ...]


def contribution_of(request: ContributionRequest, law: Law) -> ContributionAnswer:
    """Return what one payment costs and until when it may be made.

    Law 41/2024/QH15 art. 31.2, 36; Decree 159/2025/NĐ-CP art. 4, 5, 9; Law 58/2014/QH13 art. 87 before it.
    Raises BelowFloor, AboveCeiling, OffStep, UnknownProvince, UnknownTerritory, NoValueYet, BadRequest for
    months whose last day to pay is over.
    """
    on = request.on
    helped = request.helped.entitlement(on=on, law=law)
    paid = contribution(request.income, request.method, helped, on=on, law=law)
    first = request.first or Month.of(on).plus(1)
    last = first.plus(paid.months - 1)
    due = _due(request, first, last, law)
    change = next(iter(change_days(helped, after=on, law=law)), None)
    return ContributionAnswer(
        int(minimum_income(on=on, law=law).value),
        maximum_income(on=on, law=law),
        paid,
        tuple(shares_of(request.helped, paid.per_month.gross, supported=paid.supported > 0, on=on, law=law)),
        paid.per_month.to_pay // _DAYS_OF_MONTH,
        first,
        last,
        due,
        change - timedelta(days=1) if change else None,
        contribution_lines(paid, helped, on=on, law=law),
    )


def _due(request: ContributionRequest, first: Month, last: Month, law: Law) -> date | None:
    """Return the last day to pay for these months, None where unknown; raises BadRequest once it is over.

    Months that were let go by are not paid for later: only missing ones are, at once, at retirement age.
    """
    known = law.number(f"payment_deadline_{request.method}").known_on(first.first_day)
    due = pay_by(request.method, first, law=law) if known else None
    over = due < request.on if due is not None else last < Month.of(request.on)
    if over:
        message = f"the months from {first} on are no longer payable on {request.on}; begin later"
        raise BadRequest(Refusal.OUT_OF_RANGE, "first", message)
    return due


class Per(StrEnum):
    """How often an amount is put aside."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class IncomeForPaymentRequest:
    """What somebody can pay herself: so much (VND) a day, a month or a year."""

    on: date
    amount: Money
    per: Per = Per.MONTH
    helped: Helped = NOBODY


@dataclass(frozen=True, slots=True)
class Affordable:
    """The highest income (VND a month) that a budget reaches from a day on, and what it costs.

    `over` is what the budget lacks for the lowest income, 0 where it reaches.
    """

    since: date
    income: int
    contribution: Contribution
    over: int


@dataclass(frozen=True, slots=True)
class IncomeForPaymentAnswer:
    """What a budget (VND a month) buys now and from the next known change of the law on.

    A day counts a thirtieth of a month.
    """

    budget: int
    now: Affordable
    then: Affordable | None
    trail: tuple[Line, ...]


def income_for_payment(request: IncomeForPaymentRequest, law: Law) -> IncomeForPaymentAnswer:
    """Return the highest income that may be chosen for what somebody can pay herself.

    Never clamped in silence: a budget under the smallest payment is refused. Law 41/2024/QH15 art. 31.2, 36;
    Decree 159/2025/NĐ-CP art. 5. Raises BudgetTooSmall, UnknownProvince, UnknownTerritory, NoValueYet.
    """
    on = request.on
    budget = month_of(request.amount, request.per)
    helped = request.helped.entitlement(on=on, law=law)
    income = income_for_budget(budget, helped, on=on, law=law)
    now = Affordable(on, income, contribution(income, Method.MONTHLY, helped, on=on, law=law), 0)
    change = next(iter(change_days(helped, after=on, law=law)), None)
    then = None
    if change is not None:
        used = max(0, Month.of(change) - Month.of(on) - 1)
        later = replace(request.helped, used_months=request.helped.used_months + used)
        then = _from(change, budget, later, law)
    return IncomeForPaymentAnswer(
        budget, now, then, contribution_lines(now.contribution, helped, on=on, law=law)
    )


def month_of(amount: int, per: Per) -> int:
    """Return what an amount (VND) a day, a month or a year is in a month: 30 days, or a twelfth."""
    return {
        Per.DAY: amount * _DAYS_OF_MONTH,
        Per.MONTH: amount,
        Per.YEAR: amount // _MONTHS_OF_YEAR,
    }[per]


def _from(day: date, budget: int, asked: Helped, law: Law) -> Affordable:
    helped = asked.entitlement(on=day, law=law)
    floor = int(minimum_income(on=day, law=law).value)
    left = support.months_left(helped.used, on=day, law=law) > 0
    least = monthly(floor, helped, supported=left, on=day, law=law).to_pay
    income = income_for_budget(budget, helped, on=day, law=law) if budget >= least else floor
    paid = contribution(income, Method.MONTHLY, helped, on=day, law=law)
    return Affordable(day, income, paid, max(0, least - budget))
