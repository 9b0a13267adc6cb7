"""What is kept of a conversation between two messages, and what the engine wants said next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from handlers.flow import Answers, Facts, Offer, Question
from handlers.reading import Candidate, Unclear

STILL_UNCLEAR = "still_unclear"  # the notice that a second answer is not understood either
EVERYTHING = ("*",)  # what an outcome drops that forgets the person


@dataclass(slots=True)
class State:
    """What is stored of a conversation: plain JSON, nothing derived."""

    started_on: date
    turn: int = 0
    language: str = "vi"
    answers: Answers = field(default_factory=dict)
    offered: dict[str, Any] = field(default_factory=dict)
    shown: list[list[str]] = field(default_factory=list)
    spotted: dict[str, str] = field(default_factory=dict)
    aside: Literal["", "spotted", "change", "question"] = ""
    asked: str = ""  # the question some entries were offered for, and those entries
    wondering: list[str] = field(default_factory=list)
    told: str = ""  # the entry whose answer came last, beside the conversation: what "why?" then asks about
    parked: str = ""
    last: str = ""
    misses: int = 0
    finished: str = ""
    useless: dict[str, list[str]] = field(default_factory=dict)  # choices of what is asked that have failed
    ways: list[str] = field(default_factory=list)  # on from where it finished
    address: str = ""  # what she calls herself: chị, bác, …
    heard_on: str = ""  # the day of her last message, as ISO
    sharing: str = ""  # the question put last, where it asked for her contact: its key may have to go

    def day_of(self, step: Question[Any] | Offer[Any]) -> date:
        """Return the day her words count from: "mai" from today, her age from when the conversation began."""
        dated = isinstance(step, Offer) or step.dated
        return date.fromisoformat(self.heard_on) if dated and self.heard_on else self.started_on

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON for storage."""
        return {**asdict(self), "started_on": self.started_on.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> State:
        """Rebuild what `as_json` wrote; unknown keys of an older version are ignored."""
        known = {name: data[name] for name in cls.__slots__ if name in data}
        return cls(**{**known, "started_on": date.fromisoformat(data["started_on"])})


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence before what is put: the block `name` of a template, and what fills it."""

    name: str
    facts: Facts = field(default_factory=dict)
    template: str = "notice"
    instead: bool = False  # of the question or outcome after it, whose options stay


@dataclass(frozen=True, slots=True)
class Put:
    """What to say next, before it has words: a question, an aside of the engine, or an outcome."""

    kind: Literal["question", "outcome"]
    key: str
    words: Facts
    choices: tuple[Candidate, ...] = ()
    error: Unclear | None = None
    notices: tuple[Notice, ...] = ()
    asks_contact: bool = False
    items: tuple[tuple[str, str], ...] = ()  # (question key, raw words) an aside is about
    again: bool = False  # an outcome she has read: the notices are what is new, and its ways on
