"""Until when a payment may be made: the last day of each method. Law 41/2024/QH15 art. 36.3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from calculators.contribution import Method, payment_months
from calculators.errors import BadRequest, Refusal
from calculators.law import Law
from calculators.months import Month, PartialDate
from calculators.retirement import Sex, retirement
from calculators.trail import Line, What, line


@dataclass(frozen=True, slots=True)
class Deadline:
    """The months one payment is for, and the last day it may be made on."""

    method: Method
    first: Month
    last: Month
    pay_by: date


@dataclass(frozen=True, slots=True)
class DeadlinesRequest:
    """The first month to pay for, and who asks: with sex and birth the months around her age are told too."""

    on: date
    first: Month | None = None
    sex: Sex | None = None
    born: PartialDate | None = None

    def __post_init__(self) -> None:
        """Raise BadRequest where only one of sex and birth is given."""
        if (self.sex is None) != (self.born is None):
            raise BadRequest(
                Refusal.MISSING, "born" if self.born is None else "sex", "give sex and born both"
            )


@dataclass(frozen=True, slots=True)
class DeadlinesAnswer:
    """The last day of each method; years ahead are paid on the day of registration, `ahead_by`.

    `missing_from` is the first day that missing months may be paid at once on, None where nobody was named.
    `late_surcharge_percent` is what a late month costs besides.
    """

    periods: tuple[Deadline, ...]
    ahead_by: date
    missing_from: date | None
    late_surcharge_percent: Decimal
    trail: tuple[Line, ...]


def pay_by(method: Method, first: Month, *, law: Law) -> date:
    """Return the last day a payment for the months from `first` on may be made on.

    A month: within it; 3 months: within them; 6: in the first 4; 12: in the first 7. Law 41/2024/QH15 art.
    36.3. Raises NoValueYet before 1/7/2025.
    """
    months = int(law.number(f"payment_deadline_{method}").on(first.first_day).value)
    return first.plus(months).first_day - timedelta(days=1)


def deadlines(request: DeadlinesRequest, law: Law) -> DeadlinesAnswer:
    """Return the last day to pay by each method for the months from the first asked about (the next) on.

    Law 41/2024/QH15 art. 36.3; missing months from the month before retirement age is reached on. Raises
    NoValueYet before 1/7/2025.
    """
    first = request.first or Month.of(request.on).plus(1)
    on = first.first_day
    periods = tuple(
        Deadline(
            method,
            first,
            first.plus(payment_months(method, on=on, law=law) - 1),
            pay_by(method, first, law=law),
        )
        for method in Method
    )
    missing_from = None
    if request.sex is not None and request.born is not None:
        missing_from = missing_paid_from(request.sex, request.born, law=law).first_day
    surcharge = law.number("late_payment_surcharge").on(on)
    trail = [
        line(What.DEADLINE, each.pay_by, "day", law.number(f"payment_deadline_{each.method}").on(on), on=on)
        for each in periods
    ]
    trail.append(line(What.LATE_SURCHARGE, surcharge.value * 100, "percent", surcharge, on=on))
    return DeadlinesAnswer(periods, request.on, missing_from, surcharge.value * 100, tuple(trail))


def missing_paid_from(sex: Sex, born: PartialDate, *, law: Law) -> Month:
    """Return the first month that missing months may be paid at once in: the one before the age is reached.

    Law 41/2024/QH15 art. 36.3; before 1/7/2025 the month it is reached in, Decree 134/2015/NĐ-CP art. 9.1.e.
    Raises NoValueYet for an age reached before the first that is known.
    """
    reached = retirement(sex, born, law=law).reached
    before = reached.plus(-1)
    return before if law.number("payment_deadline_monthly").known_on(before.first_day) else reached
