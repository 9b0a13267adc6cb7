"""Births, ages and periods as people type them; what is partly known stays partly known."""

from __future__ import annotations

import re
from datetime import date

from calculators.months import PartialDate
from handlers.reading.fold import fold
from handlers.reading.numbers import spelled
from handlers.reading.unclear import Candidate, Unclear

_OLDEST = 110  # years: an older date of birth is a slip
_FULL = re.compile(r"\b(\d{1,2})\s*(?:[/.\-\s]|t|thang)\s*(\d{1,2})\s*(?:[/.\-\s]|nam)\s*(\d{4}|\d{2})\b")
_ISO = re.compile(r"\b(\d{4}|\d{2})[/\-](\d{1,2})[/\-](\d{1,2})\b")
_GLUED = re.compile(r"\b(\d{2})(\d{2})(\d{4}|\d{2})\b")
_MONTH_YEAR = re.compile(
    r"(?:\bt|\bthang\s*|\b)(\d{1,2})\s*(?:[/.\-]|\s*nam\s*|\s+)(\d{4}|\d{2})\b|\b(\d{4})[/\-](\d{1,2})\b"
)
_YEAR = re.compile(
    r"(?:\b(?:sn|sinh|nam|year|born)\s*(?:nam|in)?\s*)?\b(\d{4})\b|\b(?:sn|sinh|nam)\s*(?:nam\s*)?(\d{2})\b"
)
_AGE = re.compile(r"\b(?:age\s*)?(\d{1,3})\s*(?:t|tuoi|years? old|yo|y/o)\b")
_AGE_SPOT = re.compile(r"\b(\d{2})\s*(?:t|tuoi|years? old)\b")
_BORN_SPOT = re.compile(
    r"\b(?:sn|sinh nam|sinh)\s*(\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}|\d{1,2}[/.\-]\d{2,4}|\d{4}|\d{2})\b"
)
_ANIMALS = ("ty chuot", "suu", "dan", "mao meo", "thin", "ty ran", "ngo", "mui", "than", "dau", "tuat", "hoi")
_STEMS = ("canh", "tan", "nham", "quy", "giap", "at", "binh", "dinh", "mau", "ky")
_BRANCHES = ("than", "dau", "tuat", "hoi", "ty", "suu", "dan", "mao", "thin", "ty", "ngo", "mui")
_ZODIAC = re.compile(r"\btuoi\s+(?:con\s+)?(?:([a-z]+)\s+)?([a-z]+)\b")
_LUNAR = re.compile(r"\b(am lich|lich am|chap|gieng|mung|ram)\b")

_YEARS = re.compile(
    r"(\d+(?:[.,]5)?)\s*(?:nam|n|years?|yrs?|y)\b(\s*ruoi)?(?:\s*(\d{1,2})\s*(?:thang|th|t|months?)\b)?"
)
_MONTHS = re.compile(r"(\d+)\s*(?:thang|th|t|months?|m)\b")
_SPAN = re.compile(
    r"(?:(?:t|thang\s*)?(\d{1,2})[/.\-])?(?:nam\s*)?((?:19|20)\d{2}|\d{2})\s*(?:-|–|—|~|>|den|toi|to|\s)\s*"
    r"(?:(?:t|thang\s*)?(\d{1,2})[/.\-])?(?:nam\s*)?((?:19|20)\d{2}|\d{2})\b"
)
_NONE = frozenset(
    ("khong", "ko", "k", "chua", "chua dong", "chua bao gio", "chua he", "khong co", "ko co", "chua tung",
     "none", "never", "no", "0", "chua dong bao gio", "hok", "hong")
)  # fmt: skip
_MOST_MONTHS = 600


