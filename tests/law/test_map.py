"""A small map: how names change with the days, and what an amendment may not be."""

from datetime import date

import pytest

from calculators.errors import ParameterError, UnknownProvince
from calculators.territory import Territory, amendments_checked

START, LATER, LAST = date(2025, 7, 1), date(2026, 4, 30), date(2026, 9, 1)
UNITS = {
    "since": "2025-07-01",
    "provinces": {"20": "Lạng Sơn", "75": "Đồng Nai"},
    "wards": {
        "20": [["00001", "Xã Một", 21_8, 106_7], ["00002", "Xã Hai", 1, 2]],
        "75": [["00003", "Đặc khu Ba", 3, 4]],
    },
    "former": {"21": {"Huyện Cũ": {"Xã Cũ": ["00002"], "Xã Chia": ["00001", "00002"]}}},
}
CITED = {"source": {"document": "Nghị quyết 30/2026/QH16"}, "trust": "secondary", "checked": LATER}


def city(**changed):
    return {"code": "75", "name": "Thành phố Đồng Nai", "from": LATER, **CITED, **changed}


def wards(**changed):
    return {"names": {"00001": "Phường Một"}, "from": LATER, **CITED, **changed}


def amended(*provinces, more=()):
    return Territory(UNITS, {"province": list(provinces), "wards": list(more)})


def test_a_province_has_the_name_of_the_day():
    found = amended(city(**{"from": LAST, "name": "Đô thị Đồng Nai"}), city())
    assert found.province_name("75", START) == "Đồng Nai"
    assert found.province_name("75", date(2026, 4, 29)) == "Đồng Nai"
    assert found.province_name("75", LATER) == "Thành phố Đồng Nai"
    assert found.province_name("75", LAST) == found.province_name("75") == "Đô thị Đồng Nai"
    assert found.province_name("75", date(2020, 1, 1)) == "Đồng Nai"  # before the map: its first name
    assert found.provinces == ["20", "75"]
    with pytest.raises(UnknownProvince, match="'76' is not the code of a province"):
        found.province_name("76")


def test_a_ward_has_the_name_of_the_day():
    found = amended(more=[wards()])
    before, after = found.ward("00001", date(2026, 4, 29)), found.ward("00001", LATER)
    assert (before.name, before.valid_from, before.valid_to) == ("Xã Một", START, LATER)
    assert (after.name, after.valid_from, after.valid_to) == ("Phường Một", LATER, None)
    assert found.ward("00001") == after
    assert found.ward("00001", date(2020, 1, 1)) is None
    assert found.ward_name("00001") == "Phường Một"
    assert (found.ward("09999"), found.ward_name("a market")) == (None, "a market")
    assert [ward.code for ward in found.wards("20")] == ["00001", "00002"]
    assert found.wards("99") == []


def test_a_name_of_the_first_day_takes_the_place_of_the_first():
    found = amended(more=[wards(**{"from": START})])
    assert found.ward("00001", START).name == "Phường Một"
    assert found.ward("00001").valid_to is None


def test_a_ward_may_be_renamed_twice():
    found = amended(more=[wards(), wards(**{"from": LAST, "names": {"00001": "Phường Nhất"}})])
    assert [found.ward("00001", day).name for day in (START, LATER, LAST)] == [
        "Xã Một",
        "Phường Một",
        "Phường Nhất",
    ]
    assert found.ward("00001", LATER).valid_to == LAST


def test_a_special_zone_is_told_by_its_name():
    found = amended()
    assert found.ward("00003").special_zone
    assert not found.ward("00001").special_zone
    assert found.ward("00003").place == (3, 4)


def test_former_wards_belong_to_the_province_they_became_part_of():
    found = amended()
    assert [(ward.name, ward.district, ward.province, ward.became) for ward in found.former("20")] == [
        ("Xã Cũ", "Huyện Cũ", "21", ("00002",)),
        ("Xã Chia", "Huyện Cũ", "21", ("00001", "00002")),
    ]
    assert found.former("75") == ()


def test_landmarks_are_read_when_they_are_asked_for():
    found = amended()
    assert found.landmarks("20")
    assert found.landmarks("20") is found.landmarks("20")
    assert found.landmarks("99") == {}


@pytest.mark.parametrize(
    ("province", "ward", "says"),
    [
        (city(code="76"), None, r"province 1: no unit has the code 76; compare with units\.json"),
        (city(until=LAST), None, "province 1: check until; give checked, code, from, name, source, trust"),
        (None, wards(names={"00009": "Xã"}), "wards 1: no unit has the code 00009"),
        (None, wards(code="20"), "wards 1: check code; give checked, from, names, source, trust and no more"),
        (city(**{"from": "2026-04-30"}), None, "^amendments.toml, province 1: 'from' is a day"),
        (city(source={}), None, "'from' is a day and 'source' names a document; correct them$"),
    ],
)  # fmt: skip
def test_an_amendment_that_cannot_be_trusted_is_refused(province, ward, says):
    with pytest.raises(ParameterError, match=says):
        amended(*([province] if province else []), more=[ward] if ward else [])


def test_every_wrong_amendment_is_named_at_once():
    with pytest.raises(ParameterError) as refused:
        amended(city(), city(code="76"), more=[wards(names={"0": "x"})])
    assert [problem.partition(":")[0] for problem in refused.value.problems] == [
        "amendments.toml, province 2", "amendments.toml, wards 1",
    ]  # fmt: skip


def test_amendments_say_when_they_were_compared():
    rows = amendments_checked()
    assert ("territory.province", date(2026, 4, 30), date(2026, 11, 23), "Nghị quyết 30/2026/QH16") in rows
    assert {kind for kind, *_ in rows} >= {"territory.province", "territory.wards"}
