"""The methods of the simulated Bot API, as strict as the real one where that can be known."""

from __future__ import annotations

import asyncio
import json
import math
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.web_request import FileField

from bot.simulators.kit import Json, Wrong, epoch
from bot.simulators.telegram_app import EVERYBODY, menu_button
from bot.simulators.telegram_wire import (
    ACTIONS,
    ALL_SECOND,
    ARGUMENTS,
    BUTTONS,
    CAPTION,
    CHAT_BURST,
    CHAT_SECOND,
    COMMAND,
    FIELDS,
    GROUP_MINUTE,
    NOT_MODIFIED,
    PHOTO,
    SECRET,
    TEXT,
    TOO_OLD,
    UPLOAD,
    WEBHOOK_ACTIVE,
    WORDS,
    ApiError,
    check_button,
    decoded,
    error,
    key_of,
    public,
    snake,
    text_given,
)

if TYPE_CHECKING:
    from bot.simulators.telegram import Chat, TelegramSimulator


class BotApi:
    """The methods, on the state of a simulator."""

    def __init__(self, sim: TelegramSimulator) -> None:
        """Method names are not told apart by case."""
        self.sim = sim
        self._names = {name.lower(): name for name in FIELDS}
        self._sent: dict[object, deque[datetime]] = defaultdict(deque)
        self._webhook_set: datetime | None = None
        self._poller: asyncio.Event | None = None

    async def call(self, request: web.Request) -> web.Response:
        """Answer a call: the status is the error's code."""
        try:
            name = self._names.get(request.match_info["method"].lower())
            if request.match_info["token"] != self.sim.token:
                raise ApiError(401, WORDS[401])
            if name is None:
                self.sim.violation(f"no method {request.match_info['method']}")
                raise ApiError(404, WORDS[404])
            given = await self._arguments(request, name)
            method: Callable[[Json], Any] = getattr(self, f"_{snake(name)}")
            result = method(given)
            if asyncio.iscoroutine(result):
                result = await result
        except ApiError as refused:
            return error(refused.code, refused.words, **refused.parameters)
        except (Wrong, KeyError, ValueError, TypeError) as wrong:
            self.sim.violation(f"{request.match_info['method']}: {type(wrong).__name__} {wrong}")
            return error(400, f"Bad Request: {wrong}")
        return web.json_response({"ok": True, "result": result})

    async def _arguments(self, request: web.Request, name: str) -> Json:
        """Read the arguments, however they were sent; nested ones are JSON in strings."""
        kind = request.content_type
        given: Json = dict(request.query)
        if kind == "application/json":
            given |= await request.json()
        elif request.can_read_body:
            if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
                self.sim.violation(f"{name}: content type {kind}")
                raise ApiError(400, "Bad Request: unsupported content type")
            given |= dict(await request.post())
        request[ARGUMENTS] = given
        files = {key for key, value in given.items() if isinstance(value, FileField)}
        unknown = set(given) - set(FIELDS[name].split()) - files
        if unknown:
            self.sim.violation(f"{name} has no {', '.join(sorted(unknown))}")
        return given

    # --- the bot

    def me(self) -> Json:
        """The bot as a user."""
        identity = int(self.sim.token.partition(":")[0])
        return {"id": identity, "is_bot": True, "first_name": "An Sinh", "username": self.sim.username}

    def _get_me(self, _: Json) -> Json:
        abilities = {"can_join_groups": False, "can_read_all_group_messages": False}
        return self.me() | abilities | {"supports_inline_queries": False}

    def _set_my_commands(self, given: Json) -> bool:
        commands = decoded(given["commands"])
        for command in commands:
            if not COMMAND.fullmatch(command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
        if len(commands) > 100:
            raise ApiError(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
        self.sim.commands[str(given.get("language_code", ""))] = commands
        return True

    def _get_my_commands(self, given: Json) -> list[Json]:
        return self.sim.commands.get(str(given.get("language_code", "")), [])

    def _tell(self, name: str, most: int, given: Json) -> bool:
        text = str(given.get(name, ""))
        if len(text) > most:
            raise ApiError(400, f"Bad Request: {name} is too long")
        self.sim.told[f"{name}:{given.get('language_code', '')}"] = text
        return True

    def _set_my_description(self, given: Json) -> bool:
        return self._tell("description", 512, given)

    def _set_my_short_description(self, given: Json) -> bool:
        return self._tell("short_description", 120, given)

    def _get_my_description(self, given: Json) -> Json:
        return self._told("description", given)

    def _get_my_short_description(self, given: Json) -> Json:
        return self._told("short_description", given)

    def _told(self, name: str, given: Json) -> Json:
        """What was told in a language, else to everybody."""
        told, code = self.sim.told, given.get("language_code", "")
        return {name: told.get(f"{name}:{code}", told.get(f"{name}:", ""))}

    def _set_my_name(self, given: Json) -> bool:
        return self._tell("name", 64, given)

    def _set_chat_menu_button(self, given: Json) -> bool:
        self.sim.menus[self._menu_of(given)] = menu_button(given.get("menu_button", '{"type": "default"}'))
        return True

    def _get_chat_menu_button(self, given: Json) -> Json:
        return self.sim.menu(self._menu_of(given))

    def _menu_of(self, given: Json) -> int:
        """Whose menu button is meant: a private chat's, or everybody's."""
        return self._chat(given, paced=False).id if "chat_id" in given else EVERYBODY

    def _answer_web_app_query(self, _: Json) -> Json:
        return {}

    # --- updates

    def _set_webhook(self, given: Json) -> bool:
        sim, now = self.sim, self.sim.clock()
        if self._webhook_set is not None and (now - self._webhook_set).total_seconds() < 1:
            raise ApiError(429, "Too Many Requests: retry after 1", retry_after=1)
        secret = str(given.get("secret_token", ""))
        if len(secret) > 256:
            raise ApiError(400, "Bad Request: secret token is too long")
        if secret and not SECRET.fullmatch(secret):
            raise ApiError(400, "Bad Request: secret token contains unallowed characters")
        if not 1 <= int(given.get("max_connections", 40)) <= 100:
            raise ApiError(400, "Bad Request: max_connections is 1-100")
        try:
            sim.webhook.aim(str(given.get("url", "")))
        except ValueError as wrong:
            raise ApiError(400, f"Bad Request: bad webhook: {wrong}") from None
        self._webhook_set, sim.secret = now, secret
        sim.allowed = decoded(given.get("allowed_updates", "[]"))
        waiting = [] if decoded(str(given.get("drop_pending_updates", "false"))) else list(sim.updates)
        sim.updates.clear()
        for update in waiting:
            sim._send("waiting", json.dumps(update).encode(), "message")  # noqa: SLF001 - one platform
        return True

    def _delete_webhook(self, given: Json) -> bool:
        if decoded(str(given.get("drop_pending_updates", "false"))):
            self.sim.updates.clear()
        self.sim.webhook.aim("")
        self.sim.secret = ""
        return True

    def _get_webhook_info(self, _: Json) -> Json:
        hook = self.sim.webhook
        pending = hook.pending + len(self.sim.updates)
        found: Json = {"url": hook.url, "has_custom_certificate": False, "pending_update_count": pending}
        found |= {"max_connections": 40, "allowed_updates": self.sim.allowed}
        if hook.last_error:
            found |= {"last_error_date": epoch(self.sim.clock()), "last_error_message": hook.last_error}
        return found

    async def _get_updates(self, given: Json) -> list[Json]:
        sim = self.sim
        if sim.webhook.url:
            raise ApiError(409, WEBHOOK_ACTIVE)
        if "allowed_updates" in given:
            sim.allowed = decoded(given["allowed_updates"])
        if self._poller is not None:
            self._poller.set()
        mine = self._poller = asyncio.Event()
        offset, limit = int(given.get("offset", 0)), int(given.get("limit", 100))
        if offset:
            sim.updates[:] = [update for update in sim.updates if update["update_id"] >= offset]
        until = asyncio.get_running_loop().time() + min(50, int(given.get("timeout", 0)))
        try:
            while not sim.updates and asyncio.get_running_loop().time() < until:
                sim.arrived.clear()
                waits = [asyncio.create_task(event.wait()) for event in (sim.arrived, mine)]
                left = until - asyncio.get_running_loop().time()
                await asyncio.wait(waits, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                for wait in waits:
                    wait.cancel()
                if mine.is_set():
                    raise ApiError(409, WORDS[409])
        finally:
            if self._poller is mine:
                self._poller = None
        return sim.updates[:limit]

    # --- messages

    def _chat(self, given: Json, *, paced: bool = True) -> Chat:
        """The chat that is written to, if it may be, and not too fast."""
        chat = self.sim.chats.get(int(given["chat_id"]))
        if chat is None or not (chat.started or chat.kind != "private"):
            raise ApiError(400, "Bad Request: chat not found")
        if chat.blocked:
            raise ApiError(403, WORDS[403])
        if paced:
            self._pace(chat)
        return chat

    def _pace(self, chat: Chat) -> None:
        now = self.sim.clock()
        rules = [(0, ALL_SECOND, 1.0), (chat.id, CHAT_BURST, CHAT_BURST / CHAT_SECOND)]
        if chat.kind != "private":
            rules[1] = (chat.id, GROUP_MINUTE, 60.0)
        for key, most, seconds in rules:
            sent = self._sent[key]
            while sent and (now - sent[0]).total_seconds() >= seconds:
                sent.popleft()
            if len(sent) >= most:
                self.sim.floods += 1
                wait = max(1, math.ceil(seconds - (now - sent[0]).total_seconds()))
                raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        for key, _, _ in rules:
            self._sent[key].append(now)

    def _send_message(self, given: Json) -> Json:
        content = {"text": text_given(given, "text", TEXT), **self._markup(given)}
        chat = self._chat(given)
        self._private_only(chat, content)
        return public(self.sim.write(chat, self.me(), content))

    def _send_photo(self, given: Json) -> Json:
        file = self._upload(given, "photo", PHOTO)
        sizes = [{"file_id": file, "file_unique_id": file, "width": 90, "height": 90}]
        return self._send_file(given, {"photo": sizes})

    def _send_document(self, given: Json) -> Json:
        file = self._upload(given, "document", UPLOAD)
        return self._send_file(given, {"document": {"file_id": file, "file_unique_id": file}})

    def _send_file(self, given: Json, content: Json) -> Json:
        if given.get("caption"):
            content["caption"] = text_given(given, "caption", CAPTION)
        return public(self.sim.write(self._chat(given), self.me(), content | self._markup(given)))

    def _send_location(self, given: Json) -> Json:
        place = {"latitude": float(given["latitude"]), "longitude": float(given["longitude"])}
        return public(self.sim.write(self._chat(given), self.me(), {"location": place}))

    def _send_chat_action(self, given: Json) -> bool:
        if given.get("action") not in ACTIONS:
            raise ApiError(400, "Bad Request: wrong parameter action in request")
        return bool(self._chat(given, paced=False))

    def _edit_message_text(self, given: Json) -> Json:
        return self._edit(given, {"text": text_given(given, "text", TEXT)})

    def _edit_message_reply_markup(self, given: Json) -> Json:
        return self._edit(given, {})

    def _edit(self, given: Json, content: Json) -> Json:
        message = self._own(given, "edit")
        new = self._markup(given)
        was = (message.get("text"), message.get("reply_markup"))
        if was == (content.get("text", message.get("text")), new.get("reply_markup")):
            raise ApiError(400, NOT_MODIFIED)
        message.pop("reply_markup", None)
        ever = [*message.get("_ever", ()), *new.get("_ever", ())]
        message |= content | new | {"edit_date": epoch(self.sim.clock()), "_ever": ever}
        return public(message)

    def _delete_message(self, given: Json) -> bool:
        self._chat(given, paced=False).messages.remove(self._own(given, "delete"))
        return True

    def _own(self, given: Json, what: str) -> Json:
        chat = self._chat(given, paced=False)
        try:
            message = self.sim.find(chat, int(given["message_id"]))
        except Wrong:
            raise ApiError(400, f"Bad Request: message to {what} not found") from None
        if not message["from"]["is_bot"]:
            raise ApiError(400, f"Bad Request: message can't be {what}ed")
        return message

    def _answer_callback_query(self, given: Json) -> bool:
        tapped = self.sim.taps.pop(str(given["callback_query_id"]), None)
        if tapped is None or (self.sim.clock() - tapped).total_seconds() > self.sim.callbacks_last:
            raise ApiError(400, TOO_OLD)
        if len(str(given.get("text", ""))) > 200:
            raise ApiError(400, "Bad Request: MESSAGE_TOO_LONG")
        return True

    # --- files and keyboards

    def _get_file(self, given: Json) -> Json:
        file = str(given["file_id"])
        if file not in self.sim.files:
            raise ApiError(400, "Bad Request: invalid file_id")
        size = len(self.sim.files[file])
        return {"file_id": file, "file_unique_id": file, "file_size": size, "file_path": file}

    def _upload(self, given: Json, field: str, most: int) -> str:
        named = str(given[field]) if isinstance(given[field], str) else field
        upload = given.get(named.removeprefix("attach://"), given[field])
        if not isinstance(upload, FileField):
            if named in self.sim.files:
                return named
            raise ApiError(400, "Bad Request: wrong file identifier/HTTP URL specified")
        content = upload.file.read()
        if len(content) > most:
            raise ApiError(400, "Bad Request: file is too big")
        return self.sim.keep_file(content, upload.filename)

    def _markup(self, given: Json) -> Json:
        """Check a keyboard; what a phone shows of it is kept beside the message."""
        markup = decoded(given.get("reply_markup", "{}"))
        if "inline_keyboard" in markup:
            buttons = [button for row in markup["inline_keyboard"] for button in row]
            if len(buttons) > BUTTONS:
                raise ApiError(400, "Bad Request: reply markup is too long")
            for button in buttons:
                check_button(button)
            ever = [button["callback_data"] for button in buttons if "callback_data" in button]
            return {"reply_markup": markup, "_ever": ever} if buttons else {}
        if "keyboard" in markup:
            keys = [[key_of(key) for key in row] for row in markup["keyboard"]]
            return {"_keys": keys, "_once": bool(markup.get("one_time_keyboard"))}
        return {"_keys": []} if markup.get("remove_keyboard") else {}

    @staticmethod
    def _private_only(chat: Chat, content: Json) -> None:
        contact = [key for row in content.get("_keys", ()) for key in row if key["do"]["kind"] == "contact"]
        if contact and chat.kind != "private":
            raise ApiError(400, "Bad Request: phone number can be requested in private chats only")
