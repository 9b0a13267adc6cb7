"""What the State and the province add to a month, whatever income is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from calculators.dated import Dated
from calculators.law import Law
from calculators.vocabulary import Group

__all__ = [
    "Entitlement", "Group", "base", "best", "central", "central_key", "local", "local_goes_on", "local_rates",
    "months_left",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Who helps a person pay: her group, her province (two digits or unknown), the months already used.

    `territory` names a part of the province with a resolution of its own; `sponsors` give so much a month
    (VND) besides, supported month or not. `also` are her other groups: a province may rank them otherwise.
    """

    group: Group
    province: str | None = None
    used: int = 0
    territory: str | None = None
    sponsors: int = 0
    also: tuple[Group, ...] = ()

    @property
    def groups(self) -> tuple[Group, ...]:
        """All her groups, the one the State counts first."""
        return (self.group, *self.also)


def central_key(group: Group) -> str:
    """Return the name of the parameter that holds the central rate of `group`."""
    return f"central_support_{group}"


def base(*, on: date, law: Law) -> Decimal:
    """Return the contribution at the rural poverty line (VND a month): every support is a share of it.

    Decree 159/2025/NĐ-CP art. 9.2. Raises NoValueYet.
    """
    return law.number("contribution_rate").on(on).value * law.number("rural_poverty_line").on(on).value


def central(group: Group, *, on: date, law: Law) -> Decimal:
    """Return what the State adds to one supported month of `group` (VND).

    Decree 159/2025/NĐ-CP art. 5; Decree 134/2015/NĐ-CP art. 14 before it, nothing before 2018. Raises
    NoValueYet before 2016.
    """
    return law.number(central_key(group)).on(on).value * base(on=on, law=law)


def local(group: Group, province: str | None, *, on: date, law: Law) -> Dated[Decimal] | None:
    """Return the rate (of `base`) that a province adds for `group`; None when no rate is known well enough.

    Law 41/2024/QH15 art. 6. None is not zero: the province may add, an officer has to confirm. Raises
    UnknownProvince.
    """
    return law.province(province).rate(group, on) if province is not None else None


def local_rates(helped: Entitlement, *, on: date, law: Law) -> tuple[Dated[Decimal], ...]:
    """Return the rates (of `base`) that the province and, on top of it, the territory add; none: not known.

    Of several groups the highest rate of each counts. Law 41/2024/QH15 art. 6. Raises UnknownProvince,
    UnknownTerritory.
    """
    if helped.province is None:
        return ()
    province = law.province(helped.province)
    places = (None,) if helped.territory is None else (None, helped.territory)
    rates = ([province.rate(group, on, place) for group in helped.groups] for place in places)
    known = ([rate for rate in each if rate is not None] for each in rates)
    return tuple(max(each, key=lambda rate: rate.value) for each in known if each)


def local_goes_on(*, on: date, law: Law) -> bool:
    """Tell whether a province is counted on after the State's months are used up: no text was read on it.

    Raises NoValueYet before 2016.
    """
    return bool(law.number("local_support_after_central").on(on).value)


def best(groups: Iterable[Group], *, on: date, law: Law) -> Group:
    """Return the group that a person of several is supported in: the one with the highest rate.

    Decree 159/2025/NĐ-CP art. 5: rates never add up. Somebody of no group is OTHER. Raises NoValueYet before
    2016.
    """
    return max(groups, key=lambda group: law.number(central_key(group)).on(on).value, default=Group.OTHER)


def months_left(used: int, *, on: date, law: Law) -> int:
    """Return how many more months the State supports after `used` supported months.

    Decree 159/2025/NĐ-CP art. 5: 120 months of actual participation, once in a life; none before 2018.
    Raises NoValueYet before 2016.
    """
    return max(0, int(law.number("central_support_months").on(on).value) - used)