def birth(text: str, on: date) -> PartialDate:
    """Read a date of birth, as much of it as is said.

    Raises Unclear: "which_birth_year" with candidates (fact year) for an age or a zodiac year, "no_such_day",
    "year_missing", "lunar_date", "in_the_future", "not_a_birth_date".
    """
    words = fold(text).strip(" .!?")
    if _LUNAR.search(words):
        raise Unclear("lunar_date")
    if re.fullmatch(r"\d{1,2}[/.\-]\d{1,2}", words) and not re.fullmatch(r"\d{1,2}[/.\-]\d{2}", words):
        raise Unclear("year_missing")
    found = _date_in(words, on)
    if found is None:
        found = _of_full_zodiac(words, on)
    if found is None:
        raise _by_age(words, on) or Unclear("not_a_birth_date")
    if found.counted > on:
        raise Unclear("in_the_future")
    if on.year - found.year > _OLDEST:
        raise Unclear("not_a_birth_date")
    return found


def spot_birth(text: str, on: date) -> str | None:
    """Find an age or a birth date inside a longer message; return words that `birth` reads."""
    words = fold(text)
    born = _BORN_SPOT.search(words)
    age = _AGE_SPOT.search(words)
    if born:
        return f"sn {born[1]}"
    if age and 10 <= int(age[1]) <= 99:
        return f"{age[1]} tuổi"
    full = _FULL.search(words)
    return full[0] if full and _year(full[3], on) else None


def _date_in(words: str, on: date) -> PartialDate | None:
    iso, full, glued = _ISO.search(words), _FULL.search(words), _GLUED.search(words)
    if iso and (len(iso[1]) == 4 or int(iso[1]) > 31):
        return _made(_year(iso[1], on), int(iso[2]), int(iso[3]))
    if full:
        return _made(_year(full[3], on), int(full[2]), int(full[1]))
    if glued:
        return _made(_year(glued[3], on), int(glued[2]), int(glued[1]))
    if _AGE.search(words):
        return None
    month = _month_of_year(words, on)
    if month:
        return month
    only = _YEAR.search(words)
    if only:
        return _made(_year(only[1] or only[2], on), None, None)
    if re.fullmatch(r"\d{2}(?: nhe| a| nha)?", words) and int(words[:2]) >= 60:
        return _made(_year(words[:2], on), None, None)
    return None


def _month_of_year(words: str, on: date) -> PartialDate | None:
    match = _MONTH_YEAR.search(words)
    if not match:
        return None
    number, year = (match[1], match[2]) if match[1] else (match[4], match[3])
    if int(number) <= 12 and (len(year) == 4 or int(year) > 12 or not re.search(r"[/.\-]", match[0])):
        return _made(_year(year, on), int(number), None)
    if len(year) == 2 and int(year) <= 12:
        raise Unclear("year_missing")
    return None


