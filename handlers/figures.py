"""Figures an answer may show, each by name, worked out by the law of a day and never typed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from calculators import survivors
from calculators.accident import Cycle, accident_premium
from calculators.business_household import owner_cost
from calculators.contribution import (
    Method,
    contribution,
    contribution_lines,
    maximum_income,
    minimum_income,
    monthly,
)
from calculators.errors import NoValueYet
from calculators.law import Law
from calculators.money import dong
from calculators.pension import pension_amount, pension_rate, percent
from calculators.retirement import Sex
from calculators.support import Entitlement, Group, central
from calculators.trail import Line, Source, Trust, What, weakest
from calculators.vocabulary import PARAMETERS, Unit

THEN = "_then"
"""Ending of a figure's name: what it becomes on the next day on which the law already changes it."""

Value = int | Decimal | date
Compute = Callable[[date, Law], Value]


@dataclass(frozen=True, slots=True)
class Later:
    """What a figure becomes, and when."""

    on: date
    value: Value


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, or None where the law says none yet, with what it rests on."""

    value: Value | Later | None
    because: tuple[Source, ...] = ()
    trust: Trust = Trust.OFFICIAL


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How a figure is worked out, and from which parameters."""

    compute: Compute
    keys: tuple[str, ...]


def _parameter(key: str) -> _Recipe:
    """A parameter by itself: whole units as they are, a ratio in percent, a factor as a decimal."""
    unit = PARAMETERS[key].unit

    def compute(on: date, law: Law) -> Value:
        value = law.number(key).on(on).value
        return int(value) if unit.whole else percent(value) if unit is Unit.RATIO else value

    return _Recipe(compute, (key,))


def _pays(group: Group) -> _Recipe:
    """What somebody of a group pays a month (VND) on the lowest income while the State supports."""

    def compute(on: date, law: Law) -> Value:
        least = int(minimum_income(on=on, law=law).value)
        return monthly(least, Entitlement(group), supported=True, on=on, law=law).to_pay

    return _Recipe(compute, ("contribution_rate", "rural_poverty_line", f"central_support_{group}"))


def _support(group: Group) -> _Recipe:
    """What the State adds a month (VND)."""
    keys = ("contribution_rate", "rural_poverty_line", f"central_support_{group}")
    return _Recipe(lambda on, law: dong(central(group, on=on, law=law)), keys)


def _gross(income: Callable[[date, Law], int]) -> Compute:
    """The whole contribution (VND a month) at an income."""
    return lambda on, law: dong(law.number("contribution_rate").on(on).value * income(on, law))


def _least_pension(sex: Sex) -> _Recipe:
    """A pension (VND a month) for the fewest months, all on the lowest income of the day."""

    def compute(on: date, law: Law) -> Value:
        months = int(law.number("pension_months_min").on(on).value)
        least = Fraction(minimum_income(on=on, law=law).value)
        return pension_amount(least, pension_rate(sex, months, on=on, law=law))

    short = ("pension_short_rate_male",) if sex == "male" else ("pension_base_rate",)
    return _Recipe(compute, ("rural_poverty_line", "pension_months_min", *short))


def _last_age(sex: Sex) -> _Recipe:
    """The retirement age (months) that no later one takes the place of."""
    key = f"retirement_age_{sex}"
    return _Recipe(lambda _, law: int(law.number(key).rows[-1].value), (key,))


def _accident(cycle: Cycle) -> _Recipe:
    """What insurance against accidents costs (VND) for half a year or a year."""
    keys = (f"accident_share_{cycle}", "region_four_wage")
    return _Recipe(lambda on, law: accident_premium(cycle, on=on, law=law).amount, keys)


def _funeral(on: date, law: Law) -> Value:
    paid = survivors.funeral(0, 0, pensioner=True, on=on, law=law)
    return paid.amount if paid else 0


