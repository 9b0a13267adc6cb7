"""Numbers in words and digits: "hai trăm năm mươi", "mười lăm", "bốn ba", "2 trăm rưỡi", "twenty five"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate

from handlers.reading.fold import clean, unmarked

_TOKEN = re.compile(r"\d+(?:\.\d+|,\d{1,3}(?!\d))*|[^\W\d_]+|[^\w\s]")
_LETTER_O = re.compile(r"(?<=\d)o+(?=\d|[\s.,k]|$|tr)")
_MOST_TOKENS = 200


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a run of digits or a sign: as typed (`marked`, lower case) and folded (`word`)."""

    word: str
    marked: str
    spaced: bool  # something blank, or nothing, stands before it

    @property
    def digits(self) -> bool:
        """Tell whether it is a run of digits, with or without separators inside."""
        return self.word[0].isdecimal()

    @property
    def letters(self) -> bool:
        """Tell whether it is a word."""
        return self.word[0].isalpha()


class Forms:
    """Words as they are spelled, to be found typed with their marks or without any."""

    def __init__(self, words: str) -> None:
        """`words` are parted by spaces; one after "=" must be typed as it stands."""
        forms = words.split()
        self._spelled = frozenset(form.lstrip("=") for form in forms)
        self._bare = frozenset(unmarked(form) for form in forms if not form.startswith("="))
        self.folded = frozenset(map(unmarked, self._spelled))

    def __contains__(self, token: Token) -> bool:
        if token.marked in self._spelled:
            return True
        return token.marked == token.word and token.word in self._bare


NOTHING = Token(" ", " ", spaced=True)


class Tokens:
    """The tokens of a text; beyond either end there is NOTHING."""

    def __init__(self, text: str, glued: frozenset[str] = frozenset()) -> None:
        """Cut a text into tokens; a letter o among digits is a zero.

        Words of `glued` (folded) that are typed together beside digits are parted: "thu3tuansau"; where that
        fails the text is `garbled`.
        """
        lowered = clean(text).lower()
        lowered = _LETTER_O.sub(lambda letters: "0" * len(letters[0]), lowered)
        self.all: list[Token] = []
        end, garbled = -1, False
        for match in _TOKEN.finditer(lowered):
            if len(self.all) == _MOST_TOKENS:
                break
            word = unmarked(match[0])
            beside = (match.start() == end and self.all and self.all[-1].digits) or lowered[
                match.end() : match.end() + 1
            ].isdecimal()
            parts = _parted(word, glued) if beside and len(word) == len(match[0]) else [word]
            unknown = parts == [word] and word not in glued and len(word) > 3
            garbled = garbled or (bool(glued) and bool(beside) and unknown)
            start = match.start()
            for part in filter(None, parts):
                self.all.append(Token(part, lowered[start : start + len(part)], start != end))
                start = end = start + len(part)
            end = match.end()
        self.garbled = garbled
        self.marked = any(token.marked != token.word for token in self.all)

    def __getitem__(self, place: int) -> Token:
        return self.all[place] if 0 <= place < len(self.all) else NOTHING

    def __len__(self) -> int:
        return len(self.all)

    def word(self, place: int) -> str:
        """Return the folded token at `place`, "" beyond the ends."""
        return self[place].word if 0 <= place < len(self.all) else ""

    def near(self, places: Iterable[int], forms: Forms) -> bool:
        """Tell whether one of these places may hold one of these words."""
        return any(self[place] in forms for place in places)


def _parted(word: str, glued: frozenset[str]) -> list[str]:
    """Return the words that make up a word, longest first; the word itself where they do not."""
    if word in glued or not word.isalpha():
        return [word]
    parts: list[str] = []
    rest = word
    while rest:
        part = next((rest[:size] for size in range(min(len(rest), 8), 0, -1) if rest[:size] in glued), "")
        if not part:
            return [word]
        parts.append(part)
        rest = rest[len(part) :]
    return parts


_TOGETHER = frozenset(
    ("mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi", "lam", "linh", "ruoi", "tram",
     "nghin", "ngan", "trieu", "ty", "chuc", "dong", "moi", "thang")
)  # fmt: skip
_SIZES = frozenset(("tram", "nghin", "ngan", "trieu", "chuc"))
_LONG_WORD = re.compile(r"[^\W\d_]{6,}")


