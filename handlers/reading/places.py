"""Places as people name them: new wards, former communes and districts, markets; with or without marks."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rapidfuzz import fuzz, process

from calculators.territory import Territory
from handlers.reading.fold import clean, fold
from handlers.reading.unclear import Candidate, Unclear

MOST_CANDIDATES = 12
CLOSE = 84  # likeness (percent) from which a misspelt name is worth asking about

_TYPES = {
    "phuong": ("phuong", "p", "f"),
    "xa": ("xa", "x"),
    "thi tran": ("thi tran", "tt", "ttr"),
    "thi xa": ("thi xa", "tx"),
    "thanh pho": ("thanh pho", "tp"),
    "huyen": ("huyen", "h"),
    "quan": ("quan", "q"),
    "dac khu": ("dac khu", "dk"),
    "tinh": ("tinh",),
}
_TYPE_OF = {form: kind for kind, forms in _TYPES.items() for form in forms}
_DISTRICT_TYPES = frozenset({"huyen", "quan", "thi xa", "thanh pho"})
_FILLER = frozenset(
    ("o", "tai", "ben", "gan", "nha", "em", "toi", "minh", "dang", "song", "que", "khu", "cu", "nhe", "a",
     "da",
     "anh", "chi", "tui", "vung", "moi", "truoc", "day", "la", "thuoc", "phia", "dia", "in", "at", "near")
)  # fmt: skip
_LANDMARKS = {
    "20": {
        "cho ky lua": "06187",
        "cho dem ky lua": "06187",
        "cho gieng vuong": "06187",
        "cho dong kinh": "05977",
        "cho dong dang": "06184",
        "cua khau huu nghi": "06184",
        "huu nghi quan": "06184",
        "cua khau tan thanh": "06172",
        "cho tan thanh": "06172",
        "cho that khe": "06040",
        "cua khau chi ma": "06541",
    }
}
_HINT = re.compile(r"\b(o|tai|xa|x|phuong|p|cho|thi tran|tt|huyen|h|que|cua khau)\.? ")
_WORD = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A name a ward goes by: its own, or a former unit's."""

    key: str  # folded name without its type
    kind: str  # folded type
    marked: str  # name with its marks in one order, for tie-breaks
    district: str  # folded former district without its type, "" for a new ward
    name: str
    district_name: str
    codes: tuple[str, ...]


class _Gazetteer:
    """All names of one province."""

    def __init__(self, province: str) -> None:
        territory = Territory.load()
        self.wards = {ward.code: ward.name for ward in territory.wards(province)}
        self.entries: list[_Entry] = [
            _entry(ward.name, "", (ward.code,)) for ward in territory.wards(province)
        ]
        districts: dict[str, set[str]] = defaultdict(set)
        for old in territory.former(province):
            codes = tuple(code for code in old.became if code in self.wards)
            entry = _entry(old.name, old.district, codes)
            self.entries.append(entry)
            districts[entry.district].update(codes)
        self.districts = {name: tuple(sorted(codes)) for name, codes in districts.items()}
        self.by_key: dict[str, list[_Entry]] = defaultdict(list)
        for entry in self.entries:
            self.by_key[entry.key].append(entry)
        self.glued = {key.replace(" ", ""): key for key in self.by_key}
        self.province = _bare(territory.province_name(province))[1]
        self.landmarks = _LANDMARKS.get(province, {})


def _bare(name: str) -> tuple[str, str]:
    """Split a folded official name into its type and the rest: "Phường Kỳ Lừa" → phuong, ky lua."""
    words = fold(name)
    for kind in sorted(_TYPES, key=len, reverse=True):
        if words.startswith(kind + " "):
            return kind, words[len(kind) + 1 :]
    return "", words


def _entry(name: str, district: str, codes: tuple[str, ...]) -> _Entry:
    kind, key = _bare(name)
    short = " ".join(clean(name).split()[len(kind.split()) :])
    return _Entry(key, kind, _marks(short), _bare(district)[1] if district else "", name, district, codes)


def _marks(text: str) -> str:
    """Return the text with the marks of each syllable in one order: "hòa" and "hoà" are the same."""
    syllables = []
    for word in clean(text).lower().split():
        letters = unicodedata.normalize("NFD", word)
        bare = "".join(c for c in letters if not unicodedata.combining(c))
        syllables.append(bare + "".join(sorted(c for c in letters if unicodedata.combining(c))))
    return " ".join(syllables)


@lru_cache(maxsize=40)
def _gazetteer(province: str) -> _Gazetteer:
    return _Gazetteer(province)


