"""When to call her: hours that are offered, and what she names herself where none of them suits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time

from handlers.flow import Ask, AskAgain, Do, Facts, Question
from handlers.reading import Candidate, Unclear
from handlers.reading.dates import When, when
from handlers.reading.fold import fold
from handlers.reading.times import spot_when

OTHER_TIME = "other_time"
MOST_CHOICES = 5  # what every channel with buttons can show as buttons
_OTHER = frozenset(("gio khac", "khac", "luc khac", "chon gio khac", "other", "another time"))
_SOONEST = re.compile(
    r"\b(?:cang som cang tot|som nhat|ngay bay gio|as soon as possible|asap|soonest"
    r"|may gio cung (?:duoc|dc|ok))\b"
    r"|^(?:luc|khi|gio) nao (?:ranh|tien)(?: (?:thi|cu|goi|em|chi|anh|nhe|nha|a|cung|duoc|dc))*[ .!]*$"
)
_EVENING = When(start=time(17), end=time(21))  # from when on she must have agreed to it


def read_call_time(text: str, on: date) -> When:
    """Read when she would like to be called; When() is as soon as possible. Raises Unclear as `when` does."""
    if text == "this_evening":
        return replace(_EVENING, first=on, last=on)
    return When() if _SOONEST.search(fold(text)) else when(text, on)


def keep_call_time(text: str, on: date) -> str:
    """Return words for the same time that mean it on any other day too."""
    return text if text == "soonest" else str(read_call_time(text, on))


CALL_TIME = Question(
    "call_time",
    read=read_call_time,
    keep=keep_call_time,
    dated=True,
    choices=("soonest", "this_evening"),
    examples=("15h thứ 5",),
    spot=spot_when,
)
WHY_NOBODY = ("too_far_ahead", "hour_over", "same_hour", "too_soon", "holiday", "no_hours_then")
"""Why nobody can call at a time she named: each has its sentence among the errors."""


def nobody_then(ask: Ask, ward: str, wanted: When, but: str = "") -> AskAgain:
    """Return what asks for another time, and says why nobody can call at the one she `wanted`.

    `but` is the hour she has already. Choices that would not help her either are not offered with it.
    """
    looking = Do(
        "nobody_then",
        perform=lambda world: world.nobody_then(ward, wanted, but),
        result=dict,
        about=f"{ward} {wanted} {but}".strip(),
        results=tuple({"why": why, "last": "2026-12-07", "useless": ["this_evening"]} for why in WHY_NOBODY),
    )
    found = ask(looking)
    because = Unclear(found["why"], facts={"last": found["last"]}, useless=found["useless"])
    return AskAgain(CALL_TIME, because, forget=(looking,))


SAID_TIME: Question[When | None] = Question(
    CALL_TIME.key, read=read_call_time, keep=keep_call_time, dated=True, unasked=True
)
"""The same answer where she is not asked: None unless she named a time."""


def named_time(raw: str, options: Sequence[Candidate], on: date) -> str | None:
    """Return the offered time that words name: "sáng mai", "sau 5h"; of several that fit, the soonest.

    A day alone that has several hours to choose from is no choice; a time none of them has leads on.
    """
    other = any(option.raw == OTHER_TIME for option in options)
    if other and fold(raw).strip(" .!") in _OTHER:
        return OTHER_TIME
    try:
        wish = when(raw, on)
    except Unclear:
        return None
    times = [option for option in options if "ends_at" in option.facts]  # without the choices beside them
    fitting = [option for option in times if wish.allows(*_local(option.facts))]
    if other and not fitting:
        return OTHER_TIME
    told = wish.start or wish.end or wish == When()
    return fitting[0].raw if fitting and (told or len(fitting) == 1) else None


def _local(facts: Facts) -> tuple[datetime, datetime]:
    starts, ends = (datetime.fromisoformat(facts[name]) for name in ("starts_at", "ends_at"))
    return starts.replace(tzinfo=None), ends.replace(tzinfo=None)


def beside(choice: str, **facts: str) -> Candidate:
    """A choice beside the times."""
    return Candidate(choice, {"starts_at": choice, **facts})