def spread(text: str) -> str:
    """Return the text clean, with numbers typed as one word in their words: "haitramnghin"."""

    def apart(match: re.Match[str]) -> str:
        word = match[0]
        parts = _parted(unmarked(word.lower()), _TOGETHER)
        if len(parts) == 1 or not _SIZES & set(parts):
            return word
        ends = list(accumulate(map(len, parts)))
        return " ".join(word[start:end] for start, end in zip((0, *ends), ends, strict=False))

    return _LONG_WORD.sub(apart, clean(text))


_UNITS: Mapping[str, int] = {
    "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5, "sáu": 6,
    "bảy": 7,
    "bẩy": 7, "tám": 8, "chín": 9, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9,
}  # fmt: skip
_ENGLISH: Mapping[str, int] = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_BY_FOLDED: dict[str, list[tuple[str, int]]] = {}
for _form, _value in _UNITS.items():
    _BY_FOLDED.setdefault(unmarked(_form), []).append((_form, _value))

HUNDRED, TENS, DOZEN, HALF = (
    Forms("trăm hundred"),
    Forms("mươi mười"),
    Forms("chục"),
    Forms("rưỡi rưởi ruỡi ruởi rươi rưới rười ruổi ruôi"),
)
NO_HUNDRED = Forms("không")  # "không trăm năm mươi"
_TEN, _ODD, _AND = Forms("mười"), Forms("linh lẻ"), Forms("and")
_SECOND_ONLY = Forms("lăm nhăm =mốt")
_SHORT_TENS = ((Forms("hăm"), 20), (Forms("băm"), 30))  # "hăm mốt", "băm lăm"
_HALF_OF = Forms("nửa")

CONFUSABLE = frozenset(("nam", "sau", "bay", "tam", "tu", "lam"))
"""Without their marks these are as often other words: year, after, fly, temporary, from, do."""


@dataclass(frozen=True, slots=True)
class Small:
    """A whole number below 1,000 in words (or words after digits), up to the token `end`.

    `loose` where two single digits stand side by side ("bốn ba"); `dozen` where tens are counted in chục;
    `doubt` where an unmarked word may be no number.
    """

    value: int
    end: int
    loose: bool = False
    dozen: bool = False
    doubt: bool = False


def unit(tokens: Tokens, place: int) -> int | None:
    """Return 1..9 for a digit in words; None for anything else."""
    token = tokens[place]
    if token.word == "nam" and tokens[place - 1].digits:
        return None  # "5 năm": years
    for form, value in _BY_FOLDED.get(token.word, ()):
        if token.marked == form:
            return value
        if token.marked == token.word and not (tokens.marked and token.word in CONFUSABLE):
            return value
    return None


def one_digit(tokens: Tokens, place: int) -> int | None:
    """Return 1..9 for a digit, in words or not."""
    token = tokens[place]
    if token.digits:
        return int(token.word) if len(token.word) == 1 and token.word != "0" else None
    return unit(tokens, place)


def small(tokens: Tokens, place: int) -> Small | None:
    """Read a number below 1,000 that holds at least one word, from `place` on; None where there is none."""
    first = one_digit(tokens, place)
    if tokens[place] in HUNDRED:
        return _hundreds(tokens, place + 1, 100)
    if tokens[place] in NO_HUNDRED and tokens[place + 1] in HUNDRED:
        return _hundreds(tokens, place + 2, 0)
    if first and tokens[place + 1] in HUNDRED:
        return _hundreds(tokens, place + 2, first * 100)
    return _tens(tokens, place)


