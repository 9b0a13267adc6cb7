"""Topics of days: when a condition of age is met, and when a pension starts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.examples.given import Given, as_month, as_period
from calculators.months import Month
from calculators.regime import Regime, regime
from calculators.retirement import age_day
from calculators.starting import after_assessment, caught_up

Outputs = Mapping[str, object]

_AT = re.compile(r"\bat\s+(\d{1,2})/(\d{4})", re.ASCII)


def _age_day(given: Given) -> Outputs:
    """The day the condition of age is met, of the law's age or of another that is given."""
    if given.has("normal_age"):
        born = given.born()
        reached = Month.of(born.counted).plus(as_period(given.take("normal_age"), "normal_age"))
        day = reached.plus(1).first_day
    else:
        day, _ = age_day(given.sex(), given.born(), law=given.law)
    return {"eligible_from": str(day), "pension_from": str(Month.of(day))}


def _assessed(given: Given) -> Outputs:
    found = after_assessment(given.partial("assessment").counted, law=given.law)
    return {"eligible_from": str(found.first_day), "pension_from": str(Month.of(found.first_day))}


def _compulsory_caught_up(given: Given) -> Outputs:
    """When a pension starts for missing months paid at once: of the compulsory scheme, until 30/6/2025."""
    return _caught_up(given, compulsory=str(given.inputs.get("scheme", "compulsory")) == "compulsory")


def _voluntary_caught_up(given: Given) -> Outputs:
    """The same of the voluntary scheme."""
    return _caught_up(given, compulsory=str(given.inputs.get("scheme", "voluntary")) == "compulsory")


def _caught_up(given: Given, *, compulsory: bool) -> Outputs:
    listed = isinstance(given.inputs.get("paid"), list)
    starts = []
    for each in given.items("paid", "paid_in"):
        paid = as_month(each, "paid")
        old = regime(paid.first_day) is Regime.LAW_2014
        first = Month.of(caught_up(paid, compulsory=compulsory and old).first_day)
        starts.append(str(max(first, _age_reached(given) or first)))
    return {"pension_from": starts if listed else starts[0]}


def _age_reached(given: Given) -> Month | None:
    """Return the month after the age is reached: from a birth date, or from words such as 60y3m at 6/2021."""
    if given.has("sex") and given.has("birth", "born"):
        return Month.of(age_day(given.sex(), given.born(), law=given.law)[0])
    for name, value in given.inputs.items():
        if name.startswith("age") and (found := _AT.search(str(value))):
            given.used.add(name)
            return Month(int(found[2]), int(found[1])).plus(1)
    return None


TOPICS = {
    "age_date": _age_day,
    "age_date_work_capacity": _assessed,
    "missing_months_payment_date": _compulsory_caught_up,
    "missing_months": _voluntary_caught_up,
}
