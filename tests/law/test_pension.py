"""The pension. Law 41/2024/QH15 art. 5.6, 98-104."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest

from calculators.errors import NoValueYet
from calculators.pension import (
    Earned,
    TooFewMonths,
    average_income,
    missing_months,
    one_off,
    pension_amount,
    pension_rate,
    rate_keys,
    years_above,
    years_counted,
)
from calculators.retirement import Sex
from tests.law.tables import cases

ON = date(2026, 11, 23)


@pytest.mark.parametrize("case", cases("pension_rate.toml"))
def test_the_rate_follows_the_years_counted(case, law):
    assert years_counted(case["months"], on=ON, law=law) == Decimal(case["years"])
    assert pension_rate(Sex(case["sex"]), case["months"], on=ON, law=law) * 100 == Decimal(case["percent"])


@pytest.mark.parametrize("sex", list(Sex))
def test_eligibility_counts_whole_months_and_is_not_helped_by_rounding(sex, law):
    for months in range(180):
        assert missing_months(months, on=ON, law=law) == 180 - months
        with pytest.raises(TooFewMonths) as few:
            pension_rate(sex, months, on=ON, law=law)
        assert few.value.missing == 180 - months
    assert missing_months(180, on=ON, law=law) == missing_months(181, on=ON, law=law) == 0


@pytest.mark.parametrize("sex", list(Sex))
def test_the_rate_never_falls_with_more_months_and_stops_at_75_percent(sex, law):
    rates = [pension_rate(sex, months, on=ON, law=law) for months in range(180, 601)]
    assert all(later >= earlier for earlier, later in pairwise(rates))
    assert rates[0] == (Decimal("0.45") if sex is Sex.FEMALE else Decimal("0.40"))
    assert rates[-1] == max(rates) == Decimal("0.75")


def test_a_man_gets_less_than_a_woman_of_the_same_months_until_his_own_maximum(law):
    for months in range(180, 601):
        woman, man = (pension_rate(sex, months, on=ON, law=law) for sex in (Sex.FEMALE, Sex.MALE))
        assert man < woman if man < Decimal("0.75") else man == woman


def test_odd_months_up_to_six_are_half_a_year_and_more_are_one(law):
    for months in range(1, 601):
        years, odd = divmod(months, 12)
        expected = years + (Decimal(0) if odd == 0 else Decimal("0.5") if odd <= 6 else Decimal(1))
        assert years_counted(months, on=ON, law=law) == expected


def test_the_pension_is_the_rate_of_the_average_income():
    # published: a woman of 25 years on 10,000,000 has 65%, 6,500,000
    assert pension_amount(Fraction(10_000_000), Decimal("0.65")) == 6_500_000
    # 15 years on 1,500,000 in a man's case: 40%, no "price factor" on top
    assert pension_amount(Fraction(1_500_000), Decimal("0.40")) == 600_000


def test_the_average_is_over_all_months_and_exact():
    assert average_income([Earned(48, 48 * 4_000_000), Earned(196, 196 * 2_200_000)]) == Fraction(
        623_200_000, 244
    )
    assert average_income([]) is None
    assert average_income([Earned(0, 0)]) is None
    # a third of a đồng is kept until the end
    assert pension_amount(Fraction(10, 3), Decimal("0.45")) == 2


@pytest.mark.parametrize(
    ("sex", "months", "at_age", "times"),
    [
        pytest.param(Sex.MALE, 37 * 12, 37 * 12, "1", id="two years above 35 before the age: half each"),
        pytest.param(Sex.MALE, 37 * 12, 35 * 12, "4", id="two years above 35 after the age: two each"),
        pytest.param(Sex.MALE, 38 * 12, 36 * 12, "4.5", id="one before, two after"),
        pytest.param(
            Sex.MALE, 37 * 12, 30 * 12, "4", id="years that only filled up to 35 are not paid twice"
        ),
        pytest.param(Sex.FEMALE, 30 * 12 + 6, 30 * 12 + 6, "0.25", id="half a year above 30"),
        pytest.param(Sex.FEMALE, 30 * 12, 30 * 12, "0", id="nothing at 30 years"),
        pytest.param(Sex.MALE, 35 * 12, 20 * 12, "0", id="nothing at 35 years, wherever they were paid"),
    ],
)
def test_years_above_the_maximum_are_paid_once(sex, months, at_age, times, law):
    average = Fraction(5_000_000)
    found = one_off(sex, months, average, months_at_age=at_age, on=ON, law=law)
    assert found == Decimal(times) * 5_000_000


def test_the_rate_names_the_numbers_it_used(law):
    assert rate_keys(Sex.MALE, 204, on=ON, law=law) == ("pension_short_rate_male", "pension_short_step_male")
    assert "pension_base_years_male" in rate_keys(Sex.MALE, 240, on=ON, law=law)
    assert "pension_base_years_female" in rate_keys(Sex.FEMALE, 180, on=ON, law=law)


def test_the_law_of_2014_asks_for_20_years_until_its_last_day(law):
    last, first = date(2025, 6, 30), date(2025, 7, 1)
    assert missing_months(180, on=last, law=law) == 60
    assert missing_months(180, on=first, law=law) == 0
    with pytest.raises(TooFewMonths):
        pension_rate(Sex.FEMALE, 239, on=last, law=law)
    assert pension_rate(Sex.FEMALE, 240, on=last, law=law) == Decimal("0.55")


@pytest.mark.parametrize(
    ("year", "man", "woman"),
    [
        (2016, "0.55", "0.60"), (2017, "0.55", "0.60"), (2018, "0.53", "0.55"), (2019, "0.51", "0.55"),
        (2020, "0.49", "0.55"), (2021, "0.47", "0.55"), (2022, "0.45", "0.55"), (2025, "0.45", "0.55"),
    ],
)  # fmt: skip
def test_20_years_are_worth_less_to_a_man_from_year_to_year(year, man, woman, law):
    on = date(year, 1, 1)
    assert pension_rate(Sex.MALE, 240, on=on, law=law) == Decimal(man)
    assert pension_rate(Sex.FEMALE, 240, on=on, law=law) == Decimal(woman)
    # the years that the highest rate takes are the ones above which a year is paid once
    for sex in Sex:
        full = int(law.number(f"pension_full_years_{sex}").on(on).value)
        assert pension_rate(sex, full * 12, on=on, law=law) == Decimal("0.75")
        assert pension_rate(sex, full * 12 - 6, on=on, law=law) < Decimal("0.75")
        assert years_above(sex, full * 12 + 6, on=on, law=law) == Decimal("0.5")


def test_before_2016_there_is_no_answer(law):
    with pytest.raises(NoValueYet, match="pension_months_min has no value on 2015-12-31"):
        pension_rate(Sex.FEMALE, 240, on=date(2015, 12, 31), law=law)
