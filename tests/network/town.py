"""A town: citizens and collectors who talk on the web, through the real transaction, sender and channel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from bot.channels.web import WebChannel
from bot.converse import Converse
from bot.sender import Sender
from bot.storage import network, officers
from bot.timers import Timers
from handlers.collector import COLLECTOR, Desk
from handlers.dialogue import Dialogue
from handlers.messages import Address, Incoming, Kind, Outgoing
from handlers.office import OFFICE, Office
from handlers.welcome import CITIZEN
from tests.network.house import House, house_on
from tests.storage.rig import LAW, TERRITORY, WORDS

CITIZENS = Dialogue(CITIZEN, law=LAW, territory=TERRITORY)
DESK = Desk(COLLECTOR, law=LAW, territory=TERRITORY)
OFFICER = Office(OFFICE, law=LAW, territory=TERRITORY)
BOOKING = ("xin chào", "hẹn gọi lại", "p ky lua", "3", "chị Lành", "0912345678", "đồng ý")


class Town:
    """Everybody's chat on one database."""

    def __init__(self, house: House) -> None:
        self.house, self.events = house, 0
        woken = asyncio.Event()

        async def roles(connection: Any, addresses: Collection[Address]) -> dict[Address, Dialogue]:
            staff = await network.staff_among(connection, addresses)
            office = await officers.among(connection, addresses)
            work = dict.fromkeys(staff, DESK) | dict.fromkeys(office, OFFICER)
            return {address: work.get(address, CITIZENS) for address in addresses}

        self.converse = Converse(
            house.engine,
            house.cipher,
            roles=roles,
            words=WORDS,
            open_world=house.worlds,
            clock=lambda: house.now,
            woken=woken,
        )
        self.channel = WebChannel(house.engine, house.cipher, lambda: house.now)
        self.sender = Sender(
            house.engine, house.cipher, {"web": self.channel}, lambda: house.now, woken, rng=Random(5)
        )

        self.timers = Timers(house.engine, house.cipher, house.worlds, lambda: house.now, woken)

    async def send(self, who: Address, text: str, kind: Kind = Kind.TEXT, turn: int | None = None) -> None:
        self.events += 1
        await self.converse.hear(Incoming(who, str(self.events), kind, self.house.now, text, turn))
        await self.sender.drain()

    async def say(self, who: Address, *texts: str) -> str:
        """Type; return what is answered to the last."""
        for text in texts:
            await self.send(who, text)
        return (await self.seen(who))[-1].text

    async def tap(self, who: Address, option: str, turn: int = 0) -> str:
        """Tap an option; a notice's options were drawn for turn 0."""
        await self.send(who, option, Kind.CHOICE, turn)
        return (await self.seen(who))[-1].text

    async def seen(self, who: Address) -> list[Outgoing]:
        """Everything in somebody's chat."""
        return [kept.message for kept in await self.channel.history(who.account, who.person)]


@asynccontextmanager
async def town_on(url: str, *codes: str) -> AsyncIterator[Town]:
    async with house_on(url, *codes) as house:
        yield Town(house)
