"""Phone numbers as people type them; old ones are converted and confirmed, ids are never kept."""

from __future__ import annotations

import re
from datetime import date

import phonenumbers

from handlers.reading.fold import clean
from handlers.reading.unclear import Candidate, Unclear

# Decision 798/QĐ-BTTTT of 2018: 11-digit mobile prefixes and what they became
_OLD_PREFIXES = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078", "0123": "083", "0124": "084",
    "0125": "085", "0127": "081", "0129": "082", "0162": "032", "0163": "033", "0164": "034", "0165": "035",
    "0166": "036", "0167": "037", "0168": "038", "0169": "039", "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip
_RUN = re.compile(r"\+?\d[\d\s.\-()]{5,24}\d")
_MOBILE = re.compile(r"0[35789]\d{8}")
_LANDLINE = re.compile(r"02\d{9}")


def phone(text: str, on: date) -> str:
    """Read a Vietnamese phone number; return it in E.164 (+84…).

    Raises Unclear: "confirm_phone" with one candidate (fact phone) for a converted old number, "which_phone"
    with candidates for several, "foreign_phone", "not_needed_id" for what looks like an identity number,
    "not_a_phone".
    """
    del on
    runs = [_digits(run) for run in _RUN.findall(_prepared(text))]
    numbers = list(dict.fromkeys(number for run in runs if (number := _national(run))))
    if len(numbers) > 1:
        raise Unclear("which_phone", *(Candidate(_e164(n), {"phone": display(_e164(n))}) for n in numbers))
    if numbers:
        return _checked(numbers[0])
    raise _why_not(runs)


def display(e164: str) -> str:
    """Return +84912345678 as `0912 345 678`."""
    national = "0" + e164.removeprefix("+84")
    return f"{national[:4]} {national[4:7]} {national[7:]}"


def masked(e164: str) -> str:
    """Return a number for lists, its middle hidden: `0912 ••• 678`."""
    shown = display(e164).split()
    return f"{shown[0]} ••• {shown[2]}"


def _prepared(text: str) -> str:
    words = clean(text)
    return re.sub(r"(?<=[\d\s.])[oO](?=[\d.])|\b[oO](?=\d)", "0", words)


def _digits(run: str) -> str:
    return ("+" if run.startswith("+") else "") + re.sub(r"\D", "", run)


def _national(run: str) -> str | None:
    """Return the national number a run of digits may be, or None."""
    for prefix in ("+84", "0084", "84"):
        if run.startswith(prefix) and len(run.removeprefix(prefix).lstrip("0")) in (9, 10):
            run = "0" + run.removeprefix(prefix).lstrip("0")
            break
    if len(run) == 9 and run[0] in "35789":
        run = "0" + run
    if _MOBILE.fullmatch(run) or _LANDLINE.fullmatch(run) or (run[:4] in _OLD_PREFIXES and len(run) == 11):
        return run
    return None


def _checked(number: str) -> str:
    if number[:4] in _OLD_PREFIXES and len(number) == 11:
        new = _e164(_OLD_PREFIXES[number[:4]] + number[4:])
        raise Unclear("confirm_phone", Candidate(new, {"phone": display(new)}))
    e164 = _e164(number)
    if not phonenumbers.is_possible_number(phonenumbers.parse(e164)):
        raise Unclear("not_a_phone")
    return e164


def _e164(national: str) -> str:
    return "+84" + national[1:]


def _why_not(runs: list[str]) -> Unclear:
    for run in runs:
        if run.startswith(("+", "00")):
            return Unclear("foreign_phone")
        if len(run) >= 12:
            return Unclear("not_needed_id")
    return Unclear("not_a_phone")
