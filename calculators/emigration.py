"""What is paid once to a pensioner who settles abroad. Law 41/2024/QH15 art. 115."""

from __future__ import annotations

from datetime import date

from calculators.history import Served
from calculators.law import Law
from calculators.lump_sum import lump_years
from calculators.money import dong
from calculators.survivors import Payment
from calculators.trail import Op, Term, What, line, product, weighed


def pensioner_emigrates(served: Served, months_drawn: int, pension: int, *, on: date, law: Law) -> Payment:
    """Return what a pensioner who settles abroad is paid once (VND) for a pension (VND a month).

    1.5 pensions for each year paid before 2014 and 2 from then, half a pension less for each month drawn, at
    least 3: Law 41/2024/QH15 art. 115.1.a; Law 58/2014/QH13 art. 65.2, 77.5. Odd months count as for a lump
    sum: the article does not say. Raises NoValueYet.
    """
    keys = ("emigration_before_2014", "emigration_from_2014", "emigration_step", "emigration_min")
    rows = [law.number(key).on(on) for key in keys]
    early, late, step, least = (row.value for row in rows)
    before, after = lump_years(served, on=on, law=law)
    times = max(before * early + after * late - months_drawn * step, least)
    amount = dong(times * pension)
    drawn = Term(months_drawn, "factor", Op.MINUS), Term(step, "factor", Op.TIMES)
    how = (*weighed((before, early), (after, late)), *drawn) if times > least else ()
    lines = (
        line(What.TIMES, times, "times", *rows, on=on, how=how),
        line(What.EMIGRATION_PAYMENT, amount, "VND", *rows, on=on, how=product(times, pension)),
    )
    return Payment(times, amount, lines)


def allowance_emigrates(allowance: int, *, on: date, law: Law) -> Payment:
    """Return what who draws a monthly allowance (VND) is paid once on settling abroad (VND): 3 of them.

    Law 41/2024/QH15 art. 115.1.b; Law 58/2014/QH13 art. 65.3. Raises NoValueYet.
    """
    factor = law.number("emigration_allowance").on(on)
    amount = dong(factor.value * allowance)
    how = product(factor.value, allowance)
    lines = (line(What.EMIGRATION_PAYMENT, amount, "VND", factor, on=on, how=how),)
    return Payment(factor.value, amount, lines)
