"""How long somebody has paid, as people say it: "4 năm", "50 tháng", "t3/2008-t9/2012", "chưa"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from calculators.months import Month
from handlers.reading.daywords import GLUED, plain
from handlers.reading.numbers import DOZEN, Forms, Tokens, one_digit
from handlers.reading.unclear import Candidate, Unclear

MOST = 720  # months: nobody has paid longer
_MOST_CANDIDATES = 4
_EARLIEST_YEAR = 1960

_YEARS = r"(?:nam|n|years?|yrs?|y)"
_MONTHS = r"(?:thang|th|t|months?|mos?)"
_LENGTH = re.compile(
    rf"(?<!\S)(?P<years>\d{{1,3}}(?:[.,]\d{{1,2}})?) {_YEARS}(?P<half> ruoi)?(?!\S)"
    rf"(?:(?: va| and| ,)? (?P<rest>\d{{1,2}}) {_MONTHS}(?!\S))?"
    rf"|(?<!\S)(?P<months>\d{{1,3}}) {_MONTHS}(?!\S)|(?<!\S)(?P<nua>nua|half a) (?:nam|year)(?!\S)"
    r"|(?<![\d] )(?<!\S)(?P<one>nam|year) ruoi(?!\S)"
)
_RANGE = re.compile(
    rf"(?<!\S)(\d{{1,3}}) (?:(?:-|~|den|toi|hoac|hay|to|or) )?(\d{{1,3}}) ({_YEARS}|{_MONTHS})(?!\S)"
)
_POINT = re.compile(
    r"(?<!\S)(?:(?P<part>dau|giua|cuoi|het) (?:nam )?)?"
    r"(?:\d{1,2} [/\-] (?P<m0>\d{1,2}) [/\-] (?P<y0>\d{4}|\d{2})"
    r"|(?:(?:thang|th|t) )?(?P<m1>\d{1,2}) [/\-] (?P<y1>\d{4}|\d{2})"
    r"|(?:thang|th|t) (?P<m2>\d{1,2}) (?:nam )?(?P<y2>\d{4}|\d{2})"
    r"|(?P<month>month) (?P<m3>\d{1,2}) (?P<y3>\d{4})"
    r"|(?P<now>nay|hien nay|bay gio|gio|hien tai|now)|(?P<y4>(?:19|20)\d{2}))(?!\S)"
)
_JOIN = re.compile(r"\s*(?:(?:-|~|>|den|toi|to|until|cho den|cho toi|den het|den cuoi)\s*)*(?:nam\s*)?")
_NEVER = Forms("không ko k kh khg hok hông hong hem chưa no none never 0 zero chẳng chả")
_ABOUT_NEVER = Forms(
    "dạ vâng em tôi tui mình anh chị cô chú bác e a ạ à thì có được đóng tham gia bao giờ từng lần năm tháng "
    "ngày nào gì cả hết đâu hề bhxh bh bảo hiểm xã hội bắt buộc tự nguyện trước đây đó giờ hồi ở công ty cty "
    "cơ quan i have not paid yet before ever nhé nha , . ! luôn"
)
_TAKEN = re.compile(r"\b(?:chua|khong|ko|k|kh) (?:\w+ )?(?:rut|linh|lay|huong|nhan|lanh)\b")
_HEDGE = Forms(
    "khoảng chừng tầm gần hơn =độ chắc hình dưới trên =cỡ about almost over nearly around ngót =đâu "
    "thiếu nữa =còn"
)
_MORE = re.compile(r"# (?:nam|may|hon|le|ruoi|sau|tu)\b|\b(?:mot|hai|ba|bon|bay|tam|chin) #")  # "7 năm mấy"
_AGO = re.compile(r"\bcach day\b|\b(?:nam|thang) truoc\b|\bnghi (?:\w+ )?\d|\bago\b")
_AND_A_HALF = re.compile(r"\b(\d+|a|one) (?:and a half years?|years? and a half)\b")
_FIVE_YEARS = re.compile(r"(?<![\d] )(?<!\S)nam nam(?!\S)")


@dataclass(frozen=True, slots=True)
class _Point:
    """A moment between two months, both included."""

    first: Month
    last: Month
    start: int
    end: int
    now: bool = False


def duration_months(text: str, on: date) -> int:
    """Read a period in whole months; 0 for never.

    Raises Unclear: "duration_range" with candidates (fact months) for what is about, between two years, or a
    number without a unit; "not_a_duration", "too_long_a_duration".
    """
    tokens = Tokens(text, GLUED)
    words = _FIVE_YEARS.sub("5 nam", plain(tokens))
    words = _AND_A_HALF.sub(lambda half: f"{half[1] if half[1].isdecimal() else 1} nam ruoi", words)
    if _is_never(tokens):
        return 0
    between = _between(words)
    if between:
        raise _asked(between)
    points = _points(words, on)
    rest, spans = _spans(words, points)
    lengths = [_in_months(match) for match in _LENGTH.finditer(rest)]
    if not lengths and not spans:
        raise _bare(rest)
    return _settled(tokens, rest, lengths, spans)


def _settled(tokens: Tokens, rest: str, lengths: list[int], spans: list[tuple[int, int]]) -> int:
    """Return the one period said, or offer those it may be."""
    if not lengths:
        least, most = sum(low for low, _ in spans), sum(high for _, high in spans)
        if least != most or _unsure(tokens, rest):
            raise _asked((least, (least + most) // 2, most))
        return _bounded(least)
    total = sum(lengths)
    inside = not spans or sum(low for low, _ in spans) <= total <= sum(high for _, high in spans)
    other = _LENGTH.sub("#", rest)
    left = [int(number) for number in re.findall(r"\d+", other) if len(number) < 4]
    if len(lengths) > 1 or not inside or left or _MORE.search(other) or _unsure(tokens, rest):
        parts = lengths if len(lengths) > 1 else [total + number for number in left if number < 12]
        raise _asked((total, *parts, *(end for span in spans for end in span)))
    return _bounded(total)


def _is_never(tokens: Tokens) -> bool:
    """Tell whether the words say no more than that nothing was paid."""
    negative = any(token in _NEVER for token in tokens.all)
    return negative and all(token in _NEVER or token in _ABOUT_NEVER for token in tokens.all)


def _unsure(tokens: Tokens, rest: str) -> bool:
    """Tell whether a hedge, a round dozen or a denial stands by the period."""
    dozen = any(
        token in DOZEN and one_digit(tokens, place - 1) is None for place, token in enumerate(tokens.all)
    )
    denied = any(token in _NEVER for token in tokens.all if token.word != "0") and not _TAKEN.search(rest)
    return (
        dozen
        or denied
        or bool(_AGO.search(rest))
        or tokens.garbled
        or any(token in _HEDGE for token in tokens.all)
    )


def _in_months(match: re.Match[str]) -> int:
    if match["nua"]:
        return 6
    if match["one"]:
        return 18
    if match["months"]:
        return int(match["months"])
    whole, _, part = match["years"].replace(",", ".").partition(".")
    hundredths = int(f"{part:0<2}") if part else 0
    if hundredths * 12 % 100:
        raise Unclear("not_a_duration")
    return int(whole) * 12 + hundredths * 12 // 100 + (6 if match["half"] else 0) + int(match["rest"] or 0)


def _between(words: str) -> tuple[int, ...]:
    """Return both ends and the middle of "4-5 năm", "4 5 năm"; nothing when there is no range."""
    for match in _RANGE.finditer(words):
        low, high = int(match[1]), int(match[2])
        spoken = match[0].split()[1].isdecimal()
        if low < high < 100 and (not spoken or high == low + 1):
            unit = 12 if re.fullmatch(_YEARS, match[3]) else 1
            return (low * unit, (low + high) * unit // 2, high * unit)
    return ()


def _points(words: str, on: date) -> list[_Point]:
    """Return the months and years named, in order. Raises Unclear for a month that is none."""
    found = []
    for match in _POINT.finditer(words):
        if match["now"]:
            found.append(_Point(Month.of(on), Month.of(on), *match.span(), now=True))
            continue
        month = next((match[name] for name in ("m0", "m1", "m2", "m3") if match[name]), None)
        year = _year(next(match[name] for name in ("y0", "y1", "y2", "y3", "y4") if match[name]), on)
        if not _EARLIEST_YEAR <= year <= on.year or (month and not 1 <= int(month) <= 12):
            raise Unclear("not_a_duration")
        first, last = (int(month), int(month)) if month else _part_of_year(match["part"])
        found.append(_Point(Month(year, first), Month(year, last), *match.span()))
    return found


def _year(digits: str, on: date) -> int:
    """Return the year that two digits name: the latest there has been."""
    century = on.year // 100 * 100
    return (
        int(digits)
        if len(digits) == 4
        else int(digits) + century - (100 if int(digits) > on.year % 100 else 0)
    )


def _part_of_year(part: str | None) -> tuple[int, int]:
    """Return the months that "đầu", "giữa", "cuối", "hết" leave of a year."""
    return {"dau": (1, 4), "giua": (5, 8), "cuoi": (9, 12), "het": (12, 12)}.get(part or "", (1, 12))


def _spans(words: str, points: list[_Point]) -> tuple[str, list[tuple[int, int]]]:
    """Pair the points that are joined; return the words without them, and (least, most) months of each."""
    spans, rest = [], words
    place = 0
    while place + 1 < len(points):
        one, other = points[place], points[place + 1]
        if _JOIN.fullmatch(words, one.end, other.start):
            most = other.last - one.first + 1
            exact = one.first == one.last and other.first == other.last and not other.now
            if most <= 0:
                raise Unclear("not_a_duration")
            spans.append((most if exact else max(1, other.first - one.last), most))
            rest = rest[: one.start] + " " * (other.end - one.start) + rest[other.end :]
            place += 2
        else:
            place += 1
    return rest, spans


def _bare(rest: str) -> Unclear:
    """Offer years and months for a number without a unit."""
    numbers = re.findall(r"(?<!\S)\d{1,3}(?!\S)", rest)
    if len(numbers) != 1 or re.search(r"\d (?:/|tuoi|t |ngay|tuan|quy|tr|k)|/", rest):
        return Unclear("not_a_duration")
    number = int(numbers[0])
    if not 0 < number <= MOST:
        return Unclear("not_a_duration" if not number else "too_long_a_duration")
    return _asked((number * 12, number) if number <= 40 else (number,))


def _asked(months: Iterable[int]) -> Unclear:
    kept = [each for each in dict.fromkeys(months) if 0 < each <= MOST]
    if not kept:
        return Unclear("too_long_a_duration")
    return Unclear(
        "duration_range", *(Candidate(f"{n} tháng", {"months": n}) for n in kept[:_MOST_CANDIDATES])
    )


def _bounded(months: int) -> int:
    if months > MOST:
        raise Unclear("too_long_a_duration")
    return months
