"""Years ahead and missing months in one payment. Decree 159/2025/NĐ-CP art. 6-8."""

from datetime import date

import pytest

from calculators.at_once import OutsideTerm, ahead, missing, refund
from calculators.errors import NoValueYet

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("income", "years", "cost"),
    [(1_500_000, 2, 7_644_801), (1_500_000, 4, 14_742_290), (5_000_000, 5, 60_327_161)],
)
def test_years_ahead_are_discounted_month_by_month(income, years, cost, law):
    assert ahead(income, years, on=TODAY, law=law) == cost


@pytest.mark.parametrize(
    ("income", "months", "cost"),
    [(1_500_000, 1, 331_023), (1_500_000, 36, 12_586_622), (46_800_000, 60, 679_896_115)],
)
def test_missing_months_are_compounded(income, months, cost, law):
    assert missing(income, months, on=TODAY, law=law) == cost


def test_what_is_left_comes_back_less_the_support(law):
    assert refund(1_500_000, 5, 24, 24 * 66_000, on=TODAY, law=law) == 5_254_706
    assert refund(1_500_000, 5, 0, 0, on=TODAY, law=law) == 0
    assert refund(1_500_000, 5, 60, 0, on=TODAY, law=law) == ahead(1_500_000, 5, on=TODAY, law=law)


def test_ahead_is_at_most_the_months_and_missing_at_least(law):
    for years in range(2, 6):
        months = years * 12 * 330_000
        assert ahead(1_500_000, years, on=TODAY, law=law) < months
        assert months < missing(1_500_000, years * 12, on=TODAY, law=law)


def test_other_terms_and_years_without_a_yield_are_refused(law):
    for years in (1, 6):
        with pytest.raises(OutsideTerm):
            ahead(1_500_000, years, on=TODAY, law=law)
    for months in (0, 61):
        with pytest.raises(OutsideTerm):
            missing(1_500_000, months, on=TODAY, law=law)
    with pytest.raises(OutsideTerm):
        refund(1_500_000, 2, 25, 0, on=TODAY, law=law)
    with pytest.raises(NoValueYet):
        ahead(1_500_000, 2, on=date(2027, 1, 1), law=law)
