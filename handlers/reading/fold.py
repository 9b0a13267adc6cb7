"""Folding: the forms of one text that everything else compares."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 2_000  # characters that are read; what follows is not looked at
_LOOKED_AT = 8 * LONGEST  # one read character may be typed as a letter, its marks and invisible joiners

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+"
)
_SPACES = re.compile(r"\s+")
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


@lru_cache(maxsize=256)  # the readers of one turn look at the same message; older ones are not kept around
def clean(text: str) -> str:
    """Return the text in NFC, plain digits, no invisible characters, single spaces, at most LONGEST long."""
    visible = _INVISIBLE.sub("", text[:_LOOKED_AT]).translate(_FULL_WIDTH)
    composed = unicodedata.normalize("NFC", _SPACES.sub(" ", visible)).strip()[:LONGEST].rstrip()
    return _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), composed)


@lru_cache(maxsize=256)
def fold(text: str) -> str:
    """Return the text clean, lower, without marks, đ as d: what "Đường Kỳ Lừa" and "duong ky lua" share."""
    return unmarked(clean(text).lower())


@lru_cache(maxsize=1_024)
def unmarked(text: str) -> str:
    """Return clean lower text without its marks, đ as d."""
    bare = _MARKS.sub("", unicodedata.normalize("NFD", text.replace("đ", "d")))
    return unicodedata.normalize("NFC", bare)
