"""The hours a person may be called in, and the holidays nobody is called on."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from calculators.calling import calling_hours
from calculators.errors import NoValueYet, ParameterError
from calculators.holidays import Holidays
from calculators.law import Law

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


def test_a_year_whose_holidays_are_not_known_has_no_calling_hours():
    assert hours(date(2027, 12, 31), date(2028, 1, 5)) == [
        ("2027-12-31T08:00:00+07:00", "2027-12-31T17:00:00+07:00")
    ]
    with pytest.raises(NoValueYet, match=r"add parameters/holidays/2028\.toml"):
        HOLIDAYS.of(2028)


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
