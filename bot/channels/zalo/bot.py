"""The Zalo Bot of collectors: a client, a channel of numbered menus, and its webhook."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels import Capabilities
from bot.channels.zalo.errors import ZaloError, refused
from bot.channels.zalo.failures import send_failed
from bot.channels.zalo.oa import InvalidError, nfc
from bot.channels.zalo.wire import Answer, Wire, moment, whole
from bot.clock import LOCAL
from bot.intake import Deed, Unreadable
from bot.storage import accounts
from bot.storage.engine import reading
from handlers.messages import Address, Incoming, Kind, Outgoing

CHANNEL = "zalo_bot"
SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
FIRST_QUOTA_WAIT, LONGEST_QUOTA_WAIT = 60.0, 3_600.0  # seconds after "Quota exceeded", which names none
POLL_FOR = 5  # seconds a long poll lasts: no call may take over ten
NOTHING_HAPPENED = 408
THEIR_FAULT, GATEWAY_TIMEOUT = 500, 504

_SENT = "sent_in_month"  # a fact of the account

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BotText:
    """A text to a chat: plain, since a person's words may be in it."""

    chat_id: str
    text: str

    def __post_init__(self) -> None:
        """Raises InvalidError."""
        nfc(self.text)
        if not self.chat_id:
            raise InvalidError("a message needs a chat_id")

    def as_json(self) -> dict[str, str]:
        """Return the body of the call."""
        return {"chat_id": self.chat_id, "text": nfc(self.text)}


