"""The map: every unit of today, dated, and what the former ones became."""

import json
import sqlite3
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from bot.maintenance.build_territory import build, written
from calculators.errors import ParameterError, UnknownProvince
from calculators.territory import Territory

MAP = Territory.load()
LANG_SON = tomllib.loads((Path(__file__).parent / "data" / "lang_son.toml").read_text("utf-8"))["wards"]
SOURCE = {"document": "Nghị quyết 1/2030"}
CONTENT = {
    "since": "2025-07-01",
    "provinces": {"20": "Tỉnh Lạng Sơn"},
    "wards": {"20": [["06187", "Phường Kỳ Lừa", 218, 1067]]},
    "former": {"Tỉnh Lạng Sơn": {"Huyện Cao Lộc": {"Thị trấn Cao Lộc": ["06187"]}}},
}


def amended(**changes):
    """Return the small map with one amendment of wards."""
    row = {"from": date(2030, 1, 1), "source": SOURCE, "trust": "official", "checked": date(2030, 1, 2),
           "names": {"06187": "Phường Mới"}}  # fmt: skip
    kept = {key: value for key, value in (row | changes).items() if value is not None}
    return Territory(CONTENT, {"wards": [kept]})


def test_there_are_34_provinces_and_3321_wards():
    assert len(MAP.provinces) == 34
    assert sum(len(MAP.wards(province)) for province in MAP.provinces) == 3321


def test_lang_son_has_the_official_wards_spelled_as_the_statistics_office_does():
    assert {ward.code: ward.name for ward in MAP.wards("20")} == LANG_SON


def test_what_a_former_ward_became_is_in_one_province():
    assert len(MAP.former("20")) == 194
    for province in MAP.provinces:
        codes = {ward.code for ward in MAP.wards(province)}
        assert all(set(old.became) <= codes for old in MAP.former(province))


def test_a_split_ward_names_its_main_part_first():
    split = {old.name: old.became for old in MAP.former("20") if len(old.became) > 1}
    assert split == {
        "Xã Bính Xá": ("06613", "06625"),
        "Xã Kiên Mộc": ("06625", "06637"),
        "Xã Hồng Phong": ("06079", "06184"),
    }


def test_a_name_holds_from_its_day_on():
    assert MAP.province_name("75", date(2026, 4, 29)) == "Tỉnh Đồng Nai"
    assert MAP.province_name("75", date(2026, 4, 30)) == "Thành phố Đồng Nai"
    assert MAP.ward("07294", date(2026, 9, 19)).name == "Xã Bố Hạ"
    assert MAP.ward("07294", date(2026, 9, 19)).valid_to == date(2026, 9, 20)
    assert MAP.ward("07294").name == "Phường Bố Hạ"


def test_a_code_means_nothing_before_july_2025():
    assert MAP.ward("06148", date(2025, 6, 30)) is None
    assert MAP.ward("06148", date(2025, 7, 1)).name == "Xã Thuỵ Hùng"


def test_words_that_are_no_code_are_shown_as_they_are():
    assert MAP.ward_name("06187") == "Phường Kỳ Lừa"
    assert MAP.ward_name("chợ Kỳ Lừa") == "chợ Kỳ Lừa"


def test_an_unknown_province_is_refused():
    with pytest.raises(UnknownProvince, match="99"):
        MAP.province_name("99")


def test_landmarks_stand_in_wards_of_their_province():
    for province in MAP.provinces:
        codes = {ward.code for ward in MAP.wards(province)}
        assert set(MAP.landmarks(province).values()) <= codes
    assert MAP.landmarks("20")["chợ Kỳ Lừa"] == "06187"


def test_an_amendment_renames_from_its_day():
    small = amended()
    assert small.ward("06187", date(2029, 12, 31)).name == "Phường Kỳ Lừa"
    assert small.ward("06187", date(2030, 1, 1)).name == "Phường Mới"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"names": {"99999": "Xã Lạ"}}, "wards 1: no unit has the code 99999"),
        ({"from": None}, "wards 1: check from"),
        ({"from": "2030-01-01"}, "'from' is a day"),
        ({"source": {}}, "names a document"),
        ({"nmaes": {}}, "check nmaes"),
    ],
)
def test_an_amendment_that_cannot_be_trusted_is_refused_with_file_row_and_remedy(changes, message):
    with pytest.raises(ParameterError, match=r"amendments\.toml") as refused:
        amended(**changes)
    assert message in str(refused.value)


def test_every_amendment_is_cited():
    rows = tomllib.loads((files("calculators") / "parameters/territory/amendments.toml").read_text("utf-8"))
    assert all(row["source"]["document"] for part in rows.values() for row in part)


def test_the_map_is_built_from_the_package_as_it_is_unpacked(tmp_path):
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data" / "dataset.db") as database:
        database.execute(
            "create table admin_units"
            " (province, provinceCode, provinceKey, ward, wardCode, wardKey, wardLat, wardLon)"
        )
        database.execute(
            "create table admin_units_legacy (province, district, ward, provinceKey, districtKey, wardKey)"
        )
        database.executemany(
            "insert into admin_units values ('Tỉnh A', '90', 'a', ?, ?, ?, 21.5, 106.25)",
            [("Xã Một", "00001", "mot"), ("Xã Hai", "00002", "hai")],
        )
        database.executemany(
            "insert into admin_units_legacy values ('Tỉnh A', 'Huyện B', ?, 'a', 'b', ?)",
            [("Xã Cũ", "cu"), ("Xã Đôi", "doi"), (None, None)],
        )
    database.close()
    mapping = {
        "DICT_PROVINCE_WARD_NO_DIVIDED": {"a": {"mot": ["a_b_cu", "a_b_"]}},
        "DICT_PROVINCE_WARD_DIVIDED": {
            "a": {"a_b_doi": [{"newWardKey": "mot", "isDefaultNewWard": False},
                              {"newWardKey": "hai", "isDefaultNewWard": True}]}
        },
    }  # fmt: skip
    (tmp_path / "data" / "converter_2025.json").write_text(json.dumps(mapping), "utf-8")
    content = build(tmp_path)
    built = Territory(json.loads(written(content)))
    assert [(ward.code, ward.name, ward.place) for ward in built.wards("90")] == [
        ("00001", "Xã Một", (215_000, 1_062_500)),
        ("00002", "Xã Hai", (215_000, 1_062_500)),
    ]
    assert {old.name: old.became for old in built.former("90")} == {
        "Xã Cũ": ("00001",),
        "Xã Đôi": ("00002", "00001"),
        "Huyện B": ("00001",),
    }
