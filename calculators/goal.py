"""The other way round: a pension is wished for; which income, for how many years, leads to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from calculators import support
from calculators.contribution import Amounts, maximum_income, monthly, nearest_incomes
from calculators.errors import BadRequest, Refusal
from calculators.fields import Money
from calculators.helped import NOBODY, Helped
from calculators.law import Law
from calculators.life_plan import LifePlan, life_plan
from calculators.life_request import LifeRequest
from calculators.money import dong
from calculators.months import Month, PartialDate
from calculators.pension import missing_months, pension_rate, percent
from calculators.quote_request import NO_PAST, Past
from calculators.retirement import Sex, retirement
from calculators.texts import LAW_2024
from calculators.trail import Line, What, line

_YEARS = (15, 20, 25, 30, 35)  # round numbers of years to show; how many are needed is the law's


@dataclass(frozen=True, slots=True)
class GoalRequest:
    """A pension wished for, `pension` VND a month in today's money, by whom, with which past."""

    on: date
    sex: Sex
    born: PartialDate
    pension: Money
    helped: Helped = NOBODY
    past: Past = NO_PAST


@dataclass(frozen=True, slots=True)
class GoalWay:
    """One way there: pay `to_pay` more months, until `last`, on an income.

    `average_needed` is the mean income (VND a month) over all months that the rate makes the pension of;
    `income` the allowed one to choose now, None where it would be over the ceiling. `gross_needed` is 22% of
    the average. With that income `pension` comes out, under every enacted change of the law.
    """

    months: int
    to_pay: int
    last: Month
    starts: Month
    rate_percent: Decimal
    average_needed: int
    gross_needed: int
    income: int | None
    per_month: Amounts | None
    pension: int | None


@dataclass(frozen=True, slots=True)
class GoalAnswer:
    """The ways to a pension, the shortest first, each within what her age leaves or beyond it."""

    ways: tuple[GoalWay, ...]
    trail: tuple[Line, ...]


def pension_goal(request: GoalRequest, law: Law) -> GoalAnswer:
    """Return the incomes and years that lead to a pension wished for.

    Law 41/2024/QH15 art. 31.2, 98, 99, 104. In today's money, without any guess at inflation. Raises
    BadRequest for a pension of nothing, NoValueYet.
    """
    if not request.pension:
        raise BadRequest(Refusal.OUT_OF_RANGE, "pension", "write a pension of at least 1 VND a month")
    first = Month.of(request.on).plus(1)
    ways = tuple(_way(request, months, first, law) for months in _totals(request, first, law))
    on = ways[0].starts.first_day
    rate = law.number("contribution_rate").on(request.on)
    lines = [
        line(What.AVERAGE_NEEDED, way.average_needed, "VND", LAW_2024("99"), LAW_2024("104"), on=on)
        for way in ways
    ]
    lines += [line(What.GROSS, way.gross_needed, "VND", rate, on=request.on) for way in ways]
    return GoalAnswer(ways, tuple(lines))


def average_for(pension: int, sex: Sex, months: int, *, on: date, law: Law) -> Fraction:
    """Return the mean income (VND a month) that a pension (VND a month) of so many months is the rate of.

    Law 41/2024/QH15 art. 99. Raises TooFewMonths, NoValueYet.
    """
    return Fraction(pension) / Fraction(pension_rate(sex, months, on=on, law=law))


def _totals(request: GoalRequest, first: Month, law: Law) -> Iterator[int]:
    """Yield the months in all to show: what is needed, round numbers of years, and all until her age."""
    past = request.past.months
    reached = retirement(request.sex, request.born, law=law).reached
    least = past + max(1, missing_months(past, on=max(first, reached).first_day, law=law))
    most = max(least, past + max(0, reached - first + 1))
    yield from sorted({least, most, *(12 * years for years in _YEARS if least < 12 * years < most)})


def _way(request: GoalRequest, months: int, first: Month, law: Law) -> GoalWay:
    past, on = request.past, request.on
    to_pay = months - past.months
    last = first.plus(to_pay - 1)
    reached = retirement(request.sex, request.born, law=law).reached
    starts = max(reached, last, Month.of(on)).plus(1)
    needed = average_for(request.pension, request.sex, months, on=starts.first_day, law=law)
    known, total = sum(part.months for part in past.known), sum(part.total for part in past.known)
    each = max(Fraction(0), (needed * (to_pay + known) - total) / to_pay)
    rate = Fraction(law.number("contribution_rate").on(on).value)
    reachable = each <= maximum_income(on=on, law=law)
    income = nearest_incomes(-(-each.numerator // each.denominator), on=on, law=law)[1] if reachable else None
    found = _lived(request, income, last, law) if income is not None else None
    return GoalWay(
        months,
        to_pay,
        last,
        starts,
        percent(pension_rate(request.sex, months, on=starts.first_day, law=law)),
        dong(needed),
        dong(needed * rate),
        income,
        _month(request, income, law) if income is not None else None,
        found.outcome.pension.amount if found and found.outcome.pension else None,
    )


def _lived(request: GoalRequest, income: int, last: Month, law: Law) -> LifePlan:
    asked = LifeRequest(
        request.on, request.sex, request.born, income,
        helped=request.helped, past=request.past, until=last,
    )  # fmt: skip
    return life_plan(asked, law)


def _month(request: GoalRequest, income: int, law: Law) -> Amounts:
    on = request.on
    left = support.months_left(request.helped.used_months, on=on, law=law) > 0
    return monthly(income, request.helped.entitlement(on=on, law=law), supported=left, on=on, law=law)
