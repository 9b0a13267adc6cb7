"""Terms: the words of a question brought to one spelling, so that slang and synonyms meet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from handlers.reading.fold import clean, fold

MOST_WORDS = 50  # of a message that are looked at

_OLD, _YOUNG = 45, 24  # years: from, and up to
_AMOUNT = re.compile(r"(\d+)\s*(?:trieu|tr|cu)\b")
_AGE = re.compile(r"\b(\d{1,3})\s*(?:tuoi|t)\b")
_WORD = re.compile(r"[a-z0-9]+")
_GIVES_BIRTH = re.compile(r"\bđẻ\b", re.IGNORECASE)  # without its mark it is "để", a small word


def _age(found: re.Match[str]) -> str:
    """An age by what it means to a question: too old for something, or too young."""
    years = int(found[1])
    return f"{found[1]} tuoi" + (" tuoi lon" if years >= _OLD else " tuoi tre" if years <= _YOUNG else "")


class Terms:
    """A lexicon of questions.

    `short` are the ways words are shortened when typed; `same` the forms of each term; `small` words say
    nothing by themselves; `general` terms say little about which matter it is.
    """

    def __init__(
        self,
        *,
        short: Mapping[str, Iterable[str]],
        same: Mapping[str, Iterable[str]],
        small: Iterable[str],
        general: Iterable[str],
    ) -> None:
        """Sort the forms by their first word; a form stands for one term, the longest that fits is taken."""
        self._small, self._general = frozenset(small), frozenset(general)
        self._short, self._same = _by_first_word(short), _by_first_word(same)

    def general(self, term: str) -> bool:
        """Tell whether questions about every matter have this term: how much, where, papers."""
        return term in self._general

    @lru_cache(maxsize=256)  # noqa: B019 - a lexicon lives as long as the process
    def words(self, text: str) -> tuple[str, ...]:
        """Return the words of a text without marks, shortened ones put back."""
        folded = fold(_GIVES_BIRTH.sub("sinh con", clean(text)))
        words = _WORD.findall(_AGE.sub(_age, _AMOUNT.sub(r"\1tr", folded)))[:MOST_WORDS]
        return tuple(" ".join(_replaced(tuple(words), self._short)).split())

    @lru_cache(maxsize=256)  # noqa: B019
    def __call__(self, text: str) -> tuple[str, ...]:
        """Return the terms of a text in their order: synonyms as one, small words left out.

        A text of nothing but small words keeps them: "ai vậy" is a question too.
        """
        found = tuple(_replaced(self.words(text), self._same))
        return tuple(term for term in found if term not in self._small) or found

    def telling(self, text: str) -> tuple[str, ...]:
        """Return the terms of a text that are neither small words nor numbers."""
        return tuple(term for term in self(text) if term not in self._small and not term[0].isdigit())


_Forms = Mapping[str, list[tuple[tuple[str, ...], str]]]


def _by_first_word(forms_of: Mapping[str, Iterable[str]]) -> _Forms:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, forms in forms_of.items():
        for form in forms:
            words = tuple(form.split())
            found.setdefault(words[0], []).append((words, name))
    for ways in found.values():
        ways.sort(key=lambda way: -len(way[0]))
    return found


def _replaced(words: tuple[str, ...], forms: _Forms) -> Iterator[str]:
    """Yield the words with every form replaced by its name, from left to right."""
    place = 0
    while place < len(words):
        for form, name in forms.get(words[place], ()):
            if words[place : place + len(form)] == form:
                yield name
                place += len(form)
                break
        else:
            yield words[place]
            place += 1
