"""Phone numbers as people type them, to E.164: spaces, dots, lost zeros, old prefixes, two in one message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from itertools import islice
from types import MappingProxyType

import phonenumbers
from phonenumbers import PhoneNumberType

from handlers.reading.fold import fold
from handlers.reading.unclear import Candidate, Unclear

_HOME = "+84"
_PERSONAL = frozenset(
    (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
)
# The change of mobile prefixes of September 2018, eleven digits to ten, and of Lạng Sơn's area code of 2017.
_NEW_PREFIX = MappingProxyType(
    {f"016{n}": f"03{n}" for n in "23456789"}
    | {"0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078"}
    | {"0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082"}
    | {"0186": "056", "0188": "058", "0199": "059"}
)
_OLD_AREA, _NEW_AREA = "025", "0205"
_MOST_GROUPS = 30  # of digits that are looked at: more than two numbers a digit at a time

_GROUP = re.compile(r"\+?\d+")
_JOINS = re.compile(r"[ .\-–—()·]{1,3}|[,_/]")
_LETTER_O = re.compile(r"(?<=\d)o+(?=[\d .\-]|$)|(?<![a-z])o+(?=[1-9l])")
_LETTER_L = re.compile(r"(?<=\d)[li](?=\d)")
_DIGIT_WORDS = {
    "khong": "0", "linh": "0", "mot": "1", "hai": "2", "ba": "3", "bon": "4", "tu": "4", "nam": "5",
    "lam": "5", "sau": "6", "bay": "7", "tam": "8", "chin": "9",
}  # fmt: skip
_SPOKEN = re.compile(rf"(?:\b(?:\d{{1,6}}|{'|'.join(_DIGIT_WORDS)})\b[ ,.\-]*){{3,}}")
_DENIED = re.compile(
    r"\b(?:(?:khong|ko|k|kh|dung) (?:phai|goi)|so cu)(?: (?:la|so))*\W*\+?\d[\d .\-]{6,}\d"
)  # "không phải 0912…", "số cũ 0912…"
_IDENTITY = re.compile(
    r"\b(mst|ma so thue|bhxh so|cccd|cmnd|cmt|can cuoc|chung minh|so bhxh|ma bhxh|ma so bhxh|ho chieu"
    r"|tai khoan|stk)\W*$"
)


class _Kind(Enum):
    SURE = "a number that can be called"
    DOUBTFUL = "possibly one: to be confirmed"
    CONVERTED = "one of the numbers before 2018"
    FOREIGN = "a number of another country"
    IDENTITY = "too long for a phone: an identity number"
    BROKEN = "no number, or one with digits missing"


@dataclass(frozen=True, slots=True)
class _Found:
    kind: _Kind
    e164: str = ""
    typed: str = ""


def phone(text: str, on: date) -> str:
    """Read one phone number as E.164.

    Raises Unclear with candidates (facts phone, old): "which_phone" for several, "confirm_phone" for one of
    before 2018, "check_phone" for one that is only likely; and without: "foreign_phone", "not_needed_id" for
    what looks like an identity number, "phone_length" (fact digits), "not_a_phone".
    """
    del on
    words = fold(text)
    meant = _DENIED.sub(" ", words)
    found = list(_found_in(meant))
    if meant != words and not any(each.e164 for each in found):
        found = [replace(each, kind=_doubted(each.kind)) for each in _found_in(words)]
    callable_ = {f.e164: f for f in found if f.kind in (_Kind.SURE, _Kind.DOUBTFUL, _Kind.CONVERTED)}
    if len(callable_) > 1:
        raise Unclear("which_phone", *map(_candidate, callable_.values()))
    for only in callable_.values():
        if only.kind is _Kind.SURE:
            return only.e164
        code = "confirm_phone" if only.kind is _Kind.CONVERTED else "check_phone"
        raise Unclear(code, _candidate(only))
    raise _refusal(found)


def spot_phone(text: str, on: date) -> str | None:
    """Find the one number, beyond doubt, in a message about something else; return it as displayed."""
    try:
        return display(phone(text, on))
    except Unclear:
        return None


def display(e164: str) -> str:
    """Return a number as Vietnamese read it: "0912 345 678", "0205 3812 345"; a foreign one as it is."""
    if not e164.startswith(_HOME):
        return e164
    digits = "0" + e164.removeprefix(_HOME)
    first, second = (4, 7) if len(digits) <= 10 else (4, 8)
    if digits.startswith(("024", "028")) and len(digits) > 10:
        first, second = 3, 7
    return " ".join(filter(None, (digits[:first], digits[first:second], digits[second:])))


def masked(e164: str) -> str:
    """Return a number with its middle hidden: "0912 ••• 678"."""
    first, *rest = display(e164).split(" ")
    return " ".join((first, *("•" * len(part) for part in rest[:-1]), *rest[-1:]))


def _doubted(kind: _Kind) -> _Kind:
    return _Kind.DOUBTFUL if kind is _Kind.SURE else kind


def _candidate(found: _Found) -> Candidate:
    shown = display(found.e164)
    raw = found.e164 if found.kind is _Kind.DOUBTFUL else shown
    old = found.typed if found.kind is _Kind.CONVERTED else None
    return Candidate(raw, {"phone": shown, "old": old})


def _refusal(found: Sequence[_Found]) -> Unclear:
    kinds = [each.kind for each in found]
    if _Kind.FOREIGN in kinds:
        return Unclear("foreign_phone")
    if _Kind.IDENTITY in kinds:
        return Unclear("not_needed_id")
    broken = [len(each.typed) for each in found if len(each.typed) >= 6]
    return Unclear("phone_length", facts={"digits": broken[0]}) if broken else Unclear("not_a_phone")


def _found_in(words: str) -> Iterator[_Found]:
    """Yield everything in a folded text that looks like a number."""
    words = _LETTER_L.sub("1", _LETTER_O.sub(lambda letters: "0" * len(letters[0]), words))
    for spoken in _SPOKEN.finditer(words):
        said = re.findall(r"[a-z]+|\d+", spoken[0])
        digits = "".join(_DIGIT_WORDS.get(word, word) for word in said)
        if 9 <= len(digits) <= 11 and not spoken[0].replace(" ", "").isdecimal():
            read = _classified(digits)
            yield _Found(_Kind.DOUBTFUL, read.e164, digits) if read.e164 else read
    for chain in _chains(words):
        yield from _numbers_in(chain)


def _chains(words: str) -> Iterator[list[str]]:
    """Yield runs of digit groups with only spaces, dots, dashes or brackets between them."""
    chain: list[str] = []
    end = -1
    for group in islice(_GROUP.finditer(words), _MOST_GROUPS):
        short = len(group[0]) < 6
        if short and words[group.end() : group.end() + 1].isalpha():
            continue  # "5h", "500k"
        joined = end >= 0 and _JOINS.fullmatch(words, end, group.start()) and not group[0].startswith("+")
        if chain and not joined:
            yield chain
            chain = []
        if not chain and _IDENTITY.search(words, max(0, group.start() - 20), group.start()):
            chain = ["id"]
        chain.append(group[0])
        end = group.end()
    if chain:
        yield chain


def _numbers_in(chain: list[str]) -> Iterator[_Found]:
    """Yield the numbers of a chain: the whole of it, or one after the other."""
    if chain[0] == "id":
        yield _Found(_Kind.IDENTITY)
        return
    typed = "".join(chain)
    whole = _classified(typed) if len(typed) <= 16 else _Found(_Kind.IDENTITY)
    if len(chain) == 1 or whole.kind not in (_Kind.IDENTITY, _Kind.BROKEN):
        yield whole
        return
    parts, rest = _split(chain)
    if not parts:
        yield whole
    for part in parts:
        yield _Found(_Kind.DOUBTFUL, part.e164, part.typed) if rest and part.kind is _Kind.SURE else part


def _split(chain: list[str]) -> tuple[list[_Found], int]:
    """Return the numbers that consecutive groups make, and how many groups are left over."""
    found: list[_Found] = []
    start = rest = 0
    while start < len(chain):
        for end in range(start + 1, min(start + 11, len(chain)) + 1):
            part = _classified("".join(chain[start:end]))
            if part.kind in (_Kind.SURE, _Kind.DOUBTFUL, _Kind.CONVERTED):
                found.append(part)
                start = end
                break
        else:
            rest += 1
            start += 1
    return found, rest


def _classified(typed: str) -> _Found:
    """Say what a run of digits (with its leading plus) is."""
    digits = typed.lstrip("+")
    abroad = typed.startswith("+") or (digits.startswith("00") and len(digits) > 12)
    if abroad:
        digits = digits.removeprefix("00")
        if digits.startswith("84"):
            return _national("0" + digits[2:].removeprefix("0"), digits, explicit=True)
        return _Found(_Kind.FOREIGN if 8 <= len(digits) <= 15 else _Kind.BROKEN, typed=digits)
    if digits.startswith("84") and len(digits) in (11, 12):
        return _national("0" + digits[2:].removeprefix("0"), digits)
    if len(digits) >= 12:
        return _Found(_Kind.IDENTITY, typed=digits)
    if len(digits) == 9 and digits[0] in "35789":
        return _national("0" + digits, digits)
    return _national(digits, digits)


def _national(number: str, typed: str, *, explicit: bool = False) -> _Found:
    """Classify a number with its leading zero; an `explicit` +84 mobile needs no second look."""
    e164 = _HOME + number[1:]
    if len(number) in (10, 11) and number.startswith("0") and not number.startswith("00"):
        parsed = phonenumbers.parse(e164)
        if phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in _PERSONAL:
            return _Found(_Kind.SURE, e164, typed)
        if len(number) == 11 and number[:4] in _NEW_PREFIX:
            return _Found(_Kind.CONVERTED, _HOME + _NEW_PREFIX[number[:4]][1:] + number[4:], typed)
        if len(number) == 10 and number.startswith(_OLD_AREA):
            return _Found(_Kind.CONVERTED, _HOME + _NEW_AREA[1:] + number[3:], typed)
        if len(number) == 10 and number[1] in "35789":  # in service, and newer than the library's tables
            return _Found(_Kind.SURE if explicit else _Kind.DOUBTFUL, e164, typed)
    return _Found(_Kind.BROKEN, typed=typed)
