"""Keeping the law: what was compared too long ago, what a day changes and for whom."""

import io
import itertools
from datetime import date

import pytest

from bot.lawdesk import print_changes, print_stale
from calculators.comparison import Amount, Whose, felt, moved
from calculators.holidays import Holidays
from calculators.support import Group
from calculators.upkeep import compared, stale

OLD_YEAR, NEW_YEAR = date(2026, 12, 31), date(2027, 1, 1)


@pytest.fixture(scope="module")
def holidays():
    return Holidays.load()


def touched(law, before=OLD_YEAR, after=NEW_YEAR):
    return {(each.what, each.whose): (each.before, each.after) for each in felt(law, before, after)}


def test_a_row_is_stale_the_day_after_its_year(law, holidays):
    checked = min(row.checked for row in compared(law, holidays))
    year_later = checked.replace(year=checked.year + 1)
    assert stale(law, holidays, on=year_later) == []
    found = stale(law, holidays, on=date.fromordinal(year_later.toordinal() + 1))
    assert {row.checked for row in found} == {checked}


def test_every_file_of_parameters_is_looked_at(law, holidays):
    rows = list(compared(law, holidays))
    keys = {row.key for row in rows}
    assert {*law.numbers, *law.tables, "public_holidays", "territory.province", "territory.wards"} <= keys
    assert {f"province.{code}" for code in law.provinces} <= keys
    assert "local_support.01.near_poor" in keys
    assert len(stale(law, holidays, on=date(2099, 1, 1))) == len(rows)


def test_the_oldest_comparison_is_listed_first(law, holidays):
    found = stale(law, holidays, on=date(2099, 1, 1))
    assert all(earlier.checked <= later.checked for earlier, later in itertools.pairwise(found))


def test_the_command_lists_what_is_stale_and_says_so_in_its_status():
    out = io.StringIO()
    assert print_stale(date(2099, 1, 1), out) == 1
    assert "rural_poverty_line                 since 2027-01-01 checked 2026-11-23" in out.getvalue()
    out = io.StringIO()
    assert print_stale(date(2026, 11, 24), out) == 0
    assert out.getvalue() == "0 rows were compared with their source over a year before 2026-11-24\n"


def test_on_new_year_the_numbers_that_move_are_named(law):
    found = {each.key: each for each in moved(law, OLD_YEAR, NEW_YEAR)}
    assert found["rural_poverty_line"].before.value == 1_500_000
    assert found["rural_poverty_line"].after.value == 2_200_000
    assert found["retirement_age_male"].after.value == 61 * 12 + 9
    assert found["fund_yield"].after is None
    assert "contribution_rate" not in found
    assert list(found) == sorted(found)


@pytest.mark.parametrize(
    ("group", "support", "pays"),
    [
        (Group.POOR, (165_000, 242_000), (165_000, 242_000)),
        (Group.ISLAND, (165_000, 242_000), (165_000, 242_000)),
        (Group.NEAR_POOR, (132_000, 193_600), (198_000, 290_400)),
        (Group.ETHNIC_MINORITY, (99_000, 145_200), (231_000, 338_800)),
        (Group.OTHER, (66_000, 96_800), (264_000, 387_200)),
    ],
)
def test_on_new_year_every_group_pays_and_is_given_more(law, group, support, pays):
    """Decree 159/2025/NĐ-CP art. 5 on the lines of Decrees 07/2021 and 351/2025."""
    found = touched(law)
    assert found[Amount.CENTRAL_SUPPORT, Whose(group)] == support
    assert found[Amount.PAYS_AT_LEAST, Whose(group)] == pays


def test_on_new_year_everybody_declares_more_and_a_province_that_adds_gives_more(law):
    found = touched(law)
    assert found[Amount.LOWEST_INCOME, Whose()] == (1_500_000, 2_200_000)
    assert found[Amount.LOWEST_CONTRIBUTION, Whose()] == (330_000, 484_000)
    assert found[Amount.LOCAL_SUPPORT, Whose(Group.NEAR_POOR, "01")] == (198_000, 290_400)
    assert (Amount.PAYS_AT_LEAST, Whose(Group.NEAR_POOR, "01")) not in found  # nothing before, nothing after
    assert (Amount.HIGHEST_INCOME, Whose()) not in found


