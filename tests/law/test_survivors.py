"""What is paid when somebody dies. Law 41/2024/QH15 art. 109-110; Decree 159/2025/NĐ-CP art. 12."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from calculators.errors import NoValueYet
from calculators.lump_sum import Served
from calculators.survivors import DeathPaidUnknown, funeral, insured_death, pensioner_death

TODAY = date(2026, 11, 23)
AVERAGE = Fraction(5_000_000)


@pytest.mark.parametrize(
    ("voluntary", "compulsory", "entitled"),
    [(60, 0, True), (59, 0, False), (50, 10, True), (0, 10, False), (0, 12, True), (0, 11, False)],
)
def test_a_funeral_is_paid_after_five_years_or_one_compulsory(voluntary, compulsory, entitled, law):
    assert (funeral(voluntary, compulsory, on=TODAY, law=law) is not None) is entitled


def test_a_funeral_is_ten_reference_levels_of_its_day(law):
    for on, amount in ((date(2026, 6, 30), 23_400_000), (date(2026, 7, 1), 25_300_000)):
        paid = funeral(0, 0, pensioner=True, on=on, law=law)
        assert paid is not None
        assert paid.amount == amount
        assert {source.article for source in paid.because} >= {"109.2", "109.1.a", "12.2.a"}


def test_a_family_gets_the_years_or_under_five_what_was_paid(law):
    assert insured_death(Served(99, 39), AVERAGE, on=TODAY, law=law).amount == 95_000_000
    assert insured_death(Served(0, 60), AVERAGE, on=TODAY, law=law).amount == 50_000_000
    assert insured_death(Served(0, 59), AVERAGE, on=TODAY, law=law, paid=7_000_000).amount == 7_000_000
    mixed = insured_death(Served(0, 59), AVERAGE, mixed=True, on=TODAY, law=law, paid=7_000_000)
    assert mixed.amount == 15_000_000
    with pytest.raises(DeathPaidUnknown):
        insured_death(Served(0, 59), AVERAGE, on=TODAY, law=law)


def test_each_month_drawn_takes_half_a_pension_off_down_to_three(law):
    def times(drawn):
        return pensioner_death(drawn, 1_000_000, on=TODAY, law=law).times

    expected = {0: "48", 1: "48", 2: "48", 3: "47.5", 91: "3.5", 92: "3", 93: "3", 600: "3"}
    assert {drawn: times(drawn) for drawn in expected} == {
        drawn: Decimal(text) for drawn, text in expected.items()
    }
    assert pensioner_death(3, 1_000_000, on=TODAY, law=law).amount == 47_500_000


def test_until_june_2025_five_years_are_not_needed_and_a_short_time_is_capped(law):
    last = date(2025, 6, 30)
    assert insured_death(Served(0, 59), AVERAGE, on=last, law=law).amount == 50_000_000
    assert insured_death(Served(0, 11), AVERAGE, on=last, law=law, paid=12_100_000).amount == 10_000_000
    assert insured_death(Served(0, 11), AVERAGE, on=TODAY, law=law, paid=12_100_000).amount == 12_100_000


def test_until_june_2025_only_a_compulsory_pension_had_a_least(law):
    last = date(2025, 6, 30)
    assert pensioner_death(120, 1_000_000, on=last, law=law).times == 0
    assert pensioner_death(120, 1_000_000, compulsory=True, on=last, law=law).times == 3


def test_a_death_before_2016_has_no_answer(law):
    with pytest.raises(NoValueYet):
        funeral(60, 0, on=date(2015, 12, 31), law=law)
