"""What a call to Zalo that went wrong says about whether the message may have arrived."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest
from aiohttp import ClientTimeout, web
from aiohttp.test_utils import TestServer

from bot.channels import SendFailed
from bot.channels.zalo import wire
from bot.channels.zalo.bot import BotChannel, BotClient
from bot.channels.zalo.errors import ZaloError
from bot.channels.zalo.wire import Wire
from handlers.messages import Address, Outgoing

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)
HTML = "<html><body><h1>nginx</h1></body></html>"


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


@pytest.mark.parametrize(
    ("status", "answer", "kind", "account"),
    [
        (502, HTML, "retry", True),
        (503, HTML, "retry", True),
        (403, HTML, "retry", True),
        (500, "Internal Server Error", "retry", True),
        (504, HTML, "unknown", False),
        (524, HTML, "unknown", False),
        (200, '{"ok":false,"error_code":500,"description":"Internal Server Error"}', "retry", False),
        (503, '{"ok":false,"errorCode":503}', "retry", False),
        (200, '{"ok":false,"error_code":403,"description":"Internal server error"}', "retry", False),
        (200, '{"ok":false}', "unknown", False),
        (200, "{}", "unknown", False),
        (200, '{"ok":false,"error_code":400,"description":"Bad Request"}', "rejected", False),
    ],
)
async def test_what_becomes_of_a_text_of_the_bot_by_the_answer(
    status: int, answer: str, kind: str, account: bool
) -> None:
    async def answered(_: web.Request) -> web.Response:
        return web.Response(status=status, text=answer)

    counted = []

    async def gone() -> None:
        counted.append("tin")

    site = web.Application()
    site.router.add_post("/bot1:a/sendMessage", answered)
    calls = Wire()
    async with TestServer(site, host="127.0.0.1") as server:
        client = BotClient(calls, "1:a", str(server.make_url("/")))
        channel = BotChannel(client, lambda: NOON, Random(1), gone)
        with pytest.raises(SendFailed) as failed:
            await channel.send(Address("zalo_bot", "1", "him"), Outgoing("tin"), "1")
        await calls.close()
    assert (failed.value.kind, failed.value.account) == (kind, account)
    assert len(counted) == (kind == "unknown")  # what may have arrived may count
