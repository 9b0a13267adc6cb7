"""What one may choose to pay on, and what it costs. Law 41/2024/QH15 art. 31, 36; Decree 159/2025/NĐ-CP."""

from datetime import date
from decimal import Decimal

import pytest

from calculators.contribution import (
    AboveCeiling,
    Amounts,
    BelowFloor,
    BudgetTooSmall,
    Method,
    OffStep,
    check_income,
    contribution,
    income_for_budget,
    maximum_income,
    minimum_income,
    monthly,
    nearest_incomes,
)
from calculators.errors import NoValueYet, UnknownProvince
from calculators.money import dong
from calculators.support import Entitlement, Group, best, central, local, months_left
from tests.law.tables import cases

TODAY = date(2026, 11, 23)
NEW_YEAR = date(2027, 1, 1)
DAYS = (
    date(2018, 1, 1), date(2021, 12, 31), date(2022, 1, 1), date(2025, 6, 30), date(2025, 7, 1),
    date(2025, 12, 31), date(2026, 6, 30), date(2026, 7, 1), TODAY, date(2026, 12, 31), NEW_YEAR,
    date(2028, 1, 1), date(2031, 1, 1),
)  # fmt: skip


def helped(case):
    return Entitlement(Group(case["group"]), case.get("province"), case.get("used", 0))


@pytest.mark.parametrize("case", cases("contribution.toml"))
def test_a_payment_costs_what_the_law_says(case, law):
    on = date.fromisoformat(case["on"])
    paid = contribution(case["income"], Method(case["method"]), helped(case), on=on, law=law)
    expected = Amounts(case["gross"], case["central"], case["local"], case["to_pay"])
    assert paid.per_payment == expected


@pytest.mark.parametrize("case", cases("local_support.toml"))
def test_a_province_adds_only_what_a_known_resolution_says(case, law):
    on, who = date.fromisoformat(case["on"]), helped(case)
    rate = local(who.group, who.province, on=on, law=law)
    if "to_pay" not in case:
        assert rate is None
        return
    assert rate is not None
    lowest = int(minimum_income(on=on, law=law).value)
    assert monthly(lowest, who, supported=True, on=on, law=law).to_pay == case["to_pay"]


def test_floor_and_ceiling_follow_the_poverty_line_and_the_reference_level(law):
    for on, floor, ceiling in (
        (date(2025, 7, 1), 1_500_000, 46_800_000),
        (date(2026, 6, 30), 1_500_000, 46_800_000),
        (date(2026, 7, 1), 1_500_000, 50_600_000),
        (NEW_YEAR, 2_200_000, 50_600_000),
        (date(2019, 6, 30), 700_000, 27_800_000),
        (date(2019, 7, 1), 700_000, 29_800_000),
    ):
        assert minimum_income(on=on, law=law).value == floor
        assert maximum_income(on=on, law=law) == ceiling


def test_an_income_that_may_not_be_chosen_is_refused_never_moved(law):
    with pytest.raises(BelowFloor) as below:
        check_income(500_000, on=TODAY, law=law)
    assert below.value.nearest == (1_500_000,)
    with pytest.raises(AboveCeiling) as above:
        check_income(60_000_000, on=TODAY, law=law)
    assert above.value.nearest == (50_600_000,)
    with pytest.raises(OffStep, match="between two steps") as between:
        check_income(1_510_000, on=TODAY, law=law)
    assert between.value.nearest == (1_500_000, 1_550_000)
    with pytest.raises(BelowFloor):
        contribution(2_150_000, Method.MONTHLY, Entitlement(Group.OTHER), on=NEW_YEAR, law=law)


@pytest.mark.parametrize("on", DAYS)
def test_the_grid_starts_at_the_floor_and_ends_at_the_ceiling(on, law):
    floor, ceiling = int(minimum_income(on=on, law=law).value), maximum_income(on=on, law=law)
    for income in (floor, floor + 50_000, ceiling):
        check_income(income, on=on, law=law)
        assert nearest_incomes(income, on=on, law=law) == (income, income)
    assert nearest_incomes(floor - 1, on=on, law=law) == (floor, floor)
    assert nearest_incomes(floor + 1, on=on, law=law) == (floor, floor + 50_000)
    assert nearest_incomes(ceiling - 1, on=on, law=law) == (ceiling - 50_000, ceiling)
    assert nearest_incomes(ceiling + 1, on=on, law=law) == (ceiling, ceiling)
    for wrong, refusal in ((floor - 1, BelowFloor), (floor + 1, OffStep), (ceiling + 1, AboveCeiling)):
        with pytest.raises(refusal):
            check_income(wrong, on=on, law=law)


