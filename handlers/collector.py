"""The collector's desk: what waits for him, what he does with it, by a tap or a digit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import ClassVar

from handlers.desk_more import MORE, WHAT_ELSE, more, way_in
from handlers.dialogue import Dialogue
from handlers.flow import Ask, AskAgain, Case, Conversation, Do, Facts, Offer, Outcome, Question
from handlers.leads import DONE, GIVES_AWAY, REFUSALS, UNDO_WITHIN, Move
from handlers.messages import Incoming, Kind
from handlers.ports import World
from handlers.reading import Candidate, Unclear
from handlers.reading.choices import choose
from handlers.reading.fold import fold
from handlers.reading.groups import METHODS
from handlers.reading.unclear import Fact
from handlers.state import Notice, Put, State
from handlers.undoing import undo_in

BEYOND = "beyond"  # the fact of a choice that is not shown, and may be named
BACK = "lùi"  # the command that takes back the last answer
LOOK = "look"  # the choice that is always there: see what waits now
_LOOK_WORDS = frozenset(
    (
        "chao",
        "xin chao",
        "chao em",
        "alo",
        "hi",
        "hello",
        "xem",
        "xem lich",
        "lich",
        "viec",
        "co gi moi",
        "desk",
    )
)
_ACCEPTING = re.compile(
    r"(?:(?:da|vang|ok|oke|u) )*(?:(?:em|anh|chi|co|chu|toi|minh|tui) )?(?:xin )?nhan"
    r"(?: (?:a|nhe|nha|lich|viec|luon|roi|em|ngay|duoc|the|nay|di))*|(?:i )?accept(?: it)?"
)
_CALLING_WORDS = frozenset(("dang goi", "goi day", "em dang goi", "calling"))
_NO_SUCH = "none"  # no option has this id
_NAMED = re.compile(r"[a-z_]+-[1-9]\d{0,17}")
_CARD_AND_NUMBER = re.compile(r"#?\s*(\d{1,18})\s*[\s.,:/-]\s*(\d{1,2})[.)]?", re.ASCII)
_NUMBER = re.compile(r"(\d{1,2})[.)]?", re.ASCII)
_CARD_ALONE = re.compile(r"#\s*\d{1,18}|\d{3,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to do: an action on a lead."""

    action: str
    lead: int


@dataclass(frozen=True, slots=True)
class DeskClosed(Outcome):
    """This chat belongs to no collector who works now."""

    then: ClassVar[tuple[str, ...]] = ()


def read_job(text: str, options: Sequence[Candidate], on: date) -> str | None:
    """Read which option words mean, where the engine's menu would not know; None leaves it to the menu.

    "1482 2" is the second choice of card 1482. A bare digit belongs to the last card sent, if the menu was
    not shown since; when that card is gone the digit means nothing.
    """
    del on
    words = fold(text).strip()
    if words in _LOOK_WORDS:
        words = f"{LOOK}-0"
    if words in _CALLING_WORDS:
        words = next((option.raw for option in options if option.raw.startswith(f"{Move.CALL}-")), _NO_SUCH)
    if _ACCEPTING.fullmatch(words.strip(" .!,")):
        words = _newest_to_accept(options)
    if any(words == option.raw for option in options):
        return words
    if both := _CARD_AND_NUMBER.fullmatch(words):
        return _nth(int(both[2]), int(both[1]), options)
    last_card = int(options[0].facts.get("last_card") or 0) if options else 0
    if (number := _NUMBER.fullmatch(words)) and last_card:
        return _nth(int(number[1]), last_card, options)
    return _NO_SUCH if _CARD_ALONE.fullmatch(words) or _NAMED.fullmatch(words) else None


def _newest_to_accept(options: Sequence[Candidate]) -> str:
    """The choice that accepts the card he was sent last, else the first that waits for a yes."""
    last_card = options[0].facts.get("last_card") if options else None
    named = [one.raw for one in options if one.facts.get("action") == Move.ACCEPT and BEYOND not in one.facts]
    last = f"{Move.ACCEPT}-{last_card}"
    return last if last in named else next(iter(named), _NO_SUCH)


def _nth(number: int, lead: int, options: Sequence[Candidate]) -> str:
    """The nth choice of a card, counted as the card itself counts them: to take back is none of them."""
    of_card = [
        option.raw
        for option in options
        if option.facts.get("lead") == lead and option.facts.get("action") != Move.UNDO
    ]
    return of_card[number - 1] if 1 <= number <= len(of_card) else _NO_SUCH


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
FOLLOW_UP = Question(
    "follow_up",
    read=choose(
        {
            "in_3_days": ("3 ngày", "ba ngày", "3 days"),
            "in_a_week": ("1 tuần", "tuần sau", "một tuần", "7 ngày", "a week", "next week"),
            "in_a_month": ("1 tháng", "tháng sau", "một tháng", "a month", "next month"),
            "no_more": ("không gọi nữa", "thôi", "không", "no"),
        }
    ),
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


def joined_with(lead: int) -> Offer[Facts]:
    """How she pays: as her quote says, or by another method."""
    return Offer(
        "joined_with",
        fetch=lambda world: world.terms(lead),
        value=lambda facts: {"method": str(facts["method"]), "amount": facts["amount"]},
        about=str(lead),
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
        if incoming.kind is Kind.CHOICE and _NAMED.fullmatch(incoming.text):
            if incoming.text == state.last and incoming.text.partition("-")[0] != Move.CALL:
                return None
            incoming = replace(incoming, kind=Kind.TEXT, turn=None)
            state.answers.clear()  # a tap on a card leaves what was being asked about another
        elif incoming.kind is Kind.TEXT and (found := way_in(incoming.text)):
            state.answers, state.aside, state.started_on = self._past_menu(found.answered), "", today
            incoming = replace(incoming, text=found.left)
        put = await super().hear(state, incoming, today, world)
        state.offered.pop(JOBS.key, None)  # it names people, and is fetched again before it is needed
        if isinstance(chosen := state.answers.get(JOBS.key), dict):
            chosen["facts"] = {name: chosen["facts"][name] for name in ("action", "lead")}
        if put is None or put.key != JOBS.key:
            return put
        state.answers.clear()
        shown = tuple(one for one in put.choices if BEYOND not in one.facts)
        undo = [one.facts["lead"] for one in shown if one.facts.get("action") == Move.UNDO]
        words = {**put.words, "cards": _cards(shown), "undo": undo, "minutes": UNDO_WITHIN.seconds // 60}
        return replace(put, choices=shown, words=words)

    @staticmethod
    def _past_menu(answered: str) -> dict[str, object]:
        """Answers that stand at the menu beside his leads, or past it."""
        at_menu: dict[str, object] = {JOBS.key: _chosen(MORE, 0)}
        return at_menu | ({WHAT_ELSE.key: answered} if answered else {})


def _chosen(action: str, lead: int) -> dict[str, object]:
    """A choice of the desk as it is kept once it was made."""
    return {"id": f"{action}-{lead}", "facts": {"action": action, "lead": lead}, "about": JOBS.about}


def _given_away(state: State) -> bool:
    """Tell whether he is asked why he gave a lead away: that is done."""
    chosen = state.answers.get(JOBS.key)
    return isinstance(chosen, dict) and chosen["facts"]["action"] in GIVES_AWAY


def _cards(choices: Sequence[Candidate]) -> list[Facts]:
    """The cards the choices are about, each once, in their order."""
    cards = {choice.facts["lead"]: choice.facts for choice in choices if "citizen" in choice.facts}
    return list(cards.values())
