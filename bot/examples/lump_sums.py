"""Topics of sums paid once: insurance taken out, and settling abroad."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.examples.averages import lump_sum_of
from bot.examples.given import Given, Unread, exact
from bot.examples.pensions import AVERAGE
from calculators.emigration import allowance_emigrates, pensioner_emigrates
from calculators.lump_sum import LumpCase, lump_sum
from calculators.money import dong

Outputs = Mapping[str, object]

_CASES = {
    **{case.value: case for case in LumpCase},
    **dict(zip(("a", "b", "c", "d", "dd"), LumpCase, strict=True)),
    "đ": LumpCase.STOPPED_PAYING,
}


def _lump_sum(given: Given) -> Outputs:
    """What the months are worth; the sum paid, where it is not given, is the rate of the average a month."""
    if given.has("segments", "incomes"):
        return lump_sum_of(given)
    served, case = given.served(), str(given.take("case")) if given.has("case") else "stopped_paying"
    if case not in _CASES:
        raise Unread(f"'case' is {case[:20]!r}; write one of {', '.join(_CASES)}")
    average, on = given.number(*AVERAGE, default=0), given.on
    rate = given.law.number("contribution_rate").on(on).value
    paid = given.whole("paid", "paid_total", default=dong(served.months * average * rate))
    supported = given.whole("supported", "state_support", "support_total", default=0)
    made = lump_sum(
        served, exact(average), _CASES[case], on=on, law=given.law, paid=paid, supported=supported
    )
    return {
        "months": made.times, "months_of_average": made.times, "times": made.times,
        "years_before": made.years_before_2014, "years_after": made.years_from_2014,
        "before_2014": made.before_2014, "from_2014": made.from_2014,
        "gross": made.gross, "returned": made.returned, "amount": made.amount,
    }  # fmt: skip


def _settled_on(given: Given) -> Outputs:
    """The day a lump sum is settled: that of the decision, not of the request."""
    decision: date = given.partial("decision").counted
    level = given.law.number("reference_level").on(decision).value
    return {"base_salary_at": str(decision), "coefficients_of": decision.year, "base_salary": level}


def _emigrates(given: Given) -> Outputs:
    drawn = given.count("months_drawn", default=int(given.number("years_drawn", default=0) * 12))
    pension = given.whole("pension", default=0)
    found = pensioner_emigrates(given.served(), drawn, pension, on=given.on, law=given.law)
    return {"months": found.times, "months_of_pension": found.times, "amount": found.amount}


def _allowance(given: Given) -> Outputs:
    found = allowance_emigrates(given.whole("allowance"), on=given.on, law=given.law)
    return {"months": found.times, "amount": found.amount}


TOPICS = {
    "lump_sum": _lump_sum,
    "lump_sum_date": _settled_on,
    "pensioner_emigrates": _emigrates,
    "emigrating_pensioner": _emigrates,
    "allowance_emigrates": _allowance,
}
