"""A life of contributions laid out month by month, with pauses, changes, years ahead and catching up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from calculators.at_once import ahead_amounts, ahead_months, estimates
from calculators.case import INCOME_REFUSALS
from calculators.contribution import (
    NOTHING,
    Amounts,
    BudgetTooSmall,
    NotAllowed,
    check_income,
    income_for_budget,
    minimum_income,
    nearest_incomes,
    payment_months,
)
from calculators.errors import BadRequest, Refusal
from calculators.law import Law
from calculators.life_request import LifeRequest, Step, StepKind
from calculators.months import Month
from calculators.paying_at_once import ahead_shares
from calculators.pension import Earned
from calculators.plan import Course, Scenario, plan
from calculators.support import Entitlement, months_left


class Paid(StrEnum):
    """How months were paid for: by a method, years ahead, or missing months at once."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEAR = "half_year"
    YEARLY = "yearly"
    AHEAD = "ahead"
    CATCH_UP = "catch_up"


@dataclass(frozen=True, slots=True)
class Piece:
    """Months in a row that were paid for alike, on one income (VND a month).

    `per_month` is None where they were paid at once; `total` is for all of them. Months that were caught up
    have no place in the calendar: `first` is the month they were paid in.
    """

    first: Month
    months: int
    paid: Paid
    income: int
    per_month: Amounts | None
    total: Amounts


@dataclass(frozen=True, slots=True)
class Laid:
    """A life laid out: its pieces, and what they add up to (VND). `last` is the last month paid for."""

    pieces: tuple[Piece, ...]
    supported_months: int
    last: Month | None

    @property
    def months(self) -> int:
        """All months paid for."""
        return sum(piece.months for piece in self.pieces)

    @property
    def total(self) -> Amounts:
        """Who paid how much in all (VND)."""
        total = NOTHING
        for piece in self.pieces:
            total = total.plus(piece.total)
        return total

    @property
    def earned(self) -> Earned:
        """The months and the sum of their incomes (VND)."""
        return Earned(self.months, sum(piece.income * piece.months for piece in self.pieces))


def lay_out(request: LifeRequest, first: Month, last: Month, *, law: Law) -> Laid:
    """Lay a life out from `first` to `last`, step after step.

    What was paid runs out before a step takes hold: a method and an income change only once the chosen one is
    finished, Decree 159/2025/NĐ-CP art. 4, and nothing is settled again, art. 5.5. Raises BadRequest for a
    step that may not be, BudgetTooSmall, BelowFloor, AboveCeiling, OffStep, OutsideTerm, NoValueYet.
    """
    walk = _Walk(request, first, last, law)
    for place, step in enumerate(request.steps):
        missed = step.month < first and step.kind in (StepKind.PAUSE, StepKind.AHEAD)
        if step.month <= last and not missed:
            walk.pay_until(step.month)
            walk.take(step, f"steps.{place}")
    walk.pay_until(last.plus(1))
    return walk.done()


def catch_up(laid: Laid, request: LifeRequest, months: int, paid_in: Month, *, law: Law) -> Laid:
    """Return the life with missing `months` paid at once in a month, on the income of the day.

    Where the yield of that year is not published, the last known one is supposed. Decree 159/2025/NĐ-CP
    art. 7. Raises OutsideTerm, NoValueYet.
    """
    day = max(paid_in.first_day, request.on)
    before = laid.pieces[-1].income if laid.pieces else request.income or 0
    income = nearest_incomes(before, on=day, law=law)[1]
    cost = estimates(income, months, on=day, law=law)[0].amount
    piece = Piece(paid_in, months, Paid.CATCH_UP, income, None, Amounts(cost, 0, 0, cost))
    return replace(laid, pieces=(*laid.pieces, piece), last=max(paid_in, laid.last or paid_in))


