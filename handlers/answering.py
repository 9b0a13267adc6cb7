"""Words as the answer of a step: the choice they name, and whether they would do."""

from __future__ import annotations

from typing import Any

from handlers.commands import COMMANDS, command_in
from handlers.flow import Offer, Question, Step
from handlers.reading import Candidate, Unclear
from handlers.reading.choices import number_or_label, yes_no
from handlers.reading.fold import clean
from handlers.state import State

_SHORT = 3  # words


def named(raw: str, state: State, step: Question[Any] | None) -> str | None:
    """Return the choice on the screen that words name, or words the `step` that waits must have; else None.

    A part of a label is no choice where it is a command ("lịch gọi" is not "Huỷ lịch gọi"), or where the
    step is firm. A command that answers a firm step too ("huỷ") answers it, unless it is what led there.
    """
    shown = [(identity, label) for identity, label in state.shown]
    if any(raw == identity for identity, _ in shown):
        return raw
    firm = step if step and step.firm and not state.aside else None
    command = command_in(raw, menu=False)
    chosen = number_or_label(raw, shown, parts=not firm and command is None)
    if chosen is None and firm and command and raw != clean(state.last) and would_answer(firm, raw, state):
        return raw
    return chosen


def commanded(raw: str, chosen: str | None, state: State) -> str | None:
    """Return the command that words are, or the choice they named is; None for none."""
    if chosen is None:
        return command_in(raw, menu=bool(state.shown))
    return chosen if chosen in COMMANDS else None


def offered(step: Offer[Any], raw: str, state: State, chosen: str | None = None) -> Candidate | None:
    """Return the choice of an offer that words name, or that was `chosen`; None for none of them."""
    options = [Candidate(option["raw"], option["facts"]) for option in state.offered[step.key]["options"]]
    wanted = (step.read(raw, options, state.day_of(step)) if step.read else None) or chosen
    return next((option for option in options if option.raw == wanted), None)


def words_of(answer: Any) -> str:  # noqa: ANN401 - as stored: raw words, or a choice of an offer
    """Return an answer as words: as typed, or the choice's id."""
    return str(answer["id"] if isinstance(answer, dict) else answer)


def the_one_shown(state: State, step: Step, raw: str) -> tuple[str, bool] | None:
    """Return the only thing she was asked about ("Ý anh/chị là số tiền này?"), and whether she agrees.

    None where more was shown, or the words are neither yes nor no.
    """
    usual = (*step.choices, *step.also) if isinstance(step, Question) else ()
    shown = [identity for identity, _ in state.shown if identity not in COMMANDS]
    if len(shown) != 1 or shown[0] in usual or not isinstance(step, Question):
        return None
    try:
        return shown[0], yes_no(raw, state.started_on)
    except Unclear:
        return None


def agrees_or_not(raw: str, state: State) -> bool:
    """Tell whether a short message is a yes or a no: it answers something, and asks nothing."""
    try:
        yes_no(raw, state.started_on)
    except Unclear:
        return False
    return len(raw.split()) <= _SHORT


def would_answer(step: Step, raw: str, state: State) -> bool:
    """Tell whether a step would read the words, if only as something to be asked back."""
    if isinstance(step, Offer):
        return offered(step, raw, state) is not None
    if not isinstance(step, Question):
        return False
    if the_one_shown(state, step, raw):
        return True
    try:
        step.read(raw, state.day_of(step))
    except Unclear as unclear:
        return bool(unclear.candidates)
    return True
