"""The Official Account: its API, its rules, and the people who follow it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import web

from bot.simulators.clock import VirtualClock
from bot.simulators.kit import Json, Simulator
from bot.simulators.zalo import rules
from bot.simulators.zalo.hooks import LADDER, milliseconds, proven
from bot.simulators.zalo.oauth import OAuthHost
from bot.simulators.zalo.options import OaSwitches
from bot.simulators.zalo.people import People
from bot.simulators.zalo.reads import Reads

WINDOW = timedelta(days=7)
APP_CALLS = 4_000  # a minute
UPLOADS, UPLOAD_LIVES = 5_000, timedelta(days=7)
BIGGEST = {"image": 1 << 20, "gif": 5 << 20, "file": 5 << 20}
KINDS = {
    "image": (".jpg", ".jpeg", ".png"),
    "gif": (".gif",),
    "file": (".pdf", ".doc", ".docx", ".csv"),
}


class ZaloOaSimulator(Simulator):
    """One Official Account with its app. Point oauth and openapi URLs of a client here."""

    name = "Zalo OA"

    def __init__(
        self,
        clock: VirtualClock,
        rng: Random,
        *,
        switches: OaSwitches | None = None,
        journal: Path | None = None,
    ) -> None:
        """`switches` says how this Zalo differs."""
        self.switches = switches or OaSwitches()
        self.oauth = OAuthHost(self.switches, clock, self.violation)
        self.people = People(self, clock, rng)
        self._reads = Reads(self)
        self.uploads: dict[str, datetime] = {}
        self._calls: dict[str, int] = {}
        self.disabled = False
        super().__init__(clock, rng, retry=self._retry, webhook_timeout=2.0, overtaken=True, journal=journal)

    def routes(self) -> list[web.RouteDef]:
        """The OAuth host and the API."""
        posts = {
            "/v3.0/oa/message/cs": self._consult,
            "/v3.0/oa/message/template": self._template,
            "/v3.0/oa/message/{dead:transaction|promotion}": self._dead,
            "/v2.0/oa/message": self._old_message,
            "/v2.0/oa/upload/{kind:image|gif|file}": self._upload,
            **self._reads.posts(),
        }
        return [
            *self.oauth.routes(),
            *(web.post(path, self._checked(call)) for path, call in posts.items()),
            *(web.get(path, self._checked(call)) for path, call in self._reads.gets().items()),
        ]

    def refusal(self, kind: str, code: int) -> web.Response:
        """An error in the body, with HTTP 200; a 500 has no JSON."""
        if kind == "http_500":
            return web.Response(status=500, text="Internal Server Error")
        if kind == "rate_limit":
            return self.answer(-32, "Your OA reached limit call api")
        return self.answer(code, "told to fail")

    def call_name(self, request: web.Request) -> str:
        """The path; tokens are in headers."""
        return f"{request.method} {request.path}"

    async def asked(self, request: web.Request) -> Any:  # noqa: ANN401 - for the journal
        """The body, but not that of OAuth."""
        return "•••" if request.path.startswith("/v4/") else await super().asked(request)

    def add_user(self, data: Mapping[str, Any]) -> Json:
        """Make a person: {"name"?, "phone"?}."""
        return self.people.add(data)

    def users(self) -> list[Json]:
        """Everybody."""
        return [{"id": one.id, "name": one.name} for one in self.people.all.values()]

    def phone(self, user: str) -> list[Json]:
        """What she sees."""
        return self.people.get(user).chat

    async def inject(self, user: str, action: Mapping[str, Any]) -> None:
        """Let her, or somebody of the account, do something."""
        await self.people.act(user, action)

    def reset(self) -> None:
        """Forget everybody; tokens stay."""
        super().reset()
        self.people.all.clear()
        self.uploads.clear()
        self._calls.clear()

    async def configure(self, url: str) -> bool:
        """Save the webhook as the console does: an unsigned {} must be answered with 200."""
        self.webhook.aim(url)
        self.disabled = False
        probe = self.webhook.put("probe", b"{}", lambda _: {"Content-Type": "application/json"})
        await probe.done.wait()
        if not probe.delivered:
            self.webhook.aim("")
        return probe.delivered

    def answer(self, error: int, message: str, data: Any = None) -> web.Response:  # noqa: ANN401 - JSON
        """Answer as the API does, with what is left of the minute."""
        body: Json = {"error": error, "message": message}
        if error == 0:
            body["data"] = data if data is not None else {}
        minute = self.clock().strftime("%H:%M")
        left = max(0, self.switches.calls_a_minute - self._calls.get(minute, 0))
        headers = {"X-RateLimit-Limit": str(self.switches.calls_a_minute), "X-RateLimit-Remain": str(left)}
        return web.json_response(body, headers=headers)

    def refused(self, refusal: rules.Refusal) -> web.Response:
        """Answer with an error."""
        return self.answer(*refusal)

    def _retry(self, attempts: int, status: int | None, after: float | None) -> float | None:
        del after
        if status is not None and not self.switches.retries_non_200:
            return None
        if attempts > len(LADDER):
            self.disabled = True
            return None
        return LADDER[attempts - 1]

    def _checked(self, call: Any) -> Any:  # noqa: ANN401 - a handler
        """Check the token and the calls of the minute before a call."""

        async def checked(request: web.Request) -> web.Response:
            state = self.oauth.state(request.headers.get("access_token", ""))
            if state != "good":
                old = state == "expired" and not self.switches.legacy_expired
                return self.refused(
                    (-220, "access_token is expired or removed") if old else (-216, "Access token is invalid")
                )
            if not proven(request, self.switches):
                return self.answer(-242, "Invalid appsecret_proof provided in the API argument")
            minute = self.clock().strftime("%H:%M")
            self._calls = {minute: self._calls.get(minute, 0) + 1}
            if self._calls[minute] > min(self.switches.calls_a_minute, APP_CALLS):
                return self.answer(-32, "Your OA reached limit call api")
            response: web.Response = await call(request)
            return response

        return checked

    async def _consult(self, request: web.Request) -> web.Response:
        body = await self.json_of(request)
        if body is None or set(body) != {"recipient", "message"}:
            return self.refused(rules.invalid("body"))
        recipient = body["recipient"]
        user = recipient.get("user_id") if isinstance(recipient, dict) else None
        if not isinstance(user, str) or user not in self.people.all:
            return self.refused(rules.invalid("user_id"))
        person = self.people.all[user]
        if person.blocked:
            return self.answer(-244, "User has restricted this message type from your OA")
        if person.spoke_at is None:
            return self.answer(
                -232, "User has not interacted with the OA, or the last interaction has expired"
            )
        if self.clock() - person.spoke_at > WINDOW:
            return self.answer(-230, "User has not interacted with the OA in the past 7 days")
        refusal = rules.refuse(body["message"], self.switches, self._uploaded)
        if refusal:
            return self.refused(refusal)
        message_id = await self.people.receive(user, body["message"])
        data: Json = {"message_id": message_id, "user_id": user, "sent_time": milliseconds(self.clock())}
        if self.switches.shows_quota:
            data["quota"] = {"quota_type": "reply", "remain": "8", "total": "8"}
        return self.answer(0, "Success", data)

    async def _template(self, request: web.Request) -> web.Response:
        body = await self.json_of(request)
        if body is None or set(body) != {"user_id", "template_id", "template_data"}:
            return self.refused(rules.invalid("body"))
        if body["user_id"] not in self.people.all:
            return self.refused(rules.invalid("user_id"))
        if str(body["template_id"]).startswith("sdt"):
            return self.answer(-249, "Template does not support send via UID")
        person = self.people.all[body["user_id"]]
        if person.blocked:
            return self.answer(-217, "User has blocked invitation from OA")
        words = json.dumps(body["template_data"], ensure_ascii=False)
        text = f"[{body['template_id']}] {words}"
        message_id = await self.people.receive(person.id, {"text": text}, name="oa_send_template")
        data = {"message_id": message_id, "user_id": person.id, "sent_time": milliseconds(self.clock())}
        return self.answer(0, "Success", {**data, "quota": {"quota_type": "purchase_quota", "remain": 4821}})

    async def _dead(self, request: web.Request) -> web.Response:
        self.violation(f"dead API: {request.path}")
        return self.refused(rules.UNSUPPORTED)

    async def _old_message(self, request: web.Request) -> web.Response:
        body = await self.json_of(request) or {}
        recipient = body.get("recipient") if isinstance(body.get("recipient"), dict) else {}
        if "sender_action" in body or {"target", "anonymous_id"} & set(recipient or {}):
            return self.answer(0, "Success", {})
        self.violation("messages go to v3.0")
        return self.answer(-240, "MessageV2 API has been shut down, please switch to MessageV3")

    async def _upload(self, request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        if not request.content_type.startswith("multipart/"):
            return self.refused(rules.invalid("file"))
        file = (await request.post()).get("file")
        if not isinstance(file, web.FileField) or not file.filename.lower().endswith(KINDS[kind]):
            return self.refused(rules.invalid("file"))
        if len(file.file.read()) > BIGGEST[kind]:
            return self.refused(rules.TOO_MUCH)
        if len(self.uploads) >= UPLOADS:
            return self.answer(-211, "Out of quota")
        identity = f"up{len(self.uploads)}{self.rng.randrange(1 << 32):08x}"
        self.uploads[identity] = self.clock() + UPLOAD_LIVES
        return self.answer(0, "Success", {"token" if kind == "file" else "attachment_id": identity})

    def _uploaded(self, identity: str) -> int:
        until = self.uploads.get(identity)
        return -100 if until is None or self.clock() >= until else 0

    async def json_of(self, request: web.Request) -> Json | None:
        """The object of a call, or None with a violation."""
        if request.content_type != "application/json":
            self.violation(f"{request.path} takes JSON, not {request.content_type}")
            return None
        try:
            body = await request.json()
        except ValueError:
            return None
        return body if isinstance(body, dict) else None
