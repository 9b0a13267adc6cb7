"""The explorer: walk every path of a conversation by machine, and draw what was walked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
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


@dataclass(frozen=True, slots=True)
class _Path:
    """Where a walker stands: the answers given, and the last of them."""

    answers: Answers
    nothing: frozenset[str] = frozenset()
    origin: str = "start"
    words: str = ""


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
    """Walks a conversation over its choices and examples, its offers and the results of its effects."""

    def __init__(
        self, conversation: Conversation, case: Case, *, show: Callable[[Seen], None] | None = None
    ) -> None:
        """`show` is called with everything a walker sees."""
        self._talk, self._case, self._show = conversation.talk, case, show
        self.atlas = Atlas()

    def explore(self, answers: Answers | None = None) -> Atlas:
        """Walk every path on from `answers`; return the atlas. Raises EndlessPath."""
        paths = [_Path(dict(answers or {}))]
        while paths:
            paths += self._on(paths.pop())
        return self.atlas

    def wander(self, answers: Answers | None = None, *, walks: int, seed: int = 0) -> Atlas:
        """Walk `walks` random paths on from `answers`: for conversations of too many to walk them all."""
        chance = Random(seed)  # noqa: S311 - which path is walked is no secret
        for _ in range(walks):
            path = _Path(dict(answers or {}))
            while ways := list(self._on(path)):
                path = chance.choice(ways)
        return self.atlas

    def _on(self, path: _Path) -> Iterator[_Path]:
        """Run to where a path stands, note it, and yield every way on."""
        answers = path.answers
        if len(answers) > LONGEST:
            raise EndlessPath(f"{' → '.join(list(answers)[-8:])} goes on for more than {LONGEST} answers")
        try:
            outcome = run(self._talk, answers, self._case, nothing=path.nothing)
        except AskAgain as again:
            self.atlas.link(path.origin, path.words, again.step.key)
            self._show_again(again, path)
        except Pending as pending:
            key = pending.step.key
            self.atlas.link(path.origin, path.words, key)
            self.atlas.steps[key] = pending.step
            self._see(Seen(key, pending.words, answers, pending.step, pending.unclear))
            for said, answer in _ways_on(pending):
                if answer is None:
                    yield _Path(answers, path.nothing | {key}, key, said)
                else:
                    yield _Path({**answers, key: answer}, path.nothing, key, said)
        else:
            self.atlas.link(path.origin, path.words, outcome.key)
            self.atlas.outcomes[outcome.key] = type(outcome)
            self.atlas.paths += 1
            self._see(Seen(outcome.key, outcome.words(), answers))

    def _show_again(self, again: AskAgain, path: _Path) -> None:
        """Show the rejected step as the engine puts it again; its ways on are walked elsewhere."""
        dropped = {again.step.key, *(step.key for step in again.forget)}
        kept = {key: answer for key, answer in path.answers.items() if key not in dropped}
        try:
            run(self._talk, kept, self._case, nothing=path.nothing)
        except Pending as pending:
            self._see(Seen(pending.step.key, pending.words, kept, pending.step, again.because))

    def _see(self, seen: Seen) -> None:
        if self._show:
            self._show(seen)


def _ways_on(pending: Pending) -> Iterator[tuple[str, Any]]:
    """Every answer worth trying, with what the drawing calls it; None where nothing is offered."""
    step = pending.step
    if isinstance(step, Question):
        candidates = pending.unclear.candidates if pending.unclear else ()
        raws = tuple(c.raw for c in candidates) or (*step.choices, *step.examples)
        for raw in raws:
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
