"""A small index: which of some entries a text is most likely about, by the words they share."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from handlers.reading.terms import Terms

_K1, _B = 1.2, 0.75  # BM25: how fast a repeated word tires, how much long entries are held back
_PAIR = 0.05  # what two words in the same order add
_LONG, _FEWEST = 6, 2  # terms: longer texts are looked at in parts too, of no fewer than these
_ENOUGH, _PART = 0.6, 0.85  # the score of a whole text that needs no parts; what a part counts against it
_STOPS = re.compile(r"[,.;:!?\n]+|\bcho (?:em|toi|tôi|chị|chi|minh|mình) h[oỏ]i\b")
_SHORTEST_MENDED = 5  # letters: shorter words are too near to each other to be typing slips
_NUMBER_WEIGHT = 0.2  # of a word never seen: the numbers in a question are hers
_GENERAL_WEIGHT = 0.45  # of "how much", "where", "papers": every matter has those


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry with how well it fits; comparable between texts."""

    entry: str
    score: float


@dataclass(frozen=True, slots=True)
class _Phrase:
    entry: str
    terms: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    weight: float


class Index:
    """Entries by the ways they are asked for. Built once; searching is pure."""

    def __init__(self, entries: Mapping[str, Sequence[str]], terms: Terms) -> None:
        """Count the terms of each entry's phrasings."""
        self._terms = terms
        asked = {entry: [terms(text) for text in texts] for entry, texts in entries.items()}
        self._counts = {
            entry: Counter(term for one in texts for term in set(one)) for entry, texts in asked.items()
        }
        seen = Counter(term for counts in self._counts.values() for term in counts)
        among = len(asked)
        self._idf = {term: math.log(1 + (among - n + 0.5) / (n + 0.5)) for term, n in seen.items()}
        self._unseen = math.log(1 + (among + 0.5) / 0.5)
        self._long = sum(counts.total() for counts in self._counts.values()) / max(1, among)
        self._mendable = tuple(term for term in seen if len(term) >= _SHORTEST_MENDED)
        self._phrases = [
            _Phrase(entry, frozenset(one), _pairs(one), sum(self._weight(term) for term in set(one)))
            for entry, texts in asked.items()
            for one in texts
        ]
        self._holding: dict[str, list[int]] = {}
        for number, phrase in enumerate(self._phrases):
            for term in phrase.terms:
                self._holding.setdefault(term, []).append(number)

    def search(self, text: str) -> list[Hit]:
        """Return the entries that share a word with the text or a part of it, best first."""
        best = self._scores(self._terms(text))
        if max(best.values(), default=0.0) < _ENOUGH:
            for part in self._parts(text):
                for entry, score in self._scores(part).items():
                    best[entry] = max(best.get(entry, 0.0), _PART * score)
        hits = [Hit(entry, score) for entry, score in best.items()]
        return sorted(hits, key=lambda hit: (-hit.score, hit.entry))

    def _scores(self, words: Sequence[str]) -> dict[str, float]:
        """Each entry's score: its most similar phrasing, and its BM25 as a share of what it could be."""
        words = tuple(self._mend(term) for term in words)
        weights = {term: self._weight(term) for term in words}
        total = sum(weights.values()) or 1.0
        near = self._nearest(frozenset(words), _pairs(words), weights, total)
        return {entry: like + self._bm25(entry, weights) / total for entry, like in near.items()}

    def _parts(self, text: str) -> Iterator[tuple[str, ...]]:
        """Yield the parts of a long text: a question may stand in the middle of a story."""
        whole = self._terms(text)
        if len(whole) <= _LONG:
            return
        parts = [self._terms(part) for part in _STOPS.split(text)]
        windows = [whole[start : start + _LONG] for start in range(0, len(whole) - _LONG // 2, _LONG // 2)]
        for part in dict.fromkeys((*parts, *windows)):
            if _FEWEST <= len(part) < len(whole):
                yield part

    def _nearest(
        self,
        words: frozenset[str],
        pairs: frozenset[tuple[str, str]],
        weights: Mapping[str, float],
        total: float,
    ) -> dict[str, float]:
        """How like each entry's most similar phrasing the words are: shared weight twice over all weight."""
        best: dict[str, float] = {}
        for number in {number for term in words for number in self._holding.get(term, ())}:
            phrase = self._phrases[number]
            like = 2 * sum(weights[term] for term in words & phrase.terms) / (total + phrase.weight)
            like += _PAIR * len(pairs & phrase.pairs)
            best[phrase.entry] = max(best.get(phrase.entry, 0.0), like)
        return best

    def _bm25(self, entry: str, weights: Mapping[str, float]) -> float:
        """The entry's BM25 score, each term's share between 0 and 1 times its weight."""
        counts = self._counts[entry]
        hold = _K1 * (1 - _B + _B * counts.total() / self._long)
        return sum(weight * counts[term] / (counts[term] + hold) for term, weight in weights.items())

    def _weight(self, term: str) -> float:
        rare = self._idf.get(term, self._unseen)
        if self._terms.general(term):
            return rare * _GENERAL_WEIGHT
        return rare * _NUMBER_WEIGHT if term[0].isdigit() else rare

    @lru_cache(maxsize=4_096)  # noqa: B019 - an index lives as long as the process
    def _mend(self, term: str) -> str:
        """Return the one known term a slip of the finger away, or the term itself."""
        if term in self._idf or len(term) < _SHORTEST_MENDED or term[0].isdigit():
            return term
        near = [known for known in self._mendable if OSA.distance(known, term, score_cutoff=1) <= 1]
        return near[0] if len(near) == 1 else term


def _pairs(words: Sequence[str]) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(words))
