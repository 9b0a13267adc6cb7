"""Provinces as people name them: today's, the former ones, initials, without spaces, with a slip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from calculators.territory import Territory
from handlers.reading.gazetteer import KINDS, SEPARATORS, Word, split_kind, words_of
from handlers.reading.unclear import Candidate, Unclear

_OTHER_SPELLINGS = {
    "hn": "ha noi", "sai gon": "ho chi minh", "sg": "ho chi minh", "hcm": "ho chi minh",
    "tphcm": "ho chi minh", "dac lac": "dak lak", "dac nong": "dak nong", "bac can": "bac kan",
    "thua thien": "hue", "thua thien hue": "hue", "vung tau": "ba ria vung tau",
    "ba ria": "ba ria vung tau", "brvt": "ba ria vung tau",
}  # fmt: skip
_SAID_LAST = frozenset(
    ("a", "nhe", "nha", "em", "anh", "chi", "oi", "do", "day", "cu", "vn", "viet", "nam", ",", "e")
)
_LONGEST = 5  # words
_SHORTEST_TYPO = 6  # letters
_MOST_WORDS = 12  # that are looked at for a slip
_MOST_CANDIDATES = 6


def province(text: str, on: date) -> str:
    """Read a province by its name or a former one's: text → two-digit code.

    Raises Unclear with candidates (fact name): "which_province"; and without: "unknown_province".
    """
    del on
    if text in Territory.load().provinces:
        return text
    words = [word for word in words_of(text) if word.plain not in SEPARATORS]
    named = _named(words) or _glued(words)
    codes = named or _misspelt(words)
    if len(named) == 1:
        return named[0]
    if not codes:
        raise Unclear("unknown_province")
    raise Unclear("which_province", *map(_candidate, codes[:_MOST_CANDIDATES]))


def province_at_end(words: Sequence[Word]) -> tuple[str, int]:
    """Return the code of the one province an address ends with, and where its words begin; "" for none."""
    names, end = _names(), len(words)
    while end > 1 and words[end - 1].plain in _SAID_LAST:
        end -= 1
    for size in range(min(_LONGEST, end - 1), 0, -1):
        start = end - size
        codes = names.get(" ".join(word.plain for word in words[start:end]), ())
        if len(codes) == 1:
            return codes[0], start - _called_before(words, start)
    return "", 0


def _called_before(words: Sequence[Word], start: int) -> int:
    """Return how many words before a province say that it is one."""
    if [word.plain for word in words[max(0, start - 2) : start]] == ["thanh", "pho"]:
        return 2
    return 1 if words[start - 1].plain in ("tinh", "tp") else 0


def _named(words: Sequence[Word]) -> list[str]:
    """Return the codes of the provinces a text names, the last one first: addresses end with theirs."""
    names = _names()
    found: dict[str, None] = {}
    called: dict[str, None] = {}
    place = 0
    while place < len(words):
        for size in range(min(_LONGEST, len(words) - place), 0, -1):
            name = " ".join(word.plain for word in words[place : place + size])
            if name in names and not (size == 1 and name in KINDS):
                (called if _is_called(words, place) else found).update(dict.fromkeys(names[name]))
                place += size
                break
        else:
            place += 1
    return list(reversed(called or found))


def _is_called(words: Sequence[Word], place: int) -> bool:
    """Tell whether "tỉnh" or "thành phố" goes before the name."""
    return place > 0 and _called_before(words, place) > 0


def _glued(words: Sequence[Word]) -> list[str]:
    """Return the province typed without spaces."""
    together = _together()
    return next(
        (list(together[word.plain]) for word in words if len(word.plain) > 3 and word.plain in together), []
    )


def _misspelt(words: Sequence[Word]) -> list[str]:
    """Return provinces typed with one slip."""
    together = _together()
    kept = [word.plain for word in words if word.plain not in KINDS][:_MOST_WORDS]
    for size in range(min(_LONGEST, len(kept)), 0, -1):
        for start in range(len(kept) - size + 1):
            typed = "".join(kept[start : start + size])
            if len(typed) >= _SHORTEST_TYPO:
                close = process.extract(typed, list(together), scorer=OSA.distance, score_cutoff=1, limit=4)
                best = dict.fromkeys(code for key, _, _ in close if len(key) > 4 for code in together[key])
                if best:
                    return list(best)
    return []


@lru_cache(maxsize=1)
def _together() -> dict[str, tuple[str, ...]]:
    return {name.replace(" ", ""): codes for name, codes in _names().items()}


def _candidate(code: str) -> Candidate:
    return Candidate(code, {"name": Territory.load().province_name(code)})


def is_province(name: str) -> bool:
    """Tell whether a folded name is one of a province, of today or of before."""
    return len(name) > 3 and name in _names()


def _plain(name: str) -> str:
    return " ".join(word.plain for word in words_of(name))


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, ...]]:
    """Return folded names, former names and initials of provinces, each with the codes it may mean."""
    territory = Territory.load()
    names: dict[str, dict[str, None]] = defaultdict(dict)
    today: set[str] = set()
    for code in territory.provinces:
        name = split_kind(territory.province_name(code))[1]
        today.add(name)
        names[name] = {code: None}
        for former in {old.province for old in territory.former(code)}:
            old = split_kind(former)[1]
            if old not in today:
                names[old].setdefault(code, None)
    for name, codes in list(names.items()):
        initials = "".join(part[0] for part in name.split() if part.isalpha())
        if len(initials) > 1:
            names[initials] |= codes
    for other, name in _OTHER_SPELLINGS.items():
        names[_plain(other)] = names[_plain(name)]
    return {name: tuple(codes) for name, codes in names.items() if codes}
