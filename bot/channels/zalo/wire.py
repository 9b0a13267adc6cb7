"""One way to call Zalo: an object back, or an error that tells whether the call may have arrived."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    FormData,
)

from bot.channels.zalo.errors import ZaloError

TIMEOUT = ClientTimeout(total=10, connect=3, sock_connect=3)  # seconds
BIGGEST_ANSWER = 1 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: an object, empty for an empty body, and the headers in small letters."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]
    empty: bool = False


class Wire:
    """Calls with one session; knows no token and logs nothing: addresses hold secrets."""

    def __init__(self) -> None:
        """The session is opened by the first call."""
        self._session: ClientSession | None = None

    async def close(self) -> None:
        """Close what was opened."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def post_json(self, url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
        """Post JSON. Raises ZaloError: `unsent`, `garbled` or `unknown`."""
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return await self._call("POST", url, {**headers, "Content-Type": "application/json"}, data=raw)

    async def post_form(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Post a form. Raises ZaloError: `unsent`, `garbled` or `unknown`."""
        return await self._call("POST", url, headers, data=dict(form))

    async def post_file(self, url: str, name: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Post a file as a form's field `file`. Raises ZaloError: `unsent`, `garbled` or `unknown`."""
        form = FormData()
        form.add_field("file", BytesIO(content), filename=name)
        return await self._call("POST", url, headers, data=form)

    async def get(self, url: str, params: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Get. Raises ZaloError: `unsent`, `garbled` or `unknown`."""
        return await self._call("GET", url, headers, params=dict(params))

    async def _call(self, method: str, url: str, headers: Mapping[str, str], **what: Any) -> Answer:  # noqa: ANN401
        if self._session is None:
            self._session = ClientSession()
        try:
            async with self._session.request(
                method, url, headers=dict(headers), timeout=TIMEOUT, allow_redirects=False, **what
            ) as response:
                return await _read(response)
        except (ClientConnectorError, ConnectionTimeoutError):  # no connection: nothing was said
            raise ZaloError("unsent") from None
        except (ClientError, TimeoutError):
            raise ZaloError("unknown") from None


async def _read(response: ClientResponse) -> Answer:
    """Read an answer. What is no object, but HTML of something between us, may hide that it was done."""
    raw = b""
    async for chunk in response.content.iter_chunked(1 << 16):
        raw += chunk
        if len(raw) > BIGGEST_ANSWER:
            raise ZaloError("garbled", response.status)
    headers = {name.lower(): value for name, value in response.headers.items()}
    if response.status == 200 and not raw.strip():
        return Answer({}, headers, empty=True)
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, list):
        body = {"error": 0, "data": body}  # one call was seen to answer so
    if not isinstance(body, dict) or (response.status >= 500 and "error" not in body and "ok" not in body):
        raise ZaloError("garbled", response.status)
    return Answer(body, headers)


def moment(value: object) -> datetime:
    """Return milliseconds since 1970, a number or text, as a moment; for anything else that of 1970."""
    milliseconds = whole(value)
    return datetime.fromtimestamp((milliseconds if 0 <= milliseconds < 1 << 43 else 0) / 1_000, UTC)


def whole(value: object, default: int = 0) -> int:
    """Return a number that comes as a number or as text."""
    try:
        return int(str(value))
    except ValueError:
        return default
