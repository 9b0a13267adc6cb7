"""Dates of birth and ages as people type them; what is partly known stays partly known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date

from calculators.months import PartialDate, age_in_months
from handlers.reading.daywords import GLUED, OLDEST, dates_in, full_year, made, plain
from handlers.reading.fold import clean
from handlers.reading.numbers import Tokens, small
from handlers.reading.unclear import Candidate, Unclear
from handlers.reading.zodiac import zodiac_years

_LUNAR = re.compile(r"\b(am lich|lich am|thang chap|chap|gieng|ram)\b|\d (?:ta|am)\b")
_SHORT_YEAR = re.compile(r"\b2k(\d{0,2})\b", re.IGNORECASE)  # "2k5": 2005
_CHILD = re.compile(r"\b(?:con|chau) (?:(?:gai|trai|lon|dau|nho) )?(?:toi|em|minh|tui|e|a|c|anh|chi|no|be)\b")
_UNSURE = re.compile(  # "năm tháng một" is the fifth of January
    r"(?<!\d )\b(?:nam|sau|tu) thang \d"
    r"|(?<!thang )(?<![/\-t,\d] )(?<!thg )(?<!th )\b\d{1,2} nam (?:19|20)?\d\d\b"
    r"|\b(?:khoang|tam|chung|hinh nhu|chac|gan|hon) (?:nam |sn |sinh nam )?\d"
)
_FIRST_TEN = re.compile(r"(?<!\S)(mung|mong) \d")
_AGE = re.compile(r"(?<!\S)(\d{1,3}) (?:(?:tuoi|years? old|yrs? old|yo|y / o)(?!\S)|t(?!\S)(?! \d))")
_YEAR = re.compile(
    r"(?<!\S)(?:(?P<mark>sn|sinh nam|sinh|nam sinh|de nam|nam|born in|born|year) )?(?P<y>\d{4}|\d{2})(?!\S)"
)
_UNCOUNTED = re.compile(r"(?<!\S)(\d+)(?!\S)(?! (?:con|dua|nam|thang|nguoi|kg|lan|tr|k|trieu|nghin|chau))")
_MORE = re.compile(r"(?<!\S)(?:thang|ngay) \d|\d / \d")
_DAY_AND_MONTH = re.compile(r"(?<!\S)\d{1,2} (?:[/\-]|thang|t) \d{1,2}(?!\S)")
_VAGUE = re.compile(
    r"(?<!\S)(hon|tren|gan|ngoai|khoang|tam|chung|u|duoi|xap xi|over|about|almost) (\d{2})(?!\S)"
)
_GLUED = re.compile(r"(?<![\d/\-])(?<![/\-] )\d{4,8}(?!\d)(?! [/\-])")
_CUTS = ((2, 2), (1, 2), (2, 1), (1, 1), (0, 2), (0, 1))  # digits of the day and of the month
_OLDEST_WORKER = 75  # years: above it two digits are a year, not an age
_YOUNGEST_AGE = 15
_MOST_CANDIDATES = 6

_SPOT_BORN = re.compile(
    r"(?<!\S)(?<!du )(?:sn|sinh nam|sinh ngay|nam sinh|ngay sinh|sinh|born in|born)"
    r"(?= (?:la |: )?(?:\d|thang \d|ngay \d|t \d))"
)
_SPOT_AGE = re.compile(r"(?<!\S)(\d{2}) (?:t|tuoi|years? old)(?!\S)(?! [\d/])")
_ALONE = re.compile(r"(?:(?:nam|nu|toi|em) )?(?P<date>(?:\d{1,2} / )?(?P<y>(?:19|20)\d\d))(?: (?:nam|nu))?")
"""A part of a message that is nothing but a month or a year of birth: "5/1983, nữ"."""
_NOT_HER_AGE = re.compile(
    r"\b(du|den|khi|luc|tren|duoi|tu|con|chau|qua|moi|ngoai|hon|gan|nua)( \w+)?( \w+)? $"
)


def birth(text: str, on: date) -> PartialDate:
    """Read a date of birth, as much of it as is said.

    Raises Unclear: "which_birth_year" with candidates (fact year, as it is shown) for an age, a zodiac sign,
    or digits that can be cut in two ways; "lunar_date" (with the solar reading, if one was said);
    "no_such_day", "year_missing", "which_century", "in_the_future", "not_a_birth_date".
    """
    tokens = Tokens(_SHORT_YEAR.sub(lambda short: f"20{short[1]:0>2}", clean(text)), GLUED)
    words = plain(tokens)
    found = [*dates_in(words, on)]
    doubt = any(each.doubt for each in found)
    values = list(dict.fromkeys(each.value for each in found))
    if _LUNAR.search(words) or (doubt and _FIRST_TEN.search(words)):
        raise Unclear("lunar_date", *_shown(_possible(values, on)))
    if not values:
        values, doubt = _less_than_a_date(tokens, words, on)
    ages = [int(age[1]) for age in _AGE.finditer(words)]
    fitting = [value for value in values if not ages or _fits(value, ages[0], on)]
    doubt = doubt or tokens.garbled or _says_more(words, values, ages)
    doubt = doubt or bool(_UNSURE.search(words) or _CHILD.search(words))
    if len(values) == 1 and fitting and not doubt:
        return _plausible(values[0], on)
    if ages and not fitting:
        values += _by_age(ages[0], on)
    raise Unclear("which_birth_year", *_shown(_possible(values, on)))


def _says_more(words: str, values: list[PartialDate], ages: list[int]) -> bool:
    """Tell whether a number is left that is no part of the date, no age, and counts nothing else."""
    said = {number for value in values for number in (value.year, value.year % 100, value.month, value.day)}
    return any(
        int(number) <= 9_999 and int(number) not in said | set(ages) for number in _UNCOUNTED.findall(words)
    )


def spot_birth(text: str, on: date) -> str | None:
    """Find an age or a birth date inside a longer message; return plain words that `birth` reads.

    Only what is marked as such counts: "43 tuổi", "sn 82", or a whole date of somebody grown.
    """
    words = plain(Tokens(text, GLUED))
    marked = _SPOT_BORN.search(words)
    if marked:
        return _first_date(words[marked.start() :], on)
    for age in _SPOT_AGE.finditer(words):
        if 15 <= int(age[1]) <= 99 and not _NOT_HER_AGE.search(words[: age.start()]):
            return f"{age[1]} tuổi"
    alone = next(filter(None, map(_ALONE.fullmatch, re.split(r" [,;.] ", words.rstrip(" .!")))), None)
    if alone and on.year - OLDEST < int(alone["y"]) < on.year - 14:
        return _first_date(alone["date"], on)
    try:
        whole = [each.value for each in dates_in(words, on) if each.value.day and not each.doubt]
    except Unclear:
        return None
    grown = [value for value in whole if on.year - OLDEST < value.year < on.year - 14]
    return written(grown[0]) if len(grown) == 1 else None


def written(value: PartialDate) -> str:
    """Return the date in the words this room reads back: 12/05/1982, 5/1982 or 1982."""
    if value.day:
        return f"{value.counted:%d/%m/%Y}"
    return f"{value.month}/{value.year}" if value.month else str(value.year)


def _first_date(words: str, on: date) -> str | None:
    """Return the first date of birth after a mark, in plain words; None when it does not read."""
    near = " ".join(words.split()[:12])
    for said in dict.fromkeys((near.partition(" , ")[0], near)):  # "sn 3/1968, …", "12 tháng 5, 1982"
        with suppress(Unclear):
            return written(birth(said, on))
    return None


def _less_than_a_date(tokens: Tokens, words: str, on: date) -> tuple[list[PartialDate], bool]:
    """Read a year, digits without separators, an age or a sign; with them whether to ask."""
    years = _years(tokens, words, on)
    if years:
        return years
    glued = _glued(words, on)
    if glued:
        return glued
    if _DAY_AND_MONTH.search(words):
        raise Unclear("year_missing")
    ages = [int(age[1]) for age in _AGE.finditer(words)]
    signs = zodiac_years(tokens, on)
    if signs:
        near = [year for year in signs if not ages or abs(on.year - ages[0] - year) <= 1]
        stem = len(signs) == 1
        return [PartialDate(year) for year in near or signs], not stem
    if ages:
        return _by_age(ages[0], on), True
    return _bare(tokens, words, on)


def _years(tokens: Tokens, words: str, on: date) -> tuple[list[PartialDate], bool] | None:
    """Read years: four digits, or two after a word that says what they are."""
    found: list[PartialDate] = []
    doubt = False
    for match in _YEAR.finditer(words):
        digits, mark = match["y"], match["mark"] or ""
        if _AGE.match(words, match.start("y")) or (len(digits) == 4 and digits[:2] not in ("19", "20")):
            continue
        if len(digits) == 4:
            found.append(PartialDate(int(digits)))
        elif mark and (mark != "nam" or int(digits) > _OLDEST_WORKER):
            found.append(made(full_year(digits, on)))
        elif mark:
            doubt = _is_male(tokens)
            years = _either(int(digits), on, most=90) if doubt else [full_year(digits, on)]
            found += map(PartialDate, years)
    doubt = doubt or bool(_MORE.search(words))
    return (list(dict.fromkeys(found)), doubt) if found else None


def _is_male(tokens: Tokens) -> bool:
    """Tell whether "nam" may say the sex: it is typed without the marks of "năm"."""
    return any(token.marked == "nam" for token in tokens.all)


def _either(number: int, on: date, *, most: int) -> list[int]:
    """Return the years two digits may mean: as a year, unless that is older than `most`, and as an age."""
    ages = [on.year - number, on.year - number - 1]
    year = on.year // 100 * 100 - 100 + number
    return [*([year] if on.year - year <= most else []), *ages]


def _bare(tokens: Tokens, words: str, on: date) -> tuple[list[PartialDate], bool]:
    """Read one two-digit number alone: an age, a year, or either. Raises Unclear."""
    numbers = re.findall(r"(?<!\S)\d+(?!\S)", words)
    vague = _VAGUE.search(words)
    if vague:
        raise Unclear("which_birth_year")
    if not numbers:
        spoken = [
            found.value for place in range(len(tokens)) if (found := small(tokens, place)) and found.value > 9
        ]
        numbers = [str(spoken[0])] if spoken and len(tokens) <= 4 else []
    if len(numbers) != 1 or len(numbers[0]) != 2 or "/" in words:
        raise Unclear("not_a_birth_date")
    number = int(numbers[0])
    if number > _OLDEST_WORKER:
        return [made(full_year(numbers[0], on))], False
    if number < _YOUNGEST_AGE:
        return [made(full_year(numbers[0], on))], True
    return [PartialDate(year) for year in _either(number, on, most=80)], True


def _by_age(age: int, on: date) -> list[PartialDate]:
    """Return the two years in which somebody of that age may be born."""
    if not 0 < age <= OLDEST:
        raise Unclear("not_a_birth_date")
    return [PartialDate(on.year - age), PartialDate(on.year - age - 1)]


def _fits(value: PartialDate, age: int, on: date) -> bool:
    """Tell whether a date agrees with an age, as counted by the law or from birth ("tuổi mụ")."""
    return value.counted <= on and age - 1 <= age_in_months(value.counted, on=on) // 12 + 1 <= age + 1


def _glued(words: str, on: date) -> tuple[list[PartialDate], bool] | None:
    """Read digits without separators: 120582, 12051982, 51982; every way to cut them that makes a date."""
    runs = _GLUED.findall(words)
    if len(runs) != 1:
        return None
    run = runs[0]
    if len(run) == 4 and run[:2] in ("18", "19", "20"):
        return None
    cuts = [(run[:d], run[d : d + m], run[d + m :]) for d, m in _CUTS if len(run) - d - m in (2, 4)]
    if len(run) == 8:
        cuts.append((run[6:], run[4:6], run[:4]))
    elif len(run) == 6:
        cuts.append(("", run[4:], run[:4]))
    made_of = {cut: _cut(*cut, on) for cut in cuts}
    values = {value: cut for cut, value in made_of.items() if isinstance(value, PartialDate)}
    usual = all(len(month) == 2 and len(day) != 1 for day, month, _ in values.values())
    return (list(values), len(run) == 4 or not usual or True in made_of.values()) if values else None


def _cut(day: str, month: str, year: str, on: date) -> PartialDate | bool:
    """Return the date that three pieces make, True when only its century is unsure, False for none."""
    if (len(year) == 4 and year[:2] not in ("19", "20")) or (
        len(day) == 0 and len(year) == 2 and len(month) == 1
    ):
        return False
    try:
        value = made(full_year(year, on), int(month), int(day) if day else None)
    except Unclear as unclear:
        return unclear.code == "which_century" and int(month) <= 12 and 0 < int(day or 1) <= 31
    return value if 0 < on.year - value.year <= OLDEST else False


def _plausible(value: PartialDate, on: date) -> PartialDate:
    """Return the date if somebody alive can be born then. Raises Unclear."""
    if value.counted > on:
        raise Unclear("in_the_future")
    if on.year - value.year > OLDEST:
        raise Unclear("not_a_birth_date")
    return value


def _possible(values: Iterable[PartialDate], on: date) -> list[PartialDate]:
    return [
        value for value in dict.fromkeys(values) if value.counted <= on and on.year - value.year <= OLDEST
    ][:_MOST_CANDIDATES]


def _shown(values: Iterable[PartialDate]) -> tuple[Candidate, ...]:
    return tuple(Candidate(written(value), {"year": written(value)}) for value in values)
