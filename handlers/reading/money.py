"""Amounts of đồng as people type them: 5tr5, 1,5 triệu, 200k, hai trăm nghìn, 2 củ rưỡi."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from handlers.formatting import money as written
from handlers.reading.fold import fold
from handlers.reading.numbers import DIGITS, spelled
from handlers.reading.unclear import Candidate, Unclear

MOST = 10**12  # VND: beyond it nobody speaks of her own money
_BILLION, _MILLION, _HUNDRED_THOUSAND, _TEN_THOUSAND, _THOUSAND = 10**9, 10**6, 10**5, 10**4, 10**3

_UNITS = {
    "ty": _BILLION, "ti": _BILLION, "toi": _BILLION, "billion": _BILLION,
    "trieu": _MILLION, "tr": _MILLION, "cu": _MILLION, "me": _MILLION, "m": _MILLION, "trd": _MILLION,
    "million": _MILLION, "mil": _MILLION, "trieu dong": _MILLION,
    "lit": _HUNDRED_THOUSAND, "xi": _HUNDRED_THOUSAND, "loet": _HUNDRED_THOUSAND,
    "chuc": _TEN_THOUSAND,
    "nghin": _THOUSAND, "ngan": _THOUSAND, "ng": _THOUSAND, "k": _THOUSAND, "thousand": _THOUSAND,
    "n": _THOUSAND, "nghin dong": _THOUSAND,
    "d": 1, "dong": 1, "vnd": 1, "vnđ": 1,
}  # fmt: skip
_AMBIGUOUS = ("chai", "canh")  # 100,000 or a million; 1,000 or 100,000: the lexicons disagree
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_PLAIN = re.compile(r"\d{1,3}(?:[.,\s]\d{3})+|\d+")
_RANGE = re.compile(r"\d\s*(?:tr|k|trieu|cu|nghin|ngan)?\s*(?:-|–|—|~|den|toi)\s*\d")
_PERIOD = re.compile(
    r"(?:/|\bmoi|\bmot|\b1|\bper|\ba)\s*(ngay|tuan|quy|nam|day|week|quarter|year)\b|"
    r"\b(?:hang|hằng)\s*(ngay|tuan|quy|nam)\b"
)
_PER_MONTH = {"ngay": (30, 1), "day": (30, 1), "tuan": (52, 12), "week": (52, 12), "quy": (1, 3),
              "quarter": (1, 3), "nam": (1, 12), "year": (1, 12)}  # fmt: skip
_MONTHLY = re.compile(r"(?:/|\bmoi|\bmot|\b1|\bhang|\bper|\ba)\s*(?:thang|month|th)\b|/\s*t\b")
_TAIL = re.compile(rf"(\d\s*(?:{_UNIT}))\s+({'|'.join(DIGITS)})\b")
_DECIMAL = re.compile(r"(?:\D*\s)?(\d{1,2}[.,]\d{1,2})(?:\s\D*)?")
_HALF = re.compile(r"\bnua\s+(trieu|tr|cu|ty)\b")
_SPOT = re.compile(
    r"(?:\d[\d.,]*\s*(?:ty|ti|trieu|tr|cu|nghin|ngan|k|dong|vnd)(?![a-z])(?:\s*(?:ruoi|\d{1,3}(?!\d)))?"
    r"|\d[\d.,]*\s*(?:tr|cu|trieu)\s?\d{1,3}(?!\d))"
)


def amount(text: str, on: date) -> int:
    """Read one amount in VND (a month, where a period is named).

    Raises Unclear: "confirm_amount" with candidates (fact amount) for what may mean more than one amount,
    "amount_range" with candidates, "not_an_amount", "amount_too_large".
    """
    del on
    words = _prepare(text)
    if re.match(r"-\s*\d", words):
        raise Unclear("not_an_amount")
    if any(re.search(rf"\d\s*{unit}\b", words) for unit in _AMBIGUOUS):
        raise _unclear_slang(words)
    if _RANGE.search(words):
        raise _range(words)
    value, sure = _value(words)
    period = _PERIOD.search(words)
    if period:
        times, parts = _PER_MONTH[period[1] or period[2]]
        raise Unclear("confirm_amount", _candidate(_bounded(value * times // parts)))
    if not sure:
        raise Unclear("confirm_amount", _candidate(_bounded(value)))
    return _bounded(value)


def spot_amount(text: str, on: date) -> str | None:
    """Find one amount with its unit inside a longer message; return it as the formatter writes it."""
    words = _prepare(text)
    found = list(_SPOT.finditer(words))
    if len(found) != 1 or _RANGE.search(words) or _PERIOD.search(words):
        return None
    try:
        return written(amount(found[0][0], on))
    except Unclear:
        return None


def _prepare(text: str) -> str:
    words = fold(text).replace("đ", "d")
    words = re.sub(r"(?<=\d)[oO](?=[\d.,]|\b)", "0", words)
    words = _MONTHLY.sub(" ", words)
    words = _TAIL.sub(lambda match: f"{match[1]} {DIGITS[match[2]]}", words)
    return re.sub(r"\s+", " ", words).strip(" .!?")


def _value(words: str) -> tuple[int, bool]:
    """Return the amount and whether it is beyond doubt. Raises Unclear("not_an_amount")."""
    half = _HALF.search(words)
    if half and not re.search(r"\d", words):
        return _UNITS[half[1]] // 2, True
    if not re.search(r"\d", words):
        return _in_words(words)
    plain = _grouped(words)
    if plain is not None:
        return plain
    pieces = list(_pieces(words))
    if not pieces:
        raise Unclear("not_an_amount")
    return _sum(pieces, words)


def _grouped(words: str) -> tuple[int, bool] | None:
    """Read digits without a unit: grouped in threes they are đồng, a few alone are thousands or unsure."""
    bare = re.sub(r"\b(dong|vnd|d)\b|(?<=\d)(dong|vnd|d)\b", " ", words)
    with_unit = re.search(rf"\d\s*(?:{_UNIT})(?![a-z])", bare)
    if with_unit:
        return None
    decimal = _DECIMAL.fullmatch(bare.strip())
    if decimal:
        return int(Decimal(decimal[1].replace(",", ".")) * _MILLION), False
    numbers = _PLAIN.findall(bare)
    if len(numbers) != 1:
        return None
    found = numbers[0]
    digits = re.sub(r"\D", "", found)
    value = int(digits)
    if re.fullmatch(r"\d\.\d{3}|\d,\d{3}", found):
        return value * _THOUSAND, False  # "1.500": 1,500 đồng or 1.5 million
    if len(digits) <= 3:
        return value * _THOUSAND, False  # price talk is in thousands
    return value, value >= _TEN_THOUSAND


def _pieces(words: str) -> list[tuple[str, int]]:
    """Split "5 tr 500 k", "5tr5", "1 ty 2" into (digits, unit); unit 0 where none is written."""
    found = []
    for match in re.finditer(rf"(\d[\d.,]*)\s*(?:({_UNIT})(?![a-z])|({_UNIT})(?=\d))?|\b(ruoi)\b", words):
        if match[4]:
            found.append(("ruoi", 0))
        else:
            found.append((match[1].rstrip(".,"), _UNITS[match[2] or match[3]] if match[2] or match[3] else 0))
    return found


def _sum(pieces: list[tuple[str, int]], words: str) -> tuple[int, bool]:
    """Add the pieces: a number after a unit without one of its own is its decimals ("5tr5")."""
    total, last, sure = Decimal(0), 0, True
    for place, (digits, unit) in enumerate(pieces):
        if digits == "ruoi":
            total += Decimal(last) / 2
            continue
        if place and not unit and last > 1:
            total += Decimal(f"0.{digits}") * last
            last = 0
            continue
        if place and (not unit or not last or unit >= last):
            raise Unclear("not_an_amount")
        if not unit:
            return _grouped_only(digits)
        total += _number(digits) * unit
        last = unit
        sure = sure and not (unit == _MILLION and re.search(r"\dm\b", words) and len(pieces) > 2)
    return int(total), sure


def _grouped_only(digits: str) -> tuple[int, bool]:
    plain = _grouped(digits)
    if plain is None:
        raise Unclear("not_an_amount")
    return plain


def _number(digits: str) -> Decimal:
    """Read digits before a unit: groups of three are grouping, anything else a decimal."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits):
        return Decimal(re.sub(r"\D", "", digits))
    if re.fullmatch(r"\d+(?:[.,]\d+)?", digits):
        return Decimal(digits.replace(",", "."))
    raise Unclear("not_an_amount")


