"""Topics of the pension: age, rate, average income, amount, and what is paid once beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bot.examples.given import Given, Unread, as_number, exact
from calculators.money import dong
from calculators.pension import one_off, pension_amount, pension_rate, percent, years_counted
from calculators.retirement import retirement

Outputs = Mapping[str, object]

_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?", re.ASCII)


def _rate(given: Given) -> Outputs:
    months = given.months()
    rate = percent(pension_rate(given.sex(), months, on=given.on, law=given.law))
    return {"rate": rate, "rate_percent": rate, "years": years_counted(months, on=given.on, law=given.law)}


def _pension(given: Given) -> Outputs:
    rate = pension_rate(given.sex(), given.months(), on=given.on, law=given.law)
    amount = pension_amount(exact(given.number("average_income", "average", "Mbq")), rate)
    return {"rate": percent(rate), "rate_percent": percent(rate), "pension": amount}


def _rounding(given: Given) -> Outputs:
    return {"years": years_counted(given.months(), on=given.on, law=given.law)}


def _retirement(given: Given) -> Outputs:
    reached = retirement(given.sex(), given.born(), law=given.law)
    return {"age": f"{reached.age.years}y{reached.age.months}m", "pension_from": str(reached.pension_from)}


def _average(given: Given) -> Outputs:
    on = date(given.whole("benefit_year"), 1, 1)
    spans, table = given.take("incomes"), given.law.table("income_coefficient").on(on).value
    if not isinstance(spans, Mapping):
        raise Unread("'incomes' is no mapping; write 2016-2021: 700000 under it")
    total, months = Decimal(0), 0
    for span, income in spans.items():
        found = _YEARS.fullmatch(str(span))
        if not found:
            raise Unread(f"'incomes' has {str(span)[:20]!r}; write years as 2016-2021")
        for year in range(int(found[1]), int(found[2] or found[1]) + 1):
            total, months = total + 12 * as_number(income, "incomes") * table[year], months + 12
    return {"sum": total, "average": dong(total / months)}


def _one_off(given: Given) -> Outputs:
    months, after = given.months(), int(given.number("years_after_age", default=0) * 12)
    average: Fraction = exact(given.number("average", "average_income"))
    paid = one_off(given.sex(), months, average, months_at_age=months - after, on=given.on, law=given.law)
    return {"amount": paid}


TOPICS = {
    "pension_rate": _rate,
    "pension_amount": _pension,
    "rounding_odd_months": _rounding,
    "retirement_age": _retirement,
    "average_income": _average,
    "one_off_on_retirement": _one_off,
}
