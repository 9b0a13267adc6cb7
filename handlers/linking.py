"""A code that links two chats, as it is typed."""

from __future__ import annotations

import re

from handlers.ports import World
from handlers.reading.fold import fold
from handlers.state import Notice

_CODE = re.compile(
    r"(?:(?:day la |my )?(?:ma(?: noi| lien ket)?|lien ket|noi|code|link)"
    r"(?: (?:cua )?(?:toi|minh|em|anh|chi))?(?: la| day| is)?[ :]*)?nk[- ]?([a-z2-9]{4})[- ]?([a-z2-9]{4})"
)


def link_code_in(text: str) -> str | None:
    """Return the code a whole message is ("NK-7K2P-M4XW", "mã của tôi là nk 7k2p m4xw"), or None."""
    found = _CODE.fullmatch(fold(text).strip(" .!?"))
    return f"NK-{found[1]}-{found[2]}".upper() if found else None


async def new_link(world: World) -> Notice:
    """Give a code that links another chat with this one."""
    code, whose = await world.link_code()
    return Notice("link_code", {"code": code, "whose": whose})