def test_a_new_reference_level_touches_ceilings_owners_and_funerals(law):
    """Decree 161/2026/NĐ-CP art. 3.2: 2,340,000 to 2,530,000; Decree 162/2026/NĐ-CP art. 2: 8% more."""
    assert touched(law, date(2026, 6, 30), date(2026, 7, 1)) == {
        (Amount.HIGHEST_INCOME, Whose()): (46_800_000, 50_600_000),
        (Amount.HIGHEST_CONTRIBUTION, Whose()): (10_296_000, 11_132_000),
        (Amount.OWNER_PAYS, Whose()): (690_300, 746_350),
        (Amount.FUNERAL, Whose()): (23_400_000, 25_300_000),
        (Amount.PART_TIME_WAGE, Whose()): (2_340_000, 2_530_000),
        (Amount.SURVIVOR, Whose()): (1_170_000, 1_265_000),
        (Amount.PENSION_FLOOR, Whose()): (2_340_000, 2_530_000),
        (Amount.HEALTH_CARD, Whose()): (105_300, 113_850),
        (Amount.PENSION_OF_A_MILLION, Whose()): (1_000_000, 1_080_000),
    }


@pytest.mark.parametrize(
    ("before", "after", "a_million"),
    [
        (date(2021, 12, 31), date(2022, 1, 1), 1_074_000),  # Decree 108/2021/NĐ-CP
        (date(2021, 12, 31), date(2023, 7, 1), 1_208_250),  # and 12.5% on it, Decree 42/2023/NĐ-CP art. 2
        (date(2024, 6, 30), date(2024, 7, 1), 1_150_000),  # Decree 75/2024/NĐ-CP
    ],
)
def test_an_increase_touches_who_drew_before_it(before, after, a_million, law):
    assert touched(law, before, after)[Amount.PENSION_OF_A_MILLION, Whose()] == (1_000_000, a_million)


def test_before_the_first_law_known_here_no_increase_is_told(law):
    assert (Amount.PENSION_OF_A_MILLION, Whose()) not in touched(law, date(2015, 12, 31), date(2017, 7, 1))


def test_support_that_begins_or_ends_is_unknown_on_the_other_side(law):
    began = touched(law, date(2017, 12, 31), date(2018, 1, 1))
    assert began[Amount.CENTRAL_SUPPORT, Whose(Group.POOR)] == (0, 46_200)
    ended = touched(law, date(2030, 12, 31), date(2031, 1, 1))
    assert ended[Amount.LOCAL_SUPPORT, Whose(Group.POOR, "56")] == (145_200, None)


def test_between_a_day_and_itself_nothing_moves(law):
    assert moved(law, NEW_YEAR, NEW_YEAR) == []
    assert felt(law, NEW_YEAR, NEW_YEAR) == []


def test_the_command_prints_what_changes_and_whom_it_touches():
    out = io.StringIO()
    assert print_changes(OLD_YEAR, NEW_YEAR, out) == 0
    said = out.getvalue().replace("\u00a0", " ").splitlines()
    assert said[0] == "from 31/12/2026 to 01/01/2027"
    assert "  everybody: minimum contribution 330.000 đ → 484.000 đ" in said
    assert "  near-poor households: pays at least 198.000 đ → 290.400 đ" in said
    assert "  poor households in Hà Nội: the province adds 165.000 đ → 242.000 đ" in said
    assert sum("income_coefficient" in line for line in said) == 1
    assert (
        "  men who reach the age from then on: retirement age 61 years 6 months → 61 years 9 months" in said
    )
    assert (
        "  women who reach the age from then on: retirement age 57 years 0 months → 57 years 4 months" in said
    )
    assert any(line.startswith("  who pays years ahead or missing months at once: no price") for line in said)
    assert any(line.startswith("  who claims a benefit from then on: no amount") for line in said)
    assert any("retirement_age_male" in line and "738 months → 741 months" in line for line in said)
