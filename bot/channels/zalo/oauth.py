"""Zalo's OAuth, version 4: a code or a refresh token is exchanged for a new pair, each once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.zalo.errors import ZaloError
from bot.channels.zalo.wire import Wire, whole

LIVES = 90_000  # seconds of an access token, where the answer does not say


@dataclass(frozen=True, slots=True)
class Pair:
    """What an exchange gave; `refresh` is empty when the old one stays good."""

    access: str
    refresh: str
    expires_in: int


class OAuth:
    """Exchanges at the OAuth host for one app."""

    def __init__(self, wire: Wire, base: str, app_id: str, app_secret: str) -> None:
        """`base` is https://oauth.zaloapp.com, or a simulator."""
        self._wire, self._url = wire, f"{base.rstrip('/')}/v4/oa/access_token"
        self._app_id, self._secret = app_id, app_secret

    async def refresh(self, token: str) -> Pair:
        """Exchange a refresh token, which is used up by it.

        Raises ZaloError: `human` when Zalo gives no new token, which only a person can mend; `unsent` or
        `unknown` when the call did not come through.
        """
        return await self._exchange({"grant_type": "refresh_token", "refresh_token": token})

    async def redeem(self, code: str, verifier: str) -> Pair:
        """Exchange the code that the Official Account's administrator came back with; see `refresh`."""
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        return await self._exchange(form)

    async def _exchange(self, form: Mapping[str, str]) -> Pair:
        headers = {"secret_key": self._secret}
        answer = await self._wire.post_form(self._url, {**form, "app_id": self._app_id}, headers)
        access = answer.body.get("access_token")
        if not isinstance(access, str) or not access:
            code = whole(answer.body.get("error"))
            remedy = "the refresh token was used before" if answer.empty else "Zalo refused the refresh token"
            raise ZaloError("human", code, remedy=remedy)
        refresh = answer.body.get("refresh_token")
        lives = whole(answer.body.get("expires_in"), LIVES)
        return Pair(access, refresh if isinstance(refresh, str) else "", lives if lives > 0 else LIVES)
