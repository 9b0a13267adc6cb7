"""How often an amount is meant: what it comes to in a month, and when that has to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from handlers.reading.numbers import Forms, Tokens, one_digit, small

_PER_MONTH = {
    "day": Fraction(30), "week": Fraction(52, 12), "month": Fraction(1), "quarter": Fraction(1, 3),
    "year": Fraction(1, 12),
}  # fmt: skip
_PERIODS = {
    "day": Forms("ngày hôm bữa day daily"), "week": Forms("tuần week weekly"),
    "month": Forms("tháng th month mo monthly"), "quarter": Forms("quý quarter"),
    "year": Forms("năm year yearly"),
}  # fmt: skip
EACH = Forms("mỗi một 1 hàng hằng từng per a each / every cả")
ALWAYS = Forms("mỗi hàng hằng từng per every each cả")
_EVERY_ONE, _ALSO = Forms("nào"), Forms("cũng")  # "ngày nào cũng"
_STANDING = Forms("ngày tuần tháng quý =năm")
_DATED = Forms("này sau tới trước mai mốt kia nay thứ từ đầu cuối")
_HALF = Forms("nửa half")
_LEVEL = Forms("mức")
_COMES_TO = Forms("được dc đc là đóng nộp thu kiếm có")
_METHODS = (3, 6, 12)  # months of the methods of payment
_MARKET, _GOING = Forms("phiên chợ"), Forms("bữa ngày hôm buổi phiên")
_MARKETS = (6, 4)  # a month: held every five days, or on a day of the week
_OCCASIONS = Forms("phiên =chuyến =vụ =mùa =lứa =mẻ trip season")
_BESIDE = Forms("buổi lần đợt kỳ kì ca chuyến vụ mùa lứa time")
"""Occasions only right before an amount or after "mỗi": elsewhere they are other words ("Kỳ Lừa")."""


@dataclass(frozen=True, slots=True)
class Often:
    """What a month is of the period named, best reading first; empty where only the person can tell.

    `certain` where that is how the amount was meant, and not an amount of a month beside a length.
    """

    rates: tuple[Fraction, ...] = (Fraction(1),)
    certain: bool = True


def how_often(tokens: Tokens, start: int, end: int) -> Often:
    """Return how often the amount between two tokens is paid."""
    around = [place for place in range(len(tokens)) if not start <= place < end]
    months = next(filter(None, (_months(tokens, place) for place in around)), Fraction(0))
    found = _named(tokens, start, end)
    if tokens[start - 1] in _LEVEL and not found:
        return Often()  # "6 tháng một lần, mức 1tr5": the level is a month's, whenever it is paid
    if months and found != "month":
        return Often((1 / months,)) if months in _METHODS else Often((Fraction(1), 1 / months), certain=False)
    if _each_time(tokens, start):
        market = tokens.near(range(len(tokens)), _MARKET)
        return Often(tuple(map(Fraction, _MARKETS)) if market else ())
    if found:
        return Often((_PER_MONTH[found],))
    before = start - 2
    if tokens[start - 1] in _COMES_TO and tokens[before - 1] in EACH and period_at(tokens, before) == "year":
        return Often((_PER_MONTH["year"], Fraction(1)), certain=False)  # "1 năm được 12tr": or a year long
    loose = [place for place in around if _loose(tokens, place)]
    return Often((Fraction(1), *(_PER_MONTH[period_at(tokens, place)] for place in loose)), not loose)


def _named(tokens: Tokens, start: int, end: int) -> str:
    """Return the period the amount is said to be of: "/ngày", "mỗi tuần", "ngày nào cũng"."""
    beside = [period_at(tokens, place + 1) for place in (end, end + 1) if tokens[place] in EACH]
    before = start - 1
    counted = tokens[before - 1].digits or one_digit(tokens, before - 1) or tokens[before - 1] in _HALF
    if tokens[before - 1] in EACH or (tokens[before] in _STANDING and not counted):
        beside.append(period_at(tokens, before))
    beside += [period_at(tokens, place + 1) for place, token in enumerate(tokens.all) if token in ALWAYS]
    beside += [
        period_at(tokens, place - 1)
        for place, token in enumerate(tokens.all)
        if token in _EVERY_ONE and tokens[place + 1] in _ALSO
    ]
    beside += [period_at(tokens, end)] if tokens.word(end).endswith("ly") else []
    return next(filter(None, beside), "")


def _loose(tokens: Tokens, place: int) -> bool:
    """Tell whether a day, week or quarter is named that is no date: "tuần 2 lần 50k"."""
    if period_at(tokens, place) not in ("day", "week", "quarter"):
        return False
    beside = (tokens[place - 1], tokens[place + 1])
    return not any(token.digits or token in _DATED for token in beside)


def _each_time(tokens: Tokens, start: int) -> bool:
    """Tell whether the amount is for an occasion of which nobody knows how often it comes."""
    for place, token in enumerate(tokens.all):
        if token in _MARKET and tokens[place - 1] in _GOING:
            return True
        plain = token.marked != token.word or token.word in ("buoi", "chuyen", "dot", "ca", "vu")
        beside = token in _BESIDE and (tokens[place - 1] in EACH or (place == start - 1 and plain))
        counted = token in _BESIDE and tokens[place - 1].digits
        if (token in _OCCASIONS or beside or counted) and not _once(tokens, place):
            return True
    return False


def _once(tokens: Tokens, place: int) -> bool:
    """Tell whether it is "thêm lần nữa", "lần sau": which time, and not each time."""
    return tokens[place + 1] in _DATED or tokens.word(place + 1) == "nua"


def period_at(tokens: Tokens, place: int) -> str:
    """Return the period a word names, or nothing."""
    if tokens.word(place) == "t" and tokens.word(place - 1) == "/":
        return "month"
    return next((period for period, forms in _PERIODS.items() if tokens[place] in forms), "")


def _months(tokens: Tokens, place: int) -> Fraction:
    """Return N of "N tháng", 12 × N of "N năm", for N above one or one half; 0 for anything else."""
    if tokens[place] in _HALF:
        after = place + (2 if tokens.word(place + 1) == "a" else 1)
        return Fraction({"month": 1, "year": 12}.get(period_at(tokens, after), 0), 2)
    number = tokens.word(place)
    if number.isdecimal():
        count, after = int(number), place + 1
    else:
        words = small(tokens, place)
        count, after = (words.value, words.end) if words and not words.doubt else (0, place)
    if not 2 <= count <= 60 or tokens.word(place - 1) == "thang":
        return Fraction(0)
    return Fraction(count * {"month": 1, "year": 12}.get(period_at(tokens, after), 0))
