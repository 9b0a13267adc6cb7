"""What a family is asked to know: a death, settling abroad, a birth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from calculators.emigration import allowance_emigrates, pensioner_emigrates
from calculators.fields import Count, Money
from calculators.history import Insured, Served
from calculators.law import Law
from calculators.maternity import Maternity, maternity
from calculators.months import Month
from calculators.plain import AtMost, Between
from calculators.survivors import (
    NoSurvivorPension,
    Payment,
    SurvivorPension,
    allowance_death,
    family_payment,
    funeral,
    pensioner_death,
    survivor_pension,
)
from calculators.trail import Line, Traced

Children = Annotated[int, Between(1, 10)]


@dataclass(frozen=True, slots=True)
class DeathRequest:
    """Somebody who died on a day: what she paid for, and what she drew if she was on a pension.

    `pension` (VND a month) and `months_drawn` are for a pensioner, `allowance` (VND a month) and
    `allowance_months_left` for who drew the allowance of art. 23; without them she was insured. `survivors`
    has one entry for each who may be paid each month: true where nobody looks after him.
    """

    on: date
    insured: Insured
    pension: Money | None = None
    months_drawn: Count = 0
    allowance: Money | None = None
    allowance_months_left: Count = 0
    survivors: Annotated[tuple[bool, ...], AtMost(10)] = ()
    work_accident: bool = False


@dataclass(frozen=True, slots=True)
class DeathAnswer(Traced):
    """What is paid: for the funeral (None where nobody is entitled), and the family once or each month.

    Where `monthly` stands, the family draws it or, if it asks so, the sum `once` instead. `file_by` is the
    last day to hand papers in, None before 1/7/2025: the days of the law before were not read.
    """

    funeral: Payment | None
    once: Payment
    monthly: SurvivorPension | None
    file_by: date | None
    trail: tuple[Line, ...]


def death_of(request: DeathRequest, law: Law) -> DeathAnswer:
    """Return what a death is paid with: the funeral, the family once, or survivors each month.

    Law 41/2024/QH15 art. 109-111, Decree 159/2025/NĐ-CP art. 12; Law 58/2014/QH13 art. 71, 80-81 before it.
    Raises NothingPaid, NoValueYet.
    """
    on, insured = request.on, request.insured.until(request.on)
    pensioner = request.pension is not None
    buried = funeral(insured.voluntary_months, insured.compulsory_months, pensioner=pensioner, on=on, law=law)
    once = _once(request, law)
    monthly = _monthly(request, law)
    parts = [each.trail for each in (buried, once, monthly) if each is not None]
    days = law.number("death_claim_days")
    file_by = on + timedelta(days=int(days.on(on).value)) if days.known_on(on) else None
    return DeathAnswer(buried, once, monthly, file_by, tuple(line for part in parts for line in part))


def _once(request: DeathRequest, law: Law) -> Payment:
    """Return what the family is paid once: of a pension, of an allowance, or of the months paid."""
    on, insured = request.on, request.insured
    if request.pension is not None:
        compulsory = bool(insured.compulsory_months)
        return pensioner_death(request.months_drawn, request.pension, compulsory=compulsory, on=on, law=law)
    if request.allowance is not None:
        return allowance_death(request.allowance_months_left, request.allowance, on=on, law=law)
    return family_payment(insured, on=on, law=law)


def _monthly(request: DeathRequest, law: Law) -> SurvivorPension | None:
    """Return what survivors draw each month, None where there are none or the months do not reach."""
    if not request.survivors:
        return None
    months = request.insured.compulsory_months
    try:
        return survivor_pension(
            request.survivors, months, work_accident=request.work_accident, on=request.on, law=law
        )
    except NoSurvivorPension:
        return None


@dataclass(frozen=True, slots=True)
class EmigrationRequest:
    """Somebody who settles abroad while drawing a pension, or another monthly allowance (VND a month)."""

    on: date
    drawn: Money
    months_before_2014: Count = 0
    months_from_2014: Count = 0
    months_drawn: Count = 0
    is_pension: bool = True


def emigration_of(request: EmigrationRequest, law: Law) -> Payment:
    """Return what is paid once to who settles abroad.

    Law 41/2024/QH15 art. 115.1; Law 58/2014/QH13 art. 65. Raises NoValueYet.
    """
    if not request.is_pension:
        return allowance_emigrates(request.drawn, on=request.on, law=law)
    served = Served(request.months_before_2014, request.months_from_2014)
    return pensioner_emigrates(served, request.months_drawn, request.drawn, on=request.on, law=law)


@dataclass(frozen=True, slots=True)
class MaternityRequest:
    """A birth on a day, the months paid in either scheme, and how many children or fetuses of 22 weeks."""

    born: date
    paid: Annotated[tuple[Month, ...], AtMost(60)]
    children: Children = 1
    compulsory: bool = False


def maternity_of(request: MaternityRequest, law: Law) -> Maternity:
    """Return the grant for a birth.

    Law 41/2024/QH15 art. 94-95. Raises NoValueYet for a birth before 1/7/2025.
    """
    return maternity(
        request.born,
        request.paid,
        children=request.children,
        compulsory=request.compulsory,
        law=law,
    )