def _in_words(words: str) -> tuple[int, bool]:
    """Read an amount in words: "một triệu rưỡi", "ba triệu tư", "hai trăm nghìn"."""
    value, unit_named = spelled(words, _UNITS)
    if value is None:
        raise Unclear("not_an_amount")
    if not unit_named:
        return value * _THOUSAND, False
    return value, True


def _range(words: str) -> Unclear:
    """Two amounts: the ends and the middle are offered."""
    ends = re.split(r"\s*(?:-|–|—|~|\bden\b|\btoi\b)\s*", words, maxsplit=1)
    unit = re.search(rf"({_UNIT})(?![a-z])", ends[1])
    low_text = ends[0] if re.search(r"[a-z]", ends[0].split()[-1]) else f"{ends[0]}{unit[1] if unit else ''}"
    try:
        low, high = _value(low_text)[0], _value(ends[1])[0]
    except Unclear as unclear:
        return unclear
    if not 0 < low < high:
        return Unclear("not_an_amount")
    middle = (low + high) // 2 // _TEN_THOUSAND * _TEN_THOUSAND
    amounts = dict.fromkeys(a for a in (low, middle, high) if low <= a <= high)
    return Unclear("amount_range", *(_candidate(_bounded(a)) for a in amounts))


def _unclear_slang(words: str) -> Unclear:
    found = re.search(r"(\d[\d.,]*)\s*(chai|canh)\b", words)
    if not found:
        return Unclear("not_an_amount")
    count = _number(found[1].rstrip(".,"))
    units = (_HUNDRED_THOUSAND, _MILLION) if found[2] == "chai" else (_THOUSAND, _HUNDRED_THOUSAND)
    return Unclear("confirm_amount", *(_candidate(_bounded(int(count * unit))) for unit in units))


def _candidate(value: int) -> Candidate:
    return Candidate(written(value), {"amount": value})


def _bounded(value: int) -> int:
    if value > MOST:
        raise Unclear("amount_too_large")
    if value <= 0:
        raise Unclear("not_an_amount")
    return value
