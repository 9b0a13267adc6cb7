"""Questions in the middle of anything: what a message asks, beside the question it was to answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from handlers.faq import Faq
from handlers.flow import Case, Conversation, Facts
from handlers.helping import spotted_by
from handlers.manners import is_greeting
from handlers.messages import Hint, Incoming
from handlers.ports import World
from handlers.reading import Candidate, Unclear
from handlers.reading.asking import Asking, asking
from handlers.reading.fold import clean
from handlers.reading.scrub import scrub
from handlers.state import Notice, State

WHICH = "which_question"  # the engine's question when several entries may be meant
NONE_OF_THESE = "none_of_these"
OUT_OF_SCOPE = "out_of_scope"  # the notice that offers a person instead of an answer
_OVER = 5  # words: a shorter question is left to the pending step where that can read it ("15 năm được chưa")
_FEWEST_TERMS = 2  # that say something: with fewer, an unknown question is only a greeting


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message asks: an entry for sure, one of several, or something nobody has written an answer to.

    `over` questions are answered even where the pending step could read the same words as its answer.
    """

    entries: tuple[str, ...]
    sure: bool = False
    over: bool = False


class Reading(Protocol):
    """What is needed of the dialogue."""

    conversation: Conversation

    def case(self, state: State) -> Case:
        """The day, the law and the place of the conversation."""
        ...

    async def reads(self, state: State, raw: str, world: World) -> bool:
        """Tell whether the words would answer what waits for an answer, or hold any other answer."""
        ...


class Questions:
    """The FAQ in conversations: decides by rule whether a message asks, and replies."""

    def __init__(self, faq: Faq) -> None:
        """Built once."""
        self.faq = faq

    def hear(self, raw: str, asks: Asking) -> Heard | None:
        """Return what a message asks, or None when it asks nothing: then it is left to the pending step."""
        if is_greeting(raw):
            return None
        telling = len(self.faq.terms.telling(raw))
        hits = self.faq.find(raw) if telling else []
        entries = tuple(hit.entry for hit in hits)
        if self.faq.sure(hits):
            return Heard(entries[:1], sure=True, over=asks > Asking.NO and len(raw.split()) >= _OVER)
        if telling < _FEWEST_TERMS:
            return None
        if entries:
            return Heard(entries) if asks else None
        return Heard(()) if asks is Asking.SURELY else None

    async def take(
        self,
        dialogue: Reading,
        state: State,
        raw: str,
        chosen: str | None,
        world: World,
        *,
        hint: Hint | None = None,
    ) -> list[Notice]:
        """Reply to a message that asks; nothing leaves it to the pending step.

        When several entries may be meant they are offered next (`state.aside`), and so is none of them.
        """
        case = dialogue.case(state)
        if state.aside == "question" and chosen:
            entry, asked = self.faq.entries.get(chosen), state.asked
            _settle(state)
            return entry.answer(case.on, case.law) if entry else await self._collect(asked, world)
        if state.aside == "question":
            _settle(state)
        asks = asking(raw) if chosen is None else Asking.NO
        if chosen is not None or (asks is Asking.NO and await dialogue.reads(state, raw, world)):
            return []
        heard = self.hear(raw, asks)
        if heard is None or (not heard.over and await dialogue.reads(state, raw, world)):
            return []
        if heard.sure:
            return self.faq.entries[heard.entries[0]].answer(case.on, case.law)
        if not heard.entries and not (hint and self.offered(state, raw, hint)):
            return await self._collect(raw, world)
        if heard.entries:
            _offer(state, raw, heard.entries)
        return [Notice("not_sure_which")]

    def reasons(self, entry: str, case: Case) -> Facts:
        """Return what the answer of an entry rests on; nothing for one that is none."""
        found = self.faq.entries.get(entry)
        return found.reasons(case.on, case.law) if found else {}

    def hinted(self, dialogue: Reading, state: State, incoming: Incoming, error: Unclear) -> bool:
        """Put what a helper takes unread words for to her, to confirm; False where it changes nothing."""
        hint = incoming.hint
        if hint is None or state.aside or error.candidates:
            return False
        return self.offered(state, clean(incoming.text), hint) or spotted_by(
            hint, dialogue.conversation, state, dialogue.case(state)
        )

    def offered(self, state: State, raw: str, hint: Hint) -> bool:
        """Offer the entry that a helper takes words for; False where there is none."""
        if hint.kind != "question" or hint.value not in self.faq.entries:
            return False
        _offer(state, raw, (hint.value,))
        return True

    async def _collect(self, asked: str, world: World) -> list[Notice]:
        """Keep a question nobody has written an answer to, and say so."""
        text = scrub(asked)
        await world.collect_question(text, " ".join(sorted(set(self.faq.terms.telling(text)))))
        return [Notice(OUT_OF_SCOPE)]

    def choices(self, state: State) -> tuple[Candidate, ...]:
        """Return the entries that were offered, each labelled by its own template, and none of them."""
        known = [self.faq.entries[entry] for entry in state.wondering if entry in self.faq.entries]
        return (*(Candidate(entry.id, {"topic": entry.topic}) for entry in known), Candidate(NONE_OF_THESE))


def _offer(state: State, raw: str, entries: Sequence[str]) -> None:
    """Ask next which of some entries she means."""
    state.aside, state.asked, state.wondering = "question", raw, list(entries)


def _settle(state: State) -> None:
    state.aside, state.asked, state.wondering = "", "", []
