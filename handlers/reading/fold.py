"""Folding: the forms of one text that everything else compares."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 2_000  # characters that are read; what follows is not looked at

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_SPACES = re.compile(r"\s+")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def clean(text: str) -> str:
    """Return the text in NFC, without invisible characters, spaces single, at most LONGEST characters."""
    text = unicodedata.normalize("NFC", text[: 2 * LONGEST].translate(_FULL_WIDTH))
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()[:LONGEST]


@lru_cache(maxsize=8_192)
def fold(text: str) -> str:
    """Return the text clean, lower, without marks, đ as d: what "Đường Kỳ Lừa" and "duong ky lua" share."""
    lowered = clean(text).lower().replace("đ", "d")
    bare = "".join(c for c in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare)
