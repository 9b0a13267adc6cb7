"""The Zalo Bot Platform: one bot, its quotas, its webhook or getUpdates, and the people who write to it."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.simulators.clock import VirtualClock
from bot.simulators.kit import Json, Simulator, Wrong
from bot.simulators.webhooks import LOOPBACK

MEDIA: Mapping[str, Json] = {
    "image": {"caption": "", "photo": "https://photo.zdn.vn/a.jpg"},
    "sticker": {"sticker": "17373", "url": "https://s.zdn.vn/17373.png"},
    "voice": {"voice_url": "https://voice.zdn.vn/a.aac"},
    "unsupported": {},
}


@dataclass(slots=True)
class BotSwitches:
    """How this bot differs."""

    token: str = "1234567890:secret-of-the-simulated-bot"  # noqa: S105 - it guards nothing
    a_month: int = 3_000
    users: int = 50
    status_is_code: bool = False  # HTTP status as error_code, or always 200
    local_webhook: bool = True  # a webhook on this machine may be set
    retries: int = 0  # of the webhook
    bare: bool = False  # bodies without {"ok", "result"}
    photo_url: bool = False  # the key clients also meet
    unreachable: bool = False  # the webhook is set, though it could not be verified


@dataclass(slots=True)
class _Person:
    id: str
    name: str
    wrote: bool = False
    chat: list[Json] = field(default_factory=list)


class ZaloBotSimulator(Simulator):
    """One bot. A client's base address is this server's."""

    name = "Zalo Bot"

    def __init__(
        self,
        clock: VirtualClock,
        rng: Random,
        *,
        switches: BotSwitches | None = None,
        journal: Path | None = None,
    ) -> None:
        """`switches` says how this bot differs."""
        self.switches = switches or BotSwitches()
        self.people: dict[str, _Person] = {}
        self.secret = ""
        self.hook = ""  # where it delivers to
        self._sent: dict[str, int] = {}
        self._pending: deque[Json] = deque()
        self._polling = False
        self._last: tuple[bytes, Callable[[int], Mapping[str, str]]] | tuple[()] = ()
        super().__init__(clock, rng, retry=self._retry, webhook_timeout=5.0, journal=journal)

    def routes(self) -> list[web.RouteDef]:
        """Every method on one route: names are case-sensitive."""
        return [web.route("*", "/bot{token:[^/]+}/{method}", self._method)]

    def refusal(self, kind: str, code: int) -> web.Response:
        """An error of the envelope."""
        if kind == "http_500":
            return web.Response(status=500, text="Internal Server Error")
        return self._refused(429 if kind == "rate_limit" else code, "told to fail")

    def call_name(self, request: web.Request) -> str:
        """The method, without the token."""
        return f"{request.method} /{request.path.rpartition('/')[2]}"

    def add_user(self, data: Mapping[str, Any]) -> Json:
        """Make a person: {"name"?}."""
        number = len(self.people) + 1
        identity = str(data.get("id") or f"6ede9afa66b88fe6{number:04x}")
        name = str(data.get("name") or f"Người {number}")
        self.people[identity] = _Person(identity, name, wrote=bool(data.get("started")))
        return {"id": identity, "name": self.people[identity].name}

    def users(self) -> list[Json]:
        """Everybody."""
        return [{"id": one.id, "name": one.name} for one in self.people.values()]

    def phone(self, user: str) -> list[Json]:
        """What somebody sees."""
        return self._person(user).chat

    async def inject(self, user: str, action: Mapping[str, Any]) -> None:
        """Let somebody write; in a group only what mentions the bot reaches it.

        An image, or photo, may have a `caption`.
        """
        person, kind = self._person(user), str(action.get("kind", "")).replace("photo", "image")
        if kind == "duplicate":
            for _ in range(int(action.get("times", 1)) if self._last else 0):
                self.webhook.put(person.id, *self._last)
            return
        text = str(action.get("caption" if kind in MEDIA else "text", ""))
        if kind not in ("text", "group", "unknown", *MEDIA) or (kind in ("text", "group") and not text):
            raise Wrong(f"kind is text, group, unknown, {', '.join(MEDIA)}; a text is not empty")
        if kind == "group" and not action.get("mention"):
            return
        if not person.wrote and sum(one.wrote for one in self.people.values()) >= self.switches.users:
            return  # the plan's people are all taken: nobody hears her
        person.wrote = True
        shown = f"[{kind}] {text}".strip() if kind in MEDIA else text or f"[{kind}]"
        person.chat.append({"id": self._identity(), "who": "me", "text": shown})
        self._emit(person, kind, text)

    def _emit(self, person: _Person, kind: str, text: str) -> None:
        group = kind == "group"
        name = "text" if group else kind
        content = {"text": text} if name == "text" else dict(MEDIA.get(name, {}))
        if name == "image":
            content["caption"] = text
        if name == "image" and self.switches.photo_url:
            content["photo_url"] = content.pop("photo")
        chat = {"id": f"g{person.id}" if group else person.id, "chat_type": "GROUP" if group else "PRIVATE"}
        message = {
            "from": {"id": person.id, "display_name": person.name, "is_bot": False},
            "chat": chat,
            **content,
            "message_id": self._identity(),
            "date": int(self.clock().timestamp() * 1_000),
        }
        result = {"event_name": f"message.{name}.received", "message": message}
        if not self.hook:
            self._pending.append(result)
            return
        body = result if self.switches.bare else {"ok": True, "result": result}
        headers = {"Content-Type": "application/json", "X-Bot-Api-Secret-Token": self.secret}
        self._last = json.dumps(body, ensure_ascii=False).encode(), lambda _: headers
        self.webhook.put(person.id, *self._last)

    async def _method(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.switches.token:
            return self._refused(401, "Unauthorized")
        methods = {
            "getMe": self._me,
            "getUpdates": self._updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
            "sendMessage": self._send,
            "sendPhoto": self._send,
            "sendSticker": self._send,
            "sendVoice": self._send,
            "sendChatAction": self._action,
        }
        method = methods.get(request.match_info["method"])
        if method is None:
            return self._refused(404, "Not Found")
        body = await _body(request)
        return self._refused(400, "Bad Request") if body is None else await method(request, body)

    async def _me(self, _: web.Request, __: Json) -> web.Response:
        me = {"id": "1459232241454765289", "account_name": "bot.VDKyGxQvc", "account_type": "BASIC"}
        return self._answer({**me, "can_join_groups": False})

    async def _updates(self, _: web.Request, body: Json) -> web.Response:
        if self.hook or self._polling:
            return self._refused(409, "Conflict: webhook is set, or another getUpdates runs")
        self._polling = True
        try:
            for _tick in range(int(float(body.get("timeout") or 0) * 20) + 1):
                if self._pending:
                    return self._answer(self._pending.popleft())
                await asyncio.sleep(0.05)
        finally:
            self._polling = False
        return self._refused(408, "Request timeout")

    async def _set_webhook(self, _: web.Request, body: Json) -> web.Response:
        url, secret = str(body.get("url", "")), str(body.get("secret_token", ""))
        local = urlsplit(url).hostname in LOOPBACK
        if not (url.startswith("https://") or (local and self.switches.local_webhook)):
            return self._refused(400, "Bad Request: the webhook must be https")
        if not 8 <= len(secret) <= 256:
            return self._refused(400, "Bad Request: secret_token has 8 to 256 characters")
        self.secret, self.hook = secret, url
        if local:
            self.webhook.aim(url)
        verification: Json = {"ok": True, "outcome": "verified", "status_code": 200, "hint": ""}
        if self.switches.unreachable:
            hint = "check that the URL is public"
            verification = {"ok": False, "outcome": "http_error", "status_code": 502, "hint": hint}
        return self._answer({"url": url, "updated_at": self._now(), "verification": verification})

    async def _delete_webhook(self, _: web.Request, __: Json) -> web.Response:
        self.hook = ""
        self.webhook.aim("")
        return self._answer({"url": "", "updated_at": self._now()})

    async def _webhook_info(self, _: web.Request, __: Json) -> web.Response:
        return self._answer({"url": self.hook, "updated_at": self._now()})

    async def _send(self, request: web.Request, body: Json) -> web.Response:
        method = request.match_info["method"]
        text, needed = body.get("text", body.get("caption", "")), method == "sendMessage"
        if not isinstance(text, str) or len(text) > 2_000 or (needed and not text):
            return self._refused(400, "Bad Request: text has 1 to 2000 characters")
        if method == "sendVoice" and not str(body.get("voice_url", "")).endswith(".aac"):
            return self._refused(400, "Bad Request: voice_url must be .aac")
        chat = str(body.get("chat_id", ""))
        person = self.people.get(chat.removeprefix("g"))
        if person is None or not person.wrote:
            return self._refused(400, "Bad Request: chat not found")
        month = self.clock().strftime("%Y-%m")
        if self._sent.get(month, 0) >= self.switches.a_month:
            return self._refused(429, "Quota exceeded")
        self._sent[month] = self._sent.get(month, 0) + 1
        identity = self._identity()
        if not (method == "sendVoice" and chat.startswith("g")):  # answered with ok, and not delivered
            person.chat.append({"id": identity, "who": "bot", "text": text or f"[{method}]", "buttons": []})
        return self._answer({"message_id": identity, "date": self._now()})

    async def _action(self, _: web.Request, __: Json) -> web.Response:
        return web.json_response({"ok": True})

    def _retry(self, attempts: int, status: int | None, after: float | None) -> float | None:
        del status, after
        return 1.0 if attempts <= self.switches.retries else None

    def _person(self, user: str) -> _Person:
        if user not in self.people:
            raise Wrong("nobody has that id")
        return self.people[user]

    def _answer(self, result: Json) -> web.Response:
        return web.json_response({"ok": True, "result": result})

    def _refused(self, code: int, description: str) -> web.Response:
        body = {"ok": False, "error_code": code, "description": description}
        return web.json_response(body, status=code if self.switches.status_is_code else 200)

    def _identity(self) -> str:
        return f"{self.rng.randrange(1 << 80):020x}"

    def _now(self) -> int:
        return int(self.clock().timestamp() * 1_000)


async def _body(request: web.Request) -> Json | None:
    """The fields of a call: of its address, its form, or its JSON."""
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            return None
        return body if isinstance(body, dict) else None
    form = (
        {} if request.method == "GET" else {name: str(each) for name, each in (await request.post()).items()}
    )
    return {**request.query, **form}
