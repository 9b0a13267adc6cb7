"""Where a conversation stands: run it to the next thing to put, or look how it came there."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from handlers.flow import AskAgain, Case, Conversation, Do, Offer, Outcome, Pending, Question, Step
from handlers.flow import run as run_talk
from handlers.ports import World
from handlers.reading import Unclear
from handlers.state import State

MOST_EFFECTS = 12  # effects and look-ups one message may cause: beyond it a conversation is looping


async def run_on(conversation: Conversation, state: State, case: Case, world: World) -> Pending | Outcome:
    """Run on until the person must answer, or the end: look-ups and effects happen here."""
    nothing: set[str] = set()
    because: Unclear | None = None
    for _ in range(MOST_EFFECTS):
        try:
            return run_talk(conversation.talk, state.answers, case, nothing=frozenset(nothing))
        except AskAgain as again:
            because = again.because
            for step in (again.step, *again.forget):
                state.answers.pop(step.key, None)
                state.offered.pop(step.key, None)
        except Pending as pending:
            if isinstance(pending.step, Do):
                done = await pending.step.perform(world)
                state.answers[pending.step.key] = {"done": done, "about": pending.step.about}
            elif isinstance(pending.step, Offer) and not await _offer(state, pending.step, world):
                nothing.add(pending.step.key)
            else:
                pending.unclear = pending.unclear or because
                return pending
    raise RuntimeError(f"conversation {conversation.name} does not come to a question or an end")


async def _offer(state: State, step: Offer[Any], world: World) -> bool:
    """Have choices for the step, fetched at most once unless live; tell whether there are any."""
    stored = state.offered.get(step.key)
    if stored is None or stored["about"] != step.about or step.live:
        options = [{"raw": option.raw, "facts": dict(option.facts)} for option in await step.fetch(world)]
        state.offered[step.key] = stored = {"about": step.about, "options": options}
    if not stored["options"]:
        del state.offered[step.key]
    return bool(stored["options"])


def answered(conversation: Conversation, state: State, case: Case) -> list[Step]:
    """Return the steps that were answered on the way to where the conversation stands."""
    trace: list[Step] = []
    with suppress(Pending, AskAgain):
        run_talk(conversation.talk, state.answers, case, trace=trace)
    return trace


def waiting(conversation: Conversation, state: State, case: Case) -> Question[Any] | None:
    """Return the question that waits, found without asking the world anything; None where none does."""
    with suppress(AskAgain):
        try:
            run_talk(conversation.talk, state.answers, case)
        except Pending as pending:
            return pending.step if isinstance(pending.step, Question) else None
    return None


def is_final(steps: list[Step]) -> bool:
    """Tell whether one of the steps is an effect that cannot be taken back."""
    return any(isinstance(step, Do) and step.final for step in steps)
