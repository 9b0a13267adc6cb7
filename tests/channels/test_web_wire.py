"""What strangers send to the port, what the log keeps of it, and whom the limits count."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from bot.logs import JsonLines
from bot.web import server
from bot.web.limit import RateLimit, client_of
from tests.channels.web_site import TOKEN, Site, site_on
from tests.conftest import Databases


@pytest.fixture
async def site(databases: Databases) -> AsyncIterator[Site]:
    async with site_on(databases.make("sqlite")) as made:
        yield made


async def raw(site: Site, sent: bytes) -> bytes:
    host, port = site.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent)
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer


def written(caplog: pytest.LogCaptureFixture) -> str:
    """Everything the log would hold, as it is written in production and in full."""
    lines = [JsonLines().format(record) for record in caplog.records]
    return "\n".join((*lines, caplog.text))


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Secret: " + b"secret " * 20_000 + b"\r\n\r\n",
        b"GET /" + b"secret" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nsecret\r\n\r\n",
        b"secret\r\n\r\n",
        b"\x16\x03\x01\x02\x00secret\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: secret\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nsecret",
    ],
    ids=["giant header", "giant path", "no colon", "no HTTP", "HTTPS", "no length", "two lengths"],
)
async def test_what_is_no_http_is_refused_in_a_line(
    site: Site, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = await raw(site, sent)
    assert answer.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
    assert "secret" not in written(caplog)
    assert "Traceback" not in written(caplog)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert (await site.get()).status == 200


async def test_the_log_has_a_line_for_each_request_and_names_nobody(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        await site.get(f"{site.path}?secret=0912345678")
        await site.post(data={"event": "aaaaaaaa", "kind": "text", "text": "chị Lành secret"})
        await site.get("/nowhere/secret")
        await site.get("/healthz")
    lines = [record.getMessage().split(" in ")[0] for record in caplog.records]
    assert lines == [
        "GET /c/{token} 200",
        "POST /c/{token} 303",
        "GET /c/{token} 200",
        "GET ? 404",
    ]
    for private in (TOKEN, "0912345678", "secret", "Lành", "127.0.0.1"):
        assert private not in written(caplog)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"on":"\xff"}', "application/json", 400),
        (b"{}", "application/json; charset=bogus", 400),
        (b"[" * 50_000, "application/json", 400),
        (b'{"income":' + b"9" * 5_000 + b"}", "application/json", 400),
        (b"x" * (2 << 20), "application/json", 413),
    ],
)
async def test_the_api_answers_every_body_with_a_precise_error(
    site: Site, body: bytes, kind: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await site.post("/api/v1/quote", data=io.BytesIO(body), headers={"Content-Type": kind})
    assert answer.status == status
    assert set((await answer.json())["error"]) == {"code", "field", "message"}
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_an_api_error_is_json_whatever_is_asked(site: Site) -> None:
    wrong = await site.get("/api/v1/quote")
    assert (wrong.status, wrong.headers["Allow"]) == (405, "POST")
    assert (await wrong.json())["error"]["code"] == "http_405"
    assert (await (await site.get("/api/v2/quote")).json())["error"]["code"] == "http_404"


async def test_the_document_describes_what_is_answered(site: Site) -> None:
    document = await (await site.get("/api/v1/openapi.json")).json()
    answers = document["paths"]["/api/v1/quote"]["post"]["responses"]
    assert set(answers) == {"200", "400", "413", "429"}
    assert document["openapi"].startswith("3.1")


async def test_limits_count_the_address_our_own_proxy_saw(databases: Databases) -> None:
    async with site_on(databases.make("sqlite"), proxies=1) as site:

        async def ask(forwarded: str) -> int:
            headers = {"X-Forwarded-For": forwarded}
            return (await site.post("/api/v1/quote", data="{}", headers=headers)).status

        burst = [await ask("203.0.113.7") for _ in range(13)]
        assert burst == [400] * 12 + [429]
        assert await ask("198.51.100.9") == 400
        assert await ask("198.51.100.1, 203.0.113.7") == 429  # what stands before is hearsay
        site.now = 60.0
        assert await ask("203.0.113.7") == 400


@pytest.mark.parametrize(
    ("forwarded", "proxies", "client"),
    [
        ([], 0, "192.0.2.1"),
        (["203.0.113.7"], 0, "192.0.2.1"),
        (["203.0.113.7"], 1, "203.0.113.7"),
        (["1.1.1.1, 203.0.113.7"], 1, "203.0.113.7"),
        (["203.0.113.7, 10.0.0.1"], 2, "203.0.113.7"),
        (["203.0.113.7", "10.0.0.1"], 2, "203.0.113.7"),
        (["203.0.113.7"], 3, "203.0.113.7"),
        ([" , "], 1, "192.0.2.1"),
        (["2001:db8:1:2:3:4:5:6"], 1, "2001:db8:1:2::/64"),
        (["x" * 100], 1, "x" * 40),
    ],
)
def test_a_client_is_the_address_seen_from_behind_our_proxies(
    forwarded: list[str], proxies: int, client: str
) -> None:
    headers = SimpleNamespace(getall=lambda name, default: forwarded or default)
    request: Any = SimpleNamespace(headers=headers, remote="192.0.2.1")
    assert client_of(request, proxies) == client


def test_the_limit_forgets_whom_it_has_not_seen_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.limit.MOST_KEYS", 2)
    limit = RateLimit(per_minute=60, burst=1)
    for key in ("a", "b", "c"):
        assert limit.wait(key, 0.0) == 0
    assert limit.wait("c", 0.0) == 1
    assert limit.wait("a", 0.0) == 0


async def test_readiness_names_what_is_not_ready(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "LONGEST_PROBE", 0.05)

    async def fine() -> bool:
        return True

    async def broken() -> bool:
        raise OSError("0912 345 678")

    async def stuck() -> bool:
        return await asyncio.Event().wait()

    async with site_on(databases.make("sqlite"), fine=fine, broken=broken, stuck=stuck) as site:
        ready = await site.get("/readyz")
        assert ready.status == 503
        assert json.loads(await ready.text()) == {"fine": True, "broken": False, "stuck": False}
        assert (await site.get("/healthz")).status == 200
