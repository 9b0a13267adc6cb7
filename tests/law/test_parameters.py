"""The parameter files: strict when read, dated and cited when asked."""

import tomllib
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

import calculators
from calculators.law import Law, NoValueYet, ParameterError, Trust, UnknownParameter, UnknownProvince
from calculators.vocabulary import PARAMETERS, Group

BROKEN = Path(__file__).parent / "broken"
PACKAGED = Path(calculators.__file__).parent / "parameters"


def put(folder, *files):
    """Make a parameter folder of some files, each under its own name."""
    (folder / "provinces").mkdir()
    for file in files:
        where = folder / "provinces" if file.parent.name == "provinces" else folder
        (where / file.name).write_bytes(file.read_bytes())
    return folder


@pytest.mark.parametrize("file", sorted(BROKEN.rglob("*.toml")), ids=lambda file: file.stem)
def test_a_broken_file_is_refused_with_its_name_its_row_and_a_remedy(file, tmp_path):
    words = [
        row.removeprefix("# says: ") for row in file.read_text().splitlines() if row.startswith("# says: ")
    ]
    assert words
    with pytest.raises(ParameterError) as refused:
        Law.load(put(tmp_path, file))
    assert file.name in str(refused.value)
    for word in words:
        assert word in str(refused.value)


def test_all_problems_of_all_files_are_reported_at_once(tmp_path):
    files = [BROKEN / "float_value.toml", BROKEN / "quoted_amount.toml"]
    with pytest.raises(ParameterError) as refused:
        Law.load(put(tmp_path, *files))
    assert len(refused.value.problems) == 2


def test_one_parameter_in_two_files_is_refused(tmp_path):
    folder = put(tmp_path, PACKAGED / "support.toml")
    (folder / "support-2.toml").write_bytes((PACKAGED / "support.toml").read_bytes())
    with pytest.raises(
        ParameterError, match=r"support\.toml, \[central_support_poor\]: another file holds it too"
    ):
        Law.load(folder)


def test_one_province_in_two_files_is_refused(tmp_path):
    lang_son = PACKAGED / "provinces" / "20-lang-son.toml"
    folder = put(tmp_path, lang_son)
    (folder / "provinces" / "20-copy.toml").write_bytes(lang_son.read_bytes())
    with pytest.raises(ParameterError, match="another file holds province 20 too"):
        Law.load(folder)


def test_a_folder_that_lacks_a_parameter_is_refused(tmp_path):
    files = [file for file in PACKAGED.glob("*.toml") if file.name != "support.toml"]
    with pytest.raises(ParameterError, match="no file holds central_support_ethnic_minority"):
        Law.load(put(tmp_path, *files))


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="nowhere: is not a folder"):
        Law.load(tmp_path / "nowhere")


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    folder = put(tmp_path)
    (folder / "latin.toml").write_bytes('name = "Lạng Sơn"'.encode("utf-16"))
    with pytest.raises(ParameterError, match=r"latin\.toml: is not TOML in UTF-8"):
        Law.load(folder)


def test_files_that_are_no_parameters_are_left_alone(tmp_path):
    folder = put(tmp_path, *PACKAGED.glob("*.toml"))
    (folder / "README.txt").write_text("what a lawyer noted")
    assert Law.load(folder).numbers


def test_no_float_stands_in_any_parameter_file():
    def floats(value):
        if isinstance(value, dict):
            return [found for item in value.values() for found in floats(item)]
        if isinstance(value, list):
            return [found for item in value for found in floats(item)]
        return [value] if isinstance(value, float) else []

    for file in PACKAGED.rglob("*.toml"):
        assert floats(tomllib.loads(file.read_text(encoding="utf-8"))) == [], file.name


def test_the_vocabulary_and_the_files_hold_the_same_parameters(law):
    assert {*law.numbers, *law.tables} == set(PARAMETERS)


def test_every_official_row_names_the_article_a_person_read(law):
    rows = [row for series in (*law.numbers.values(), *law.tables.values()) for row in series.rows]
    assert all(row.source.article for row in rows if row.trust is Trust.OFFICIAL)


def test_a_number_is_the_one_in_force_on_the_day(law):
    line = law.number("rural_poverty_line")
    assert line.on(date(2026, 12, 31)).value == 1_500_000
    assert line.on(date(2027, 1, 1)).value == 2_200_000
    assert line.on(date(2027, 1, 1)).source.document == "Nghị định 351/2025/NĐ-CP"
    assert line.on(date(2027, 1, 1)).trust is Trust.SECONDARY
    assert line.on(date(2026, 12, 31)).since == date(2022, 1, 1)


def test_before_its_first_day_a_number_has_no_value(law):
    with pytest.raises(
        NoValueYet, match="rural_poverty_line has no value on 1990-01-01; the first starts on 2016"
    ):
        law.number("rural_poverty_line").on(date(1990, 1, 1))


