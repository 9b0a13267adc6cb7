"""The grammar of amounts: where a text names money, how much, and what else it may mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from rapidfuzz.distance import OSA

from handlers.reading.numbers import CONFUSABLE, HALF, NO_HUNDRED, Forms, Small, Tokens, one_digit, small

BILLION, MILLION, THOUSAND = 10**9, 10**6, 10**3
LIT = 10**5  # "lít", "xị": a hundred thousand

_UNITS = {
    "ty": BILLION, "ti": BILLION, "billion": BILLION, "bn": BILLION,
    "trieu": MILLION, "tr": MILLION, "trd": MILLION, "million": MILLION, "mil": MILLION,
    "nghin": THOUSAND, "ngan": THOUSAND, "ng": THOUSAND, "ngh": THOUSAND, "k": THOUSAND, "kd": THOUSAND,
    "thousand": THOUSAND,
    "d": 1, "dong": 1, "vnd": 1, "vnđ": 1,
}  # fmt: skip
_SLANG = {
    "cu": ("củ", MILLION), "me": ("mê", MILLION), "m": ("m", MILLION), "lit": ("lít", LIT), "xi": ("xị", LIT),
    "toi": ("tỏi", BILLION),
}  # fmt: skip
_DISPUTED = {
    "chai": (LIT, MILLION),
    "canh": (THOUSAND, LIT),
    "t": (MILLION, BILLION),
    "n": (THOUSAND, THOUSAND),
}
_MISSPELT = {"trieu": MILLION, "nghin": THOUSAND}
_HALF_OF, _ODD, _VAGUE = Forms("nửa half"), Forms("lẻ linh"), Forms("vài mấy nhiều dăm bao")
_TAIL_ONLY = ("mốt", "tư")  # so spelled they are no "một", no "từ"
_SHORT = frozenset(
    ("tr", "k", "m", "kd", "trd")
)  # a tail after these is always decimals: 1tr25 is 1.25 million
_CLOSING = frozenset(("dong", "d", "vnd", "nhe", "nha", "a", "thoi", "em", "anh", "chi", "dc", "duoc"))
"""Words after an unmarked tail that leave it a number: "ba trieu tu nhe", not "ba trieu tu thang sau"."""
_COUNTED = frozenset(
    ("tuoi", "nam", "thang", "th", "tuan", "ngay", "quy", "h", "gio", "phut", "nguoi", "con", "dua",
     "lan", "kg",
     "km", "m2", "sao", "mau", "cai", "chiec", "khau", "years", "year", "months", "month", "days", "age",
     "old",
     "usd", "do", "te", "phien", "vu", "chuyen", "buoi", "bua", "hom", "dot", "ky", "ki", "mua", "lua", "ca")
)  # fmt: skip
"""What a number may count that is not money."""
_MONTHLY = frozenset(("thang", "th", "t", "month"))
_AFTER = frozenset(
    ("t", "nhe", "nha", "a", "thoi", "d", "dong", "vnd", "mot", "moi", "hang", "1", "thang", "th", "ngay",
     "tuan", "nam",
     "quy", "per", "la", "em", "anh", "chi", "co", "chu", "bac", "minh", "toi", "duoc", "dc", "dk", "duoi",
     "khong",
     "ko", "k", "kh", "hok", "hong", "chua", "cho", "va", "hoac", "den", "tro", "do", "di", "ok", "oke",
     "dau",
     "ha", "hen", "luon", "roi", "r", "month", "day", "year", "each")
)  # fmt: skip
"""Words that may follow an amount without being part of it."""
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+")
_DECIMAL = re.compile(r"\d{1,6}[.,]\d{1,3}")
_ZERO_CENTS = re.compile(r"(\d{1,3}(?:\.\d{3})+),0{1,2}|(\d{1,3}(?:,\d{3})+)\.0{1,2}")


@dataclass(frozen=True, slots=True)
class Amount:
    """Money between two tokens, in đồng; `others` are what else it may mean, best first.

    `unit` is 0 for bare numbers; `strong` units cannot be other words.
    """

    value: Fraction
    start: int
    end: int
    unit: int = 0
    others: tuple[Fraction, ...] = ()
    sure: bool = True
    strong: bool = True

    def doubted(self, *others: Fraction) -> Amount:
        """Return it as one that has to be confirmed, beside other readings."""
        kept = tuple(other for other in (*self.others, *others) if other != self.value)
        return replace(self, sure=False, others=tuple(dict.fromkeys(kept)))


@dataclass(frozen=True, slots=True)
class _Unit:
    size: int
    end: int
    sizes: tuple[int, ...] = ()  # what a disputed unit may be
    sure: bool = True
    strong: bool = True
    short: bool = False


def amounts(tokens: Tokens) -> Iterator[Amount]:
    """Yield every amount with a unit, from left to right."""
    place = 0
    while place < len(tokens):
        found = _amount(tokens, place)
        if found and tokens[found.start - 1] not in _VAGUE:
            yield found
        place = found.end if found else place + 1


def _amount(tokens: Tokens, place: int) -> Amount | None:
    half = _half(tokens, place)
    if half:
        return half
    found = _term(tokens, place)
    if found is None:
        return None
    amount = _with_tail(tokens, found[0], found[1])
    if amount.unit >= THOUSAND and tokens.word(amount.end) in ("dong", "d", "vnd"):
        amount = replace(amount, end=amount.end + 1)
    return amount


def _half(tokens: Tokens, place: int) -> Amount | None:
    """Read "nửa triệu", "half a million"."""
    if tokens[place] not in _HALF_OF:
        return None
    unit = _unit(tokens, place + (2 if tokens.word(place + 1) == "a" else 1), after_word=True)
    return Amount(Fraction(unit.size, 2), place, unit.end, unit.size) if unit and unit.size > 1 else None


def _term(tokens: Tokens, place: int) -> tuple[Amount, _Unit] | None:
    """Read a number and its unit: "5 tr", "năm trăm nghìn", "triệu" before "rưỡi"."""
    token = tokens[place]
    alone = _unit(tokens, place, after_word=True) if token.letters else None
    if alone and _counts_one(tokens, place, alone):
        return Amount(Fraction(alone.size), place, alone.end, alone.size), alone
    words = small(tokens, place)
    if words and [tokens.word(words.end + step) for step in range(3)] == ["and", "a", "half"]:
        unit = _unit(tokens, words.end + 3, after_word=True)
        return (_made(words.value + Fraction(1, 2), words, unit, place), unit) if unit else None
    if words:
        unit = _unit(tokens, words.end, after_word=not token.digits or words.end - place > 1)
        return (_made(Fraction(words.value), words, unit, place), unit) if unit else None
    if not token.digits or _in_a_date(tokens, place):
        return None
    number, end = _digits(tokens, place)
    unit = _unit(tokens, end, after_word=False)
    if number is None or unit is None:
        return None
    return _digit_term(tokens, place, end, number, unit), unit


def _counts_one(tokens: Tokens, place: int, unit: _Unit) -> bool:
    """Tell whether a unit without a number before it is one: "triệu rưỡi", "triệu hai", not "vài triệu"."""
    before = tokens[place - 1]
    if unit.size <= THOUSAND or unit.sizes or before.digits:
        return False
    return tokens[unit.end] in HALF or (unit.strong and one_digit(tokens, unit.end) is not None)


def _in_a_date(tokens: Tokens, place: int) -> bool:
    """Tell whether digits stand right after other digits and a slash."""
    return tokens.word(place - 1) == "/" and tokens[place - 2].digits and not tokens[place].spaced


def _made(value: Fraction, words: Small, unit: _Unit, place: int) -> Amount:
    amount = Amount(value * unit.size, place, unit.end, unit.size, strong=unit.strong)
    if unit.sizes:
        return amount.doubted(*(value * size for size in unit.sizes))
    if words.loose and value % 10 == value // 10 + 1:  # "hai ba triệu" is two or three million
        low = Fraction(int(value) // 10 * unit.size)
        return replace(amount, value=low).doubted(low + unit.size)
    if unit.size == 1 and amount.value < 10 * THOUSAND:
        return replace(amount, value=amount.value * THOUSAND).doubted(amount.value)
    tiny = amount.value < 10 * THOUSAND
    doubted = words.loose or tiny or not unit.sure or (words.doubt and (words.value > 9 or not unit.strong))
    doubted = doubted or (words.value == 4 and words.doubt)  # "tu trieu": tư, or từ
    return amount.doubted() if doubted else amount


def _digit_term(tokens: Tokens, place: int, end: int, number: str, unit: _Unit) -> Amount:
    """Give digits their unit: before nghìn a group of three is grouping, before triệu it may be decimals."""
    grouped = bool(_GROUPED.fullmatch(number))
    value = Fraction(re.sub(r"[.,]", "", number)) if grouped else Fraction(number.replace(",", "."))
    amount = Amount(value * unit.size, place, unit.end, unit.size, strong=unit.strong)
    if unit.sizes:
        return amount.doubted(*(value * size for size in unit.sizes))
    if grouped and unit.size > THOUSAND and number.count(".") + number.count(",") == 1:
        decimal = Fraction(number.replace(",", ".")) * unit.size
        return replace(amount, value=decimal).doubted(amount.value)
    joined_by_space = end - place == 2 and tokens.word(place + 1) != "000"
    tiny = unit.size >= THOUSAND and amount.value < 10 * THOUSAND
    if unit.size == 1 and tokens[end].marked == "dong" and amount.value < 10 * THOUSAND:
        thousands = replace(amount, value=amount.value * THOUSAND)
        return thousands.doubted(amount.value)  # "500 dong" may be "500, đóng…"
    return amount if unit.sure and not (joined_by_space or tiny) else amount.doubted()


def _digits(tokens: Tokens, place: int) -> tuple[str | None, int]:
    """Return digits with their separators, groups of three joined over spaces; None when malformed."""
    number = tokens.word(place)
    end = place + 1
    zero_cents = _ZERO_CENTS.fullmatch(number)
    if zero_cents:
        return zero_cents[1] or zero_cents[2], end
    if number.isdecimal():
        if len(number) <= 3:
            while re.fullmatch(r"\d{3}", tokens.word(end)) and tokens[end].spaced:
                number += tokens.word(end)
                end += 1
        return (None if number.startswith("0") and number != "0" else number), end
    if _GROUPED.fullmatch(number) and not number.startswith("0"):
        return number, end
    return (number if _DECIMAL.fullmatch(number) and not re.match(r"0\d", number) else None), end


def _unit(tokens: Tokens, place: int, *, after_word: bool) -> _Unit | None:
    """Read the unit at `place`; slang counts after digits, or after a word where its marks are typed."""
    word, end = tokens.word(place), place + 1
    if word == "₫":
        return _Unit(1, end)
    if word in _UNITS and not (word == "k" and after_word and tokens.word(place - 1) in _UNITS):
        if word in ("ng", "ngh") and tokens[place].spaced:
            return _Unit(THOUSAND, end, sure=False, strong=False)
        if word == "dong" and tokens[place].marked not in ("đồng", "dong", "đông"):
            return None
        return _Unit(_UNITS[word], end, strong=_UNITS[word] > 1, short=word in _SHORT)
    if word in _SLANG:
        return _slang(tokens, place, after_word=after_word)
    if word in _DISPUTED and not after_word and tokens[place].marked not in ("chài", "cạnh", "canh cải"):
        return _Unit(_DISPUTED[word][0], end, sizes=_DISPUTED[word], sure=False, strong=False)
    if len(word) >= 4 and tokens[place].letters:
        for right, size in _MISSPELT.items():
            if word[0] == right[0] and OSA.distance(word, right, score_cutoff=1) == 1:
                return _Unit(size, end, sure=False, strong=False)
    return None


def _slang(tokens: Tokens, place: int, *, after_word: bool) -> _Unit | None:
    """Read củ, lít, xị…: typed without marks after a word they are rather mẹ, tôi, cũ."""
    word, marked = tokens.word(place), tokens[place].marked
    form, size = _SLANG[word]
    if marked not in (form, word) or (after_word and marked == word and word in ("me", "toi", "m")):
        return None
    typed = marked == form
    return _Unit(
        size, place + 1, sure=typed or word != "toi", strong=typed and word != "m", short=word == "m"
    )


def _with_tail(tokens: Tokens, amount: Amount, unit: _Unit) -> Amount:
    """Add what follows the unit: rưỡi, a smaller term, decimals in digits or words."""
    place, size = amount.end, unit.size
    if size < THOUSAND:
        return amount
    if tokens[place] in HALF:
        return replace(amount, value=amount.value + Fraction(size, 2), end=place + 1)
    if tokens[place] in _HALF_OF and tokens.word(place + 1) in _COUNTED:
        return amount
    if tokens[place] in _HALF_OF and not _unit(tokens, place + 1, after_word=True):
        return amount.doubted(amount.value + Fraction(size, 2))
    lone = tokens[place] in _ODD
    smaller = _term(tokens, place + 1 if lone else place)
    if smaller and smaller[1].size < size and not smaller[1].sizes:
        return _plus(amount, _with_tail(tokens, *smaller), size)
    if smaller and (tokens[place].spaced or not smaller[1].sizes):
        return amount
    if lone:
        return _lone_tail(tokens, amount, place + 1, size)
    if tokens[place].digits and small(tokens, place) is None:
        return _digit_tail(tokens, amount, unit, place)
    return _word_tail(tokens, amount, place, size)


def _plus(amount: Amount, rest: Amount, size: int) -> Amount:
    total = replace(
        amount, value=amount.value + rest.value, end=rest.end, strong=amount.strong and rest.strong
    )
    if not rest.sure or rest.value < size / 1000 * 10 or rest.value >= size:
        return total.doubted(*(amount.value + other for other in rest.others))
    return total if amount.sure else total.doubted()


def _lone_tail(tokens: Tokens, amount: Amount, place: int, size: int) -> Amount:
    """Read "một triệu lẻ năm mươi": fifty thousand; after lẻ the thousands are left unsaid."""
    rest = small(tokens, place)
    if rest is None:
        return amount.doubted()
    total = replace(amount, value=amount.value + Fraction(rest.value * size, 1000), end=rest.end)
    return total if rest.value >= 10 else total.doubted(amount.value + Fraction(rest.value * size, 10))


def _digit_tail(tokens: Tokens, amount: Amount, unit: _Unit, place: int) -> Amount:
    """Read "5 triệu 500", "1tr25": decimals of the unit; what counts something else is no tail."""
    digits, size = tokens.word(place), unit.size
    after = tokens[place + 1]
    counted = after.word in _COUNTED or after.word == "t"
    if counted and (tokens[place].spaced or not unit.short or size == THOUSAND):
        return amount
    if _GROUPED.fullmatch(digits) or (digits.isdecimal() and len(digits) in (6, 9)):
        value = Fraction(re.sub(r"\D", "", digits))
        whole = replace(amount, value=amount.value + value, end=place + 1)
        return whole if THOUSAND <= value < size else amount.doubted()
    if not digits.isdecimal() or len(digits) > 3:
        return amount.doubted()
    tail = Fraction(int(digits) * size, 10 ** len(digits))
    total = replace(amount, value=amount.value + tail, end=place + 1)
    if len(digits) == 2 and not (unit.short and size > THOUSAND):
        total = total.doubted(amount.value + Fraction(int(digits) * size, 1000))
    if counted and (digits == "1" or after.word not in _MONTHLY):  # "1tr1 tháng", "1tr5 năm"
        total = total.doubted(amount.value)
    in_a_date = after.word in ("/", "-") and tokens[place + 2].digits
    if in_a_date or (after.letters and after.word not in _AFTER and after.word not in _UNITS):
        total = total.doubted(amount.value)
    return total


def _word_tail(tokens: Tokens, amount: Amount, place: int, size: int) -> Amount:
    """Read "ba triệu tư", "một triệu hai trăm"; a word that may be no number is asked about."""
    rest = small(tokens, place)
    if rest is None or (tokens.word(rest.end) in _COUNTED and tokens[place].marked not in _TAIL_ONLY):
        return amount
    last = tokens[rest.end]
    if rest.value >= 100 or rest.dozen or tokens[place] in NO_HUNDRED:
        return replace(amount, value=amount.value + Fraction(rest.value * size, 1000), end=rest.end)
    total = replace(
        amount, value=amount.value + Fraction(rest.value * size, 10 if rest.value < 10 else 100), end=rest.end
    )
    if rest.value >= 10:
        return total.doubted(amount.value + Fraction(rest.value * size, 1000))
    bare = tokens[place].marked == tokens.word(place)
    unlikely = bare and tokens.word(place) in CONFUSABLE - {"tu", "lam"}
    followed = last.letters and last.word not in (_CLOSING if bare else _AFTER)
    if size == THOUSAND or unlikely or followed or tokens.word(place) == "nam":
        return total.doubted(amount.value)
    return total
