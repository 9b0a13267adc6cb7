"""A plan priced on a day: what it costs, what changes, what it leads to, and the article behind it all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from calculators import plain, support
from calculators.case import Case, work_out
from calculators.changes import Change, ChangeOf, NextChange
from calculators.contribution import Amounts, Contribution, Method, contribution_lines
from calculators.errors import BadRequest, NoValueYet, Refusal
from calculators.law import Law
from calculators.months import Month
from calculators.notices import Assumption, Caution, Notice, assumptions, warnings
from calculators.outlook import BreakEven, Gap, Pension, break_even
from calculators.pension import rate_keys, rate_terms
from calculators.plan import Choice, Plan, Scenario, Stretch, helped_by
from calculators.quote_request import Past, QuoteRequest
from calculators.retirement import Age, Retirement, Sex, retirement_lines
from calculators.support import Group
from calculators.texts import CIRCULAR_11, DECREE_159, LAW_2024
from calculators.trail import Cited, Line, Op, Source, Term, What, line, share

__all__ = [
    "Age", "Amounts", "Assumption", "BadRequest", "BreakEven", "Caution", "Change", "ChangeOf", "Choice",
    "Contribution", "Gap", "Group", "Line", "Method", "NextChange", "Notice", "Past", "Pension", "Plan",
    "Quote", "QuoteRequest", "Refusal", "Retirement", "Scenario", "Sex", "Stretch", "What", "quote",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quote:
    """The answer to a request. Money is whole đồng in today's values; shares and years are exact decimals.

    `expires_on` is the last day the quote holds, the one before the next known change. `pays_until` is None
    when there is no month to pay for. `totals` add up the plan month by month; `break_even` is None without
    a pension.
    """

    request: QuoteRequest
    expires_on: date | None
    contribution: Contribution
    next_change: NextChange | None
    retirement: Retirement
    pays_from: Month
    pays_until: Month | None
    pension: Pension
    totals: Mapping[Scenario, Amounts]
    break_even: Mapping[Scenario, BreakEven] | None
    plans: Mapping[Scenario, Plan]
    assumptions: tuple[Assumption, ...]
    warnings: tuple[Notice, ...]
    trail: tuple[Line, ...]

    def as_json(self) -> dict[str, object]:
        """Return the quote as JSON: đồng as integers, decimals and dates as text, keys in a fixed order."""
        return plain.write_object(self)


def quote(request: QuoteRequest, law: Law) -> Quote:
    """Price a request on its day.

    Raises BadRequest with a code for what may not be chosen (income, budget, age, province, months) and for a
    day the law known here does not reach. Law 41/2024/QH15 art. 31, 36, 98-104; Decree 159/2025/NĐ-CP art. 4,
    5, 9.
    """
    try:
        return _report(work_out(request, law=law), law)
    except NoValueYet as unknown:
        raise BadRequest(Refusal.NO_VALUE_YET, "on", str(unknown)) from unknown


def _report(case: Case, law: Law) -> Quote:
    course, change = case.course, case.next_change
    return Quote(
        request=case.request,
        expires_on=change.on - timedelta(days=1) if change else None,
        contribution=case.contribution,
        next_change=change,
        retirement=case.retirement,
        pays_from=course.first,
        pays_until=course.last if course.last >= course.first else None,
        pension=case.pension,
        totals={scenario: plan.totals for scenario, plan in case.plans.items()},
        break_even=_break_even(case),
        plans=case.plans,
        assumptions=assumptions(case, law=law),
        warnings=warnings(case, law=law),
        trail=tuple(_trail(case, law)),
    )


def _break_even(case: Case) -> Mapping[Scenario, BreakEven] | None:
    pension = case.pension
    if pension.starts is None or pension.amounts is None or pension.one_offs is None:
        return None
    return {
        scenario: break_even(
            case.plans[scenario].totals.to_pay,
            amount,
            pension.one_offs[scenario],
            pension.starts,
            case.request.born,
        )
        for scenario, amount in pension.amounts.items()
    }


def _trail(case: Case, law: Law) -> Iterator[Line]:
    """Yield the lines of the contribution now and from the next change, of retirement and of the pension."""
    on, course = case.request.on, case.course
    yield from contribution_lines(case.contribution, course.helped, on=on, law=law)
    limit = law.number("central_support_months").on(on)
    left = support.months_left(course.helped.used, on=on, law=law)
    yield line(What.SUPPORT_MONTHS_LEFT, left, "months", limit, on=on)
    if change := case.next_change:
        yield from contribution_lines(
            change.contribution, helped_by(course, change.on, law=law), on=change.on, law=law
        )
    yield from retirement_lines(case.request.sex, case.request.born, law=law)
    yield from _pension_trail(case, law)


def _pension_trail(case: Case, law: Law) -> Iterator[Line]:
    pension = case.pension
    on = pension.starts.first_day if pension.starts else case.request.on
    needed = law.number("pension_months_min").on(on)
    yield line(What.MONTHS_NEEDED, int(needed.value), "months", needed, on=on)
    mixed = (DECREE_159("11.1"),) if case.request.past.compulsory_months else ()
    yield line(What.MONTHS_COUNTED, pension.months, "months", LAW_2024("98"), *mixed, on=on)
    if pension.starts is None or pension.years is None or pension.rate_percent is None:
        return
    yield line(What.PENSION_MONTH, pension.starts, "month", LAW_2024("101"), CIRCULAR_11("5"), on=on)
    yield line(What.YEARS_COUNTED, pension.years, "years", law.number("odd_months_half_max").on(on), on=on)
    rates = [law.number(key).on(on) for key in rate_keys(case.request.sex, pension.months, on=on, law=law)]
    how = rate_terms(case.request.sex, pension.months, on=on, law=law)
    yield line(What.PENSION_RATE, pension.rate_percent, "percent", *rates, on=on, how=how)
    # what is projected is no surer than the poverty lines its incomes follow
    days = [case.request.on, *([case.next_change.on] if case.next_change else [])]
    poverty = [law.number("rural_poverty_line").on(day) for day in days]
    averaged = (DECREE_159("11.4"),) if case.request.past.compulsory_months else ()
    projected: tuple[tuple[What, Mapping[Scenario, int] | None, tuple[Source | Cited, ...]], ...] = (
        (
            What.AVERAGE_INCOME,
            pension.average_incomes,
            (LAW_2024("104"), DECREE_159("10"), *averaged, *poverty),
        ),
        (What.PENSION, pension.amounts, (*rates, *poverty)),
        (What.ONE_OFF, pension.one_offs, (LAW_2024("100"), *poverty)),
    )
    for what, amounts, because in projected:
        for scenario, amount in (amounts or {}).items():
            if amount:
                how = _how(what, case, scenario)
                yield line(what, amount, "VND", *because, on=on, scenario=scenario, how=how)


def _how(what: What, case: Case, scenario: Scenario) -> tuple[Term, ...]:
    """Return the terms of an average income or a pension; a pension is shown as a share of whole đồng."""
    pension = case.pension
    if what is What.AVERAGE_INCOME:
        parts = (case.plans[scenario].earned, *case.request.past.known)
        total, months = sum(part.total for part in parts), sum(part.months for part in parts)
        return Term(total, "VND"), Term(months, "months", Op.OVER)
    if what is What.PENSION and pension.rate_percent is not None and pension.average_incomes:
        return share(pension.rate_percent / 100, pension.average_incomes[scenario])
    return ()
