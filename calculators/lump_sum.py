"""Insurance taken out at once instead of a pension. Law 41/2024/QH15 art. 102; Law 58/2014/QH13 art. 77."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from calculators.errors import LawError
from calculators.history import Served
from calculators.law import Law
from calculators.money import dong
from calculators.pension import years_counted
from calculators.regime import Regime, regime
from calculators.texts import LAW_2014, LAW_2024
from calculators.trail import Line, Op, Source, Term, Traced, What, line, product, weighed

__all__ = ["LumpCase", "LumpSum", "PaidUnknown", "Served", "lump_sum", "lump_years", "times_average"]


class LumpCase(StrEnum):
    """Why insurance may be taken out at once: Law 41/2024/QH15 art. 102.1, letters a to đ in their order."""

    RETIREMENT_AGE = "retirement_age"
    EMIGRATION = "emigration"
    ILLNESS = "illness"
    DISABILITY = "disability"
    STOPPED_PAYING = "stopped_paying"


_SUPPORT_KEPT = (LumpCase.ILLNESS, LumpCase.DISABILITY)


class PaidUnknown(LawError):
    """Under a year of months the sum that was paid decides, and it was not given."""


@dataclass(frozen=True, slots=True)
class LumpSum(Traced):
    """A sum (VND) and how it came about: `times` average incomes, less the support that goes back.

    `before_2014` and `from_2014` are its two parts (VND). `times` is None where the sum that was paid
    decides, and all of it stands in `from_2014` then. Years and times are exact decimals.
    """

    years_before_2014: Decimal
    years_from_2014: Decimal
    times: Decimal | None
    before_2014: int
    from_2014: int
    gross: int
    returned: int
    amount: int
    trail: tuple[Line, ...]


def lump_years(served: Served, *, on: date, law: Law) -> tuple[Decimal, Decimal]:
    """Return the years before 2014 and from 2014 that a sum is worked out with.

    Odd months before 2014 move to the later part where there is one. Law 41/2024/QH15 art. 5.6, 102.2.a; the
    same before it: Circular 59/2015/TT-BLĐTBXH art. 19.4. Raises NoValueYet.
    """
    odd = served.before_2014 % 12 if served.from_2014 else 0
    before = years_counted(served.before_2014 - odd, on=on, law=law)
    return before, years_counted(served.from_2014 + odd, on=on, law=law)


def times_average(served: Served, *, on: date, law: Law) -> Decimal:
    """Return how many average incomes the months are worth: 1.5 a year before 2014, 2 a year from then.

    Law 41/2024/QH15 art. 102.2; Law 58/2014/QH13 art. 77.2. Raises NoValueYet before 2016.
    """
    before, after = lump_years(served, on=on, law=law)
    early, late = (law.number(key).on(on).value for key in ("lump_before_2014", "lump_from_2014"))
    return before * early + after * late


def lump_sum(
    served: Served,
    average: Fraction,
    case: LumpCase,
    *,
    on: date,
    law: Law,
    paid: int | None = None,
    supported: int = 0,
) -> LumpSum:
    """Return what is paid out at once (VND) for an average income (VND a month).

    Under a year it is the sum that was `paid`, at most two average incomes. What the State `supported` (VND)
    goes back, except in illness and disability: Law 41/2024/QH15 art. 102.3; under Law 58/2014/QH13 art. 77.3
    except in illness. Whether a person may take it is not decided here. Raises PaidUnknown, NoValueYet.
    """
    odd = law.number("odd_months_half_max").on(on)
    early, late = law.number("lump_before_2014").on(on), law.number("lump_from_2014").on(on)
    before, after = lump_years(served, on=on, law=law)
    lines = [
        line(What.YEARS_BEFORE_2014, before, "years", odd, on=on),
        line(What.YEARS_FROM_2014, after, "years", odd, on=on),
    ]
    times: Decimal | None = None
    if served.months >= law.number("lump_full_months").on(on).value:
        times = times_average(served, on=on, law=law)
        parts = dong(average * Fraction(before * early.value)), dong(average * Fraction(after * late.value))
        gross = dong(average * Fraction(times))
        weights = weighed((before, early.value), (after, late.value))
        lines.append(line(What.TIMES, times, "times", early, late, on=on, how=weights))
    else:
        gross, short = _short(average, paid, on=on, law=law)
        parts = 0, gross
        lines.append(short)
    returned = 0 if case in _SUPPORT_KEPT else min(supported, gross)
    lines += [
        line(What.SUPPORT_RETURNED, returned, "VND", _of_support(on), on=on),
        line(What.LUMP_SUM, gross - returned, "VND", early, late, on=on, how=_how(times, average, returned)),
    ]
    return LumpSum(before, after, times, *parts, gross, returned, gross - returned, tuple(lines))


def _of_support(on: date) -> Source:
    """Return the article that gives support back, and excepts illness and since 2025 disability."""
    return LAW_2024("102.3") if regime(on) is Regime.LAW_2024 else LAW_2014("77.3")


def _how(times: Decimal | None, average: Fraction, returned: int) -> tuple[Term, ...]:
    """Return the terms of a sum: so many averages, less what goes back."""
    if times is None:
        return ()
    back = (Term(returned, "VND", Op.MINUS),) if returned else ()
    return *product(times, dong(average)), *back


def _short(average: Fraction, paid: int | None, *, on: date, law: Law) -> tuple[int, Line]:
    """Return what under a year of months is worth (VND), and its line."""
    if paid is None:
        raise PaidUnknown("under a year what was paid decides; give `paid`, VND")
    most, full = law.number("lump_short_max").on(on), law.number("lump_full_months").on(on)
    gross = min(paid, dong(average * Fraction(most.value)))
    capped = Term(paid, "VND"), Term(dong(average * Fraction(most.value)), "VND", Op.AT_MOST)
    return gross, line(What.SHORT_PAID, gross, "VND", most, full, on=on, how=capped)
