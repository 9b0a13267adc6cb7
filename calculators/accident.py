"""Voluntary insurance against accidents at work. Decree 143/2024/NĐ-CP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from calculators.law import Law
from calculators.money import dong
from calculators.survivors import Payment
from calculators.trail import Line, Traced, What, line, product, share


class Cycle(StrEnum):
    """How long one premium is for."""

    HALF_YEAR = "half_year"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Premium(Traced):
    """What one cycle costs (VND)."""

    cycle: Cycle
    amount: int
    trail: tuple[Line, ...]


def accident_premium(cycle: Cycle, *, on: date, law: Law) -> Premium:
    """Return what insurance against accidents costs for a cycle (VND): a share of the wage of region IV.

    6% for half a year, 12% for a year, of the monthly minimum wage: Decree 143/2024/NĐ-CP art. 11. For who is
    15 or older and works without a contract. Raises NoValueYet before 2025.
    """
    rate, wage = law.number(f"accident_share_{cycle}").on(on), law.number("region_four_wage").on(on)
    amount, how = dong(rate.value * wage.value), share(rate.value, wage.value)
    return Premium(cycle, amount, (line(What.ACCIDENT_PREMIUM, amount, "VND", rate, wage, on=on, how=how),))


def accident_death(*, on: date, law: Law) -> Payment:
    """Return what a family is paid once after a deadly accident (VND): 31.5 wages of region IV.

    Decree 143/2024/NĐ-CP. What a loss of working capacity is paid with, from 5% on, stands in no text that
    was read. Raises NoValueYet before 2025.
    """
    factor, wage = law.number("accident_death_factor").on(on), law.number("region_four_wage").on(on)
    amount = dong(factor.value * wage.value)
    how = product(factor.value, wage.value)
    found = line(What.DEATH_PAYMENT, amount, "VND", factor, wage, on=on, how=how)
    return Payment(factor.value, amount, (found,))
