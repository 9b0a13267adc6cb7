"""Where a conversation stands: run it to the next thing to put, or look how it came there."""

from __future__ import annotations

from collections.abc import Collection
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


def go(conversation: Conversation, state: State, case: Case, way: str) -> None:
    """Stand at the door, or behind it on one of its ways, begun anew; other answers stay."""
    _stand(conversation, state, case, way)
    forget_for(conversation, state, way)


def resume(conversation: Conversation, state: State, case: Case) -> None:
    """Go on with the way she left unfinished, with her answers; in the middle of a way, stay there.

    What was only looked up or offered is looked up again, and an hour is held again.
    """
    if not state.finished and _way(conversation, state):
        return
    _stand(conversation, state, case, state.parked)
    looked_up = {key for key, kept in state.answers.items() if isinstance(kept, dict) and "done" in kept}
    forget_for(conversation, state, state.parked, only=looked_up | (state.offered.keys() - state.answers))


def _stand(conversation: Conversation, state: State, case: Case, way: str) -> None:
    """Leave one way for another: it may be resumed, unless it came to its final effect, and so is over."""
    was = _way(conversation, state)
    if was and is_final(answered(conversation, state, case)):
        forget_for(conversation, state, was)
        state.parked = "" if state.parked == was else state.parked
    elif was and was != way:
        state.parked = was
    state.aside, state.spotted, state.finished = "", {}, ""
    door = conversation.door
    if door is None:
        state.answers.clear()
        return
    state.answers.pop(door.key, None)
    if way:
        state.answers = {door.key: way, **state.answers}


def forget_for(
    conversation: Conversation, state: State, way: str, *, only: Collection[str] | None = None
) -> None:
    """Forget what a way asks afresh, and what it offered; with `only`, no more of it than those keys."""
    for key in conversation.fresh.get(way, ()):
        if only is None or key in only:
            state.answers.pop(key, None)
            state.offered.pop(key, None)


def _way(conversation: Conversation, state: State) -> str:
    """Return the way she is on, in whatever words she asked for it; "" for none that the door shows."""
    door = conversation.door
    if door is None:
        return ""
    with suppress(Unclear):
        way = door.read(str(state.answers.get(door.key, "")), state.started_on)
        return way if way in door.choices else ""
    return ""


def is_final(steps: list[Step]) -> bool:
    """Tell whether one of the steps is an effect that cannot be taken back."""
    return any(isinstance(step, Do) and step.final for step in steps)
