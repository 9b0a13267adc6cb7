"""Choices as people type them: an id, a number, a label, or words that mean one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from handlers.reading.fold import fold
from handlers.reading.unclear import Unclear

Lexicon = Mapping[str, Sequence[str]]

_NUMBER = re.compile(r"(?:(?:so|cau|muc|chon|so thu|option|number)\s*)?(\d{1,2})\s*[.)]?")
_NUMBER_WORDS = {
    word: number
    for number, words in enumerate(
        ("mot one", "hai two", "ba three", "bon tu four", "nam five", "sau six", "bay seven", "tam eight"), 1
    )
    for word in words.split()
}
_FILLER = frozenset(
    ("a", "e", "em", "anh", "chi", "bac", "oi", "nhe", "nha", "vang", "thi", "la", "ma", "nua", "luon", "day")
)

YES = (
    "có", "co a", "ừ", "uh", "um", "ừm", "vâng", "dạ", "dạ có", "đúng", "đúng rồi", "đúng r", "phải", "ok",
    "oke", "okay", "okie", "được", "dc", "đc", "đồng ý", "chuẩn", "rồi", "1", "👍", "👌", "yes", "y", "yeah",
    "yep", "right", "không phải là không", "có chứ", "tất nhiên", "sure", "correct",
)  # fmt: skip
NO = (
    "không", "ko", "k", "kh", "khg", "hok", "hong", "hông", "hem", "hổng", "chưa", "không có", "không phải",
    "ko phai", "ko co", "chưa có", "sai", "sai rồi", "không đúng", "chưa đúng", "thôi khỏi", "khỏi", "2",
    "👎", "no", "n", "nope", "wrong", "not", "dạ không", "làm gì có",
)  # fmt: skip
LATER = ("để xem", "từ từ", "tính sau", "để sau", "hỏi chồng đã", "hỏi vợ đã", "để hỏi vk", "thôi", "later")


def choose(options: Lexicon) -> Callable[[str, date], str]:
    """Return a reader of one of `options`: an id exactly, or any of its forms as whole words.

    The longest form found wins; forms of two options of one length are Unclear("unknown_choice").
    """
    forms = {fold(form): identity for identity, words in options.items() for form in words}
    longest_first = sorted(forms, key=lambda form: (-len(form), form))

    def read(text: str, on: date) -> str:
        del on
        if text in options:
            return text
        words = f" {_tidy(text)} "
        found: dict[str, str] = {}
        taken = 0
        for form in longest_first:
            if taken and len(form) < taken:
                break
            if f" {form} " in words:
                found[forms[form]] = form
                taken = len(form)
        if len(found) != 1:
            raise Unclear("unknown_choice")
        return next(iter(found))

    return read


_YES_NO_LATER = choose({"yes": YES, "no": NO, "later": LATER})


def yes_no(text: str, on: date) -> bool:
    """Read yes or no; raise Unclear("later") for someone not ready, Unclear("yes_or_no") for other words."""
    try:
        answer = _YES_NO_LATER(text, on)
    except Unclear:
        raise Unclear("yes_or_no") from None
    if answer == "later":
        raise Unclear("later")
    return answer == "yes"


def number_or_label(text: str, labels: Sequence[tuple[str, str]]) -> str | None:
    """Return the id of the option a text names by number, label or a clear part of a label; else None."""
    words = _tidy(text)
    number = _NUMBER.fullmatch(words)
    place = int(number[1]) if number else _NUMBER_WORDS.get(words, 0)
    if 1 <= place <= len(labels):
        return labels[place - 1][0]
    folded = [(identity, _tidy(label)) for identity, label in labels]
    same = [identity for identity, label in folded if label == words]
    if len(same) == 1:
        return same[0]
    if len(words) < 3 or number:
        return None
    part = [identity for identity, label in folded if f" {words} " in f" {label} "]
    return part[0] if len(part) == 1 else None


def _tidy(text: str) -> str:
    """Fold, with punctuation as spaces and filler at the end dropped."""
    words = re.sub(r"[^\w👍👌👎]+", " ", fold(text)).split()
    while len(words) > 1 and words[-1] in _FILLER:
        words.pop()
    return " ".join(words)
