"""A booked callback afterwards: seeing it, moving it, calling it off, nobody called, how it went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from handlers.call_hours import (
    CALL_TIME,
    MOST_CHOICES,
    OTHER_TIME,
    SAID_TIME,
    beside,
    named_time,
    nobody_then,
)
from handlers.commands import command_in
from handlers.flow import IN_OFFER, Ask, AskAgain, Case, Do, Facts, Offer, Outcome, Question
from handlers.ports import World
from handlers.reading import Candidate, Unclear
from handlers.reading.assent import sure
from handlers.reading.call_asked import call_asked
from handlers.reading.call_wishes import bare_number, call_wish, new_number, time_to_move_to
from handlers.reading.dates import When
from handlers.reading.phones import spot_phone
from handlers.reading.ratings import RATINGS, rating_of
from handlers.spoken import asked_anew

CANCEL_SURE = Question(
    "cancel_sure",
    read=sure(yes=True, no=False, act="huỷ hủy cancel", of="bỏ lịch cuộc gọi hẹn này the call"),
    choices=("yes", "no"),
    firm=True,
)
RATING = Question("rating", read=rating_of, choices=tuple(RATINGS))
AT_REST = ("", "task")  # nothing is asked of her, or only what she would like
NEW_SLOT, NEW_SLOT_WISHED = "new_slot", "new_slot_wished"
AFTER_A_QUOTE = "quote"  # the question at its end
STANDS_FIRM = (IN_OFFER, CALL_TIME.key, "name", "phone", "consent", "cancel_sure", "forget_sure", "rating")
MOVING = ("call_found", NEW_SLOT, CALL_TIME.key, NEW_SLOT_WISHED, "call_moved")  # what moving a call asks


@dataclass(frozen=True, slots=True)
class MyCall(Outcome):
    """Her call: when, by whom (None while the office looks for somebody), its code, and a calendar file.

    `speaks` is the language she asked for, "" for none; `spoken` tells whether who calls speaks it. She says
    that nobody called, but `too_early`: its hour is not over.
    """

    starts_at: str
    call_code: str
    collector: Mapping[str, str] | None
    link: str
    over: bool
    speaks: str
    spoken: bool
    too_early: bool = False
    drops: ClassVar[tuple[str, ...]] = ("call_found", "call_asked_in")
    then: ClassVar[tuple[str, ...]] = (
        "reschedule",
        "cancel_call",
        "nobody_called",
        "new_number",
        "menu",
    )


@dataclass(frozen=True, slots=True)
class NoCall(Outcome):
    """She has no call to come."""

    drops: ClassVar[tuple[str, ...]] = ("call_found",)
    then: ClassVar[tuple[str, ...]] = ("booking", "resume", "menu")


@dataclass(frozen=True, slots=True)
class CallMoved(Outcome):
    """The call has another hour; `collector` is who will make it now."""

    starts_at: str
    call_code: str
    collector: Mapping[str, str]
    link: str
    speaks: str
    spoken: bool
    drops: ClassVar[tuple[str, ...]] = MOVING
    then: ClassVar[tuple[str, ...]] = ("resume", "menu")


@dataclass(frozen=True, slots=True)
class CallCancelled(Outcome):
    """Nobody will call; what is kept of it goes in time, or at once when she says so."""

    drops: ClassVar[tuple[str, ...]] = ("call_found", "cancel_sure", "call_cancelled", "booked_call")
    then: ClassVar[tuple[str, ...]] = ("booking", "privacy", "menu")


@dataclass(frozen=True, slots=True)
class CallKept(Outcome):
    """She thought better of it: the call stays as it is."""

    starts_at: str
    drops: ClassVar[tuple[str, ...]] = ("call_found", "cancel_sure")
    then: ClassVar[tuple[str, ...]] = ("reschedule", "resume", "menu")


@dataclass(frozen=True, slots=True)
class CallReopened(Outcome):
    """Nobody called, so she comes first: the next free hour, or the office (`starts_at` is "" then)."""

    starts_at: str
    drops: ClassVar[tuple[str, ...]] = ("call_found", "call_reopened")
    then: ClassVar[tuple[str, ...]] = ("reschedule", "menu")


@dataclass(frozen=True, slots=True)
class Rated(Outcome):
    """She said how the call went."""

    rating: str
    drops: ClassVar[tuple[str, ...]] = ("rating", "call_rated")
    then: ClassVar[tuple[str, ...]] = ("resume", "menu")


@dataclass(frozen=True, slots=True)
class RatedBefore(Outcome):
    """A call is rated once."""

    drops: ClassVar[tuple[str, ...]] = ("rating", "call_rated")
    then: ClassVar[tuple[str, ...]] = ("resume", "menu")


@dataclass(frozen=True, slots=True)
class NotRated(Outcome):
    """She had no call that could be rated."""

    drops: ClassVar[tuple[str, ...]] = ("rating", "call_rated")
    then: ClassVar[tuple[str, ...]] = ("booking", "resume", "menu")


@dataclass(frozen=True, slots=True)
class CallDenied(Outcome):
    """She says nobody called, though somebody wrote of a call: the office looks into it, told once."""

    before: bool
    drops: ClassVar[tuple[str, ...]] = ("call_found", "call_denied")
    then: ClassVar[tuple[str, ...]] = ("booking", "human", "menu")


_COLLECTOR = {"name": "Hương", "code": "LS0001", "organisation": "Bưu điện", "point": "Kỳ Lừa"}
_CALL = {
    "lead": 1482,
    "ward": "06187",
    "starts_at": "2026-11-26T11:00+07:00",
    "call_code": "0417",
    "collector": _COLLECTOR,
    "over": False,
    "link": "https://tuvan.example.vn/call/x.ics",
    "speaks": "tay",
    "spoken": True,
}


def known(call: Facts | None) -> Facts | None:
    """Return a call as the world told of it; one kept from before languages were asked for has none."""
    return {"speaks": "", "spoken": True, **call} if call else None


FOUND: Do[Facts | None] = Do(
    "call_found",
    perform=lambda world: world.my_call(),
    result=known,
    results=(
        _CALL,
        {**_CALL, "spoken": False},
        {**_CALL, "collector": None, "over": True, "link": "", "speaks": ""},
        None,
    ),
)


def _new_slot(call: Facts, wanted: When | None = None) -> Offer[str]:
    """Free times other than the one she has, and the way to name another; those she `wanted` if she did.

    Of who speaks what she asked for first, and one at least of others, marked as such.
    """
    ward, now, speaks = call["ward"], call["starts_at"], call["speaks"]

    async def free(world: World, language: str = "") -> list[Candidate]:
        return [time for time in await world.free_slots(ward, wanted, speaks=language) if time.raw != now]

    async def fetch(world: World) -> Sequence[Candidate]:
        times, most = await free(world), MOST_CHOICES - 1
        first = (await free(world, speaks))[: most - 1] if speaks else []
        heard = {one.raw for one in first}
        spoken = {"spoken": False} if speaks else {}
        rest = [Candidate(one.raw, {**one.facts, **spoken}) for one in times if one.raw not in heard]
        ways = [beside(OTHER_TIME)] if wanted is None else []
        return [*first, *rest][:most] + ways

    return Offer(
        NEW_SLOT if wanted is None else NEW_SLOT_WISHED,
        fetch=fetch,
        value=lambda facts: str(facts["starts_at"]),
        about=f"{ward} {now} {'' if wanted is None else wanted}".strip(),
        read=named_time,
        examples=(
            (
                Candidate(
                    "2026-11-27T09:00+07:00",
                    {"starts_at": "2026-11-27T09:00+07:00", "ends_at": "2026-11-27T10:00+07:00"},
                ),
            ),
            (beside(OTHER_TIME),) if wanted is None else (),
        ),
    )


def _move(starts_at: str) -> Do[Facts | None]:
    return Do(
        "call_moved",
        perform=lambda world: world.move_call(starts_at),
        result=known,
        about=starts_at,
        results=(_CALL, None),
    )


CANCEL: Do[None] = Do(
    "call_cancelled", perform=lambda world: world.cancel_call(), result=lambda _: None, results=(None,)
)
AGAIN: Do[str] = Do(
    "call_reopened",
    perform=lambda world: world.call_again(),
    result=lambda done: str(done["starts_at"]),
    results=({"starts_at": "2026-11-26T14:00+07:00"}, {"starts_at": ""}),
)


DENY: Do[str] = Do(
    "call_denied", perform=lambda world: world.deny_call(), result=str, results=("told", "before", "")
)


def _rate(rating: str) -> Do[Facts]:
    return Do(
        "call_rated",
        perform=lambda world: world.rate_call(rating),
        result=dict,
        about=rating,
        results=(
            {"rated": True, "already": False},
            {"rated": False, "already": True},
            {"rated": False, "already": False},
        ),
    )


def _in(lead: int, speaks: str) -> Do[Facts | None]:
    return Do(
        "call_asked_in",
        perform=lambda world: world.call_in(speaks),
        result=known,
        about=f"{lead} {speaks}",
        results=(_CALL, None),
    )


def my_call(ask: Ask, case: Case) -> Outcome:
    """Show her call; in another language, if she has said another since."""
    del case
    call = ask(FOUND)
    if call and (anew := asked_anew(ask, call["speaks"])) is not None:
        call = ask(_in(call["lead"], anew))
    return shown(call) if call else NoCall()


def rescheduling(ask: Ask, case: Case) -> Outcome:
    """Move her call to another free hour; the same collector calls if he can."""
    del case
    call = ask(FOUND)
    if call is None:
        return NoCall()
    wanted, facts = ask(SAID_TIME), {"now": call["starts_at"], "speaks": call["speaks"], "spoken": True}
    if wanted is None and ask(_new_slot(call), **facts) == OTHER_TIME:
        wanted = ask(CALL_TIME)
    slot = _new_slot(call, wanted)
    starts_at = ask(slot, **facts)
    if starts_at is None:
        raise nobody_then(ask, call["ward"], wanted or When(), call["starts_at"])
    moving = _move(starts_at)
    moved = ask(moving)
    if moved is None:
        raise AskAgain(slot, Unclear("slot_taken"), forget=(moving,))
    told = ("starts_at", "call_code", "collector", "link", "speaks", "spoken")
    return CallMoved(**{name: moved[name] for name in told})


def cancelling(ask: Ask, case: Case) -> Outcome:
    """Call her call off, when she means it."""
    del case
    call = ask(FOUND)
    if call is None:
        return NoCall()
    if not ask(CANCEL_SURE, starts_at=call["starts_at"]):
        return CallKept(call["starts_at"])
    ask(CANCEL)
    return CallCancelled()


def nobody_called(ask: Ask, case: Case) -> Outcome:
    """Nobody called her: if the hour is over she comes first with somebody else, else she sees when it is.

    Where somebody wrote that he called her, the office is told.
    """
    del case
    call = ask(FOUND)
    if call is None:
        denied = ask(DENY)
        return CallDenied(denied == "before") if denied else NoCall()
    if not call["over"]:
        return replace(shown(call), too_early=True)
    return CallReopened(ask(AGAIN))


def feedback(ask: Ask, case: Case) -> Outcome:
    """Ask one question about the call she had."""
    del case
    rating = ask(RATING)
    done = ask(_rate(rating))
    if done["rated"]:
        return Rated(rating)
    return RatedBefore() if done.get("already") else NotRated()


async def meant(raw: str, on: date, world: World, asked: str) -> tuple[str, Mapping[str, str]] | None:
    """Find what a message wants of her call in words no list holds; None without a call.

    "đừng gọi nữa" is asked about before anything is called off; "dời sang chiều mai" brings its time along,
    "số em là 09…" its number. After a call to a wrong number the right one books anew, alone too where no
    answer of a way is `asked`; after one she never had, "không ai gọi cả" is heard.
    """
    wish, number = call_wish(raw, on), new_number(raw)
    alone = bare_number(raw) if asked in AT_REST else ""
    command = command_in(raw, menu=True)
    renumbers = bool(alone) or "new_number" in (wish, command)
    if not (renumbers or (wish and not command)):
        return None if command else await _asked_for(raw, on, world, asked)
    if await world.my_call() is None:
        ended = await world.last_ended()
        if ended == "wrong_number" and asked != "phone" and renumbers:
            return "another_number", {"phone": said} if (said := alone or number) else {}
        if ended == "called" and wish == "nobody_called":
            return "nobody_called", {}
        return None if command else await _asked_for(raw, on, world, asked)
    if wish is None or command:
        return None
    time = time_to_move_to(raw, on) if wish == "reschedule" else None
    return wish, {key: said for key, said in ((CALL_TIME.key, time), ("phone", number)) if said}


async def _asked_for(raw: str, on: date, world: World, asked: str) -> tuple[str, Mapping[str, str]] | None:
    """Find the call a message asks for, with the time and number it names; None where she has one to come.

    In the middle of booking what is asked reads them; after a quote it answers what is asked there, so that
    the call is about that quote.
    """
    if asked in STANDS_FIRM or (time := call_asked(raw, on)) is None or await world.my_call():
        return None
    said = {CALL_TIME.key: time, "phone": spot_phone(raw, on)}
    told = {key: words for key, words in said.items() if words}
    return ("", {AFTER_A_QUOTE: "booking", **told}) if asked == AFTER_A_QUOTE else ("booking", told)


def shown(call: Mapping[str, Any]) -> MyCall:
    """Show a call as `World.my_call` returned it."""
    facts = ("starts_at", "call_code", "collector", "link", "over", "speaks", "spoken")
    return MyCall(**{name: call[name] for name in facts})
