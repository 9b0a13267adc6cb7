"""The front door: what this is, the ways behind it, and the conversations composed as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar

from handlers import booking, callback, eligibility, privacy, quote, renumbering, safety
from handlers.flow import Ask, Case, Conversation, Outcome, Question, Talk
from handlers.ports import World
from handlers.reading import Unclear
from handlers.reading.choices import choose
from handlers.reading.groups import INTENTS, NEAREST, RELATIONS, names_the_scheme, spot_relation
from handlers.reading.languages import spot_language

WAYS = ("consult", "eligibility", "quote", "booking", "on_behalf")

_BOOKED_BEFORE = (
    quote.NEXT.key,
    booking.CONSENT.key,
    *booking.TIME_ANSWERS,
    "call_found",
    "call_asked_in",
    "booked_call",
    booking.ANEW.key,
)
"""What is asked afresh whenever a way may lead to a booking: an earlier one may be over by now."""

_SAID: Mapping[str, tuple[Talk, tuple[str, ...]]] = MappingProxyType(
    {
        "my_call": (callback.my_call, ("call_found", "call_asked_in")),
        "reschedule": (callback.rescheduling, callback.MOVING),
        "new_number": (renumbering.renumbering, renumbering.ASKED),
        "another_number": (renumbering.booking_anew, (*_BOOKED_BEFORE, *renumbering.ASKED)),
        "cancel_call": (callback.cancelling, ("call_found", "cancel_sure", "call_cancelled")),
        "nobody_called": (callback.nobody_called, ("call_found", "call_reopened", "call_denied")),
        "feedback": (callback.feedback, ("rating", "call_rated")),
        "privacy": (privacy.forgetting, (privacy.SURE.key, privacy.FORGET.key)),
        "my_data": (privacy.showing, (privacy.SHOW.key,)),
        "news": (privacy.informing, (privacy.NEWS.key, "keep_informed")),
        "stop_news": (privacy.stopping, ("keep_informed",)),
        "report_scam": (safety.reporting, (safety.REPORT.key, "report_kept")),
    }
)
"""Ways no menu at the door shows, said or offered at an end → the conversation, and what it asks afresh."""

BY_WORD = ("human", *_SAID)

_SEX_OF = MappingProxyType({"mother": "female", "father": "male"})
_by_words = choose({**INTENTS, **dict.fromkeys(BY_WORD, ())}, ranked=True)
_FOR_HERSELF = ("consult", "eligibility", "quote")


def _way(text: str, on: date) -> str:
    """Read what somebody wants; whoever asks about joining for a relative asks on behalf of that one.

    A language to be called in is about a call. Raises Unclear("unknown_choice").
    """
    try:
        way = _by_words(text, on)
    except Unclear:
        if spot_language(text, on):
            return "booking"
        if not names_the_scheme(text):
            raise
        way = "consult"
    return "on_behalf" if way in _FOR_HERSELF and spot_relation(text, on) in NEAREST else way


TASK = Question("task", read=_way, choices=WAYS)
WHOM = Question(
    "whom",
    read=choose(RELATIONS),
    choices=tuple(RELATIONS),
    spot=lambda text, on: found if (found := spot_relation(text, on)) in NEAREST else None,
    keep=choose(RELATIONS),
)


@dataclass(frozen=True, slots=True)
class SpeakToPerson(Outcome):
    """Someone wants a human: the hotline, the office, or a callback."""

    then: ClassVar[tuple[str, ...]] = ("booking", "resume", "menu")


def _knowing(ask: Ask, sex: str) -> Ask:
    """Return `ask` that knows the `sex` of a mother or a father, and need not ask it."""

    def asking(step: Any, /, **words: Any) -> Any:  # noqa: ANN401 - as `ask`, whatever the step
        return sex if sex and step is eligibility.SEX else ask(step, **words)

    return asking


def welcome(ask: Ask, case: Case) -> Outcome:
    """Greet, and go where the person wants; "consult" runs the three parts as one conversation."""
    task = ask(TASK)
    if task == "human":
        return SpeakToPerson()
    if task in _SAID:
        said, _ = _SAID[task]
        return said(ask, case)
    if task == "booking":
        return booking.booking(ask, case)
    if task == "on_behalf":
        ask = _knowing(ask, _SEX_OF.get(ask(WHOM), ""))
    if task == "quote":
        return quote.quoting(ask, case)
    standing = eligibility.eligibility(ask, case)
    if task == "eligibility" or not isinstance(standing, eligibility.MayJoin):
        return standing
    return quote.quoting(ask, case)


def _usual_way(told: Collection[str]) -> str:
    """Return the way of somebody who names none: who only says whom to call wants a call."""
    return "booking" if {question.key for question in booking.SPOTS}.issuperset(told) else "consult"


async def _meant(raw: str, on: date, world: World, asked: str) -> tuple[str, Mapping[str, str]] | None:
    """Find the way of words no list holds: telling of a scam, or saying what to do with her call."""
    return safety.alarm(raw) or await callback.meant(raw, on, world, asked)


CITIZEN = Conversation(
    "welcome",
    welcome,
    door=TASK,
    fresh={
        "quote": _BOOKED_BEFORE,
        "consult": _BOOKED_BEFORE,
        "on_behalf": _BOOKED_BEFORE,
        "booking": _BOOKED_BEFORE,
        **{way: fresh for way, (_, fresh) in _SAID.items()},
    },
    usual=_usual_way,
    anywhere=("booking",),
    meant=_meant,
    rates=True,
    spots=(*eligibility.SPOTS, *quote.SPOTS, *booking.SPOTS),
)
