"""Choices as people type them: an id, a number, a label, or words that mean one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from handlers.reading.assent import NO, YES, yes_no
from handlers.reading.fold import clean, unmarked
from handlers.reading.unclear import Unclear

__all__ = ["NO", "YES", "Finder", "Lexicon", "Named", "choose", "number_or_label", "yes_no"]

Lexicon = Mapping[str, Sequence[str]]

_BY_NUMBER = re.compile(
    r"(?:(?:so|cau|muc|chon|so thu|y|phuong an|dap an|lua chon|option|number|no) )*(\d{1,2})"
)
_NUMBER_WORDS = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "dau tien": 1, "cai dau": 1, "first": 1, "second": 2, "third": 3,
}  # fmt: skip
_LAST = frozenset(("cuoi cung", "cai cuoi", "last"))
_KIN = frozenset(("me", "bo", "cha", "ba", "mother", "father"))
_FILLER = frozenset(
    ("a", "e", "em", "anh", "chi", "bac", "oi", "nhe", "nha", "vang", "thi", "la", "ma", "nua", "luon", "day")
)
_DENIED = re.compile(
    r"(?:^| )(?:khong|ko|kh|hok|hong|k|chua|chang|not|het|no longer)"
    r"(?: (?:phai|thuoc|co|la|con|lam|di|dong|o|nhan|huong|dien|ho|nguoi|a|an|in))* $"
)
_TAGS = frozenset(("k", "ko", "kh", "không", "hok", "hông", "chưa"))
_BEFORE_TAG = frozenset(("duoc", "dc", "dk", "phai", "co", "dung"))
_SPACES = re.compile(r"[^\w👍👌👎]+")
_MOST_WORDS = 100  # of a message that are looked at
_WEAK = 5  # letters: shorter forms ("có", "thôi") yield to any longer one
_SHORT = 4  # letters: words so short are told apart by their marks: "nam" is not "năm"


@dataclass(frozen=True, slots=True)
class Named:
    """A form found in a text: whose it is, where, and whether the words before deny it."""

    option: str
    form: str
    start: int
    end: int
    denied: bool

    @property
    def length(self) -> int:
        """Letters of the form."""
        return len(self.form)


class Finder:
    """Finds the forms of a lexicon as whole words of a text."""

    def __init__(self, options: Lexicon) -> None:
        """A form stands for one option; of two options that share it the later has it."""
        self._by_first: dict[str, list[tuple[list[str], str, str]]] = {}
        for option, forms in options.items():
            for form in forms:
                words = _all_words(form)
                if words:
                    folded = [unmarked(word) for word in words]
                    self._by_first.setdefault(folded[0], []).append((folded, " ".join(words), option))

    def find(self, text: str) -> list[Named]:
        """Return the forms that stand in the text, without those inside a longer one."""
        marked = _all_words(text)[:_MOST_WORDS]
        words = [unmarked(word) for word in marked]
        found = []
        for place, word in enumerate(words):
            for form, spelled, option in self._by_first.get(word, ()):
                end = place + len(form)
                if words[place:end] == form and _agrees(marked[place], spelled):
                    denied = bool(_DENIED.search(" ".join(words[max(0, place - 5) : place]) + " "))
                    found.append(Named(option, spelled, place, end, denied))
        if any(word != bare for word, bare in zip(marked, words, strict=True)):
            found = _as_spelled(found, marked)
        return [one for one in found if not any(_holds(other, one) for other in found)]


def _as_spelled(found: list[Named], marked: list[str]) -> list[Named]:
    """Among forms of the same words, keep the one spelled as typed: "ba" beside marks is not "bà"."""
    exact = {(one.start, one.end) for one in found if one.form == " ".join(marked[one.start : one.end])}
    return [
        one
        for one in found
        if (one.start, one.end) not in exact or one.form == " ".join(marked[one.start : one.end])
    ]


def _holds(longer: Named, one: Named) -> bool:
    return longer.length > one.length and longer.start <= one.start and one.end <= longer.end


def _agrees(typed: str, form: str) -> bool:
    """Tell whether a short word may be this form: its marks, where it has any, must be the same."""
    return len(form) > _SHORT or typed == form or typed == unmarked(typed)


def choose(options: Lexicon, *, ranked: bool = False) -> Callable[[str, date], str]:
    """Return a reader of one of `options`: an id exactly, or any of its forms as whole words.

    The longest form wins; one inside a longer one does not count, nor one that is denied ("không phải hộ
    nghèo"). Two telling forms of different options are Unclear("unknown_choice"), unless they are `ranked`.
    """
    finder = Finder(options)

    def read(text: str, on: date) -> str:
        del on
        if text in options:
            return text
        words = _all_words(text)
        found = [named for named in finder.find(text) if not named.denied and not _is_tag(named, words)]
        best = max((named.length for named in found), default=0)
        least = best if ranked else min(best, _WEAK + 1)
        rivals = {named.option for named in found if named.length >= least}
        if len(rivals) != 1:
            raise Unclear("unknown_choice")
        return rivals.pop()

    return read


def _is_tag(named: Named, words: list[str]) -> bool:
    """Tell whether a form only makes a question of a longer message: "… được k"."""
    last = named.end == len(words) > _SHORT and named.form in _TAGS
    return last and unmarked(words[named.start - 1]) in _BEFORE_TAG


def number_or_label(text: str, labels: Sequence[tuple[str, str]], *, parts: bool = True) -> str | None:
    """Return the id of the option a text names by number, label or a clear part of a label; else None.

    `labels` are (id, label as shown), in the order shown. Without `parts` only a whole label will do.
    """
    words = _tidy(text)
    folded = [(identity, _tidy(label)) for identity, label in labels]
    same = {identity for identity, label in folded if label == words}
    if len(same) == 1:
        return same.pop()
    typed = clean(text).lower()
    a_man, a_day = words == "nam" and "ă" not in typed, words == "mot" and "ố" in typed  # nam, mốt
    place = 0 if a_man or a_day else _place(words, folded)
    if 1 <= place <= len(labels):
        return labels[place - 1][0]
    if not parts or len(words) < 3 or place:
        return None
    part = {identity for identity, label in folded if f" {words} " in f" {label} "}
    return part.pop() if len(part) == 1 else None


def _place(words: str, folded: Sequence[tuple[str, str]]) -> int:
    """Return which option a number names, counted from one; 0 where there is no number."""
    number = _BY_NUMBER.fullmatch(words)
    if number:
        return int(number[1])
    if words in _LAST:
        return len(folded)
    if words == "ba" and any(_KIN & set(label.split()) for _, label in folded):
        return 0  # father
    return _NUMBER_WORDS.get(words, 0)


def _all_words(text: str) -> list[str]:
    """Return the words, lower, with punctuation as spaces."""
    return _SPACES.sub(" ", clean(text).lower()).split()


def _words(text: str) -> list[str]:
    """Return the words without filler at the end."""
    words = _all_words(text)
    while len(words) > 1 and unmarked(words[-1]) in _FILLER:
        words.pop()
    return words


@lru_cache(maxsize=512)  # the labels under a question are the same ones again and again
def _tidy(text: str) -> str:
    return unmarked(" ".join(_words(text)))
