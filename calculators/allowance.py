"""The monthly allowance of who reached retirement age with too few years. Law 41/2024/QH15 art. 23."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from calculators.errors import LawError
from calculators.law import Law
from calculators.money import dong
from calculators.pension import years_counted
from calculators.trail import Line, Traced, What, line, product


class NoAllowance(LawError):
    """The allowance is for who paid a year or more, and too little for a pension."""


@dataclass(frozen=True, slots=True)
class Allowance(Traced):
    """An allowance (VND a month) and how long it lasts.

    `earned_months` is what the years pay for; `months` how long it is drawn, no longer than until the social
    pension. `to_pay` (VND) may be paid at once to draw it until then; 0 where it lasts anyway. `lasts` tells
    that.
    """

    earned_months: int
    months: int
    amount: int
    lasts: bool
    to_pay: int
    trail: tuple[Line, ...]


def allowance(months_paid: int, average: Fraction, months_to_social: int, *, on: date, law: Law) -> Allowance:
    """Return the allowance for months paid on an average income (VND a month).

    `months_to_social` counts from the month it is asked for to the age of the social pension. Two averages a
    year pay for so many social pensions, part of a month is one; what lasts longer is paid in the time as
    more a month: Decree 159/2025/NĐ-CP art. 14.3-8. Raises NoAllowance, NoValueYet before 1/7/2025.
    """
    factor, least = law.number("allowance_factor").on(on), law.number("allowance_months_min").on(on)
    social, enough = law.number("social_pension_amount").on(on), law.number("pension_months_min").on(on)
    if not least.value <= months_paid < enough.value:
        raise NoAllowance(f"{months_paid} months; it is for {least.value} to under {enough.value}")
    if months_to_social < 1:
        raise NoAllowance("the age of the social pension is reached; there is no time to draw it in")
    years = years_counted(months_paid, on=on, law=law)
    earned = -(-(average * Fraction(factor.value * years)) // Fraction(social.value))
    extra = max(0, earned - months_to_social)
    amount = dong(Fraction(social.value) + Fraction(extra) * Fraction(social.value) / months_to_social)
    missing = max(0, months_to_social - earned)
    to_pay = dong(missing * social.value)
    basis = (factor, social)
    lines = (
        line(
            What.ALLOWANCE_MONTHS, earned, "months", *basis, law.number("odd_months_half_max").on(on), on=on
        ),
        line(What.ALLOWANCE, amount, "VND", *basis, on=on),
        line(What.ALLOWANCE_TO_PAY, to_pay, "VND", *basis, on=on, how=product(missing, social.value)),
    )
    return Allowance(earned, min(earned, months_to_social), amount, missing == 0, to_pay, lines)
