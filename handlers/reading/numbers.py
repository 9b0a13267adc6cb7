"""Vietnamese numbers in words, folded: "hai trăm năm mươi nghìn", "một triệu rưỡi", "mười lăm"."""

from __future__ import annotations

from collections.abc import Mapping

DIGITS = {
    "khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7, "tam": 8,
    "chin": 9,
}  # fmt: skip
_SKIPPED = frozenset(("linh", "le", "va", "dong", "vnd", "d", "khoang", "tam", "chung", "co", "duoc", "dc"))
_HALF = "ruoi"


def spelled(words: str, units: Mapping[str, int]) -> tuple[int | None, bool]:
    """Read a folded number in words; return (value or None, whether a unit of `units` was named).

    A lone digit after a unit is its tenths ("ba triệu tư" is 3.4 million), "rưỡi" its half.
    """
    total, group, last_unit, named = 0, None, 0, False
    tens = False
    for place, word in enumerate(words.split()):
        unit = units.get(word, 0)
        if unit > 1:
            total += (group if group is not None else 1) * unit
            group, last_unit, named, tens = None, unit, True, False
        elif word == _HALF:
            if last_unit:
                total += last_unit // 2
            elif group is not None:
                return None, named
        elif word == "tram":
            group, tens = (group if group else 1) * 100, False
        elif word == "muoi":
            group, tens = _times_ten(group), True
        elif word == "chuc":
            group = (group or 1) * 10
        elif word in DIGITS and not (place == 0 and word == "tam" and len(words.split()) > 2):
            group, tens = _digit(group, DIGITS[word], tens=tens), tens
        elif word not in _SKIPPED:
            return None, named
    if group is not None:
        total += group * last_unit // 10 if last_unit and group < 10 else group
    return (total or None), named


def _times_ten(group: int | None) -> int:
    """ "hai mươi" is 20, "mười" 10, "hai trăm mười" 210."""
    if group is None:
        return 10
    tail = group % 100
    return group - tail + (tail * 10 if tail else 10)


def _digit(group: int | None, digit: int, *, tens: bool) -> int:
    """Add a digit: after tens or hundreds it is the ones; "hai lăm" is 25."""
    if group is None:
        return digit
    if tens or group % 100 == 0:
        return group + digit
    return group * 10 + digit
