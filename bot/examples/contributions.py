"""Topics of what is paid in: incomes, contributions, support, payments at once, and compulsory owners."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bot.examples.given import Given, Unread, as_number, as_ratio
from calculators import at_once, support
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
    "special_zone": Group.ISLAND,
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
_NO_RATES = (*_SUPPOSED, "rate", "contribution_rate", "year", "on", "date", "law", "months")


def group_of(name: object) -> Group:
    """Return a support group by a name for it; raises Unread."""
    if str(name) not in GROUPS:
        raise Unread(f"{str(name)[:30]!r} is no support group; write one of {', '.join(GROUPS)}")
    return GROUPS[str(name)]


def assumed(given: Given) -> Given:
    """Return the inputs under the poverty line, reference level, rates and yield that they suppose."""
    numbers = {key: given.number(name) for name, key in _SUPPOSED.items() if given.has(name)}
    if given.has("rate", "contribution_rate"):
        numbers["contribution_rate"] = given.ratio("rate", "contribution_rate")
    if given.has("r_month", "r", "fund_yield"):
        numbers["fund_yield"] = given.number("r_month", "r", "fund_yield")
    if given.has("r_month_percent"):
        numbers["fund_yield"] = given.number("r_month_percent") / 100
    rates = given.inputs.get("support")
    if isinstance(rates, Mapping):
        given.used.add("support")
        numbers |= {support.central_key(group_of(name)): as_ratio(rate, name) for name, rate in rates.items()}
    elif given.has("state", "support", "state_rate"):
        numbers[support.central_key(Group.OTHER)] = given.ratio("state", "support", "state_rate")
    return given.supposing(**numbers)


def _helped(given: Given) -> Group:
    """Return the group of the one person an example is about: by name, or the one whose rate it gives."""
    return group_of(given.take("group")) if given.has("group") else Group.OTHER


def _contribution(given: Given) -> Outputs:
    """One month: its gross, what each group pays of it, and who bears it where one person is meant."""
    given, income = assumed(given), given.whole("income")
    paid = {
        name: monthly(income, Entitlement(group), supported=True, on=given.on, law=given.law)
        for name, group in GROUPS.items()
    }
    own = monthly(income, Entitlement(_helped(given)), supported=True, on=given.on, law=given.law)
    base = support.base(on=given.on, law=given.law)
    offered = dong(base * given.ratio("local", "local_rate", default=Decimal(0)))
    local = min(offered, own.gross - own.central)
    pays, months = own.to_pay - local, given.count("months", default=1)
    return {
        **{name: month.to_pay for name, month in paid.items()},
        "gross": own.gross,
        "state_support": own.central,
        "local_support": local,
        "participant_pays": pays,
        "to_pay": pays,
        "total": pays * months,
        "total_gross": own.gross * months,
        "total_support": own.central * months,
    }


def _supports(given: Given) -> Outputs:
    given = assumed(given)
    each = {name: dong(support.central(group, on=given.on, law=given.law)) for name, group in GROUPS.items()}
    return {"min_gross": dong(support.base(on=given.on, law=given.law)), **each}


def _best(given: Given) -> Outputs:
    listed = given.items("groups")
    cases = listed if all(isinstance(case, list) for case in listed) else [listed]
    won = [
        support.best([group_of(name) for name in case], on=given.on, law=given.law)
        for case in cases
        if isinstance(case, list)
    ]
    rates = [percent(given.law.number(support.central_key(group)).on(given.on).value) for group in won]
    named = {f"case{place}": rate for place, rate in enumerate(rates, start=1)}
    return {**named, "rate": rates[0], "rate_percent": rates[0], "group": won[0].value}


def _local(given: Given) -> Outputs:
    """What each rate of a local budget comes to, and all of them together for each group."""
    given = assumed(given)
    base = support.base(on=given.on, law=given.law)
    rates = {name: given.ratio(name) for name in given.inputs if name not in _NO_RATES}
    made = {name: dong(base * rate) for name, rate in rates.items()}
    # local_poor and district_poor are both for the poor
    whole = {
        f"total_{group}": sum(amount for name, amount in made.items() if _is_of(name, group))
        for group in (*GROUPS, "rate")
    }
    return {"total": sum(made.values()), **whole, **made}


def _is_of(name: str, group: str) -> bool:
    """Tell whether a rate is for a group: local_near_poor is for the near-poor and not for the poor."""
    longest = max((each for each in GROUPS if name.endswith(f"_{each}")), key=len, default="rate")
    return longest == group


def _limits(given: Given) -> Outputs:
    given = assumed(given)
    on, law = given.on, given.law
    rate = law.number("contribution_rate").on(on).value
    least, most = minimum_income(on=on, law=law).value, maximum_income(on=on, law=law)
    listed = given.items("candidates") if given.has("candidates") else []
    candidates = [int(as_number(item, "candidates")) for item in listed]
    return {
        "min_income": least, "max_income": most,
        "min_gross": dong(rate * least), "max_gross": dong(rate * most),
        "min": dong(rate * least), "max": dong(rate * most),
    } | {f"c{income}": nearest_incomes(income, on=on, law=law)[0] for income in candidates}  # fmt: skip


def _limits_of_halves(given: Given) -> Outputs:
    """The bounds of a year in which the base salary changed: one ceiling for each part of it."""
    names = [name for name in given.inputs if name.startswith("base_salary_")]
    if not names:
        return _limits(given)
    parts = {name.removeprefix("base_salary_").partition("_")[0]: given.number(name) for name in names}
    made = {part: _limits(given.supposing(reference_level=level)) for part, level in parts.items()}
    first = next(iter(made.values()))
    same = first if len(made) == 1 else {key: first[key] for key in ("min", "min_gross", "min_income")}
    return {**same} | {f"{key}_{part}": value for part, found in made.items() for key, value in found.items()}


def _ahead(given: Given) -> Outputs:
    """Years paid ahead, less the support of every month, which practice does not discount."""
    given = assumed(given)
    income, years = given.whole("income"), given.count("years", "n")
    gross = at_once.ahead(income, years, on=given.on, law=given.law)
    months = 12 * years
    month = monthly(income, Entitlement(_helped(given)), supported=True, on=given.on, law=given.law)
    left = support.months_left(given.count("support_used", default=0), on=given.on, law=given.law)
    helped = month.central * min(months, left)
    return {
        "MD1": gross, "gross": gross, "months": months,
        "undiscounted": month.gross * months, "saved": month.gross * months - gross,
        "support_undiscounted": helped, "participant_pays": gross - helped,
    }  # fmt: skip


def _missing(given: Given) -> Outputs:
    given = assumed(given)
    income, months = given.whole("income"), given.count("months", "missing_months", "t")
    gross = at_once.missing(income, months, on=given.on, law=given.law)
    alone = dong(income * given.law.number("contribution_rate").on(given.on).value)
    return {"MD2": gross, "gross": gross, "uncompounded": alone * months, "interest": gross - alone * months}


def _refund(given: Given) -> Outputs:
    given = assumed(given)
    income, years = given.whole("income"), given.count("years", "n")
    left = given.count("months_remaining", "months_left", "m")
    month = monthly(income, Entitlement(_helped(given)), supported=True, on=given.on, law=given.law)
    helped = month.central * left if given.has("support", "state", "group", "state_rate") else 0
    gross = at_once.refund(income, years, left, 0, on=given.on, law=given.law)
    back = at_once.refund(income, years, left, helped, on=given.on, law=given.law)
    return {"HT": back, "refund": back, "gross_part": gross, "support": helped, "M": helped}


def _owner(given: Given) -> Outputs:
    known = given.supposing(reference_level=given.number("reference_level", "base"))
    cost = owner_cost(given.whole("chosen_base", "base"), on=known.on, law=known.law)
    return {
        "base": cost.base, "social": cost.social, "social_25pct": cost.social,
        "health": cost.health, "health_4_5pct": cost.health, "total": cost.total,
    }  # fmt: skip


TOPICS = {
    "monthly_contribution": _contribution,
    "state_support_monthly": _supports,
    "support_2027": _supports,
    "support_choose_highest": _best,
    "local_topup_total": _local,
    "income_floor_ceiling": _limits,
    "limits": _limits,
    "min_max": _limits_of_halves,
    "ahead_lump": _ahead,
    "missing_lump": _missing,
    "refund_ahead": _refund,
    "business_household_compulsory": _owner,
}
