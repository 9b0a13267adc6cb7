"""People who want a call: each reads what she is asked and answers it, until the call is booked."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from aiohttp import ClientError, ClientSession
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.simulators.kit import Simulator
from bot.storage.crypt import Cipher
from bot.storage.engine import reading
from bot.storage.hotpath import body_place
from bot.storage.schema import outbox
from tests.channels.served import Page

PATIENCE = 45.0  # seconds without an answer after which she writes again; each time in a row twice as long
MOST_TURNS = 40
BOOKED = ("booked", "my_call", "call_moved", "call_kept")  # all but the first: who wrote again, unanswered
THOUGHT = 2.0, 6.0  # seconds she reads and thinks before she answers
CHATTY = 0.05  # how often she writes two messages at once, which may arrive in either order
NAME = "chị Lành"
LOOK_EVERY = 0.1


class Phone(Protocol):
    """How one person writes and reads."""

    async def write(self, text: str) -> None: ...

    async def heard(self) -> int:
        """How many messages came for her."""
        ...

    async def asked(self) -> str:
        """The key of the question or outcome that was put last; "" for none."""
        ...

    async def uncertain(self) -> int:
        """How many messages to her may have arrived: nobody can tell."""
        ...


@dataclass
class Simulated:
    """A phone of a simulated platform; what was asked is read from the outbox."""

    simulator: Simulator
    channel: str
    user: str
    engine: AsyncEngine
    cipher: Cipher

    async def write(self, text: str) -> None:
        await self.simulator.inject(self.user, {"kind": "text", "text": text})

    async def heard(self) -> int:
        return sum(message["who"] == "bot" for message in self.simulator.phone(self.user))

    async def asked(self) -> str:
        same = (outbox.c.channel == self.channel, outbox.c.person == self.user)
        query = select(outbox.c.cause, outbox.c.n, outbox.c.body).where(*same).order_by(outbox.c.id.desc())
        async with reading(self.engine) as connection:
            rows = (await connection.execute(query.limit(4))).all()
        for cause, n, body in rows:
            put = json.loads(self.cipher.open(body, body_place(cause, n)))
            if put["question"] or put["outcome"]:
                return str(put["question"] or put["outcome"])
        return ""

    async def uncertain(self) -> int:
        hers = (outbox.c.channel == self.channel, outbox.c.person == self.user, outbox.c.state == "unknown")
        async with reading(self.engine) as connection:
            return await connection.scalar(select(func.count()).where(*hers)) or 0


class Browser:
    """The web chat without JavaScript; a form that was not answered is posted again, as it was."""

    events = itertools.count(1)

    def __init__(self, session: ClientSession, site: str) -> None:
        self.session, self.site = session, site
        self.url, self.page = "", Page("")

    async def open(self) -> None:
        answer, page = await self._try("GET", f"{self.site}/")
        self.url, self.page = answer, Page(page)

    async def write(self, text: str) -> None:
        if not self.url:
            await self.open()
        said = {"kind": "text", "text": text, "event": f"soak-{next(self.events):010d}"}
        await self._try("POST", self.url, data=said)

    async def heard(self) -> int:
        if not self.url:
            return 0
        _, page = await self._try("GET", self.url)
        self.page = Page(page)
        return max(0, len(self.page.turns) - 1)  # without the greeting

    async def asked(self) -> str:
        last = self.page.turns[-1] if self.page.turns else {}
        return str(last.get("question") or last.get("outcome") or "")

    async def uncertain(self) -> int:
        return 0  # a page that was not loaded is loaded again

    async def _try(self, method: str, url: str, **more: Any) -> tuple[str, str]:
        for _ in range(60):
            try:
                async with self.session.request(method, url, **more) as answer:
                    if answer.status < 500 and answer.status != 429:
                        return str(answer.url), await answer.text()
            except (ClientError, TimeoutError, OSError):
                pass
            await asyncio.sleep(0.5)
        raise RuntimeError(f"{method} was not answered")


@dataclass
class Person:
    """One person, and what became of her."""

    phone: Phone
    channel: str
    ward: str
    number: str
    rng: Random
    wrote: int = 0
    given_up: int = 0  # answers she no longer waits for
    unanswered: int = 0  # times in a row
    outcome: str = ""
    wrong: str = ""
    last: str = ""
    strayed: int = 0
    answers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.answers = {
            "": "xin chào",
            "task": "hẹn gọi lại",
            "province": "lạng sơn",
            "ward": self.ward,
            "slot": "1",
            "name": NAME,
            "phone": self.number,
            "consent": "đồng ý",
            "confirm_spotted": "đúng",
        }

    async def live(self) -> None:
        """Talk until the call is booked; whatever goes wrong is kept for the report."""
        try:
            while not self.outcome and self.wrote < MOST_TURNS:
                await asyncio.sleep(self.rng.uniform(*THOUGHT))
                await self._turn(await self.phone.asked())
            if not self.outcome:
                self.wrong = f"still at {await self.phone.asked()} after {self.wrote} messages ({self.ward})"
        except Exception as problem:  # noqa: BLE001 - one person's trouble is a line of the report
            self.wrong = f"{type(problem).__name__}: {problem}"

    async def _turn(self, asked: str) -> None:
        if asked in BOOKED:
            self.outcome = "booked"
            return
        self.given_up = min(self.given_up, max(0, self.wrote - await self.phone.heard()))  # one came late
        for text in self._texts(asked):
            await self.phone.write(text)
            self.wrote += 1
        self.last = asked if await self._wait() else ""

    def _texts(self, asked: str) -> list[str]:
        """What she answers. Asked what she did not want, she says again what she wants."""
        if asked not in self.answers:
            self.strayed += 1
            return [self.answers["task"]]
        again = asked == "ward" and self.last == "ward"  # there are two of that name: the first will do
        texts = ["1" if again else self.answers[asked]]
        if asked in ("ward", "name") and self.rng.random() < CHATTY:
            texts.append("cảm ơn")
        return texts

    async def _wait(self) -> bool:
        """Wait until all she wrote is answered; False when her patience ends first."""
        pause = LOOK_EVERY if not isinstance(self.phone, Browser) else 5 * LOOK_EVERY
        for _ in range(int(PATIENCE * 2**self.unanswered / pause)):
            if await self.phone.heard() + self.given_up >= self.wrote:
                self.unanswered = 0
                return True
            await asyncio.sleep(pause)
        self.given_up = max(0, self.wrote - await self.phone.heard())
        self.unanswered += 1
        return False