def _year(digits: str, on: date) -> int:
    """Two digits are the year that makes a grown person; 0 to 11 are of this century."""
    year = int(digits)
    if len(digits) == 4:
        return year
    if year <= on.year % 100 - 15:
        return on.year // 100 * 100 + year
    if year <= on.year % 100:
        raise Unclear("which_century")
    return (on.year // 100 - 1) * 100 + year


def _made(year: int, month: int | None, day: int | None) -> PartialDate:
    try:
        return PartialDate(year, month, day)
    except ValueError:
        raise Unclear("no_such_day") from None


def _by_age(words: str, on: date) -> Unclear | None:
    """An age leaves two years, a zodiac year several: which one is asked, with the month."""
    zodiac = _ZODIAC.search(words)
    years = _zodiac_years(zodiac, on) if zodiac else []
    age = _AGE.search(words) or re.fullmatch(r"(?:hon |khoang |tam )?(\d{2})(?: nhe| a| nha)?", words)
    if years:
        if age:
            nearest = on.year - int(age[1])
            years = sorted(years, key=lambda year: abs(year - nearest))[:1]
        return Unclear("which_birth_year", *map(_year_candidate, sorted(years, reverse=True)))
    spoken = re.fullmatch(r"(.+?) tuoi", words)
    number = int(age[1]) if age else (spelled(spoken[1], {})[0] if spoken else None)
    if number is None or not 0 < number <= _OLDEST:
        return None
    return Unclear("which_birth_year", *map(_year_candidate, (on.year - number, on.year - number - 1)))


def _of_full_zodiac(words: str, on: date) -> PartialDate | None:
    """A stem and a branch name one year of a life: "tuổi Canh Thân" is 1980."""
    zodiac = _ZODIAC.search(words)
    years = _zodiac_years(zodiac, on) if zodiac and zodiac[1] in _STEMS else []
    return PartialDate(years[0]) if len(years) == 1 else None


def _year_candidate(year: int) -> Candidate:
    return Candidate(str(year), {"year": year})


def _zodiac_years(match: re.Match[str], on: date) -> list[int]:
    stem, branch = match[1] or "", match[2]
    branch = "mao" if branch == "meo" else branch
    if branch not in _BRANCHES:
        return []
    years = [y for y in range(on.year - 80, on.year - 14) if _BRANCHES[y % 12] == branch]
    if stem in _STEMS:
        years = [year for year in years if _STEMS[year % 10] == stem]
    return years


def duration_months(text: str, on: date) -> int:
    """Read a period in whole months: "4 năm", "50 tháng", "t3/2008-t9/2012", "chưa" (0).

    Raises Unclear: "duration_range" with candidates (fact months), "not_a_duration", "too_long_a_duration".
    """
    words = fold(text).strip(" .!?,")
    if words in _NONE:
        return 0
    if re.search(r"\d\s*(?:-|–|den|toi)\s*\d+\s*(?:nam|n|thang|th)\b", words) and not _names_years(words):
        raise _duration_range(words)
    years, months = _YEARS.search(words), _MONTHS.search(words)
    if years:
        return _bounded(_in_months(years))
    if months and not _SPAN.search(words):
        return _bounded(int(months[1]))
    span = _SPAN.search(words)
    if span:
        return _bounded(_span(span, on))
    spoken = re.search(r"([a-z ]+?)\s*(nam|thang)(\s+ruoi)?$", words)
    value = spelled(spoken[1].replace("khoang", "").strip(), {})[0] if spoken else None
    if spoken and value:
        return _bounded(value * (12 if spoken[2] == "nam" else 1) + (6 if spoken[3] else 0))
    raise Unclear("not_a_duration")


def _names_years(words: str) -> bool:
    return bool(re.search(r"(19|20)\d{2}", words))


def _in_months(match: re.Match[str]) -> int:
    whole, _, half = match[1].replace(",", ".").partition(".")
    return int(whole) * 12 + (6 if half or match[2] else 0) + int(match[3] or 0)


def _span(match: re.Match[str], on: date) -> int:
    """From one month to another, both counted; from year to year it may be a year more or less."""
    first, last = _year(match[2], on), _year(match[4], on)
    if match[1] and match[3]:
        months = (last - first) * 12 + int(match[3]) - int(match[1]) + 1
        if months <= 0 or int(match[1]) > 12 or int(match[3]) > 12:
            raise Unclear("not_a_duration")
        return months
    if last <= first:
        raise Unclear("not_a_duration")
    years = last - first
    spans = ((years - 1) * 12 + 1, years * 12, (years + 1) * 12)
    raise Unclear("duration_range", *map(_months_candidate, spans))


def _duration_range(words: str) -> Unclear:
    match = re.search(r"(\d+)\s*(?:-|–|den|toi)\s*(\d+)\s*(nam|n|thang|th)\b", words)
    if not match or int(match[1]) >= int(match[2]):
        return Unclear("not_a_duration")
    unit = 12 if match[3] in ("nam", "n") else 1
    ends = int(match[1]) * unit, int(match[2]) * unit
    return Unclear(
        "duration_range", *map(_months_candidate, dict.fromkeys((ends[0], sum(ends) // 2, ends[1])))
    )


def _months_candidate(months: int) -> Candidate:
    return Candidate(f"{months} tháng", {"months": months})


def _bounded(months: int) -> int:
    if months > _MOST_MONTHS:
        raise Unclear("too_long_a_duration")
    return months
