"""What is put to the person: the step that waits, or a question of the engine's own."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from handlers.flow import Offer, Pending, Question
from handlers.questions import OUT_OF_SCOPE
from handlers.reading import Candidate, Unclear
from handlers.state import Notice, Put, State

PATIENCE = 2  # misunderstandings after which a person is offered


def question(state: State, pending: Pending, error: Unclear | None, notices: Sequence[Notice]) -> Put:
    """Put the pending step: its candidates if its words were unclear, else its choices."""
    step = pending.step
    unclear = error or pending.unclear
    contact = False
    if isinstance(step, Offer):
        choices = tuple(Candidate(o["raw"], o["facts"]) for o in state.offered[step.key]["options"])
    elif isinstance(step, Question):
        contact = step.asks_contact
        choices = unclear.candidates if unclear else ()
        useless = _useless(state, step.key, unclear)
        choices = choices or tuple(Candidate(c) for c in (*step.choices, *step.also) if c not in useless)
    else:
        raise TypeError(f"{step.key}: an effect is performed, never put")
    if state.misses >= PATIENCE or any(notice.name == OUT_OF_SCOPE for notice in notices):
        choices += (Candidate("human"),)
    return Put("question", step.key, pending.words, choices, unclear, tuple(notices), contact)


def _useless(state: State, key: str, unclear: Unclear | None) -> Collection[str]:
    """Return the choices of a question that have failed; they are left out until something else was asked."""
    if unclear and unclear.useless:
        state.useless = {key: sorted(unclear.useless)}
    elif key not in state.useless:
        state.useless = {}
    return state.useless.get(key, ())


def ended(state: State, notices: Sequence[Notice]) -> Put:
    """Put the end she has read, again: only the notices are new, and its ways on stay."""
    ways = tuple(map(Candidate, state.ways))
    return Put("outcome", state.finished, {}, ways, notices=tuple(notices), again=True)


def own(
    key: str,
    items: tuple[tuple[str, str], ...],
    choices: Sequence[str],
    error: Unclear | None,
    notices: Sequence[Notice],
) -> Put:
    """Put a question of the engine's own, about some answers."""
    return Put("question", key, {}, tuple(map(Candidate, choices)), error, tuple(notices), items=items)
