"""Whole months and dates of which a part is unknown."""

from datetime import date

import pytest

from calculators.months import Month, PartialDate, age_in_months


def test_months_are_counted_whole_and_compared():
    december = Month(2026, 12)
    assert december.plus(1) == Month(2027, 1)
    assert december.plus(-12) == Month(2025, 12)
    assert Month(2043, 3) - december == 195
    assert Month(2026, 11) < december <= december
    assert december.first_day == date(2026, 12, 1)
    assert Month.of(date(2026, 12, 31)) == december


def test_a_month_is_read_as_it_is_written():
    for index in range(1900 * 12, 2100 * 12):
        month = Month(1, 1).plus(index - 12)
        assert Month.parse(str(month)) == month
        assert month.index == index


@pytest.mark.parametrize(
    "text", ["2026", "26-01", "2026-13", "2026-00", "2026-1", "2026-01-01", "0000-01", "thang 5", ""]
)
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match=r"month|year"):
        Month.parse(text)


@pytest.mark.parametrize("text", ["1983", "1983-03", "1983-03-31"])
def test_a_partial_date_is_read_as_it_is_written(text):
    assert str(PartialDate.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["83", "1983-3", "hôm qua", "1983-02-30", "1983-13", "03/1983", "1983-03-31T00:00", "0000"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match=r"write a date|month|day|year"):
        PartialDate.parse(text)


def test_a_day_needs_its_month():
    with pytest.raises(ValueError, match="a day needs a month"):
        PartialDate(1983, None, 5)


def test_unknown_parts_count_as_the_first():
    assert PartialDate(1983).counted == date(1983, 1, 1)
    assert PartialDate(1983, 3).counted == date(1983, 3, 1)


def test_a_month_of_age_is_complete_on_the_day_of_birth():
    born = date(2011, 12, 31)
    assert age_in_months(born, on=born) == 0
    assert age_in_months(born, on=date(2012, 1, 30)) == 0
    assert age_in_months(born, on=date(2012, 1, 31)) == 1
    assert age_in_months(born, on=date(2012, 2, 29)) == 2
    assert age_in_months(born, on=date(2026, 12, 30)) == 179
    with pytest.raises(ValueError, match="not born yet"):
        age_in_months(born, on=date(2011, 12, 30))
