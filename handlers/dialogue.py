"""One turn of a conversation: hear what came, keep it, find the next thing to put."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from calculators.law import Law
from calculators.territory import Territory
from handlers import rating
from handlers.address import heard
from handlers.answering import (
    agrees_or_not,
    commanded,
    named,
    offered,
    the_one_shown,
    words_of,
    would_answer,
)
from handlers.asides import ASIDES, Aside
from handlers.commands import COMMANDS
from handlers.corrections import correction, corrects
from handlers.flow import (
    IN_OFFER,
    AskAgain,
    Case,
    Conversation,
    Do,
    Facts,
    Offer,
    Outcome,
    Pending,
    Question,
    Step,
)
from handlers.flow import run as run_talk
from handlers.linking import link_code_in, new_link
from handlers.manners import legible, unread
from handlers.messages import Hint, Incoming, Kind
from handlers.ports import SPEAKS, World
from handlers.putting import PATIENCE, ended, own, question
from handlers.questions import WHICH, Questions
from handlers.reading import Candidate, Unclear
from handlers.reading.fold import clean
from handlers.reasons import NOTHING_TO_EXPLAIN, latest, reasons_in
from handlers.spotting import is_short, other_way, say_on, settle_spotted, spotted, take_spotted
from handlers.standing import answered, forget_for, go, is_final, resume, run_on, waiting
from handlers.state import EVERYTHING, STILL_UNCLEAR, Notice, Put, State

OF_A_CALL = ("slot", "call_time", "phone", SPEAKS)  # what can be changed of a call that was booked
HEARD_LIMIT = 1_000  # characters of one message that are read; longer ones are asked to be shorter
_Notices = list[Notice]
_Stood = tuple[str, dict[str, Any]] | None


class Dialogue:
    """Turns of one role's conversation: citizens have one, collectors another. Built once."""

    def __init__(
        self,
        conversation: Conversation,
        *,
        law: Law,
        territory: Territory,
        home: str = "20",
        asides: Sequence[Aside] = ASIDES,
        questions: Questions | None = None,
    ) -> None:
        """`law`, `territory` and the code of the `home` province are what every run is given.

        `questions` are answered in the middle of anything, where they are given.
        """
        self.conversation, self._law, self._asides = conversation, law, asides
        self.questions = questions
        self._case = lru_cache(maxsize=64)(lambda on: Case(on, law, territory, home))

    async def hear(self, state: State, incoming: Incoming, today: date, world: World) -> Put | None:
        """Take one event into `state` and return what to put; None when there is nothing to add."""
        notices = self._wake(state, today)
        stood = None if notices else (state.finished, dict(state.answers))
        error: Unclear | None = None
        if incoming.kind is Kind.MEDIA:
            incoming, told = legible(incoming, state)
            notices += told
        if self.conversation.rates and (reply := await self._replied(state, incoming, world)):
            notices.append(reply)
        elif incoming.kind is Kind.CHOICE and incoming.turn not in (None, state.turn):
            if incoming.turn == state.turn - 1 and incoming.text == state.last:
                return None  # the second of a double tap: its answer is already on the screen
            notices.append(Notice("stale"))
        elif incoming.kind is Kind.START:
            self._arrive(state, incoming.text, notices)
        elif incoming.kind in (Kind.MEDIA, Kind.UNSUPPORTED):
            notices.append(unread(incoming.text))
        elif len(incoming.text) > HEARD_LIMIT:
            notices.append(Notice("too_long"))
        else:
            state.address = heard(incoming.text) or state.address
            error = await self._take(state, incoming, notices, world)
            if error and self.questions and self.questions.hinted(self, state, incoming, error):
                error = None
            words, case = clean(incoming.text), self.case(state)
            if error and (way := other_way(self.conversation, state, words, error, case)):
                go(self.conversation, state, self.case(state), way)
                error = None
            state.last = incoming.text
        state.misses = state.misses + 1 if error else 0
        notices += [Notice(STILL_UNCLEAR)] if state.misses == PATIENCE else []
        put = await self._next(state, error, notices, world, stood)
        state.turn += 1
        return put

    def case(self, state: State) -> Case:
        """What the conversation runs on: the law of the day it was begun."""
        return self._case(state.started_on)

    def _wake(self, state: State, today: date) -> _Notices:
        """Move a conversation to today's law when it may: at its beginning, or when the law changed."""
        notices: _Notices = []
        if state.heard_on != today.isoformat():
            state.heard_on, state.useless = today.isoformat(), {}
        if today == state.started_on:
            return notices
        change = self._law.next_change(after=state.started_on)
        changed = bool(state.answers) and change is not None and change <= today
        if changed or state.finished or not state.answers:
            state.started_on = today
        if changed:
            notices.append(Notice("law_changed"))
        return notices

    def _arrive(self, state: State, payload: str, notices: _Notices) -> None:
        """Open the chat: go where a link leads, go on where she left, or begin."""
        door = self.conversation.door
        if door and payload in door.choices:
            go(self.conversation, state, self.case(state), payload)
        elif state.finished or not state.answers:
            go(self.conversation, state, self.case(state), "")
        elif state.turn:
            notices.append(Notice("welcome_back"))

    async def _take(
        self, state: State, incoming: Incoming, notices: _Notices, world: World
    ) -> Unclear | None:
        """Take the person's words: a command, the answer of an aside, or an answer."""
        raw = clean(incoming.text)
        step = waiting(self.conversation, state, self.case(state))
        chosen = named(raw, state, step)
        if incoming.kind is Kind.CHOICE and chosen is None and raw not in COMMANDS:
            notices.append(Notice("stale"))
            return None
        asked = None if state.finished else step
        free = chosen is None and asked is not None and asked.free and not link_code_in(raw)
        stands = "" if state.finished else asked.key if asked else IN_OFFER
        beside = await self._beside(raw, state, world, stands) if chosen is None and not free else None
        if beside is not None:
            notices += beside
            return None
        command = commanded(raw, chosen, state)
        if command in ("why", "link"):
            notices.append(await (new_link(world) if command == "link" else self._why(state, world)))
            return None
        state.told = ""
        if command:
            return await self._obey(state, command, notices)
        if not free and (replies := await self._ask_back(state, raw, chosen, world, incoming.hint)):
            notices += replies
            state.told = replies[0].name
            return None
        if state.aside == "change" and chosen:
            state.answers.pop(chosen, None)
            state.aside = ""
            return None
        if state.aside == "spotted" and (
            (unclear := settle_spotted(self.conversation, state, chosen or raw)) is None or state.aside
        ):
            return unclear
        state.aside = ""
        door = self.conversation.door
        if state.finished:
            go(self.conversation, state, self.case(state), chosen if door and chosen else "")
            if chosen:
                return None
        return await self._answer(state, raw, chosen, notices, world)

    async def _ask_back(
        self, state: State, raw: str, chosen: str | None, world: World, hint: Hint | None
    ) -> list[Notice]:
        """What is replied to a question she asks instead of answering ours; nothing where it is none."""
        if self.questions is None:
            return []
        return await self.questions.take(self, state, raw, chosen, world, hint=hint)

    async def _beside(self, raw: str, state: State, world: World, stands: str) -> list[Notice] | None:
        """What is told of a correction, of a linking code, or by the first aside that knows the message.

        Nothing is told of a wish whose way she is taken to; None leaves the message to the conversation.
        """
        if (corrected := self._correct(raw, state)) is not None:
            return corrected
        if code := link_code_in(raw):
            return [Notice(await world.link(code))]
        for aside in self._asides:
            if (notice := await aside(raw, state, self.case(state), world)) is not None:
                return [notice]
        today = date.fromisoformat(state.heard_on)
        if self.conversation.meant and (meant := await self.conversation.meant(raw, today, world, stands)):
            return self._mean(state, raw, *meant)
        return None

    def _mean(self, state: State, raw: str, way: str, said: Mapping[str, str]) -> list[Notice]:
        """Take her where her words lead, "" for on from here, with what they `said`; spot the rest of it."""
        if way:
            go(self.conversation, state, self.case(state), way)
        state.answers |= said
        if self.conversation.door and way in ("", *self.conversation.anywhere):
            return take_spotted(self.conversation, state, raw, but=self.conversation.door, sure=True)
        return []

    async def _replied(self, state: State, incoming: Incoming, world: World) -> Notice | None:
        """What is told of a reply to the notice that asked how a call went; None where it is none."""
        return await rating.replied(state, incoming, world, lambda: self._pending(state, world))

    async def reads(self, state: State, raw: str, world: World) -> bool:
        """Tell whether the words would answer what waits for an answer, or hold any other answer."""
        if state.aside in ("spotted", "change") or spotted(self.conversation, state, raw).all:
            return True
        if agrees_or_not(raw, state):
            return True
        if state.finished and self.conversation.door:
            return would_answer(self.conversation.door, raw, state)
        pending = await self._pending(state, world)
        return isinstance(pending, Pending) and would_answer(pending.step, raw, state)

    async def _answer(
        self, state: State, raw: str, chosen: str | None, notices: _Notices, world: World
    ) -> Unclear | None:
        """Read the words as the answer of the step that waits for one; spot other answers in them."""
        pending = await self._pending(state, world)
        if not isinstance(pending, Pending):
            return None
        step = pending.step
        if isinstance(step, Offer):
            return self._choose(state, step, raw, chosen, notices)
        if not isinstance(step, Question):
            return None
        one = the_one_shown(state, step, raw) if not chosen else None
        if one and not one[1]:
            state.answers.pop(step.key, None)
            return None
        unclear: Unclear | None = None
        try:
            words = one[0] if one else chosen or raw
            value = step.read(words, state.day_of(step))
            state.answers[step.key] = step.keep(words, state.day_of(step)) if step.keep else words
            if step is self.conversation.door:
                forget_for(self.conversation, state, value)
                say_on(self.conversation, state, waiting(self.conversation, state, self.case(state)), raw)
        except Unclear as problem:
            unclear = problem
            if problem.candidates and not step.dated:
                state.answers[step.key] = raw
        if not chosen and not one and not step.free and (unclear or not is_short(raw)):
            notices += take_spotted(self.conversation, state, raw, but=step, sure=not unclear)
        asked_back = bool(unclear and unclear.candidates) and not step.dated
        if state.spotted or asked_back or (state.turn == 0 and step is self.conversation.door):
            return None  # said so by what is put next: the candidates, what was spotted, or a greeting
        return unclear

    def _choose(
        self, state: State, step: Offer[Any], raw: str, chosen: str | None, notices: _Notices
    ) -> Unclear | None:
        """Take one of the offered choices; spot other answers beside it, or instead of it."""
        option = offered(step, raw, state, chosen)
        if option:
            state.answers[step.key] = {"id": option.raw, "facts": dict(option.facts), "about": step.about}
            if not chosen:
                say_on(self.conversation, state, waiting(self.conversation, state, self.case(state)), raw)
        told = _Notices()
        if not chosen and not (option and is_short(raw)):
            notices += (told := take_spotted(self.conversation, state, raw, but=step, sure=True))
        return None if option or told or state.spotted else Unclear("not_offered")

    async def _obey(self, state: State, command: str, notices: _Notices) -> Unclear | None:
        """Do what a global word says; it never costs an answer."""
        state.aside = ""
        door = self.conversation.door
        if command in ("english", "vietnamese"):
            state.language = "en" if command == "english" else "vi"
        elif command in ("back", "change"):
            self._retreat(state, command, notices)
        elif command == "restart":
            state.answers, state.offered, state.parked, state.address = {}, {}, "", ""
            go(self.conversation, state, self.case(state), "")
        elif command == "resume":
            resume(self.conversation, state, self.case(state))
        else:
            go(self.conversation, state, self.case(state), command if door and command != "menu" else "")
        return None

    async def _why(self, state: State, world: World) -> Notice:
        """Explain the last figure she saw: in an answer beside the conversation, or in the conversation."""
        for aside in self._asides:
            said = await aside(state.last, state, self.case(state), world)
            if said and (found := reasons_in(said.facts)):
                return found.told(instead=False)
        if self.questions and (found := reasons_in(self.questions.reasons(state.told, self.case(state)))):
            return found.told(instead=False)
        told: list[Facts] = []
        shows = True  # an outcome, or a step that shows figures rather than asks something
        try:
            run_talk(self.conversation.talk, state.answers, self.case(state), told=told)
        except (Pending, AskAgain) as stop:
            shows = isinstance(stop.step, Question) and "why" in stop.step.also
        reasons, last = latest(told)
        return reasons.told(instead=last and shows) if reasons else NOTHING_TO_EXPLAIN

    def _correct(self, raw: str, state: State) -> list[Notice] | None:
        """Change earlier answers that a message corrects, and say which; None where it corrects none."""
        steps = self._answered(state) if corrects(raw) else []
        change = correction(raw, steps, state, self.conversation.unasked) if steps else {}
        if not change or (is_final(steps) and not change.keys().isdisjoint(OF_A_CALL)):
            return None
        if is_final(steps):
            return [Notice("cannot_undo")]
        for key, words in change.items():
            state.answers[key] = words
            if not words:
                del state.answers[key]
        told = tuple((key, words) for key, words in change.items() if words)
        return [Notice("corrected", {"changed": told})] if told else []

    def _retreat(self, state: State, command: str, notices: _Notices) -> None:
        """Drop the last answer, or ask which earlier one to change; a final effect stays."""
        steps = self._answered(state)
        if is_final(steps):
            notices.append(Notice("cannot_undo"))
            return
        keys = [step.key for step in steps if not isinstance(step, Do)]
        if command == "change" and any(key != self._door_key for key in keys):
            state.aside = "change"
        elif keys:
            state.finished = ""
            state.answers.pop(keys[-1], None)

    @property
    def _door_key(self) -> str:
        return self.conversation.door.key if self.conversation.door else ""

    def _answered(self, state: State) -> list[Step]:
        return answered(self.conversation, state, self.case(state))

    async def _pending(self, state: State, world: World) -> Pending | Outcome:
        return await run_on(self.conversation, state, self.case(state), world)

    async def _next(
        self, state: State, error: Unclear | None, notices: _Notices, world: World, stood: _Stood
    ) -> Put:
        """Find what to put, and remember nothing of it but whether the conversation ended, and its ways on.

        Where it had `stood` at an end and stands there still, something was only told: to run to that end
        again would do once more what it did, or ask anew what it drops.
        """
        if state.aside == "spotted":
            items = tuple(state.spotted.items())
            return own("confirm_spotted", items, ("yes", "no"), error, notices)
        if state.aside == "question" and self.questions:
            return Put("question", WHICH, {}, self.questions.choices(state), error, tuple(notices))
        if state.aside == "change":
            keys = [step.key for step in self._answered(state) if not isinstance(step, Do)]
            items = tuple((key, words_of(state.answers[key])) for key in keys if key != self._door_key)
            return own("which_answer", items, [key for key, _ in items], error, notices)
        if notices and state.ways and state.finished and stood == (state.finished, state.answers):
            return ended(state, notices)
        pending = await self._pending(state, world)
        if isinstance(pending, Outcome):
            again = bool(notices) and state.finished == pending.key
            state.finished = pending.key
            state.address = "" if pending.drops == EVERYTHING else state.address
            everything = [*state.answers, *state.offered]
            for key in everything if pending.drops == EVERYTHING else pending.drops:
                state.answers.pop(key, None)
                state.offered.pop(key, None)
            state.ways = [way for way in pending.then if way != "resume" or state.parked]
            choices = tuple(map(Candidate, state.ways))
            return Put("outcome", pending.key, pending.words(), choices, notices=tuple(notices), again=again)
        state.finished = ""
        return question(state, pending, error, notices)
