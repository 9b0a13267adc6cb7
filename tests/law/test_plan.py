"""A life of contributions, month by month. Law 41/2024/QH15 art. 31, 36; Decree 159/2025/NĐ-CP art. 5."""

import random
from datetime import date

import pytest

from calculators.contribution import NOTHING, Method, minimum_income
from calculators.months import Month
from calculators.plan import Choice, Course, Scenario, next_income, plan
from calculators.support import Entitlement, Group

TODAY = date(2026, 11, 23)
NEW_YEAR = date(2027, 1, 1)


def course(income=1_500_000, budget=None, last="2043-03", method=Method.MONTHLY, on=TODAY, **helped):
    group = helped.pop("group", Group.OTHER)
    first = Month.of(on).plus(1)
    return Course(on, Entitlement(group, **helped), income, budget, method, first, Month.parse(last))


def shape(found):
    return [(str(part.first), part.months, part.income, part.per_month.to_pay) for part in found.stretches]


def test_a_kept_income_is_raised_only_where_the_floor_forces_it(law):
    kept = plan(course(group=Group.NEAR_POOR), Scenario.INCOME_KEPT, law=law)
    assert shape(kept) == [
        ("2026-12", 1, 1_500_000, 198_000),
        ("2027-01", 119, 2_200_000, 290_400),
        ("2036-12", 76, 2_200_000, 484_000),
    ]
    high = plan(course(5_000_000), Scenario.INCOME_KEPT, law=law)
    assert {part.income for part in high.stretches} == {5_000_000}


def test_an_income_that_follows_the_poverty_line_rises_in_its_proportion_to_the_grid_below(law):
    found = plan(course(2_550_000), Scenario.WITH_POVERTY_LINE, law=law)
    # 2,550,000 x 2.2 / 1.5 = 3,740,000
    assert [part.income for part in found.stretches] == [2_550_000, 3_700_000, 3_700_000]


def test_an_income_that_follows_the_line_stops_at_the_ceiling(law):
    found = plan(course(50_000_000), Scenario.WITH_POVERTY_LINE, law=law)
    assert [part.income for part in found.stretches] == [50_000_000, 50_600_000, 50_600_000]


def test_a_budget_is_spent_anew_when_the_law_changes_and_gives_way_to_the_floor(law):
    spent = plan(course(2_550_000, 500_000), Scenario.INCOME_KEPT, law=law)
    assert shape(spent)[:2] == [("2026-12", 1, 2_550_000, 495_000), ("2027-01", 119, 2_700_000, 497_200)]
    forced = plan(course(1_500_000, 198_000, group=Group.NEAR_POOR), Scenario.INCOME_KEPT, law=law)
    assert shape(forced)[1][2:] == (2_200_000, 290_400)


def test_support_ends_after_120_months_counting_those_before(law):
    fresh = plan(course(), Scenario.INCOME_KEPT, law=law)
    assert (fresh.supported_months, str(fresh.support_ends)) == (120, "2036-11")
    used = plan(course(used=100), Scenario.INCOME_KEPT, law=law)
    assert (used.supported_months, str(used.support_ends)) == (20, "2028-07")
    spent = plan(course(used=120), Scenario.INCOME_KEPT, law=law)
    assert (spent.supported_months, spent.support_ends, spent.totals.central) == (0, None, 0)


def test_support_that_outlasts_the_plan_does_not_end_in_it(law):
    short = plan(course(last="2036-11"), Scenario.INCOME_KEPT, law=law)
    assert (short.months, short.supported_months, short.support_ends) == (120, 120, None)
    longer = plan(course(last="2036-12"), Scenario.INCOME_KEPT, law=law)
    assert str(longer.support_ends) == "2036-11"


def test_a_year_paid_in_december_2026_keeps_its_price_to_november_2027(law):
    # 12 x 264,000 at once, or 264,000 and then 11 x 387,200
    at_once = plan(course(last="2027-11", method=Method.YEARLY), Scenario.INCOME_KEPT, law=law)
    assert at_once.totals.to_pay == 3_168_000
    monthly = plan(course(last="2027-11"), Scenario.INCOME_KEPT, law=law)
    assert monthly.totals.to_pay == 264_000 + 11 * 387_200 == 4_523_200