class _Walk:
    """Goes through the months; what was chosen last holds until a step says otherwise."""

    def __init__(self, request: LifeRequest, first: Month, last: Month, law: Law) -> None:
        self._law, self._last, self._cursor = law, last, first
        self._scenario, self._budget = request.scenario, request.budget
        self._method, self._helped, self._day = request.method, request.helped, request.on
        self._income, self._since = request.income or 0, request.on
        self._used, self._supported = request.helped.used_months, 0
        self._pieces: list[Piece] = []
        self._paid_to: Month | None = None
        if request.budget is None:
            check_income(self._income, on=request.on, law=law)
        else:
            self._income = income_for_budget(request.budget, self._entitled(), on=request.on, law=law)

    def pay_until(self, end: Month) -> None:
        """Pay on until the payment that reaches `end` is made."""
        if self._cursor >= end or self._cursor > self._last:
            return
        day, entitled = self._day, self._entitled()
        income = self._carried(day, entitled)
        length = payment_months(self._method, on=day, law=self._law)
        until = min(self._cursor.plus(-(-(end - self._cursor) // length) * length - 1), self._last)
        course = Course(day, entitled, income, self._budget, self._method, self._cursor, until)
        found = plan(course, self._scenario, law=self._law)
        self._pieces += [
            Piece(
                part.first,
                part.months,
                Paid(self._method),
                part.income,
                part.per_month,
                NOTHING.plus(part.per_month, part.months),
            )
            for part in found.stretches
        ]
        newest = self._pieces[-1]
        paid_in = self._cursor.plus((newest.first - self._cursor) // length * length)
        self._income, self._since = newest.income, max(day, paid_in.first_day)
        self._move(found.months, found.supported_months)

    def take(self, step: Step, field: str) -> None:
        """Take a step where the last payment has run out."""
        match step.kind:
            case StepKind.PAUSE:
                self._pause(max(self._cursor, step.month.plus(step.months or 0)))
            case StepKind.METHOD:
                self._method = step.method or self._method
            case StepKind.GROUPS:
                self._helped = replace(self._helped, groups=step.groups or ())
            case StepKind.INCOME:
                self._choose(step.income or 0, field)
            case StepKind.AHEAD:
                self._ahead(step.years or 0, field)

    def done(self) -> Laid:
        """Return what was laid out."""
        return Laid(tuple(self._pieces), self._supported, self._paid_to)

    def _entitled(self) -> Entitlement:
        return replace(self._helped, used_months=self._used).entitlement(on=self._day, law=self._law)

    def _carried(self, day: date, entitled: Entitlement) -> int:
        """Return the income that follows on a day from the one chosen last."""
        law = self._law
        if self._budget is not None:
            try:
                return income_for_budget(self._budget, entitled, on=day, law=law)
            except BudgetTooSmall:
                return int(minimum_income(on=day, law=law).value)
        if self._scenario is Scenario.INCOME_KEPT:
            return nearest_incomes(self._income, on=day, law=law)[1]
        lines = [minimum_income(on=each, law=law).value for each in (day, self._since)]
        return nearest_incomes(int(self._income * lines[0] / lines[1]), on=day, law=law)[0]

    def _choose(self, income: int, field: str) -> None:
        try:
            check_income(income, on=self._day, law=self._law)
        except NotAllowed as refused:
            raise BadRequest(INCOME_REFUSALS[type(refused)], f"{field}.income", str(refused)) from refused
        self._income, self._since, self._budget = income, self._day, None

    def _ahead(self, years: int, field: str) -> None:
        day, law = self._day, self._law
        months = ahead_months(years, on=day, law=law)
        if self._cursor.plus(months - 1) > self._last:
            message = (
                f"{years} years from {self._cursor} reach beyond {self._last}; write fewer or a later `until`"
            )
            raise BadRequest(Refusal.OUT_OF_RANGE, f"{field}.years", message)
        entitled = self._entitled()
        income = self._income = self._carried(day, entitled)
        self._since = day
        supported = min(months, months_left(entitled.used, on=day, law=law))
        shares = ahead_shares(income, months, entitled, on=day, law=law)
        total = ahead_amounts(income, years, shares, on=day, law=law)
        self._pieces.append(Piece(self._cursor, months, Paid.AHEAD, income, None, total))
        self._move(months, supported)

    def _move(self, months: int, supported: int) -> None:
        self._paid_to = self._cursor.plus(months - 1)
        self._used, self._supported = self._used + months, self._supported + supported
        self._pause(self._cursor.plus(months))

    def _pause(self, until: Month) -> None:
        self._cursor = until
        self._day = max(self._day, until.first_day)
