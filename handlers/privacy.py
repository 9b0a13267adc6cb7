"""Deleting what is kept about a person, when she says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from handlers.flow import Ask, Case, Do, Outcome, Question
from handlers.reading.choices import yes_no
from handlers.state import EVERYTHING

SURE = Question("forget_sure", read=yes_no, choices=("yes", "no"))


@dataclass(frozen=True, slots=True)
class Forgotten(Outcome):
    """Everything is deleted but what `kept` names, each with its reason in the template."""

    kept: tuple[str, ...]
    drops: ClassVar[tuple[str, ...]] = EVERYTHING


@dataclass(frozen=True, slots=True)
class NothingForgotten(Outcome):
    """She thought better of it."""

    then: ClassVar[tuple[str, ...]] = ("resume", "menu")


def _kept(done: Any) -> tuple[str, ...]:  # noqa: ANN401 - plain JSON
    return tuple(done["kept"])


FORGET = Do(
    "forgotten",
    perform=lambda world: world.forget(),
    result=_kept,
    results=({"kept": []}, {"kept": ["consent_record"]}),
)


def forgetting(ask: Ask, case: Case) -> Outcome:
    """Law 91/2025/QH15 art. 4: delete on request, and say what had to stay and why."""
    del case
    if not ask(SURE):
        return NothingForgotten()
    return Forgotten(kept=ask(FORGET))
