"""Booking a callback: where, when, whom to call, her consent, and the collector who will."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from handlers import callback
from handlers.call_hours import (
    CALL_TIME,
    MOST_CHOICES,
    OTHER_TIME,
    SAID_TIME,
    beside,
    named_time,
    nobody_then,
)
from handlers.flow import Ask, AskAgain, Case, Do, Facts, Offer, Outcome, Question, Step
from handlers.place import ward_of
from handlers.ports import SPEAKS, CallbackWish, World
from handlers.privacy import LEAD_KEPT
from handlers.reading import Candidate, Unclear
from handlers.reading.asking import asking
from handlers.reading.assent import sure
from handlers.reading.dates import When
from handlers.reading.fold import clean, fold
from handlers.reading.languages import without_language
from handlers.reading.passing import spot_name
from handlers.reading.phones import display, phone, spot_phone
from handlers.spoken import HEARD, LOOKED, speaker_near, speaker_then, which_of, wish

CONSENT_VERSION = "call-2"
CONSENT_WORDS = {"kept": LEAD_KEPT}
TIME_ANSWERS = ("slot", "slot_wished", "call_time", "held", *LOOKED)  # what a time is made of
LONGEST_NAME = 40  # characters: what a collector reads at a glance


_PHONE = re.compile(r"[\s,.;:(-]*\b(?:sđt|sdt|số|so|đt|dt|phone|zalo)?[\s:]*\+?\d[\d .\-]{7,}\d")
_NOT_THE_NAME = re.compile(
    r"^(?:(?:dạ|vâng|em|tôi|tui|mình|e|cứ)\s+)*"
    r"(?:(?:họ )?tên(?: em| tôi| mình)?(?: là)?:?|ten(?: la)?:?|là|la|"
    r"(?:gọi|goi)(?: (?:em|tôi|toi|mình|minh|tui))?(?: (?:là|la))?|my name is|i am|i'm|call me)\s+"
    r"|\s+(?:nhé|nhe|ạ|nha|em)$",
    re.IGNORECASE,
)
_A_CALL = re.compile(
    r"\b(?:goi (?:lai|cho|dien|lich|hen)|hen (?:goi|lich|lai)|dat lich|lich hen|call (?:me )?back)\b"
)


def read_name(text: str, on: date) -> str:
    """Read what to call someone.

    Raises Unclear("not_a_name") for digits, links, a sentence, a question, a wish for a call.
    """
    del on
    if _A_CALL.search(fold(text)):
        raise Unclear("not_a_name")
    called = without_language(_PHONE.sub("", clean(text)))
    name = _NOT_THE_NAME.sub("", called).strip(" .,!:;-()")
    letters = sum(letter.isalpha() for letter in name)
    if not 1 <= len(name) <= LONGEST_NAME or letters < len(name.replace(" ", "")) - 2 or letters == 0:
        raise Unclear("not_a_name")
    if asking(name):
        raise Unclear("not_a_name")
    return name


NAME = Question(
    "name",
    read=read_name,
    examples=("chị Lành",),
    spot=spot_name,
    keep=read_name,
    personal=True,
    plainly=True,
)
PHONE = Question(
    "phone",
    read=phone,
    examples=("0912 345 678",),
    asks_contact=True,
    spot=spot_phone,
    personal=True,
    plainly=True,
)
SPOTS = (NAME, PHONE, HEARD)
CONSENT = Question(
    "consent",
    read=sure(yes="agree", no="decline", act="gọi call", of="điện số này me"),
    choices=("agree", "decline"),
    firm=True,
)


@dataclass(frozen=True, slots=True)
class Booked(Outcome):
    """A named collector will call; she holds the code the caller must say first.

    `speaks` is the language she asked for, "" for none; `spoken` tells whether the collector speaks it.
    """

    starts_at: str
    ends_at: str
    call_code: str
    collector: Mapping[str, str]
    quote_code: str | None
    speaks: str
    spoken: bool
    then: ClassVar[tuple[str, ...]] = ("my_call", "news", "menu")


@dataclass(frozen=True, slots=True)
class NobodyNear(Outcome):
    """No collector has free time for her ward."""

    ward: str
    then: ClassVar[tuple[str, ...]] = ("quote", "menu")
    drops: ClassVar[tuple[str, ...]] = ("name", "phone", "consent", SPEAKS)


@dataclass(frozen=True, slots=True)
class SaidNo(Outcome):
    """Whoever has this number said no to calls: only that person can ask for one again."""

    phone: str
    then: ClassVar[tuple[str, ...]] = ("human", "menu")
    drops: ClassVar[tuple[str, ...]] = ("phone", "consent", "booked_call")


@dataclass(frozen=True, slots=True)
class NotCalled(Outcome):
    """She does not agree to be called: nobody will."""

    drops: ClassVar[tuple[str, ...]] = (
        "name",
        "phone",
        "consent",
        SPEAKS,
        *TIME_ANSWERS,
    )


_SLOT_FACTS = {"starts_at": "2026-11-26T11:00+07:00", "ends_at": "2026-11-26T12:00+07:00"}
_BOOKED = {
    **_SLOT_FACTS,
    "call_code": "0417",
    "collector": {"name": "Hương", "code": "LS0001", "organisation": "Bưu điện", "point": "Kỳ Lừa"},
    "speaks": "tay",
    "spoken": True,
}


ANOTHER, ANY, BACK = "another_language", "any_language", "back_to_language"


def slot_in(ward: str, speaks: str, spoken: bool) -> Offer[Facts]:  # noqa: FBT001 - as it was looked up
    """Free times of collectors who serve the ward, and the ways to others; where none is, nothing.

    Of those who speak what she asked for, if it is `spoken` near. Where she asked for none, and somebody near
    speaks more than Vietnamese, the way to that.
    """

    async def fetch(world: World) -> Sequence[Candidate]:
        times = await world.free_slots(ward, speaks=speaks) if spoken else ()
        times = times or await world.free_slots(ward)
        ways = [beside(OTHER_TIME)]
        if spoken:
            ways.append(beside(ANY))
        elif not speaks and times and (near := await world.languages(ward)):
            ways.append(beside(ANOTHER, languages=" ".join(near)))
        return (*times[: MOST_CHOICES - len(ways)], *ways) if times else ()

    more = beside(ANY) if speaks else beside(ANOTHER, languages="tay nung")
    return Offer(
        "slot",
        fetch=fetch,
        value=dict,
        about=f"{ward} {speaks}".strip(),
        read=named_time,
        examples=((Candidate(_SLOT_FACTS["starts_at"], _SLOT_FACTS),), (beside(OTHER_TIME),), (more,), ()),
    )


def slot_wished(ward: str, wanted: When, speaks: str, *, back: bool) -> Offer[Facts]:
    """Free times within those she named; in the evening too, which she has agreed to by naming it.

    With `speaks` of who speaks it; else, with `back`, the way back to the times of who does.
    """
    ways = (beside(BACK),) if back else ()

    async def fetch(world: World) -> Sequence[Candidate]:
        times = await world.free_slots(ward, wanted, speaks=speaks)
        return (*times, *ways) if times else ()

    return Offer(
        "slot_wished",
        fetch=fetch,
        value=dict,
        about=f"{ward} {wanted} {speaks}".strip(),
        read=named_time,
        examples=((Candidate(_SLOT_FACTS["starts_at"], _SLOT_FACTS),), ways, ()),
    )


def hold(ward: str, starts_at: str, speaks: str) -> Do[bool]:
    """Keep the hour while she types her name and number: of who speaks it, where it was offered as such."""
    return Do(
        "held",
        perform=lambda world: world.hold(ward, starts_at, speaks),
        result=bool,
        about=f"{ward} {starts_at} {speaks}".strip(),
        results=(True, False),
    )


ANEW: Do[bool] = Do(
    "number_anew", perform=lambda world: world.number_anew(), result=bool, results=(False, True)
)


def book(wished: CallbackWish) -> Do[Facts | None]:
    """Book once; None when somebody took the time first."""
    return Do(
        "booked_call",
        perform=lambda world: world.book(wished),
        result=callback.known,
        final=True,
        results=(_BOOKED, None, {"refused": "said_no"}),
    )


@dataclass(frozen=True, slots=True)
class _Hour:
    """The hour she chose of an offer; `looked` is what else to look at again when somebody was faster.

    It is the hour of somebody who speaks the language `by`, where that is not "".
    """

    starts_at: str
    offer: Offer[Facts]
    looked: tuple[Step, ...]
    by: str


def _hour(ask: Ask, ward: str) -> _Hour | None:
    """Ask when to call her, and in which language if she likes; None where nobody has free time.

    A time she named when she asked for the call is looked at first.
    """
    speaks = wish(ask)
    near = speaker_near(ward, speaks)
    by = speaks if speaks and ask(near) else ""
    slot = slot_in(ward, speaks, bool(by))
    wanted = ask(SAID_TIME)
    if wanted is None:
        chosen = _offered(ask, slot, speaks, by)
        if chosen != OTHER_TIME:
            return _Hour(chosen, slot, (near,), by) if chosen else None
        wanted = ask(CALL_TIME)
    return _within(ask, ward, wanted, slot, near=near, by=by)


def _offered(ask: Ask, slot: Offer[Facts], speaks: str, by: str) -> str:
    """Return the time she chooses of those offered, OTHER_TIME for another, "" where nobody has free time."""
    chosen = ask(slot, speaks=speaks, spoken=bool(by))
    if chosen is None:
        return ""
    if chosen["starts_at"] == ANOTHER:
        ask(which_of(chosen["languages"].split()))
    if chosen["starts_at"] in (ANOTHER, ANY):
        raise AskAgain(slot, forget=(HEARD,))
    return str(chosen["starts_at"])


def _within(ask: Ask, ward: str, wanted: When, slot: Offer[Facts], *, near: Step, by: str) -> _Hour:
    """Ask which of the free hours within the time she `wanted`."""
    then = speaker_then(ward, by, wanted)
    able = by if by and ask(then) else ""
    wished = slot_wished(ward, wanted, able, back=by != able)
    chosen = ask(wished, speaks=by, spoken=bool(able))
    if chosen is None:
        raise nobody_then(ask, ward, wanted)
    if chosen["starts_at"] == BACK:
        raise AskAgain(slot, forget=(near, CALL_TIME, then, wished))
    return _Hour(chosen["starts_at"], wished, (near, then), able)


def booking(ask: Ask, case: Case, *, quote_code: str | None = None, other_number: bool = False) -> Outcome:
    """Book a call she asked for. Decree 91/2020/NĐ-CP art. 13; Law 91/2025/QH15 (explicit consent).

    The number she left last is used again, unless it was wrong; with `other_number` she has just said hers.
    """
    call = ask(callback.FOUND)
    if call and not call["over"]:
        return callback.my_call(ask, case)
    if not other_number and ask(ANEW):
        raise AskAgain(PHONE, forget=(ANEW,))
    ward = ward_of(ask, case)
    hour = _hour(ask, ward)
    if hour is None:
        return NobodyNear(ward)
    holding = hold(ward, hour.starts_at, hour.by)
    if not ask(holding):
        raise AskAgain(hour.offer, Unclear("slot_taken"), forget=(holding, *hour.looked))
    name = ask(NAME)
    number = ask(PHONE, now="")
    if ask(CONSENT, phone=display(number), **CONSENT_WORDS) == "decline":
        return NotCalled()
    speaks = wish(ask)
    note = {SPEAKS: speaks} if speaks else {}
    doing = book(CallbackWish(ward, hour.starts_at, name, number, quote_code, CONSENT_VERSION, note))
    done = ask(doing)
    if done is None:
        raise AskAgain(hour.offer, Unclear("slot_taken"), forget=(holding, doing, *hour.looked))
    if "refused" in done:
        return SaidNo(display(number))
    told = ("starts_at", "ends_at", "call_code", "collector", "speaks", "spoken")
    return Booked(quote_code=quote_code, **{name: done[name] for name in told})
