"""What a life of contributions comes to: totals, pension, break-even, and what waiting a year costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from calculators import support
from calculators.at_once import Estimate, estimates, known_yields
from calculators.case import last_month
from calculators.contribution import INCOME_KEYS, Amounts
from calculators.eligibility import too_young
from calculators.errors import BadRequest, Refusal
from calculators.law import Law
from calculators.life import Laid, Paid, Piece, catch_up, lay_out
from calculators.life_request import LifeRequest, StepKind
from calculators.money import dong
from calculators.months import Month
from calculators.notices import Assumption
from calculators.outlook import BreakEven, at_once_after, break_even
from calculators.pension import (
    average_income,
    missing_months,
    one_off,
    pension_amount,
    pension_rate,
    percent,
    rate_keys,
    years_counted,
)
from calculators.retirement import Retirement, retirement, retirement_lines
from calculators.texts import DECREE_159, LAW_2024
from calculators.trail import Line, What, line
from calculators.vocabulary import Group


@dataclass(frozen=True, slots=True)
class LifePension:
    """The pension a life leads to, in today's money (VND a month), and what is paid once at its start."""

    starts: Month
    years: Decimal
    rate_percent: Decimal
    average_income: int
    amount: int
    one_off: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a life comes to.

    `state_paid` is what the State and the province added (VND). Without a pension `missing` months lack for
    one. `break_even` is when the pension has given back what she paid herself.
    """

    months: int
    supported_months: int
    counted_months: int
    total: Amounts
    state_paid: int
    missing: int
    pension: LifePension | None
    break_even: BreakEven | None


@dataclass(frozen=True, slots=True)
class YearLater:
    """What starting one year later changes: so much less pension (VND a month) for ever, so much less paid.

    What she would have done in that year, she does not do. The first three are None where there is no
    pension any more, or was none; `starts` is its first month then.
    """

    pension_less: int | None
    one_off_less: int | None
    rate_less_percent: Decimal | None
    own_less: int
    state_less: int
    starts: Month | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class LedgerMonth:
    """One month of the ledger: what it costs and who bears it; `months` over 1 were paid at once in it."""

    month: Month
    months: int
    paid: Paid
    income: int
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class LifePlan:
    """A life of contributions. Money is whole đồng in today's values, without any guess at inflation.

    `as_of_today` is the same life if no enacted change came: none of the day's incomes, lines and supports
    would ever move. `catch_up_costs` hold an estimate for each yield that may hold then.
    """

    pays_from: Month
    pays_until: Month | None
    retirement: Retirement
    pieces: tuple[Piece, ...]
    outcome: Outcome
    catch_up_costs: tuple[Estimate, ...]
    year_later: YearLater | None
    as_of_today: Outcome
    ledger: tuple[LedgerMonth, ...]
    assumptions: tuple[Assumption, ...]
    trail: tuple[Line, ...]


def life_plan(request: LifeRequest, law: Law) -> LifePlan:
    """Return a life of contributions month by month, what it leads to, and what waiting a year costs.

    Under every change of the law that is enacted by now. Law 41/2024/QH15 art. 31, 36, 98-104; Decree
    159/2025/NĐ-CP art. 4-7, 9-11. Raises BadRequest, BudgetTooSmall, BelowFloor, AboveCeiling, OffStep,
    OutsideTerm, UnknownProvince, UnknownTerritory, NoValueYet.
    """
    if young := too_young(request.born, on=request.on, law=law):
        raise BadRequest(Refusal.TOO_YOUNG, "born", f"may join from {young.joins_from}, not on {request.on}")
    reached = retirement(request.sex, request.born, law=law)
    first = Month.of(request.on).plus(1)
    last = last_month(request, reached, first, law=law)
    for place, step in enumerate(request.steps):
        if not first <= step.month <= last:
            message = f"write a month from {first} to {last}, the last month paid for"
            raise BadRequest(Refusal.OUT_OF_RANGE, f"steps.{place}.month", message)
    laid = _lived(request, reached, first, last, law)
    outcome = _outcome(request, reached, laid, law)
    today = law.frozen(request.on, (*INCOME_KEYS, *(support.central_key(group) for group in Group)))
    return LifePlan(
        pays_from=first,
        pays_until=laid.last,
        retirement=reached,
        pieces=laid.pieces,
        outcome=outcome,
        catch_up_costs=_catch_up_costs(laid, law),
        year_later=_year_later(request, reached, first, last, now=outcome, law=law),
        as_of_today=_outcome(request, reached, _lived(request, reached, first, last, today), today),
        ledger=tuple(_ledger(laid)) if request.ledger else (),
        assumptions=_assumptions(request, laid, law),
        trail=tuple(_trail(request, laid, outcome, law)),
    )


def _assumptions(request: LifeRequest, laid: Laid, law: Law) -> tuple[Assumption, ...]:
    """Return what the plan takes for granted, in the order to say it."""
    past, kinds = request.past, {step.kind for step in request.steps}
    several = any(piece.paid is not Paid.MONTHLY for piece in laid.pieces)
    known = sum(part.months for part in past.known)
    says = {
        Assumption.PARAMETERS_AS_ENACTED: True,
        Assumption.NO_INFLATION: True,
        Assumption.STARTS_NEXT_MONTH: True,
        Assumption.PAID_WITHOUT_PAUSE: StepKind.PAUSE not in kinds,
        Assumption.GROUP_KEPT: StepKind.GROUPS not in kinds,
        Assumption.BUDGET_SPENT_ANEW: request.budget is not None,
        Assumption.PAID_IN_FIRST_MONTH: several,
        Assumption.SUPPORTED_MONTHS_ONE_BY_ONE: several,
        Assumption.NO_PROVINCE_GIVEN: request.helped.province is None,
        Assumption.LOCAL_SUPPORT_WITH_CENTRAL: laid.total.local > 0,
        Assumption.PAST_INCOME_LIKE_PLAN: known < past.months,
        Assumption.EARLIER_PAYMENTS_NOT_COUNTED: past.months > 0,
        Assumption.SUPPORTED_MONTHS_AS_GIVEN: past.voluntary_months > 0,
        Assumption.YIELD_AS_LAST_KNOWN: len(_catch_up_costs(laid, law)) > 1,
    }
    return tuple(assumption for assumption, holds in says.items() if holds)


def _lived(request: LifeRequest, reached: Retirement, first: Month, last: Month, law: Law) -> Laid:
    """Return the life laid out, with what is missing at its end caught up where that is asked for."""
    laid = lay_out(request, first, last, law=law)
    missing = _missing(request, reached, laid, law)
    if not (request.catch_up and missing):
        return laid
    paid_in, at_once = at_once_after(missing, last, reached.reached, Month.of(request.on), law=law)
    regular = min(paid_in, last) if paid_in <= last else last.plus(missing - at_once)
    laid = lay_out(request, first, regular, law=law)
    lacking = _missing(request, reached, laid, law)
    return catch_up(laid, request, lacking, paid_in, law=law) if lacking else laid


def _starts(request: LifeRequest, reached: Retirement, laid: Laid) -> Month:
    """Return the first month of a pension: after the age, the last payment, and the day it is asked for."""
    return max(reached.reached, laid.last or reached.reached, Month.of(request.on)).plus(1)


def _missing(request: LifeRequest, reached: Retirement, laid: Laid, law: Law) -> int:
    on = _starts(request, reached, laid).first_day
    return missing_months(request.past.months + laid.months, on=on, law=law)


def _outcome(request: LifeRequest, reached: Retirement, laid: Laid, law: Law) -> Outcome:
    total, counted = laid.total, request.past.months + laid.months
    missing = _missing(request, reached, laid, law)
    drawn = None if missing else _pension(request, reached, laid, law)
    even = None
    if drawn is not None and drawn.amount:
        even = break_even(total.to_pay, drawn.amount, drawn.one_off, drawn.starts, request.born)
    return Outcome(
        laid.months, laid.supported_months, counted, total, total.central + total.local, missing, drawn, even
    )


def _pension(request: LifeRequest, reached: Retirement, laid: Laid, law: Law) -> LifePension | None:
    """Return the pension of a life that has the months; None where no income of it is known."""
    starts = _starts(request, reached, laid)
    on, months = starts.first_day, request.past.months + laid.months
    average = average_income((laid.earned, *request.past.known))
    if average is None:
        return None
    rate = pension_rate(request.sex, months, on=on, law=law)
    after = sum(max(0, _end(piece) - max(reached.reached, piece.first.plus(-1))) for piece in laid.pieces)
    once = one_off(request.sex, months, average, months_at_age=months - after, on=on, law=law)
    return LifePension(
        starts,
        years_counted(months, on=on, law=law),
        percent(rate),
        dong(average),
        pension_amount(average, rate),
        once,
    )


def _end(piece: Piece) -> Month:
    """Return the last month of a piece in the calendar."""
    return piece.first if piece.paid is Paid.CATCH_UP else piece.first.plus(piece.months - 1)


def _year_later(
    request: LifeRequest, reached: Retirement, first: Month, last: Month, *, now: Outcome, law: Law
) -> YearLater | None:
    """Return what a start a year later changes; None where the life has no such year."""
    later = first.plus(12)
    if later > last and isinstance(request.until, Month):
        return None
    end = max(last, later.plus(-1)) if reached.reached >= first else last.plus(12)
    then = _outcome(request, reached, _lived(request, reached, later, end, law), law)
    less = once = rate = None
    if now.pension and then.pension:
        less = now.pension.amount - then.pension.amount
        once = now.pension.one_off - then.pension.one_off
        rate = now.pension.rate_percent - then.pension.rate_percent
    return YearLater(
        less,
        once,
        rate,
        now.total.to_pay - then.total.to_pay,
        now.state_paid - then.state_paid,
        then.pension.starts if then.pension else None,
        then,
    )


def _catch_up_costs(laid: Laid, law: Law) -> tuple[Estimate, ...]:
    return tuple(
        cost
        for piece in laid.pieces
        if piece.paid is Paid.CATCH_UP
        for cost in estimates(piece.income, piece.months, on=piece.first.first_day, law=law)
    )


def _ledger(laid: Laid) -> Iterator[LedgerMonth]:
    for piece in laid.pieces:
        if piece.per_month is None:
            yield LedgerMonth(piece.first, piece.months, piece.paid, piece.income, piece.total)
            continue
        for place in range(piece.months):
            month = piece.first.plus(place)
            yield LedgerMonth(month, 1, piece.paid, piece.income, piece.per_month)


def _trail(request: LifeRequest, laid: Laid, outcome: Outcome, law: Law) -> Iterator[Line]:
    on, total = request.on, outcome.total
    rate, poverty = (law.number(key).on(on) for key in ("contribution_rate", "rural_poverty_line"))
    helped = request.helped.entitlement(on=on, law=law)
    central = law.number(support.central_key(helped.group)).on(on)
    limit = law.number("central_support_months").on(on)
    yield line(What.PLAN_TOTAL, total.gross, "VND", rate, on=on)
    shares = (central, *support.local_rates(helped, on=on, law=law), poverty, limit)
    yield line(What.PLAN_STATE, outcome.state_paid, "VND", *shares, on=on)
    yield line(What.PLAN_OWN, total.to_pay, "VND", rate, *shares, on=on)
    yield from retirement_lines(request.sex, request.born, law=law)
    for piece in laid.pieces:
        if piece.paid in (Paid.AHEAD, Paid.CATCH_UP):
            day: date = piece.first.first_day
            what, article = (What.AHEAD, "6") if piece.paid is Paid.AHEAD else (What.MISSING, "7")
            earning = known_yields(on=day, law=law)[-1]
            yield line(what, piece.total.gross, "VND", rate, earning, DECREE_159(article), on=day)
    needed = law.number("pension_months_min").on(on)
    yield line(What.MONTHS_NEEDED, int(needed.value), "months", needed, on=on)
    yield line(What.MONTHS_COUNTED, outcome.counted_months, "months", LAW_2024("98"), on=on)
    if drawn := outcome.pension:
        day = drawn.starts.first_day
        keys = rate_keys(request.sex, outcome.counted_months, on=day, law=law)
        rates = [law.number(key).on(day) for key in keys]
        yield line(What.PENSION_MONTH, drawn.starts, "month", LAW_2024("101"), on=day)
        yield line(What.PENSION_RATE, drawn.rate_percent, "percent", *rates, on=day)
        average = (LAW_2024("104"), DECREE_159("10"), poverty)
        yield line(What.AVERAGE_INCOME, drawn.average_income, "VND", *average, on=day)
        yield line(What.PENSION, drawn.amount, "VND", *rates, poverty, on=day)
        if drawn.one_off:
            yield line(What.ONE_OFF, drawn.one_off, "VND", LAW_2024("100"), poverty, on=day)
