"""Taking out of a text what may identify a person: numbers, addresses, names as people give them."""

from __future__ import annotations

import re

from handlers.reading.fold import clean, unmarked

GONE = "…"
LONGEST = 300  # characters that are left
_LINK = re.compile(r"\S+@\S+|(?:https?://|www\.|zalo\.me/|t\.me/|fb\.com/)\S+", re.IGNORECASE)
_DATE = re.compile(r"\b\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b")
_NUMBER = re.compile(r"\+?\d(?:[ .\-()]*\d){5,}")  # six digits or more, however they are grouped
_NAMED = re.compile(
    r"\b(?:ten(?: (?:em|toi|minh|chau|chi|anh|con|la|me|bo|vo|chong))*|ho ten(?: la)?"
    r"|goi (?:em|toi|chi|anh) la|my name is|i am called)\s*:?\s+((?:[^\W\d_]+\s*){1,5})"
)
_PLACED = re.compile(
    r"\b(?:thon|ban|xom|khoi|to dan pho|so nha|nha so|ngo|ngach|hem|duong|pho|dia chi(?: la)?)\s+"
    r"((?:[\w/]+\s*){1,3})"
)
_FAMILY_NAMES = (
    "nguyen|tran|le|pham|hoang|huynh|phan|vu|vo|dang|bui|do|ho|ngo|duong|ly|nong|luong|trieu|chu|be|hua|lanh|lam"
    "|dinh|vy|vi|loc|mong|to|ha|dao|trinh|mai|truong|luu|ma|quach|trang|phung|thach|kim|sung|giang|vang|tao"
)
_FULL_NAME = re.compile(
    rf"\b(?:{_FAMILY_NAMES}) (?:van|thi|huu|duc|minh|ngoc|thanh|quoc|xuan|dinh) [^\W\d_]+(?: [^\W\d_]+)?"
)
_TWICE = re.compile(r"…(?:[ .,]*…)+")
_TITLES = frozenset(("anh", "chị", "cô", "chú", "bác", "ông", "bà", "mr", "mrs", "ms"))
_ABBREVIATED = 5  # letters: BHXH, BHYT, CCCD are no names


def scrub(text: str) -> str:
    """Return the text without links, dates, long numbers, and the names and addresses people give.

    What is doubtful goes: a question without a few of its words can still be counted.
    """
    kept = clean(text)
    for pattern in (_LINK, _DATE, _NUMBER):
        kept = pattern.sub(GONE, kept)
    for pattern, group in ((_NAMED, 1), (_PLACED, 1), (_FULL_NAME, 0)):
        kept = _cut(pattern, group, kept)
    kept = _TWICE.sub(GONE, _without_capitals(kept))
    return kept[:LONGEST].strip()


def _without_capitals(text: str) -> str:
    """Take out words with a capital, in a row or after a title; of a text all in capitals none."""
    words = text.split(" ")
    named = [word[:1].isupper() and not (word.isupper() and len(word) <= _ABBREVIATED) for word in words]
    if all(named) or text.isupper():
        return text
    kept = []
    for place, word in enumerate(words):
        beside = named[place - 1 : place] == [True] or named[place + 1 : place + 2] == [True]
        titled = place > 0 and words[place - 1].lower() in _TITLES
        kept.append(GONE if named[place] and (beside or titled) else word)
    return " ".join(kept)


def _cut(pattern: re.Pattern[str], group: int, text: str) -> str:
    """Cut what the pattern finds in the text as folded; folding keeps the length of clean text."""
    folded = unmarked(text.lower())
    if len(folded) != len(text):
        return GONE  # a letter that folds into several: nothing is known to be safe
    for found in reversed(list(pattern.finditer(folded))):
        text = text[: found.start(group)] + GONE + text[found.end(group) :]
    return text
