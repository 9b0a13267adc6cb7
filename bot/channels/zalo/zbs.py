"""The client of ZBS templates by phone: what is sent outside the window, and what may still be sent today."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.zalo.oa import InvalidError, TokenProvider, authorised
from bot.channels.zalo.signature import credentials, phone_hash
from bot.channels.zalo.wire import Answer, Wire, whole

LONGEST_TRACKING = 48  # characters
_PHONE = re.compile(r"84\d{9}", re.ASCII)
_TRACKING = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_TRACKING}}}", re.ASCII)


def international(phone: str) -> str:
    """Return a number as Zalo takes it, beginning with 84. Raises InvalidError for one it would refuse."""
    digits = re.sub(r"[\s.\-()+]", "", phone)
    digits = f"84{digits[1:]}" if digits.startswith("0") else digits
    if not _PHONE.fullmatch(digits):
        raise InvalidError("a phone is 84 and nine digits")
    return digits


@dataclass(frozen=True, slots=True)
class PhoneTemplate:
    """An approved template to a phone; `tracking` is our label, by which the report comes back."""

    phone: str
    template_id: str
    data: Mapping[str, str]
    tracking: str
    development: bool = False
    hashed: bool = False  # the number is not told, only its hash

    def __post_init__(self) -> None:
        """Raises InvalidError."""
        international(self.phone)
        if not _TRACKING.fullmatch(self.tracking):
            raise InvalidError(f"a tracking_id has 1 to {LONGEST_TRACKING} letters, digits, - and _")

    def as_json(self) -> dict[str, Any]:
        """Return the body of the call."""
        phone = international(self.phone)
        body: dict[str, Any] = {
            **({"hash_phone": phone_hash(phone)} if self.hashed else {"phone": phone}),
            "template_id": self.template_id,
            "template_data": dict(self.data),
            "tracking_id": self.tracking,
        }
        return {**body, "mode": "development"} if self.development else body


class ZbsClient:
    """Calls of the template host, with the Official Account's token."""

    def __init__(self, wire: Wire, tokens: TokenProvider, base: str, secret: str = "") -> None:
        """`base` is https://business.openapi.zalo.me, or a simulator; `secret` as for the OaClient."""
        self._wire, self._tokens, self._base, self._secret = wire, tokens, base.rstrip("/"), secret
        self.remain: int | None = None  # templates of this day, as the last answer said

    async def send(self, message: PhoneTemplate) -> str:
        """Send a template; return its id. Raises ZaloError."""

        async def call(token: str) -> Answer:
            url = f"{self._base}/message/template{'/hashphone' * message.hashed}"
            return await self._wire.post_json(url, message.as_json(), credentials(token, self._secret))

        sent = _data(await authorised("zbs", self._tokens, call, _ignore))
        self._note(sent.get("quota"))
        return str(sent.get("msg_id") or "")

    async def quota(self) -> Mapping[str, Any]:
        """Return how many templates may still be sent today: dailyQuota, remainingQuota. Raises ZaloError."""
        quota = _data(await self._get("/message/quota", {}))
        self._note(quota)
        return quota

    async def template(self, template_id: str) -> Mapping[str, Any]:
        """Return a template's status and parameters (listParams) as approved. Raises ZaloError."""
        return _data(await self._get("/template/info/v2", {"template_id": template_id}))

    async def status(self, message_id: str) -> int:
        """Return what became of a template: -1 nothing, 0 on its way, 1 delivered. Raises ZaloError."""
        found = _data(await self._get("/message/status", {"message_id": message_id})).get("status")
        return found if isinstance(found, int) else -1

    def _note(self, quota: object) -> None:
        if isinstance(quota, dict) and "remainingQuota" in quota:
            self.remain = whole(quota["remainingQuota"], -1)

    async def _get(self, path: str, query: Mapping[str, str]) -> Answer:
        async def call(token: str) -> Answer:
            return await self._wire.get(self._base + path, query, credentials(token, self._secret))

        return await authorised("zbs", self._tokens, call, _ignore)


def _data(answer: Answer) -> Mapping[str, Any]:
    data = answer.body.get("data")
    return data if isinstance(data, dict) else {}


def _ignore(_: Answer) -> None:
    """Templates do not count against the calls of a minute."""
