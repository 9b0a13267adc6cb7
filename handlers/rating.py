"""How a call went: a notice asks it, and its button or a plain reply answers, in the middle of anything."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date

from handlers.answering import named, would_answer
from handlers.callback import RATING
from handlers.flow import Outcome, Pending, Question
from handlers.messages import Incoming, Kind
from handlers.ports import World
from handlers.reading import Unclear
from handlers.reading.asking import asking
from handlers.reading.fold import clean
from handlers.reading.ratings import AROUND, NOT, RATINGS, words_of
from handlers.state import Notice, State

_BUTTON = re.compile(rf"({'|'.join(RATING.choices)})-([1-9]\d{{0,17}})")
_NEGATED_LAST = frozenset(("khong", "ko", "k", "chua"))  # at the end they ask: "được không"
_KNOWN = AROUND.union(NOT, *(words_of(form) for forms in RATINGS.values() for form in forms))
_MOST_WORDS = 8


def button(rating: str, lead: int) -> str:
    """Return the id of a notice's button: it names the call, so it never goes stale."""
    return f"{rating}-{lead}"


def rating_in(raw: str, on: date) -> str | None:
    """Return the rating that a message is, if it is nothing else: by number, or in plain words."""
    words = words_of(raw)
    if len(words) == 1 and words[0].isdecimal():
        return dict(enumerate(RATING.choices, 1)).get(int(words[0]))
    if not 0 < len(words) <= _MOST_WORDS or words[-1] in _NEGATED_LAST or not _KNOWN.issuperset(words):
        return None
    if asking(raw):
        return None
    try:
        return RATING.read(raw, on)
    except Unclear:
        return None


async def replied(
    state: State, incoming: Incoming, world: World, waits: Callable[[], Awaitable[Pending | Outcome]]
) -> Notice | None:
    """Keep the rating that a reply to the notice is, and say so; None where it is none.

    A button is one at any time; words only right after the notice, and where nothing that `waits` for an
    answer would read them: the ways on at an end do not wait.
    """
    raw = clean(incoming.text)
    if incoming.kind is Kind.CHOICE and not incoming.turn and (found := _BUTTON.fullmatch(raw)):
        return await _keep(found[1], int(found[2]), world)
    said = rating_in(raw, state.started_on) if incoming.kind is Kind.TEXT else None
    if said is None or state.aside:
        return None
    pending = None if state.finished else await waits()
    if isinstance(pending, Pending):
        asked = pending.step if isinstance(pending.step, Question) else None
        if named(raw, state, asked) or would_answer(pending.step, raw, state):
            return None
    lead = await world.asked_how()
    return await _keep(said, lead, world) if lead is not None else None


async def _keep(rating: str, lead: int, world: World) -> Notice:
    """Keep how a call went, once, and say so, or why it is not kept."""
    done = await world.rate_call(rating, lead)
    if done["rated"]:
        return Notice("text", {"rating": rating}, template="rated")
    return (
        Notice("text", template="rated_before") if done["already"] else Notice("gone", template="not_rated")
    )
