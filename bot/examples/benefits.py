"""Topics of everything else: health cards, accidents, births, the social pension, late payment, codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from bot.examples.given import Given, as_number, exact
from calculators.accident import Cycle, accident_death, accident_premium
from calculators.collection_codes import collection_point_code, unit_code
from calculators.health_card import household_cards
from calculators.late import late_by_days, late_by_months, monthly_rate
from calculators.maternity import Granted, maternity
from calculators.months import Month
from calculators.social_pension import social_pension

Outputs = Mapping[str, object]


def _household(given: Given) -> Outputs:
    """Cards of a household: as many months for everybody, or for each member his own."""
    if given.has("months_per_member"):
        months = [int(as_number(each, "months_per_member")) for each in given.items("months_per_member")]
    else:
        months = [given.count("months", default=12)] * given.count("members")
    known = given
    if given.has("base", "reference_level"):
        known = given.supposing(reference_level=given.number("base", "reference_level"))
    found = household_cards(months, on=known.on, law=known.law)
    return {"members": list(found.members), "total": found.total}


def _accident(given: Given) -> Outputs:
    known = given
    if given.has("region4_min_wage", "region_IV_wage", "wage"):
        known = given.supposing(region_four_wage=given.number("region4_min_wage", "region_IV_wage", "wage"))
    half, year = (accident_premium(cycle, on=known.on, law=known.law).amount for cycle in Cycle)
    return {
        "six_months": half, "twelve_months": year,
        "death": accident_death(on=known.on, law=known.law).amount,
    }  # fmt: skip


def _maternity(given: Given) -> Outputs:
    """A birth after so many months paid in a row before it."""
    born = given.partial("birth", "born").counted if given.has("birth", "born") else given.on
    months = given.count("months", "months_in_12", default=12)
    paid = {Month.of(born).plus(-back) for back in range(1, months + 1)}
    children = given.count("children", default=1) + given.count("fetuses", default=0)
    found = maternity(born, paid, children=children, law=given.law)
    return {"entitled": found.granted is Granted.YES, "amount": found.amount, "months": found.months}


def _social(given: Given) -> Outputs:
    on = given.partial("on").counted if given.has("on") else given.on
    poor, pension = given.flag("poor") or given.flag("near_poor"), given.whole("pension", default=0)
    found = social_pension(given.born(), poor=poor, pension=pension, on=on, law=given.law)
    return {
        "entitled": found.entitled, "amount": found.amount, "old_enough_from": str(found.old_enough_from),
    }  # fmt: skip


def _late(given: Given) -> Outputs:
    """Late compulsory contributions: by the fund's yield until 30/6/2025, by the day since then."""
    if given.has("days"):
        on = max(given.on, date(2025, 7, 1))
        daily = late_by_days(given.whole("principal", "overdue"), given.count("days"), on=on, law=given.law)
        return {"interest": daily.interest, "total": daily.total}
    if given.has("k_percent", "monthly_percent"):  # the rate itself: twice a yield, as a source may cut it
        fund = exact(given.number("k_percent", "monthly_percent")) / 200
    else:
        fund = _monthly_yield(given)
    rate = monthly_rate(fund, on=given.on, law=given.law)
    made: dict[str, object] = {"monthly_percent": rate * 100, "fund_monthly_percent": fund * 100}
    if not given.has("principal", "overdue", "debt"):
        return made
    # what fell due last month is not overdue yet
    overdue = given.whole("principal", "overdue", "debt") - given.whole("not_yet_due", default=0)
    months, carried = given.count("months", default=1), given.whole("carried_interest", default=0)
    found = late_by_months(overdue, fund, months, carried, on=given.on, law=given.law)
    return {
        **made, "interest_month": found.interest, "interest": found.interest, "total": found.total,
    }  # fmt: skip


def _monthly_yield(given: Given) -> Fraction:
    """Return the fund's monthly yield (ratio): a monthly percentage, or a yearly one over twelve."""
    if given.has("r_month_percent"):
        return exact(given.number("r_month_percent")) / 100
    if given.has("r_month"):
        return exact(given.number("r_month"))
    yearly = next((name for name in given.inputs if name.endswith("percent_year")), "fund_rate_percent_year")
    return exact(given.number(yearly)) / 1200


def _point(given: Given) -> Outputs:
    names = ("unit_id", "org", "province", "commune", "point")
    return {"code": collection_point_code(*(str(given.take(name)) for name in names))}


def _unit(given: Given) -> Outputs:
    return {"code": unit_code(*(str(given.take(name)) for name in ("unit_id", "object", "sector")))}


TOPICS = {
    "household_health_insurance": _household,
    "voluntary_accident_insurance": _accident,
    "maternity": _maternity,
    "social_pension": _social,
    "late_interest": _late,
    "collection_point_code": _point,
    "unit_code": _unit,
}
