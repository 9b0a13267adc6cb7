"""The collector's desk: what waits for him, what he does with it, by a tap or a digit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import ClassVar

from handlers.desk_more import MORE, WHAT_ELSE, more, way_in
from handlers.desk_words import (
    BEYOND,
    LOOK,
    NAMED,
    NO_CALL_MORE,
    SHOW,
    of_card,
    plain,
    read_job,
    said_in,
    spelled,
)
from handlers.dialogue import Dialogue
from handlers.flow import Ask, AskAgain, Case, Conversation, Do, Facts, Offer, Outcome, Question
from handlers.leads import DONE, GIVES_AWAY, OUTCOMES, REFUSALS, UNDO_WITHIN, Move
from handlers.messages import Incoming, Kind
from handlers.ports import World
from handlers.reading import Candidate, Unclear
from handlers.reading.choices import choose
from handlers.reading.fold import fold
from handlers.reading.groups import METHODS
from handlers.reading.unclear import Fact
from handlers.state import Notice, Put, State
from handlers.undoing import undo_in

WHICH_CARD = "which_card"  # why he is asked again, who named a deed that several cards wait for
_OF_QUOTE = re.compile(r"\b(?:phieu|quote|quoted)\b")
BACK = "lùi"  # the command that takes back the last answer


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to do: an action on a lead."""

    action: str
    lead: int


@dataclass(frozen=True, slots=True)
class DeskClosed(Outcome):
    """This chat belongs to no collector who works now."""

    then: ClassVar[tuple[str, ...]] = ()


_CARD: Mapping[str, Fact] = MappingProxyType(
    {
        "lead": 1482,
        "citizen": "chị Lành",
        "ward": "06187",
        "starts_at": "2026-11-26T11:00+07:00",
        "ends_at": "2026-11-26T12:00+07:00",
        "quote_code": "LS-7K2P",
        "to_pay": 198_000,
        "changes_in": "2027-01",
        "to_pay_then": 290_400,
        "pension": 1_012_000,
        "pension_from": "2043-06",
    }
)


_CALLED: Mapping[str, Fact] = {
    **_CARD,
    "phone": "0912 345 678",
    "call_code": "0417",
    "speaks": "tay",
    "opens_at": "2026-11-26T10:30+07:00",
    "tries": 1,
    "left": 2,
    "again": "2026-11-26T11:40+07:00",
    "called_on": "2026-12-03",
}


def _example(action: str) -> Candidate:
    """A choice on an imagined card, for the explorer."""
    return Candidate(f"{action}-1482", {**_CARD, "action": action, "last_card": 0})


JOBS: Offer[Job] = Offer(
    "desk",
    fetch=lambda world: world.desk(),
    value=lambda facts: Job(str(facts["action"]), int(facts["lead"])),
    live=True,
    read=read_job,
    examples=(
        (Candidate(f"{LOOK}-0", {"action": LOOK, "lead": 0, "last_card": 0}),),
        (Candidate(f"{MORE}-0", {"action": MORE, "lead": 0, "last_card": 0}),),
        *((_example(move),) for move in DONE),
        (),
    ),
)


_HOUR = {"starts_at": "2026-11-27T09:00+07:00", "ends_at": "2026-11-27T10:00+07:00"}
_FOLLOW_UP = choose(
    {
        "in_3_days": ("3 ngày", "ba ngày", "3 days"),
        "in_a_week": ("1 tuần", "tuần sau", "một tuần", "7 ngày", "a week", "next week"),
        "in_a_month": ("1 tháng", "tháng sau", "một tháng", "a month", "next month"),
        "no_more": ("không gọi nữa", "không gọi lại nữa", "không cần gọi", "đừng gọi", "no more"),
    }
)
_NO = ("khong", "thoi", "thoi khong", "khong can", "khoi", "no")


def read_follow_up(text: str, on: date) -> str:
    """Read when to call again; "không" is no more calls only where nothing else is said.

    Raises Unclear of another outcome ("không nghe máy"): that is no answer to this.
    """
    if plain(text) in _NO:
        return "no_more"
    if NO_CALL_MORE.search(spelled(text)):
        raise Unclear("unknown_choice")
    return _FOLLOW_UP(text, on)


FOLLOW_UP = Question(
    "follow_up",
    read=read_follow_up,
    choices=("in_3_days", "in_a_week", "in_a_month", "no_more"),
)
WHY_NOT = Question(
    "why_not",
    read=choose(
        {
            "busy": ("bận", "bận rồi", "bận giờ đó", "bận việc", "busy"),
            "far": ("xa", "xa quá", "ở xa", "ngoài địa bàn", "far", "too far"),
            "full": ("nhiều lịch quá", "nhiều quá", "hết sức", "too many"),
            "unsaid": ("bỏ qua", "khác", "thôi", "không", "skip"),
        }
    ),
    choices=("busy", "far", "full", "unsaid"),
)
DAYS_UNTIL: Mapping[str, int] = MappingProxyType({"in_3_days": 3, "in_a_week": 7, "in_a_month": 30})
"""Choice of when to call again → days from today."""


