"""Retirement age and month. Labour Code 45/2019/QH14 art. 169.2; Decree 135/2020/NĐ-CP art. 4."""

from itertools import pairwise

import pytest

from calculators.errors import NoValueYet
from calculators.months import Month, PartialDate
from calculators.retirement import Age, Sex, retirement, retirement_lines
from tests.law.tables import cases


def born_in(month):
    return PartialDate(month.year, month.month)


@pytest.mark.parametrize("case", cases("retirement.toml"))
def test_every_birth_month_of_the_appendix_has_its_age_and_its_pension_month(case, law):
    sex, age = Sex(case["sex"]), Age(*case["age"])
    first, last = Month.parse(case["born_from"]), Month.parse(case["born_to"])
    for place in range(last - first + 1):
        birth = first.plus(place)
        found = retirement(sex, born_in(birth), law=law)
        assert found.age == age
        assert found.pension_from == birth.plus(age.years * 12 + age.months + 1)
    assert retirement(sex, born_in(first), law=law).pension_from == Month.parse(case["pension_from"])
    if "pension_to" in case:
        assert retirement(sex, born_in(last), law=law).pension_from == Month.parse(case["pension_to"])


@pytest.mark.parametrize(("sex", "age", "last"), [("male", 60, "1960-12"), ("female", 55, "1965-12")])
def test_who_reached_it_before_2021_retired_at_60_or_55(sex, age, last, law):
    for place in range(120):
        birth = Month.parse(last).plus(-place)
        found = retirement(Sex(sex), born_in(birth), law=law)
        assert found.age == Age(age, 0)
        assert found.reached == birth.plus(age * 12)


@pytest.mark.parametrize("sex", list(Sex))
def test_a_later_birth_never_retires_earlier(sex, law):
    births = [Month(1950, 1).plus(place) for place in range(744)]
    reached = [retirement(sex, born_in(birth), law=law).reached for birth in births]
    assert all(later > earlier for earlier, later in pairwise(reached))


@pytest.mark.parametrize("sex", list(Sex))
def test_the_age_is_the_one_of_the_year_it_is_reached_in(sex, law):
    for place in range(744):
        found = retirement(sex, born_in(Month(1950, 1).plus(place)), law=law)
        in_force = law.number(f"retirement_age_{sex}").on(found.reached.first_day).value
        assert found.age == Age.of(int(in_force))


def test_the_day_of_birth_does_not_move_the_month(law):
    for text in ("1983-03-01", "1983-03-31", "1983-03"):
        found = retirement(Sex.FEMALE, PartialDate.parse(text), law=law)
        assert (str(found.reached), str(found.pension_from)) == ("2043-03", "2043-04")
        assert not found.month_assumed


def test_who_knows_only_the_year_of_birth_was_born_in_january(law):
    found = retirement(Sex.FEMALE, PartialDate(1983), law=law)
    assert str(found.reached) == "2043-01"
    assert found.month_assumed
    sources = {
        source.document
        for line in retirement_lines(Sex.FEMALE, PartialDate(1983), law=law)
        for source in line.because
    }
    assert "Thông tư 11/2025/TT-BNV" in sources


def test_an_age_before_the_first_known_one_is_refused(law):
    with pytest.raises(NoValueYet, match="retirement_age_male has no value in 1961-12"):
        retirement(Sex.MALE, PartialDate(1901, 12), law=law)
