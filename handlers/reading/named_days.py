"""Days with a name of their own, written as numbers: "15 December", "mùng 1 tết"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from calculators.errors import NoValueYet
from calculators.holidays import lunar_new_year
from handlers.reading.daywords import ENGLISH_MONTHS
from handlers.reading.fold import clean, fold

_MONTH = "|".join(sorted(ENGLISH_MONTHS, key=len, reverse=True))
_DAY = r"(?P<{0}>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_ENGLISH = re.compile(
    rf"(?<!thu )(?<!thứ )\b(?:{_DAY.format('d')}(?: of)? (?P<m>{_MONTH})"
    rf"|(?P<m2>{_MONTH})\.? {_DAY.format('d2')})\b(?! ?(?:h|g|gio|giờ|am|pm)\b|:\d)"
    r"(?:,? (?P<y>20\d\d)\b)?"
)
_NUMBERS = {
    "một": 1, "mot": 1, "hai": 2, "ba": 3, "bốn": 4, "bon": 4, "tư": 4, "năm": 5, "nam": 5, "sáu": 6,
    "bảy": 7, "bay": 7, "tám": 8, "tam": 8, "chín": 9, "chin": 9, "mười": 10, "muoi": 10,
}  # fmt: skip
_TET = r"(?:tết|tet)(?: (?:nguyên đán|nguyen dan|âm lịch|am lich|ta|này|nay))?\b"
_DAY_OF_TET = re.compile(
    rf"\b(?:(?:hôm|hom|ngày|ngay) )?(?:mùng|mung|mồng|mong) (?P<n>10|[1-9]|{'|'.join(_NUMBERS)}) {_TET}"
)
_AT_TET = re.compile(
    r"(?:(?:dip|ngay|hom|luc|vao|on|at|call me|goi) )*"
    r"(?:tet(?: (?:nguyen dan|ta|nay))?|(?:the )?lunar new year)(?: (?:nhe|nha|a|em|di))*[ .!]*"
)
_TET_DAYS = 3


def numbered(text: str, on: date) -> str:
    """Return a text with such days as numbers that `when` reads; Tết is the next one, `on` included."""
    typed = _ENGLISH.sub(_of_month, clean(text).lower())
    if "tet" not in fold(typed) and "lunar" not in typed:
        return typed if typed != clean(text).lower() else text
    try:
        if _AT_TET.fullmatch(fold(typed)):
            first = _next(on, last=_TET_DAYS)
            return f"{max(first, on):%d/%m/%Y} - {first + timedelta(days=_TET_DAYS - 1):%d/%m/%Y}"
        return _DAY_OF_TET.sub(lambda found: _of_tet(found, on), typed)
    except NoValueYet:
        return text


def _of_month(found: re.Match[str]) -> str:
    month = ENGLISH_MONTHS[found["m"] or found["m2"]]
    year = f"/{found['y']}" if found["y"] else ""
    return f"{found['d'] or found['d2']}/{month}{year}"


def _of_tet(found: re.Match[str], on: date) -> str:
    day = _NUMBERS.get(found["n"]) or int(found["n"])
    return f"{_next(on, last=day) + timedelta(days=day - 1):%d/%m/%Y}"


def _next(on: date, *, last: int) -> date:
    """Return the next lunar new year's day whose `last` day has not gone by."""
    first = lunar_new_year(on.year)
    return first if first + timedelta(days=last - 1) >= on else lunar_new_year(on.year + 1)