def other_hour(lead: int) -> Offer[Facts]:
    """His own free hours, to move a call to."""
    return Offer(
        "other_hour",
        fetch=lambda world: world.my_hours(),
        value=lambda facts: {"starts_at": str(facts["starts_at"])},
        about=str(lead),
        examples=((Candidate(_HOUR["starts_at"], _HOUR),), ()),
    )


_METHOD = choose(
    {method: [form for form in forms if form not in ("tháng", "năm")] for method, forms in METHODS.items()}
)


def read_method(text: str, options: Sequence[Candidate], on: date) -> str | None:
    """Read a method of payment in people's words ("hàng tháng"); None leaves it to the menu.

    A bare "tháng" is none of them: "2 tháng" is not monthly. What names the quote is the menu's.
    """
    del options
    if _OF_QUOTE.search(fold(text)):
        return None
    try:
        return _METHOD(text, on)
    except Unclear:
        return None


def joined_with(lead: int) -> Offer[Facts]:
    """How she pays: as her quote says, or by another method."""
    return Offer(
        "joined_with",
        fetch=lambda world: world.terms(lead),
        value=lambda facts: {"method": str(facts["method"]), "amount": facts["amount"]},
        about=str(lead),
        read=read_method,
        examples=(
            (
                Candidate("quoted", {"method": "monthly", "amount": 198_000}),
                *(Candidate(method, {"method": method, "amount": None}) for method in METHODS),
            ),
        ),
    )


def settle(job: Job, terms: Facts) -> Do[Facts]:
    """Do it; the result is a code with what the sentence for it needs."""
    return Do(
        "settled",
        perform=lambda world: world.settle(job.action, job.lead, terms),
        result=dict,
        about=f"{job.action}-{job.lead}",
        results=tuple(
            {**_CALLED, "holder": "Cô Lan", "other": 1479, "result": code}
            for code in (*DONE.values(), *REFUSALS)
        ),
    )


def explain(lead: int, why: str) -> Do[None]:
    """Keep why he gave a lead away."""
    return Do(
        "why_kept",
        perform=lambda world: world.explain(lead, why),
        result=lambda _: None,
        about=f"{lead} {why}",
        results=(None,),
    )


def desk(ask: Ask, case: Case) -> Outcome:
    """Offer what waits, do what he chose, say what came of it, and offer again."""
    job = ask(JOBS)
    if job is None:
        return DeskClosed()
    if job.action == MORE:
        return more(ask, case, JOBS)
    if job.action == LOOK:
        raise AskAgain(JOBS)
    second = _second_tap(job)
    terms: Facts | None = {}
    if isinstance(second, Question):
        terms = {"follow_up": ask(second, lead=job.lead)}
    elif second is not None:
        terms = ask(second, lead=job.lead)
    if terms is None:
        raise AskAgain(JOBS, Unclear("no_hours"))
    doing = settle(job, terms)
    done = ask(doing)
    facts = {name: value for name, value in done.items() if name != "result"}
    forget = (doing, second) if second is not None else (doing,)
    if done["result"] in map(DONE.get, GIVES_AWAY):  # it is done already: she does not wait for his reason
        keeping = explain(job.lead, ask(WHY_NOT, lead=job.lead))
        ask(keeping)
        forget = (*forget, WHY_NOT, keeping)
    raise AskAgain(JOBS, Unclear(str(done["result"]), facts=facts), forget=forget)


def _second_tap(job: Job) -> Offer[Facts] | Question[str] | None:
    """What must be known besides which lead."""
    if job.action == Move.LATER:
        return other_hour(job.lead)
    if job.action == Move.JOINED:
        return joined_with(job.lead)
    return FOLLOW_UP if job.action == Move.STILL_THINKING else None


COLLECTOR = Conversation("desk", desk)


