"""Answers to questions not yet asked, found in a message about something else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from handlers.flow import Case, Conversation, Offer, Question, Step
from handlers.reading import Unclear
from handlers.reading.choices import yes_no
from handlers.standing import answered
from handlers.state import Notice, State

FEW_WORDS, FEW_LETTERS = 2, 12  # a text of so few that answers the question holds no other answer
_REQUEST = 6  # words: a longer message that nobody understood hardly asks only for another way
_PARTS = re.compile(r"[,.;!\n]+")


@dataclass(frozen=True, slots=True)
class Spotted:
    """Raw words by question: those to be confirmed, and those said so plainly that telling them is enough."""

    asked: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    @property
    def all(self) -> dict[str, str]:
        """Both."""
        return {**self.asked, **self.told}


def spotted(conversation: Conversation, state: State, text: str, but: str = "") -> Spotted:
    """Return what a text answers beside the question `but`; nothing of it counts silently."""
    found = Spotted()
    for question in conversation.spots:
        known = state.answers.get(question.key)
        if question.key == but or (known is not None and not question.unasked):
            continue
        if question.personal and not state.offered:
            continue
        raw = question.spot(text, state.started_on) if question.spot else None
        if raw is not None and raw != known:
            (found.told if question.plainly else found.asked)[question.key] = raw
        elif question.suggest and (raw := question.suggest(text, state.started_on)) is not None:
            found.asked[question.key] = raw
    return found


def say_on(conversation: Conversation, state: State, step: Question[Any] | None, raw: str) -> None:
    """Take what names a way for the first question behind it too: "hỏi cho mẹ" says for whom.

    So does a time none of the offered ones has, for the question when to call. Only for a question that is
    spotted nowhere else; the next sentences speak of the answer.
    """
    if step and step.spot and step not in conversation.spots:
        said = step.spot(raw, state.day_of(step))
        if said is not None:
            state.answers[step.key] = said


def other_way(conversation: Conversation, state: State, raw: str, unclear: Unclear, case: Case) -> str:
    """Return the way that a short message asks for where it answers nothing ("hẹn gọi lại đi"), or "".

    Who has come as far as choosing an hour is where such words lead already.
    """
    door = conversation.door
    if not door or unclear.candidates or state.aside or len(raw.split()) > _REQUEST:
        return ""
    if any(isinstance(step, Offer) for step in answered(conversation, state, case)):
        return ""
    try:
        stands, way = (
            door.read(words, state.started_on) for words in (state.answers.get(door.key, raw), raw)
        )
    except Unclear:
        return ""
    return way if way in conversation.anywhere and way != stands else ""


def is_short(raw: str) -> bool:
    """Tell whether a text that answers a question is too short to hold another answer."""
    return len(raw.split()) <= FEW_WORDS and len(raw) <= FEW_LETTERS


def take_spotted(
    conversation: Conversation, state: State, raw: str, *, but: Step, sure: bool
) -> list[Notice]:
    """Find answers beside that of `but`: what is plain beside a `sure` answer is told, the rest is asked."""
    found = spotted(conversation, state, raw, but=but.key)
    told = found.told if sure and but is not conversation.door else {}
    state.answers |= told
    state.spotted = found.asked if told else found.all
    state.aside = "spotted" if state.spotted else ""
    return [Notice("noted", {"changed": tuple(told.items())})] if told else []


def settle_spotted(conversation: Conversation, state: State, raw: str) -> Unclear | None:
    """Read the yes or no to what was spotted; other words may correct it.

    Words that are neither, twice, leave it: nothing is assumed, and they may answer what waits.
    """
    again = spotted(conversation, state, raw).all
    if again:
        if _agrees_first(raw, state):
            _accept(conversation, state)
        state.spotted |= again
        return None
    try:
        right = _agrees_first(raw, state) or yes_no(raw, state.started_on)
    except Unclear as unclear:
        if state.misses:
            state.spotted, state.aside = {}, ""
        return unclear
    if right:
        _accept(conversation, state)
    state.spotted, state.aside = {}, ""
    return None


def _accept(conversation: Conversation, state: State) -> None:
    """Take what was spotted; who told of herself before naming a way goes the usual one."""
    told, state.spotted = state.spotted, {}
    state.answers |= told
    door = conversation.door
    if door and conversation.usual and door.key not in state.answers:
        state.answers = {door.key: conversation.usual(told), **state.answers}


def _agrees_first(raw: str, state: State) -> bool:
    """Tell whether a message of several parts begins with a yes: "đúng rồi, 4 năm ở công ty"."""
    first, *rest = _PARTS.split(raw, maxsplit=1)
    try:
        return bool(rest) and yes_no(first, state.started_on)
    except Unclear:
        return False