@pytest.mark.parametrize(
    ("on", "budget", "income", "to_pay"),
    [
        pytest.param(TODAY, 500_000, 2_550_000, 495_000, id="Dũng in 2026"),
        pytest.param(NEW_YEAR, 500_000, 2_700_000, 497_200, id="Dũng in 2027"),
        pytest.param(TODAY, 264_000, 1_500_000, 264_000, id="exactly the lowest payment"),
        pytest.param(TODAY, 274_999, 1_500_000, 264_000, id="one đồng short of the next step"),
        pytest.param(TODAY, 275_000, 1_550_000, 275_000, id="exactly the next step"),
        pytest.param(TODAY, 900_000_000, 50_600_000, 11_066_000, id="more than there is to pay"),
    ],
)
def test_a_budget_buys_the_highest_income_within_it(on, budget, income, to_pay, law):
    other = Entitlement(Group.OTHER)
    assert income_for_budget(budget, other, on=on, law=law) == income
    assert monthly(income, other, supported=True, on=on, law=law).to_pay == to_pay


def test_a_budget_below_the_lowest_payment_is_told_what_the_lowest_costs(law):
    with pytest.raises(BudgetTooSmall) as small:
        income_for_budget(198_000, Entitlement(Group.NEAR_POOR), on=NEW_YEAR, law=law)
    assert (small.value.income, small.value.to_pay) == (2_200_000, 290_400)


@pytest.mark.parametrize("province", [None, "01", "22", "56"])
@pytest.mark.parametrize("group", list(Group))
@pytest.mark.parametrize("on", [TODAY, NEW_YEAR])
def test_no_higher_income_fits_a_budget_than_the_one_it_buys(group, province, on, law):
    for used in (0, 120):
        who = Entitlement(group, province, used)
        floor = int(minimum_income(on=on, law=law).value)

        def own(income, who=who, used=used):
            return monthly(income, who, supported=used < 120, on=on, law=law).to_pay

        for extra in range(0, 60_000, 3_700):
            budget = own(floor) + extra
            income = income_for_budget(budget, who, on=on, law=law)
            assert own(income) <= budget < own(income + 50_000)


@pytest.mark.parametrize("province", [None, "01", "20", "22", "56"])
@pytest.mark.parametrize("group", list(Group))
@pytest.mark.parametrize("on", DAYS)
def test_support_never_exceeds_the_contribution_and_the_parts_add_up(group, province, on, law):
    floor, ceiling = int(minimum_income(on=on, law=law).value), maximum_income(on=on, law=law)
    for income in (floor, floor + 50_000, 5_000_000, ceiling):
        month = monthly(income, Entitlement(group, province), supported=True, on=on, law=law)
        assert min(month.central, month.local, month.to_pay) >= 0
        assert month.central + month.local + month.to_pay == month.gross == income * 22 // 100
        assert month.central == central(group, on=on, law=law)


def test_support_is_the_same_for_every_income(law):
    for group in Group:
        supports = {
            monthly(income, Entitlement(group), supported=True, on=TODAY, law=law).central
            for income in range(1_500_000, 50_600_001, 50_000)
        }
        assert supports == {int(central(group, on=TODAY, law=law))}


def test_of_several_groups_only_the_best_counts(law):
    # a near-poor woman of an ethnic minority gets 40 percent, not 70
    assert best([Group.ETHNIC_MINORITY, Group.NEAR_POOR], on=TODAY, law=law) is Group.NEAR_POOR
    assert best([Group.ETHNIC_MINORITY, Group.ISLAND], on=TODAY, law=law) is Group.ISLAND
    assert best([], on=TODAY, law=law) is Group.OTHER


def test_support_lasts_120_months_of_a_life(law):
    assert [months_left(used, on=TODAY, law=law) for used in (0, 119, 120, 200)] == [120, 1, 0, 0]


def test_nobody_was_supported_before_2018(law):
    """Decree 134/2015/NĐ-CP art. 14: from 1/1/2018 on."""
    assert central(Group.POOR, on=date(2017, 12, 31), law=law) == 0
    assert months_left(0, on=date(2017, 12, 31), law=law) == 0
    assert central(Group.POOR, on=date(2018, 1, 1), law=law) == 46_200
    with pytest.raises(NoValueYet, match="central_support_poor has no value on 2015-12-31"):
        central(Group.POOR, on=date(2015, 12, 31), law=law)


def test_a_province_that_does_not_exist_is_refused(law):
    with pytest.raises(UnknownProvince):
        local(Group.POOR, "00", on=TODAY, law=law)


def test_a_larger_local_share_than_is_left_is_cut_to_it(law):
    # Hà Nội adds 60 to the 40 percent of the near-poor: at a higher income the 60 is no longer cut
    who = Entitlement(Group.NEAR_POOR, "01")
    assert monthly(1_500_000, who, supported=True, on=TODAY, law=law) == Amounts(330_000, 132_000, 198_000, 0)
    assert monthly(1_550_000, who, supported=True, on=TODAY, law=law) == Amounts(
        341_000, 132_000, 198_000, 11_000
    )


def test_amounts_round_half_up_once():
    assert [dong(Decimal(text)) for text in ("0.4", "0.5", "1.5", "2.4999", "2.5")] == [0, 1, 2, 2, 3]
    assert dong(Decimal(66000)) == 66_000
