"""What is asked of the smaller benefits, and of what a compulsory owner pays instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from calculators.accident import Cycle, Premium, accident_death, accident_premium
from calculators.allowance import Allowance, NoAllowance, allowance
from calculators.average import Average, average_of
from calculators.business_household import OwnerCost, owner_cost
from calculators.contribution import Method, payment_months
from calculators.errors import BadRequest, Refusal
from calculators.fields import Count, Money
from calculators.health_card import HouseholdCards, household_cards
from calculators.history import Insured
from calculators.late import Late, late_by_days
from calculators.law import Law
from calculators.months import Month, PartialDate
from calculators.plain import AtMost, Between
from calculators.retirement import Sex, retirement
from calculators.social_pension import SocialPension, social_pension
from calculators.trail import Line, Traced

Days = Annotated[int, Between(0, 36_500)]
Members = Annotated[tuple[Annotated[int, Between(1, 12)], ...], AtMost(20)]


@dataclass(frozen=True, slots=True)
class AverageRequest:
    """Months paid, and the day a benefit of them is settled."""

    on: date
    insured: Insured


def average_income_of(request: AverageRequest, law: Law) -> Average:
    """Return the average income a benefit is worked out on, in the money of its year.

    Law 41/2024/QH15 art. 104; Decree 159/2025/NĐ-CP art. 10-11. Raises NothingPaid, NoValueYet.
    """
    return average_of(request.insured.until(request.on), on=request.on, law=law)


@dataclass(frozen=True, slots=True)
class AllowanceRequest:
    """Who asks for the monthly allowance of art. 23 on a day; `poor` is a poor or near-poor household."""

    on: date
    sex: Sex
    born: PartialDate
    insured: Insured
    poor: bool = False


def allowance_of(request: AllowanceRequest, law: Law) -> Allowance:
    """Return the monthly allowance of who reached retirement age with too few years for a pension.

    Law 41/2024/QH15 art. 23; Decree 159/2025/NĐ-CP art. 14. It is drawn until the age of the social pension.
    Raises NoAllowance, NothingPaid, NoValueYet before 1/7/2025.
    """
    on = request.on
    reached = retirement(request.sex, request.born, law=law).reached
    if Month.of(on) < reached:
        raise NoAllowance(f"retirement age is reached in {reached}; ask from then on")
    age = law.number("social_pension_age_poor" if request.poor else "social_pension_age").on(on)
    birth = Month.of(request.born.counted)
    until = birth.plus(12 * int(age.value)) - Month.of(on)
    mean = average_of(request.insured.until(on), on=on, law=law)
    return allowance(request.insured.months, mean.exact, until, on=on, law=law)


@dataclass(frozen=True, slots=True)
class SocialPensionRequest:
    """Somebody born on a day, perhaps with a pension of her own (VND a month)."""

    on: date
    born: PartialDate
    poor: bool = False
    pension: Money = 0


def social_pension_of(request: SocialPensionRequest, law: Law) -> SocialPension:
    """Return the social pension on a day, and from when somebody is old enough for it.

    Law 41/2024/QH15 art. 21-22; Decree 176/2025/NĐ-CP art. 2-3. Raises NoValueYet before 1/7/2025.
    """
    return social_pension(request.born, poor=request.poor, pension=request.pension, on=request.on, law=law)


@dataclass(frozen=True, slots=True)
class AccidentRequest:
    """Insurance against accidents for half a year or a year, begun on a day."""

    on: date
    cycle: Cycle = Cycle.YEAR


@dataclass(frozen=True, slots=True)
class AccidentAnswer(Traced):
    """What a cycle costs, and what the family is paid after a deadly accident (VND)."""

    premium: Premium
    death: int
    trail: tuple[Line, ...]


def accident_of(request: AccidentRequest, law: Law) -> AccidentAnswer:
    """Return what voluntary insurance against accidents costs, and what it pays at a death.

    Decree 143/2024/NĐ-CP art. 11. What it pays for a loss of working capacity was not read. Raises NoValueYet
    before 2025.
    """
    premium = accident_premium(request.cycle, on=request.on, law=law)
    death = accident_death(on=request.on, law=law)
    return AccidentAnswer(premium, death.amount, (*premium.trail, *death.trail))


@dataclass(frozen=True, slots=True)
class CardsRequest:
    """The members of a household in their order: for how many months each pays for his card."""

    on: date
    months: Members


def cards_of(request: CardsRequest, law: Law) -> HouseholdCards:
    """Return what health insurance cards of a household cost, member by member.

    Law 51/2024/QH15. Raises NoValueYet before 1/7/2025.
    """
    return household_cards(request.months, on=request.on, law=law)


@dataclass(frozen=True, slots=True)
class LateRequest:
    """Compulsory contributions (VND) that are so many days late on a day."""

    on: date
    overdue: Money
    days: Days


def late_of(request: LateRequest, law: Law) -> Late:
    """Return what late compulsory contributions cost. A voluntary payment that is late costs nothing more.

    Decree 158/2025/NĐ-CP art. 8. Raises NoValueYet before 1/7/2025.
    """
    return late_by_days(request.overdue, request.days, on=request.on, law=law)


@dataclass(frozen=True, slots=True)
class OwnerRequest:
    """A compulsory owner of a household business: her base (the least without it) and how she pays."""

    on: date
    base: Money | None = None
    method: Method = Method.MONTHLY
    first: Month | None = None
    base_since: Month | None = None

    def __post_init__(self) -> None:
        """Raise BadRequest for a year at once: owners pay for one, three or six months."""
        if self.method is Method.YEARLY:
            message = "an owner pays for one, three or six months; write monthly, quarterly or half_year"
            raise BadRequest(Refusal.UNKNOWN_CHOICE, "method", message)


@dataclass(frozen=True, slots=True)
class OwnerAnswer(Traced):
    """What a month and a payment cost with health insurance (VND), its last day, when the base may change.

    `base_may_change` is None where it is not known since when the base holds.
    """

    per_month: OwnerCost
    months: Count
    per_payment: int
    pay_by: date
    base_may_change: Month | None
    trail: tuple[Line, ...]


def owner_of(request: OwnerRequest, law: Law) -> OwnerAnswer:
    """Return what a compulsory owner of a household business pays instead, and until when.

    Law 41/2024/QH15 art. 31.1.d, 33.4; Decree 158/2025/NĐ-CP art. 8: until the last day of the month after
    the period; a base holds 12 months. Raises OutsideBase, NoValueYet before 1/7/2025.
    """
    on = request.on
    cost = owner_cost(request.base, on=on, law=law)
    months = payment_months(request.method, on=on, law=law)
    wait, hold = (int(law.number(key).on(on).value) for key in ("owner_deadline_months", "owner_base_months"))
    after = (request.first or Month.of(on).plus(1)).plus(months + wait).first_day
    last_day = date.fromordinal(after.toordinal() - 1)
    change = request.base_since.plus(hold) if request.base_since else None
    return OwnerAnswer(cost, months, cost.total * months, last_day, change, cost.lines)
