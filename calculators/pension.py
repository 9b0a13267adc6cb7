"""Who gets a pension, and how much of the average income it is. Law 41/2024/QH15 art. 98-104."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from calculators.errors import LawError
from calculators.law import Law
from calculators.money import dong
from calculators.retirement import Sex
from calculators.trail import Op, Term

_HALF_YEAR = Decimal("0.5")
_SHORT_KEYS = 2  # a man of under 20 years has a rate and a step, and no maximum to reach


class TooFewMonths(LawError):
    """No pension yet: `missing` whole months are lacking."""

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} months are missing for a pension")
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Earned:
    """Months that were paid for and the sum of their incomes in the money of the benefit (VND)."""

    months: int
    total: int


def missing_months(months: int, *, on: date, law: Law) -> int:
    """Return how many whole months are lacking for a pension that starts on `on`; 0 when there are enough.

    Law 41/2024/QH15 art. 98: 15 years, in whole months; the rounding of odd months does not help here. Before
    it 20 years: Law 58/2014/QH13 art. 73. Raises NoValueYet before 2016.
    """
    return max(0, int(law.number("pension_months_min").on(on).value) - months)


def years_counted(months: int, *, on: date, law: Law) -> Decimal:
    """Return the years that amounts are worked out with: 1 to 6 odd months are half a year, more are one.

    Law 41/2024/QH15 art. 5.6; Circular 59/2015/TT-BLĐTBXH before it. Raises NoValueYet before 2016.
    """
    years, odd = divmod(months, 12)
    if odd == 0:
        return Decimal(years)
    half = odd <= law.number("odd_months_half_max").on(on).value
    return years + (_HALF_YEAR if half else Decimal(1))


def pension_rate(sex: Sex, months: int, *, on: date, law: Law) -> Decimal:
    """Return the share of the average income (ratio) that a pension from `on` is, after so many months.

    Law 41/2024/QH15 art. 99: women 45% at 15 years, men 45% at 20, 2% for each year above, at most 75%;
    men of 15 to under 20 years 40%, and 1% for each year above 15. Law 58/2014/QH13 art. 74: men 45% at 15 to
    20 years as the year of retiring goes, women at 15, 3% a year until 2017. Raises TooFewMonths, NoValueYet.
    """
    return min(uncapped_rate(sex, months, on=on, law=law), _number(law, "pension_max_rate", on))


def uncapped_rate(sex: Sex, months: int, *, on: date, law: Law) -> Decimal:
    """Return the share of the average income (ratio) as the years add up, before the highest rate cuts it.

    As `pension_rate`. Raises TooFewMonths, NoValueYet. Law 41/2024/QH15 art. 99.
    """
    missing = missing_months(months, on=on, law=law)
    if missing:
        raise TooFewMonths(missing)
    years = years_counted(months, on=on, law=law)
    base = _number(law, f"pension_base_years_{sex}", on)
    if years < base:
        least = _number(law, "pension_months_min", on) / 12
        extra = (years - least) * _number(law, "pension_short_step_male", on)
        return _number(law, "pension_short_rate_male", on) + extra
    step = _number(law, f"pension_rate_step_{sex}", on)
    return _number(law, "pension_base_rate", on) + (years - base) * step


def percent(rate: Decimal) -> Decimal:
    """Return a rate (ratio) in percent, without the zeros behind it: 56, 40.5."""
    hundredth = rate * 100
    whole = hundredth.to_integral_value()
    return whole if whole == hundredth else hundredth.normalize()


def rate_keys(sex: Sex, months: int, *, on: date, law: Law) -> tuple[str, ...]:
    """Return the parameters that `pension_rate` used, for its trail.

    Law 41/2024/QH15 art. 99. Raises NoValueYet.
    """
    if years_counted(months, on=on, law=law) < _number(law, f"pension_base_years_{sex}", on):
        return "pension_short_rate_male", "pension_short_step_male"
    return "pension_base_rate", f"pension_base_years_{sex}", f"pension_rate_step_{sex}", "pension_max_rate"


def rate_terms(sex: Sex, months: int, *, on: date, law: Law) -> tuple[Term, ...]:
    """Return how `pension_rate` comes about: the rate of the first years, and a step for each year above.

    Law 41/2024/QH15 art. 99. Raises NoValueYet.
    """
    years = years_counted(months, on=on, law=law)
    keys = rate_keys(sex, months, on=on, law=law)
    if len(keys) == _SHORT_KEYS:
        first, step = (_number(law, key, on) for key in keys)
        return _stepped(first, years - _number(law, "pension_months_min", on) / 12, step)
    first, least, step, most = (_number(law, key, on) for key in keys)
    return *_stepped(first, years - least, step), Term(most, "ratio", Op.AT_MOST)


def _stepped(first: Decimal, years: Decimal, step: Decimal) -> tuple[Term, ...]:
    return Term(first, "ratio"), Term(years, "years", Op.PLUS), Term(step, "ratio", Op.TIMES)


def average_income(parts: Iterable[Earned]) -> Fraction | None:
    """Return the mean income over all months of `parts`, exactly (VND a month); None without any month.

    Law 41/2024/QH15 art. 104; voluntary and compulsory months together: Decree 159/2025/NĐ-CP art. 11.4.
    """
    known = tuple(parts)
    months = sum(part.months for part in known)
    return Fraction(sum(part.total for part in known), months) if months else None


def pension_amount(average: Fraction, rate: Decimal) -> int:
    """Return the monthly pension (VND): the rate of the average income. Law 41/2024/QH15 art. 99.

    A voluntary pension has no minimum.
    """
    return dong(average * Fraction(rate))


def years_above(sex: Sex, months: int, *, on: date, law: Law) -> Decimal:
    """Return the years above those of the highest rate, as `one_off` pays them. Raises NoValueYet.

    Law 41/2024/QH15 art. 100.
    """
    full = _number(law, f"pension_full_years_{sex}", on)
    return max(Decimal(0), years_counted(months, on=on, law=law) - full)


def one_off(sex: Sex, months: int, average: Fraction, *, months_at_age: int, on: date, law: Law) -> int:
    """Return what is paid once at retirement for years above the maximum (VND).

    Law 41/2024/QH15 art. 100: above 35 years (men) or 30 (women), half an average income for each year before
    retirement age and two for each year paid after it; `months_at_age` were paid by then. Law 58/2014/QH13
    art. 75: half for every year above those of the highest rate. Raises NoValueYet.
    """
    full = _number(law, f"pension_full_years_{sex}", on)
    years = years_counted(months, on=on, law=law)
    years_at_age = years_counted(min(months_at_age, months), on=on, law=law)
    before = max(Decimal(0), years_at_age - full)
    after = max(Decimal(0), years - max(years_at_age, full))
    times = before * _number(law, "one_off_before_age", on) + after * _number(law, "one_off_after_age", on)
    return dong(average * Fraction(times))


def _number(law: Law, key: str, on: date) -> Decimal:
    return law.number(key).on(on).value
