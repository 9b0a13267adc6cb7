"""The transport of python-telegram-bot on aiohttp: its own httpx costs more than twice the CPU of a send."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    FormData,
    TCPConnector,
)
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT, ANSWER = 3.0, 10.0  # seconds
FILES = 60.0  # seconds for an answer when files are sent
CONNECTIONS = 64
_GAVE_UP = (504, 524)  # a gateway that passed it on and waited in vain
_SOON = 1  # seconds, where "too fast" comes without a time


class NotConnected(NetworkError):
    """The platform, or what stands before it, is away: nothing was delivered."""


class Broken(NetworkError):
    """The platform says that it failed with this one: it was not delivered."""


class AiohttpRequest(BaseRequest):
    """One session for all calls of a bot. PTB maps statuses to errors; what it cannot tell apart we do."""

    def __init__(self, *, answer: float = ANSWER) -> None:
        """`answer` is how many seconds the platform may take to answer."""
        self._answer = answer
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds the platform may take; PTB adds them to a long poll."""
        return self._answer

    async def initialize(self) -> None:
        """Open the session."""
        if self._session is None:
            headers = {"User-Agent": self.USER_AGENT}
            self._session = ClientSession(connector=TCPConnector(limit=CONNECTIONS), headers=headers)

    async def shutdown(self) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(  # noqa: PLR0917 - the signature is PTB's
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401 - a number, None, or PTB's default
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401
    ) -> tuple[int, bytes]:
        """Make a call.

        Raises NotConnected, Broken, RetryAfter and BadRequest, or TimedOut and NetworkError when it may have
        arrived.
        """
        del write_timeout, pool_timeout
        if self._session is None:
            raise RuntimeError("initialize the request first")
        files = bool(request_data and request_data.contains_files)
        read = FILES if files else self._answer
        timeout = ClientTimeout(
            total=None,
            sock_connect=_given(connect_timeout, CONNECT),
            sock_read=_given(read_timeout, read),
        )
        body = _form(request_data) if request_data else None
        try:
            async with self._session.request(method, url, data=body, timeout=timeout) as response:
                payload = await response.read()
        except (ClientConnectorError, ConnectionTimeoutError):
            raise NotConnected("no connection") from None
        except TimeoutError:
            raise TimedOut("no answer in time") from None
        except (ClientError, OSError) as problem:
            raise NetworkError(type(problem).__name__) from None
        return _honest(response.status, payload), payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:  # noqa: ANN401 - as PTB has it
        """Read an answer without writing it to the log, as PTB would. Raises TelegramError."""
        try:
            return json.loads(payload)
        except ValueError:
            raise TelegramError("Invalid server response") from None


def _honest(status: int, payload: bytes) -> int:
    """The status an answer should have: a refusal may come with 200, and a gateway may answer for the API.

    Only what the API says itself is about this message or this person.
    """
    if status < 300 and not payload[:20].replace(b" ", b"").startswith(b'{"ok":false'):
        return status
    refusal = _refusal(payload)
    if refusal is not None and status < 300:
        status = int(refusal.get("error_code", 500))
    if status == 413:  # whoever says so: it will never be smaller
        raise BadRequest("too large")
    if status == 429 and not (refusal and refusal.get("parameters")):
        raise RetryAfter(_SOON)
    if refusal is None and status in _GAVE_UP:
        raise NetworkError(f"a gateway answered {status}")
    if refusal is None and status >= 400:
        raise NotConnected(f"a gateway answered {status}")
    if status >= 500:
        raise Broken(f"the platform answered {status}")
    return status


def _refusal(payload: bytes) -> dict[str, Any] | None:
    """What the Bot API refuses with; None for an answer that is not its own."""
    try:
        said = json.loads(payload)
    except ValueError:
        return None
    return said if isinstance(said, dict) and said.get("ok") is False else None


def _form(data: RequestData) -> FormData | dict[str, str]:
    """Return the parameters as PTB's own transport sends them: a form, its nested values as JSON."""
    if not data.contains_files:
        return data.json_parameters
    form = FormData(data.json_parameters)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


def _given(timeout: Any, default: float) -> float | None:  # noqa: ANN401 - a number, None, or PTB's default
    return default if timeout is BaseRequest.DEFAULT_NONE else timeout
