"""Why: the steps and texts behind a figure, found in the words the conversation put it with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from calculators.trail import Line, Source, Trust
from handlers.flow import Facts
from handlers.state import Notice

MOST = 9  # steps of one explanation: it is read on a phone
TEMPLATE = "why"


@dataclass(frozen=True, slots=True)
class Reasons:
    """What a figure or an answer rests on: the steps to it, or where there are none its texts alone."""

    lines: tuple[Line, ...]
    sources: tuple[Source, ...]

    def told(self, *, instead: bool) -> Notice:
        """Return the sentence that explains; `instead` leaves out what is put after it, just read anyway."""
        unsure = any(line.trust is not Trust.OFFICIAL for line in self.lines)
        facts = {"lines": self.lines, "sources": self.sources, "unsure": unsure}
        return Notice("text", facts, TEMPLATE, instead=instead)


NOTHING_TO_EXPLAIN = Notice("nothing", {}, TEMPLATE)


def reasons_in(words: Facts) -> Reasons | None:
    """Return the reasons among the words of a step, an outcome or a notice; None when it shows no figure.

    Steps stand in `lines`; texts in `because`, of the words themselves or of a figure among them.
    """
    lines = tuple(words.get("lines") or ())
    if lines:
        return Reasons(lines[:MOST], ())
    sources = tuple(dict.fromkeys(_sources(words)))
    return Reasons((), sources[:MOST]) if sources else None


def latest(told: Sequence[Facts]) -> tuple[Reasons | None, bool]:
    """Return the last reasons of what was told, and whether it was the very last thing told."""
    for place, words in enumerate(reversed(told)):
        if found := reasons_in(words):
            return found, place == 0
    return None, False


def _sources(value: Any) -> Iterator[Source]:  # noqa: ANN401 - words for a template are of any kind
    """Yield the texts that stand in a `because`, however deep in mappings."""
    inner = value.get("because") if isinstance(value, Mapping) else getattr(value, "because", None)
    if isinstance(inner, tuple):
        yield from (source for source in inner if isinstance(source, Source))
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _sources(item)
