"""Places as people name them: new wards, former communes and districts, markets; with or without marks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache

from calculators.territory import Territory
from handlers.reading.gazetteer import DISTRICT_KINDS, Entry, Gazetteer, Word, gazetteer, words_of
from handlers.reading.mentions import Mention, goes_on, mentions
from handlers.reading.provinces import is_province, province, province_at_end
from handlers.reading.unclear import Candidate, Unclear

__all__ = ["province", "spot_ward", "ward", "ward_anywhere", "ward_from"]

_MOST_CANDIDATES, _MOST_ANYWHERE = 9, 30
_APART = 2  # words between a ward and its district: "vân nham, huyện hữu lũng"
_HERE = frozenset(("o", "tai", "que", "song", "in", "at"))


@lru_cache(maxsize=40)
def ward(province: str) -> Callable[[str, date], str]:
    """Return the reader of wards of a province: text → five-digit code.

    Raises Unclear with candidates (facts name, kind, old, old_district, province): "which_ward" where a name
    is several places' or a former district's, "confirm_ward" for a landmark or a misspelt name; and without:
    "unknown_ward".
    """

    def read(text: str, on: date) -> str:
        del on
        names = gazetteer(province)
        return text if text in names.name_of else _read(names, words_of(text))

    return read


def ward_anywhere(text: str, on: date) -> str:
    """Read a ward of any province; where its name is in several, the province has to be said.

    Raises Unclear as `ward` does.
    """
    del on
    whole = gazetteer()
    if text in whole.name_of:
        return text
    words = words_of(text)
    code, start = province_at_end(words)
    if code and start and mentions(gazetteer(code), words[:start]):
        return _read(gazetteer(code), words[:start])
    return _read(whole, words)


@lru_cache(maxsize=40)
def ward_from(home: str) -> Callable[[str, date], str]:
    """Return the reader of wards anywhere for people who mostly live in the `home` province.

    A name that is also another province's is the home province's after a question: "confirm_ward". Raises
    Unclear as `ward` does.
    """

    def read(text: str, on: date) -> str:
        try:
            return ward_anywhere(text, on)
        except Unclear as unclear:
            words = words_of(text)
            if unclear.code != "which_ward" or province_at_end(words)[0] or not _same_names(home, words):
                raise
            here = _known_here(home, text, on)
            if not here:
                raise
            raise here from None

    return read


def _same_names(home: str, words: Sequence[Word]) -> bool:
    """Tell whether a text names exactly what it names in the whole country in the home province too."""
    return mentions(gazetteer(home), words) == mentions(gazetteer(), words)


def _known_here(home: str, text: str, on: date) -> Unclear | None:
    """Return the question about what a text is in the home province; None where it is nothing there."""
    try:
        code = ward(home)(text, on)
    except Unclear as unclear:
        return unclear if unclear.candidates else None
    return Unclear("confirm_ward", *_candidates(gazetteer(home), [(code, None)]))


@lru_cache(maxsize=40)
def spot_ward(province: str) -> Callable[[str, date], str | None]:
    """Return the finder of a ward inside a longer message: "ở", "xã", "chợ" or the like goes before it.

    What it finds is a code, or the words themselves where they mean several places.
    """

    def spot(text: str, on: date) -> str | None:
        del on
        names, words = gazetteer(province), words_of(text)
        found = mentions(names, words)
        for each in found:
            here = each.start > 0 and words[each.start - 1].plain in _HERE
            if not each.glued and (each.kind or here or each.name in names.landmarks):
                return _raw(names, words, each, found)
        return None

    return spot


def _raw(names: Gazetteer, words: Sequence[Word], each: Mention, found: Sequence[Mention]) -> str | None:
    """Return the code a mention settles, or its words where they will be asked about."""
    start, end = each.start - (len(each.kind.split()) if each.kind else 0), each.end
    for other in found:
        if end < other.end and other.start - end <= _APART:
            end = other.end
    said = " ".join(word.typed for word in words[start:end])
    try:
        return _read(names, words[start:end])
    except Unclear as unclear:
        if unclear.code == "confirm_ward":
            return unclear.candidates[0].raw
        return said if unclear.candidates else None


def _read(names: Gazetteer, words: Sequence[Word]) -> str:
    found = mentions(names, words)
    for each in found:
        if each.name in names.landmarks:
            raise Unclear("confirm_ward", *_candidates(names, [(names.landmarks[each.name], None)]))
    if not found:
        raise Unclear("unknown_ward")
    options, sure = _options(names, words, found)
    sure = sure and not any(goes_on(words, each, found) for each in found)
    if len(found) == 1 and not found[0].kind and is_province(found[0].name):
        sure = False  # "thái bình" may be the province
    codes = dict.fromkeys(code for code, _ in options)
    elsewhere = _wards_of_another_district(names, found, codes)
    if elsewhere:
        options, sure = [*options, *elsewhere], False
        codes |= dict.fromkeys(code for code, _ in elsewhere)
    if not codes:
        raise Unclear("unknown_ward")
    if len(codes) == 1 and sure:
        return next(iter(codes))
    raise Unclear("confirm_ward" if len(codes) == 1 else "which_ward", *_candidates(names, options))


Option = tuple[str, Entry | None]  # a ward's code, and the entry that named it


def _options(names: Gazetteer, words: Sequence[Word], found: Sequence[Mention]) -> tuple[list[Option], bool]:
    """Return what the mentions may mean, and whether a single ward can be taken without asking."""
    placed = _in_its_district(names, words, found)
    if placed:
        return placed
    named = [each for each in found if each.kind in DISTRICT_KINDS and each.name in names.districts]
    communes = [each for each in found if each not in named and _entries(names, words, each)]
    strong = [each for each in communes if not each.weak] or communes
    if not strong:
        wards: list[Option] = [
            (code, None) for each in named or found for code in names.districts.get(each.name, ())
        ]
        return wards, False
    options = _of_mention(names, words, strong[0])
    for other in strong[1:]:
        more = _of_mention(names, words, other)
        both = [option for option in options if option[0] in {code for code, _ in more}]
        options = both or [*options, *more]
    return options, len(strong) > 1 or _sure(names, words, strong[0])


def _wards_of_another_district(
    names: Gazetteer, found: Sequence[Mention], codes: Iterable[str]
) -> list[Option]:
    """Return the wards of a district that is named beside a ward that is not one of them."""
    named = [each for each in found if each.kind in DISTRICT_KINDS and each.name in names.districts]
    for each in named:
        within = names.districts[each.name]
        if not any(code in within for code in codes):
            return [(code, None) for code in within]
    return []


def _in_its_district(
    names: Gazetteer, words: Sequence[Word], found: Sequence[Mention]
) -> tuple[list[Option], bool] | None:
    """Return the wards of a commune named with its former district: "mẫu sơn lộc bình"."""
    districts = [each for each in found if each.name in names.districts and not _is_the_province(names, each)]
    pairs = [(one, other) for one in found for other in districts if one is not other]
    for one, other in sorted(pairs, key=lambda pair: (pair[0].weak, pair[0].start > pair[1].start)):
        entries = [entry for entry in _entries(names, words, one) if entry.district == other.name]
        if not entries:
            within = names.districts[other.name]
            entries = [e for e in _entries(names, words, one) if not e.old and e.codes[0] in within]
        if entries and one.kind not in DISTRICT_KINDS:
            return [(code, entry) for entry in entries for code in entry.codes], not one.weak
    return None


def _is_the_province(names: Gazetteer, each: Mention) -> bool:
    """Tell whether a district's name is rather that of the province: "quang lạc lạng sơn"."""
    return each.name in names.provinces and each.kind not in DISTRICT_KINDS


