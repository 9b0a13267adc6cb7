"""What a quote takes for granted and what it has to warn of: codes with data, templates word them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from calculators import support
from calculators.case import Case
from calculators.changes import ChangeOf
from calculators.contribution import INCOME_KEYS
from calculators.dated import Dated
from calculators.law import Law
from calculators.months import Month
from calculators.pension import rate_keys
from calculators.plain import write
from calculators.plan import Scenario
from calculators.trail import Trust
from calculators.vocabulary import Group


class Assumption(StrEnum):
    """What a quote takes for granted."""

    PARAMETERS_AS_ENACTED = "parameters_as_enacted"
    NO_INFLATION = "no_inflation"
    STARTS_NEXT_MONTH = "starts_next_month"
    PAID_WITHOUT_PAUSE = "paid_without_pause"
    GROUP_KEPT = "group_kept"
    PAID_UNTIL_ENOUGH = "paid_until_enough"
    BUDGET_SPENT_ANEW = "budget_spent_anew"
    PAID_IN_FIRST_MONTH = "paid_in_first_month"
    SUPPORTED_MONTHS_ONE_BY_ONE = "supported_months_one_by_one"
    NO_PROVINCE_GIVEN = "no_province_given"
    PERMANENT_RESIDENT = "permanent_resident"
    LOCAL_SUPPORT_WITH_CENTRAL = "local_support_with_central"
    PAST_INCOME_LIKE_PLAN = "past_income_like_plan"
    EARLIER_PAYMENTS_NOT_COUNTED = "earlier_payments_not_counted"
    SUPPORTED_MONTHS_AS_GIVEN = "supported_months_as_given"
    YIELD_AS_LAST_KNOWN = "yield_as_last_known"


class Caution(StrEnum):
    """What a quote warns of."""

    LOCAL_SUPPORT_NOT_CONFIRMED = "local_support_not_confirmed"
    GROUP_MAY_CHANGE = "group_may_change"
    PAYMENT_SPANS_CHANGE = "payment_spans_change"
    SUPPORT_USED_UP = "support_used_up"
    SUPPORT_ENDS = "support_ends"
    BIRTH_MONTH_UNKNOWN = "birth_month_unknown"
    PAST_RETIREMENT_AGE = "past_retirement_age"
    PENSION_CAN_BE_CLAIMED = "pension_can_be_claimed"
    TOO_FEW_MONTHS = "too_few_months"
    SOCIAL_PENSION_FIRST = "social_pension_first"
    COMPULSORY_CONDITIONS = "compulsory_conditions"
    PAST_INCOME_UNKNOWN = "past_income_unknown"
    AWAITING_CONFIRMATION = "awaiting_confirmation"


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning and what its sentence needs to know."""

    code: Caution
    data: Mapping[str, str | int]


def assumptions(case: Case, *, law: Law) -> tuple[Assumption, ...]:
    """Return what the quote takes for granted, in the order to say it.

    Each names its text: Law 41/2024/QH15 art. 31, 36, 104. Raises NoValueYet.
    """
    request = case.request
    local = support.local(request.group, request.province, on=request.on, law=law)
    several = case.contribution.months > 1
    past = request.past
    says = {
        Assumption.PARAMETERS_AS_ENACTED: True,
        Assumption.NO_INFLATION: True,
        Assumption.STARTS_NEXT_MONTH: True,
        Assumption.PAID_WITHOUT_PAUSE: True,
        Assumption.GROUP_KEPT: True,
        Assumption.PAID_UNTIL_ENOUGH: case.past_retirement_age and request.until == "retirement",
        Assumption.BUDGET_SPENT_ANEW: request.budget is not None,
        Assumption.PAID_IN_FIRST_MONTH: several,
        Assumption.SUPPORTED_MONTHS_ONE_BY_ONE: several,
        Assumption.NO_PROVINCE_GIVEN: request.province is None,
        Assumption.PERMANENT_RESIDENT: local is not None and _residents_only(case, law),
        Assumption.LOCAL_SUPPORT_WITH_CENTRAL: local is not None,
        Assumption.PAST_INCOME_LIKE_PLAN: _unknown_past(case) > 0 and case.pension.amounts is not None,
        Assumption.EARLIER_PAYMENTS_NOT_COUNTED: past.months > 0,
        Assumption.SUPPORTED_MONTHS_AS_GIVEN: past.voluntary_months > 0,
    }
    return tuple(assumption for assumption, holds in says.items() if holds)


def warnings(case: Case, *, law: Law) -> tuple[Notice, ...]:
    """Return what the quote warns of: what concerns the payment first, the numbers not yet confirmed last.

    Each names its text: Law 41/2024/QH15 art. 6, 21, 36, 98; Decree 159/2025/NĐ-CP art. 5. Raises NoValueYet.
    """
    return (*_of_payment(case, law), *_of_pension(case, law), *_unconfirmed(case, law))


