"""Two days of the law side by side: which numbers move, and which amounts people feel because of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from calculators.business_household import owner_cost
from calculators.contribution import maximum_income, minimum_income, monthly, offered
from calculators.errors import NoValueYet
from calculators.health_card import household_cards
from calculators.increases import DrawnCase, increased
from calculators.law import InForce, Law
from calculators.money import dong
from calculators.support import Entitlement, Group
from calculators.survivors import funeral, survivor_pension

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Moved:
    """A number that is another one on the later day; None on a day it has no value."""

    key: str
    before: InForce | None
    after: InForce | None


class Amount(StrEnum):
    """What people feel, VND a month, but for the funeral allowance, which is paid once, and ages in months.

    The pension is one of a million that was drawn already on the earlier day.
    """

    LOWEST_INCOME = "lowest_income"
    HIGHEST_INCOME = "highest_income"
    LOWEST_CONTRIBUTION = "lowest_contribution"
    HIGHEST_CONTRIBUTION = "highest_contribution"
    OWNER_PAYS = "owner_pays"
    PART_TIME_WAGE = "part_time_wage"
    HEALTH_CARD = "health_card"
    SURVIVOR = "survivor"
    PENSION_FLOOR = "pension_floor"
    PENSION_OF_A_MILLION = "pension_of_a_million"
    MENS_AGE = "mens_age"
    WOMENS_AGE = "womens_age"
    FUNERAL = "funeral"
    CENTRAL_SUPPORT = "central_support"
    LOCAL_SUPPORT = "local_support"
    PAYS_AT_LEAST = "pays_at_least"


@dataclass(frozen=True, slots=True)
class Whose:
    """Whom an amount is for: everybody, a support group, or a group in a province that adds to it."""

    group: Group | None = None
    province: str | None = None


@dataclass(frozen=True, slots=True)
class Felt:
    """An amount (VND or months) before and after; None on a day that the law known here does not reach."""

    what: Amount
    whose: Whose
    before: int | None
    after: int | None


def moved(law: Law, before: date, after: date) -> list[Moved]:
    """Return the numbers that differ between two days, by key. Raises nothing.

    It cites no text of its own: each number brings its source.
    """
    old, new = ({row.key: row for row in law.in_force(day)} for day in (before, after))
    pairs = [Moved(key, old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys())]
    return [pair for pair in pairs if _value(pair.before) != _value(pair.after)]


def _value(row: InForce | None) -> Decimal | None:
    return row.value if row else None


def felt(law: Law, before: date, after: date) -> list[Felt]:
    """Return the amounts that differ between two days: everybody's first, then each group's and province's.

    Law 41/2024/QH15 art. 2.1.l, 31, 33, 36, 67, 87, 109; Decree 158/2025/NĐ-CP art. 17.3; Decree
    159/2025/NĐ-CP art. 5; Labour Code art. 169.2; Law 51/2024/QH15. Raises nothing.
    """
    old, new = (dict(_amounts(law, day)) for day in (before, after))
    with suppress(NoValueYet):  # before the first law known here nobody's increases are known
        drawn = (Amount.PENSION_OF_A_MILLION, Whose())
        old[drawn], new[drawn] = _MILLION, increased(DrawnCase(_MILLION, before, after), law).amount
    return [
        Felt(*place, old.get(place), new.get(place))
        for place in {**old, **new}
        if old.get(place) != new.get(place)
    ]


def _amounts(law: Law, on: date) -> Iterator[tuple[tuple[Amount, Whose], int]]:
    """Yield every amount that the law gives on a day (VND)."""
    for what, work in _EVERYBODY.items():
        try:
            yield (what, Whose()), work(on, law)
        except NoValueYet:
            continue
    for group in Group:
        places = [code for code, province in law.provinces.items() if province.rate(group, on)]
        for province in (None, *places):
            yield from _of_group(group, province, on, law)


def _of_group(
    group: Group, province: str | None, on: date, law: Law
) -> Iterator[tuple[tuple[Amount, Whose], int]]:
    helped, whose = Entitlement(group, province), Whose(group, province)
    try:
        central, local = offered(helped, on=on, law=law)
        paid = monthly(_floor(on, law), helped, supported=True, on=on, law=law)
    except NoValueYet:
        return
    if province is None:
        yield (Amount.CENTRAL_SUPPORT, whose), central
    else:
        yield (Amount.LOCAL_SUPPORT, whose), local
    yield (Amount.PAYS_AT_LEAST, whose), paid.to_pay


def _floor(on: date, law: Law) -> int:
    return dong(minimum_income(on=on, law=law).value)


def _gross(income: int, on: date, law: Law) -> int:
    return monthly(income, Entitlement(Group.OTHER), supported=False, on=on, law=law).gross


def _funeral(on: date, law: Law) -> int:
    paid = funeral(0, 0, pensioner=True, on=on, law=law)
    return paid.amount if paid else 0


def _number(key: str, on: date, law: Law) -> int:
    return int(law.number(key).on(on).value)


def _survivor(on: date, law: Law) -> int:
    return survivor_pension((False,), 0, work_accident=True, on=on, law=law).amount


_EVERYBODY: dict[Amount, Callable[[date, Law], int]] = {
    Amount.LOWEST_INCOME: _floor,
    Amount.HIGHEST_INCOME: lambda on, law: maximum_income(on=on, law=law),
    Amount.LOWEST_CONTRIBUTION: lambda on, law: _gross(_floor(on, law), on, law),
    Amount.HIGHEST_CONTRIBUTION: lambda on, law: _gross(maximum_income(on=on, law=law), on, law),
    Amount.OWNER_PAYS: lambda on, law: owner_cost(on=on, law=law).total,
    Amount.PART_TIME_WAGE: lambda on, law: owner_cost(on=on, law=law).base,
    Amount.FUNERAL: _funeral,
    Amount.SURVIVOR: _survivor,
    Amount.PENSION_FLOOR: lambda on, law: _number("reference_level", on, law),
    Amount.HEALTH_CARD: lambda on, law: household_cards((1,), on=on, law=law).total,
    Amount.MENS_AGE: lambda on, law: _number("retirement_age_male", on, law),
    Amount.WOMENS_AGE: lambda on, law: _number("retirement_age_female", on, law),
}
