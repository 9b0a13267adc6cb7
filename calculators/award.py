"""The pension of a person on its first day: rate, average, what an early one costs, the least there is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from calculators.average import Average, average_of
from calculators.errors import BadRequest, LawError, Refusal
from calculators.fields import Count
from calculators.history import Insured
from calculators.law import Law
from calculators.money import dong
from calculators.pension import (
    one_off,
    pension_amount,
    pension_rate,
    percent,
    rate_keys,
    rate_terms,
    years_counted,
)
from calculators.retirement import Sex
from calculators.trail import Line, Op, Term, Traced, What, line, share, weakest


class NotEarly(LawError):
    """Only somebody with enough compulsory months may retire before the age."""


@dataclass(frozen=True, slots=True)
class PensionCase:
    """Somebody whose pension starts on `on`.

    `months_after_age` were paid after retirement age was reached; `early_months` are missing to it, in the
    compulsory scheme only; `minimum_group`: joined the compulsory scheme before 1/7/2025 in a group of Law
    41/2024/QH15 art. 2.1 a, b, c, d, đ, g or i.
    """

    on: date
    sex: Sex
    insured: Insured
    months_after_age: Count = 0
    early_months: Count = 0
    minimum_group: bool = False


@dataclass(frozen=True, slots=True)
class Award(Traced):
    """A pension (VND a month) and what is paid once beside it (VND). Shares are exact percents."""

    months: int
    years: Decimal
    rate_percent: Decimal
    reduction_percent: Decimal
    average: int
    minimum_applied: bool
    amount: int
    one_off: int
    trail: tuple[Line, ...]


def award(case: PensionCase, law: Law) -> Award:
    """Return the pension of a person who meets the conditions of age.

    The law of the first day decides, whichever the months were paid under: Law 41/2024/QH15 art. 98-104,
    Decree 159/2025/NĐ-CP art. 11; Law 58/2014/QH13 art. 71, 73-75, 79 before 1/7/2025. Raises TooFewMonths,
    NotEarly, BadRequest for months after the day or more after the age than in all, NoValueYet.
    """
    on, months = case.on, case.insured.until(case.on).months
    if case.months_after_age > months:
        message = f"{case.months_after_age} months after the age are more than the {months} paid; mend either"
        raise BadRequest(Refusal.OUT_OF_RANGE, "months_after_age", message)
    before = pension_rate(case.sex, months, on=on, law=law)
    reduction = _reduction(case, law)
    mean = average_of(case.insured, on=on, law=law)
    earned = pension_amount(mean.exact, before - reduction)
    least = _least(case, law)
    at_age = months - case.months_after_age
    once = one_off(case.sex, months, mean.exact, months_at_age=at_age, on=on, law=law)
    return Award(
        months,
        years_counted(months, on=on, law=law),
        percent(before - reduction),
        percent(reduction),
        mean.average,
        least > earned,
        max(earned, least),
        once,
        (*mean.trail, *_lines(case, mean, before - reduction, max(earned, least), once, law=law)),
    )


def early_reduction(early_months: int, *, on: date, law: Law) -> Decimal:
    """Return what retiring so many months before the age takes off the rate (ratio); compulsory scheme only.

    2% for each whole year, 1% for a rest of 6 months or more, nothing for a shorter one: Law 41/2024/QH15
    art. 66.3; Circular 59/2015/TT-BLĐTBXH art. 17.1 says the same by the odd months of the age. Raises
    NoValueYet.
    """
    years, rest = divmod(max(0, early_months), 12)
    step, half, least = (
        law.number(key).on(on).value for key in ("early_year_step", "early_rest_step", "early_rest_months")
    )
    return years * step + (half if rest >= least else Decimal(0))


def _reduction(case: PensionCase, law: Law) -> Decimal:
    """Return what an early pension is cut by; raises NotEarly without 20 compulsory years."""
    if case.early_months <= 0:
        return Decimal(0)
    needed = law.number("pension_minimum_compulsory_months").on(case.on).value
    if case.insured.compulsory_months < needed:
        raise NotEarly(f"{needed} compulsory months are needed to retire before the age")
    return early_reduction(case.early_months, on=case.on, law=law)


def _least(case: PensionCase, law: Law) -> int:
    """Return the least pension (VND a month): a reference level for who is of the group and has the months.

    Decree 159/2025/NĐ-CP art. 11.3; Law 58/2014/QH13 art. 71.1.a. A voluntary pension has no least: 0.
    """
    needed = law.number("pension_minimum_compulsory_months").on(case.on).value
    if not case.minimum_group or case.insured.compulsory_months < needed:
        return 0
    return dong(law.number("reference_level").on(case.on).value)


def _rate(case: PensionCase, law: Law) -> tuple[Term, ...]:
    """Return the terms of the rate, with what retiring early takes off it."""
    terms = rate_terms(case.sex, case.insured.months, on=case.on, law=law)
    cut = _reduction(case, law)
    return (*terms, Term(cut, "ratio", Op.MINUS)) if cut else terms


def _lines(
    case: PensionCase, mean: Average, rate: Decimal, amount: int, once: int, *, law: Law
) -> tuple[Line, ...]:
    on, months = case.on, case.insured.months
    keys = rate_keys(case.sex, months, on=on, law=law)
    rates = [law.number(key).on(on) for key in keys]
    odd = law.number("odd_months_half_max").on(on)
    full = law.number(f"pension_full_years_{case.sex}").on(on)
    lines = [
        line(What.YEARS_COUNTED, years_counted(months, on=on, law=law), "years", odd, on=on),
        line(What.PENSION_RATE, percent(rate), "percent", *rates, on=on, how=_rate(case, law)),
    ]
    if case.early_months > 0:
        cut = early_reduction(case.early_months, on=on, law=law)
        early = [law.number(key).on(on) for key in ("early_year_step", "early_rest_step")]
        lines.append(line(What.EARLY_REDUCTION, percent(cut), "percent", *early, on=on))
    if least := _least(case, law):
        rows = [law.number(key).on(on) for key in ("pension_minimum_compulsory_months", "reference_level")]
        lines.append(line(What.PENSION_MINIMUM, least, "VND", *rows, on=on))
    how = share(rate, mean.average) if amount != _least(case, law) else ()
    found = line(What.PENSION, amount, "VND", *rates, *mean.because, on=on, how=how)
    lines.append(replace(found, trust=weakest((found.trust, mean.trust))))
    if once:
        steps = [law.number(key).on(on) for key in ("one_off_before_age", "one_off_after_age")]
        lines.append(line(What.ONE_OFF, once, "VND", full, *steps, on=on))
    return tuple(lines)
