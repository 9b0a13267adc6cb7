"""Pages opened inside the simulated Telegram: the menu button, and what the app hands a page."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from bot.simulators.kit import Json
from bot.simulators.telegram_wire import ApiError, decoded
from bot.simulators.webhooks import LOOPBACK

EVERYBODY = 0  # whose the menu button is that is no chat's own
_KINDS = ("default", "commands", "web_app")


def menu_button(given: Any) -> Json:  # noqa: ANN401 - an argument of a call
    """Return a menu button as it is kept. Raises ApiError for one Telegram would refuse.

    Only https opens inside Telegram; http on this machine does here.
    """
    button: Json = decoded(given)
    kind = button.get("type")
    if kind not in _KINDS:
        raise ApiError(400, "Bad Request: can't parse menu button: unsupported type specified")
    if kind != "web_app":
        return {"type": kind}
    text, url = str(button["text"]), str(button["web_app"]["url"])
    if not text.strip():
        raise ApiError(400, "Bad Request: menu button text must be non-empty")
    where = urlsplit(url)
    if where.scheme != "https" and (where.scheme != "http" or where.hostname not in LOOPBACK):
        raise ApiError(
            400, f"Bad Request: menu button Web App URL '{url}' is invalid: Only HTTPS links are allowed"
        )
    return {"type": kind, "text": text, "web_app": {"url": url}}


def signed(token: str, fields: Mapping[str, str]) -> str:
    """Return initData: the fields as a query, with their hash."""
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    made = hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()
    return urlencode({**fields, "hash": made})


def opened(url: str, token: str, user: Json, *, query: str, at: int) -> str:
    """Return the address a page is opened at: what the app hands it stands after the #."""
    about = {name: value for name, value in user.items() if name != "is_bot"}
    fields = {
        "query_id": query,
        "user": json.dumps(about | {"allows_write_to_pm": True}, separators=(",", ":")),
        "auth_date": str(at),
        "signature": "simulated",
    }
    handed = {"tgWebAppData": signed(token, fields), "tgWebAppVersion": "9.1", "tgWebAppPlatform": "android"}
    return f"{url}#{urlencode(handed)}"
