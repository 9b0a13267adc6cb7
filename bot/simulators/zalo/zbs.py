"""Templates by phone: a registry of approved templates, quotas, phones that behave differently, reports."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import web

from bot.simulators.clock import VirtualClock
from bot.simulators.kit import Json, Simulator, Wrong
from bot.simulators.zalo.hooks import LADDER, Writer, milliseconds, proven
from bot.simulators.zalo.options import OaSwitches

_PHONE = re.compile(r"\+?84\d{9}", re.ASCII)
BEHAVIOURS: Mapping[str, tuple[int, str]] = {
    "ok": (0, "Success"),
    "off": (0, "Success"),  # taken, and it never gets there
    "no_zalo": (-118, "Zalo account not existed"),
    "cannot": (-114, "User cannot receive"),
    "refused_oa": (-141, "User refused this OA"),
}


@dataclass(slots=True)
class Template:
    """A template as approved; `by_day` only is refused at night."""

    id: str
    name: str
    parameters: dict[str, int]  # the longest value of each
    status: str = "ENABLE"
    by_day: bool = False


@dataclass(slots=True)
class ZbsSwitches:
    """How this host differs."""

    daily: int = 500
    money: int = 100  # messages the account can pay
    reports_within: float = 0.0  # seconds until the report of delivery, at most
    reports_lost: float = 0.0  # how likely there is none
    reports_twice: float = 0.0
    admins: tuple[str, ...] = ()  # phones of administrators, for development mode


@dataclass(slots=True)
class _Phone:
    behaviour: str = "ok"
    chat: list[Json] = field(default_factory=list)


class ZaloZbsSimulator(Simulator):
    """The template host. `accepts` tells whether an access token is good: the account's simulator knows."""

    name = "Zalo ZBS"

    def __init__(
        self,
        clock: VirtualClock,
        rng: Random,
        *,
        accepts: Callable[[str], bool] | None = None,
        oa: OaSwitches | None = None,
        journal: Path | None = None,
    ) -> None:
        """Without `accepts` any token is good; `oa` signs the reports."""
        self._accepts = accepts or bool
        self._oa = oa or OaSwitches()
        self._writer = Writer(self._oa, rng)
        self.switches = ZbsSwitches()
        self.phones: dict[str, _Phone] = {}
        self.templates: dict[str, Template] = {}
        self.sent: dict[str, Json] = {}
        self._today: dict[str, int] = {}
        self._reporting: set[asyncio.Task[None]] = set()
        super().__init__(clock, rng, retry=_retry, webhook_timeout=2.0, journal=journal)

    def routes(self) -> list[web.RouteDef]:
        """What is sent, and what is asked."""
        return [
            web.post("/message/template", self._by_phone),
            web.post("/message/template/hashphone", self._by_hash),
            web.get("/message/status", self._status),
            web.get("/message/quota", self._quota),
            web.get("/template/info/v2", self._info),
            web.get("/template/all", self._all),
            web.get("/quality", self._quality),
        ]

    def refusal(self, kind: str, code: int) -> web.Response:
        """An error in the body, with HTTP 200."""
        if kind == "http_500":
            return web.Response(status=500, text="Internal Server Error")
        return _answer(-32 if kind == "rate_limit" else code, "told to fail")

    def add_user(self, data: Mapping[str, Any]) -> Json:
        """Make a phone: {"phone"?, "behaviour"?}."""
        phone = str(data.get("phone") or f"8491{len(self.phones) + 1:07d}")
        behaviour = str(data.get("behaviour", "ok"))
        if behaviour not in BEHAVIOURS or not _PHONE.fullmatch(phone):
            raise Wrong(f"a phone is 84 and nine digits; it behaves as {', '.join(BEHAVIOURS)}")
        self.phones[phone] = _Phone(behaviour)
        return {"id": phone, "name": phone}

    def users(self) -> list[Json]:
        """Every phone."""
        return [{"id": phone, "name": phone} for phone in self.phones]

    def phone(self, user: str) -> list[Json]:
        """What it got."""
        if user not in self.phones:
            raise Wrong("nobody has that number")
        return self.phones[user].chat

    async def inject(self, user: str, action: Mapping[str, Any]) -> None:
        """Let a phone change: {"kind": a behaviour}."""
        if user not in self.phones or action.get("kind") not in BEHAVIOURS:
            raise Wrong(f"a phone becomes one of {', '.join(BEHAVIOURS)}")
        self.phones[user].behaviour = str(action["kind"])

    def approve(self, identity: str, parameters: Mapping[str, int], **more: Any) -> Template:  # noqa: ANN401
        """Approve a template with the longest value of each parameter."""
        self.templates[identity] = Template(identity, f"mẫu {identity}", dict(parameters), **more)
        return self.templates[identity]

    async def _by_phone(self, request: web.Request) -> web.Response:
        body, refusal = await self._body(request)
        if refusal is not None:
            return refusal
        number = str(body.get("phone", ""))
        if not _PHONE.fullmatch(number):
            return _answer(-108, "Phone number invalid")
        return self._send(number.lstrip("+"), body)

    async def _by_hash(self, request: web.Request) -> web.Response:
        body, refusal = await self._body(request)
        if refusal is not None:
            return refusal
        for number in self.phones:
            if hashlib.sha256(number.encode()).hexdigest() == body.get("hash_phone"):
                return self._send(number, body)
        return _answer(-118, "Zalo account not existed")

    async def _body(self, request: web.Request) -> tuple[Json, web.Response | None]:
        if not self._accepts(request.headers.get("access_token", "")):
            return {}, _answer(-124, "Access token invalid")
        if not proven(request, self._oa):
            return {}, _answer(-1241, "Invalid appsecret_proof")
        if not (await request.read()).strip():
            return {}, _answer(-121, "Body empty")
        try:
            body = await request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return {}, _answer(-122, "Body is not JSON")
        unknown = set(body) - {
            "phone", "hash_phone", "template_id", "template_data", "tracking_id", "mode", "sending_mode",
        }  # fmt: skip
        if unknown:
            self.violation(f"unknown fields: {sorted(unknown)}")
        return body, None

    def _send(self, number: str, body: Mapping[str, Any]) -> web.Response:
        refusal = self._refuse(number, body)
        if refusal is not None:
            return _answer(*refusal)
        day = self.clock().strftime("%Y-%m-%d")
        self._today = {day: self._today.get(day, 0) + 1}
        self.switches.money -= body.get("mode") != "development"
        identity = f"{self.rng.randrange(1 << 80):020x}"
        sent = {"phone": number, "tracking_id": body["tracking_id"], "template_id": body["template_id"]}
        self.sent[identity] = {**sent, "data": body["template_data"], "status": 0}
        words = "\n".join(f"{name}: {value}" for name, value in body["template_data"].items())
        text = f"[{self.templates[str(body['template_id'])].name}]\n{words}"
        self.phones.setdefault(number, _Phone()).chat.append(
            {"id": identity, "who": "bot", "text": text, "buttons": []}
        )
        self._arrive(number, identity, str(body["tracking_id"]))
        quota = {"dailyQuota": str(self.switches.daily), "remainingQuota": str(self._left())}
        data = {"msg_id": identity, "sent_time": milliseconds(self.clock()), "sending_mode": "1"}
        return _answer(0, "Success", {**data, "quota": quota})

    def _refuse(self, number: str, body: Mapping[str, Any]) -> tuple[int, str] | None:
        """Why a template is not sent, as the host checks it."""
        tracking = body.get("tracking_id")
        if not isinstance(tracking, str) or not 1 <= len(tracking) <= 48:
            return -132, "tracking_id invalid"
        template = self.templates.get(str(body.get("template_id")))
        if template is None:
            return -109, "Template invalid"
        if template.status != "ENABLE":
            return -131, "Template not approved"
        wrong = _wrong_data(template, body.get("template_data"))
        if wrong is not None:
            return wrong
        if body.get("mode") == "development" and number not in self.switches.admins:
            return -127, "Only for administrators"
        if template.by_day and not 6 <= (self.clock().hour + 7) % 24 < 22:
            return -133, "Not at night"
        if self.switches.money <= 0:
            return -137, "ZCA out of money"
        if self._left() <= 0:
            return -144, "OA daily limit"
        code, message = BEHAVIOURS[self.phones[number].behaviour if number in self.phones else "ok"]
        return (code, message) if code else None

    def _left(self) -> int:
        return self.switches.daily - self._today.get(self.clock().strftime("%Y-%m-%d"), 0)

    def _arrive(self, number: str, identity: str, tracking: str) -> None:
        """Let a template arrive, and its report come now, late, twice or never."""
        if number in self.phones and self.phones[number].behaviour == "off":
            return
        self.sent[identity]["status"] = 1
        if self.rng.random() < self.switches.reports_lost:
            return
        late = self.rng.random() * self.switches.reports_within
        if not late:
            self._report(number, identity, tracking)
            return
        task = asyncio.create_task(self._report_later(late, number, identity, tracking))
        self._reporting.add(task)
        task.add_done_callback(self._reporting.discard)

    async def _close(self, app: web.Application) -> None:
        for task in self._reporting:
            task.cancel()
        await super()._close(app)

    async def _report_later(self, seconds: float, number: str, identity: str, tracking: str) -> None:
        await self.clock.sleep(seconds)
        self._report(number, identity, tracking)

    def _report(self, number: str, identity: str, tracking: str) -> None:
        """Report the delivery: the time it arrived is another than that of the report."""
        moment = milliseconds(self.clock())
        message = {"delivery_time": str(int(milliseconds(self.clock())) - 10_000), "msg_id": identity}
        event = {
            "sender": {"id": self._oa.oa_id},
            "recipient": {"id": number},
            "event_name": "user_received_message",
            "message": {**message, "tracking_id": tracking},
            "app_id": self._oa.app_id,
            "timestamp": moment,
        }
        raw = self._writer.write(event)
        headers = self._writer.headers(raw, moment, server="ZNS")
        for _ in range(1 + (self.rng.random() < self.switches.reports_twice)):
            self.webhook.put(identity, raw, lambda _: headers)

    async def _status(self, request: web.Request) -> web.Response:
        sent = self.sent.get(request.query.get("message_id", ""))
        status = sent["status"] if sent else -1
        data = {"delivery_time": milliseconds(self.clock()), "message": "", "status": status}
        return _answer(0, "Success", data)

    async def _quota(self, _: web.Request) -> web.Response:
        data = {"dailyQuota": self.switches.daily, "remainingQuota": self._left()}
        return _answer(0, "Success", data)

    async def _info(self, request: web.Request) -> web.Response:
        template = self.templates.get(request.query.get("template_id", ""))
        if template is None:
            return _answer(-109, "Template invalid")
        listed = [
            {"name": name, "require": True, "type": "STRING", "maxLength": longest, "minLength": 0}
            for name, longest in template.parameters.items()
        ]
        data = {"templateId": template.id, "templateName": template.name, "status": template.status}
        return _answer(0, "Success", {**data, "listParams": listed, "templateQuality": "HIGH"})

    async def _all(self, _: web.Request) -> web.Response:
        rows = [{"templateId": one.id, "status": one.status} for one in self.templates.values()]
        return _answer(0, "Success", rows)

    async def _quality(self, _: web.Request) -> web.Response:
        return _answer(0, "Success", {"oaCurrentQuality": "HIGH", "oa7dayQuality": "HIGH"})


def _wrong_data(template: Template, data: Any) -> tuple[int, str] | None:  # noqa: ANN401 - as it came
    if not isinstance(data, dict) or not data:
        return -111, "Template data empty"
    for name, longest in template.parameters.items():
        value = data.get(name)
        if value is None or value == "":
            return -1122, f"Template data missing: {name}"
        if not isinstance(value, str):
            return -1124, f"Template data has a wrong format: {name}"
        if len(value) > longest:
            return -1121, f"Template data too long: {name}"
    return None


def _answer(error: int, message: str, data: Any = None) -> web.Response:  # noqa: ANN401 - JSON
    body: Json = {"error": error, "message": message}
    return web.json_response({**body, "data": data} if error == 0 else body)


def _retry(attempts: int, status: int | None, after: float | None) -> float | None:
    del after
    return LADDER[attempts - 1] if status is None and attempts <= len(LADDER) else None
