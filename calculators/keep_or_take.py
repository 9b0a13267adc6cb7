"""The lump sum beside what the same years are worth kept, in today's money: no inflation is guessed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from calculators.allowance import NoAllowance, allowance
from calculators.average import Average, average_of, paid_in
from calculators.contribution import Method, check_income, minimum_income
from calculators.errors import BadRequest, Refusal
from calculators.fields import Money
from calculators.helped import NOBODY, Helped
from calculators.history import Insured
from calculators.law import Law
from calculators.lump_rights import LumpRight, Taker, lump_right
from calculators.lump_sum import LumpCase, LumpSum, lump_sum
from calculators.money import dong
from calculators.months import Month, PartialDate
from calculators.pension import (
    missing_months,
    pension_amount,
    pension_rate,
    percent,
    rate_keys,
    rate_terms,
)
from calculators.plan import Course, Scenario, plan
from calculators.retirement import Retirement, Sex, retirement
from calculators.survivors import funeral
from calculators.texts import DECREE_159, LAW_2024
from calculators.trail import Line, Traced, Trust, What, line, share, weakest


@dataclass(frozen=True, slots=True)
class LumpRequest:
    """Who asks on a day, why, and with which months.

    `income` is what she would pay on (VND a month) if she went on; the lowest there is without it.
    """

    on: date
    sex: Sex
    born: PartialDate
    insured: Insured
    case: LumpCase = LumpCase.STOPPED_PAYING
    last_paid: Month | None = None
    joined_before_july_2025: bool | None = None
    income: Money | None = None
    helped: Helped = NOBODY


@dataclass(frozen=True, slots=True)
class Kept(Traced):
    """What the years become when they are kept: a pension (VND a month) from a month on, or an allowance.

    `months_to_pay` more cost her `to_pay` (VND), support taken off and known changes of the law included.
    `repaid_after` pensions she has had as much as the lump sum and all she paid more, none where nothing is
    paid each month. With a monthly payment comes a health card. `lasts_months` is None for a pension: it is
    for life, and raised with every increase.
    """

    months_to_pay: int
    to_pay: int
    starts: Month
    rate_percent: Decimal | None
    monthly: int
    lasts_months: int | None
    repaid_after: int | None
    health_card: bool
    trail: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class KeepOrTake(Traced):
    """The sum, the right to it, and the same years kept: without another payment, and paid on to a pension.

    `kept` is None where the years kept alone give nothing each month; `paid_on` where they give a pension
    already. `funeral_lost` (VND) is what her funeral is no more paid with.
    """

    right: LumpRight
    lump_sum: LumpSum
    months: int
    missing_months: int
    kept: Kept | None
    paid_on: Kept | None
    funeral_lost: int
    trail: tuple[Line, ...]


def keep_or_take(request: LumpRequest, law: Law) -> KeepOrTake:
    """Return what may be taken out at once beside what the years are worth kept.

    Law 41/2024/QH15 art. 23, 98-104; Decree 159/2025/NĐ-CP art. 9. Pensions are worked out by the rules in
    force when they would start, on incomes in the money of the day asked. Raises NothingPaid, NoValueYet,
    BadRequest for months after the day or more support than was paid.
    """
    on, insured = request.on, request.insured.until(request.on)
    mean = average_of(insured, on=on, law=law)
    paid = paid_in(insured, on=on, law=law)
    _check_support(insured, on, law)
    lump = lump_sum(
        insured.served, mean.exact, request.case, on=on, law=law, paid=paid, supported=insured.supported
    )
    reached = retirement(request.sex, request.born, law=law)
    missing = missing_months(insured.months, on=max(on, reached.pension_from.first_day), law=law)
    taker = Taker(
        on, request.sex, request.born, request.case, insured, request.last_paid,
        request.joined_before_july_2025,
    )  # fmt: skip
    buried = funeral(insured.voluntary_months, insured.compulsory_months, on=on, law=law)
    return KeepOrTake(
        lump_right(taker, law=law),
        lump,
        insured.months,
        missing,
        _alone(request, mean, reached, lump, law) if missing else _pension(request, mean, 0, lump, law),
        _pension(request, mean, missing, lump, law) if missing else None,
        buried.amount if buried else 0,
        (*mean.trail, *lump.trail, *(buried.trail if buried else ())),
    )


def _check_support(insured: Insured, on: date, law: Law) -> None:
    """Raise BadRequest where the State is said to have added more than the voluntary months cost."""
    cost = paid_in(replace(insured, compulsory_average=0), on=on, law=law)
    if insured.supported > cost:
        message = f"the voluntary months cost {cost:,} VND in all; the State cannot have added more"
        raise BadRequest(Refusal.OUT_OF_RANGE, "insured.supported", message)


def _pension(request: LumpRequest, mean: Average, more: int, lump: LumpSum, law: Law) -> Kept:
    """Return the pension after `more` months, paid from the month after the day asked on."""
    reached = retirement(request.sex, request.born, law=law)
    first = Month.of(request.on).plus(1)
    starts = max(reached.pension_from, first.plus(more))
    on, months = starts.first_day, request.insured.months + more
    earned, to_pay = _paid_on(request, first, more, law)
    rate = pension_rate(request.sex, months, on=on, law=law)
    monthly = pension_amount((mean.exact_total + earned) / months, rate)
    repaid = -(-(lump.amount + to_pay) // monthly) if monthly else None
    lines = _lines(request, months, starts, mean.exact_total + earned, mean.trust, law=law)
    return Kept(more, to_pay, starts, percent(rate), monthly, None, repaid, health_card=True, trail=lines)


def _lines(
    request: LumpRequest, months: int, starts: Month, total: Fraction, trust: Trust, *, law: Law
) -> tuple[Line, ...]:
    """Return the trail of a pension that starts in a month: its month, its rate, its amount."""
    on = starts.first_day
    rates = [law.number(key).on(on) for key in rate_keys(request.sex, months, on=on, law=law)]
    rate = pension_rate(request.sex, months, on=on, law=law)
    terms = rate_terms(request.sex, months, on=on, law=law)
    how = share(rate, dong(total / months))
    amount = line(
        What.PENSION, pension_amount(total / months, rate), "VND", *rates, DECREE_159("10"), on=on, how=how
    )
    return (
        line(What.PENSION_MONTH, starts, "month", LAW_2024("101"), on=on),
        line(What.PENSION_RATE, percent(rate), "percent", *rates, on=on, how=terms),
        replace(amount, trust=weakest((amount.trust, trust))),
    )


def _paid_on(request: LumpRequest, first: Month, more: int, law: Law) -> tuple[int, int]:
    """Return the incomes and what she pays herself for `more` months (VND), changes of the law included."""
    if not more:
        return 0, 0
    on = request.on
    income = request.income if request.income is not None else int(minimum_income(on=on, law=law).value)
    check_income(income, on=on, law=law)
    helped = request.helped.entitlement(on=on, law=law)
    course = Course(on, helped, income, None, Method.MONTHLY, first, first.plus(more - 1))
    paid = plan(course, Scenario.INCOME_KEPT, law=law)
    return paid.earned.total, paid.totals.to_pay


def _alone(request: LumpRequest, mean: Average, reached: Retirement, lump: LumpSum, law: Law) -> Kept | None:
    """Return the allowance of art. 23 that the years alone give from retirement age to the social pension.

    None where they give none: before 1/7/2025 no law knew such an allowance.
    """
    start = max(reached.pension_from, Month.of(request.on).plus(1))
    if not law.number("social_pension_age").known_on(start.first_day):
        return None
    social = int(law.number("social_pension_age").on(start.first_day).value)
    until = Month(request.born.counted.year + social, request.born.counted.month) - start
    try:
        found = allowance(request.insured.months, Fraction(mean.exact), until, on=start.first_day, law=law)
    except NoAllowance:
        return None
    repaid = -(-lump.amount // found.amount)
    return Kept(
        0, 0, start, None, found.amount, found.months, repaid if repaid <= found.months else None,
        health_card=True, trail=found.trail,
    )  # fmt: skip
