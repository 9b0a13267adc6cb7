"""Topics of what is paid in: incomes, contributions, support, and what a compulsory owner pays."""

from __future__ import annotations

from collections.abc import Mapping

from bot.examples.given import Given, Unread, as_number, as_ratio
from calculators import support
from calculators.business_household import owner_cost
from calculators.contribution import maximum_income, minimum_income, monthly, nearest_incomes
from calculators.money import dong
from calculators.pension import percent
from calculators.support import Entitlement, Group

Outputs = Mapping[str, object]

GROUPS = {
    **{group.value: group for group in Group},
    "island_commune": Group.ISLAND,
    "island_commune_or_special_zone_resident": Group.ISLAND,
    "poor_household": Group.POOR,
    "near_poor_household": Group.NEAR_POOR,
    "minority": Group.ETHNIC_MINORITY,
    "others": Group.OTHER,
}
_SUPPOSED = {
    "rural_poverty_line": "rural_poverty_line",
    "poverty_line": "rural_poverty_line",
    "reference_level": "reference_level",
    "base_salary": "reference_level",
}


def group_of(name: object) -> Group:
    """Return a support group by a name for it; raises Unread."""
    if str(name) not in GROUPS:
        raise Unread(f"{str(name)[:30]!r} is no support group; write one of {', '.join(GROUPS)}")
    return GROUPS[str(name)]


def assumed(given: Given) -> Given:
    """Return the inputs under the poverty line, reference level, rate and support rates they suppose."""
    numbers = {key: given.number(name) for name, key in _SUPPOSED.items() if given.has(name)}
    if given.has("rate", "contribution_rate"):
        numbers["contribution_rate"] = given.ratio("rate", "contribution_rate")
    rates = given.inputs.get("support")
    if isinstance(rates, Mapping):
        given.used.add("support")
        numbers |= {support.central_key(group_of(name)): as_ratio(rate, name) for name, rate in rates.items()}
    return given.supposing(**numbers)


def _contribution(given: Given) -> Outputs:
    given, income = assumed(given), given.whole("income")
    paid = {
        name: monthly(income, Entitlement(group), supported=True, on=given.on, law=given.law)
        for name, group in GROUPS.items()
    }
    return {"gross": paid["other"].gross} | {name: month.to_pay for name, month in paid.items()}


def _supports(given: Given) -> Outputs:
    given = assumed(given)
    each = {name: dong(support.central(group, on=given.on, law=given.law)) for name, group in GROUPS.items()}
    return {"min_gross": dong(support.base(on=given.on, law=given.law)), **each}


def _best(given: Given) -> Outputs:
    cases = given.items("groups")
    if not any(isinstance(case, list) for case in cases):
        cases = [cases]
    won = [
        support.best([group_of(name) for name in case], on=given.on, law=given.law)
        for case in cases
        if isinstance(case, list)
    ]
    rates = [percent(given.law.number(support.central_key(group)).on(given.on).value) for group in won]
    named = {f"case{place}": rate for place, rate in enumerate(rates, start=1)}
    return {**named, "rate": rates[0], "rate_percent": rates[0], "group": won[0].value}


def _local(given: Given) -> Outputs:
    given = assumed(given)
    base = support.base(on=given.on, law=given.law)
    rates = {name: given.ratio(name) for name in given.inputs if name.startswith("local_")}
    return {name: dong(base * rate) for name, rate in rates.items()}


def _limits(given: Given) -> Outputs:
    given = assumed(given)
    on, law = given.on, given.law
    rate = law.number("contribution_rate").on(on).value
    least, most = minimum_income(on=on, law=law).value, maximum_income(on=on, law=law)
    candidates = [int(as_number(item, "candidates")) for item in given.items("candidates")] \
        if given.has("candidates") else []  # fmt: skip
    return {
        "min_income": least, "max_income": most,
        "min_gross": dong(rate * least), "max_gross": dong(rate * most),
        "min": dong(rate * least), "max": dong(rate * most),
    } | {f"c{income}": _clamped(income, given) for income in candidates}  # fmt: skip


def _clamped(income: int, given: Given) -> int:
    """Return the bound that an income outside them is told; what lies between keeps its step."""
    return nearest_incomes(income, on=given.on, law=given.law)[0]


def _limits_of_halves(given: Given) -> Outputs:
    """The bounds of a year in which the base salary changed: one ceiling for each half."""
    names = [name for name in given.inputs if name.startswith("base_salary_h")]
    if not names:
        return _limits(given)
    halves = {name[12:].partition("_")[0]: given.number(name) for name in names}
    made = {half: _limits(given.supposing(reference_level=level)) for half, level in halves.items()}
    first = next(iter(made.values()))
    return {key: first[key] for key in ("min", "min_gross", "min_income")} | {
        f"{key}_{half}": value for half, found in made.items() for key, value in found.items()
    }


def _owner(given: Given) -> Outputs:
    level = given.number("base", "reference_level")
    cost = owner_cost(on=given.on, law=given.supposing(reference_level=level).law)
    return {"social_25pct": cost.social, "health_4_5pct": cost.health, "total": cost.total}


TOPICS = {
    "monthly_contribution": _contribution,
    "state_support_monthly": _supports,
    "support_2027": _supports,
    "support_choose_highest": _best,
    "local_topup_total": _local,
    "income_floor_ceiling": _limits,
    "limits": _limits,
    "min_max": _limits_of_halves,
    "business_household_compulsory": _owner,
}
