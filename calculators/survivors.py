"""What is paid when an insured person or a pensioner dies. Law 41/2024/QH15 art. 109-110."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from calculators.errors import LawError
from calculators.law import Law
from calculators.lump_sum import Served, times_average
from calculators.money import dong
from calculators.trail import Source, Trust, weakest


class DeathPaidUnknown(LawError):
    """Under five years of months the sum that was paid decides, and it was not given."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A sum (VND) with the texts it rests on. `times` counts average incomes or months of pension.

    `times` is None where the sum that was paid decides.
    """

    times: Decimal | None
    amount: int
    because: tuple[Source, ...]
    trust: Trust


def funeral(
    voluntary_months: int, compulsory_months: int, *, pensioner: bool = False, on: date, law: Law
) -> Payment | None:
    """Return what a funeral is paid with (VND), ten reference levels; None where nobody is entitled.

    A pensioner, 60 months in all, or 12 compulsory months: Law 41/2024/QH15 art. 109, Decree
    159/2025/NĐ-CP art. 12. Raises NoValueYet.
    """
    keys = ("funeral_factor", "funeral_months_min", "funeral_compulsory_months_min", "reference_level")
    rows = [law.number(key).on(on) for key in keys]
    factor, months, compulsory, level = (row.value for row in rows)
    if not pensioner and voluntary_months + compulsory_months < months and compulsory_months < compulsory:
        return None
    sources = tuple(dict.fromkeys(row.source for row in rows))
    return Payment(factor, dong(factor * level), sources, weakest(row.trust for row in rows))


def insured_death(
    served: Served, average: Fraction, *, mixed: bool = False, on: date, law: Law, paid: int | None = None
) -> Payment:
    """Return what the family of an insured person is paid once (VND) for an average income (VND a month).

    1.5 average incomes for each year before 2014 and 2 from then; under 60 months the sum that was `paid`;
    with compulsory months too (`mixed`) at least 3: Law 41/2024/QH15 art. 110, Decree 159/2025/NĐ-CP art. 12.
    Raises DeathPaidUnknown, NoValueYet.
    """
    keys = ("lump_before_2014", "lump_from_2014", "death_months_min", "death_mixed_min")
    rows = {key: law.number(key).on(on) for key in keys}
    sources = tuple(dict.fromkeys(row.source for row in rows.values()))
    trust = weakest(row.trust for row in rows.values())
    least = dong(average * Fraction(rows["death_mixed_min"].value)) if mixed else 0
    if served.months < rows["death_months_min"].value:
        if paid is None:
            raise DeathPaidUnknown("under five years what was paid decides; give `paid`, VND")
        return Payment(None, max(paid, least), sources, trust)
    times = times_average(served, on=on, law=law)
    return Payment(times, max(dong(average * Fraction(times)), least), sources, trust)


def pensioner_death(months_drawn: int, pension: int, *, on: date, law: Law) -> Payment:
    """Return what the family of a pensioner is paid once (VND) for a pension (VND a month).

    48 pensions when death comes in the first two months, half a pension less for each month after them, at
    least 3: Law 41/2024/QH15 art. 110.2. Raises NoValueYet.
    """
    keys = (
        "pensioner_death_full",
        "pensioner_death_full_months",
        "pensioner_death_step",
        "pensioner_death_min",
    )
    rows = [law.number(key).on(on) for key in keys]
    full, months, step, least = (row.value for row in rows)
    times = max(least, full - max(Decimal(0), months_drawn - months) * step)
    sources = tuple(dict.fromkeys(row.source for row in rows))
    return Payment(times, dong(times * pension), sources, weakest(row.trust for row in rows))
