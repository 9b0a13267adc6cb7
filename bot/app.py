"""The composition root: the only place that builds objects and reads the clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random, SystemRandom

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.channels import Channel
from bot.channels.web import WebChannel
from bot.channels.zalo.echoes import CHANNEL as ZALO_OA
from bot.clock import LOCAL, now
from bot.converse import Converse, Roles
from bot.diary import Diary
from bot.helper import Helper
from bot.model import Model
from bot.sender import Sender
from bot.settings import Settings
from bot.storage import network, officers, zalo
from bot.storage.crypt import Cipher
from bot.storage.engine import make_engine
from bot.storage.migrate import migrate
from bot.timers import Timers
from bot.world import Worlds
from calculators.holidays import Holidays
from calculators.law import Law
from calculators.territory import Territory
from handlers.collector import COLLECTOR, Desk
from handlers.dialogue import Dialogue
from handlers.faq import Faq
from handlers.messages import Address
from handlers.office import OFFICE, Office
from handlers.questions import Questions
from handlers.silence import Silent
from handlers.welcome import CITIZEN
from handlers.wording import Words

Clock = Callable[[], datetime]
KNOWN_FOR = timedelta(seconds=30)
MOST_KNOWN = 20_000


@dataclass(frozen=True, slots=True)
class App:
    """Everything built, for whoever starts it: the server, the terminal, an operator, a test."""

    settings: Settings
    engine: AsyncEngine
    cipher: Cipher
    law: Law
    territory: Territory
    words: Words
    faq: Faq
    clock: Clock
    woken: asyncio.Event
    worlds: Worlds
    converse: Converse
    timers: Timers
    web: WebChannel

    def sender(self, channels: Mapping[str, Channel], *, rng: Random | None = None) -> Sender:
        """Return a sender for some channels."""
        return Sender(self.engine, self.cipher, channels, self.clock, self.woken, rng=rng or SystemRandom())


@asynccontextmanager
async def open_app(
    settings: Settings, *, clock: Clock = now, rng: Random | None = None
) -> AsyncIterator[App]:
    """Build everything on a database brought to the newest schema; close it at the end.

    Raises SettingsError, ParameterError, WordingError, FaqError: each says what to do.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    law, territory = Law.load(), Territory.load()
    words, faq = Words(territory), Faq.load()
    cipher = Cipher(*settings.secrets())
    engine = make_engine(settings.url)
    try:
        await migrate(engine)
        woken = asyncio.Event()
        buffer = timedelta(minutes=settings.call_buffer_minutes)
        diary = Diary(law, Holidays.load(), territory, LOCAL, buffer=buffer)
        worlds = Worlds(cipher, words, law, diary, rng or SystemRandom(), settings.address)
        home, questions = settings.home_province, Questions(faq)
        find = roles(law, territory, home, clock, questions=questions, known=worlds.known)
        silent = Silent(CITIZEN, law=law, territory=territory)
        takeover = timedelta(minutes=settings.zalo_takeover_minutes)
        helper = helper_of(settings, engine, cipher, find, words=words, faq=faq, clock=clock)
        converse = Converse(
            engine,
            cipher,
            roles=attended(find, silent, clock, takeover=takeover),
            words=words,
            open_world=worlds,
            clock=clock,
            woken=woken,
            helper=helper,
        )
        web = WebChannel(engine, cipher, clock)
        timers = Timers(engine, cipher, worlds, clock, woken)
        yield App(
            settings, engine, cipher, law, territory, words, faq, clock, woken, worlds, converse, timers, web
        )
        await converse.close()
    finally:
        await engine.dispose()


def attended(find: Roles, silent: Dialogue, clock: Clock, *, takeover: timedelta) -> Roles:
    """Return what finds a dialogue, silent where a person of ours wrote less than `takeover` ago.

    On the Official Account whoever is heard opens her window of seven days: that is noted here, in the
    transaction of the message.
    """

    async def roles(
        connection: AsyncConnection, addresses: Collection[Address]
    ) -> Mapping[Address, Dialogue]:
        now = clock()
        theirs = [address for address in addresses if address.channel == ZALO_OA]
        wrote = await zalo.spoke(connection, theirs, now) if theirs else {}
        taken_over = {address for address, human_at in wrote.items() if now < human_at + takeover}
        found = await find(connection, addresses)
        return {address: silent if address in taken_over else found[address] for address in addresses}

    return roles


def helper_of(
    settings: Settings,
    engine: AsyncEngine,
    cipher: Cipher,
    find: Roles,
    *,
    words: Words,
    faq: Faq,
    clock: Clock,
) -> Helper | None:
    """Return what asks a language model where one is set; None where there is none."""
    if not settings.llm_url:
        return None
    key, seconds = settings.llm_key.get_secret_value(), settings.llm_timeout_seconds
    model = Model(settings.llm_url, key, settings.llm_name, seconds=seconds, clock=clock)
    return Helper(engine, cipher, roles=find, words=words, faq=faq, model=model, clock=clock)


def roles(
    law: Law,
    territory: Territory,
    home: str,
    clock: Clock,
    *,
    questions: Questions,
    known: dict[Address, datetime],
) -> Roles:
    """Return what finds the dialogue of addresses: collectors have a desk, officers the office's leads.

    Everybody else is a citizen.

    That somebody is a citizen is remembered for a while in `known`: a chat linked to a collector by another
    process is a desk within half a minute.
    """
    citizen = Dialogue(CITIZEN, law=law, territory=territory, home=home, questions=questions)
    collector = Desk(COLLECTOR, law=law, territory=territory, home=home)
    officer = Office(OFFICE, law=law, territory=territory, home=home)

    async def find(connection: AsyncConnection, addresses: Collection[Address]) -> Mapping[Address, Dialogue]:
        now = clock()
        asked = [address for address in addresses if known.get(address, now) <= now]
        work: dict[Address, Dialogue] = {}
        work |= dict.fromkeys(await network.staff_among(connection, asked), collector)
        work |= dict.fromkeys(await officers.among(connection, asked), officer)
        if len(known) + len(asked) > MOST_KNOWN:
            known.clear()
        for address in asked:
            known[address] = now + KNOWN_FOR
        for address in work:
            del known[address]
        return {address: work.get(address, citizen) for address in addresses}

    return find
