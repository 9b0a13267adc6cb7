"""Words as the answer of a step: the choice they name, and whether they would do."""

from __future__ import annotations

from typing import Any

from handlers.flow import Offer, Question, Step
from handlers.reading import Candidate, Unclear
from handlers.state import State


def offered(step: Offer[Any], raw: str, state: State, chosen: str | None = None) -> Candidate | None:
    """Return the choice of an offer that words name, or that was `chosen`; None for none of them."""
    options = [Candidate(option["raw"], option["facts"]) for option in state.offered[step.key]["options"]]
    wanted = (step.read(raw, options, state.started_on) if step.read else None) or chosen
    return next((option for option in options if option.raw == wanted), None)


def would_answer(step: Step, raw: str, state: State) -> bool:
    """Tell whether a step would read the words, if only as something to be asked back."""
    if isinstance(step, Offer):
        return offered(step, raw, state) is not None
    if not isinstance(step, Question):
        return False
    try:
        step.read(raw, state.started_on)
    except Unclear as unclear:
        return bool(unclear.candidates)
    return True