@pytest.mark.parametrize(
    ("method", "first_new"),
    [("monthly", "2027-01"), ("quarterly", "2027-03"), ("half_year", "2027-06"), ("yearly", "2027-12")],
)
def test_a_new_price_starts_with_the_first_payment_made_after_the_change(method, first_new, law):
    found = plan(course(method=Method(method)), Scenario.INCOME_KEPT, law=law)
    assert str(found.stretches[1].first) == first_new
    assert found.stretches[1].income == 2_200_000


def test_a_payment_made_on_the_change_itself_has_the_new_price(law):
    found = plan(course(on=date(2026, 9, 30), method=Method.QUARTERLY), Scenario.INCOME_KEPT, law=law)
    assert str(found.stretches[1].first) == "2027-01"


def test_a_plan_that_starts_after_a_change_starts_with_it(law):
    found = plan(course(on=date(2026, 12, 15)), Scenario.INCOME_KEPT, law=law)
    assert (str(found.stretches[0].first), found.stretches[0].income) == ("2027-01", 2_200_000)


def test_local_support_ends_with_its_resolution(law):
    found = plan(course(province="22", last="2028-06"), Scenario.INCOME_KEPT, law=law)
    assert [(str(part.first), part.per_month.local) for part in found.stretches] == [
        ("2026-12", 66_000),
        ("2027-01", 96_800),
        ("2028-01", 0),
    ]


def test_no_month_to_pay_for_is_an_empty_plan(law):
    empty = plan(course(last="2026-11"), Scenario.INCOME_KEPT, law=law)
    assert (empty.stretches, empty.months, empty.totals, empty.earned.months) == ((), 0, NOTHING, 0)


def test_the_choice_after_a_change_says_why(law):
    for income, budget, expected in (
        (1_500_000, None, (2_200_000, Choice.NEW_MINIMUM)),
        (2_200_000, None, (2_200_000, Choice.SAME_INCOME)),
        (5_000_000, None, (5_000_000, Choice.SAME_INCOME)),
        (2_230_000, None, (2_250_000, Choice.NEAREST_ALLOWED)),
        (60_000_000, None, (50_600_000, Choice.NEAREST_ALLOWED)),
        (2_550_000, 500_000, (2_700_000, Choice.SAME_BUDGET)),
        (1_500_000, 264_000, (2_200_000, Choice.NEW_MINIMUM)),
    ):
        assert next_income(course(income, budget), income, on=NEW_YEAR, law=law) == expected


def month_by_month(chosen, found, law):
    """Lay a kept income out the slow way: one payment after another, one month after another."""
    length = {"monthly": 1, "quarterly": 3, "half_year": 6, "yearly": 12}[chosen.method]
    rows = []
    left = 120 - chosen.helped.used
    for place in range(chosen.last - chosen.first + 1):
        paid_in = chosen.first.plus(place - place % length)
        floor = int(minimum_income(on=max(paid_in.first_day, chosen.on), law=law).value)
        rows.append((str(chosen.first.plus(place)), max(chosen.income, floor), place < left))
    return rows


def test_the_stretches_say_the_same_as_paying_month_by_month(law):
    chance = random.Random(20261123)
    for _ in range(300):
        chosen = course(
            income=1_500_000 + 50_000 * chance.randrange(0, 40),
            last=str(Month(2026, 12).plus(chance.randrange(0, 480))),
            method=chance.choice(list(Method)),
            group=chance.choice(list(Group)),
            used=chance.randrange(0, 121),
        )
        found = plan(chosen, Scenario.INCOME_KEPT, law=law)
        expanded = [
            (str(part.first.plus(place)), part.income, part.per_month.central > 0)
            for part in found.stretches
            for place in range(part.months)
        ]
        assert expanded == month_by_month(chosen, found, law)
        assert found.months == len(expanded) == found.earned.months
        assert found.earned.total == sum(income for _, income, _ in expanded)
        totals = found.totals
        assert totals.gross == totals.central + totals.local + totals.to_pay
        assert totals.gross * 50 == found.earned.total * 11
