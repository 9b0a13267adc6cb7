"""Which income one may choose and what a payment on it costs: gross, support, and what is left to pay."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from calculators import support
from calculators.dated import Dated
from calculators.errors import LawError
from calculators.law import Law
from calculators.money import dong
from calculators.plain import WHEN_SET
from calculators.support import Entitlement
from calculators.texts import LAW_2024
from calculators.trail import Line, Op, Term, What, line, share

INCOME_KEYS = (
    "contribution_rate",
    "rural_poverty_line",
    "reference_level",
    "income_ceiling_factor",
    "income_step",
)


class Method(StrEnum):
    """How many months one payment is for. Law 41/2024/QH15 art. 36.2."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEAR = "half_year"
    YEARLY = "yearly"


class NotAllowed(LawError):
    """An income that may not be chosen on that day. `nearest` holds the allowed incomes around it (VND)."""

    def __init__(self, message: str, income: int, nearest: tuple[int, ...]) -> None:
        super().__init__(message)
        self.income = income
        self.nearest = nearest


class BelowFloor(NotAllowed):
    """The income is under the rural poverty line; `nearest` holds the lowest allowed."""


class AboveCeiling(NotAllowed):
    """The income is over 20 reference levels; `nearest` holds the highest allowed."""


class OffStep(NotAllowed):
    """The income is between two steps of 50,000; `nearest` holds the two allowed incomes around it."""


class BudgetTooSmall(LawError):
    """A budget under the smallest payment: `income` and `to_pay` are that payment's (VND a month)."""

    def __init__(self, message: str, income: int, to_pay: int) -> None:
        super().__init__(message)
        self.income = income
        self.to_pay = to_pay


@dataclass(frozen=True, slots=True)
class Amounts:
    """A sum split by who bears it (VND): gross = central + local + sponsors + to_pay."""

    gross: int
    central: int
    local: int
    to_pay: int
    sponsors: int = field(default=0, metadata=WHEN_SET)

    def plus(self, other: Amounts, times: int = 1) -> Amounts:
        """Return this sum and `times` the other."""
        return Amounts(
            self.gross + times * other.gross,
            self.central + times * other.central,
            self.local + times * other.local,
            self.to_pay + times * other.to_pay,
            self.sponsors + times * other.sponsors,
        )


