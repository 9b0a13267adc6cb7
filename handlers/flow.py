"""The engine's vocabulary: a conversation is a pure function of the answers given so far.

A conversation asks typed steps through `ask`. When an answer is missing `ask` raises `Pending` and the
function stops; when the answer arrives the function runs again from the top. There are three kinds of
step and no others: a `Question` to the person, an `Offer` of choices fetched from the world, and a `Do`,
an effect performed once whose result is its answer.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast, overload

from calculators.law import Law
from calculators.territory import Territory
from handlers.ports import World
from handlers.reading import Candidate, Unclear

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Facts = Mapping[str, Any]
IN_OFFER = "in_offer"  # where a person stands who is to choose from an offer
Reader = Callable[[str, date], T]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What every conversation is given: the day whose law holds, the law, the map, the home province."""

    on: date
    law: Law
    territory: Territory
    home: str


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """A question to the person. `read` turns raw words, or a choice's id, into the value.

    `examples` are words that answer it: the explorer walks them, beside the choices. `spot` finds an
    answer inside a message about something else and returns raw words, or None. `keep` turns the words
    into what may be stored of them, for answers that say more about a person than was asked. `also` are
    global words shown after the choices. A `free` answer is whatever she writes: nothing else is
    looked for in it. `personal` answers are looked for only once choices of an offer have been put.
    What is spotted is confirmed, unless it is said `plainly`: then telling it back is enough. What
    `suggest` finds is only likely, and always confirmed.
    What an answer may be is `guessed` at by nobody where it is hers alone to say. A `firm` answer leads to
    what cannot be taken back, or is a consent: it is an option itself, or a message that says nothing else.
    Words of a `dated` answer ("mai") count from the day they are said; `keep` makes them outlast it.
    What is `unasked` is never put: asking returns None until it was said, and saying it again replaces it.
    """

    key: str
    read: Reader[T]
    choices: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    spot: Callable[[str, date], str | None] | None = None
    keep: Callable[[str, date], str] | None = None
    asks_contact: bool = False
    personal: bool = False
    plainly: bool = False
    suggest: Callable[[str, date], str | None] | None = None
    also: tuple[str, ...] = ()
    free: bool = False
    guessed: bool = True
    firm: bool = False
    dated: bool = False
    unasked: bool = False