class Desk(Dialogue):
    """Turns of a collector. The buttons of a card name the lead they act on, so they never go stale."""

    async def _take(
        self, state: State, incoming: Incoming, notices: list[Notice], world: World
    ) -> Unclear | None:
        """Take words that take back what came of a call: at the menu, or of the lead they name.

        In the middle of something else they take back what was chosen there: nothing is done yet, but where
        he is asked why he gave a lead away.
        """
        lead = undo_in(incoming.text)
        if lead is None:
            return await super()._take(state, incoming, notices, world)
        if not lead and state.answers and not _given_away(state):
            return await super()._take(state, replace(incoming, text=BACK), notices, world)
        state.aside, state.told = "", ""
        state.answers = {JOBS.key: _chosen(Move.UNDO, lead)}
        return None

    async def hear(self, state: State, incoming: Incoming, today: date, world: World) -> Put | None:
        """Take a tap on a card as words; the second of a double tap changes nothing and adds nothing."""
        if incoming.kind is Kind.CHOICE and (tapped := NAMED.fullmatch(incoming.text)) and tapped[2] != "0":
            if incoming.text == state.last and tapped[1] != Move.CALL:
                return None
            incoming = replace(incoming, kind=Kind.TEXT, turn=None)
            state.answers.clear()  # a tap on a card leaves what was being asked about another
        elif incoming.kind is Kind.TEXT:
            incoming = self._typed(state, incoming, today)
        put = await super().hear(state, incoming, today, world)
        state.offered.pop(JOBS.key, None)  # it names people, and is fetched again before it is needed
        if isinstance(chosen := state.answers.get(JOBS.key), dict):
            chosen["facts"] = {name: chosen["facts"][name] for name in ("action", "lead")}
        if put is None or put.key != JOBS.key:
            return put
        state.answers.clear()
        put = _on_desk(put, incoming.text)
        if put.error and put.error.code == WHICH_CARD:
            state.misses = 0  # he was understood
        return put

    def _typed(self, state: State, incoming: Incoming, today: date) -> Incoming:
        """Take words that name a card, a deed of his, or a way past the menu, as a tap that means it.

        A card that is named leaves what was being asked about another; a deed alone is only read at the menu,
        and another outcome also where one is asked about: nothing is written down yet.
        """
        said, at_menu = said_in(incoming.text), not state.answers
        if said and (said.lead and (said.move or said.marked or at_menu)):
            state.answers, state.aside = {}, ""
            return replace(incoming, text=f"{said.move or SHOW}-{said.lead}")
        if said and said.move and at_menu:
            return replace(incoming, text=f"{said.move}-0")
        if said and said.move in OUTCOMES and (lead := _outcome_asked(state)):
            state.answers, state.aside = {}, ""
            return replace(incoming, text=f"{said.move}-{lead}")
        if found := way_in(incoming.text):
            state.answers, state.aside, state.started_on = self._past_menu(found.answered), "", today
            return replace(incoming, text=found.left)
        return incoming

    @staticmethod
    def _past_menu(answered: str) -> dict[str, object]:
        """Answers that stand at the menu beside his leads, or past it."""
        at_menu: dict[str, object] = {JOBS.key: _chosen(MORE, 0)}
        return at_menu | ({WHAT_ELSE.key: answered} if answered else {})


def _chosen(action: str, lead: int) -> dict[str, object]:
    """A choice of the desk as it is kept once it was made."""
    return {"id": f"{action}-{lead}", "facts": {"action": action, "lead": lead}, "about": JOBS.about}


def _on_desk(put: Put, said: str) -> Put:
    """Put the menu as he asked for it: all that waits, the card he named, or the cards his words may mean."""
    action, lead = found.groups() if (found := NAMED.fullmatch(said)) else ("", "0")
    shown = tuple(one for one in put.choices if BEYOND not in one.facts)
    if put.error and put.error.code == DONE[Move.UNDO]:  # he is to choose again, and a digit is of that card
        action, lead = SHOW, str(put.error.facts["lead"])
    error, meant = put.error, tuple(one for one in shown if one.facts.get("action") == action)
    if action == SHOW and any(of_card(one, int(lead)) for one in put.choices):
        others = tuple(one for one in shown if one.facts.get("action") in (LOOK, MORE))
        shown = (*(one for one in put.choices if of_card(one, int(lead))), *others)
    elif error and error.code == "not_offered" and lead == "0" and len(meant) > 1:
        error, shown = Unclear(WHICH_CARD), meant
    undo = [one.facts["lead"] for one in shown if one.facts.get("action") == Move.UNDO]
    narrowed = error is not None and error.code == WHICH_CARD  # then a card's own numbers are not shown
    facts = {"cards": _cards(shown), "narrowed": narrowed, "undo": undo}
    words = {**put.words, **facts, "minutes": UNDO_WITHIN.seconds // 60}
    return replace(put, choices=shown, words=words, error=error)


def _given_away(state: State) -> bool:
    """Tell whether he is asked why he gave a lead away: that is done."""
    chosen = state.answers.get(JOBS.key)
    return isinstance(chosen, dict) and chosen["facts"]["action"] in GIVES_AWAY


def _outcome_asked(state: State) -> int:
    """Return the lead whose outcome he has named and is asked more about; 0 where there is none."""
    chosen = state.answers.get(JOBS.key)
    asked = isinstance(chosen, dict) and chosen["facts"]["action"] in (Move.JOINED, Move.STILL_THINKING)
    return int(chosen["facts"]["lead"]) if isinstance(chosen, dict) and asked else 0


def _cards(choices: Sequence[Candidate]) -> list[Facts]:
    """The cards the choices are about, each once, in their order."""
    cards = {choice.facts["lead"]: choice.facts for choice in choices if "citizen" in choice.facts}
    return list(cards.values())
