"""Links that open one thing for a while: what they hold is sealed, so that a link tells nothing by itself."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from bot.storage.crypt import Cipher, SealError

LONGEST = 1_000  # characters of a token


def token(cipher: Cipher, what: str, held: Any, until: datetime) -> str:  # noqa: ANN401 - plain JSON
    """Return a token for a link to `what` that holds something until a moment."""
    sealed = cipher.seal(json.dumps([held, int(until.timestamp())]), _place(what))
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read(cipher: Cipher, what: str, text: str, now: datetime) -> Any:  # noqa: ANN401 - plain JSON
    """Return what a token of a link to `what` holds; None for one that is not ours or no longer holds."""
    if len(text) > LONGEST:
        return None
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        held, until = json.loads(cipher.open(sealed, _place(what)))
    except (SealError, ValueError, binascii.Error):
        return None
    return held if now.timestamp() < until else None


def _place(what: str) -> str:
    return f"links.{what}"
