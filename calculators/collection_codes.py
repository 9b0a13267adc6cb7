"""The codes of collection points and of paying units. VSS letter 1804/BHXH-QLT of 2025."""

from __future__ import annotations

import re

from calculators.errors import LawError
from calculators.texts import LETTER_1804

POINT = LETTER_1804("mã điểm thu")
UNIT = LETTER_1804("mã đơn vị")


class BadCode(LawError):
    """A part of a code has another shape."""


def collection_point_code(unit: str, organisation: str, province: str, ward: str, point: str) -> str:
    """Return the code of a collection point, made of its five parts in their order.

    VSS letter 1804/BHXH-QLT. Raises BadCode, naming the part.
    """
    return (
        _part("unit", unit, r"\d{10}", "10 digits")
        + _part("organisation", organisation, "[A-Z]{2}", "2 capital letters")
        + _part("province", province, r"\d{2}", "2 digits")
        + _part("ward", ward, r"\d{5}", "5 digits")
        + _part("point", point, r"\d{3}", "3 digits")
    )


def unit_code(unit: str, kind: str, sector: str) -> str:
    """Return the code of a unit that pays: its id, its kind, its sector (such as A03).

    VSS letter 1804/BHXH-QLT. Raises BadCode, naming the part.
    """
    return (
        _part("unit", unit, r"\d{10}", "10 digits")
        + _part("kind", kind, "[A-Z]{2}", "2 capital letters")
        + _part("sector", sector, r"[A-Z]\d{2}", "a letter and 2 digits")
    )


def _part(name: str, text: str, shape: str, words: str) -> str:
    if not re.fullmatch(shape, text, re.ASCII):
        raise BadCode(f"the {name} {text[:20]!r} has another shape; write {words}")
    return text
