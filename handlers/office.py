"""The office's chat: what nobody could take, given to a collector, called by the officer, or closed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from handlers.collector import FOLLOW_UP, joined_with
from handlers.desk_words import plain
from handlers.dialogue import Dialogue
from handlers.flow import Ask, AskAgain, Case, Conversation, Do, Facts, Offer, Outcome, Question
from handlers.leads import Move
from handlers.messages import Incoming, Kind
from handlers.ports import World
from handlers.reading import Candidate, Unclear
from handlers.reading.choices import choose
from handlers.reading.fold import fold
from handlers.state import Put, State

LOOK = "0"  # the choice that is always there: see what waits now
RESULTS = ("given", "no_free_hour", "mine", "joined", "thinking", "not_interested", "closed", "gone")
"""What comes of what an officer does; `gone`: the lead is with the office no more."""

_LOOK_WORDS = frozenset(
    ("xem", "chao", "xin chao", "alo", "hi", "hello", "co gi moi", "viec", "look", "menu")
)
_NAMED = re.compile(r"#\s*0*([1-9]\d{0,17})(?!\d)", re.ASCII)
_LEAD: Facts = {
    "lead": 1482,
    "ward": "06187",
    "starts_at": "2026-11-26T11:00+07:00",
    "why": "nobody_free",
    "overdue": True,
    "taken_by": "",
}


@dataclass(frozen=True, slots=True)
class OfficeClosed(Outcome):
    """This chat is no officer's any more."""

    then: ClassVar[tuple[str, ...]] = ()


def read_look(text: str, options: Sequence[Candidate], on: date) -> str | None:
    """Read "xem"; None leaves it to the menu's own numbers. A lead by its number is Office's."""
    del options, on
    return LOOK if fold(text).strip(" .!?") in _LOOK_WORDS else None


WAITING: Offer[int] = Offer(
    "office",
    fetch=lambda world: world.with_office(),
    value=lambda facts: int(facts["lead"]),
    live=True,
    read=read_look,
    examples=(
        (Candidate("1482", {**_LEAD}), Candidate(LOOK, {"lead": 0})),
        (Candidate(LOOK, {"lead": 0}),),
        (),
    ),
)

WHAT_TO_DO = Question(
    "office_do",
    read=choose(
        {
            "give": ("giao", "giao cho", "give"),
            "take": ("gọi", "tự gọi", "tôi gọi", "nhận", "call", "take"),
            "close": ("đóng", "kết quả", "ghi kết quả", "close", "outcome"),
            "leave": ("để đó", "thôi", "quay lại", "leave"),
        }
    ),
    choices=("give", "take", "close", "leave"),
)


_OUTCOMES: Mapping[str, Sequence[str]] = {
    Move.JOINED: ("tham gia", "đồng ý", "joined"),
    Move.STILL_THINKING: ("suy nghĩ", "còn suy nghĩ", "gọi lại sau", "thinking"),
    Move.NOT_INTERESTED: ("không tham gia", "từ chối", "not interested"),
    Move.GIVE_UP: ("không liên lạc được", "không gặp", "không gặp được", "unreachable"),
}
_OUTCOME = {fold(form): move for move, forms in _OUTCOMES.items() for form in forms}
OUTCOME = Question(
    "office_outcome",
    read=choose(_OUTCOMES),
    choices=(Move.JOINED, Move.STILL_THINKING, Move.NOT_INTERESTED, Move.GIVE_UP),
)


def to_whom(lead: int) -> Offer[str]:
    """Who may be given a lead, who is next in turn first."""
    him = {"code": "LS0001", "name": "Hoàng Thị Hương", "organisation": "Bưu điện"}
    return Offer(
        "office_whom",
        fetch=lambda world: world.takers(lead),
        value=lambda facts: str(facts["code"]),
        about=str(lead),
        live=True,
        examples=((Candidate("LS0001", him),), ()),
    )


def act(what: str, lead: int, terms: Facts) -> Do[Facts]:
    """Do it; the result is a code with what the sentence for it needs."""
    example = {**_LEAD, "code": "LS0001", "name": "Hương", "citizen": "chị Lành", "phone": "0912 345 678"}
    example["called_on"] = "2026-12-03"
    return Do(
        "office_done",
        perform=lambda world: world.office_act(what, lead, terms),
        result=dict,
        about=f"{what} {lead} {' '.join(map(str, terms.values()))}",
        results=tuple({**example, "result": result} for result in RESULTS),
    )


def office(ask: Ask, case: Case) -> Outcome:
    """Show what waits, ask what is to be done with one, do it, and show again."""
    del case
    lead = ask(WAITING)
    if lead is None:
        return OfficeClosed()
    if lead == int(LOOK):
        raise AskAgain(WAITING)
    what, whom, paying = ask(WHAT_TO_DO, lead=lead), to_whom(lead), joined_with(lead)
    if what == "leave":
        raise AskAgain(WAITING, forget=(WHAT_TO_DO,))
    terms: Facts = {}
    if what == "give":
        code = ask(whom, lead=lead)
        if code is None:
            raise AskAgain(WAITING, Unclear("nobody_near", facts={"lead": lead}), forget=(WHAT_TO_DO, whom))
        terms = {"code": code}
    elif what == "close":
        what = ask(OUTCOME, lead=lead)
        if what == Move.JOINED:
            terms = ask(paying, lead=lead) or {}
        elif what == Move.STILL_THINKING:
            terms = {"follow_up": ask(FOLLOW_UP, lead=lead)}
    doing = act(what, lead, terms)
    done = ask(doing)
    facts = {name: value for name, value in done.items() if name != "result"}
    raise AskAgain(
        WAITING,
        Unclear(str(done["result"]), facts=facts),
        forget=(WHAT_TO_DO, whom, OUTCOME, paying, FOLLOW_UP, doing),
    )


OFFICE = Conversation("office", office)


class Office(Dialogue):
    """Turns of an officer. A lead's number is that lead wherever it is typed, never a number of a menu."""

    async def hear(self, state: State, incoming: Incoming, today: date, world: World) -> Put | None:
        """Take the number of a lead ("#1482"), and an outcome typed where another is asked about, as taps."""
        if incoming.kind is Kind.TEXT:
            named = set(_NAMED.findall(fold(incoming.text)))
            if len(named) == 1:  # whatever else is said with it is asked about that lead
                state.answers, state.aside = {}, ""
                incoming = _tapped(state, incoming, named.pop())
            elif OUTCOME.key in state.answers and (move := _OUTCOME.get(plain(incoming.text))):
                del state.answers[OUTCOME.key]  # nothing is written down yet
                incoming = _tapped(state, incoming, move)
        return await super().hear(state, incoming, today, world)


def _tapped(state: State, incoming: Incoming, choice: str) -> Incoming:
    """Words as a tap on a choice, with it alone to tap on: no number of the menu is meant."""
    state.shown = [[choice, choice]]
    return replace(incoming, text=choice)
