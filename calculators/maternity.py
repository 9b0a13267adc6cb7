"""The grant for a birth in the voluntary scheme. Law 41/2024/QH15 art. 94-97."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from calculators.law import Law
from calculators.money import dong
from calculators.months import Month
from calculators.trail import Line, Traced, What, line, product


class Granted(StrEnum):
    """Whether the months entitle: `birth_month_decides` where the month of birth itself would tip it."""

    YES = "yes"
    NO = "no"
    BIRTH_MONTH_DECIDES = "birth_month_decides"
    COMPULSORY_INSTEAD = "compulsory_instead"


@dataclass(frozen=True, slots=True)
class Maternity(Traced):
    """What is granted (VND) for all children together, the months counted for it, and the last day to ask."""

    granted: Granted
    months: int
    amount: int
    file_by: date
    trail: tuple[Line, ...]


def maternity(
    born: date, paid: Collection[Month], *, children: int = 1, compulsory: bool = False, law: Law
) -> Maternity:
    """Return what a birth on `born` is granted (VND) to who paid for the months `paid`, in either scheme.

    2,000,000 for each child, and each fetus of 22 weeks that dies; 6 months within the 12 before the birth,
    to one parent: Law 41/2024/QH15 art. 94-95. Who is entitled in the compulsory scheme too (`compulsory`) is
    paid there alone, art. 94.5. Whether the month of birth counts stands in no text that was read: where it
    would tip the scale, nothing is promised. Raises NoValueYet for a birth before 1/7/2025.
    """
    grant, needed, within = (
        law.number(key).on(born)
        for key in ("maternity_grant", "maternity_months_min", "maternity_within_months")
    )
    month = Month.of(born)
    window = {month.plus(-back) for back in range(1, int(within.value) + 1)}
    before = len(window & set(paid))
    # when the month of birth counts, the window is that month and the eleven before it
    shifted = len({month.plus(-back) for back in range(int(within.value))} & set(paid))
    granted = _granted(before >= needed.value, shifted >= needed.value, compulsory=compulsory)
    amount = dong(grant.value * children) if granted is Granted.YES else 0
    how = product(children, grant.value) if amount else ()
    lines = (
        line(What.MONTHS_COUNTED, before, "months", needed, within, on=born),
        line(What.MATERNITY_GRANT, amount, "VND", grant, on=born, how=how),
    )
    file_by = born + timedelta(days=int(law.number("maternity_claim_days").on(born).value))
    return Maternity(granted, before, amount, file_by, lines)


def _granted(before: bool, shifted: bool, *, compulsory: bool) -> Granted:  # noqa: FBT001
    if compulsory:
        return Granted.COMPULSORY_INSTEAD
    if before and shifted:
        return Granted.YES
    return Granted.BIRTH_MONTH_DECIDES if before or shifted else Granted.NO
