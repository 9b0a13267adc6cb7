"""Amounts of đồng as people type them: 5tr5, 1,5 triệu, 200k, hai trăm nghìn, 2 củ rưỡi."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from itertools import islice

from handlers.formatting import money as written
from handlers.reading.amounts import MILLION, THOUSAND, Amount, amounts
from handlers.reading.numbers import Forms, Tokens, one_digit, small, spread
from handlers.reading.periods import ALWAYS, EACH, how_often, period_at
from handlers.reading.unclear import Candidate, Unclear

MOST = 10**12  # VND: beyond it nobody speaks of her own money
_FINEST = 10 * THOUSAND  # VND: the middle of a range is shown no finer than this

_TO = Forms("- – — ~ đến tới to hoặc hay or")
_ABOUT = Forms(
    "khoảng chừng tầm trên dưới hơn gần =độ =cỡ ngót xấp đa thiểu nhất quá about around over under "
    "nearly max min ước ~ ± < > ≥ ≤"
)
_OR_SO = Forms("đổ trở hơn tròm lẻ cùng")
_NOT = Forms("không ko k kh hok hông chưa =đừng chẳng chả not dont hổng ?")
_BE, _BUT, _ABLE = Forms("phải là"), Forms("chứ"), Forms("nổi được dc đc đủ")
_SHARED = Forms("người mấy nhà")
_WIFE, _HUSBAND = Forms("vợ vk"), Forms("chồng ck")
_TIMES = Forms("x * × + . , -")
_FOREIGN = Forms("$ € usd =đô đôla dollar dollars euro =tệ yuan rmb")
_EARNED = Forms("lương thu nhập doanh dthu lãi lời vốn nợ vay học income salary earn phạt thưởng")
_VAGUE = Forms("vài mấy nhiều dăm")
_ALWAYS_NUMBERED = Forms("số thứ lúc tuổi sn sinh h g giờ / :")
_NUMBERED = (
    (Forms("tháng t th"), 12), (Forms("ngày quý mùng mồng"), 31), (Forms("năm"), 2_100),
)  # fmt: skip
_MOST_CANDIDATES = 4
_MOST_AMOUNTS = 6
_GROUP = re.compile(r"\d{3}")
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+")
_ZERO_CENTS = re.compile(r"(?<=\.\d{3}),0{1,2}$|(?<=,\d{3})\.0{1,2}$")
_COUNTED = Forms(
    "tuổi năm tháng ngày h giờ phút người lần con % g t tuần chục years months year month days day / :"
)


def amount(text: str, on: date) -> int:
    """Read one amount in whole đồng; where a period is named, what it comes to in a month.

    Raises Unclear with candidates (fact amount): "confirm_amount" for what may mean something else (a few
    digits are thousands, a day's or a year's amount is converted), "amount_range" for several,
    "amount_each_time" for so much an occasion (a market day), which may be without; and without:
    "not_an_amount", "amount_too_large".
    """
    del on
    tokens = Tokens(spread(text))
    if tokens.word(0) in ("-", "−") or tokens.near(range(len(tokens)), _FOREIGN):
        raise Unclear("not_an_amount")
    found = _inherited(tokens, list(islice(amounts(tokens), _MOST_AMOUNTS)))
    found = found or _inherited(tokens, list(islice(_bare(tokens), _MOST_AMOUNTS)))
    found = [each for each in found if not _denied(tokens, each)] or found
    if len({each.value for each in found}) > 1:
        raise _several(tokens, found)
    if not found:
        raise Unclear("not_an_amount")
    return _settled(tokens, found[0])


def spot_amount(text: str, on: date) -> str | None:
    """Find the one amount she may pay in a longer message, as the formatter writes it.

    A unit that cannot be another word must be there; what she earns or owes is left alone, and what she
    pays for an occasion of which nobody knows how often it comes.
    """
    del on
    tokens = Tokens(spread(text))
    found = [
        each
        for each in islice(amounts(tokens), _MOST_AMOUNTS)
        if each.strong and not tokens.near(range(each.start - 4, each.start), _EARNED)
    ]
    found = [each for each in found if not _denied(tokens, each)]
    if len(found) != 1 or not found[0].sure or len(_inherited(tokens, found)) > 1:
        return None
    often = how_often(tokens, found[0].start, found[0].end)
    value = found[0].value * often.rates[0] if often.certain and len(often.rates) == 1 else Fraction(0)
    return written(int(value)) if 0 < value < MOST else None


def _settled(tokens: Tokens, only: Amount) -> int:
    """Return the amount, or ask about it when a period, a hedge or a second meaning is near."""
    often = how_often(tokens, only.start, only.end)
    readings = (only.value, *only.others)
    if len(often.rates) != 1 and often.certain:
        asked = [only.value * rate for rate in often.rates]
        raise Unclear("amount_each_time", *(_candidates(asked) if asked else ()))
    rate = often.rates[0]
    if only.sure and often.certain and rate == 1 and not _hedged(tokens, only):
        return _bounded(only.value)
    if rate > 1 and not only.unit:  # "mỗi ngày 20": thousands
        readings = tuple(sorted(readings))
    values = [value * rate for value in readings]
    values += [] if often.certain else [only.value * other for other in (Fraction(1), *often.rates[1:])]
    raise Unclear("confirm_amount", *_candidates(values))


def _denied(tokens: Tokens, each: Amount) -> bool:
    """Tell whether an amount is said not to be meant: "không phải 500k", "500k ko nổi"."""
    before, after = each.start - 1, each.end
    if tokens[before] in _BE and tokens[before - 1] in _NOT:
        return True
    if tokens[before] in _NOT and tokens[before - 1] in _BUT:
        return True
    if tokens[before] in _ABLE and tokens.near(range(before - 2, before), _NOT):
        return True
    return tokens[after] in _NOT and tokens[after + 1] in _ABLE


def _hedged(tokens: Tokens, only: Amount) -> bool:
    """Tell whether words around an amount make it approximate, denied, or part of a sum."""
    around = [place for place in range(len(tokens)) if not only.start <= place < only.end]
    after = only.end + (2 if tokens[only.end + 1] in EACH else 1)
    slash = tokens.word(only.end) == "/" and not period_at(tokens, after)
    couple = any(tokens[place] in _WIFE and tokens[place + 1] in _HUSBAND for place in around)
    glued = tokens[only.start - 1] in _TIMES and not tokens[only.start].spaced
    list_of_two = tokens.word(only.start - 1) in (",", ".", "x", "*") and tokens[only.start - 2].digits
    return (
        slash
        or couple
        or glued
        or list_of_two
        or any(tokens[place].digits and not _explained(tokens, place) for place in around)
        or tokens.near(range(only.start - 3, only.start), _ABOUT)
        or tokens.near(range(only.end, only.end + 2), _OR_SO)
        or tokens.word(only.end) in ("x", "*", "+")
        or tokens.near(around, _NOT)
        or tokens.near(around, _SHARED)
    )


def _explained(tokens: Tokens, place: int) -> bool:
    """Tell whether a number beside an amount counts something else: a month, an age, a date."""
    number = tokens.word(place)
    value = Fraction(number) if number.isdecimal() else Fraction(0)
    return tokens[place + 1] in _COUNTED or _is_numbered(tokens, place, value)


def _several(tokens: Tokens, found: Sequence[Amount]) -> Unclear:
    """Offer every amount named; between two ends of a range the middle too."""
    values = sorted({each.value for each in found})
    low, high = found[0], found[-1]
    gap = high.start - low.end
    side_by_side = gap == 0 and low.end - low.start == 1  # "2 3 triệu"
    if len(values) == 2 and (side_by_side or (gap == 1 and tokens[low.end] in _TO)):
        middle = Fraction(sum(values) / 2 // _FINEST * _FINEST)
        values = sorted({*values, middle} if values[0] < middle < values[1] else values)
    return Unclear("amount_range", *_candidates(values))


def _candidates(values: Iterable[Fraction]) -> tuple[Candidate, ...]:
    whole = dict.fromkeys(int(value) for value in values if 0 < value < MOST)
    if not whole:
        raise Unclear("amount_too_large")
    return tuple(Candidate(written(value), {"amount": value}) for value in list(whole)[:_MOST_CANDIDATES])


def _bounded(value: Fraction) -> int:
    if value >= MOST:
        raise Unclear("amount_too_large")
    if value.denominator != 1:
        raise Unclear("not_an_amount")
    return int(value)


def _inherited(tokens: Tokens, found: list[Amount]) -> list[Amount]:
    """Give the first end of "5-7tr", "500-1tr", "hai ba trăm nghìn" the unit of the second, or thousands."""
    if not found or not found[0].unit:
        return found
    first = found[0]
    gap = 1 if tokens[first.start - 1] in _TO else 0
    start = first.start - gap - 1
    number, low, scale = tokens.word(start), None, Fraction(first.unit)
    if re.fullmatch(r"\d{1,3}(?:[.,]\d)?", number) and not number.startswith("0"):
        low = Fraction(number.replace(",", "."))
    elif low_digit := one_digit(tokens, start):
        low = Fraction(low_digit)
    high, high_digit = first.value / first.unit, one_digit(tokens, first.start)
    if high_digit and not gap:
        scale = first.value / high_digit
    elif low is not None and low < 10 and high >= 100 and not high % 100:
        low *= 100  # "3-400k"
    if low is None or _is_numbered(tokens, start, low):
        return found
    if low * scale >= first.value and gap and low >= 100:
        scale = Fraction(THOUSAND)
    if low * scale >= first.value:
        return found
    return [Amount(low * scale, start, start + 1, first.unit), *found]


def _is_numbered(tokens: Tokens, place: int, value: Fraction) -> bool:
    """Tell whether the number at `place` is the number of a month, a day, a year, and no amount."""
    before = tokens[place - 1]
    if before in _ALWAYS_NUMBERED:
        return True
    if tokens[place - 2] in ALWAYS:
        return False
    return any(before in forms and value <= most for forms, most in _NUMBERED)


def _bare(tokens: Tokens) -> Iterable[Amount]:
    """Yield numbers without a unit: many digits are đồng; a few are thousands or millions, and asked."""
    for place, token in enumerate(tokens.all):
        words = None if token.digits and tokens[place + 1].digits else small(tokens, place)
        if tokens[place - 1] in _VAGUE:
            return
        if words and (words.value >= 100 or words.dozen) and tokens[words.end] not in _COUNTED:
            sure = words.dozen and not words.doubt
            yield Amount(Fraction(words.value * THOUSAND), place, words.end, THOUSAND, sure=sure)
            return
    yield from _bare_digits(tokens)


def _bare_digits(tokens: Tokens) -> Iterable[Amount]:
    place = 0
    while place < len(tokens):
        end = place + 1
        if tokens[place].digits:
            whole = tokens.word(place).isdecimal()
            while whole and _GROUP.fullmatch(tokens.word(end)) and tokens[end].spaced:
                end += 1
            each = tokens.word(end) == "/" and period_at(tokens, end + 1)
            found = None if tokens[end] in _COUNTED and not each else _plain(tokens, place, end)
            if found and not (end == place + 1 and _is_numbered(tokens, place, found.value / THOUSAND)):
                yield found
        place = end


def _plain(tokens: Tokens, place: int, end: int) -> Amount | None:
    """Read digits without a unit; None for what is no amount: a leading zero, broken grouping."""
    number = _ZERO_CENTS.sub("", "".join(tokens.word(each) for each in range(place, end)))
    if number.startswith("0") or (end - place > 1 and len(tokens.word(place)) > 3):
        return None
    if re.fullmatch(r"\d{1,3}[.,]\d{1,2}", number):
        value = Fraction(number.replace(",", "."))
        return Amount(value * (MILLION if value < 100 else THOUSAND), place, end, sure=False)
    grouped = bool(_GROUPED.fullmatch(number))
    if not grouped and not number.isdecimal():
        return None
    digits = re.sub(r"\D", "", number)
    value = Fraction(int(digits))
    if len(digits) <= 2:
        few = Amount(value * MILLION, place, end, sure=False)
        return few if len(digits) == 1 else few.doubted(value * THOUSAND)
    if len(digits) <= 4:
        return Amount(value * THOUSAND, place, end, sure=False)
    if len(digits) > 8 and not grouped and value % THOUSAND:
        return None  # a phone or an account number
    paired = end - place == 2 and tokens.word(end - 1) != "000"
    return Amount(value, place, end, sure=not paired)
