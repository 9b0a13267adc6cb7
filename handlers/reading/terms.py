"""Terms: the words of a question brought to one spelling, so that slang and synonyms meet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from handlers.reading.fold import clean, fold

MOST_WORDS = 60  # of a message that are looked at

_AMOUNT = re.compile(r"(\d+)\s*(?:trieu|tr|cu)\b")
_AGE = re.compile(r"(\d+)\s*(?:tuoi|t)\b")
_WORD = re.compile(r"[a-z0-9]+")
_GIVES_BIRTH = re.compile(r"\bđẻ\b", re.IGNORECASE)  # without its mark it is "để", a small word


class Terms:
    """A lexicon of questions. `same` are the forms of each term, `small` words say nothing by themselves."""

    def __init__(
        self, same: Mapping[str, Iterable[str]], small: Iterable[str] = (), general: Iterable[str] = ()
    ) -> None:
        """Sort the forms by their first word; a form stands for one term, the longest that fits is taken."""
        self._small, self._general = frozenset(small), frozenset(general)
        self._forms: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for term, forms in same.items():
            for form in forms:
                words = tuple(form.split())
                self._forms.setdefault(words[0], []).append((words, term))
        for ways in self._forms.values():
            ways.sort(key=lambda way: -len(way[0]))

    def general(self, term: str) -> bool:
        """Tell whether questions about every matter have this term: how much, where, papers."""
        return term in self._general

    @lru_cache(maxsize=256)  # noqa: B019 - a lexicon lives as long as the process
    def __call__(self, text: str) -> tuple[str, ...]:
        """Return the terms of a text in their order: synonyms as one, small words left out.

        A text of nothing but small words keeps them: "ai vậy" is a question too.
        """
        folded = fold(_GIVES_BIRTH.sub("sinh con", clean(text)))
        words = _WORD.findall(_AGE.sub(r"\1 tuoi", _AMOUNT.sub(r"\1tr", folded)))[:MOST_WORDS]
        found = tuple(self._terms(tuple(words)))
        return tuple(term for term in found if term not in self._small) or found

    def telling(self, text: str) -> tuple[str, ...]:
        """Return the terms of a text that are neither small words nor numbers."""
        return tuple(term for term in self(text) if term not in self._small and not term[0].isdigit())

    def _terms(self, words: tuple[str, ...]) -> Iterator[str]:
        place = 0
        while place < len(words):
            for form, term in self._forms.get(words[place], ()):
                if words[place : place + len(form)] == form:
                    yield term
                    place += len(form)
                    break
            else:
                yield words[place]
                place += 1
