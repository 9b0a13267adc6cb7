"""Insurance taken out at once. Law 41/2024/QH15 art. 102; Law 58/2014/QH13 art. 77."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from calculators.errors import NoValueYet
from calculators.lump_sum import LumpCase, PaidUnknown, Served, lump_sum, lump_years, times_average

OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)
FIVE_MILLION = Fraction(5_000_000)


@pytest.mark.parametrize(
    ("before", "after", "years", "times"),
    [
        pytest.param(48, 120, ("4", "10"), "26", id="whole years"),
        pytest.param(122, 74, ("10", "6.5"), "28", id="circular 59, example 34: 2 odd months move on"),
        pytest.param(99, 39, ("8", "3.5"), "19", id="circular 59, example 51: 3 odd months move on"),
        pytest.param(48, 90, ("4", "7.5"), "21", id="1/2010 to 6/2021, which the press counts a year short"),
        pytest.param(0, 91, ("0", "8"), "16", id="7 odd months are a year"),
        pytest.param(18, 0, ("1.5", "0"), "2.25", id="nothing from 2014 that odd months could move to"),
    ],
)
@pytest.mark.parametrize("on", [OLD, NEW])
def test_years_before_2014_count_one_and_a_half_and_later_ones_two(before, after, years, times, on, law):
    served = Served(before, after)
    assert lump_years(served, on=on, law=law) == tuple(Decimal(text) for text in years)
    made = lump_sum(served, FIVE_MILLION, LumpCase.RETIREMENT_AGE, on=on, law=law)
    assert made.times == Decimal(times)
    assert made.amount == Decimal(times) * 5_000_000


def test_under_a_year_what_was_paid_comes_back_up_to_two_averages(law):
    def amount(months, paid):
        served = Served(0, months)
        return lump_sum(served, FIVE_MILLION, LumpCase.EMIGRATION, on=NEW, law=law, paid=paid).amount

    assert amount(8, 8_800_000) == 8_800_000
    assert amount(11, 12_100_000) == 10_000_000
    assert amount(12, 13_200_000) == 10_000_000  # a year: two averages, whatever was paid
    with pytest.raises(PaidUnknown):
        amount(11, None)


@pytest.mark.parametrize("case", list(LumpCase))
def test_the_support_goes_back_except_in_illness_and_disability(case, law):
    made = lump_sum(Served(0, 24), FIVE_MILLION, case, on=NEW, law=law, supported=1_584_000)
    kept = case in (LumpCase.ILLNESS, LumpCase.DISABILITY)
    assert (made.gross, made.returned) == (20_000_000, 0 if kept else 1_584_000)
    assert made.amount == made.gross - made.returned


def test_more_months_are_never_worth_less_and_every_sum_names_its_article(law):
    for before in range(61):
        worth = [times_average(Served(before, after), on=NEW, law=law) for after in range(1, 241)]
        assert worth == sorted(worth)
    made = lump_sum(Served(0, 24), FIVE_MILLION, LumpCase.ILLNESS, on=NEW, law=law)
    assert [source.article for source in made.because] == ["5.6", "102.2.a", "102.2.b", "102.3"]


def test_a_day_before_2016_is_refused(law):
    with pytest.raises(NoValueYet):
        lump_sum(Served(0, 24), FIVE_MILLION, LumpCase.ILLNESS, on=date(2015, 12, 31), law=law)