def _years_of(key: str) -> _Recipe:
    """A parameter in months, as whole years."""
    return _Recipe(lambda on, law: int(law.number(key).on(on).value) // 12, (key,))


_CEILING = ("income_ceiling_factor", "reference_level")
_OWNER = ("reference_level", "owner_base_factor_min", "owner_social_rate", "owner_health_rate")
_RECIPES: Mapping[str, _Recipe] = {
    **{key: _parameter(key) for key, kind in PARAMETERS.items() if not kind.table},
    **{f"pays_{group}": _pays(group) for group in Group},
    **{f"support_{group}": _support(group) for group in Group},
    "gross_lowest": _Recipe(
        _gross(lambda on, law: int(minimum_income(on=on, law=law).value)),
        ("contribution_rate", "rural_poverty_line"),
    ),
    "gross_highest": _Recipe(
        _gross(lambda on, law: maximum_income(on=on, law=law)), ("contribution_rate", *_CEILING)
    ),
    "income_highest": _Recipe(lambda on, law: maximum_income(on=on, law=law), _CEILING),
    "pension_least_female": _least_pension(Sex.FEMALE),
    "pension_least_male": _least_pension(Sex.MALE),
    "retirement_age_last_female": _last_age(Sex.FEMALE),
    "retirement_age_last_male": _last_age(Sex.MALE),
    "pension_years_min": _years_of("pension_months_min"),
    "support_years": _years_of("central_support_months"),
    "missing_years_max": _years_of("missing_months_max"),
    "funeral_years_min": _years_of("funeral_months_min"),
    "early_joiner_years": _years_of("early_joiner_months"),
    "lump_years_below": _years_of("lump_stopped_months_max"),
    **{f"accident_{cycle}": _accident(cycle) for cycle in Cycle},
    "funeral_grant": _Recipe(_funeral, ("funeral_factor", "reference_level")),
    "owner_lowest": _Recipe(lambda on, law: owner_cost(on=on, law=law).total, _OWNER),
    "law_since": _Recipe(
        lambda on, law: law.number("pension_months_min").on(on).since, ("pension_months_min",)
    ),
}


_PAID = (What.GROSS, What.CENTRAL_SUPPORT, What.TO_PAY)
_PAYS = {f"{what}_{group}": group for group in Group for what in ("pays", "support")}


def steps(names: Sequence[str], on: date, law: Law) -> tuple[Line, ...]:
    """Return the steps to the figures of an answer: of one group's lowest payment, or of an owner's.

    An answer about several groups has none: five sums at once explain nothing. Raises NoValueYet.
    """
    groups = {_PAYS[name] for name in names if name in _PAYS}
    if len(groups) == 1 or (not groups and "gross_lowest" in names):
        helped = Entitlement(next(iter(groups), Group.OTHER))
        paid = contribution(int(minimum_income(on=on, law=law).value), Method.MONTHLY, helped, on=on, law=law)
        shown = _PAID if groups else _PAID[:1]
        lines = contribution_lines(paid, helped, on=on, law=law)
        return tuple(line for line in lines if line.what in shown)
    return owner_cost(on=on, law=law).lines if "owner_lowest" in names else ()


def known_figure(name: str) -> bool:
    """Tell whether a figure of this name can be worked out."""
    return name.removesuffix(THEN) in _RECIPES


@lru_cache(maxsize=2_048)
def figure(name: str, on: date, law: Law) -> Figure:
    """Return a figure by the law of `on`; its value is None where the law has none on that day.

    A name that ends in THEN asks for what it becomes on the next known change; None when none is known.
    Raises KeyError for a name that `known_figure` does not know.
    """
    recipe = _RECIPES[name.removesuffix(THEN)]
    day = on
    if name.endswith(THEN):
        change = law.next_change(after=on, keys=recipe.keys)
        if change is None:
            return Figure(None)
        day = change
    try:
        value = recipe.compute(day, law)
        rows = [law.number(key).on(day) for key in recipe.keys]
    except NoValueYet:
        return Figure(None)
    because = tuple(dict.fromkeys(row.source for row in rows))
    return Figure(value if day == on else Later(day, value), because, weakest(row.trust for row in rows))
