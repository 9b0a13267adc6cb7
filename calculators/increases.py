"""What a pension in payment has become: every increase since it started. Law 41/2024/QH15 art. 67."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from calculators.dated import Dated
from calculators.errors import NoValueYet
from calculators.fields import Money
from calculators.law import Law
from calculators.money import dong
from calculators.regime import Regime, regime
from calculators.texts import LAW_2014, LAW_2024
from calculators.trail import Line, Traced, What, line, product


@dataclass(frozen=True, slots=True)
class DrawnCase:
    """A pension or an allowance by art. 23 (VND a month) as it was on `since`, asked for on `on`.

    `since` is its first day, or any later day whose amount is known: earlier increases are in it then;
    `first_drawn` is the day it began where that is earlier.
    """

    amount: Money
    since: date
    on: date
    first_drawn: date | None = None
    retired_before_1995: bool = False


@dataclass(frozen=True, slots=True)
class Increased(Traced):
    """The amount (VND a month), and one line for it and each increase on the way."""

    amount: int
    trail: tuple[Line, ...]


def increased(case: DrawnCase, law: Law) -> Increased:
    """Return what a pension has become by `on`: each increase on the whole đồng paid before it.

    Decree 162/2026/NĐ-CP art. 2 and those before it reach who drew before their day; the amount after one is
    the base of the next. Raises NoValueYet for who retired before 1995 and an increase before 2026: the least
    amounts of those decrees were not read.
    """
    basis = LAW_2024("67") if regime(case.since) is Regime.LAW_2024 else LAW_2014("57")
    lines, amount = [line(What.PENSION, case.amount, "VND", basis, on=case.since)], case.amount
    for row in law.number("pension_increase").rows:
        if case.since < row.since <= case.on:
            raised, before = _row(row, case, law), amount
            amount = dong(amount * raised.value)
            if case.retired_before_1995:
                amount = _before_1995(amount, row.since, law)
            how = product(raised.value, before) if not case.retired_before_1995 else ()
            lines.append(line(What.PENSION_INCREASED, amount, "VND", raised, on=row.since, how=how))
    return Increased(amount, tuple(lines))


def _row(row: Dated[Decimal], case: DrawnCase, law: Law) -> Dated[Decimal]:
    """Return the increase of a day: Decree 42/2023/NĐ-CP gave more to who was not raised in January 2022."""
    other = law.number("pension_increase_not_raised_2022").rows[0]
    missed = [each for each in law.number("pension_increase").rows if each.since.year == other.since.year - 1]
    drawn = case.first_drawn or case.since
    return other if row.since == other.since and missed and drawn >= missed[0].since else row


def _before_1995(amount: int, on: date, law: Law) -> int:
    """Return the amount after an increase, raised to what who retired before 1995 gets at least.

    Decree 162/2026/NĐ-CP art. 2: up to 3,500,000 after the increase 300,000 is added, from there 3,800,000.
    """
    keys = ("low", "added", "least")
    if not law.number("pension_before_1995_low").known_on(on):
        raise NoValueYet(f"what who retired before 1995 gets at least on {on} was not read; begin at 6/2026")
    low, added, least = (int(law.number(f"pension_before_1995_{key}").on(on).value) for key in keys)
    return amount + added if amount <= low else max(amount, least)
