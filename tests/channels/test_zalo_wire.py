"""What a call to Zalo that went wrong says about whether the message may have arrived."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from aiohttp import ClientTimeout

from bot.channels.zalo import wire
from bot.channels.zalo.errors import ZaloError
from bot.channels.zalo.wire import Wire


@pytest.fixture
def crowded() -> Iterator[str]:
    """A server that takes no more connections, and refuses none."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        for each in waiting:
            each.close()


async def test_where_no_connection_came_about_nothing_was_sent(
    crowded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "TIMEOUT", ClientTimeout(sock_connect=0.05))
    calls = Wire()
    with pytest.raises(ZaloError) as problem:
        await calls.post_json(crowded, {}, {})
    await calls.close()
    assert problem.value.kind == "unsent"
