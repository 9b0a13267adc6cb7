"""Topics of average incomes: coefficients of the year of benefit, and the State's salary table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bot.examples.given import Given, Unread, as_number, as_ratio, as_span, exact
from calculators.average import Adjusted, Average, adjusted, average, coefficient
from calculators.history import FROM_2014, Served, Span, served
from calculators.lump_sum import LumpCase, lump_sum
from calculators.money import dong
from calculators.months import Month
from calculators.pension import pension_amount
from calculators.state_salary import (
    Grade,
    StateAverage,
    averaging_months,
    one_rise_later,
    state_average,
    window_of,
)

Outputs = Mapping[str, object]

_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?", re.ASCII)
_FIRST_YEAR = 1900  # a number from here on is a year, a smaller one a coefficient


def _settled(given: Given) -> Given:
    """Return the inputs on the first day of the year of benefit they name."""
    if not given.has("benefit_year"):
        return given
    return given.at(date(given.year("benefit_year"), 1, 1))


def _segments(given: Given) -> list[Adjusted]:
    """Return segments as [months, income, coefficient or year], or as mappings with these names."""
    made = []
    for item in given.items("segments"):
        row = list(item.values()) if isinstance(item, Mapping) else item
        if not isinstance(row, list) or not 2 <= len(row) <= 3:
            raise Unread("'segments' is no list of [months, income, coefficient]; write such a list")
        months, income, third = (as_number(part, "segments") for part in (*row, 1)[:3])
        factor = coefficient(int(third), on=given.on, law=given.law) if third >= _FIRST_YEAR else third
        made.append(Adjusted(int(months), int(income), factor))
    return made


def _spans(given: Given) -> list[Span]:
    """Return incomes by years, 2016-2021: 700000, or by months, 2016-01..2021-06: 700000."""
    incomes = given.take("incomes")
    if not isinstance(incomes, Mapping):
        raise Unread("'incomes' is no mapping; write 2016-2021: 700000 under it")
    made = []
    for key, income in incomes.items():
        found = _YEARS.fullmatch(str(key))
        span = (
            (Month(int(found[1]), 1), Month(int(found[2] or found[1]), 12))
            if found
            else as_span(key, "incomes")
        )
        made.append(Span(*span, int(as_number(income, "incomes"))))
    return made


def mean_of(given: Given) -> Average:
    """Return the mean of incomes in the money of the year of benefit, with compulsory months if any.

    Raises Unread, NothingPaid, NoValueYet.
    """
    given = _settled(given)
    parts = list(adjusted(_spans(given), on=given.on, law=given.law)) if given.has("incomes") else []
    parts += _segments(given) if given.has("segments") else []
    months = given.count("compulsory_months", "months_comp", "months_compulsory", default=0)
    compulsory = months, given.whole("compulsory_average", "Mbq_compulsory", "Mbq_comp") if months else 0
    if given.has("caught_up_months"):
        income = given.whole("caught_up_income", "income")
        parts.append(Adjusted(given.count("caught_up_months"), income, Decimal(1)))
    return average(parts, compulsory, on=given.on, law=given.law)


def _average(given: Given) -> Outputs:
    return _of(mean_of(given))


def _mixed(given: Given) -> Outputs:
    """The mean of both schemes, from the voluntary incomes or from their sum as it is adjusted already."""
    names = ("voluntary_adjusted_sum", "voluntary_sum", "adjusted_sum", "voluntary_adjusted")
    if not given.has(*names):
        return _average(given)
    months = given.count("compulsory_months", "months_comp", "months_compulsory")
    own = given.count("voluntary_months", "months_vol", "months_voluntary")
    average = given.number("compulsory_average", "Mbq_compulsory", "Mbq_comp")
    if not months + own:
        raise Unread("'compulsory_months' and 'voluntary_months' are both 0; write how many were paid")
    mean = exact(average * months + given.number(*names)) / (months + own)
    return {"average": mean, "Mbq": dong(mean), "months": months + own}


def _served(given: Given) -> Served:
    """Return the months before 2014 and from then on, as they are given or as dated incomes say."""
    if given.has("period", "periods") or any("2014" in name for name in given.inputs):
        return given.served()
    if given.has("incomes"):
        return served(_spans(given))
    dated = [row for row in given.items("segments") if isinstance(row, list) and len(row) == 3]
    years = [(as_number(row[0], "segments"), as_number(row[2], "segments")) for row in dated]
    if not years or any(year < _FIRST_YEAR for _, year in years):
        return given.served()
    before = int(sum(months for months, year in years if year < FROM_2014.year))
    return Served(before, int(sum(months for months, _ in years)) - before)


def _of(made: Average) -> Outputs:
    return {
        "sum": made.exact_total, "total": made.exact_total, "total_adjusted": made.exact_total,
        "months": made.months, "average": made.exact_total / made.months, "Mbq": made.average,
    }  # fmt: skip


def _given_average(given: Given) -> Outputs:
    """The mean of a sum that is given, or of segments."""
    if not given.has("total_adjusted", "total", "sum"):
        return _average(given)
    total, months = exact(given.number("total_adjusted", "total", "sum")), given.count("months")
    return {"average": total / months, "months": months}


def lump_sum_of(given: Given) -> Outputs:
    """Return a lump sum from its incomes: the average as it is multiplied, and both parts of the sum.

    Raises Unread, NothingPaid, NoValueYet.
    """
    given = _settled(given)
    made = mean_of(given)
    rate = given.law.number("contribution_rate").on(given.on).value
    found = lump_sum(
        _served(given), made.exact, LumpCase.STOPPED_PAYING, on=given.on, law=given.law,
        paid=dong(made.exact_total * Fraction(rate)), supported=given.whole("supported", default=0),
    )  # fmt: skip
    return {
        **_of(made),
        "before_2014": found.before_2014, "from_2014": found.from_2014, "amount": found.amount,
        "years_before": found.years_before_2014, "years_after": found.years_from_2014,
        "months": found.times, "months_of_average": found.times,
    }  # fmt: skip


def _adjustment(given: Given) -> Outputs:
    """One income in the money of a year of benefit, by a coefficient or by the year it was paid in."""
    given = _settled(given)
    if given.has("coefficient"):
        factor = given.number("coefficient")
    else:
        factor = coefficient(given.year("year", "contribution_year"), on=given.on, law=given.law)
    part = Adjusted(given.count("months", default=1), given.whole("income"), factor)
    return {"adjusted": part.total, "total": part.total, "coefficient": factor}


def _state_window(given: Given) -> Outputs:
    """How many of the last state months an average is taken over, and which they are."""
    spans = given.spans("state_periods")
    joined = min(first for first, _ in spans)
    if given.has("employer_period", "employer_periods"):
        employed = given.spans("employer_period", "employer_periods")
        joined = min(joined, *(first for first, _ in employed))
    if given.has("joined"):
        joined = Month.of(given.partial("joined").counted)
    months = sum(last - first + 1 for first, last in spans)
    window = averaging_months(joined.first_day, months, law=given.law)
    taken = window_of(spans, window)
    return {
        "state_months": months, "averaging_months": window, "averaging_years": Fraction(window, 12),
        "window": [f"{first}..{last}" for first, last in taken],
        "window_months": [last - first + 1 for first, last in taken],
    }  # fmt: skip


def _grades(given: Given, name: str) -> list[Grade]:
    made = []
    for row in given.items(name):
        if not isinstance(row, list) or not 2 <= len(row) <= 3:
            raise Unread(f"'{name}' is no list of [months, coefficient, seniority]; write such a list")
        months, factor = (as_number(part, name) for part in row[:2])
        made.append(Grade(int(months), factor, _seniority(row[2]) if len(row) == 3 else Decimal(0)))
    return made


def _seniority(value: object) -> Decimal:
    """Return pay for long service as a share: 0.24, 24, 24% and the multiplier 1.24 are the same."""
    number = as_number(value, "seniority")
    return number - 1 if 1 < number < 2 else as_ratio(value, "seniority")


def _state_pension(given: Given) -> Outputs:
    """A pension on the State's salary table at the base salary of the day.

    Beside it, for grades with pay for long service, what it would be had the person gone on for one more rise
    without that pay: in `later` where the example gives those grades, else on the next grade of the table.
    """
    if given.has("base", "reference_level"):
        given = given.supposing(reference_level=given.number("base", "reference_level"))
    extra = given.items("seniority") if given.has("seniority") else []
    added = (as_number(extra[0], "seniority"), _seniority(extra[1])) if len(extra) == 2 else None
    grades, rate = _grades(given, "segments"), given.ratio("rate")
    made = state_average(grades, added, on=given.on, law=given.law)
    outputs: dict[str, object] = {
        **{f"part{place}": part for place, part in enumerate(made.parts, start=1)},
        "average": made.average, "seniority": made.seniority, "average_total": made.total,
        "pension": pension_amount(made.exact, rate),
    }  # fmt: skip
    if (other := _alternative(given, grades)) is not None:
        outputs["alternative_pension"] = pension_amount(other.exact, rate)
    return outputs


def _alternative(given: Given, grades: list[Grade]) -> StateAverage | None:
    if given.has("later"):
        return state_average(_grades(given, "later"), on=given.on, law=given.law)
    if len(grades) < 2 or not any(grade.seniority for grade in grades):
        return None
    return state_average(one_rise_later(grades, on=given.on, law=given.law), on=given.on, law=given.law)


TOPICS = {
    "average_income": _average,
    "mixed_average": _mixed,
    "average_with_coefficients": _given_average,
    "lump_sum_with_coefficients": lump_sum_of,
    "income_adjustment": _adjustment,
    "average_state_salary": _state_window,
    "pension_amount_state_salary": _state_pension,
}
