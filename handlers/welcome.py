"""The front door: what this is, the ways behind it, and the conversations composed as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from handlers import booking, eligibility, privacy, quote, safety
from handlers.flow import Ask, Case, Conversation, Outcome, Question, Talk
from handlers.reading.choices import choose
from handlers.reading.groups import INTENTS, RELATIONS, spot_relation

WAYS = ("consult", "eligibility", "quote", "booking", "on_behalf")

BY_WORD = ("human", "privacy", "my_data", "news", "stop_news", "report_scam")  # said, or offered at an end

TASK = Question("task", read=choose({**INTENTS, **dict.fromkeys(BY_WORD, ())}, ranked=True), choices=WAYS)
WHOM = Question(
    "whom",
    read=choose(RELATIONS),
    choices=tuple(RELATIONS),
    spot=spot_relation,
    keep=choose(RELATIONS),
)


@dataclass(frozen=True, slots=True)
class SpeakToPerson(Outcome):
    """Someone wants a human: the hotline, the office, or a callback."""

    then: ClassVar[tuple[str, ...]] = ("booking", "resume", "menu")


_BY_WORD: Mapping[str, Talk] = MappingProxyType(
    {
        "privacy": privacy.forgetting,
        "my_data": privacy.showing,
        "news": privacy.informing,
        "stop_news": privacy.stopping,
        "report_scam": safety.reporting,
    }
)


def welcome(ask: Ask, case: Case) -> Outcome:
    """Greet, and go where the person wants; "consult" runs the three parts as one conversation."""
    task = ask(TASK)
    if task == "human":
        return SpeakToPerson()
    if task in _BY_WORD:
        return _BY_WORD[task](ask, case)
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
        "quote": (quote.NEXT.key,),
        "consult": (quote.NEXT.key,),
        "on_behalf": (quote.NEXT.key,),
        "booking": (booking.CONSENT.key,),
        "privacy": (privacy.SURE.key, privacy.FORGET.key),
        "my_data": (privacy.SHOW.key,),
        "news": (privacy.NEWS.key, "keep_informed"),
        "stop_news": ("keep_informed",),
        "report_scam": (safety.REPORT.key, "report_kept"),
    },
    spots=(*eligibility.SPOTS, *quote.SPOTS, *booking.SPOTS),
)
