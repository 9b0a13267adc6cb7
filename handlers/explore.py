"""The explorer: walk every path of a conversation by machine, and draw what was walked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from handlers.flow import (
    Answers,
    AskAgain,
    Case,
    Conversation,
    Do,
    Facts,
    Offer,
    Outcome,
    Pending,
    Question,
    Step,
    run,
)
from handlers.reading import Unclear

LONGEST = 40  # answers on one path: beyond it the path is endless
END = "end"


class EndlessPath(Exception):
    """A path asks on and on; the message lists its last steps."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing a walker was shown: a step with its words, or an outcome."""

    key: str
    words: Facts
    answers: Answers
    step: Step | None = None
    unclear: Unclear | None = None


@dataclass(slots=True)
class Atlas:
    """What an exploration found: steps, outcomes, and how they lead to each other."""

    steps: dict[str, Step] = field(default_factory=dict)
    outcomes: dict[str, type[Outcome]] = field(default_factory=dict)
    edges: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    paths: int = 0

    def link(self, origin: str, words: str, target: str) -> None:
        """Remember that answering `origin` with `words` led to `target`."""
        self.edges.setdefault((origin, target), set()).add(words)


class Explorer:
    """Walks a conversation over every choice and example, every offer and every result of an effect.

    `most` bounds how often one answer of one step is taken up again: enough to reach every sentence of a
    long conversation without walking the product of all its questions.
    """

    def __init__(
        self,
        conversation: Conversation,
        case: Case,
        *,
        most: int = 1_000_000,
        show: Callable[[Seen], None] | None = None,
    ) -> None:
        """`show` is called with everything a walker sees."""
        self._talk, self._case, self._most, self._show = conversation.talk, case, most, show
        self._taken: Counter[tuple[str, str]] = Counter()
        self.atlas = Atlas()

    def explore(self, answers: Answers | None = None) -> Atlas:
        """Walk on from `answers`; return the atlas. Raises EndlessPath."""
        self._walk(dict(answers or {}), frozenset(), "start", "")
        return self.atlas

    def _walk(self, answers: Answers, nothing: frozenset[str], origin: str, words: str) -> None:
        if len(answers) > LONGEST:
            raise EndlessPath(f"{' → '.join(list(answers)[-8:])} goes on for more than {LONGEST} answers")
        try:
            outcome = run(self._talk, answers, self._case, nothing=nothing)
        except AskAgain as again:
            self.atlas.link(origin, words, again.step.key)
            self._see(Seen(again.step.key, {}, answers, again.step, again.because))
        except Pending as pending:
            self.atlas.link(origin, words, pending.step.key)
            self.atlas.steps[pending.step.key] = pending.step
            self._see(Seen(pending.step.key, pending.words, answers, pending.step, pending.unclear))
            for said, answer in self._ways_on(pending):
                if self._taken[pending.step.key, said] < self._most:
                    self._taken[pending.step.key, said] += 1
                    if answer is None:
                        self._walk(answers, nothing | {pending.step.key}, pending.step.key, said)
                    else:
                        self._walk({**answers, pending.step.key: answer}, nothing, pending.step.key, said)
        else:
            self.atlas.link(origin, words, outcome.key)
            self.atlas.outcomes[outcome.key] = type(outcome)
            self.atlas.paths += 1
            self._see(Seen(outcome.key, outcome.words(), answers))

    def _see(self, seen: Seen) -> None:
        if self._show:
            self._show(seen)

    @staticmethod
    def _ways_on(pending: Pending) -> Iterator[tuple[str, Any]]:
        """Every answer worth trying, with what the drawing calls it; None where nothing is offered."""
        step = pending.step
        if isinstance(step, Question):
            candidates = pending.unclear.candidates if pending.unclear else ()
            for raw in (
                *(c.raw for c in candidates),
                *(() if candidates else (*step.choices, *step.examples)),
            ):
                yield (raw if raw in step.choices else "…"), raw
        elif isinstance(step, Offer):
            for options in step.examples:
                if not options:
                    yield "nothing free", None
                for option in options[:1]:
                    yield "one of those", {"id": option.raw, "facts": dict(option.facts), "about": step.about}
        elif isinstance(step, Do):
            for result in step.results:
                yield ("done" if result else "not possible"), {"done": result, "about": step.about}


def draw(atlas: Atlas) -> str:
    """Return the atlas as a Mermaid flowchart: questions are boxes, outcomes are rounded."""
    lines = ["flowchart TD", "    start((start))"]
    lines += [f"    {key}[{key}]" for key in sorted(atlas.steps)]
    lines += [f"    {key}([{key}])" for key in sorted(atlas.outcomes)]
    for (origin, target), words in sorted(atlas.edges.items()):
        label = ", ".join(sorted(words)).strip()
        lines.append(f"    {origin} -->|{label}| {target}" if label else f"    {origin} --> {target}")
    return "\n".join(lines) + "\n"