@dataclass(frozen=True, slots=True)
class Offer(Generic[T]):
    """Choices fetched when the question is put, and stored as offered.

    `about` is what they depend on: an answer given for something else no longer holds. `live` choices
    are fetched again before an answer is read. With nothing to offer, asking returns None.
    """

    key: str
    fetch: Callable[[World], Awaitable[Sequence[Candidate]]]
    value: Callable[[Facts], T]
    about: str = ""
    live: bool = False
    read: Callable[[str, Sequence[Candidate], date], str | None] | None = None
    examples: tuple[tuple[Candidate, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Do(Generic[T]):
    """One effect in the world, performed once, inside the transaction; plain JSON is its answer.

    `final` effects cannot be taken back by going back or by changing an earlier answer. `results` are
    example answers, for the explorer.
    """

    key: str
    perform: Callable[[World], Awaitable[Any]]
    result: Callable[[Any], T]
    about: str = ""
    final: bool = False
    results: tuple[Any, ...] = ()


Step = Question[Any] | Offer[Any] | Do[Any]


class Ask(Protocol):
    """Ask a step: return its value, or stop the run until the person or the world has answered."""

    @overload
    def __call__(self, step: Question[T], /, **words: Any) -> T: ...  # noqa: ANN401 - words for a template
    @overload
    def __call__(self, step: Offer[T], /, **words: Any) -> T | None: ...  # noqa: ANN401
    @overload
    def __call__(self, step: Do[T], /, **words: Any) -> T: ...  # noqa: ANN401


class Pending(BaseException):
    """The run stops here: `step` has no answer yet, or (with `unclear`) one that does not hold."""

    def __init__(self, step: Step, words: Facts, unclear: Unclear | None = None) -> None:
        """`words` fill the step's template."""
        super().__init__(step.key)
        self.step, self.words, self.unclear = step, words, unclear


class AskAgain(BaseException):
    """A conversation rejects an answer it was given, or lets the person change it."""

    def __init__(self, step: Step, because: Unclear | None = None, *, forget: tuple[Step, ...] = ()) -> None:
        """The answers of `step` and of the steps to `forget` are dropped; `step` is put again.

        `because` names the sentence that says why, with the answers that would do as candidates.
        """
        super().__init__(step.key)
        self.step, self.because, self.forget = step, because, forget


@dataclass(frozen=True)
class Outcome:
    """Where a conversation ends. Subclasses are frozen dataclasses; their fields are for the template.

    `key` (from the class name) names the template; `then` are the ways on, in the order shown: ways behind
    the conversation's door, or global words. Reaching the outcome forgets the answers that it `drops`.
    """

    key: ClassVar[str]
    then: ClassVar[tuple[str, ...]] = ("menu",)
    drops: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        """Name the outcome after its class: TooYoung is "too_young"."""
        cls.key = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def words(self) -> Facts:
        """What the template may use: the fields."""
        return {each.name: getattr(self, each.name) for each in fields(cast("Any", self))}


Talk = Callable[[Ask, Case], Outcome]
Answers = dict[str, Any]
"""The answers so far, keyed by step; plain JSON. A Question's answer is the raw words, an Offer's is
{"id", "facts", "about"}, a Do's {"done", "about"}."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation under the name its templates, drawings and reports use.

    `door` is its first question: answering it afresh is how a person comes back to the beginning, or
    goes straight to one of the ways behind it. `fresh` names the answers to forget on the way to each,
    `usual` finds the way of somebody who names none, by what she told of herself; `anywhere` are those that
    may be asked for in the middle of another. `meant` finds the way that a message wants in words no list
    holds, and the answers it gives behind it already; None where it wants none. It is given the key of the
    question that waits, "" at an end, IN_OFFER where she is to choose from an offer. Who `rates` is asked by
    a notice how a call went, and may answer it in the middle of anything.
    """

    name: str
    talk: Talk
    door: Question[str] | None = None
    fresh: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spots: tuple[Question[Any], ...] = ()
    usual: Callable[[Collection[str]], str] | None = None
    anywhere: tuple[str, ...] = ()
    meant: Callable[[str, date, World, str], Awaitable[tuple[str, Mapping[str, str]] | None]] | None = None
    rates: bool = False

    @property
    def unasked(self) -> tuple[Question[Any], ...]:
        """Return the questions that are never put: their answers are only heard."""
        return tuple(question for question in self.spots if question.unasked)


@lru_cache(maxsize=4_096)
def _read(read: Reader[Any], raw: str, on: date) -> Any:  # noqa: ANN401 - each reader has its own type
    """Read once per process: readers are pure. Unclear is not cached, as exceptions are not."""
    return read(raw, on)


class _StaleAnswer(Exception):
    """The stored answer was given to something else."""


def _held(step: Step, answer: Any, on: date) -> Any:  # noqa: ANN401
    """Return the value of a stored answer; raise Unclear or _StaleAnswer when it no longer holds."""
    if isinstance(step, Question):
        if not isinstance(answer, str):
            raise _StaleAnswer
        return _read(step.read, answer, on)
    if not isinstance(answer, dict) or answer.get("about") != step.about:
        raise _StaleAnswer
    if isinstance(step, Offer):
        return step.value(answer["facts"])
    return step.result(answer["done"])


def run(
    talk: Talk,
    answers: Answers,
    case: Case,
    *,
    nothing: frozenset[str] = frozenset(),
    trace: list[Step] | None = None,
    told: list[Facts] | None = None,
) -> Outcome:
    """Run a conversation over the answers; return its outcome.

    `nothing` names the offers the world had no choice for: asking them returns None. `trace` collects
    the steps answered on the way, `told` the words of all that was put. Raises `Pending` at the first step
    without a holding answer, and `AskAgain` when the conversation rejects one.
    """
    on = case.on

    def ask(step: Step, /, **words: Any) -> Any:  # noqa: ANN401
        key = step.key
        if told is not None:
            told.append(words)
        answer = answers.get(key)
        if answer is None or key in nothing:
            if key in nothing or (isinstance(step, Question) and step.unasked):
                return None
            raise Pending(step, words)
        try:
            value = _held(step, answer, on)
        except Unclear as unclear:
            raise Pending(step, words, unclear) from None
        except _StaleAnswer:
            raise Pending(step, words) from None
        if trace is not None:
            trace.append(step)
        return value

    outcome = talk(ask, case)
    if told is not None:
        told.append(outcome.words())
    return outcome
