"""A language model behind an OpenAI-compatible endpoint, asked only what a message nobody read may mean."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import aiohttp

LARGEST = 65_536  # bytes of a reply that are read
AT_ONCE = 8  # questions at a time: beyond that people are answered without it
FAILURES, REST = 3, timedelta(minutes=1)  # failures in a row after which it is left alone for a while

log = logging.getLogger(__name__)


class Model:
    """Asks the endpoint; whatever goes wrong, the answer is None and nobody waits longer than the timeout."""

    def __init__(
        self, url: str, key: str, name: str, *, seconds: float, clock: Callable[[], datetime]
    ) -> None:
        """`url` is the base that /chat/completions follows, such as https://host/v1."""
        self._url, self._key, self._name = f"{url.rstrip('/')}/chat/completions", key, name
        self._timeout, self._clock = aiohttp.ClientTimeout(total=seconds), clock
        self._session: aiohttp.ClientSession | None = None
        self._asking = 0
        self._failed = 0
        self._rests_until: datetime | None = None

    async def reply(self, messages: Sequence[Mapping[str, str]]) -> str | None:
        """Return the model's words, or None."""
        if self._asking >= AT_ONCE or (self._rests_until and self._clock() < self._rests_until):
            return None
        self._asking += 1
        try:
            said = _content(await self._post(messages))
        except (TimeoutError, aiohttp.ClientError, ValueError, RecursionError) as problem:
            log.warning("the language model was of no help: %s", type(problem).__name__)
            said = None
        finally:
            self._asking -= 1
        self._failed = 0 if said is not None else self._failed + 1
        self._rests_until = self._clock() + REST if self._failed >= FAILURES else None
        return said

    async def _post(self, messages: Sequence[Mapping[str, str]]) -> Any:  # noqa: ANN401 - whatever it says
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        body = {"model": self._name, "messages": list(messages), "temperature": 0, "max_tokens": 100}
        async with self._session.post(
            self._url, json=body, headers=headers, allow_redirects=False
        ) as response:
            if response.status != 200:
                raise ValueError(f"status {response.status}")
            raw = bytearray()
            async for chunk in response.content.iter_any():
                raw += chunk
                if len(raw) > LARGEST:
                    raise ValueError("too large")
        return json.loads(raw)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


def _content(payload: Any) -> str:  # noqa: ANN401 - whatever it says
    """Return choices[0].message.content; raise ValueError for any other shape."""
    try:
        said = payload["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        raise ValueError("not a chat completion") from None
    if not isinstance(said, str):
        raise ValueError("not a chat completion")
    return said
