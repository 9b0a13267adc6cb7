"""How a call went: a notice asks it, and its button or a plain reply answers, in the middle of anything."""

from __future__ import annotations

import re
from datetime import date

from handlers.callback import RATING, RATINGS
from handlers.ports import World
from handlers.reading import Unclear
from handlers.reading.asking import asking
from handlers.reading.fold import fold
from handlers.state import Notice

_BUTTON = re.compile(rf"({'|'.join(RATING.choices)})-([1-9]\d{{0,17}})")
_WORD = re.compile(r"[^\W_]+|👍|👎")
_DENIED = frozenset(("khong", "ko", "k", "chua"))  # at the end they ask: "được không"
_MANNERS = frozenset(
    _WORD.findall(
        "da vang em e anh chi c a ad ban co chu bac nhe nha roi thay rat cung kha qua lam cam on nhan vien"
        " goi cuoc tu van noi chuyen it was very the call thanks thank you"
    )
)
_KNOWN = _MANNERS.union(*(_WORD.findall(fold(form)) for forms in RATINGS.values() for form in forms))
_MOST_WORDS = 8


def button(rating: str, lead: int) -> str:
    """Return the id of a notice's button: it names the call, so it never goes stale."""
    return f"{rating}-{lead}"


def rating_in(raw: str, on: date) -> str | None:
    """Return the rating that a message is, if it is nothing else: by number, or in plain words."""
    words = _WORD.findall(fold(raw))
    if len(words) == 1 and words[0].isdecimal():
        return dict(enumerate(RATING.choices, 1)).get(int(words[0]))
    if not 0 < len(words) <= _MOST_WORDS or words[-1] in _DENIED or not _KNOWN.issuperset(words):
        return None
    if asking(raw):
        return None
    try:
        return RATING.read(raw, on)
    except Unclear:
        return None


async def tapped(raw: str, world: World) -> Notice | None:
    """Keep the rating of a notice's button and say so; None for any other button."""
    found = _BUTTON.fullmatch(raw)
    return await keep(found[1], int(found[2]), world) if found else None


async def keep(rating: str, lead: int, world: World) -> Notice:
    """Keep how a call went, once, and say so."""
    done = await world.rate_call(rating, lead)
    return Notice("text" if done["rated"] else "already", {"rating": rating}, template="rated")
