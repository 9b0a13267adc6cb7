"""What the simulated Bot API says and reads: fields of methods, refusals, texts, keyboards."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

from aiohttp import web

from bot.simulators.kit import Json

WORDS = {
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
}
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook "
    "first"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
TEXT, CAPTION, BUTTONS, DATA = 4_096, 1_024, 100, 64
PHOTO, UPLOAD = 10 << 20, 50 << 20
ALL_SECOND, CHAT_SECOND, CHAT_BURST, GROUP_MINUTE = 30, 1, 3, 20
TAGS = frozenset(
    ("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "span")
)
ACTIONS = frozenset(("typing", "upload_photo", "upload_document", "find_location", "record_voice"))
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_RESERVED = re.compile(r"(?<!\\)[_*\[\]()~`>#+\-=|{}.!]")

_HEAD = "chat_id disable_notification protect_content reply_parameters message_thread_id allow_paid_broadcast"
FIELDS = {
    "getMe": "",
    "setWebhook": "url secret_token max_connections allowed_updates drop_pending_updates ip_address",
    "deleteWebhook": "drop_pending_updates",
    "getWebhookInfo": "",
    "getUpdates": "offset limit timeout allowed_updates",
    "sendMessage": f"{_HEAD} text parse_mode entities reply_markup link_preview_options",
    "editMessageText": "chat_id message_id text parse_mode entities reply_markup link_preview_options",
    "editMessageReplyMarkup": "chat_id message_id reply_markup",
    "deleteMessage": "chat_id message_id",
    "answerCallbackQuery": "callback_query_id text show_alert url cache_time",
    "sendPhoto": f"{_HEAD} photo caption parse_mode reply_markup",
    "sendDocument": f"{_HEAD} document caption parse_mode reply_markup disable_content_type_detection",
    "sendLocation": f"{_HEAD} latitude longitude reply_markup",
    "sendChatAction": "chat_id action",
    "getFile": "file_id",
    "setMyCommands": "commands scope language_code",
    "getMyCommands": "scope language_code",
    "setMyDescription": "description language_code",
    "setMyShortDescription": "short_description language_code",
    "getMyDescription": "language_code",
    "getMyShortDescription": "language_code",
    "setMyName": "name language_code",
    "setChatMenuButton": "chat_id menu_button",
    "getChatMenuButton": "chat_id",
    "answerWebAppQuery": "web_app_query_id result",
}
"""Method → the fields it takes: another one is a mistake of the client."""


ARGUMENTS = web.RequestKey("arguments", dict)


class ApiError(Exception):
    """A refusal as the Bot API words it."""

    def __init__(self, code: int, words: str, **parameters: int) -> None:
        """`parameters` are what a client can act on: retry_after."""
        super().__init__(words)
        self.code, self.words, self.parameters = code, words, parameters


def error(code: int, words: str, **parameters: int) -> web.Response:
    """Return a refusal; its status is its code."""
    body: Json = {"ok": False, "error_code": code, "description": words}
    return web.json_response(body | ({"parameters": parameters} if parameters else {}), status=code)


def public(message: Json) -> Json:
    """Return a message, or anything that holds one, without what only the simulator knows."""
    return {
        name: public(value) if isinstance(value, dict) else value
        for name, value in message.items()
        if not name.startswith("_")
    }


def tap_of(number: int, button: Json) -> Json:
    """An inline button as the phone page shows it."""
    if "url" in button:
        return {"label": button["text"], "do": {"kind": "open", "url": button["url"]}}
    do = {"kind": "tap", "message_id": number, "data": button["callback_data"]}
    return {"label": button["text"], "do": do}


def text_of(message: Json) -> str:
    """What a message says, or what it is."""
    for name in ("text", "caption"):
        if name in message:
            return str(message[name])
    found = {"contact", "location", "photo", "document", "sticker"} & set(message)
    return f"[{found.pop() if found else '?'}]"


def key_of(key: Json | str) -> Json:
    """A key of a reply keyboard: it types its label, or shares her number."""
    if isinstance(key, dict) and key.get("request_contact"):
        return {"label": key["text"], "do": {"kind": "contact", "key": True}}
    label = key if isinstance(key, str) else key["text"]
    return {"label": label, "do": {"kind": "text", "text": label, "key": True}}


def check_button(button: Json) -> None:
    """Refuse an inline button that Telegram would refuse. Raises ApiError."""
    if not str(button.get("text", "")):
        raise ApiError(400, "Bad Request: inline keyboard button text can't be empty")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= DATA:
        raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    if len({"callback_data", "url", "web_app"} & set(button)) != 1:
        raise ApiError(400, "Bad Request: text buttons are unallowed in the inline keyboard")


class _Plain(HTMLParser):
    """The text of a message written in the HTML of the Bot API."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.open = "", list[str]()
        self.feed(html)
        self.close()
        if self.open:
            raise ApiError(400, f"Bad Request: can't parse entities: can't find end tag of {self.open[-1]}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag that may be used."""
        del attrs
        if tag not in TAGS:
            raise ApiError(400, f'Bad Request: can\'t parse entities: unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last."""
        if not self.open or self.open.pop() != tag:
            raise ApiError(400, f"Bad Request: can't parse entities: unexpected end tag {tag}")

    def handle_data(self, data: str) -> None:
        """Add to what will be read."""
        self.text += data


def text_given(given: Json, field: str, most: int) -> str:
    """A text as it will be seen. Raises ApiError."""
    text, mode = str(given.get(field, "")), str(given.get("parse_mode", ""))
    if mode == "HTML":
        text = _Plain(text).text
    elif mode == "MarkdownV2":
        found = _RESERVED.search(text)
        if found:
            words = f"character '{found[0]}' is reserved and must be escaped with the preceding '\\'"
            raise ApiError(400, f"Bad Request: can't parse entities: {words}")
        text = text.replace("\\", "")
    if not text.strip():
        raise ApiError(400, f"Bad Request: message {field} is empty")
    if len(text) > most:
        raise ApiError(400, f"Bad Request: message {'caption ' if field == 'caption' else ''}is too long")
    return text


def decoded(value: Any) -> Any:  # noqa: ANN401 - plain JSON
    """Return an argument that may be JSON in a string."""
    return json.loads(value) if isinstance(value, str) else value


def snake(name: str) -> str:
    """Return a method name as Python writes it."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
