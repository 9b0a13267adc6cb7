"""Another number for a call that is to come: she gave a wrong one, or is to be reached elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers.booking import CONSENT, CONSENT_VERSION, CONSENT_WORDS, PHONE, booking
from handlers.callback import FOUND, NoCall, known
from handlers.flow import Ask, Case, Do, Facts, Outcome
from handlers.reading.phones import display

ASKED = (FOUND.key, PHONE.key, CONSENT.key, "number_changed")  # a consent is about a number: both afresh


@dataclass(frozen=True, slots=True)
class NumberChanged(Outcome):
    """Her call is made to another number; it will be used for the next booking too.

    `same` tells that it was that number already.
    """

    phone: str
    starts_at: str
    call_code: str
    same: bool
    drops: ClassVar[tuple[str, ...]] = ("call_found", "consent", "number_changed")
    then: ClassVar[tuple[str, ...]] = ("my_call", "resume", "menu")


@dataclass(frozen=True, slots=True)
class NumberNoted(Outcome):
    """The number is noted, but the hour of her call is over: she chooses another, or comes first."""

    phone: str
    starts_at: str
    same: bool
    drops: ClassVar[tuple[str, ...]] = ("call_found", "consent", "number_changed")
    then: ClassVar[tuple[str, ...]] = ("reschedule", "nobody_called", "menu")


@dataclass(frozen=True, slots=True)
class NumberKept(Outcome):
    """She does not agree to be called on another number: the call stays as it is."""

    starts_at: str
    over: bool
    drops: ClassVar[tuple[str, ...]] = ASKED
    then: ClassVar[tuple[str, ...]] = ("new_number", "cancel_call", "menu")


@dataclass(frozen=True, slots=True)
class NumberRefused(Outcome):
    """Whoever has that number said no to calls: the call stays as it is."""

    phone: str
    starts_at: str
    over: bool
    drops: ClassVar[tuple[str, ...]] = ASKED
    then: ClassVar[tuple[str, ...]] = ("new_number", "human", "menu")


def _change(number: str) -> Do[Facts | None]:
    call = {"starts_at": "2026-11-26T11:00+07:00", "call_code": "0417", "over": False, "same": False}
    return Do(
        "number_changed",
        perform=lambda world: world.change_number(number, CONSENT_VERSION),
        result=known,
        about=number,
        results=(call, {**call, "over": True}, {"refused": "said_no"}, None),
    )


def renumbering(ask: Ask, case: Case) -> Outcome:
    """Have her call made to another number, which she agrees to as she did when she booked."""
    del case
    call = ask(FOUND)
    if call is None:
        return NoCall()
    over = call["over"]
    number = ask(PHONE, now="" if over else call["starts_at"])
    if ask(CONSENT, phone=display(number), **CONSENT_WORDS) == "decline":
        return NumberKept(call["starts_at"], over)
    done = ask(_change(number))
    if done is None:
        return NoCall()
    if "refused" in done:
        return NumberRefused(display(number), call["starts_at"], over)
    same = done.get("same", False)
    if over:
        return NumberNoted(display(number), done["starts_at"], same)
    return NumberChanged(display(number), done["starts_at"], done["call_code"], same)


def booking_anew(ask: Ask, case: Case) -> Outcome:
    """Book a call with another number than she left last; a call that is to come is made to it."""
    call = ask(FOUND)
    return renumbering(ask, case) if call and not call["over"] else booking(ask, case, other_number=True)
