"""The webhook's bodies, signed as Zalo signs them, written as differently as it may write them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any

from aiohttp import web

from bot.simulators.zalo.options import OaSwitches

LADDER = (30.0, 300.0, 900.0, 1_800.0, 3_600.0)  # seconds until it is sent again, then the webhook is off


def milliseconds(moment: datetime) -> str:
    """Return milliseconds since 1970, as text."""
    return str(int(moment.timestamp() * 1_000))


def proven(request: web.Request, switches: OaSwitches) -> bool:
    """Tell whether a call proves the app's secret as it must: HMAC-SHA256 of the token, where it is there."""
    given = request.headers.get("appsecret_proof")
    token = request.headers.get("access_token", "")
    right = hmac.new(switches.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    return given == right if given is not None else not switches.wants_proof


class Writer:
    """Writes events. Keys are in any order, and letters may be escaped: what is signed are the bytes."""

    def __init__(self, switches: OaSwitches, rng: Random) -> None:
        """`rng` decides how each is written."""
        self._switches, self._rng = switches, rng

    def write(self, event: Mapping[str, Any]) -> bytes:
        """Return the bytes of an event."""
        plain = self._rng.random() < 0.5
        shuffled = self._shuffled(event)
        return json.dumps(shuffled, ensure_ascii=not plain, separators=(",", ":")).encode()

    def headers(self, raw: bytes, moment: str, *, server: str = "") -> Mapping[str, str]:
        """Return the headers of a delivery."""
        switches = self._switches
        secret = switches.oa_secret if switches.signs_with == "oa_secret" else switches.app_secret
        first = switches.oa_id if switches.oa_id_first else switches.app_id
        made = hashlib.sha256(first.encode() + raw + moment.encode() + secret.encode()).hexdigest()
        found = {"Content-Type": "application/json", "X-ZEvent-Signature": f"mac={made}"}
        return {**found, "X-ZEvent-Server": server} if server else found

    def _shuffled(self, value: Any) -> Any:  # noqa: ANN401 - plain JSON
        if not isinstance(value, dict):
            return value
        names = list(value)
        self._rng.shuffle(names)
        return {name: self._shuffled(value[name]) for name in names}
