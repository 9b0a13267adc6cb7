"""The life of a lead: its states, who may move it from one to the next, and what a collector is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType


class LeadState(StrEnum):
    """Where a lead stands: unassigned ones are the officer's, and the last five are ends.

    Who is THINKING may be called again on the day that was agreed. What came of a call and was tapped by
    mistake, an end or that she did not answer, is taken back to CALLED by who wrote it, for as long as
    UNDO_WITHIN.
    """

    UNASSIGNED = "unassigned"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    CALLED = "called"
    WON = "won"
    THINKING = "thinking"
    LOST = "lost"
    UNREACHABLE = "unreachable"
    CANCELLED = "cancelled"


class Move(StrEnum):
    """What moves a lead: the house, the collector who holds it, the officer, or she herself.

    EXPIRE is a deadline that passed; TAKE_BACK is the officer's, GIVE_BACK the collector's; UNDO takes back
    what came of a call.
    """

    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    TAKE_BACK = "take_back"
    CALL = "call"
    LATER = "later"
    GIVE_BACK = "give_back"
    JOINED = "joined"
    STILL_THINKING = "thinking"
    NOT_INTERESTED = "not_interested"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    GIVE_UP = "give_up"
    FOLLOW_UP = "follow_up"
    UNDO = "undo"
    CANCEL = "cancel"


_HELD = {
    Move.EXPIRE: LeadState.UNASSIGNED,
    Move.TAKE_BACK: LeadState.UNASSIGNED,
    Move.CANCEL: LeadState.CANCELLED,
}

LIFE: Mapping[LeadState, Mapping[Move, LeadState]] = MappingProxyType(
    {
        LeadState.UNASSIGNED: {
            Move.OFFER: LeadState.OFFERED,
            Move.JOINED: LeadState.WON,
            Move.STILL_THINKING: LeadState.THINKING,
            Move.NOT_INTERESTED: LeadState.LOST,
            Move.GIVE_UP: LeadState.UNREACHABLE,
            Move.CANCEL: LeadState.CANCELLED,
        },
        LeadState.OFFERED: {
            Move.ACCEPT: LeadState.ACCEPTED,
            Move.DECLINE: LeadState.UNASSIGNED,
            Move.LATER: LeadState.OFFERED,
            **_HELD,
        },
        LeadState.ACCEPTED: {
            Move.CALL: LeadState.CALLED,
            Move.LATER: LeadState.ACCEPTED,
            Move.GIVE_BACK: LeadState.UNASSIGNED,
            Move.UNDO: LeadState.CALLED,
            **_HELD,
        },
        LeadState.CALLED: {
            Move.JOINED: LeadState.WON,
            Move.STILL_THINKING: LeadState.THINKING,
            Move.NOT_INTERESTED: LeadState.LOST,
            Move.NO_ANSWER: LeadState.ACCEPTED,
            Move.WRONG_NUMBER: LeadState.UNREACHABLE,
            Move.LATER: LeadState.ACCEPTED,
            Move.CALL: LeadState.CALLED,
            **_HELD,
        },
        LeadState.WON: {Move.UNDO: LeadState.CALLED},
        LeadState.THINKING: {Move.FOLLOW_UP: LeadState.UNASSIGNED, Move.UNDO: LeadState.CALLED},
        LeadState.LOST: {Move.UNDO: LeadState.CALLED},
        LeadState.UNREACHABLE: {Move.UNDO: LeadState.CALLED},
    }
)
"""State → move → next state. What is not here cannot happen."""

OPEN = (LeadState.UNASSIGNED, LeadState.OFFERED, LeadState.ACCEPTED, LeadState.CALLED)
"""States in which somebody is to be called: a person has at most one lead in them."""

_NOT_HIS = (Move.OFFER, Move.EXPIRE, Move.TAKE_BACK, Move.GIVE_UP, Move.FOLLOW_UP, Move.CANCEL)

ACTIONS: Mapping[LeadState, tuple[Move, ...]] = MappingProxyType(
    {
        LeadState.UNASSIGNED: (),
        LeadState.OFFERED: (Move.ACCEPT, Move.DECLINE, Move.LATER),
        **{
            state: tuple(move for move in moves if move not in _NOT_HIS)
            for state, moves in LIFE.items()
            if state not in (LeadState.UNASSIGNED, LeadState.OFFERED)
        },
    }
)
"""What the collector who holds a lead may do, in the order his menu shows it."""

DONE: Mapping[Move, str] = MappingProxyType(
    {
        Move.ACCEPT: "accepted",
        Move.DECLINE: "declined",
        Move.CALL: "called",
        Move.LATER: "later",
        Move.GIVE_BACK: "given_back",
        Move.JOINED: "joined",
        Move.STILL_THINKING: "thinking",
        Move.NOT_INTERESTED: "not_interested",
        Move.NO_ANSWER: "no_answer",
        Move.WRONG_NUMBER: "wrong_number",
        Move.UNDO: "undone",
    }
)
"""A collector's action → the code that tells him it is done."""

REFUSALS = (
    "not_yours", "taken_over", "cancelled", "closed", "already_accepted", "accept_first", "call_first",
    "hour_taken", "not_now", "too_early", "no_outcome", "no_slip", "too_late", "went_on", "booked_again",
    "forgotten",
)  # fmt: skip
"""The codes that tell a collector why an action was not done."""

ENDED_BY_A_CALL = (LeadState.WON, LeadState.THINKING, LeadState.LOST)
"""States after somebody spoke with her."""

OUTCOMES = (Move.JOINED, Move.STILL_THINKING, Move.NOT_INTERESTED, Move.NO_ANSWER, Move.WRONG_NUMBER)
"""What a collector writes of a call; each can be taken back, while nothing else happened to the lead."""

UNDO_WITHIN = timedelta(minutes=10)  # after an outcome was written; she is told nothing of it before
MOST_NO_ANSWERS = 3  # calls she does not take, after which the officer decides
TOLD_AFTER_NO_ANSWERS = 2  # after so many she is asked to choose another time
MOST_LATE = 2  # collectors who let a card lie before the head of a point is asked; the officer is next

GIVES_AWAY = (Move.DECLINE, Move.GIVE_BACK)
"""What a collector does with a lead that another is to have."""

NO_TURN = frozenset((Move.NO_ANSWER, Move.WRONG_NUMBER, Move.CANCEL))
"""What costs nobody a turn: she could not be reached, or called it off."""

REACHED = (Move.JOINED, Move.STILL_THINKING, Move.NOT_INTERESTED)
"""What comes of a call she took; it is a turn, though she missed calls before."""


def refusal(state: LeadState, move: Move, *, his: bool, was_his: bool = False) -> str | None:
    """Return the code that refuses a collector's action on a lead, or None when he may.

    `his` tells whether the lead is with him, `was_his` whether it was once: of another's lead he learns
    nothing, of one that was his who has it now.
    """
    if not his and was_his and state in OPEN:
        return "went_on" if move is Move.UNDO else "taken_over"
    if not his:
        return "not_yours"
    if move in ACTIONS.get(state, ()):
        return None
    if state is LeadState.CANCELLED:
        return "cancelled"
    if move is Move.UNDO:
        return "no_outcome"
    if state not in OPEN:
        return "closed"
    if move in (Move.ACCEPT, Move.DECLINE):
        return "already_accepted"
    return "accept_first" if state is LeadState.OFFERED else "call_first"
