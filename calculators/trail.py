"""How a figure proves itself: the article it rests on, the day it holds for, how sure we are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from calculators.months import Month


class Trust(StrEnum):
    """How a legal number was checked. Anything below official is shown as awaiting confirmation."""

    OFFICIAL = "official"
    SECONDARY = "secondary"
    PRACTICE = "practice"


_WEAKEST_LAST = tuple(Trust)


def weakest(marks: Iterable[Trust]) -> Trust:
    """Return the least sure of `marks`; official when there is none."""
    return max(marks, key=_WEAKEST_LAST.index, default=Trust.OFFICIAL)


@dataclass(frozen=True, slots=True)
class Source:
    """A place in a legal text. The article is None only where the text itself was not read."""

    document: str
    article: str | None = None
    issued: date | None = None
    url: str | None = None


class Cited(Protocol):
    """A value that knows where it comes from and how far to trust it."""

    @property
    def source(self) -> Source:
        """The text it stands in."""

    @property
    def trust(self) -> Trust:
        """How it was checked."""


class What(StrEnum):
    """What a line of the trail says; templates hold the words."""

    INCOME_FLOOR = "income_floor"
    INCOME_CEILING = "income_ceiling"
    INCOME_STEP = "income_step"
    GROSS = "gross"
    CENTRAL_SUPPORT = "central_support"
    LOCAL_SUPPORT = "local_support"
    SUPPORT_MONTHS_LEFT = "support_months_left"
    SPONSOR_SUPPORT = "sponsor_support"
    LOCAL_AFTER_CENTRAL = "local_after_central"
    TO_PAY = "to_pay"
    MAY_JOIN = "may_join"
    EARLY_AGE = "early_age"
    EARLY_MISSING = "early_missing"
    AVERAGE_NEEDED = "average_needed"
    PLAN_TOTAL = "plan_total"
    PLAN_STATE = "plan_state"
    PLAN_OWN = "plan_own"
    SETTLED_AGAIN = "settled_again"
    MONTH_BY_MONTH = "month_by_month"
    DEADLINE = "deadline"
    LATE_SURCHARGE = "late_surcharge"
    FUND_YIELD = "fund_yield"
    AHEAD = "ahead"
    AHEAD_SUPPORT_DISCOUNTED = "ahead_support_discounted"
    MISSING = "missing"
    MISSING_SUPPORTED = "missing_supported"
    PAYABLE_FROM = "payable_from"
    REFUND = "refund"
    REFUND_RETURNS_SPONSORS = "refund_returns_sponsors"
    RETIREMENT_AGE = "retirement_age"
    RETIREMENT_MONTH = "retirement_month"
    MONTHS_NEEDED = "months_needed"
    MONTHS_COUNTED = "months_counted"
    PENSION_MONTH = "pension_month"
    YEARS_COUNTED = "years_counted"
    PENSION_RATE = "pension_rate"
    AVERAGE_INCOME = "average_income"
    PENSION = "pension"
    ONE_OFF = "one_off"
    OWNER_BASE = "owner_base"
    OWNER_SOCIAL = "owner_social"
    OWNER_HEALTH = "owner_health"
    EARLY_REDUCTION = "early_reduction"
    PENSION_MINIMUM = "pension_minimum"
    PENSION_INCREASED = "pension_increased"
    INCOME_ADJUSTED = "income_adjusted"
    YEARS_BEFORE_2014 = "years_before_2014"
    YEARS_FROM_2014 = "years_from_2014"
    TIMES = "times"
    SHORT_PAID = "short_paid"
    SUPPORT_RETURNED = "support_returned"
    LUMP_SUM = "lump_sum"
    FUNERAL = "funeral"
    DEATH_PAYMENT = "death_payment"
    SURVIVOR_SHARE = "survivor_share"
    SURVIVOR_PAYMENT = "survivor_payment"
    EMIGRATION_PAYMENT = "emigration_payment"
    MATERNITY_GRANT = "maternity_grant"
    ACCIDENT_PREMIUM = "accident_premium"
    HEALTH_CARD = "health_card"
    SOCIAL_PENSION = "social_pension"
    ALLOWANCE_MONTHS = "allowance_months"
    ALLOWANCE = "allowance"
    ALLOWANCE_TO_PAY = "allowance_to_pay"
    LATE_INTEREST = "late_interest"


class Op(StrEnum):
    """What a term does to the ones before it. TIMES and OVER bind closer than PLUS and MINUS."""

    START = "start"
    PLUS = "plus"
    MINUS = "minus"
    TIMES = "times"
    OVER = "over"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Term:
    """A number that a figure is worked out from. `unit` is one of a Line's, or ratio or factor."""

    value: int | Decimal | Month
    unit: str
    op: Op = Op.START


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a result with what it rests on.

    `unit` is VND, months, years, percent, times, ratio, flag (1 yes, 0 no), month or day. `how` is the sum it
    comes from, term by term, where there is one to show.
    """

    what: What
    value: int | Decimal | Month | date
    unit: str
    on: date
    because: tuple[Source, ...]
    trust: Trust
    scenario: str | None = None
    how: tuple[Term, ...] = ()

    @property
    def exact(self) -> bool:
        """Tell whether `how` comes to the figure exactly, not to one that was rounded on the way."""
        made = worked_out(self.how)
        if isinstance(made, Fraction) and self.unit == "percent":
            return made * 100 == self.value
        return made == self.value


def share(rate: Decimal, amount: int | Decimal) -> tuple[Term, ...]:
    """Return the terms of a share (ratio) of an amount (VND)."""
    return Term(rate, "ratio"), Term(amount, "VND", Op.TIMES)


def product(count: int | Decimal, amount: int | Decimal, *, more: Op = Op.START) -> tuple[Term, ...]:
    """Return the terms of so many times an amount (VND); `more` joins them to terms before."""
    return Term(count, "factor", more), Term(amount, "VND", Op.TIMES)


def weighed(*parts: tuple[int | Decimal, int | Decimal]) -> tuple[Term, ...]:
    """Return the terms of counts that each weigh something, 10 x 1.5 + 6.5 x 2; none of what is not there."""
    return tuple(
        term
        for place, (count, weight) in enumerate(part for part in parts if part[0])
        for term in (
            Term(count, "factor", Op.PLUS if place else Op.START),
            Term(weight, "factor", Op.TIMES),
        )
    )


def worked_out(how: tuple[Term, ...]) -> Fraction | Month:
    """Work out terms, a percentage as the ratio it is; months may be added to a month.

    Raises ValueError where there are none, TypeError for a month among numbers.
    """
    if not how:
        raise ValueError("a figure without terms cannot be worked out")
    head = how[0].value
    if isinstance(head, Month):
        return head.plus(sum(int(term.value) for term in how[1:] if not isinstance(term.value, Month)))
    done = product = Fraction(0)
    for term in how:
        number = _exact(term)
        match term.op:
            case Op.TIMES:
                product *= number
            case Op.OVER:
                product /= number
            case Op.AT_MOST:
                done, product = min(done + product, number), Fraction(0)
            case Op.MINUS:
                done, product = done + product, -number
            case Op.START | Op.PLUS:
                done, product = done + product, number
    return done + product


def _exact(term: Term) -> Fraction:
    if isinstance(term.value, (int, Decimal)):
        return Fraction(term.value)
    raise TypeError(f"{term.value} is no number to count with")


def line(
    what: What,
    value: int | Decimal | Month | date,
    unit: str,
    *basis: Source | Cited,
    on: date,
    scenario: str | None = None,
    how: tuple[Term, ...] = (),
) -> Line:
    """Return the line for a figure that rests on `basis`: articles, and parameters with their trust."""
    sources = [item if isinstance(item, Source) else item.source for item in basis]
    trust = weakest(item.trust for item in basis if not isinstance(item, Source))
    return Line(what, value, unit, on, tuple(dict.fromkeys(sources)), trust, scenario, how)


class Traced:
    """A result that proves itself by its `trail`: all its sources, and the least sure of their marks."""

    __slots__ = ()
    trail: tuple[Line, ...]

    @property
    def because(self) -> tuple[Source, ...]:
        """Every text the result rests on, once."""
        return tuple(dict.fromkeys(source for line in self.trail for source in line.because))

    @property
    def trust(self) -> Trust:
        """How sure the least sure line is."""
        return weakest(line.trust for line in self.trail)