@lru_cache(maxsize=40)
def ward(province: str) -> Callable[[str, date], str]:
    """Return the reader of wards of a province: text → five-digit code.

    Raises Unclear: "which_ward" with candidates (facts name, old, old_district), "confirm_ward" with one for
    a misspelt name or a landmark, "unknown_ward".
    """

    def read(text: str, on: date) -> str:
        del on
        gazetteer = _gazetteer(province)
        if text in gazetteer.wards:
            return text
        return _settle(gazetteer, text)

    return read


def _settle(gazetteer: _Gazetteer, text: str) -> str:
    kind, words, district, is_district = _parse(gazetteer, text)
    for landmark, code in gazetteer.landmarks.items():
        if f" {landmark} " in f" {' '.join(_words(text))} ":
            raise Unclear("confirm_ward", _candidate(gazetteer, code))
    if is_district and district and not words:
        raise Unclear("which_ward", *_candidates(gazetteer, gazetteer.districts[district]))
    name = " ".join(words)
    found, sure = _find(gazetteer, name)
    found = _narrow(found, text, kind, district)
    if not found:
        raise Unclear("unknown_ward")
    codes = tuple(dict.fromkeys(code for entry in found for code in entry.codes))
    whole = gazetteer.districts.get(name, ()) if not (kind or district) else ()
    if len(codes) == 1 and not whole:
        if sure:
            return codes[0]
        raise Unclear("confirm_ward", _candidate(gazetteer, codes[0]))
    offered = [_candidate(gazetteer, code, entry) for entry in found for code in entry.codes]
    offered += [_candidate(gazetteer, code) for code in whole]
    raise Unclear("which_ward", *_distinct(offered))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.split(fold(text)) if word]


def _parse(gazetteer: _Gazetteer, text: str) -> tuple[str, list[str], str, bool]:
    """Split a text into the type of the place, its name, the former district named, and whether by type."""
    words = _words(text)
    kind, district, typed = "", "", False
    kept: list[str] = []
    position = 0
    while position < len(words):
        pair = " ".join(words[position : position + 2])
        form = pair if pair in _TYPE_OF else words[position]
        if form in _TYPE_OF and position + len(form.split()) < len(words):
            this = _TYPE_OF[form]
            position += len(form.split())
            rest = " ".join(words[position:])
            named = next((d for d in gazetteer.districts if rest == d or rest.startswith(d + " ")), "")
            if this in _DISTRICT_TYPES and named:
                district, typed = named, True
                position += len(named.split())
            elif this == "tinh":
                position += len(gazetteer.province.split())
            else:
                kind = this
            continue
        kept.append(words[position])
        position += 1
    kept = _without_province(gazetteer, _trimmed(gazetteer, kept))
    if not district:
        district, kept = _trailing_district(gazetteer, kept)
    return kind, kept, district, typed


def _trimmed(gazetteer: _Gazetteer, words: list[str]) -> list[str]:
    """Drop small talk around a name; a word such as "chi" stays where it is part of one ("Chi Lăng")."""
    while len(words) > 1 and " ".join(words[:2]) not in gazetteer.by_key and words[0] in _FILLER:
        words = words[1:]
    while len(words) > 1 and " ".join(words[-2:]) not in gazetteer.by_key and words[-1] in _FILLER:
        words = words[:-1]
    return words


def _without_province(gazetteer: _Gazetteer, words: list[str]) -> list[str]:
    """Drop the province's name or initials at the end, if something is left."""
    name = gazetteer.province.split()
    initials = ["".join(word[0] for word in name)]
    for tail in (name, initials):
        if len(words) > len(tail) and words[-len(tail) :] == tail:
            return words[: -len(tail)]
    return words


def _trailing_district(gazetteer: _Gazetteer, words: list[str]) -> tuple[str, list[str]]:
    """Find a former district named after the place: "gia cat cao loc"."""
    for size in (3, 2, 1):
        tail = " ".join(words[-size:])
        head = words[:-size]
        if head and tail in gazetteer.districts and (" ".join(head) in gazetteer.by_key or len(head) > 1):
            return tail, head
    return "", words


def _find(gazetteer: _Gazetteer, name: str) -> tuple[list[_Entry], bool]:
    """Find the entries of a name: exactly, glued together, inside more words, or one slip away."""
    if not name:
        return [], False
    exact = gazetteer.by_key.get(name) or gazetteer.by_key.get(gazetteer.glued.get(name.replace(" ", ""), ""))
    if exact:
        return exact, True
    padded = f" {name} "
    inside = [key for key in gazetteer.by_key if f" {key} " in padded and len(key) > 3]
    if inside:
        longest = max(map(len, inside))
        best = [key for key in inside if len(key) == longest]
        return [entry for key in best for entry in gazetteer.by_key[key]], len(best) == 1
    close = process.extract(
        name.replace(" ", ""), list(gazetteer.glued), scorer=fuzz.ratio, score_cutoff=CLOSE, limit=4
    )
    top = [match for match in close if match[1] >= close[0][1] - 2] if close else []
    return [entry for match in top for entry in gazetteer.by_key[gazetteer.glued[match[0]]]], False