def _of_payment(case: Case, law: Law) -> Iterator[Notice]:
    request, change, course = case.request, case.next_change, case.course
    if request.province and support.local(request.group, request.province, on=request.on, law=law) is None:
        yield Notice(Caution.LOCAL_SUPPORT_NOT_CONFIRMED, {"province": request.province})
    listed = request.group in (Group.POOR, Group.NEAR_POOR)
    # a new poverty line brings a new list of poor and near-poor households
    if change and listed and any(part.what is ChangeOf.INCOME_FLOOR for part in change.changes):
        yield Notice(Caution.GROUP_MAY_CHANGE, {"on": str(change.on)})
    last = min(course.first.plus(case.contribution.months - 1), course.last)
    if change and course.first < Month.of(change.on) <= last:
        yield Notice(Caution.PAYMENT_SPANS_CHANGE, {"on": str(change.on), "last_month": str(last)})
    if case.contribution.supported == 0:
        yield Notice(Caution.SUPPORT_USED_UP, {"months": request.past.supported_months})
    kept = case.plans[Scenario.INCOME_KEPT]
    if kept.support_ends:
        after = next(stretch for stretch in kept.stretches if stretch.first == kept.support_ends.plus(1))
        yield Notice(
            Caution.SUPPORT_ENDS,
            {"last_month": str(kept.support_ends), "to_pay_after": after.per_month.to_pay},
        )


def _of_pension(case: Case, law: Law) -> Iterator[Notice]:
    request, pension = case.request, case.pension
    if case.retirement.month_assumed:
        yield Notice(Caution.BIRTH_MONTH_UNKNOWN, {})
    if case.past_retirement_age:
        yield Notice(Caution.PAST_RETIREMENT_AGE, {"reached": str(case.retirement.reached)})
    if pension.starts and case.course.last < case.course.first:
        yield Notice(Caution.PENSION_CAN_BE_CLAIMED, {"from": str(pension.starts)})
    if pension.gap:
        yield Notice(Caution.TOO_FEW_MONTHS, {"months": pension.gap.months})
    earliest = pension.starts or (pension.gap.pension_if_paid_at_once if pension.gap else None)
    yield from _social_pension(case, earliest, law)
    needed = law.number("compulsory_conditions_months").on(request.on)
    if request.past.compulsory_months >= needed.value:
        yield Notice(Caution.COMPULSORY_CONDITIONS, {"months": request.past.compulsory_months})
    if unknown := _unknown_past(case):
        yield Notice(Caution.PAST_INCOME_UNKNOWN, {"months": unknown})


def _social_pension(case: Case, earliest: Month | None, law: Law) -> Iterator[Notice]:
    """Warn where a social pension comes no later than the pension. Law 41/2024/QH15 art. 21."""
    poor = case.request.group in (Group.POOR, Group.NEAR_POOR)
    age = law.number("social_pension_age_poor" if poor else "social_pension_age").on(case.request.on)
    reached = Month.of(case.request.born.counted).plus(12 * int(age.value))
    if earliest and earliest >= reached:
        amount = law.number("social_pension_amount").on(case.request.on)
        yield Notice(Caution.SOCIAL_PENSION_FIRST, {"from": str(reached), "amount": int(amount.value)})


def _unconfirmed(case: Case, law: Law) -> Iterator[Notice]:
    """Warn of every number in use that nobody has compared with the official text."""
    for row in dict.fromkeys(_used(case, law)):
        if row.trust is not Trust.OFFICIAL:
            value = int(row.value) if row.unit.whole else str(write(row.value))
            yield Notice(
                Caution.AWAITING_CONFIRMATION,
                {
                    "parameter": row.key,
                    "value": value,
                    "unit": row.unit.value,
                    "since": str(row.since),
                    "trust": row.trust.value,
                },
            )


def _used(case: Case, law: Law) -> Iterator[Dated[Decimal]]:
    """Yield every number the quote rests on, some more than once."""
    request = case.request
    paying = (
        *INCOME_KEYS,
        support.central_key(request.group),
        "central_support_months",
        f"payment_months_{request.method}",
    )
    days = [request.on] + ([case.next_change.on] if case.next_change else [])
    for day in days:
        yield from (law.number(key).on(day) for key in paying)
        if local := support.local(request.group, request.province, on=day, law=law):
            yield local
    yield law.number(f"retirement_age_{request.sex}").on(case.retirement.reached.first_day)
    if case.pension.starts:
        day = case.pension.starts.first_day
        keys = rate_keys(request.sex, case.pension.months, on=day, law=law)
        yield from (law.number(key).on(day) for key in ("pension_months_min", "odd_months_half_max", *keys))


def _residents_only(case: Case, law: Law) -> bool:
    return case.request.province is not None and law.province(case.request.province).permanent_residents_only


def _unknown_past(case: Case) -> int:
    past = case.request.past
    return past.months - sum(part.months for part in past.known)
