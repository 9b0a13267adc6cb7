"""Topics of the pension: rate, amount, what is paid once beside it, what it has become, what it takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from bot.examples.averages import mean_of
from bot.examples.given import Given, as_period, exact
from calculators.allowance import allowance
from calculators.award import early_reduction
from calculators.increases import DrawnCase, increased
from calculators.law import Law
from calculators.money import dong
from calculators.months import Month, age_in_months
from calculators.pension import (
    one_off,
    pension_amount,
    pension_rate,
    percent,
    uncapped_rate,
    years_above,
    years_counted,
)
from calculators.retirement import Sex, retirement

Outputs = Mapping[str, object]

_OF_MONTH = re.compile(r"pension_([a-z]+)_(\d{4})", re.ASCII)
_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
AVERAGE = ("average_income", "average", "Mbq", "average_total")


def _rate(given: Given) -> Outputs:
    """The rate by the years, cut where somebody retired before the age, and the years above the highest."""
    sex, months, on, law = given.sex(), given.months(), given.on, given.law
    if given.has("claim"):
        given = given.at(on := given.partial("claim").counted)
    before = pension_rate(sex, months, on=on, law=law)
    early = _early_months(given, sex, on, law)
    cut = early_reduction(early, on=on, law=law)
    above = years_above(sex, months, on=on, law=law)
    made: dict[str, object] = {
        "years": years_counted(months, on=on, law=law),
        "uncapped": percent(uncapped_rate(sex, months, on=on, law=law)),
        "capped": percent(before), "before": percent(before), "reduction": percent(cut),
        "rate": percent(before - cut), "rate_percent": percent(before - cut),
        "early_months": early, "excess_years": above,
        "one_off_months": above * law.number("one_off_before_age").on(on).value,
    }  # fmt: skip
    if given.has(*AVERAGE, "incomes", "segments"):
        average = exact(given.number(*AVERAGE)) if given.has(*AVERAGE) else mean_of(given).exact
        after = int(given.number("years_after_age", default=0) * 12)
        made["pension"] = made["amount"] = pension_amount(average, before - cut)
        made["one_off"] = one_off(sex, months, average, months_at_age=months - after, on=on, law=law)
    return made


def _early_months(given: Given, sex: Sex, on: date, law: Law) -> int:
    """Return how many months are missing to the age of retirement; 0 where nothing says she retires early."""
    if not given.has("normal_age", "claim", "work_capacity_loss"):
        return 0
    if given.has("age", "age_used"):
        age = as_period(given.take("age", "age_used"), "age")
    elif given.has("assumed_birth", "birth"):
        age = age_in_months(given.partial("assumed_birth", "birth").counted, on=on)
    else:
        return 0
    if given.has("normal_age"):
        return max(0, given.period("normal_age") - age)
    return max(0, int(law.number(f"retirement_age_{sex}").on(on).value) - age)


def _rounding(given: Given) -> Outputs:
    years = years_counted(given.months(), on=given.on, law=given.law)
    return {"years": years, "rounded_years": years}


def _retirement(given: Given) -> Outputs:
    reached = retirement(given.sex(), given.born(), law=given.law)
    return {
        "age": f"{reached.age.years}y{reached.age.months}m",
        "age_years": reached.age.years, "age_months": reached.age.months,
        "reached": str(reached.reached), "pension_from": str(reached.pension_from),
    }  # fmt: skip


def _one_off(given: Given) -> Outputs:
    months, after = given.months(), int(given.number("years_after_age", default=0) * 12)
    average, sex = exact(given.number(*AVERAGE, default=0)), given.sex()
    above = years_above(sex, months, on=given.on, law=given.law)
    paid = one_off(sex, months, average, months_at_age=months - after, on=given.on, law=given.law)
    return {"amount": paid, "one_off": paid, "excess_years": above}


def _reverse(given: Given) -> Outputs:
    """The average income that a pension wished for takes, and what such a month costs."""
    rate = pension_rate(given.sex(), given.months(), on=given.on, law=given.law)
    wanted = exact(given.number("target_pension", "target")) / Fraction(rate)
    share = Fraction(given.law.number("contribution_rate").on(given.on).value)
    return {
        "rate_percent": percent(rate),
        "required_average_income": dong(wanted), "required_income": dong(wanted),
        "monthly_gross": dong(wanted * share),
    }  # fmt: skip


def _adjusted(given: Given) -> Outputs:
    """A pension of a named month, or of June 2026, as it is after the increase of the month after."""
    named = next((name for name in given.inputs if _OF_MONTH.fullmatch(name)), None)
    found = _OF_MONTH.fullmatch(named or "pension_june_2026")
    month = Month(int(found[2]), _NAMES.index(found[1]) + 1) if found else Month(2026, 6)
    after = month.plus(1)
    case = DrawnCase(
        given.whole(named or "pension", "pension", "amount"),
        month.first_day,
        after.first_day,
        _first_drawn(given),
        given.flag("retired_before_1995"),
    )
    made = increased(case, given.law).amount
    return {f"pension_{_NAMES[after.month - 1]}_{after.year}": made, "pension": made, "amount": made}


def _first_drawn(given: Given) -> date | None:
    """Return the day a pension began: given, or a day that the increase of January 2022 reached or not."""
    raised = ("adjusted_2022", "adjusted_in_2022", "raised_in_2022")
    if given.has(*raised):
        return date(2021, 12, 1) if given.flag(*raised) else date(2022, 2, 1)
    return given.partial("first_drawn").counted if given.has("first_drawn") else None


def _allowance(given: Given) -> Outputs:
    given = given.supposing(social_pension_amount=given.number("social_pension", "TC")) \
        if given.has("social_pension", "TC") else given  # fmt: skip
    average = exact(given.number(*AVERAGE))
    months = given.period("N") if given.has("N") else given.months()
    until = given.count("Tdt", "Tdt_months", "months_to_social_pension")
    found = allowance(months, average, until, on=given.on, law=given.law)
    return {
        "Ttt_months": found.earned_months, "Ttt": found.earned_months, "months": found.months,
        "monthly": found.amount, "amount": found.amount, "TC_tt": found.amount,
        "missing_payment": found.to_pay, "missing_months": max(0, until - found.earned_months),
        "N": years_counted(months, on=given.on, law=given.law),
    }  # fmt: skip


TOPICS = {
    "pension_rate": _rate,
    "pension_amount": _rate,
    "reverse_target_pension": _reverse,
    "rounding_odd_months": _rounding,
    "retirement_age": _retirement,
    "one_off_on_retirement": _one_off,
    "pension_adjustment": _adjusted,
    "monthly_allowance_art23": _allowance,
}
