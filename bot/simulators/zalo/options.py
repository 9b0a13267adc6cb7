"""What differs between Zalo as documented, as seen, and as it may be: switches of the simulators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class OaSwitches:
    """Of the Official Account. Ids and secrets are those a client has to be set up with."""

    app_id: str = "360846524940903967"
    app_secret: str = "app-secret-of-the-simulator"  # noqa: S105 - it guards nothing
    oa_id: str = "388613280878808645"
    oa_secret: str = "oa-secret-of-the-simulator"  # noqa: S105
    verifier: str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    signs_with: Literal["oa_secret", "app_secret"] = "oa_secret"
    oa_id_first: bool = False  # the first term of the signature
    wants_proof: bool = False  # of the app's secret, with every call; a wrong one is always refused
    old_access_grace: float = 0.0  # seconds an access token outlives the next one
    error_as_text: bool = False  # "-14014" instead of -14014
    refresh_stays: bool = False  # a refresh gives only a new access token
    legacy_expired: bool = False  # an expired token is -216, as older clients see it
    calls_a_minute: int = 100  # of the account; the app has 4,000
    buttons: Literal["plain_ok", "typed_ok", "both", "none"] = "plain_ok"
    shows_quota: bool = False  # in the answer to a message
    retries_non_200: bool = False  # as connection failures are retried
    admin_on_all_echoes: bool = False
    echo_within: float = 0.0  # seconds until the echo, at most
    echo_first: float = 0.0  # how likely the echo comes before the answer
    receipts: bool = True
    old_info: bool = False  # user_submit_info in the shape before 2026
    phone_as_number: bool = False
