"""The life of a lead: its states, who may move it from one to the next, and what a collector is told."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class LeadState(StrEnum):
    """Where a lead stands. The last five are ends."""

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
    """What moves a lead: offering it to a collector, his actions, or its cancellation."""

    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    CALL = "call"
    JOINED = "joined"
    STILL_THINKING = "thinking"
    NOT_INTERESTED = "not_interested"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    CANCEL = "cancel"


_CANCEL = {Move.CANCEL: LeadState.CANCELLED}

LIFE: Mapping[LeadState, Mapping[Move, LeadState]] = MappingProxyType(
    {
        LeadState.UNASSIGNED: {Move.OFFER: LeadState.OFFERED, **_CANCEL},
        LeadState.OFFERED: {
            Move.ACCEPT: LeadState.ACCEPTED,
            Move.DECLINE: LeadState.UNASSIGNED,
            **_CANCEL,
        },
        LeadState.ACCEPTED: {Move.CALL: LeadState.CALLED, **_CANCEL},
        LeadState.CALLED: {
            Move.JOINED: LeadState.WON,
            Move.STILL_THINKING: LeadState.THINKING,
            Move.NOT_INTERESTED: LeadState.LOST,
            Move.NO_ANSWER: LeadState.ACCEPTED,
            Move.WRONG_NUMBER: LeadState.UNREACHABLE,
            Move.CALL: LeadState.CALLED,
            **_CANCEL,
        },
    }
)
"""State → move → next state. What is not here cannot happen; states without a row are ends."""

OPEN = tuple(LIFE)
"""States something still follows from: a person has at most one lead in them."""

ACTIONS: Mapping[LeadState, tuple[Move, ...]] = MappingProxyType(
    {
        state: tuple(move for move in moves if move not in (Move.OFFER, Move.CANCEL))
        for state, moves in LIFE.items()
    }
)
"""What the collector who holds a lead may do, in the order his menu shows it."""

DONE: Mapping[Move, str] = MappingProxyType(
    {
        Move.ACCEPT: "accepted",
        Move.DECLINE: "declined",
        Move.CALL: "called",
        Move.JOINED: "joined",
        Move.STILL_THINKING: "thinking",
        Move.NOT_INTERESTED: "not_interested",
        Move.NO_ANSWER: "no_answer",
        Move.WRONG_NUMBER: "wrong_number",
    }
)
"""A collector's action → the code that tells him it is done."""

REFUSALS = ("not_yours", "cancelled", "closed", "already_accepted", "accept_first", "call_first")
"""The codes that tell a collector why an action was not done."""


def refusal(state: LeadState, move: Move, *, his: bool) -> str | None:
    """Return the code that refuses a collector's action on a lead, or None when he may.

    `his` tells whether the lead is with him: of another's lead he learns nothing.
    """
    if not his:
        return "not_yours"
    if move in ACTIONS.get(state, ()):
        return None
    if state is LeadState.CANCELLED:
        return "cancelled"
    if state not in LIFE:
        return "closed"
    if move in (Move.ACCEPT, Move.DECLINE):
        return "already_accepted"
    return "accept_first" if state is LeadState.OFFERED else "call_first"
