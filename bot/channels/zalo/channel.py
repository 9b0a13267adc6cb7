"""The Official Account as a channel: consultation messages, and templates where those cannot reach."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels import Capabilities
from bot.channels.plain import shortened
from bot.channels.zalo.echoes import CHANNEL, same
from bot.channels.zalo.errors import ZaloError
from bot.channels.zalo.failures import send_failed
from bot.channels.zalo.hook import payload
from bot.channels.zalo.oa import (
    LONGEST_SUBTITLE,
    LONGEST_TITLE,
    MOST_BUTTONS,
    Button,
    ButtonsMode,
    Consultation,
    InfoRequest,
    InvalidError,
    OaClient,
)
from bot.channels.zalo.proactive import Proactive
from bot.channels.zalo.wire import moment, whole
from bot.storage import accounts, zalo
from bot.storage.engine import reading
from handlers.messages import Address, Outgoing

WINDOW = timedelta(days=7)  # after her last interaction; later only templates reach her
SHORT_TITLE = 30  # characters of a button that can be read on a small phone
NEXT_WAY = ("window", "stopped", "phone", "elsewhere")  # what another way may still get round

TEMPLATES_WAIT = 1_800.0  # seconds until the next attempt when a person must act: the chat goes on
SKEW = timedelta(seconds=5)  # between Zalo's clock and ours
LOOK_AFTER = timedelta(
    seconds=15
)  # until what may have arrived is looked for in the chat: its echo is faster
DOUBTED_FOR = timedelta(hours=1)  # what gets no answer for so long is sent no more

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OaOptions:
    """What is not certain of the platform, and so is a setting."""

    buttons: ButtonsMode = "plain"
    asks_contact: bool = False  # ask for the phone with a card, which it fills in
    contact_image: str = ""


def able(options: OaOptions) -> Capabilities:
    """What the account can do."""
    return Capabilities(
        text_limit=2_000,
        buttons=MOST_BUTTONS if options.buttons != "off" else 0,
        label_limit=SHORT_TITLE,
        menu_always=True,
        contact_request=options.asks_contact,
        files=True,
    )


def buttons_refused(facts: Mapping[str, Any], mode: ButtonsMode) -> int:
    """Return with which code Zalo refused buttons of this mode; 0 when it did not, or nobody tried."""
    off = facts.get("buttons_off")
    return int(off["code"]) if isinstance(off, dict) and off.get("mode") == mode else 0


class OaChannel:
    """Sends for one Official Account."""

    name = CHANNEL

    def __init__(
        self,
        account: str,
        client: OaClient,
        proactive: Proactive,
        engine: AsyncEngine,
        clock: Callable[[], datetime],
        *,
        options: OaOptions,
        rng: Random,
    ) -> None:
        """`proactive` sends templates; `rng` spreads what waits for the morning."""
        self.able = able(options)
        self.buttons: ButtonsMode = options.buttons
        self._account, self._client, self._proactive = account, client, proactive
        self._engine, self._clock, self._options, self._rng = engine, clock, options, rng
        self._minute_is_over: datetime | None = None

    async def send(self, to: Address, message: Outgoing, key: str) -> None:
        """Send a message on the first way that reaches her. Raises SendFailed."""
        try:
            await self._first_way(to, message, key)
        except ZaloError as problem:
            if problem.kind in ("human", "bug"):
                log.error("ALARM: Zalo refused (%s): %s", problem, problem.remedy or "our request is wrong")
            raise send_failed(problem, self._clock(), self._rng) from None
        except InvalidError as problem:
            log.error("a message is not one Zalo takes: %s", problem)
            raise send_failed(ZaloError("bug"), self._clock(), self._rng) from None

    async def _first_way(self, to: Address, message: Outgoing, key: str) -> None:
        purpose = self._proactive.templates.purpose(message.notice)
        refused: ZaloError | None = None
        for way in purpose.order:
            try:
                if way == "chat":
                    return await self._consult(to, message, key)
                return await self._proactive.send(way, to, message, key)
            except ZaloError as problem:
                if way != "chat" and problem.kind in ("human", "quota"):
                    log.error("ALARM: a template was refused (%s): %s", problem, problem.remedy)
                    raise ZaloError("transient", problem.code, retry_after=TEMPLATES_WAIT) from None
                if problem.kind not in NEXT_WAY:
                    raise
                refused = refused if refused and refused.kind == "stopped" else problem
        raise refused or ZaloError("window")

    async def _consult(self, to: Address, message: Outgoing, key: str) -> None:
        """Send a consultation message, while her window is open. Raises ZaloError."""
        now = self._clock()
        async with reading(self._engine) as connection:
            person = await zalo.person(connection, self._account, to.person)
            facts = (await accounts.state(connection, CHANNEL, self._account)).facts
            doubt = await zalo.doubted(connection, self._account, key)
        if self._minute_is_over is not None and now < self._minute_is_over:
            raise ZaloError("rate")
        if doubt is not None and now < doubt + LOOK_AFTER:
            raise ZaloError("transient", retry_after=(doubt + LOOK_AFTER - now).total_seconds())
        if not await self._open(to, person, now):
            raise ZaloError("window")
        try:
            if doubt is not None and await self._arrived(to, message.text, key, doubt):
                return
            body = await self._worded(to, message, buttons=not buttons_refused(facts, self._options.buttons))
            await self._say(to, body, key, doubted=doubt or now)
        except ZaloError as problem:
            if problem.kind == "window":
                async with self._engine.begin() as connection:
                    await zalo.shut(connection, self._account, to.person, now)
            raise

    async def _open(self, to: Address, person: zalo.Person, now: datetime) -> bool:
        """Tell whether her window is open. Raises ZaloError.

        What she did while nothing was delivered here only Zalo knows: once, when by our count the window has
        shut, it is asked.
        """
        if person.shut_at is not None:
            return False
        if person.spoke_at is None or now - person.spoke_at <= WINDOW:
            return True
        try:
            spoke_at = moment(await _whole(self._client.last_interaction(to.person)))
        except ZaloError as problem:
            if problem.kind in ("rate", "unsent", "transient"):
                raise
            spoke_at = person.spoke_at  # it does not tell
        is_open = now - spoke_at <= WINDOW
        async with self._engine.begin() as connection:
            if is_open:
                await zalo.had_spoken(connection, self._account, to.person, spoke_at)
            else:
                await zalo.shut(connection, self._account, to.person, now)
        return is_open

    async def _worded(self, to: Address, message: Outgoing, *, buttons: bool) -> Consultation:
        """The message as the API takes it. Raises ZaloError when a file cannot be uploaded."""
        options = self._options
        if message.attached is not None:  # a part of its own
            uploaded = await _whole(self._client.upload(message.attached))
            if message.attached.kind == "image":
                return Consultation(to.person, message.text, image_id=uploaded)
            return Consultation(to.person, file_token=uploaded)
        body = Consultation(to.person, message.text, mode=options.buttons)
        if message.asks_contact:
            card = InfoRequest(
                shortened(message.contact_label or message.text, LONGEST_TITLE),
                shortened(message.text, LONGEST_SUBTITLE),
                options.contact_image,
            )
            return replace(body, info=card)
        if not buttons:
            return body
        taps = [Button(option.label, payload(message.turn, option.id)) for option in message.options]
        return replace(body, buttons=taps)

    async def _say(self, to: Address, body: Consultation, key: str, *, doubted: datetime) -> None:
        """Send it; where the attachment is refused the same text goes alone, for its menu can be typed.

        What may have arrived since it was first `doubted` is looked for before it is sent again.
        """
        try:
            message_id = await self._client.send(body)
        except ZaloError as refused:
            problem = await self._doubt(to, body, key, refused, doubted)
            if problem.kind != "plain" or not body.has_attachment or not body.text:
                raise problem from None
            bare = Consultation(body.user_id, body.text, mode="off")
            message_id = await self._client.send(bare)
            if body.buttons:
                await self._no_buttons(problem)
        finally:
            self._count_down()
        await self._sent(to, message_id, key)

    async def _doubt(
        self, to: Address, body: Consultation, key: str, problem: ZaloError, doubted: datetime
    ) -> ZaloError:
        """Note what may have arrived; return what the problem is then: one to come back to, or for good.

        A text can be found in the chat, a file cannot: when its answer is lost it stays unknown.
        """
        now, lost = self._clock(), problem.kind == "unknown"
        if lost and (not body.text or body.image_id or now - doubted > DOUBTED_FOR):
            return problem
        if lost or problem.kind == "garbled":
            async with self._engine.begin() as connection:
                await zalo.doubt(connection, self._account, to.person, key=key, at=now)
        return ZaloError("transient", retry_after=LOOK_AFTER.total_seconds()) if lost else problem

    async def _sent(self, to: Address, message_id: str, key: str) -> None:
        row = {"message_id": message_id, "key": key}
        async with self._engine.begin() as connection:
            await zalo.sent(connection, self._account, to.person, **row, at=self._clock())

    async def _arrived(self, to: Address, text: str, key: str, since: datetime) -> bool:
        """Look in the chat for what may have arrived; note it as ours when it is there. Raises ZaloError.

        An echo that came has told already. Where the chat may not be read nobody can tell: `unknown`.
        """
        async with reading(self._engine) as connection:
            if await zalo.known_as(connection, self._account, key):
                return True
        try:
            lines = await _whole(self._client.conversation(to.person))
        except ZaloError as problem:
            if problem.kind == "rate":
                raise
            raise ZaloError("unsent" if problem.kind in ("unsent", "transient") else "unknown") from None
        earliest = (since - SKEW).timestamp() * 1_000
        for line in lines:
            message_id = str(line.get("message_id") or "")
            late = whole(line.get("time")) >= earliest
            if late and whole(line.get("src"), 1) == 0 and same(str(line.get("message", "")), text):
                async with reading(self._engine) as connection:
                    known = await zalo.ours(connection, self._account, message_id)
                if not known:
                    await self._sent(to, message_id, key)
                    return True
        return False

    async def _no_buttons(self, problem: ZaloError) -> None:
        """Remember that buttons of this mode are refused: from now on only the menu is sent."""
        log.error("ALARM: Zalo refuses our buttons (%s); the numbered menu is sent instead", problem)
        async with self._engine.begin() as connection:
            off = {"mode": self._options.buttons, "code": problem.code}
            await accounts.note(connection, CHANNEL, self._account, buttons_off=off)

    def _count_down(self) -> None:
        """When the answer said that no call is left in this minute, wait for the next."""
        if self._client.remain == 0:
            now = self._clock()
            self._minute_is_over = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        else:
            self._minute_is_over = None


async def _whole(call: Awaitable[T]) -> T:
    """Make a call before the message: what is lost of it is nothing of the message's. Raises ZaloError."""
    try:
        return await call
    except ZaloError as problem:
        if problem.kind in ("unknown", "garbled"):
            raise ZaloError("transient", problem.code) from None
        raise
