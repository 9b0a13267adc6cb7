"""The names a province's wards go by: their own, those of former wards and districts, and landmarks."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import OSA

from calculators.territory import Territory
from handlers.reading.fold import clean, unmarked

KINDS = {
    "phuong": "phuong", "p": "phuong", "ph": "phuong", "f": "phuong", "ward": "phuong",
    "xa": "xa", "x": "xa", "commune": "xa",
    "thi tran": "thi tran", "tt": "thi tran", "ttr": "thi tran", "town": "thi tran",
    "thi xa": "thi xa", "tx": "thi xa", "thanh pho": "thanh pho", "tp": "thanh pho", "city": "thanh pho",
    "huyen": "huyen", "h": "huyen", "district": "huyen", "quan": "quan", "q": "quan",
    "dac khu": "dac khu", "tinh": "tinh", "province": "tinh",
}  # fmt: skip
"""What a place is called before its name, folded, to one spelling."""
DISTRICT_KINDS = frozenset(("huyen", "quan", "thi xa", "thanh pho"))
LONGEST_NAME = 6  # words
SEPARATORS = frozenset(",;|/")

_WORD = re.compile(r"\d+|[^\W\d_]+|[,;|/]")
_FINAL_Y = re.compile(r"^(qu|[bcdghklmnprstvx]{0,3})y$")
_FINAL_Y_MARKED = re.compile("^(qu|[bcdđghklmnprstvx]{0,3})y([\u0300\u0301\u0303\u0309\u0323]?)$")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_GLUED_KIND = re.compile(r"\b([pxqhf]|tt|tp|tx)([^\W\d_]{2})", re.IGNORECASE)
_MOST_WORDS = 100
_SHORTEST_TYPO = 5  # letters: a shorter name is not looked for with a slip in it
_TWO_SLIPS = 9  # letters from which two slips may be forgiven


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: folded, with i for a final y; with its tone after its letters; as typed."""

    plain: str
    marked: str
    typed: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name means: wards. `old` and `district` (folded) are empty for a ward of today."""

    kind: str
    marked: str
    codes: tuple[str, ...]
    old: str = ""
    old_district: str = ""
    district: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """Names that are as far from what was typed: `slips` letters, none where only spaces differ."""

    names: tuple[str, ...]
    start: int
    end: int
    slips: int


def words_of(text: str) -> list[Word]:
    """Cut a text into words and separators; a kind typed together with a capital is parted: "pCẩm"."""
    parted = _GLUED_KIND.sub(_kind_apart, clean(text))
    return [word(match[0]) for match in islice(_WORD.finditer(parted.lower()), _MOST_WORDS)]


def _kind_apart(match: re.Match[str]) -> str:
    capital = match[2][0].isupper() and (match[1].islower() or match[2][1].islower())
    return f"{match[1]} {match[2]}" if capital else match[0]


@lru_cache(maxsize=8_192)  # syllables there are
def word(typed: str) -> Word:
    """Return a clean lower word in the forms that are compared."""
    plain = unmarked(typed)
    if typed[0].isdecimal():
        return Word(typed.lstrip("0") or "0", typed, typed)
    plain = _FINAL_Y.sub(r"\1i", plain)
    return Word(plain, plain if typed.isascii() else _FINAL_Y_MARKED.sub(r"\1i\2", _tone_last(typed)), typed)


def _tone_last(syllable: str) -> str:
    """Return the syllable with its tone after its letters: "hòa" and "hoà" are the same."""
    letters = unicodedata.normalize("NFD", syllable)
    tone = "".join(letter for letter in letters if letter in _TONES)
    return "".join(letter for letter in letters if letter not in _TONES) + tone


class Gazetteer:
    """All names of a province, or of the whole country where no province is given."""

    def __init__(self, province: str = "") -> None:
        """`province` is a two-digit code."""
        territory = Territory.load()
        self.whole = not province
        self.entries: dict[str, list[Entry]] = defaultdict(list)
        self.districts: dict[str, dict[str, None]] = defaultdict(dict)
        self.landmarks: dict[str, str] = {}
        self.provinces: set[str] = set()
        self.name_of: dict[str, str] = {}
        self.province_of: dict[str, str] = {}
        for code in [province] if province else territory.provinces:
            self._add(territory, code)
        self._glued = self._glue(self.entries, self.districts)
        self._glued_names = list(self._glued)
        self.syllables = {part for name in (*self.entries, *self.districts) for part in name.split()}

    def _add(self, territory: Territory, province: str) -> None:
        for ward in territory.wards(province):
            self.name_of[ward.code], self.province_of[ward.code] = ward.name, province
            kind, name, marked = split_kind(ward.name)
            self.entries[name].append(Entry(kind, marked, (ward.code,)))
        for old in territory.former(province):
            kind, name, marked = split_kind(old.name)
            district = split_kind(old.district)[1]
            self.entries[name].append(Entry(kind, marked, old.became, old.name, old.district, district))
            self.districts[district] |= dict.fromkeys(old.became)
        self._initials(territory, province)
        for landmark, code in territory.landmarks(province).items():
            self.landmarks[" ".join(each.plain for each in words_of(landmark))] = code

    def _initials(self, territory: Territory, province: str) -> None:
        """A city that has its province's name is called by the same initials: "tp ls"."""
        name = split_kind(territory.province_name(province))[1]
        initials = "".join(part[0] for part in name.split())
        self.provinces |= {name, initials}
        if name in self.districts:
            self.districts[initials] |= self.districts[name]

    @staticmethod
    def _glue(*names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        glued: dict[str, dict[str, None]] = defaultdict(dict)
        for group in names:
            for name in group:
                glued[_together(name)][name] = None
        return {key: tuple(found) for key, found in glued.items()}

    def knows(self, name: str) -> bool:
        """Tell whether a folded name is one of a ward, a former ward, a former district or a landmark."""
        return name in self.entries or name in self.districts or name in self.landmarks

    def near(self, words: Sequence[Word], start: int, end: int) -> Near | None:
        """Return the names nearest to a stretch of words typed together, or with a slip or two."""
        typed = _together(" ".join(each.plain for each in words[start:end]))
        if typed.isdecimal():
            return None
        for bare in (typed, _without_kind(typed)):
            if bare in self._glued:
                return Near(self._glued[bare], start, end, 0)
        if len(typed) < _SHORTEST_TYPO:
            return None
        most = 2 if len(typed) >= _TWO_SLIPS else 1
        close = process.extract(typed, self._glued_names, scorer=OSA.distance, score_cutoff=most, limit=6)
        best = [key for key, slips, _ in close if slips == close[0][1]]
        names = [name for key in best if key[:1] == typed[:1] or len(best) == 1 for name in self._glued[key]]
        return Near(tuple(names), start, end, int(close[0][1])) if names else None


def split_kind(name: str) -> tuple[str, str, str]:
    """Split an official name into its kind, its folded name and its marked name: phuong, ki lua, …"""
    words = [each for each in words_of(name) if each.plain not in SEPARATORS]
    kind = ""
    for size in (2, 1):
        called = KINDS.get(" ".join(each.plain for each in words[:size]), "")
        if called and len(words) > size and not kind:
            kind, words = called, words[size:]
    return kind, " ".join(each.plain for each in words), " ".join(each.marked for each in words)


def _together(name: str) -> str:
    """Return a name without its spaces; inside one word y and i are not told apart."""
    return name.replace(" ", "").replace("y", "i")


def _without_kind(typed: str) -> str:
    """Return a glued name without its kind: "xavannham", "tpls"."""
    for kind in ("thitran", "thanhpho", "phuong", "huien", "thixa", "tt", "tp", "xa", "p", "x", "h"):
        if typed.startswith(kind) and len(typed) > len(kind) + 3:
            return typed.removeprefix(kind)
    return typed


@lru_cache(maxsize=40)
def gazetteer(province: str = "") -> Gazetteer:
    """Return the names of a province, made once."""
    return Gazetteer(province)