class BotClient:
    """Calls of one bot. Its token is part of the address, so no address is ever told."""

    def __init__(self, wire: Wire, token: str, base: str) -> None:
        """`base` is https://bot-api.zaloplatforms.com, or a simulator."""
        self._wire, self._url = wire, f"{base.rstrip('/')}/bot{token}"

    async def send(self, message: BotText) -> str:
        """Send a text; return its id. Raises ZaloError.

        A gateway that waited in vain for the API (504, and what some add beyond) had passed the text on. Zalo
        can be asked nothing about it: it may have arrived.
        """
        try:
            return str((await self._call("sendMessage", message.as_json())).get("message_id") or "")
        except ZaloError as problem:
            if problem.kind == "garbled" and problem.code >= GATEWAY_TIMEOUT:
                raise ZaloError("unknown", problem.code) from None
            raise

    async def me(self) -> Mapping[str, Any]:
        """Return who the bot is: account_name, account_type. Raises ZaloError."""
        return await self._call("getMe", {})

    async def webhook(self) -> str:
        """Return where Zalo delivers to; nothing for nowhere. Raises ZaloError."""
        return str((await self._call("getWebhookInfo", {})).get("url") or "")

    async def set_webhook(self, url: str, secret: str) -> Mapping[str, Any]:
        """Have events delivered; return what Zalo found when it tried. Raises ZaloError."""
        found = (await self._call("setWebhook", {"url": url, "secret_token": secret})).get("verification")
        return found if isinstance(found, dict) else {}

    async def delete_webhook(self) -> None:
        """Have nothing delivered: only then updates can be polled for. Raises ZaloError."""
        await self._call("deleteWebhook", {})

    async def update(self) -> Mapping[str, Any] | None:
        """Wait some seconds for what happened next; None for nothing. With the answer Zalo forgets it.

        Raises ZaloError.
        """
        try:
            return await self._call("getUpdates", {"timeout": str(POLL_FOR)})
        except ZaloError as problem:
            if problem.code == NOTHING_HAPPENED:
                return None
            raise

    async def _call(self, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        return _result(await self._wire.post_json(f"{self._url}/{method}", body, {}))


def _result(answer: Answer) -> Mapping[str, Any]:
    """The result of an answer, whatever its HTTP status. Raises ZaloError."""
    if answer.body.get("ok") is True:
        result = answer.body.get("result")
        return result if isinstance(result, dict) else {}
    code = whole(answer.body.get("error_code") or answer.body.get("errorCode"))
    if answer.body.get("ok") is not False or not code:
        raise ZaloError("unknown")
    if code >= THEIR_FAULT:
        raise ZaloError("transient", code)
    raise refused("bot", code)


class Month:
    """How many texts of a calendar month Zalo has counted, as far as we can know: rows are erased."""

    def __init__(self, account: str, engine: AsyncEngine, clock: Callable[[], datetime]) -> None:
        """Kept with what is known of the account."""
        self._account, self._engine, self._clock = account, engine, clock

    async def count(self) -> None:
        """Count one more. Raises nothing: the text has gone, whatever becomes of its count."""
        try:
            async with self._engine.begin() as connection:
                await accounts.count(connection, CHANNEL, self._account, _SENT, self._period())
        except Exception as problem:  # noqa: BLE001 - a count is not worth a message
            log.error("a text could not be counted: %s", type(problem).__name__)

    async def sent(self) -> int:
        """Return how many went this month."""
        async with reading(self._engine) as connection:
            facts = (await accounts.state(connection, CHANNEL, self._account)).facts
        return accounts.counted(facts, _SENT, self._period())

    def _period(self) -> str:
        return f"{self._clock().astimezone(LOCAL):%Y-%m}"


class BotChannel:
    """Sends for one bot: text with a menu that is typed by number."""

    name = CHANNEL
    able = Capabilities(text_limit=2_000, buttons=0, menu_always=True)

    def __init__(
        self,
        client: BotClient,
        clock: Callable[[], datetime],
        rng: Random,
        gone: Callable[[], Awaitable[None]],
    ) -> None:
        """`rng` is not needed for more than what all of Zalo shares; `gone` counts a text of the month."""
        self._client, self._clock, self._rng, self._gone = client, clock, rng, gone
        self._used_up = 0  # how often in a row the quota was exceeded

    async def send(self, to: Address, message: Outgoing, key: str) -> None:
        """Send a text. Raises SendFailed."""
        del key
        try:
            await self._client.send(BotText(to.person, message.text))
            self._used_up = 0
            await self._gone()
        except ZaloError as problem:
            if problem.kind == "unknown":  # Zalo may have counted it
                await self._gone()
            if problem.kind in ("human", "bug"):
                log.error("ALARM: the bot was refused (%s): %s", problem, problem.remedy or "our mistake")
            raise send_failed(self._slower(problem), self._clock(), self._rng) from None
        except InvalidError as problem:
            log.error("a message is not one Zalo takes: %s", problem)
            raise send_failed(ZaloError("bug"), self._clock(), self._rng) from None

    def _slower(self, problem: ZaloError) -> ZaloError:
        """Wait twice as long each time the quota is exceeded: Zalo does not say until when."""
        if problem.kind == "quota":
            problem.retry_after = min(LONGEST_QUOTA_WAIT, FIRST_QUOTA_WAIT * 2**self._used_up)
            self._used_up = min(self._used_up + 1, 10)
        return problem


class BotHook:
    """The deliveries of one bot."""

    channel = CHANNEL

    def __init__(self, account: str, secret: str) -> None:
        """`secret` is what setWebhook was given."""
        self.account, self._secret = account, secret

    def verified(self, raw: bytes, headers: Mapping[str, str]) -> bool:
        """Tell whether the secret came with it."""
        del raw
        given = headers.get(SECRET_HEADER, "")
        return bool(self._secret) and hmac.compare_digest(given.encode(), self._secret.encode())

    def read(self, raw: bytes) -> Sequence[Incoming | Deed]:
        """Return what a delivery says, wrapped or bare. Raises Unreadable."""
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            raise Unreadable("malformed") from None
        result = body.get("result", body) if isinstance(body, dict) else None
        if not isinstance(result, dict):
            raise Unreadable("malformed")
        name, message = result.get("event_name"), result.get("message")
        if not isinstance(name, str) or not isinstance(message, dict):
            raise Unreadable("malformed")
        kind = _KINDS.get(name)
        if kind is None:
            raise Unreadable(f"unknown:{name[:60]}")
        return self._incoming(*kind, message)

    def _incoming(self, kind: Kind, what: str, message: Mapping[str, Any]) -> list[Incoming | Deed]:
        chat, sender = _object(message, "chat"), _object(message, "from")
        if chat.get("chat_type") not in (None, "PRIVATE") or sender.get("is_bot"):
            return []  # who speaks in a group is nobody's desk
        person, identity = str(chat.get("id") or "")[:100], str(message.get("message_id") or "")[:100]
        if not person or not identity:
            raise Unreadable("malformed")
        text = _string(message, "text")
        if kind is not Kind.TEXT:
            text = f"{what}\n{_string(message, 'caption')}".strip()
        address = Address(CHANNEL, self.account, person)
        return [Incoming(address, f"m:{identity}", kind, moment(message.get("date")), text)]


_KINDS: Mapping[str, tuple[Kind, str]] = {
    "message.text.received": (Kind.TEXT, ""),
    "message.image.received": (Kind.MEDIA, "photo"),
    "message.sticker.received": (Kind.MEDIA, "sticker"),
    "message.voice.received": (Kind.MEDIA, "voice"),
    "message.unsupported.received": (Kind.UNSUPPORTED, ""),
}
"""Event → what it is, and what is called what we cannot read."""


def _string(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _object(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = body.get(key)
    return value if isinstance(value, dict) else {}