def _narrow(found: Sequence[_Entry], text: str, kind: str, district: str) -> list[_Entry]:
    """Keep the entries that agree with the type, the district and the marks that were typed."""
    kept = list(found)
    if district:
        kept = [entry for entry in kept if entry.district == district]
    if kind and any(entry.kind == kind for entry in kept):
        kept = [entry for entry in kept if entry.kind == kind]
    if clean(text).lower() != fold(text):
        typed = _marks(text)
        agreeing = [entry for entry in kept if f" {entry.marked} " in f" {typed} "]
        kept = agreeing or kept
    return kept


def _candidate(gazetteer: _Gazetteer, code: str, entry: _Entry | None = None) -> Candidate:
    old = entry.name if entry and entry.district else None
    district = entry.district_name if entry and entry.district else None
    if old == gazetteer.wards[code]:
        old = None
    return Candidate(code, {"name": gazetteer.wards[code], "old": old, "old_district": district})


def _candidates(gazetteer: _Gazetteer, codes: Iterable[str]) -> list[Candidate]:
    return [_candidate(gazetteer, code) for code in codes][:MOST_CANDIDATES]


def _distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    """One candidate a ward; what it was called before is kept where that is what tells them apart."""
    kept: dict[str, Candidate] = {}
    for candidate in candidates:
        kept.setdefault(candidate.raw, candidate)
    return list(kept.values())[:MOST_CANDIDATES]


@lru_cache(maxsize=40)
def spot_ward(province: str) -> Callable[[str, date], str | None]:
    """Return the finder of a ward inside a longer message: a word such as "ở", "xã", "chợ" goes before it."""

    def spot(text: str, on: date) -> str | None:
        gazetteer = _gazetteer(province)
        words = " ".join(_words(text))
        padded = f" {words} "
        for landmark, code in gazetteer.landmarks.items():
            if f" {landmark} " in padded:
                return code
        for hint in _HINT.finditer(words):
            tail = words[hint.end() :].split()
            for size in range(min(5, len(tail)), 0, -1):
                name = " ".join(tail[:size])
                _, kept, _, _ = _parse(gazetteer, name)
                if " ".join(kept) in gazetteer.by_key:
                    return _raw(name, on, province)
        return None

    return spot


def _raw(name: str, on: date, province: str) -> str:
    """The code if the name settles one, else the name itself: it will be asked about."""
    try:
        return ward(province)(name, on)
    except Unclear:
        return name


@lru_cache(maxsize=1)
def _province_names() -> dict[str, Counter[str]]:
    """Folded names of provinces, new and former, with initials: name → codes, how often."""
    territory = Territory.load()
    names: dict[str, Counter[str]] = defaultdict(Counter)
    for code in territory.provinces:
        bare = _bare(territory.province_name(code))[1]
        names[bare][code] += 1_000_000
        names["".join(word[0] for word in bare.split())][code] += 1
        for old in territory.former(code):
            names[_bare(old.province)[1]][code] += 1
    for alias, full in (
        ("sai gon", "ho chi minh"),
        ("sg", "ho chi minh"),
        ("hcm", "ho chi minh"),
        ("tphcm", "ho chi minh"),
    ):
        names[alias][next(iter(names[full]))] += 1
    return names


def province(text: str, on: date) -> str:
    """Read a province by its name or a former one's: text → two-digit code.

    Raises Unclear("which_province") with candidates (facts name), Unclear("unknown_province").
    """
    del on
    territory = Territory.load()
    if text in territory.provinces:
        return text
    words = [word for word in _words(text) if word not in _FILLER]
    while len(words) > 1 and (words[0] in ("tinh", "tp") or " ".join(words[:2]) == "thanh pho"):
        words = words[2:] if words[0] == "thanh" else words[1:]
    names = _province_names()
    name = " ".join(words)
    key = (
        name if name in names else next((k for k in names if k.replace(" ", "") == name.replace(" ", "")), "")
    )
    if not key:
        close = process.extract(name, list(names), scorer=fuzz.ratio, score_cutoff=CLOSE, limit=3)
        codes = list(
            dict.fromkeys(names[match[0]].most_common(1)[0][0] for match in close if len(match[0]) > 3)
        )
    else:
        ranked = names[key].most_common()
        if len(ranked) == 1 or ranked[0][1] > 20 * ranked[1][1]:
            return ranked[0][0]
        codes = [code for code, _ in ranked]
    if not codes:
        raise Unclear("unknown_province")
    offered = [Candidate(code, {"name": territory.province_name(code)}) for code in codes[:MOST_CANDIDATES]]
    raise Unclear("which_province", *offered)