def _sure(names: Gazetteer, words: Sequence[Word], each: Mention) -> bool:
    """Tell whether a name was read as it stands, with the marks typed, and is what it was called."""
    entries = names.entries[each.name]
    called = not each.kind or any(entry.kind == each.kind for entry in entries)
    spelled = each.glued or any(_agrees(words[each.start : each.end], entry) for entry in entries)
    return called and spelled and not each.weak and not each.others and each.slips == 0


def _agrees(typed: Sequence[Word], entry: Entry) -> bool:
    """Tell whether the marks that were typed are those of the name."""
    spelled = entry.marked.split()
    return len(spelled) == len(typed) and all(
        word.marked in (word.plain, right, right.replace("đ", "d"))
        for word, right in zip(typed, spelled, strict=True)
    )


def _entries(names: Gazetteer, words: Sequence[Word], each: Mention) -> list[Entry]:
    """Return what a name means, narrowed by what it was called and by the marks that were typed."""
    entries = [entry for name in (each.name, *each.others) for entry in names.entries.get(name, ())]
    if each.kind and any(entry.kind == each.kind for entry in entries):
        entries = [entry for entry in entries if entry.kind == each.kind]
    typed = words[each.start : each.end]
    if each.slips == 0 and any(word.marked != word.plain for word in typed):
        spelled = " ".join(word.marked for word in typed)
        exact = [entry for entry in entries if entry.marked == spelled]
        entries = exact or [entry for entry in entries if _agrees(typed, entry)] or entries
    return entries


def _of_mention(names: Gazetteer, words: Sequence[Word], each: Mention) -> list[Option]:
    """Return the wards of one name: today's first, then former ones, then those of a district so called."""
    entries = sorted(_entries(names, words, each), key=lambda entry: bool(entry.old))
    options: list[Option] = [(code, entry) for entry in entries for code in entry.codes]
    if not each.kind:
        options += [(code, None) for code in names.districts.get(each.name, ())]
    return options


def _candidates(names: Gazetteer, options: Iterable[Option]) -> list[Candidate]:
    """Return one candidate a ward; what it was called before is told where that tells it apart."""
    described: dict[str, Entry | None] = {}
    most = _MOST_ANYWHERE if names.whole else _MOST_CANDIDATES
    for code, entry in options:
        if described.get(code) is None or not described[code].old:  # type: ignore[union-attr] # None is handled
            described[code] = entry or described.get(code)
    return [_candidate(names, code, entry) for code, entry in list(described.items())[:most]]


def _candidate(names: Gazetteer, code: str, entry: Entry | None) -> Candidate:
    name = names.name_of[code]
    old = entry.old if entry and entry.old and entry.old != name else None
    return Candidate(
        code,
        {
            "name": name,
            "kind": name.partition(" ")[0],
            "old": old,
            "old_district": entry.old_district if entry and entry.old_district else None,
            "province": Territory.load().province_name(names.province_of[code]),
        },
    )
