"""Telegram as bots know it: the Bot API on this machine, and phones to talk to a bot with."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import web

from bot.simulators import telegram_app
from bot.simulators import telegram_wire as wire
from bot.simulators.clock import VirtualClock
from bot.simulators.kit import Json, Simulator, Wrong, epoch
from bot.simulators.telegram_api import BotApi

TOKEN = "42:SIMULATED"  # noqa: S105 - there is nothing behind it
FIRST_USER = 7_000_000_001  # ids no longer fit 32 bits
EXPIRES = {"callback_query": timedelta(seconds=150), "inline_query": timedelta(seconds=30)}
LASTS = timedelta(hours=24)
KEYBOARD = "under the text field:"  # how the phone page names the keyboard that stays there


@dataclass
class Chat:
    """A private chat with the bot, or a group it is in, and what was written there."""

    user: Json
    kind: str = "private"
    started: bool = False
    blocked: bool = False
    messages: list[Json] = field(default_factory=list)
    numbers: int = 0
    keys: list[list[Json]] = field(default_factory=list)  # of the keyboard under her text field
    folds: bool = False  # it goes away when a key is pressed, but for an icon that brings it back
    folded: bool = False

    @property
    def id(self) -> int:
        """The chat's id: of a private one the person's, of a group negative."""
        return int(self.user["id"]) * (1 if self.kind == "private" else -1)

    def as_json(self) -> Json:
        """The chat as updates name it."""
        if self.kind != "private":
            return {"id": self.id, "type": self.kind, "title": self.user["first_name"]}
        return {"id": self.id, "type": "private", "first_name": self.user["first_name"]}


class TelegramSimulator(Simulator):
    """One bot, known by its token."""

    name = "Telegram"

    def __init__(
        self,
        clock: VirtualClock,
        rng: Random,
        *,
        token: str = TOKEN,
        username: str = "ansinh_sim_bot",
        webhook_timeout: float = 60.0,
        callbacks_last: float = 60.0,
        journal: Path | None = None,
    ) -> None:
        """`callbacks_last` is for how many seconds a tap can be answered."""
        self.token, self.username, self.callbacks_last = token, username, callbacks_last
        self.chats: dict[int, Chat] = {}
        self.updates: list[Json] = []  # for getUpdates, while there is no webhook
        self.arrived = asyncio.Event()
        self.secret, self.allowed = "", list[str]()
        self.next_update = rng.randrange(10**8, 10**9)
        self.taps: dict[str, Any] = {}  # id of a tap → when
        self.files: dict[str, bytes] = {}
        self.commands: dict[str, list[Json]] = {}
        self.told: dict[str, str] = {}  # descriptions of the bot
        self.menus: dict[int, Json] = {}  # chat, or everybody → the menu button
        self.floods = 0
        self.last: tuple[str, bytes] | None = None
        self.api = BotApi(self)
        super().__init__(clock, rng, retry=self._retry, webhook_timeout=webhook_timeout, journal=journal)

    def _retry(self, attempts: int, status: int | None, after: float | None) -> float | None:
        """At once or when the webhook says, then doubling, then a minute or two apart."""
        del status
        if attempts == 1:
            return min(after or 0.0, 3_600.0)
        return float(2 ** (attempts - 1)) if attempts < 7 else 60 + 60 * self.rng.random()

    def routes(self) -> list[web.RouteDef]:
        """The Bot API, its files, and what the app does when the menu button is tapped."""
        path = "/bot{token:[^/]+}/{method}"
        return [
            web.post(path, self.api.call),
            web.get(path, self.api.call),
            web.get("/file/bot{token:[^/]+}/{path:.+}", self._file),
            web.get("/__sim/app", self._open),
        ]

    def call_name(self, request: web.Request) -> str:
        """The method's name."""
        return request.match_info.get("method") or f"{request.method} {request.path.partition('bot')[0]}"

    async def asked(self, request: web.Request) -> Any:  # noqa: ANN401 - plain JSON
        """The arguments, without the bytes of files."""
        found: Mapping[str, Any] = request.get(wire.ARGUMENTS, {})
        return {name: value if isinstance(value, str) else "…" for name, value in found.items()}

    def refusal(self, kind: str, code: int) -> web.Response:
        """An error as the Bot API words it."""
        if kind == "rate_limit":
            seconds = code or 1
            return wire.error(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        if kind == "http_500":
            return wire.error(500, "Internal Server Error: restart")
        code = code or 400
        return wire.error(code, wire.WORDS.get(code, "Bad Request: something is wrong"))

    def reset(self) -> None:
        """Forget people, messages and updates; the webhook stays."""
        super().reset()
        self.chats.clear()
        self.updates.clear()
        self.taps.clear()
        self.floods = 0

    # --- people

    def add_user(self, data: Mapping[str, Any]) -> Json:
        """{"name": …, "kind": "private"|"group", "started": true to have pressed START long ago}."""
        number = FIRST_USER + len(self.chats)
        name = str(data.get("name") or f"Person {len(self.chats) + 1}")
        user = {"id": number, "is_bot": False, "first_name": name, "language_code": "vi"}
        chat = Chat(user, str(data.get("kind", "private")), started=bool(data.get("started")))
        self.chats[chat.id] = chat
        return {"id": str(chat.id), "name": name}

    def users(self) -> list[Json]:
        """Everybody."""
        return [{"id": str(chat.id), "name": chat.user["first_name"]} for chat in self.chats.values()]

    def chat(self, user: str) -> Chat:
        """Return a person's chat. Raises Wrong."""
        try:
            return self.chats[int(user)]
        except (KeyError, ValueError):
            raise Wrong(f"nobody has the id {user!r}") from None

    async def inject(self, user: str, action: Mapping[str, Any]) -> None:
        """Kinds: start, text, edited, contact, location, photo, sticker, tap, block, unblock, unknown, raw.

        `duplicate` delivers the last update again, `times` times; `unfold` brings back the keyboard.
        """
        chat, kind = self.chat(user), str(action.get("kind"))
        if kind == "tap":
            self._tap(chat, int(action["message_id"]), str(action["data"]))
        elif kind in ("block", "unblock"):
            self._membership(chat, blocked=kind == "block")
        elif kind == "unfold":
            chat.folded = False
        elif kind == "edited":
            message = self.find(chat, int(action["message_id"]))
            message |= {"text": str(action["text"]), "edit_date": epoch(self.clock())}
            self.emit("edited_message", message, str(chat.id))
        elif kind == "unknown":
            self.emit(str(action.get("name", "poll")), {"id": "1"}, "other", always=True)
        elif kind == "raw":
            self._send(str(chat.id), json.dumps(action["update"]).encode(), "message")
        elif kind == "duplicate":
            for _ in range(int(action.get("times", 1))):
                if self.last is not None:
                    self._send(*self.last, "message")
        else:
            self._say(chat, kind, action)

    def _say(self, chat: Chat, kind: str, action: Mapping[str, Any]) -> None:
        """Write a message of a person's."""
        content: Json
        if kind == "start":
            self._membership(chat, blocked=False, quietly=not chat.blocked)
            chat.started = True
            content = _command(f"/start {action.get('payload', '')}".strip())
        elif kind == "text":
            content = _command(str(action["text"]))
        elif kind == "contact":
            whose = chat.user["id"] if action.get("own", True) else 123
            number = str(action.get("phone", "84912345678"))
            content = {"contact": {"phone_number": number, "first_name": "A", "user_id": whose}}
        elif kind == "location":
            content = {"location": {"latitude": 21.85, "longitude": 106.76}}
        elif kind == "photo":
            file = self.keep_file(b"\xff\xd8 a photo", "photos/1.jpg")
            sizes = [{"file_id": file, "file_unique_id": file, "width": 90, "height": 90}]
            content = {"photo": sizes} | ({"caption": action["caption"]} if "caption" in action else {})
        elif kind == "sticker":
            sticker = {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1}
            content = {"sticker": sticker | {"is_animated": False, "is_video": False}}
        else:
            raise Wrong(f"nobody can {kind!r} on Telegram")
        if not chat.started or chat.blocked:
            raise Wrong("who has not pressed START, or has blocked the bot, cannot write to it")
        if action.get("key"):
            chat.folded = chat.folds
        self.emit("message", self.write(chat, chat.user, content), str(chat.id))

    def _tap(self, chat: Chat, number: int, data: str) -> None:
        """Tap a button that a message has or once had."""
        message = self.find(chat, number)
        if data not in message.get("_ever", ()):
            raise Wrong(f"message {number} never had a button with {data!r}")
        identity = str(self.rng.randrange(10**17, 10**18))
        self.taps[identity] = self.clock()
        query = {"id": identity, "from": chat.user, "message": wire.public(message), "data": data}
        query["chat_instance"] = "1"
        self.emit("callback_query", query, f"{chat.user['id']}+callback")

    def _membership(self, chat: Chat, *, blocked: bool, quietly: bool = False) -> None:
        chat.blocked = blocked
        if quietly:
            return
        was, now = ("member", "kicked") if blocked else ("kicked", "member")
        change: Json = {"chat": chat.as_json(), "from": chat.user, "date": epoch(self.clock())}
        for name, status in (("old_chat_member", was), ("new_chat_member", now)):
            change[name] = {"user": self.api.me(), "status": status}
            if status == "kicked":
                change[name]["until_date"] = 0
        self.emit("my_chat_member", change, str(chat.id))

    # --- messages and updates

    def write(self, chat: Chat, author: Json, content: Mapping[str, Any]) -> Json:
        """Add a message to a chat; its number is the chat's own. It may bring a keyboard, or take it away."""
        chat.numbers += 1
        if "_keys" in content:
            chat.keys, chat.folds, chat.folded = content["_keys"], content.get("_once", False), False
        head = {"message_id": chat.numbers, "date": epoch(self.clock())}
        message = {**head, "chat": chat.as_json(), "from": author, **content}
        chat.messages.append(message)
        return message

    def find(self, chat: Chat, number: int) -> Json:
        """Return a message by its number. Raises Wrong."""
        for message in chat.messages:
            if message["message_id"] == number:
                return message
        raise Wrong(f"no message {number} in this chat")

    def emit(self, kind: str, content: Json, queue: str, *, always: bool = False) -> None:
        """Make an update of what happened, if the bot wants to know of such."""
        if self.allowed and kind not in self.allowed and not always:
            return
        update = {"update_id": self.next_update, kind: wire.public(content)}
        self.next_update += 1
        if not self.webhook.url:
            self.updates.append(update)
            self.arrived.set()
            return
        body = json.dumps(update, ensure_ascii=self.rng.random() < 0.5).encode()
        self._send(queue, body, kind)

    def _send(self, queue: str, body: bytes, kind: str) -> None:
        self.last = queue, body
        expires = self.clock() + EXPIRES.get(kind, LASTS)
        self.webhook.put(queue, body, self._headers, expires=expires)

    def _headers(self, attempt: int) -> Mapping[str, str]:
        del attempt
        headers = {"Content-Type": "application/json"}
        return headers | ({"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {})

    def keep_file(self, content: bytes, path: str) -> str:
        """Keep a file; return its id, which is its path too."""
        identity = f"{len(self.files)}/{path}"
        self.files[identity] = content
        return identity

    async def _file(self, request: web.Request) -> web.Response:
        content = self.files.get(request.match_info["path"])
        if content is None or request.match_info["token"] != self.token:
            return wire.error(404, "Not Found")
        return web.Response(body=content)

    # --- pages inside the app

    def menu(self, chat: int) -> Json:
        """The menu button of a chat: its own, else everybody's."""
        return self.menus.get(chat) or self.menus.get(telegram_app.EVERYBODY) or {"type": "default"}

    def opened(self, user: str) -> str:
        """The address the menu button opens for a person now. Raises Wrong when it opens no page."""
        chat = self.chat(user)
        button = self.menu(chat.id)
        if button["type"] != "web_app" or not chat.started or chat.kind != "private":
            raise Wrong("the menu button of this chat opens no page")
        query, at = f"AAH{self.rng.randrange(10**12)}", epoch(self.clock())
        return telegram_app.opened(button["web_app"]["url"], self.token, chat.user, query=query, at=at)

    async def _open(self, request: web.Request) -> web.Response:
        try:
            url = self.opened(request.query.get("user", ""))
        except Wrong as wrong:
            return web.Response(status=404, text=str(wrong))
        return web.Response(status=302, headers={"Location": url, "Cache-Control": "no-store"})

    # --- the phone

    def phone(self, user: str) -> list[Json]:
        """The chat as she sees it."""
        chat = self.chat(user)
        shown = [self._shown(message) for message in chat.messages]
        if not chat.started or chat.blocked:
            start = {"label": "START", "do": {"kind": "start"}}
            shown.append({"id": 0, "who": "note", "text": "", "buttons": [[start]]})
        else:
            stop = {"label": "Block the bot", "do": {"kind": "block"}}
            shown += [*self._keyboard(chat), {"id": 0, "who": "note", "text": ""}]
            shown[-1]["buttons"] = [*self._menu(chat), [stop]]
        return shown

    def _keyboard(self, chat: Chat) -> list[Json]:
        """The keyboard under her text field, or the icon it is folded into; nothing where there is none."""
        unfold = {"label": "⌨", "do": {"kind": "unfold"}}
        note = {"id": 0, "who": "note", "text": KEYBOARD, "buttons": [[unfold]] if chat.folded else chat.keys}
        return [note] if chat.keys else []

    def _menu(self, chat: Chat) -> list[list[Json]]:
        """The menu button, when it opens a page."""
        button = self.menu(chat.id)
        if button["type"] != "web_app" or chat.kind != "private":
            return []
        return [[{"label": button["text"], "do": {"kind": "open", "url": f"/__sim/app?user={chat.id}"}}]]

    def _shown(self, message: Json) -> Json:
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        number = message["message_id"]
        taps = [[wire.tap_of(number, button) for button in row] for row in rows]
        who = "bot" if message["from"]["is_bot"] else "me"
        return {"id": number, "who": who, "text": wire.text_of(message), "buttons": taps}


def _command(text: str) -> Json:
    """A text, with the command at its beginning marked as Telegram marks it."""
    content: Json = {"text": text}
    if text.startswith("/"):
        length = len(text.split(maxsplit=1)[0])
        content["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
    return content
