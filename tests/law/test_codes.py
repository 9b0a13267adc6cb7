"""Codes of points and units. VSS letter 1804/BHXH-QLT of 2025."""

import pytest

from calculators.collection_codes import BadCode, collection_point_code, unit_code

POINT = {"unit": "3456789000", "organisation": "TH", "province": "01", "ward": "00070", "point": "003"}
UNIT = {"unit": "3456789000", "kind": "HD", "sector": "A03"}


def test_the_code_of_the_letter_comes_out():
    assert collection_point_code(**POINT) == "3456789000TH0100070003"
    assert unit_code(**UNIT) == "3456789000HDA03"


@pytest.mark.parametrize(
    ("make", "part", "text", "write"),
    [
        (collection_point_code, "unit", "345678900", "10 digits"),
        (collection_point_code, "organisation", "th", "2 capital letters"),
        (collection_point_code, "province", "1", "2 digits"),
        (collection_point_code, "ward", "٠٠٠٧٠", "5 digits"),
        (collection_point_code, "point", "0003", "3 digits"),
        (unit_code, "unit", "1" * 40, "10 digits"),
        (unit_code, "kind", "H1", "2 capital letters"),
        (unit_code, "sector", "A3", "a letter and 2 digits"),
    ],
)
def test_a_part_of_another_shape_is_named(make, part, text, write):
    parts = POINT if make is collection_point_code else UNIT
    with pytest.raises(BadCode) as refused:
        make(**{**parts, part: text})
    assert str(refused.value) == f"the {part} {text[:20]!r} has another shape; write {write}"