NOTHING = Amounts(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one payment costs on a day: for a month, and for the months the method pays at once.

    `supported` counts the months of the payment that the State still supports.
    """

    income: int
    method: Method
    months: int
    supported: int
    per_month: Amounts
    per_payment: Amounts


def minimum_income(*, on: date, law: Law) -> Dated[Decimal]:
    """Return the lowest income one may choose (VND a month): the rural poverty line.

    Law 41/2024/QH15 art. 31.2. Raises NoValueYet.
    """
    return law.number("rural_poverty_line").on(on)


def maximum_income(*, on: date, law: Law) -> int:
    """Return the highest income one may choose (VND a month): 20 reference levels.

    Law 41/2024/QH15 art. 31.2. Raises NoValueYet.
    """
    return dong(law.number("income_ceiling_factor").on(on).value * law.number("reference_level").on(on).value)


def check_income(income: int, *, on: date, law: Law) -> None:
    """Raise BelowFloor, AboveCeiling or OffStep unless `income` (VND a month) may be chosen on that day.

    Law 41/2024/QH15 art. 31.2; the step of 50,000 is practice since 1/7/2025. Raises NoValueYet too.
    """
    below, above = nearest_incomes(income, on=on, law=law)
    floor, ceiling = int(minimum_income(on=on, law=law).value), maximum_income(on=on, law=law)
    if income < floor:
        raise BelowFloor(f"{income:,} is below the lowest income, {floor:,} VND on {on}", income, (above,))
    if income > ceiling:
        raise AboveCeiling(
            f"{income:,} is above the highest income, {ceiling:,} VND on {on}", income, (below,)
        )
    if below != above:
        message = f"{income:,} is between two steps on {on}; choose {below:,} or {above:,} VND"
        raise OffStep(message, income, (below, above))


def nearest_incomes(income: int, *, on: date, law: Law) -> tuple[int, int]:
    """Return the allowed incomes at or below and at or above `income` (VND a month).

    The same twice when it is allowed itself, or when it lies under the floor or over the ceiling. Law
    41/2024/QH15 art. 31.2. Raises NoValueYet.
    """
    floor, ceiling = int(minimum_income(on=on, law=law).value), maximum_income(on=on, law=law)
    step = int(law.number("income_step").on(on).value)
    highest = floor + (ceiling - floor) // step * step
    inside = min(max(income, floor), highest)
    below = floor + (inside - floor) // step * step
    return below, below if below == inside else below + step


def monthly(income: int, helped: Entitlement, *, supported: bool, on: date, law: Law) -> Amounts:
    """Return one month's contribution at `income` (VND): 22% of it, less what others add.

    The State comes first, then the province, then sponsors: Law 41/2024/QH15 art. 6, 36.1; Decree
    159/2025/NĐ-CP art. 5. Support never exceeds the contribution. Raises UnknownProvince, NoValueYet.
    """
    gross = dong(law.number("contribution_rate").on(on).value * income)
    state, province = offered(helped, supported=supported, on=on, law=law)
    central = min(gross, state)
    local = min(gross - central, province)
    sponsors = min(gross - central - local, helped.sponsors)
    return Amounts(gross, central, local, gross - central - local - sponsors, sponsors)


def offered(helped: Entitlement, *, supported: bool = True, on: date, law: Law) -> tuple[int, int]:
    """Return what the State and the province offer for a month (VND), before they meet the contribution.

    In a month the State supports no more, a province gives as `local_support_after_central` says: no text was
    read on it. Law 41/2024/QH15 art. 6; Decree 159/2025/NĐ-CP art. 5. Raises UnknownProvince, NoValueYet.
    """
    if not (supported or support.local_goes_on(on=on, law=law)):
        return 0, 0
    rates = support.local_rates(helped, on=on, law=law)
    local = sum(dong(rate.value * support.base(on=on, law=law)) for rate in rates)
    return dong(support.central(helped.group, on=on, law=law)) if supported else 0, local


def payment_months(method: Method, *, on: date, law: Law) -> int:
    """Return how many months one payment of `method` is for. Law 41/2024/QH15 art. 36.2.

    Raises NoValueYet.
    """
    return int(law.number(f"payment_months_{method}").on(on).value)


def contribution(income: int, method: Method, helped: Entitlement, *, on: date, law: Law) -> Contribution:
    """Return what one payment costs on a day.

    Raises BelowFloor, AboveCeiling, OffStep, UnknownProvince, NoValueYet. Law 41/2024/QH15 art. 31.2, 36;
    Decree 159/2025/NĐ-CP art. 4, 5, 9.
    """
    check_income(income, on=on, law=law)
    months = payment_months(method, on=on, law=law)
    supported = min(months, support.months_left(helped.used, on=on, law=law))
    with_support = monthly(income, helped, supported=True, on=on, law=law)
    alone = monthly(income, helped, supported=False, on=on, law=law)
    per_payment = NOTHING.plus(with_support, supported).plus(alone, months - supported)
    return Contribution(income, method, months, supported, with_support if supported else alone, per_payment)


def income_for_budget(budget: int, helped: Entitlement, *, on: date, law: Law) -> int:
    """Return the highest income one may choose whose own monthly payment stays within `budget` (VND a month).

    For a budget beyond every payment, the highest income allowed. Raises BudgetTooSmall. Law 41/2024/QH15
    art. 31.2, 36.1. Raises NoValueYet too.
    """
    floor = int(minimum_income(on=on, law=law).value)
    left = support.months_left(helped.used, on=on, law=law) > 0
    lowest = monthly(floor, helped, supported=left, on=on, law=law)
    if budget < lowest.to_pay:
        message = f"{budget:,} a month is less than the smallest payment, {lowest.to_pay:,} VND on {on}"
        raise BudgetTooSmall(message, floor, lowest.to_pay)
    help_ = sum(offered(helped, supported=left, on=on, law=law)) + helped.sponsors
    affordable = (budget + help_) / law.number("contribution_rate").on(on).value
    return nearest_incomes(int(affordable), on=on, law=law)[0]


def contribution_lines(paid: Contribution, helped: Entitlement, *, on: date, law: Law) -> tuple[Line, ...]:
    """Return the trail of one month of `paid`: bounds of the income, gross, each support, what is left.

    Law 41/2024/QH15 art. 31.2, 36.1; Decree 159/2025/NĐ-CP art. 5. Raises UnknownProvince, NoValueYet.
    """
    rate, poverty, level, factor, step = (law.number(key).on(on) for key in INCOME_KEYS)
    central = law.number(support.central_key(helped.group)).on(on)
    locals_ = support.local_rates(helped, on=on, law=law)
    month = paid.per_month
    lines = [
        line(What.INCOME_FLOOR, int(poverty.value), "VND", factor, poverty, on=on),
        line(What.INCOME_CEILING, maximum_income(on=on, law=law), "VND", factor, level, on=on),
        line(What.INCOME_STEP, int(step.value), "VND", step, on=on),
        line(What.GROSS, month.gross, "VND", rate, on=on, how=share(rate.value, paid.income)),
        line(What.CENTRAL_SUPPORT, month.central, "VND", central, poverty, on=on,
             how=_help(month.central, central, rate, poverty)),
    ]  # fmt: skip
    if locals_:
        how = _help(month.local, locals_[0], rate, poverty)
        lines.append(line(What.LOCAL_SUPPORT, month.local, "VND", *locals_, poverty, on=on, how=how))
    if month.sponsors:
        lines.append(line(What.SPONSOR_SUPPORT, month.sponsors, "VND", LAW_2024("6"), on=on))
    basis = (rate, central, *locals_, poverty)
    lines.append(line(What.TO_PAY, month.to_pay, "VND", *basis, on=on, how=_left(month)))
    return tuple(lines)


def _help(
    amount: int, part: Dated[Decimal], rate: Dated[Decimal], poverty: Dated[Decimal]
) -> tuple[Term, ...]:
    """Return the terms of a support: a share of the contribution at the line; none where only a part came."""
    how = (
        Term(part.value, "ratio"),
        Term(rate.value, "ratio", Op.TIMES),
        Term(poverty.value, "VND", Op.TIMES),
    )
    return how if dong(part.value * rate.value * poverty.value) == amount else ()


def _left(month: Amounts) -> tuple[Term, ...]:
    """Return the terms of what is left to pay; none where nobody helps."""
    helps = [amount for amount in (month.central, month.local, month.sponsors) if amount]
    if not helps:
        return ()
    return Term(month.gross, "VND"), *(Term(amount, "VND", Op.MINUS) for amount in helps)
