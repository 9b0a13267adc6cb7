"""A chat a person of ours has taken over: the conversation stands still and says nothing."""

from __future__ import annotations

from datetime import date

from handlers.dialogue import Dialogue
from handlers.messages import Incoming
from handlers.ports import World
from handlers.state import Put, State


class Silent(Dialogue):
    """Hears and says nothing, and changes nothing: later the question that stood is put again."""

    async def hear(self, state: State, incoming: Incoming, today: date, world: World) -> Put | None:
        """Say nothing."""
        del state, incoming, today, world
        return None
