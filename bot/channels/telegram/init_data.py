"""Who opened our page inside Telegram: what the app hands the page, signed with the token of our bot.

https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

HOLDS = timedelta(hours=1)  # the page posts it at once: this forgives networks; fresh data is one tap away
AHEAD = timedelta(minutes=5)  # how much slower our clock may be than Telegram's
_LONGEST_TIME = 12  # digits of a moment in seconds


def opened_by(init_data: str, token: str, now: datetime) -> int | None:
    """Return the id of the user who opened the page, the same as of his chat with the bot.

    None when the bot with this token did not get it so from Telegram within the last hour.
    """
    fields = dict(parse_qsl(init_data, keep_blank_values=True))
    if not _signed(fields, token):
        return None
    return _user(fields) if _fresh(fields.get("auth_date", ""), now) else None


def _signed(fields: Mapping[str, str], token: str) -> bool:
    """Tell in constant time whether Telegram made `hash` of the other fields.

    `signature`, for those who have no token, is among them; libraries that leave it out are known too.
    """
    key = hmac.digest(b"WebAppData", token.encode(), "sha256")
    given = fields.get("hash", "").encode()
    proofs = [
        hmac.compare_digest(_hash(key, fields, {"hash"}), given),
        hmac.compare_digest(_hash(key, fields, {"hash", "signature"}), given),
    ]
    return any(proofs)


def _hash(key: bytes, fields: Mapping[str, str], without: set[str]) -> bytes:
    lines = (f"{name}={value}" for name, value in sorted(fields.items()) if name not in without)
    return hmac.digest(key, "\n".join(lines).encode(), "sha256").hex().encode()


def _fresh(auth_date: str, now: datetime) -> bool:
    if not auth_date.isdecimal() or len(auth_date) > _LONGEST_TIME:
        return False
    age = now.timestamp() - int(auth_date)
    return -AHEAD.total_seconds() <= age <= HOLDS.total_seconds()


def _user(fields: Mapping[str, str]) -> int | None:
    try:
        user = json.loads(fields["user"])["id"]
    except (ValueError, KeyError, TypeError):
        return None
    return user if type(user) is int and user > 0 else None
