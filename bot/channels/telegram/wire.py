"""Telegram as a channel: a message of ours as a call of the Bot API, its errors as the sender's."""

from __future__ import annotations

from datetime import timedelta

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import FloodLimit, MessageLimit
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels import Capabilities, Pace, SendFailed
from bot.channels.telegram.request import Broken, NotConnected
from bot.channels.telegram.updates import NAME, button_data
from handlers.messages import Address, Attached, Option, Outgoing

BUTTONS, LABEL = 100, 40  # of a message; characters of a label that a phone shows whole
SIDE_BY_SIDE = 14  # characters: two buttons with shorter labels share a row
_GONE = ("chat not found", "user is deactivated", "peer_id_invalid")
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


class TelegramChannel:
    """Sends on one bot."""

    name = NAME
    able = Capabilities(
        text_limit=MessageLimit.MAX_TEXT_LENGTH,
        buttons=BUTTONS,
        label_limit=LABEL,
        contact_request=True,
        contact_stays=True,
        files=True,
        pace=Pace(apart=1.0, a_second=int(FloodLimit.MESSAGES_PER_SECOND)),
    )

    def __init__(self, bot: Bot) -> None:
        """The bot is initialized by whoever built it."""
        self._bot = bot

    async def send(self, to: Address, message: Outgoing, key: str) -> None:
        """Send one part. Raises SendFailed."""
        del key  # the Bot API has no way to say that a message is the same
        try:
            if message.attached is not None:
                await self._send_file(int(to.person), message.attached)
            else:
                await self._bot.send_message(
                    int(to.person),
                    message.text,
                    reply_markup=markup(message),
                    link_preview_options=_NO_PREVIEW,
                )
        except TelegramError as refused:
            raise failure(refused) from None
        except KeyError:  # PTB's, for an answer without a result
            raise SendFailed("unknown", code="no_result") from None

    async def _send_file(self, chat: int, file: Attached) -> None:
        content = InputFile(file.content, filename=file.name)
        if file.kind == "image":
            await self._bot.send_photo(chat, content)
        else:
            await self._bot.send_document(chat, content)


def failure(refused: TelegramError) -> SendFailed:
    """Return what an error of the Bot API means for a message."""
    words = refused.message.lower()
    if isinstance(refused, RetryAfter):
        return SendFailed("retry", retry_after=seconds_of(refused), code="too_fast")
    if isinstance(refused, Forbidden) or any(gone in words for gone in _GONE):
        return SendFailed("stopped", code="left")
    if isinstance(refused, InvalidToken):
        return SendFailed("retry", account=True, human=True, code="bad_token")
    if isinstance(refused, ChatMigrated):
        return SendFailed("rejected", code="a_group")
    if isinstance(refused, NotConnected):
        return SendFailed("retry", account=True, code="unreachable")
    if isinstance(refused, Broken):
        return SendFailed("retry", code="platform_failed")
    if isinstance(refused, BadRequest):
        return SendFailed("rejected", code="bad_request")
    return SendFailed("unknown", code="no_answer" if isinstance(refused, TimedOut) else "unclear")


def seconds_of(refused: RetryAfter) -> float:
    """How long to wait; PTB is about to change the type."""
    wait = refused.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def markup(message: Outgoing) -> Markup | None:
    """The keyboard of a message: buttons under it, one that shares her number, or none any more.

    A notice leaves the keyboard as it is: what it interrupts may still ask for her number.
    """
    if message.asks_contact:
        rows = [[KeyboardButton(message.contact_label, request_contact=True)]]
        rows += [[KeyboardButton(_bare(option.label))] for option in message.options]
        return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)
    if not message.options:
        return None if message.notice else ReplyKeyboardRemove()
    buttons = [
        InlineKeyboardButton(option.label, callback_data=button_data(message.turn, option, number))
        for number, option in enumerate(message.options, 1)
    ]
    return InlineKeyboardMarkup(_rows(buttons, message.options))


def _rows(
    buttons: list[InlineKeyboardButton], options: tuple[Option, ...]
) -> list[list[InlineKeyboardButton]]:
    """Two short ones share a row: all of them, or none."""
    wide = 2 if len(options) > 1 and all(len(option.label) <= SIDE_BY_SIDE for option in options) else 1
    return [buttons[place : place + wide] for place in range(0, len(buttons), wide)]


def _bare(label: str) -> str:
    """A label without its number: a key of a reply keyboard types itself."""
    number, _, rest = label.partition(". ")
    return rest if number.isdecimal() and rest else label