def _hundreds(tokens: Tokens, place: int, hundreds: int) -> Small:
    """Read what follows "trăm": linh năm, năm mươi, rưỡi, or a digit that counts tens."""
    if (tokens[place] in _ODD or tokens[place] in _AND) and (ones := one_digit(tokens, place + 1)):
        return Small(hundreds + ones, place + 2)
    if tokens[place] in HALF:
        return Small(hundreds + 50, place + 1)
    rest = _tens(tokens, place + 1 if tokens[place] in _AND else place)
    if rest is None and tokens[place].digits:
        digits = tokens.word(place)
        if len(digits) <= 2 and digits.isdecimal() and not tokens[place + 1].letters:
            return Small(hundreds + int(digits) * (10 if len(digits) == 1 else 1), place + 1)
    if rest is None or rest.loose:
        return Small(hundreds, place)
    if rest.value < 10:
        return Small(hundreds + rest.value * 10, rest.end, doubt=rest.doubt)
    return Small(hundreds + rest.value, rest.end, dozen=rest.dozen, doubt=rest.doubt)


def _tens(tokens: Tokens, place: int) -> Small | None:
    """Read a number below 100."""
    english = _ENGLISH.get(tokens.word(place))
    if english:
        ones = unit(tokens, place + 1) if english >= 20 else None
        return Small(english + (ones or 0), place + (2 if ones else 1))
    if tokens[place] in _TEN:
        return _dozens(tokens, _ones(tokens, place + 1, 10))
    for forms, tens in _SHORT_TENS:
        if tokens[place] in forms and unit(tokens, place + 1):
            return _ones(tokens, place + 1, tens)
    if tokens[place] in _HALF_OF and tokens[place + 1] in DOZEN:
        return Small(5, place + 2, dozen=True)
    if tokens[place] in _HALF_OF and tokens[place + 1] in HUNDRED:
        return Small(50, place + 2, dozen=True)
    first = one_digit(tokens, place)
    if first is None:
        alone = tokens[place] in DOZEN and not tokens[place - 1].digits
        return _and_half(tokens, 10, place + 1) if alone else None
    if tokens[place + 1] in TENS or tokens[place + 1] in DOZEN:
        return _multiple_of_ten(tokens, place, first)
    return None if tokens[place].digits else _in_a_row(tokens, place, first)


def _multiple_of_ten(tokens: Tokens, place: int, first: int) -> Small:
    """Read "hai mươi lăm", "tám chục"; "tu muoi" without marks is as often "từ mười"."""
    doubt = tokens[place].marked == "tu"
    if tokens[place + 1] in TENS:
        return replace(_dozens(tokens, _ones(tokens, place + 2, first * 10)), doubt=doubt)
    if tokens[place + 2] in HALF:
        return _and_half(tokens, first * 10, place + 2)
    more = unit(tokens, place + 2) if tokens.word(place + 2) != "nam" else None
    doubt = doubt or (more is not None and not tokens.marked)
    return Small(first * 10 + (more or 0), place + (3 if more else 2), dozen=True, doubt=doubt)


def _and_half(tokens: Tokens, value: int, place: int) -> Small:
    """Read "chục rưỡi": half a dozen more."""
    half = tokens[place] in HALF
    return Small(value + (5 if half else 0), place + (1 if half else 0), dozen=True)


def _dozens(tokens: Tokens, found: Small) -> Small:
    """Read "mười lăm chục": so many times ten."""
    if tokens[found.end] in DOZEN:
        return Small(found.value * 10, found.end + 1, dozen=True)
    return found


def _in_a_row(tokens: Tokens, place: int, first: int) -> Small | None:
    """Read a digit in words, or two: "bốn ba" is 43; three are read out one by one and no number."""
    doubt = tokens.word(place) in CONFUSABLE and not tokens.marked
    second = unit(tokens, place + 1)
    if second and not any(tokens[place + 2] in forms for forms in (HUNDRED, TENS, DOZEN)):
        if unit(tokens, place + 2) and "nam" not in (tokens.word(place + 1), tokens.word(place + 2)):
            return None
        certain = tokens[place + 1] in _SECOND_ONLY
        return Small(first * 10 + second, place + 2, loose=not certain, doubt=doubt)
    return Small(first, place + 1, doubt=doubt)


def _ones(tokens: Tokens, place: int, tens: int) -> Small:
    """Read the ones after tens: five is lăm there, so "mười năm" is ten years."""
    ones = one_digit(tokens, place)
    if ones is None or tokens.word(place) == "nam" or tokens[place].digits:
        return Small(tens, place)
    return Small(tens + ones, place + 1)
