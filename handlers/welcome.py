"""The front door: what this is, the ways behind it, and the conversations composed as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers import booking, eligibility, privacy, quote
from handlers.flow import Ask, Case, Conversation, Outcome, Question
from handlers.reading.choices import choose
from handlers.reading.groups import INTENTS, RELATIONS, spot_relation

WAYS = ("consult", "eligibility", "quote", "booking", "on_behalf")

TASK = Question("task", read=choose({**INTENTS, "human": (), "privacy": ()}, ranked=True), choices=WAYS)
WHOM = Question("whom", read=choose(RELATIONS), choices=tuple(RELATIONS), spot=spot_relation)


@dataclass(frozen=True, slots=True)
class SpeakToPerson(Outcome):
    """Someone wants a human: the hotline, the office, or a callback."""

    then: ClassVar[tuple[str, ...]] = ("booking", "resume", "menu")


def welcome(ask: Ask, case: Case) -> Outcome:
    """Greet, and go where the person wants; "consult" runs the three parts as one conversation."""
    task = ask(TASK)
    if task == "human":
        return SpeakToPerson()
    if task == "privacy":
        return privacy.forgetting(ask, case)
    if task == "booking":
        return booking.booking(ask, case)
    if task == "on_behalf":
        ask(WHOM)
    if task == "quote":
        return quote.quoting(ask, case)
    standing = eligibility.eligibility(ask, case)
    if task == "eligibility" or not isinstance(standing, eligibility.MayJoin):
        return standing
    return quote.quoting(ask, case)


CITIZEN = Conversation(
    "welcome",
    welcome,
    door=TASK,
    fresh={
        "quote": (quote.NEXT.key, quote.WHY.key),
        "consult": (quote.NEXT.key, quote.WHY.key),
        "on_behalf": (quote.NEXT.key, quote.WHY.key),
        "booking": (booking.CONSENT.key,),
        "privacy": (privacy.SURE.key, privacy.FORGET.key),
    },
    spots=(*eligibility.SPOTS, *quote.SPOTS),
)
