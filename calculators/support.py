"""What the State and the province add to a month, whatever income is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from calculators.dated import Dated
from calculators.law import Law
from calculators.vocabulary import Group

__all__ = ["Entitlement", "Group", "base", "best", "central", "central_key", "local", "months_left"]


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Who helps a person pay: her group, her province (two digits or unknown), the months already used."""

    group: Group
    province: str | None = None
    used: int = 0


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

    Decree 159/2025/NĐ-CP art. 5; Decree 134/2015/NĐ-CP art. 14 before it. Raises NoValueYet before 2018.
    """
    return law.number(central_key(group)).on(on).value * base(on=on, law=law)


def local(group: Group, province: str | None, *, on: date, law: Law) -> Dated[Decimal] | None:
    """Return the rate (of `base`) that a province adds for `group`; None when no rate is known well enough.

    Law 41/2024/QH15 art. 6. None is not zero: the province may add, an officer has to confirm. Raises
    UnknownProvince.
    """
    return law.province(province).rate(group, on) if province is not None else None


def best(groups: Iterable[Group], *, on: date, law: Law) -> Group:
    """Return the group that a person of several is supported in: the one with the highest rate.

    Decree 159/2025/NĐ-CP art. 5: rates never add up. Somebody of no group is OTHER.
    """
    return max(groups, key=lambda group: law.number(central_key(group)).on(on).value, default=Group.OTHER)


def months_left(used: int, *, on: date, law: Law) -> int:
    """Return how many more months the State supports after `used` supported months.

    Decree 159/2025/NĐ-CP art. 5: 120 months of actual participation, once in a life.
    """
    return max(0, int(law.number("central_support_months").on(on).value) - used)
