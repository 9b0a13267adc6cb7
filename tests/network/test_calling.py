"""The hours a person may be called in, and the holidays nobody is called on."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from calculators.calling import calling_hours
from calculators.errors import NoValueYet, ParameterError
from calculators.holidays import Holidays, by_rule, lunar_new_year
from calculators.law import Law
from calculators.slots import each_day

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
LAW = Law.load()
HOLIDAYS = Holidays.load()


def hours(first, last):
    found = calling_hours(first, last, law=LAW, holidays=HOLIDAYS, zone=LOCAL)
    return [(one.start.isoformat(), one.end.isoformat()) for one in found]


def test_calls_are_from_eight_to_seventeen_decree_91_2020_article_13():
    assert hours(date(2026, 11, 26), date(2026, 11, 26)) == [
        ("2026-11-26T08:00:00+07:00", "2026-11-26T17:00:00+07:00")
    ]


def test_nobody_is_called_on_the_day_of_vietnamese_culture():
    assert hours(date(2026, 11, 24), date(2026, 11, 24)) == []


def test_nobody_is_called_during_tet():
    found = calling_hours(date(2027, 2, 4), date(2027, 2, 11), law=LAW, holidays=HOLIDAYS, zone=LOCAL)
    assert found == ()


def test_a_year_without_a_file_has_the_holidays_of_the_rule_and_one_before_the_code_has_none():
    assert {date(2028, 1, 1), date(2028, 1, 26), date(2028, 9, 2)} <= HOLIDAYS.of(2028)
    assert hours(date(2028, 1, 26), date(2028, 1, 26)) == []
    with pytest.raises(NoValueYet, match=r"add parameters/holidays/2020\.toml"):
        HOLIDAYS.of(2020)


@pytest.mark.parametrize(
    ("year", "first"), [(2025, (1, 29)), (2026, (2, 17)), (2027, (2, 6)), (2028, (1, 26))]
)
def test_the_lunar_year_begins_as_vietnam_counts_it(year, first):
    assert lunar_new_year(year) == date(year, *first)
    assert lunar_new_year(year) in HOLIDAYS.of(year)


@pytest.mark.parametrize("year", [2026, 2027])
def test_what_was_decided_of_a_year_holds_every_day_of_the_rule(year):
    listed = {day for row in HOLIDAYS.rows[year] for day in each_day(row.since, row.value.until)}
    assert by_rule(year) <= listed, "the package knows a day off that the file does not"
    extra = listed - by_rule(year)
    tet = {day for day in extra if day.month == 2}
    assert all(day.weekday() >= 5 for day in extra - tet), "a working day off that the rule does not give"
    assert all(row.trust for row in HOLIDAYS.rows[year])


def test_a_day_that_is_worked_after_all_is_no_holiday(tmp_path):
    (tmp_path / "2028.toml").write_text(
        GOOD.replace("2026-", "2028-") + GOOD.replace("2026-04-30", "2028-09-01").replace(
            "2026-05-01", "2028-09-01").replace("[[days]]", "[[worked]]"), encoding="utf-8")  # fmt: skip
    found = Holidays.load(tmp_path)
    assert date(2028, 9, 1) in by_rule(2028)
    assert date(2028, 9, 1) not in found.of(2028)
    assert date(2028, 9, 2) in found.of(2028)


def test_before_the_decree_no_hour_is_known():
    old = Holidays({2019: ()})
    with pytest.raises(NoValueYet, match="calling_opens has no value on 2019-05-06"):
        calling_hours(date(2019, 5, 6), date(2019, 5, 6), law=LAW, holidays=old, zone=LOCAL)


GOOD = """[[days]]
from = 2026-04-30
until = 2026-05-01
name = "Ngày Chiến thắng"
trust = "official"
checked = 2026-11-23
source = { document = "Bộ luật Lao động 45/2019/QH14", article = "112.1.c" }
"""


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("2026.toml", GOOD.replace("until = 2026-05-01", "until = 2026-04-01"), "keep both in 2026"),
        ("2026.toml", GOOD.replace("until = 2026-05-01", "until = 2027-05-01"), "keep both in 2026"),
        ("2027.toml", GOOD, "keep both in 2027"),
        ("next.toml", GOOD, "name it like 2027.toml"),
        ("2026.toml", GOOD.replace("name =", "named ="), "'name' is missing; write the holiday's name"),
        ("2026.toml", GOOD.replace("until = 2026-05-01\n", ""), "'until' is missing; write the last day off"),
        ("2026.toml", GOOD.replace("source =", "sauce ="), "'source' is missing"),
        ("2026.toml", "days = 3", r"write \[\[days\]\] rows"),
        ("2026.toml", "days =", "is not TOML in UTF-8"),
        ("notes.txt", GOOD, "holds no year"),
    ],
)
def test_a_broken_file_of_holidays_is_refused_with_a_remedy(name, content, says, tmp_path):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ParameterError, match=says):
        Holidays.load(tmp_path)
