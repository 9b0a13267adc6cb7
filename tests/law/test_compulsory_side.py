"""Rules of the compulsory scheme that mixed histories need. Law 58/2014/QH13; Circular 59/2015."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from calculators.average import NothingPaid
from calculators.collection_codes import BadCode, collection_point_code, unit_code
from calculators.errors import NoValueYet
from calculators.history import BadHistory, Insured, Served, Span, served
from calculators.late import late_by_days, late_by_months, monthly_rate
from calculators.months import Month, PartialDate
from calculators.regime import Regime, regime, text_of
from calculators.retirement import Sex, age_day
from calculators.starting import StartUnknown, after_assessment, caught_up
from calculators.state_salary import (
    Grade,
    averaging_months,
    one_rise_later,
    state_average,
    window_of,
)
from calculators.survivors import NoSurvivorPension, survivor_pension

IN_2016 = date(2016, 4, 1)
BASE = 1_150_000  # on 1 April 2016


@pytest.mark.parametrize(
    ("joined", "months"),
    [
        ("1994-12-31", 60), ("1995-01-01", 72), ("2000-12-31", 72), ("2001-01-01", 96), ("2006-12-31", 96),
        ("2007-01-01", 120), ("2015-12-31", 120), ("2016-01-01", 180), ("2019-12-31", 180),
        ("2020-01-01", 240), ("2024-12-31", 240), ("2025-01-01", 300),
    ],
)  # fmt: skip
def test_the_last_years_of_state_salaries_depend_on_the_day_of_joining(joined, months, law):
    """Law 58/2014/QH13 art. 62.1: from 2025 on all of them."""
    assert averaging_months(date.fromisoformat(joined), 300, law=law) == months


def test_no_more_months_are_averaged_than_there_are(law):
    assert averaging_months(date(1990, 1, 1), 59, law=law) == 59
    assert averaging_months(date(2025, 1, 1), 59, law=law) == 59


def test_the_last_months_reach_back_over_years_at_an_employer():
    first, second = (Month(1996, 1), Month(2002, 12)), (Month(2014, 1), Month(2017, 12))
    assert window_of([first, second], 72) == ((Month(2001, 1), Month(2002, 12)), second)
    assert window_of([second, first], 48) == (second,)
    assert window_of([first, second], 47) == ((Month(2014, 2), Month(2017, 12)),)
    assert window_of([first, second], 500) == (first, second)


def test_a_state_average_is_at_the_base_salary_of_the_day(law):
    """Circular 59/2015/TT-BLĐTBXH, example 38."""
    grades = [Grade(36, Decimal("6.2")), Grade(24, Decimal("6.56"))]
    made = state_average(grades, (Decimal("5.08"), Decimal("0.14")), on=IN_2016, law=law)
    assert made.parts == (256_680_000, 181_056_000)
    assert (made.average, made.seniority, made.total) == (7_295_600, 817_880, 8_113_480)
    assert made.exact == 8_113_480
    assert [source.article for source in made.because] == [None, "20"]
    assert state_average(grades, on=IN_2016, law=law).total == 7_295_600
    assert state_average(grades, on=date(2016, 5, 1), law=law).total == 7_295_600 * 1_210_000 // BASE


def test_pay_for_long_service_is_part_of_its_months(law):
    """Circular 59/2015/TT-BLĐTBXH, example 40, and what the last years without it would give."""
    grades = [Grade(24, Decimal("6.2"), Decimal("0.24")), Grade(36, Decimal("6.56"), Decimal("0.27"))]
    assert state_average(grades, on=IN_2016, law=law).exact == 9_285_008
    later = one_rise_later(grades, on=IN_2016, law=law)
    assert later == (Grade(24, Decimal("6.56"), Decimal("0.27")), Grade(36, Decimal("6.92")))
    assert state_average(later, on=IN_2016, law=law).exact * Fraction(3, 4) == 6_455_364


def test_one_more_rise_pushes_the_first_months_out(law):
    grades = [Grade(12, Decimal(5)), Grade(24, Decimal(6)), Grade(24, Decimal(7))]
    assert one_rise_later(grades, on=IN_2016, law=law) == (Grade(24, Decimal(7)), Grade(36, Decimal(8)))
    longer = [Grade(60, Decimal(6)), Grade(24, Decimal(7))]
    expected = (Grade(24, Decimal(6)), Grade(24, Decimal(7)), Grade(36, Decimal(8)))
    assert one_rise_later(longer, on=IN_2016, law=law) == expected


def test_without_months_or_a_second_grade_there_is_nothing_to_average(law):
    with pytest.raises(NothingPaid):
        state_average([], on=IN_2016, law=law)
    with pytest.raises(NothingPaid):
        one_rise_later([Grade(60, Decimal(6))], on=IN_2016, law=law)


def test_late_contributions_cost_twice_the_yield_of_the_fund_until_june_2025(law):
    """VSS Decision 595/QĐ-BHXH; Circular 20/2016/TT-BTC art. 5."""
    fund = Fraction(7, 1000)
    january = date(2016, 1, 1)
    assert monthly_rate(fund, on=january, law=law) == Fraction(14, 1000)
    made = late_by_months(600_000_000, fund, carried=50_000_000, on=january, law=law)
    assert (made.interest, made.total) == (8_400_000, 58_400_000)
    assert late_by_months(100_000_000, fund, 12, on=january, law=law).interest == 16_800_000
    with pytest.raises(NoValueYet):
        monthly_rate(fund, on=date(2015, 12, 31), law=law)


def test_and_three_in_ten_thousand_a_day_since(law):
    """Decree 158/2025/NĐ-CP art. 8."""
    assert late_by_days(10_000_000, 10, on=date(2025, 7, 1), law=law).interest == 30_000
    with pytest.raises(NoValueYet):
        late_by_days(10_000_000, 10, on=date(2025, 6, 30), law=law)


def test_a_law_settles_what_begins_in_its_days():
    assert regime(date(2016, 1, 1)) is regime(date(2025, 6, 30)) is Regime.LAW_2014
    assert regime(date(2025, 7, 1)) is Regime.LAW_2024
    assert text_of(Regime.LAW_2014)("77").document == "Luật 58/2014/QH13"
    assert text_of(Regime.LAW_2024)("102").document == "Luật 41/2024/QH15"
    with pytest.raises(NoValueYet, match="no law of social insurance is known here on 2015-12-31"):
        regime(date(2015, 12, 31))


@pytest.mark.parametrize(
    ("sex", "born", "day"),
    [
        (Sex.MALE, "1956-03-01", "2016-04-01"),
        (Sex.MALE, "1956-12-01", "2017-01-01"),
        (Sex.FEMALE, "1961", "2017-01-01"),
        (Sex.FEMALE, "1968-12", "2025-09-01"),
        (Sex.FEMALE, "1969", "2025-10-01"),
    ],
)
def test_the_age_is_met_on_the_first_of_the_month_after(sex, born, day, law):
    """Circular 59/2015/TT-BLĐTBXH art. 18, examples 30 to 32; Circular 11/2025/TT-BNV art. 5."""
    assert age_day(sex, PartialDate.parse(born), law=law)[0] == date.fromisoformat(day)


def test_a_finding_of_lost_capacity_counts_from_the_month_after(law):
    """Circular 59/2015/TT-BLĐTBXH art. 18.3, example 33."""
    found = after_assessment(date(2016, 7, 5), law=law)
    assert found.first_day == date(2016, 8, 1)
    assert [source.article for source in found.because] == ["18.3"]
    with pytest.raises(StartUnknown):
        after_assessment(date(2025, 7, 1), law=law)
    with pytest.raises(NoValueYet):
        after_assessment(date(2015, 12, 31), law=law)


def test_missing_months_count_from_the_month_after_or_in_the_compulsory_scheme_from_their_own():
    """Law 41/2024/QH15 art. 101.3; Circular 59/2015/TT-BLĐTBXH art. 15.4, examples 22 and 23."""
    assert caught_up(Month(2016, 4), compulsory=True).first_day == date(2016, 4, 1)
    assert caught_up(Month(2021, 6)).first_day == date(2021, 7, 1)
    assert caught_up(Month(2025, 12)).because[0].article == "101.3"
    with pytest.raises(StartUnknown):
        caught_up(Month(2025, 7), compulsory=True)


def test_months_are_counted_on_both_sides_of_2014():
    spans = [Span(Month(2005, 10), Month(2017, 3), 5_000_000)]
    assert served(spans) == Served(99, 39)
    assert served([Span(Month(2013, 12), Month(2014, 1), 1)]) == Served(1, 1)
    assert served([Span(Month(2012, 1), Month(2013, 12), 1)]) == Served(24, 0)
    insured = Insured((Span(Month(2013, 12), Month(2014, 1), 1),), 12, 24, 1)
    assert insured.served == Served(13, 25)
    assert (insured.months, insured.voluntary_months, insured.compulsory_months) == (38, 2, 36)
    assert insured.mixed
    assert not Insured((Span(Month(2013, 12), Month(2014, 1), 1),)).mixed
    assert (insured.first_paid, insured.last_paid) == (Month(2013, 12), Month(2014, 1))
    assert Insured().last_paid is None
    with pytest.raises(BadHistory, match="2014-01 is paid for twice"):
        Insured((Span(Month(2014, 1), Month(2014, 1), 1), Span(Month(2013, 12), Month(2014, 1), 1)))


def test_survivors_of_two_who_were_insured_draw_twice(law):
    """Circular 59/2015/TT-BLĐTBXH, example 50."""
    found = survivor_pension((True,), 0, work_accident=True, deaths=2, on=date(2017, 7, 1), law=law)
    assert (found.people[0].share, found.amount) == (Decimal("1.4"), 1_820_000)
    with pytest.raises(NoSurvivorPension, match="179 compulsory months; 180 are needed"):
        survivor_pension((True,), 179, on=date(2017, 7, 1), law=law)


def test_codes_are_made_of_their_parts():
    """VSS letter 1804/BHXH-QLT."""
    assert collection_point_code("3456789000", "TH", "01", "00070", "003") == "3456789000TH0100070003"
    assert unit_code("0123456789", "DN", "A03") == "0123456789DNA03"


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (
            ("345678900", "TH", "01", "00070", "003"),
            "the unit '345678900' has another shape; write 10 digits",
        ),
        (("3456789000", "Th", "01", "00070", "003"), "the organisation 'Th'"),
        (("3456789000", "TH", "1", "00070", "003"), "the province '1'"),
        (("3456789000", "TH", "01", "0070", "003"), "the ward '0070'"),
        (("3456789000", "TH", "01", "00070", "٣٣٣"), "the point"),
    ],
)
def test_a_part_of_another_shape_is_named(parts, words):
    with pytest.raises(BadCode, match=words):
        collection_point_code(*parts)


def test_a_sector_is_a_letter_and_two_digits():
    with pytest.raises(BadCode, match="the sector 'A3'"):
        unit_code("0123456789", "DN", "A3")
    with pytest.raises(BadCode, match="the kind 'D'"):
        unit_code("0123456789", "D", "A03")