def test_every_day_around_a_change_reads_its_own_side(law):
    for series in law.numbers.values():
        for before, after in pairwise(series.rows):
            last = date.fromordinal(after.since.toordinal() - 1)
            if series.kind.own_year_only and last.year != before.since.year:
                assert not series.known_on(last)
            else:
                assert series.on(last) is before
            assert series.on(after.since) is after


@pytest.mark.parametrize("year", [2023, 2027])
def test_a_year_without_its_coefficients_borrows_no_others(law, year):
    with pytest.raises(NoValueYet, match=f"income_coefficient has no table for {year}"):
        law.table("income_coefficient").on(date(year, 6, 1))


def test_coefficients_of_2026_are_those_of_the_letter(law):
    table = law.table("income_coefficient").on(date(2026, 12, 31))
    assert table.value[2008] == Decimal("2.29")
    assert table.value[2018] == Decimal("1.23")
    assert table.value[2026] == 1
    assert table.source.document == "Công văn 340/BHXH-CSXH"


def test_coefficients_never_rise_from_one_year_to_the_next(law):
    for row in law.table("income_coefficient").rows:
        values = list(row.value.values())
        assert all(later <= earlier for earlier, later in pairwise(values)), row.since
        assert values[-1] == values[-2] == 1


def test_a_parameter_nobody_knows_is_a_mistake_in_code(law):
    with pytest.raises(UnknownParameter, match="no parameter is called 'povert_line'"):
        law.number("povert_line")
    with pytest.raises(UnknownParameter, match="no table is called 'contribution_rate'"):
        law.table("contribution_rate")


def test_the_next_change_is_the_first_day_a_value_becomes_another(law):
    assert law.next_change(date(2026, 11, 23)) == date(2027, 1, 1)
    assert law.next_change(date(2026, 11, 23), ["rural_poverty_line"]) == date(2027, 1, 1)
    assert law.next_change(date(2026, 12, 31), ["rural_poverty_line"]) == date(2027, 1, 1)
    assert law.next_change(date(2027, 1, 1), ["rural_poverty_line"]) is None
    assert law.next_change(date(2027, 1, 1), ["owner_compulsory_registered"]) == date(2029, 7, 1)


def test_a_new_law_that_keeps_a_number_is_no_change_of_it(law):
    assert law.next_change(date(2024, 1, 1), ["contribution_rate"]) is None
    assert law.number("contribution_rate").on(date(2025, 7, 1)).source.document == "Luật 41/2024/QH15"
    assert law.number("contribution_rate").on(date(2025, 6, 30)).source.document == "Luật 58/2014/QH13"


def test_the_numbers_in_force_are_listed_with_what_they_rest_on(law):
    rows = {row.key: row for row in law.in_force(date(2026, 11, 23))}
    assert rows["rural_poverty_line"].value == 1_500_000
    assert rows["reference_level"].since == date(2026, 7, 1)
    assert rows["income_coefficient.2008"].value == Decimal("2.29")
    assert rows["local_support.01.near_poor"].value == Decimal("0.60")
    assert "local_support.20.poor" not in rows
    assert list(rows) == sorted(rows)
    assert len(law.in_force(date(1900, 1, 1))) == 0


def test_there_are_thirty_four_provinces_each_with_its_code(law):
    assert len(law.provinces) == 34
    assert law.province("20").name == "Lạng Sơn"
    with pytest.raises(UnknownProvince):
        law.province("21")


def test_only_provinces_whose_resolution_is_known_well_enough_have_rates(law):
    with_rates = {code for code, province in law.provinces.items() if province.support}
    assert with_rates == {"01", "22", "56"}
    assert law.province("20").status == "draft_only"
    assert law.province("20").rate(Group.POOR, date(2026, 11, 23)) is None


def test_a_province_changes_when_its_resolution_starts_and_ends(law):
    khanh_hoa = law.province("56")
    assert list(khanh_hoa.changes_after(date(2025, 1, 1), Group.POOR)) == [date(2026, 1, 1), date(2031, 1, 1)]
    assert list(khanh_hoa.changes_after(date(2026, 1, 1), Group.POOR)) == [date(2031, 1, 1)]
    assert list(law.province("20").changes_after(date(2025, 1, 1), Group.POOR)) == []


def test_each_series_goes_by_its_key_and_each_province_says_how_well_it_is_known(law):
    assert all(series.key == key for key, series in {**law.numbers, **law.tables}.items())
    ha_noi, lang_son = law.province("01"), law.province("20")
    assert (ha_noi.confidence, ha_noi.permanent_residents_only, ha_noi.checked) == (
        "high",
        True,
        date(2026, 11, 23),
    )
    assert (lang_son.status, lang_son.permanent_residents_only) == ("draft_only", False)
    assert lang_son.note.startswith("A draft resolution of 24/10/2025")
    assert ha_noi.rate(Group.POOR, date(2026, 1, 1)).key == "local_support.01.poor"
