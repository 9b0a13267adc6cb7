"""What Zalo signs and hashes, and what it wants signed and hashed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERIFIER = 43  # characters of a PKCE verifier, exactly


@dataclass(frozen=True, slots=True)
class Signing:
    """How webhooks are signed: whose app, with which of these secrets; sources contradict each other.

    `secrets` are tried by name; `oa_id`, when given, is tried as the first term too.
    """

    app_id: str
    secrets: Mapping[str, str]
    oa_id: str = ""

    def variant(self, raw: bytes, header: str, timestamp: str = "") -> str | None:
        """Return the name of what the signature was made with, or None for one that is not Zalo's.

        SHA-256 of first term, the bytes as they came, the body's timestamp (that of the header where the body
        has none), and the secret.
        """
        given = _given(header)
        body = _object(raw)
        if given is None or str(body.get("app_id", "")) != self.app_id:
            return None
        moment = str(body.get("timestamp") or timestamp or "")
        if not moment:
            return None
        found = None
        for term, first in (("app_id", self.app_id), ("oa_id", self.oa_id)):
            for name, secret in self.secrets.items():
                if not first or not secret:
                    continue
                expected = hashlib.sha256(first.encode() + raw + moment.encode() + secret.encode())
                if hmac.compare_digest(expected.hexdigest(), given):
                    found = found or f"{name}/{term}"
        return found


def _given(header: str) -> str | None:
    """The 64 hex digits of `mac=…`, or of the bare form."""
    name, equals, value = header.strip().rpartition("=")
    if equals and name.strip().lower() != "mac":
        return None
    value = value.strip().lower()
    return value if len(value) == 64 and value.isascii() else None


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def challenge(verifier: str) -> str:
    """Return the PKCE challenge (S256) of a verifier. Raises ValueError unless it has 43 characters."""
    if len(verifier) != VERIFIER or not verifier.isascii():
        raise ValueError(f"a PKCE verifier of Zalo has exactly {VERIFIER} ASCII characters")
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def credentials(access_token: str, app_secret: str) -> dict[str, str]:
    """Return the headers of a call: the token, and the proof of the app's secret where it is given."""
    proof = {"appsecret_proof": appsecret_proof(app_secret, access_token)} if app_secret else {}
    return {"access_token": access_token, **proof}


def appsecret_proof(app_secret: str, access_token: str) -> str:
    """Return what proves that who holds the token knows the app's secret."""
    return hmac.new(app_secret.encode(), access_token.encode(), hashlib.sha256).hexdigest()


def phone_hash(phone: str) -> str:
    """Return the hash templates may be addressed with instead of a number, which begins with 84."""
    return hashlib.sha256(phone.encode()).hexdigest()
