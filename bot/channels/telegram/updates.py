"""What Telegram delivers, as events of ours."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import Bot, CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.intake import Deed, Later, Things, Unreadable
from bot.storage.hotpath import mark_returned, mark_stopped
from handlers.commands import COMMANDS
from handlers.messages import Address, Incoming, Kind, Option

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
ALLOWED = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)
NAME = "telegram"
LONGEST_DATA = 64  # bytes of what a button carries

Tapped = Callable[[CallbackQuery, bool], None]


class TelegramHook:
    """Reads the updates of one bot."""

    channel = NAME

    def __init__(self, bot: Bot, account: str, secret: str, tapped: Tapped) -> None:
        """`tapped` is told of each tap after it was taken, and whether it belonged to what was asked."""
        self.account, self._bot, self._secret, self._tapped = account, bot, secret, tapped

    def verified(self, raw: bytes, headers: Mapping[str, str]) -> bool:
        """Tell whether the header carries the secret that was given with the webhook's address."""
        del raw
        return hmac.compare_digest(headers.get(SECRET_HEADER, "").encode(), self._secret.encode())

    def read(self, raw: bytes) -> Things:
        """Read a delivery. Raises Unreadable."""
        try:
            data = json.loads(raw)
        except (ValueError, RecursionError):
            raise Unreadable("malformed") from None
        if not isinstance(data, dict) or not isinstance(data.get("update_id"), int):
            raise Unreadable("malformed")
        try:
            update = Update.de_json(data, self._bot)
        except (TelegramError, TypeError, ValueError, KeyError, AttributeError) as odd:
            raise Unreadable(f"malformed:{type(odd).__name__}") from None
        return self.things(update, next((key for key in data if key != "update_id"), "nothing"))

    def things(self, update: Update, name: str = "?") -> Things:
        """Return what is to be done for an update; groups do not concern us. Raises Unreadable."""
        if update.callback_query is not None:
            return self._tap(update.callback_query, update.update_id)
        if update.message is not None:
            return self._said(update.message, update.update_id)
        if update.my_chat_member is not None:
            return self._came_or_went(update.my_chat_member)
        if update.edited_message is not None:
            return ()  # what was said stays said: there is a word to change an answer
        raise Unreadable(f"unknown:{name}")

    def address(self, chat: int) -> Address:
        """The address of a private chat."""
        return Address(NAME, self.account, str(chat))

    def _said(self, message: Message, update: int) -> Things:
        if message.chat.type != ChatType.PRIVATE or message.from_user is None or message.from_user.is_bot:
            return ()
        kind, text = _content(message)
        return (Incoming(self.address(message.chat.id), str(update), kind, message.date, text),)

    def _tap(self, query: CallbackQuery, update: int) -> Things:
        """A tap carries the turn its button was drawn for; it is answered when it is taken."""
        done = Later(lambda fits: self._tapped(query, fits))
        if query.message is None or query.message.chat.type != ChatType.PRIVATE:
            return (done,)
        turn, _, option = (query.data or "").partition("|")
        if not option or not turn.isdecimal() or len(turn) > 9:
            return (done,)  # a button of nobody's
        address = self.address(query.message.chat.id)
        return (Incoming(address, str(update), Kind.CHOICE, query.message.date, option, int(turn)), done)

    def _came_or_went(self, change: ChatMemberUpdated) -> Things:
        if change.chat.type != ChatType.PRIVATE:
            return ()
        address = self.address(change.chat.id)
        gone = change.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
        mark = mark_stopped if gone else mark_returned

        async def note(connection: AsyncConnection, at: datetime) -> None:
            await mark(connection, address, at=at)

        deed: Deed = note
        return (deed,)


def button_data(turn: int, option: Option, number: int) -> str:
    """What a button carries: the turn it was drawn for, and its option; the number if that is too long."""
    data = f"{turn}|{option.id}"
    return data if len(data.encode()) <= LONGEST_DATA else f"{turn}|{number}"


def _content(message: Message) -> tuple[Kind, str]:
    """What a message is, and its text."""
    if message.contact is not None:
        own = message.from_user is not None and message.contact.user_id == message.from_user.id
        number = message.contact.phone_number
        return (Kind.CONTACT, f"+{number.lstrip('+')}") if own else (Kind.UNSUPPORTED, "another_s_number")
    if message.text is not None:
        return _words(message.text)
    if message.effective_attachment is None:
        return Kind.UNSUPPORTED, ""
    return Kind.MEDIA, f"{_unread(message)}\n{message.caption or ''}".strip()


def _unread(message: Message) -> str:
    """What a message is that we cannot read; of a sticker also the emoji it stands for."""
    if message.sticker is not None:
        return f"sticker {message.sticker.emoji or ''}".strip()
    if message.photo:
        return "photo"
    if message.voice is not None or message.audio is not None or message.video_note is not None:
        return "voice"
    return "location" if message.location is not None else "file"


def _words(text: str) -> tuple[Kind, str]:
    """A text, a command as the words that mean it, or the beginning with what its link carried."""
    if not text.startswith("/"):
        return Kind.TEXT, text
    command, _, rest = text[1:].partition(" ")
    name = command.partition("@")[0].lower()
    if name == "start":
        return Kind.START, rest.strip()[:64]
    return Kind.TEXT, COMMANDS[name][0] if name in COMMANDS else text.lstrip("/")
