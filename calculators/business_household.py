"""Owners of registered household businesses: compulsory or not, and what compulsory costs at least."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from calculators.errors import LawError
from calculators.law import Law
from calculators.money import dong
from calculators.standing import Compulsory, Doubt, Leaning, OfficeMustConfirm
from calculators.texts import DECREE_141_2026, DECREE_158, LAW_2024
from calculators.trail import Line, Op, Term, What, line, share

ARTICLE = "2.1.m"
_OWNER = (LAW_2024(ARTICLE), DECREE_158("3.2"))


class HouseholdTax(StrEnum):
    """How a registered household deals with the tax office."""

    DECLARES = "declares"
    NOTICE_ONLY = "notice_only"
    UNKNOWN = "unknown"


class OutsideBase(LawError):
    """A base that an owner may not choose on that day."""


@dataclass(frozen=True, slots=True)
class OwnerCost:
    """What a compulsory owner pays each month (VND), and the base it is counted on."""

    base: int
    social: int
    health: int
    total: int
    lines: tuple[Line, ...]


def owner(
    tax: HouseholdTax, revenue: int | None, *, on: date, law: Law
) -> Compulsory | OfficeMustConfirm | None:
    """Say what a registered household business makes of its owner; None leaves her free to join.

    Law 41/2024/QH15 art. 2.1.m; Decree 158/2025/NĐ-CP art. 3.2: owners who pay tax by declaration since
    1/7/2025, all others from 1/7/2029. Since 2026 every household declares or sends a notice, and up to
    1 billion of yearly `revenue` (VND; None where it is not known) none pays tax: Decree 141/2026/NĐ-CP.
    Whether those count as declaring stands in no text that was read, so the office has to say. Raises
    NoValueYet before 1/7/2025.
    """
    declares = tax is HouseholdTax.DECLARES
    if _flag(law, "owner_compulsory_registered", on) or (
        declares and revenue is None and _flag(law, "owner_compulsory_declaring", on)
    ):
        return Compulsory(ARTICLE, _OWNER)
    untaxed = law.number("household_untaxed_revenue")
    if not untaxed.known_on(on):
        # a household either declared or paid a lump sum then, and a lump sum was plainly no declaration
        return Compulsory(ARTICLE, _OWNER) if declares else None
    if revenue is not None and revenue > untaxed.on(on).value:
        return Compulsory(ARTICLE, _OWNER)
    leaning = Leaning.COMPULSORY if declares else Leaning.OPEN
    return OfficeMustConfirm(Doubt.HOUSEHOLD_TAX, leaning, (*_OWNER, DECREE_141_2026("1")))


def owner_cost(base: int | None = None, *, on: date, law: Law) -> OwnerCost:
    """Return what a compulsory owner pays a month (VND) on a base she chooses; on the least one without it.

    25% and 4.5% for health, of one to twenty reference levels: Law 41/2024/QH15 art. 31.1.d, 33.4. Raises
    OutsideBase, NoValueYet before 1/7/2025.
    """
    level, times = law.number("reference_level").on(on), law.number("owner_base_factor_min").on(on)
    least, most = (
        dong(level.value * times.value),
        dong(level.value * law.number("owner_base_factor_max").on(on).value),
    )
    base = least if base is None else base
    if not least <= base <= most:
        raise OutsideBase(f"{base:,} is no base on {on}; choose {least:,} to {most:,} VND")
    social_rate, health_rate = law.number("owner_social_rate").on(on), law.number("owner_health_rate").on(on)
    social, health = dong(base * social_rate.value), dong(base * health_rate.value)
    of_level = (Term(times.value, "factor"), Term(level.value, "VND", Op.TIMES))
    lines = (
        line(What.OWNER_BASE, base, "VND", times, level, on=on, how=of_level if base == least else ()),
        line(What.OWNER_SOCIAL, social, "VND", social_rate, on=on, how=share(social_rate.value, base)),
        line(What.OWNER_HEALTH, health, "VND", health_rate, on=on, how=share(health_rate.value, base)),
    )
    return OwnerCost(base, social, health, social + health, lines)


def _flag(law: Law, key: str, on: date) -> bool:
    return bool(law.number(key).on(on).value)
