"""The language somebody is called in: heard wherever it is said, asked only where somebody speaks more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.flow import Ask, Do, Question
from handlers.ports import SPEAKS, World
from handlers.reading.dates import When
from handlers.reading.languages import COMMON, read_language, spot_language

HEARD: Question[str | None] = Question(
    SPEAKS,
    read=read_language,
    keep=read_language,
    examples=("tiếng Tày",),
    spot=spot_language,
    plainly=True,
    guessed=False,
    unasked=True,
)
LOOKED = ("speaker_near", "speaker_then")  # what is looked up of it


def wish(ask: Ask) -> str:
    """Return the language she said she wants to be called in; "" for none, or the one everybody speaks."""
    said = ask(HEARD)
    return said if said and said != COMMON else ""


def asked_anew(ask: Ask, before: str) -> str | None:
    """Return what she wants to be called in, where she said so and it is another than `before`, else None."""
    said = ask(HEARD)
    now = wish(ask)
    return now if said and now != before else None


def which_of(languages: Sequence[str]) -> Question[str | None]:
    """Ask which language, of those somebody near speaks; she may name another."""
    return replace(HEARD, choices=(*languages, COMMON), unasked=False)


def speaker_near(ward: str, speaks: str) -> Do[bool]:
    """Look whether anybody near who speaks it has free time."""
    return _look("speaker_near", ward, speaks, None)


def speaker_then(ward: str, speaks: str, wanted: When) -> Do[bool]:
    """Look whether anybody near who speaks it is free at the time she named."""
    return _look("speaker_then", ward, speaks, wanted)


def _look(key: str, ward: str, speaks: str, wanted: When | None) -> Do[bool]:
    async def perform(world: World) -> bool:
        return bool(await world.free_slots(ward, wanted, speaks=speaks))

    return Do(key, perform=perform, result=bool, about=f"{ward} {speaks} {wanted}", results=(True, False))
