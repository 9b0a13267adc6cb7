"""Too few months when retirement age comes: every way out, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from calculators.allowance import NoAllowance, allowance
from calculators.at_once import Estimate
from calculators.errors import BadRequest, Refusal
from calculators.fields import Count, Money
from calculators.helped import NOBODY, Helped
from calculators.history import Served
from calculators.law import Law
from calculators.life import Paid
from calculators.life_plan import life_plan
from calculators.life_request import LifeRequest
from calculators.lump_sum import LumpCase, PaidUnknown, lump_sum
from calculators.months import Month, PartialDate
from calculators.outlook import BreakEven
from calculators.pension import average_income, missing_months
from calculators.quote_request import NO_PAST, Past
from calculators.retirement import Age, Retirement, Sex, retirement, retirement_lines
from calculators.trail import Line, What, line
from calculators.vocabulary import Group

_AGES = (70, 75, 80, 85)  # where the ways are laid side by side


@dataclass(frozen=True, slots=True)
class ShortRequest:
    """Who falls short, with which past, and the income (VND a month) she would pay on.

    `before_2014` of the past months lie before that year; `paid` is what was paid for under a year of months,
    `supported` what the State added so far (VND).
    """

    on: date
    sex: Sex
    born: PartialDate
    income: Money
    helped: Helped = NOBODY
    past: Past = NO_PAST
    before_2014: Count = 0
    paid: Money | None = None
    supported: Money = 0

    def __post_init__(self) -> None:
        """Raise BadRequest for more months before 2014 than there are."""
        if self.before_2014 > self.past.months:
            message = f"only {self.past.months} months were paid in all"
            raise BadRequest(Refusal.OUT_OF_RANGE, "before_2014", message)


class WayOut(StrEnum):
    """A way out of too few months."""

    GO_ON = "go_on"
    AT_ONCE = "at_once"
    ALLOWANCE = "allowance"
    LUMP_SUM = "lump_sum"


class Obstacle(StrEnum):
    """Why a way is closed, or cannot be worked out."""

    UNDER_A_YEAR = "under_a_year"
    SOCIAL_PENSION_COMES_FIRST = "social_pension_comes_first"
    PAST_INCOME_UNKNOWN = "past_income_unknown"
    NOTHING_PAID = "nothing_paid"


@dataclass(frozen=True, slots=True)
class ByAge:
    """What a way has paid out until an age, less all that she paid for it from now on (VND)."""

    age: int
    net: int


@dataclass(frozen=True, slots=True)
class Way:
    """One way out. All money is in today's đồng, as the law stands and is enacted.

    She pays `own` (VND) from now on, `at_once` of it in `at_once_in` (with `at_once_costs` under each yield
    that may hold then), the State `state`. She gets `once` (VND), and `monthly` from `starts` at `age`, for
    life or for `lasts_months`. `net` adds the social pension of who has no pension, or a smaller one.
    """

    way: WayOut
    why_not: Obstacle | None
    starts: Month | None = None
    age: Age | None = None
    monthly: int = 0
    lasts_months: int | None = None
    once: int = 0
    rate_percent: Decimal | None = None
    own: int = 0
    state: int = 0
    at_once: int = 0
    at_once_months: int = 0
    at_once_in: Month | None = None
    at_once_costs: tuple[Estimate, ...] = ()
    break_even: BreakEven | None = None
    health_card: bool = False
    net: tuple[ByAge, ...] = ()
    trail: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """What is missing when retirement age comes, and the ways out."""

    retirement: Retirement
    months_at_age: int
    missing: int
    ways: tuple[Way, ...]
    trail: tuple[Line, ...]


def short_at_retirement(request: ShortRequest, law: Law) -> ShortAnswer:
    """Return the ways out of too few months at retirement age: pay on, pay at once, an allowance, a lump sum.

    Law 41/2024/QH15 art. 23, 36.2, 98, 102; Decree 159/2025/NĐ-CP art. 7, 14. Raises BadRequest for who is
    not short, BelowFloor, AboveCeiling, OffStep, OutsideTerm, UnknownProvince, UnknownTerritory, NoValueYet.
    """
    reached = retirement(request.sex, request.born, law=law)
    first = Month.of(request.on).plus(1)
    by_then = request.past.months + max(0, reached.reached - first + 1)
    missing = missing_months(by_then, on=max(reached.reached, first).first_day, law=law)
    if not missing:
        message = f"{by_then} months are paid by {reached.reached} if paid on; ask `plan` what they lead to"
        raise BadRequest(Refusal.NOT_FOR_THIS_PERSON, "past", message)
    lacking = missing_months(request.past.months, on=first.first_day, law=law)
    ways = (
        _paying(request, WayOut.GO_ON, first.plus(lacking - 1), law),
        _paying(request, WayOut.AT_ONCE, max(reached.reached, first), law),
        _allowance(request, reached, law),
        _lump_sum(request, reached, law),
    )
    needed = law.number("pension_months_min").on(request.on)
    return ShortAnswer(
        reached,
        by_then,
        missing,
        tuple(
            replace(way, net=tuple(_net(way, request, law))) if way.why_not is None else way for way in ways
        ),
        (
            *retirement_lines(request.sex, request.born, law=law),
            line(What.MONTHS_NEEDED, int(needed.value), "months", needed, on=request.on),
            line(What.MONTHS_COUNTED, by_then, "months", needed, on=request.on),
        ),
    )


def _paying(request: ShortRequest, way: WayOut, until: Month, law: Law) -> Way:
    """Return the pension of who pays on until a month, and the rest at once where that is the way."""
    asked = LifeRequest(
        request.on, request.sex, request.born, request.income,
        helped=request.helped, past=request.past, until=until, catch_up=way is WayOut.AT_ONCE,
    )  # fmt: skip
    found = life_plan(asked, law)
    outcome, drawn = found.outcome, found.outcome.pension
    at_once = next((piece for piece in found.pieces if piece.paid is Paid.CATCH_UP), None)
    return Way(
        way,
        None if drawn else Obstacle.PAST_INCOME_UNKNOWN,
        starts=drawn.starts if drawn else None,
        age=_age(drawn.starts, request) if drawn else None,
        monthly=drawn.amount if drawn else 0,
        once=drawn.one_off if drawn else 0,
        rate_percent=drawn.rate_percent if drawn else None,
        own=outcome.total.to_pay,
        state=outcome.state_paid,
        at_once=at_once.total.to_pay if at_once else 0,
        at_once_months=at_once.months if at_once else 0,
        at_once_in=at_once.first if at_once else None,
        at_once_costs=found.catch_up_costs,
        break_even=outcome.break_even,
        health_card=True,
        trail=found.trail,
    )


def _allowance(request: ShortRequest, reached: Retirement, law: Law) -> Way:
    """Return the monthly allowance of the months paid so far. Law 41/2024/QH15 art. 23."""
    average = average_income(request.past.known)
    starts = max(reached.pension_from, Month.of(request.on).plus(1))
    if request.past.months and average is None:
        return Way(WayOut.ALLOWANCE, Obstacle.PAST_INCOME_UNKNOWN)
    until = _social_from(request, starts.first_day, law) - starts
    try:
        found = allowance(request.past.months, average or Fraction(0), until, on=starts.first_day, law=law)
    except NoAllowance:
        closed = Obstacle.SOCIAL_PENSION_COMES_FIRST if until < 1 else Obstacle.UNDER_A_YEAR
        return Way(WayOut.ALLOWANCE, closed)
    return Way(
        WayOut.ALLOWANCE, None, starts, _age(starts, request), found.amount, found.months,
        health_card=True, trail=found.trail,
    )  # fmt: skip


def _lump_sum(request: ShortRequest, reached: Retirement, law: Law) -> Way:
    """Return what the months paid so far come to, taken out at the age. Law 41/2024/QH15 art. 102.1.a."""
    months, average = request.past.months, average_income(request.past.known)
    if not months:
        return Way(WayOut.LUMP_SUM, Obstacle.NOTHING_PAID)
    if average is None:
        return Way(WayOut.LUMP_SUM, Obstacle.PAST_INCOME_UNKNOWN)
    month = max(reached.reached, Month.of(request.on))
    served = Served(request.before_2014, months - request.before_2014)
    try:
        found = lump_sum(
            served, average, LumpCase.RETIREMENT_AGE,
            on=max(month.first_day, request.on), law=law, paid=request.paid, supported=request.supported,
        )  # fmt: skip
    except PaidUnknown:
        return Way(WayOut.LUMP_SUM, Obstacle.UNDER_A_YEAR)
    return Way(
        WayOut.LUMP_SUM, None, month, _age(month, request), 0, 0, found.amount, trail=found.trail
    )  # fmt: skip


def _age(month: Month, request: ShortRequest) -> Age:
    return Age.of(month - Month.of(request.born.counted))


def _social_from(request: ShortRequest, on: date, law: Law) -> Month:
    """Return the month the age of the social pension is reached. Law 41/2024/QH15 art. 21."""
    poor = Group.POOR in request.helped.groups or Group.NEAR_POOR in request.helped.groups
    age = law.number("social_pension_age_poor" if poor else "social_pension_age").on(on)
    return Month.of(request.born.counted).plus(12 * int(age.value))


def _net(way: Way, request: ShortRequest, law: Law) -> Iterator[ByAge]:
    """Yield what a way has paid out by each age, social pension included, less what she paid."""
    if way.starts is None:
        return
    birth, social_from = Month.of(request.born.counted), _social_from(request, request.on, law)
    social = int(law.number("social_pension_amount").on(request.on).value)
    ends = None if way.lasts_months is None else way.starts.plus(way.lasts_months)
    for age in _AGES:
        at = birth.plus(12 * age)
        drawn = max(0, min(at, ends or at) - way.starts)
        got = way.once * (at >= way.starts) + drawn * way.monthly
        # the social pension fills up to itself what is drawn beside it
        beside = max(0, min(at, ends or at) - max(social_from, way.starts))
        alone = max(0, at - social_from) - beside
        got += beside * max(0, social - way.monthly) + alone * social
        yield ByAge(age, got - way.own)
