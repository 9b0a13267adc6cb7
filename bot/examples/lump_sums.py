"""Topics of insurance taken out at once."""

from __future__ import annotations

from collections.abc import Mapping

from bot.examples.given import Given, exact
from calculators.lump_sum import LumpCase, lump_sum
from calculators.money import dong

Outputs = Mapping[str, object]


def _lump_sum(given: Given) -> Outputs:
    served = given.served()
    average = given.number("average_income", "average", "Mbq", default=0)
    # who paid so many months on this income paid the rate of it each month
    paid = dong(served.months * average * given.law.number("contribution_rate").on(given.on).value)
    made = lump_sum(served, exact(average), LumpCase.STOPPED_PAYING, on=given.on, law=given.law, paid=paid)
    return {
        "months": made.times,
        "months_of_average": made.times,
        "years_before": made.years_before_2014,
        "years_after": made.years_from_2014,
        "amount": made.amount,
    }


TOPICS = {
    "lump_sum": _lump_sum,
}
