"""Asides: what a whole message may be that answers nothing and never costs an answer."""

from __future__ import annotations

from typing import Protocol

from handlers.commands import quote_code_in
from handlers.flow import Case
from handlers.manners import manners
from handlers.ports import World
from handlers.safety import collector_by_code
from handlers.state import Notice, State


class Aside(Protocol):
    """Look at a whole message, clean; say what to tell the person before the pending step is put again.

    None leaves the message to the next aside, and at last to the pending step. An aside changes nothing:
    neither `state` nor, through `world`, anything else.
    """

    async def __call__(self, raw: str, state: State, case: Case, world: World) -> Notice | None:
        """Return the notice, or None."""
        ...


async def quote_by_code(raw: str, state: State, case: Case, world: World) -> Notice | None:
    """Show the quote whose code she typed."""
    del state, case
    code = quote_code_in(raw)
    if code is None:
        return None
    found = await world.find_quote(code)
    return Notice("quote_found", {"found": found}) if found else Notice("no_such_quote", {"code": code})


ASIDES: tuple[Aside, ...] = (
    quote_by_code,
    collector_by_code,
    manners,
)
"""Asked in this order; the first that knows the message answers it."""
