"""What happens when the law, or a person's group, changes inside a period that is paid already: nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from calculators import support
from calculators.at_once import ahead_amounts, ahead_months
from calculators.changes import Change, ChangeOf, amounts_of
from calculators.contribution import (
    NOTHING,
    Amounts,
    Method,
    check_income,
    contribution,
    minimum_income,
    monthly,
    nearest_incomes,
    payment_months,
)
from calculators.errors import BadRequest, Refusal
from calculators.fields import Count, Groups, Money
from calculators.helped import NOBODY, Helped
from calculators.law import Law
from calculators.months import Month
from calculators.paying_at_once import ahead_shares
from calculators.plain import AtMost
from calculators.plan import change_days
from calculators.support import Entitlement
from calculators.texts import DECREE_159
from calculators.trail import Line, What, line


@dataclass(frozen=True, slots=True)
class GroupChange:
    """From a month on a person belongs to other groups (none is OTHER): a new list of poor households."""

    month: Month
    groups: Groups


@dataclass(frozen=True, slots=True)
class PrepaidRequest:
    """A payment on a day for months from `first` on (the next): by a method, or `years` ahead."""

    on: date
    income: Money
    method: Method | None = None
    years: Count | None = None
    helped: Helped = NOBODY
    first: Month | None = None
    group_changes: Annotated[tuple[GroupChange, ...], AtMost(10)] = ()

    def __post_init__(self) -> None:
        """Raise BadRequest unless exactly one of method and years is given, and changes are in order."""
        if (self.method is None) == (self.years is None):
            raise BadRequest(Refusal.MISSING, "method", "give a method, or years paid ahead, and not both")
        months = [change.month for change in self.group_changes]
        if months != sorted(set(months)):
            message = "write one change for a month, in the order of the months"
            raise BadRequest(Refusal.OUT_OF_RANGE, "group_changes", message)


@dataclass(frozen=True, slots=True)
class InsideChange:
    """A change of the law or of the group inside the paid period, before and after it (VND a month)."""

    on: date
    changes: tuple[Change, ...]
    groups: Groups | None


@dataclass(frozen=True, slots=True)
class PrepaidAnswer:
    """What was paid, what changes inside, and what paying each month anew would have come to (VND).

    `settled_again` is what is asked for or paid back because of the changes: nothing. `difference` is what
    paying month by month costs her more, less than 0 where it is cheaper. After `last` the next payment is on
    at least `next_lowest_income`; `next_income` is this income, or the nearest allowed.
    """

    first: Month
    last: Month
    months: int
    paid: Amounts
    changes: tuple[InsideChange, ...]
    settled_again: int
    month_by_month: Amounts
    difference: int
    next_lowest_income: int
    next_income: int
    trail: tuple[Line, ...]


def prepaid(request: PrepaidRequest, law: Law) -> PrepaidAnswer:
    """Return what a change of group, poverty line or reference level does inside a period paid already.

    Nothing is settled again: Decree 159/2025/NĐ-CP art. 5.5; payments of before 1/7/2025 keep the support of
    their law until they run out, art. 16.5. Raises BelowFloor, AboveCeiling, OffStep, OutsideTerm,
    UnknownProvince, UnknownTerritory, NoValueYet.
    """
    on, income = request.on, request.income
    check_income(income, on=on, law=law)
    helped = request.helped.entitlement(on=on, law=law)
    months, paid = _paid(request, helped, law)
    first = request.first or Month.of(on).plus(1)
    last = first.plus(months - 1)
    alone = _month_by_month(request, first, months, law)
    after = max(last.plus(1).first_day, on)
    return PrepaidAnswer(
        first,
        last,
        months,
        paid,
        tuple(_inside(request, helped, first, last, law)),
        0,
        alone,
        alone.to_pay - paid.to_pay,
        int(minimum_income(on=after, law=law).value),
        nearest_incomes(income, on=after, law=law)[1],
        tuple(_trail(paid, alone, request, helped, law)),
    )


def _paid(request: PrepaidRequest, helped: Entitlement, law: Law) -> tuple[int, Amounts]:
    on, income = request.on, request.income
    if request.years is None:
        method = request.method or Method.MONTHLY
        paid = contribution(income, method, helped, on=on, law=law)
        return payment_months(method, on=on, law=law), paid.per_payment
    months = ahead_months(request.years, on=on, law=law)
    shares = ahead_shares(income, months, helped, on=on, law=law)
    return months, ahead_amounts(income, request.years, shares, on=on, law=law)


def _groups(request: PrepaidRequest, month: Month) -> Groups:
    """Return the groups of a month."""
    groups = request.helped.groups
    for change in request.group_changes:
        if change.month <= month:
            groups = change.groups
    return groups


def _month_by_month(request: PrepaidRequest, first: Month, months: int, law: Law) -> Amounts:
    """Return what the months cost, each paid in its month: on this income or the nearest allowed then."""
    total = NOTHING
    for place in range(months):
        month = first.plus(place)
        day = max(month.first_day, request.on)
        used = request.helped.used_months + place
        asked = replace(request.helped, groups=_groups(request, month), used_months=used)
        helped = asked.entitlement(on=day, law=law)
        left = support.months_left(used, on=day, law=law) > 0
        income = nearest_incomes(request.income, on=day, law=law)[1]
        total = total.plus(monthly(income, helped, supported=left, on=day, law=law))
    return total


def _inside(
    request: PrepaidRequest, helped: Entitlement, first: Month, last: Month, law: Law
) -> Iterator[InsideChange]:
    """Yield what changes after the payment and before its last month ends, in order."""
    days = {day: None for day in change_days(helped, after=request.on, law=law) if Month.of(day) <= last}
    changed = {change.month.first_day: change.groups for change in request.group_changes}
    inside = {day: groups for day, groups in changed.items() if first <= Month.of(day) <= last}
    before = amounts_of(helped, on=request.on, law=law)
    for day in sorted({**days, **inside}):
        asked = replace(request.helped, groups=_groups(request, Month.of(day)))
        after = amounts_of(asked.entitlement(on=day, law=law), on=day, law=law)
        changes = tuple(
            Change(what, before[what], after[what]) for what in ChangeOf if before[what] != after[what]
        )
        if changes or day in inside:
            yield InsideChange(day, changes, inside.get(day))
        before = after


def _trail(
    paid: Amounts, alone: Amounts, request: PrepaidRequest, helped: Entitlement, law: Law
) -> Iterator[Line]:
    on = request.on
    rate, poverty = (law.number(key).on(on) for key in ("contribution_rate", "rural_poverty_line"))
    central = law.number(support.central_key(helped.group)).on(on)
    yield line(What.GROSS, paid.gross, "VND", rate, on=on)
    yield line(What.CENTRAL_SUPPORT, paid.central, "VND", central, poverty, on=on)
    yield line(What.TO_PAY, paid.to_pay, "VND", rate, central, poverty, on=on)
    yield line(What.SETTLED_AGAIN, 0, "VND", DECREE_159("5.5"), on=on)
    yield line(What.MONTH_BY_MONTH, alone.to_pay, "VND", rate, central, poverty, on=on)
