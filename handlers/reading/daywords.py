"""Dates inside text: one plain spelling for the many ways to write a day, a month and a year."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from calculators.months import PartialDate
from handlers.reading.numbers import CONFUSABLE, DOZEN, HUNDRED, TENS, Forms, Small, Tokens, one_digit, small
from handlers.reading.unclear import Unclear

OLDEST = 110  # years: an older date of birth is a slip
_GROWN = 15  # years: two digits of a year are those of a grown person

_BEFORE_NUMBER = Forms("ngày mùng mồng tháng thứ năm sinh sn hôm lúc tuổi được hơn gần khoảng tầm kém")
_AFTER_NUMBER = Forms("rưỡi tuổi năm tháng giờ ngày tuần years year months month days")
_FIVE_AFTER = Forms("ngày mùng mồng tháng thứ hôm")
GLUED = frozenset(
    ("sinh", "sn", "ngay", "mung", "mong", "thang", "th", "nam", "thu", "t", "cn", "tuan", "tuoi", "sau",
     "toi", "den", "tu", "nay", "mai", "mot", "hom", "bua", "sang", "trua", "chieu", "dem", "h", "g", "gio",
     "phut", "ruoi", "kem", "am", "pm", "nua", "tomorrow", "luc", "truoc", "chu", "nhat", "cuoi", "dau",
     "giua", "may")
)  # fmt: skip
"""Words of dates and times that are typed together beside digits."""
_YEAR, _NEXT_BUT_ONE, _ONES_ONLY = Forms("năm"), Forms("mốt"), Forms("lăm nhăm")
ENGLISH_MONTHS = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8,
    "september": 9, "october": 10, "november": 11, "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4,
    "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_MONTH_MARK = r"(?:thang|thg|th|t|month)"
_FULL = re.compile(
    rf"(?<!\S)(?:(?P<mung>mung|mong) )?(?P<d>\d{{1,2}}) (?:(?P<sep>[/\-,]) |{_MONTH_MARK} |)(?P<m>\d{{1,2}}) "
    r"(?:[/\-,] |, nam |nam |)(?P<y>\d{4}|\d{2})(?!\S)(?! (?:[/\-] \d|tuoi))"
)
_ISO = re.compile(r"(?<!\S)(?P<y>\d{4}|\d{2}) [/\-] (?P<m>\d{1,2}) [/\-] (?P<d>\d{1,2})(?!\S)")
_MONTH_FIRST = re.compile(
    r"(?<!\S)month (?P<m>\d{1,2}) (?P<d>\d{1,2})(?: st| nd| rd| th)?(?: ,)? (?P<y>\d{4})(?!\S)"
)
_MONTH_YEAR = re.compile(
    rf"(?<!\S)(?:(?P<mark>{_MONTH_MARK}) (?P<m>\d{{1,2}}) (?:[/\-,] |, nam |nam |)(?P<y>\d{{4}}|\d{{2}})"
    r"|(?P<m2>\d{1,2}) (?:[/\-] )?(?P<y2>\d{4})|(?P<m3>\d{1,2}) [/\-] (?P<y3>\d{2})"
    r"|(?P<y4>\d{4}) [/\-] (?P<m4>\d{1,2})|nam (?P<y5>\d{4}) (?:, )?thang (?P<m5>\d{1,2}))"
    r"(?!\S)(?! (?:[/\-] \d|tuoi))"
)


def plain(tokens: Tokens, rename: Callable[[Tokens, int], str | None] | None = None) -> str:
    """Return the text folded, one space between tokens, dots in dates as slashes, numbers in digits.

    A number in words becomes digits only beside a word that it counts: "tháng năm" is "thang 5" and
    "mười lăm năm" is "15 nam", while "bà", "sau" and "mốt" stay what they are. `rename` may give a token
    a name of the reader's own.
    """
    words: list[str] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        name = rename(tokens, place) if rename else None
        if name is not None:
            words.append(name)
            place += 1
            continue
        found = None if token.digits else _counted(tokens, place)
        if found:
            words.append(str(found[0]))
            place = found[1]
            continue
        words += _spelled(tokens, place)
        place += 1
    return " ".join(words)


def _spelled(tokens: Tokens, place: int) -> list[str]:
    token = tokens[place]
    if token.digits:
        parts = re.split(r"[.,]", token.word)
        if len(parts) == 3 or (len(parts) == 2 and len(parts[1]) in (2, 4)):
            return " / ".join(parts).split()
        return [token.word]
    month = ENGLISH_MONTHS.get(token.word)
    if month and _is_year(tokens, place):
        return ["month", str(month)]
    return ["/"] if token.word in (".", "–", "—") and tokens[place - 1].digits else [token.word]


def _is_year(tokens: Tokens, place: int) -> bool:
    """Tell whether a year follows an English month, with or without a day between: "may" is also a verb."""
    following = [tokens.word(place + step) for step in (1, 2, 3) if tokens.word(place + step) != ","]
    years = [word for word in following[:2] if re.fullmatch(r"(19|20)\d\d", word)]
    return bool(years) and following[0].isdecimal()


def _counted(tokens: Tokens, place: int) -> tuple[int, int] | None:
    """Return a number in words and where it ends, if a word beside it says that it is one."""
    token, before = tokens[place], tokens[place - 1]
    if (
        token in _YEAR
        and before not in _FIVE_AFTER
        and not any(tokens[place + 1] in f for f in (TENS, HUNDRED, DOZEN))
    ):
        return None
    if token in _YEAR and tokens[place + 1].marked == "mười" and one_digit(tokens, place - 1):
        return None  # "mười hai năm mười một tháng"
    ten = token in TENS and token.marked != "mười"
    if (ten or token in _ONES_ONLY) and before.letters and one_digit(tokens, place - 1):
        return None  # "năm mươi", "năm lăm": the number begins a word earlier
    if token in _NEXT_BUT_ONE and (token.marked == "mốt" or before.word == "ngay"):
        return None
    found = small(tokens, place)
    if found is None:
        return None
    if found.loose and tokens[place + 1] in _YEAR:  # "tháng ba năm tám hai": the year begins at "năm"
        found = Small(found.value // 10, place + 1)
    after = tokens[found.end]
    names_a_year = after in _YEAR and tokens[found.end + 1].digits
    unmarked = token.word in CONFUSABLE and token.marked == token.word and before not in _FIVE_AFTER
    other = token.word == "tu" or (token.word == "sau" and not _is_hour(tokens, found.end))
    if unmarked and (names_a_year or other or (after in _YEAR and tokens.marked)):
        return None  # "tu nam 2008", "sau thang": from that year, after a month
    if found.loose and found.value % 10 == found.value // 10 + 1 and before not in _BEFORE_NUMBER:
        found = Small(found.value // 10, place + 1)  # "bảy tám năm": seven or eight years
        return (found.value, found.end) if after in _AFTER_NUMBER else None
    wanted = before in _BEFORE_NUMBER or (after in _AFTER_NUMBER and not names_a_year)
    return (found.value, found.end) if wanted else None


def _is_hour(tokens: Tokens, place: int) -> bool:
    """Tell whether "giờ" stands here for the hour of a clock, not in "giờ làm"."""
    return tokens.word(place) == "gio" and tokens.word(place + 1) not in ("lam", "hanh", "tan")


@dataclass(frozen=True, slots=True)
class Written:
    """A date found in plain text, from `start` to `end`; `doubt` where its parts may be something else."""

    value: PartialDate
    start: int
    end: int
    doubt: bool = False


def full_year(digits: str, on: date) -> int:
    """Return the year that one or two digits of it mean. Raises Unclear("which_century")."""
    year = int(digits)
    if len(digits) == 4:
        return year
    this = on.year % 100
    if year > this:
        return on.year // 100 * 100 - 100 + year
    if year > this - _GROWN:
        raise Unclear("which_century")
    return on.year // 100 * 100 + year


def made(year: int, month: int | None = None, day: int | None = None) -> PartialDate:
    """Return the date. Raises Unclear("no_such_day")."""
    if month == 0 or day == 0:
        raise Unclear("no_such_day")
    try:
        return PartialDate(year, month, day)
    except ValueError:
        raise Unclear("no_such_day") from None


def dates_in(words: str, on: date) -> Iterator[Written]:
    """Yield dates with a year from plain text, days first, then months. Raises Unclear as `made` does."""
    taken: list[tuple[int, int]] = []
    for pattern in (_MONTH_FIRST, _FULL, _ISO):
        for match in pattern.finditer(words):
            if _free(match, taken) and (found := _full(match, on)):
                taken.append(match.span())
                yield found
    for match in _MONTH_YEAR.finditer(words):
        if _free(match, taken) and (month := _month(match, on)):
            taken.append(match.span())
            yield month


def _free(match: re.Match[str], taken: list[tuple[int, int]]) -> bool:
    return all(match.end() <= start or match.start() >= end for start, end in taken)


def _full(match: re.Match[str], on: date) -> Written | None:
    """Make a date of day, month and year; three numbers with only spaces between must be a whole message."""
    day, month, year = match["d"], match["m"], match["y"]
    if match.re is _ISO and len(year) == 2 and int(year) <= 31:
        return None
    if match.re is _FULL and int(day) > 31:
        return None
    groups = match.groupdict()
    bare = match[0].replace(" ", "").isdecimal()
    if bare and match[0] != match.string.strip():
        return None
    value = made(full_year(year, on), int(month), int(day))
    doubt = bool(groups.get("mung")) or (bare and len(match[0].replace(" ", "")) <= 4)
    return Written(value, match.start(), match.end(), doubt)


def _month(match: re.Match[str], on: date) -> Written | None:
    number = next(match[name] for name in ("m", "m2", "m3", "m4", "m5") if match[name])
    year = next(match[name] for name in ("y", "y2", "y3", "y4", "y5") if match[name])
    if len(year) == 4 and year[:2] not in ("19", "20"):
        return None
    if match["y3"] and int(year) <= 31:
        return None  # a day and a month without a year
    if match["m2"] and match[0].replace(" ", "").isdecimal() and match[0] != match.string.strip():
        return None
    if not 1 <= int(number) <= 12:
        return None
    return Written(made(full_year(year, on), int(number)), match.start(), match.end())
