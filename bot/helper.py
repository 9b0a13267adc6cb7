"""Hints from a language model for messages nobody read, looked for before a transaction is opened."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from weakref import WeakValueDictionary

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import LOCAL
from bot.converse import Roles
from bot.model import Model
from bot.storage import chats
from bot.storage.crypt import Cipher, SealError
from bot.storage.hotpath import read_state
from bot.storage.schema import conversations
from handlers.faq import Faq
from handlers.helping import Puzzle, hint_in, messages_for, puzzle_of
from handlers.messages import Address, Hint, Incoming, Kind
from handlers.state import State
from handlers.wording import Words

log = logging.getLogger(__name__)


class Helper:
    """Asks the model about a message that no reader reads. The conversation is only looked at, not locked.

    Whatever fails, there is no hint, and the message is heard as if nobody had been asked.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        cipher: Cipher,
        *,
        roles: Roles,
        words: Words,
        faq: Faq,
        model: Model,
        clock: Callable[[], datetime],
    ) -> None:
        """Built once, where an endpoint is set."""
        self._engine, self._cipher, self._roles = engine, cipher, roles
        self._words, self._faq, self._model, self._clock = words, faq, model, clock
        self._turns: WeakValueDictionary[Address, asyncio.Lock] = WeakValueDictionary()

    async def hint(self, incoming: Incoming) -> Hint | None:
        """Return what the message may mean; one person's messages keep their order."""
        async with self._turns.setdefault(incoming.address, asyncio.Lock()):
            return await self._hint(incoming) if incoming.kind is Kind.TEXT else None

    async def _hint(self, incoming: Incoming) -> Hint | None:
        try:
            found = await self._puzzle(incoming)
        except (SQLAlchemyError, OSError, SealError, ValueError) as problem:
            log.warning("no hint was looked for: %s", type(problem).__name__)
            return None
        if found is None:
            return None
        puzzle, language = found
        label = self._words.say(language, puzzle.step, "label", {})
        topics = {
            entry.id: self._words.say(language, entry.topic, f"{entry.id}_label", {})
            for entry in self._faq.entries.values()
        }
        reply = await self._model.reply(messages_for(puzzle, label, topics))
        return hint_in(reply, puzzle, self._faq) if reply is not None else None

    async def _puzzle(self, incoming: Incoming) -> tuple[Puzzle, str] | None:
        """Look at the conversation, in a transaction that is over before anybody is asked."""
        address = incoming.address
        here = chats.at(conversations, address)
        async with self._engine.connect() as connection:
            dialogue = (await self._roles(connection, [address]))[address]
            sealed = await connection.scalar(select(conversations.c.state).where(here))
        today = self._clock().astimezone(LOCAL).date()
        state = read_state(self._cipher, address, sealed) if sealed else State(started_on=today)
        if dialogue.questions is None:
            return None
        case = dialogue.case(state)
        puzzle = puzzle_of(dialogue.conversation, dialogue.questions.faq, state, incoming.text, case)
        return (puzzle, state.language) if puzzle else None

    async def close(self) -> None:
        """Close what the model keeps open."""
        await self._model.close()
