"""What is asked of payments at once: years ahead, missing months, and what comes back of a payment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from calculators import support
from calculators.at_once import (
    Estimate,
    ahead_amounts,
    ahead_months,
    estimates,
    refund_gross,
)
from calculators.contribution import NOTHING, Amounts, Method, check_income, monthly, payment_months
from calculators.dated import Dated
from calculators.deadlines import missing_paid_from
from calculators.errors import BadRequest, Refusal
from calculators.fields import Count, Money
from calculators.helped import NOBODY, Helped
from calculators.law import Law
from calculators.money import dong
from calculators.months import Month, PartialDate
from calculators.pension import missing_months
from calculators.retirement import Sex
from calculators.support import Entitlement
from calculators.texts import DECREE_159
from calculators.trail import Line, What, line


@dataclass(frozen=True, slots=True)
class AheadRequest:
    """Years paid ahead on a day for an income (VND a month), from the month `first` on (the next)."""

    on: date
    income: Money
    years: Count
    helped: Helped = NOBODY
    first: Month | None = None


@dataclass(frozen=True, slots=True)
class AheadAnswer:
    """What the years cost (VND) and who bears it; `supported` of the months have the State's support.

    `undiscounted` is what the months would cost one by one, `saved` the difference to it before support.
    """

    first: Month
    last: Month
    months: int
    supported: int
    undiscounted: int
    saved: int
    amounts: Amounts
    trail: tuple[Line, ...]


def ahead_of(request: AheadRequest, law: Law) -> AheadAnswer:
    """Return what years paid ahead cost, with support month by month.

    Decree 159/2025/NĐ-CP art. 6, 9. Raises OutsideTerm unless 2 to 5 years, NoValueYet for a year whose
    yield is not known, BelowFloor, AboveCeiling, OffStep, UnknownProvince, UnknownTerritory, BadRequest for
    years that began already.
    """
    on, income = request.on, request.income
    check_income(income, on=on, law=law)
    helped = request.helped.entitlement(on=on, law=law)
    months = ahead_months(request.years, on=on, law=law)
    each = ahead_shares(income, months, helped, on=on, law=law)
    amounts = ahead_amounts(income, request.years, each, on=on, law=law)
    undiscounted = each[0].gross * months
    first = request.first or Month.of(on).plus(1)
    if first < Month.of(on):
        message = f"{first} is over on {on}; years ahead begin with this month or a later one"
        raise BadRequest(Refusal.OUT_OF_RANGE, "first", message)
    supported = min(months, support.months_left(helped.used, on=on, law=law))
    rate, earning = law.number("contribution_rate").on(on), law.number("fund_yield").on(on)
    central = law.number(support.central_key(helped.group)).on(on)
    open_ = law.number("ahead_support_discounted").on(on)
    return AheadAnswer(
        first, first.plus(months - 1), months, supported, undiscounted, undiscounted - amounts.gross, amounts,
        (
            line(What.FUND_YIELD, earning.value, "ratio", earning, on=on),
            line(What.AHEAD, amounts.gross, "VND", rate, earning, DECREE_159("6"), on=on),
            line(What.CENTRAL_SUPPORT, amounts.central, "VND", central, open_, on=on),
            line(What.AHEAD_SUPPORT_DISCOUNTED, int(open_.value), "flag", open_, on=on),
            line(What.TO_PAY, amounts.to_pay, "VND", rate, earning, central, open_, on=on),
        ),
    )  # fmt: skip


def ahead_shares(income: int, months: int, helped: Entitlement, *, on: date, law: Law) -> tuple[Amounts, ...]:
    """Return what each month of a payment ahead would cost alone (VND), the supported ones first.

    Decree 159/2025/NĐ-CP art. 6. Raises UnknownProvince, NoValueYet.
    """
    supported = min(months, support.months_left(helped.used, on=on, law=law))
    with_support = monthly(income, helped, supported=True, on=on, law=law)
    alone = monthly(income, helped, supported=False, on=on, law=law)
    return (with_support,) * supported + (alone,) * (months - supported)


@dataclass(frozen=True, slots=True)
class MissingRequest:
    """Missing months paid at once on a day for an income (VND a month), by whom, with so many months before.

    Without `months` it is all that are missing for a pension.
    """

    on: date
    income: Money
    sex: Sex
    born: PartialDate
    paid_months: Count
    months: Count | None = None
    helped: Helped = NOBODY


@dataclass(frozen=True, slots=True)
class MissingAnswer:
    """What the missing months cost (VND), and from when they may be paid.

    `may_pay_now` tells whether that month has come; `pension_from` is None where months stay missing. `costs`
    hold one estimate before support for the yield of the year, or one for each known yield where it is not
    published yet. `central` is what the State adds: nothing, as far as is known.
    """

    months: int
    payable_from: Month
    may_pay_now: bool
    pension_from: Month | None
    uncompounded: int
    costs: tuple[Estimate, ...]
    central: int
    trail: tuple[Line, ...]


def missing_of(request: MissingRequest, law: Law) -> MissingAnswer:
    """Return what the months that are missing for a pension cost at once, without support.

    Decree 159/2025/NĐ-CP art. 7; Circular 11/2025/TT-BNV art. 5: the pension starts with the month after.
    Who lacks more than 60 pays on first. Raises OutsideTerm for no months, BadRequest where nothing or too
    much is missing, BelowFloor, AboveCeiling, OffStep, NoValueYet.
    """
    on, income = request.on, request.income
    check_income(income, on=on, law=law)
    payable_from = missing_paid_from(request.sex, request.born, law=law)
    lacking = missing_months(request.paid_months, on=on, law=law)
    if not lacking:
        message = "nothing is missing for a pension; leave out what was paid too often"
        raise BadRequest(Refusal.NOT_FOR_THIS_PERSON, "paid_months", message)
    rate, most = law.number("contribution_rate").on(on), law.number("missing_months_max").on(on)
    if lacking > most.value:
        message = (
            f"{lacking} months are missing, {most.value} may be paid at once; pay on until so many are left"
        )
        raise BadRequest(Refusal.OUT_OF_RANGE, "months", message)
    months = lacking if request.months is None else request.months
    if months > lacking:
        raise BadRequest(
            Refusal.OUT_OF_RANGE, "months", f"only {lacking} months are missing; write 1 to that"
        )
    paid_in = max(payable_from, Month.of(on))
    day = max(paid_in.first_day, on)
    costs = estimates(income, months, on=day, law=law)
    starts = max(paid_in, payable_from.plus(1)).plus(1) if months == lacking else None
    open_ = law.number("missing_months_supported").on(on)
    helped = request.helped.entitlement(on=on, law=law)
    central = sum(each.central for each in ahead_shares(income, months, helped, on=on, law=law))
    return MissingAnswer(
        months, payable_from, payable_from <= Month.of(on), starts,
        dong(rate.value * income) * months, costs, central if open_.value else 0,
        (
            line(What.MONTHS_NEEDED, months, "months", most, DECREE_159("7"), on=on),
            line(What.PAYABLE_FROM, payable_from, "month", most, on=on),
            *(line(What.MISSING, each.amount, "VND", rate, each, on=day) for each in costs),
            line(What.MISSING_SUPPORTED, int(open_.value), "flag", open_, on=on),
        ),
    )  # fmt: skip


class RefundReason(StrEnum):
    """Why the rest of a payment comes back. Decree 159/2025/NĐ-CP art. 8.1."""

    COMPULSORY = "compulsory"
    LUMP_SUM = "lump_sum"
    DEATH = "death"
    PENSION = "pension"


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """A payment made on `paid_on` for months of which `left` remain: by a method, or `years` ahead.

    `helped` is who helped when it was paid.
    """

    paid_on: date
    income: Money
    left: Count
    reason: RefundReason
    method: Method | None = None
    years: Count | None = None
    helped: Helped = NOBODY

    def __post_init__(self) -> None:
        """Raise BadRequest unless exactly one of method and years is given."""
        if (self.method is None) == (self.years is None):
            raise BadRequest(Refusal.MISSING, "method", "give a method, or years paid ahead, and not both")


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """What the remaining months cost (VND) and where it goes back to: each giver's part, and her own.

    A sponsor's part goes to her: the text leaves out the State's only, and the trail shows it.
    """

    months: int
    left: int
    gross: int
    to_state: int
    to_province: int
    to_sponsors: int
    to_person: int
    trail: tuple[Line, ...]


def refund_of(request: RefundRequest, law: Law) -> RefundAnswer:
    """Return what comes back of a prepaid period: the months that remain, without what others added.

    Decree 159/2025/NĐ-CP art. 8; support goes back to the budget, art. 5.6. Worked out with the numbers of
    the day it was paid. Raises OutsideTerm, BelowFloor, AboveCeiling, OffStep, NoValueYet, BadRequest.
    """
    on, income, left = request.paid_on, request.income, request.left
    check_income(income, on=on, law=law)
    helped = request.helped.entitlement(on=on, law=law)
    if request.years is not None:
        months = ahead_months(request.years, on=on, law=law)
        gross = refund_gross(income, request.years, left, on=on, law=law)
    else:
        months = payment_months(request.method or Method.MONTHLY, on=on, law=law)
        if left > months:
            raise BadRequest(
                Refusal.OUT_OF_RANGE, "left", f"the payment is for {months} months; write 0 to that"
            )
        gross = monthly(income, helped, supported=False, on=on, law=law).gross * left
    each = NOTHING
    for month in ahead_shares(income, months, helped, on=on, law=law)[months - left :]:
        each = each.plus(month)
    back = law.number("refund_returns_sponsors")
    returned = back.on(on) if back.known_on(on) else back.rows[0]
    central, local = min(gross, each.central), min(max(0, gross - each.central), each.local)
    sponsors = 0 if returned.value else min(gross - central - local, each.sponsors)
    own = gross - central - local - sponsors
    return RefundAnswer(
        months, left, gross, central, local, sponsors, own, _refund_trail(own, central, returned, on, law)
    )


def _refund_trail(own: int, central: int, returned: Dated[Decimal], on: date, law: Law) -> tuple[Line, ...]:
    rate = law.number("contribution_rate").on(on)
    flag = 1 if returned.value else 0
    return (
        line(What.CENTRAL_SUPPORT, central, "VND", rate, DECREE_159("5.6"), on=on),
        line(What.REFUND_RETURNS_SPONSORS, flag, "flag", returned, on=on),
        line(What.REFUND, own, "VND", rate, DECREE_159("8"), on=on),
    )
