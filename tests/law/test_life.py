"""What holds for every life of contributions, whoever lives it."""

import itertools
import random
from datetime import date

from calculators import plain
from calculators.errors import BadRequest
from calculators.life_plan import life_plan
from calculators.life_request import LifeRequest
from calculators.months import Month
from calculators.quote import QuoteRequest, quote
from calculators.registry import find

TODAY = date(2026, 11, 23)
GROUPS = ["poor", "island", "near_poor", "ethnic_minority", "other"]


def anybody(chance):
    """Draw a request without steps that a quote can be asked as well."""
    choice = {"income": 1_500_000 + 50_000 * chance.randrange(0, 300)}
    if chance.random() < 0.3:
        choice = {"budget": chance.randrange(264_000, 3_000_000, 1000)}
    return {
        "on": "2026-11-23",
        "sex": chance.choice(["male", "female"]),
        "born": str(Month(chance.randrange(1962, 2008), chance.randrange(1, 13))),
        "method": chance.choice(["monthly", "quarterly", "half_year", "yearly"]),
        "past": {
            "voluntary_months": chance.choice([0, 0, 50, 121]),
            "compulsory_months": chance.choice([0, 60]),
        },
        **choice,
    }


def test_a_life_without_steps_is_the_plan_of_a_quote(law):
    chance = random.Random(4_1_2024)
    for _ in range(150):
        asked = anybody(chance)
        group, province, used = (
            chance.choice(GROUPS),
            chance.choice([None, "01", "22"]),
            chance.choice([0, 30]),
        )
        used = min(used, asked["past"]["voluntary_months"])
        helped = {"groups": [group], "province": province, "used_months": used}
        life = life_plan(plain.read(LifeRequest, {**asked, "helped": helped}), law)
        if chance.random() < 0.4:  # before or after the age, a pension on the way or none
            asked["until"] = str(Month(2026, 12).plus(chance.randrange(0, 500)))
            life = life_plan(plain.read(LifeRequest, {**asked, "helped": helped}), law)
        past = {**asked["past"], "supported_months": used}
        told = quote(QuoteRequest.parse({**asked, "past": past, "group": group, "province": province}), law)
        assert life.outcome.total == told.totals["income_kept"]
        assert life.outcome.supported_months == told.plans["income_kept"].supported_months
        drawn = life.outcome.pension
        if drawn is None:
            assert told.pension.gap is None or life.outcome.missing == told.pension.gap.months
        else:
            assert (drawn.amount, drawn.one_off) == (
                told.pension.amounts["income_kept"],
                told.pension.one_offs["income_kept"],
            )
            assert life.outcome.break_even == told.break_even["income_kept"]


def test_a_period_paid_month_by_month_is_the_plan_of_its_months(law):
    chance = random.Random(55)
    for _ in range(60):
        income, months = 1_500_000 + 50_000 * chance.randrange(0, 200), chance.choice([3, 6, 12])
        method = {3: "quarterly", 6: "half_year", 12: "yearly"}[months]
        helped = {"groups": [chance.choice(GROUPS)], "province": chance.choice([None, "01", "22", "56"])}
        paid = find("prepaid").answer(
            {"on": "2026-11-23", "income": income, "method": method, "helped": helped}, law
        )
        until = str(Month(2026, 11).plus(months))
        person = {"on": "2026-11-23", "sex": "female", "born": "1990-01", "until": until}
        lived = find("plan").answer({**person, "income": income, "helped": helped}, law)
        assert paid["month_by_month"] == lived["outcome"]["total"]
        assert paid["last"] == until
        once = find("plan").answer({**person, "income": income, "helped": helped, "method": method}, law)
        assert paid["paid"] == once["outcome"]["total"]


def steps(chance):
    """Draw steps in the order of their months."""
    months = sorted(chance.sample(range(120), 4))
    kinds = [
        {"kind": "pause", "months": chance.randrange(1, 30)},
        {"kind": "income", "income": 2_200_000 + 50_000 * chance.randrange(0, 100)},
        {"kind": "method", "method": chance.choice(["monthly", "quarterly", "yearly"])},
        {"kind": "groups", "groups": chance.sample(GROUPS, chance.randrange(0, 3))},
    ]
    chance.shuffle(kinds)
    return [
        {**kind, "month": str(Month(2027, 1).plus(month))} for kind, month in zip(kinds, months, strict=True)
    ]


def test_whatever_happens_on_the_way_the_parts_add_up(law):
    chance = random.Random(159)
    for _ in range(150):
        asked = {**anybody(chance), "born": "1990-01", "steps": steps(chance), "ledger": True}
        asked["past"] = {}
        asked["scenario"] = chance.choice(["income_kept", "with_poverty_line"])
        found = life_plan(plain.read(LifeRequest, asked), law)
        total = found.outcome.total
        assert total.gross == total.central + total.local + total.sponsors + total.to_pay
        assert total.gross == sum(month.amounts.gross for month in found.ledger)
        assert found.outcome.months == len(found.ledger) == sum(piece.months for piece in found.pieces)
        months = [month.month for month in found.ledger]
        assert months == sorted(set(months))
        assert found.outcome.supported_months == min(
            120, sum(month.amounts.central > 0 for month in found.ledger)
        )
        pauses = sum(after - before - 1 for before, after in itertools.pairwise(months))
        assert pauses <= next(step["months"] for step in asked["steps"] if step["kind"] == "pause")
        for month in found.ledger:
            assert month.amounts.central <= month.amounts.gross
            assert month.income % 50_000 == 0


def test_a_start_a_year_later_never_brings_a_better_rate(law):
    chance = random.Random(2027)
    for _ in range(60):
        asked = {**anybody(chance), "past": {}}
        try:
            found = life_plan(plain.read(LifeRequest, asked), law)
        except BadRequest:
            continue
        later = found.year_later
        if later is not None and later.rate_less_percent is not None:
            assert later.rate_less_percent >= 0
            assert later.outcome.months <= found.outcome.months
