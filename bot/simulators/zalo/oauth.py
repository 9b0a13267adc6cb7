"""Zalo's OAuth as the simulator plays it: codes and refresh tokens that work once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.channels.zalo.signature import challenge
from bot.simulators.zalo.options import OaSwitches

ACCESS_LIVES, REFRESH_LIVES, CODE_LIVES = timedelta(hours=25), timedelta(days=90), timedelta(minutes=10)


@dataclass(slots=True)
class _Token:
    until: datetime
    used: bool = False


class OAuthHost:
    """Gives and takes tokens for one app and one account."""

    def __init__(self, switches: OaSwitches, clock: Callable[[], datetime], violation: Any) -> None:  # noqa: ANN401
        """`violation` is told what a client did wrong."""
        self._switches, self._clock, self._violation = switches, clock, violation
        self.codes: dict[str, _Token] = {}
        self.access: dict[str, _Token] = {}
        self.refresh: dict[str, _Token] = {}
        self.exchanges = 0  # pairs that were given for a refresh token

    def routes(self) -> list[web.RouteDef]:
        """The two routes of the OAuth host."""
        return [
            web.post("/v4/oa/access_token", self._exchange),
            web.get("/v4/oa/permission", self._permission),
        ]

    def give(self) -> tuple[str, str]:
        """Give a pair as the console's API Explorer does."""
        return self._access(), self._refresh()

    def code(self) -> str:
        """Give a code, as after an administrator's consent."""
        code = secrets.token_urlsafe(18)
        self.codes[code] = _Token(self._clock() + CODE_LIVES)
        return code

    def state(self, access: str) -> str:
        """Tell whether an access token is "good", "expired" or "unknown"."""
        token = self.access.get(access)
        if token is None:
            return "unknown"
        return "good" if self._clock() < token.until else "expired"

    async def _permission(self, request: web.Request) -> web.Response:
        back = {"code": self.code(), "oa_id": self._switches.oa_id}
        where = request.query.get("redirect_uri", "")
        if request.query.get("app_id") != self._switches.app_id or not where.startswith("http://127.0.0.1"):
            return _refused(-14003, "Invalid redirect uri")
        return web.Response(status=302, headers={"Location": f"{where}?{urlencode(back)}"})

    async def _exchange(self, request: web.Request) -> web.Response:
        if request.content_type != "application/x-www-form-urlencoded":
            self._violation("OAuth takes a form")
            return self._refused(-14004, "Invalid parameter")
        form = {name: str(value) for name, value in (await request.post()).items()}
        if request.headers.get("secret_key") != self._switches.app_secret:
            return self._refused(-14005, "Invalid secret key")
        if form.get("app_id") != self._switches.app_id:
            return self._refused(-14002, "Invalid appId")
        if form.get("grant_type") == "authorization_code":
            return self._by_code(form)
        if form.get("grant_type") == "refresh_token":
            return self._by_refresh(form.get("refresh_token", ""))
        return self._refused(-14004, "Invalid grant type")

    def _by_code(self, form: dict[str, str]) -> web.Response:
        code = self.codes.get(form.get("code", ""))
        if code is None or code.used or self._clock() >= code.until:
            return self._refused(-14012, "Invalid code")
        try:
            right = challenge(form.get("code_verifier", "")) == challenge(self._switches.verifier)
        except ValueError:
            right = False
        if not right:
            return self._refused(-14013, "Invalid code verifier")
        code.used = True
        return self._pair()

    def _by_refresh(self, given: str) -> web.Response:
        token = self.refresh.get(given)
        if token is None or self._clock() >= token.until:
            return self._refused(-14014, "Invalid refresh token.")
        if token.used:
            return web.Response(content_type="application/json")
        token.used = not self._switches.refresh_stays
        self.exchanges += 1
        return self._pair()

    def _pair(self) -> web.Response:
        soon = self._clock() + timedelta(seconds=self._switches.old_access_grace)
        for token in self.access.values():
            token.until = min(token.until, soon)
        pair = {"access_token": self._access(), "expires_in": "90000"}
        if not self._switches.refresh_stays:
            pair["refresh_token"] = self._refresh()
        return web.json_response(pair)

    def _access(self) -> str:
        access = "A" + secrets.token_urlsafe(60)
        self.access[access] = _Token(self._clock() + ACCESS_LIVES)
        return access

    def _refresh(self) -> str:
        refresh = "R" + secrets.token_urlsafe(60)
        self.refresh[refresh] = _Token(self._clock() + REFRESH_LIVES)
        return refresh

    def _refused(self, code: int, name: str) -> web.Response:
        return _refused(str(code) if self._switches.error_as_text else code, name)


def _refused(code: int | str, name: str) -> web.Response:
    body = {"error": code, "error_name": name, "error_reason": "", "access_token": "", "refresh_token": ""}
    return web.json_response(body)
