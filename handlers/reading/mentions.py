"""Places mentioned in a text: which words name one, what they are called, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from handlers.reading.gazetteer import KINDS, LONGEST_NAME, SEPARATORS, Gazetteer, Word

_SMALLER = frozenset(
    ("thon", "ban", "xom", "khoi", "kp", "to", "ap", "duong", "pho", "ngo", "ngach", "hem", "so", "doi",
     "khom", "buon", "khu", "nga", "ql", "quoc")
)  # fmt: skip
"""Words before the name of something smaller than a ward: a hamlet, a street."""
_BESIDE = frozenset(
    ("cho", "ga", "ben", "truong", "ubnd", "tram", "benh", "chua", "den", "cau", "khau", "market")
)
"""Words before a name that only say what stands near."""
_FILLER = frozenset(
    ("o", "tai", "ben", "gan", "nha", "em", "toi", "minh", "dang", "song", "que", "cu", "nhe", "a", "da",
     "anh", "chi", "tui", "vung", "moi", "truoc", "day", "la", "thuoc", "phia", "dia", "in", "at", "near",
     "nay", "ten", "me", "bo", "co", "chu", "bac", "van", "va", "hoac", "hay", "i", "live", "from", "the",
     "e", "vn", "thi", "goi", "xu", "noi", "huong", "tru", "hien", "gio", "gia", "dinh", "oi", "cua", "thoi",
     "roi")
)  # fmt: skip
_MAY_STAND_BEFORE = frozenset((*KINDS, "o", "tai", "cho"))
_MOST_MENTIONS = 8
_MOST_WINDOWS = 16
_LONG_WORD = 5  # letters: a shorter single word is no glued or misspelt name


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in a text. `kind` is what it was called; `weak` where only something near it is named."""

    name: str
    start: int
    end: int
    kind: str = ""
    weak: bool = False
    slips: int = 0
    glued: bool = False
    others: tuple[str, ...] = ()  # names as near to what was typed


def mentions(names: Gazetteer, words: Sequence[Word]) -> list[Mention]:
    """Return the places mentioned, from left to right; what is misspelt is looked for among the rest.

    A mention is weak too where something else was called a ward, but could not be read.
    """
    return _mentions(names, tuple(words))


@lru_cache(maxsize=64)  # one message is asked about several times, in the province and in the country
def _mentions(names: Gazetteer, words: tuple[Word, ...]) -> list[Mention]:
    found = list(islice(_exact(names, words), _MOST_MENTIONS))
    left = _left_over(words, found)
    misspelt = list(_misspelt(names, words, left))
    read = {each.start for each in misspelt}
    if any(_kind(words, start)[0] and not read & set(range(start, end)) for start, end in left):
        found = [replace(each, weak=True) for each in found]
    return sorted([*found, *misspelt], key=lambda each: each.start)[:_MOST_MENTIONS]


def goes_on(words: Sequence[Word], each: Mention, found: Sequence[Mention]) -> bool:
    """Tell whether an unread word follows a name at once: then the name may be cut wrongly."""
    if each.end >= len(words) or any(other.start <= each.end < other.end for other in found):
        return False
    after = words[each.end].plain
    called = after in KINDS or " ".join(word.plain for word in words[each.end : each.end + 2]) in KINDS
    return after[0].isalpha() and not called and after not in _FILLER and after not in _SMALLER


def _exact(names: Gazetteer, words: Sequence[Word]) -> Iterator[Mention]:
    place = 0
    while place < len(words):
        if " ".join(each.plain for each in words[place : place + 2]) in KINDS and _longest(
            names, words, place + 2
        ):
            place += 2
        size = _longest(names, words, place)
        if size and words[place].plain in _MAY_STAND_BEFORE and 1 + _longest(names, words, place + 1) > size:
            size = 0  # "phường Tứ Minh", although there is a "Phương Tú"
        if size == 1 and words[place].plain not in names.districts and _inside_a_name(words, place):
            size = 0  # "Thuỷ Thanh" cannot be the "Xã Thanh"
        if size:
            yield _mention(words, place, place + size)
        place += size or 1


def _inside_a_name(words: Sequence[Word], place: int) -> bool:
    """Tell whether a word follows another that is no filler, so that both are rather one name."""
    before = words[place - 1].plain if place else ""
    spoken = before in _FILLER or before in KINDS or before in _SMALLER or before in _BESIDE
    city = " ".join(word.plain for word in words[place : place + 2]) in KINDS
    return city or (before[:1].isalpha() and not spoken and not _kind(words, place)[0])


def _longest(names: Gazetteer, words: Sequence[Word], place: int) -> int:
    """Return how many words from `place` on are a name; 0 for none."""
    for size in range(min(LONGEST_NAME, len(words) - place), 0, -1):
        name = " ".join(each.plain for each in words[place : place + size])
        if names.knows(name) and not (
            size == 1 and (name in KINDS or (name.isdecimal() and not _kind(words, place)[0]))
        ):
            return size
    return 0


def _mention(words: Sequence[Word], start: int, end: int) -> Mention:
    kind, before = _kind(words, start)
    near = words[before - 1].plain if before else ""
    name = " ".join(each.plain for each in words[start:end])
    return Mention(name, start, end, kind, near in _SMALLER or near in _BESIDE)


def _kind(words: Sequence[Word], start: int) -> tuple[str, int]:
    """Return what the name at `start` is called, and where those words begin."""
    for size in (2, 1):
        if start >= size:
            kind = KINDS.get(" ".join(each.plain for each in words[start - size : start]))
            if kind:
                return kind, start - size
    return "", start


def _left_over(words: Sequence[Word], found: Sequence[Mention]) -> list[tuple[int, int]]:
    """Return the stretches of words that are neither part of a mention nor mere filler."""
    taken = {place for each in found for place in range(each.start, each.end)}
    stretches: list[tuple[int, int]] = []
    start = 0
    for place in range(len(words) + 1):
        word = words[place].plain if place < len(words) else ","
        if place in taken or word in SEPARATORS or word in KINDS:
            stretches += [(start, place)] if place > start else []
            start = place + 1
    return [(a, b) for a, b in stretches if a == 0 or words[a - 1].plain not in _SMALLER]


def _misspelt(names: Gazetteer, words: Sequence[Word], stretches: list[tuple[int, int]]) -> Iterator[Mention]:
    """Yield the best of what may be names with a slip or without their spaces, one for each stretch."""
    budget = _MOST_WINDOWS
    for start, end in stretches:
        best = None
        for first, last in islice(_windows(names, words, start, end), budget):
            budget -= 1
            near = names.near(words, first, last)
            if near and last - first == 1 < end - start:  # one of several unread words is no whole name
                near = None if all(" " not in name for name in near.names) else near
            if near and (best is None or near.slips < best.slips):
                best = near
        if best:
            mention = _mention(words, best.start, best.end)
            yield replace(mention, name=best.names[0], slips=best.slips, glued=True, others=best.names[1:])


def _windows(names: Gazetteer, words: Sequence[Word], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of up to four words that may be a name, longest first."""
    for size in range(min(4, end - start), 0, -1):
        for first in range(start, end - size + 1):
            inner = [each.plain for each in words[first : first + size]]
            edges = {inner[0], inner[-1]}
            small_talk = (edges & _FILLER) - names.syllables
            if not small_talk and not edges & _SMALLER and (size > 1 or len(inner[0]) >= _LONG_WORD):
                yield first, first + size
