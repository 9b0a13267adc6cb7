"""How alike two ways of asking are, word by word and pair by pair, and whose matter a question is."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from handlers.reading.terms import Terms

_SEEN = 1.0  # added to every count: a word seen once in one place proves little
_UNKNOWN = -1.5  # what a word seen nowhere says about a question being ours


class Likeness:
    """The cosine of a text and each entry's most similar phrasing, all words counted, and their order."""

    def __init__(self, entries: Mapping[str, Sequence[str]], terms: Terms) -> None:
        """Weigh what each phrasing is made of; what is rare weighs more."""
        self._terms = terms
        made = [(entry, Counter(self._features(text))) for entry, texts in entries.items() for text in texts]
        seen = Counter(feature for _, features in made for feature in features)
        self._count = len(made) + 1
        self._rare = {feature: 1 + math.log(self._count / (n + 1)) for feature, n in seen.items()}
        self._entry_of = [entry for entry, _ in made]
        self._holding: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, (_, features) in enumerate(made):
            for feature, weight in self._weights(features).items():
                self._holding[feature].append((number, weight))

    def of(self, text: str) -> dict[str, float]:
        """Return each entry's likeness to a text, 0 to 1; entries that share nothing are left out."""
        alike: dict[int, float] = defaultdict(float)
        for feature, weight in self._weights(Counter(self._features(text))).items():
            for number, theirs in self._holding.get(feature, ()):
                alike[number] += weight * theirs
        best: dict[str, float] = {}
        for number, score in alike.items():
            entry = self._entry_of[number]
            best[entry] = max(best.get(entry, 0.0), score)
        return best

    def _features(self, text: str) -> list[str]:
        """The words, and every two of them in a row, the beginning and the end among them."""
        words = self._terms.words(text)
        return [*words, *(f"{one} {other}" for one, other in pairwise(("^", *words, "$")))]

    def _weights(self, features: Mapping[str, int]) -> dict[str, float]:
        """The weights of a text's features, together of length one."""
        unseen = 1 + math.log(self._count)
        raw = {
            feature: (1 + math.log(n)) * self._rare.get(feature, unseen) for feature, n in features.items()
        }
        length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
        return {feature: weight / length for feature, weight in raw.items()}


class Matter:
    """Naive Bayes on single words and terms: is a question about our matter, or about something else?"""

    def __init__(self, ours: Sequence[str], others: Sequence[str], terms: Terms) -> None:
        """Count in how many questions of each side a word stands."""
        self._terms = terms
        self._ours, self._others = self._counted(ours), self._counted(others)
        self._sizes = len(ours), len(others)

    def odds(self, text: str) -> float:
        """Return the logarithm of the odds that a question is ours; 0 where nothing tells."""
        known, unknown = 0.0, 0
        size, other_size = self._sizes
        scale = other_size / max(1, size)  # so that a word seen nowhere tells neither way
        for feature in self._features(text):
            mine, theirs = self._ours[feature], self._others[feature]
            if not mine and not theirs:
                unknown += 1
                continue
            known += math.log((mine + _SEEN) / (size + 2 * _SEEN))
            known -= math.log((theirs + _SEEN * scale) / (other_size + 2 * _SEEN))
        return known + _UNKNOWN * unknown

    def _counted(self, texts: Sequence[str]) -> Counter[str]:
        return Counter(feature for text in texts for feature in self._features(text))

    def _features(self, text: str) -> set[str]:
        return {*self._terms.words(text), *(f"={term}" for term in self._terms(text))}
