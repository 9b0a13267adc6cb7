"""What holds for every quote, whoever asks."""

import itertools
import json
import random
from datetime import date

from calculators.months import Month, PartialDate
from calculators.quote import BadRequest, Group, Method, Past, Quote, QuoteRequest, Scenario, Sex, quote

DAYS = [date(2025, 7, 1), date(2026, 6, 30), date(2026, 11, 23), date(2026, 12, 31), date(2027, 1, 1)]


def _anybody(chance):
    """Draw a request from the whole domain; a refusal is a fair answer to it."""
    voluntary = chance.choice([0, 0, 60, 119, 120, 130, 300])
    return QuoteRequest(
        on=chance.choice(DAYS),
        sex=chance.choice(list(Sex)),
        born=PartialDate(chance.randrange(1930, 2010), chance.choice([None, *range(1, 13)])),
        group=chance.choice(list(Group)),
        method=chance.choice(list(Method)),
        province=chance.choice([None, "01", "20", "22", "56"]),
        budget=chance.choice([0, 165_000, 250_000, 500_000, 3_000_000]),
        past=Past(voluntary, chance.choice([0, 12, 181]), min(voluntary, chance.choice([0, 60, 120]))),
        until=chance.choice(["retirement", "retirement", Month(2035, 6), Month(2060, 1)]),
    )


def _has_float(value):
    if isinstance(value, dict):
        return any(_has_float(item) for item in value.values())
    if isinstance(value, list):
        return any(_has_float(item) for item in value)
    return isinstance(value, float)


def test_over_the_whole_domain_parts_add_up_and_nothing_is_a_float(law):
    chance = random.Random(41_2024)
    answered, refusals = 0, set()
    for _ in range(600):
        request = _anybody(chance)
        try:
            found = quote(request, law)
        except BadRequest as refused:
            refusals.add(refused.code)
            continue
        answered += 1
        _holds_together(found)
    assert answered > 300
    assert refusals == {"budget_too_small"}


def _holds_together(found: Quote):
    for scenario, plan in found.plans.items():
        sums = found.totals[scenario]
        assert sums.gross == sums.central + sums.local + sums.to_pay
        assert sums.gross == sum(part.per_month.gross * part.months for part in plan.stretches)
        assert plan.supported_months + found.request.past.supported_months <= max(
            120, found.request.past.supported_months
        )
        for before, after in itertools.pairwise(plan.stretches):
            assert before.first.plus(before.months) == after.first
    if found.pension.amounts:
        assert found.pension.amounts[Scenario.WITH_POVERTY_LINE] >= 0
        assert found.pension.gap is None
    assert (found.pension.starts is None) == (found.pension.gap is not None)
    assert all(line.because for line in found.trail)
    as_json = found.as_json()
    assert not _has_float(as_json)
    assert QuoteRequest.parse(as_json["request"]) == found.request
    assert json.loads(json.dumps(as_json)) == as_json
