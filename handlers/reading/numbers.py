"""Vietnamese numbers in words, folded: "hai trăm năm mươi nghìn", "một triệu rưỡi", "mười lăm"."""

from __future__ import annotations

from collections.abc import Mapping

DIGITS = {
    "khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7,
    "tam": 8, "chin": 9,
}  # fmt: skip
_SKIPPED = frozenset(("linh", "le", "va", "dong", "vnd", "d", "khoang", "chung", "co", "duoc", "dc"))
_SCALES = {"tram": 100, "chuc": 10}


class _NotANumber(Exception):
    """A word in it is no part of a number."""


class _Speller:
    """Adds words up: `group` is what stands before the next unit."""

    def __init__(self, units: Mapping[str, int]) -> None:
        self.units, self.total, self.last = units, 0, 0
        self.group: int | None = None

    def add(self, word: str) -> None:
        if self.units.get(word, 0) > 1:
            self.last = self.units[word]
            self.total += (1 if self.group is None else self.group) * self.last
            self.group = None
        elif word == "ruoi" and self.last:
            self.total += self.last // 2
        elif word == "muoi":
            self._tens()
        elif word in _SCALES:
            self.group = (self.group or 1) * _SCALES[word]
        elif word in DIGITS:
            self._digit(DIGITS[word])
        elif word not in _SKIPPED:
            raise _NotANumber

    def _tens(self) -> None:
        """ "hai mươi" is 20, "mười" 10, "hai trăm mười" 210."""
        group = self.group or 0
        tail = group % 100
        self.group = group - tail + (tail or 1) * 10

    def _digit(self, digit: int) -> None:
        """After tens or hundreds a digit is the ones; "hai lăm" is 25."""
        if self.group is None:
            self.group = digit
        elif self.group % 10 == 0 and self.group:
            self.group += digit
        else:
            self.group = self.group * 10 + digit

    def value(self) -> int:
        """A lone digit after a unit is its tenths: "ba triệu tư" is 3.4 million."""
        tail = self.group or 0
        return self.total + (tail * self.last // 10 if self.last and tail < 10 else tail)


def spelled(words: str, units: Mapping[str, int]) -> tuple[int | None, bool]:
    """Read a folded number in words; return (value or None, whether a unit of `units` was named)."""
    speller = _Speller(units)
    try:
        for word in words.split():
            speller.add(word)
    except _NotANumber:
        return None, bool(speller.last)
    return speller.value() or None, bool(speller.last)
