"""Whether insurance may be taken out at once, and from when. Law 41/2024/QH15 art. 102.1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from calculators.history import Insured
from calculators.law import Law
from calculators.lump_sum import LumpCase
from calculators.months import Month, PartialDate
from calculators.pension import missing_months
from calculators.regime import Regime, regime, text_of
from calculators.retirement import Sex, retirement
from calculators.texts import LAW_2014, LAW_2024
from calculators.trail import Source


class Right(StrEnum):
    """Whether it may be taken out, and what stands against it."""

    YES = "yes"
    NOT_YET = "not_yet"
    ENOUGH_FOR_A_PENSION = "enough_for_a_pension"
    JOINED_TOO_LATE = "joined_too_late"
    TOO_MANY_YEARS = "too_many_years"
    NOT_IN_THIS_LAW = "not_in_this_law"
    LAST_MONTH_UNKNOWN = "last_month_unknown"


@dataclass(frozen=True, slots=True)
class LumpRight:
    """Whether a sum may be asked for, and the first day of it where only time is missing."""

    right: Right
    from_day: date | None
    because: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Taker:
    """Who asks on a day, and what for. `last_paid` is the last month paid in either scheme.

    `joined_before_july_2025`: paid any month before 1/7/2025, in either scheme.
    """

    on: date
    sex: Sex
    born: PartialDate
    case: LumpCase
    insured: Insured
    last_paid: Month | None = None
    joined_before_july_2025: bool | None = None


def lump_right(taker: Taker, *, law: Law) -> LumpRight:
    """Return whether `taker` may take insurance out at once on that day.

    Law 41/2024/QH15 art. 102.1; Law 58/2014/QH13 art. 77.1 and Resolution 93/2015/QH13 before it. Emigration,
    illness and disability need no months and no time; settling abroad and illness are not examined here.
    Raises NoValueYet.
    """
    match taker.case:
        case LumpCase.RETIREMENT_AGE:
            return _at_age(taker, law)
        case LumpCase.STOPPED_PAYING:
            return _stopped(taker, law)
        case LumpCase.DISABILITY if regime(taker.on) is Regime.LAW_2014:
            return LumpRight(Right.NOT_IN_THIS_LAW, None, (LAW_2014("77.1"),))
        case _:
            return LumpRight(Right.YES, taker.on, (_cite(taker),))


def _cite(taker: Taker) -> Source:
    return text_of(regime(taker.on))("102.1" if regime(taker.on) is Regime.LAW_2024 else "77.1")


def _at_age(taker: Taker, law: Law) -> LumpRight:
    """At retirement age, with too few years for a pension: art. 102.1.a; Law 58/2014/QH13 art. 77.1.a."""
    if not missing_months(taker.insured.months, on=taker.on, law=law):
        return LumpRight(Right.ENOUGH_FOR_A_PENSION, None, (_cite(taker),))
    reached = retirement(taker.sex, taker.born, law=law).reached
    if Month.of(taker.on) < reached:
        return LumpRight(Right.NOT_YET, reached.first_day, (_cite(taker),))
    return LumpRight(Right.YES, taker.on, (_cite(taker),))


def _stopped(taker: Taker, law: Law) -> LumpRight:
    """After 12 months without a payment, with under 20 years, for who paid before 1/7/2025: art. 102.1.đ.

    The months count from the end of the one she stopped in: art. 107.2. Paying again begins them anew.
    """
    because = (_cite(taker), LAW_2024("107.2"))
    if not _joined_early(taker):
        return LumpRight(Right.JOINED_TOO_LATE, None, because)
    if taker.insured.months >= law.number("lump_stopped_months_max").on(taker.on).value:
        return LumpRight(Right.TOO_MANY_YEARS, None, because)
    last = taker.last_paid or taker.insured.last_paid
    if last is None:
        return LumpRight(Right.LAST_MONTH_UNKNOWN, None, because)
    first = last.plus(int(law.number("lump_stopped_months").on(taker.on).value) + 1).first_day
    return LumpRight(Right.YES if taker.on >= first else Right.NOT_YET, max(first, taker.on), because)


def _joined_early(taker: Taker) -> bool:
    """Tell whether any month was paid before the law of 2024, as far as the months say."""
    first, since = taker.insured.first_paid, LAW_2024.since
    if taker.joined_before_july_2025 is not None or since is None:
        return bool(taker.joined_before_july_2025)
    return regime(taker.on) is Regime.LAW_2014 or (first is not None and first.first_day < since)
