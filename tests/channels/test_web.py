"""What the web chat does with bad input, strangers and double posts: a kind sentence or a precise error."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSMsgType

from bot.web.limit import RateLimit
from bot.web.visitors import inbox_path
from tests.channels.served import FormChat, Page, Served, served_on
from tests.conftest import Databases

NFD = unicodedata.normalize("NFD", "Tính mức đóng, lương hưu")
QUOTE = {"on": "2026-11-23", "sex": "female", "born": "1983-05", "group": "near_poor", "province": "20",
         "income": 2_000_000, "method": "monthly"}  # fmt: skip


@pytest.fixture
async def served(databases: Databases, tmp_path: Path) -> AsyncIterator[Served]:
    async with served_on(databases.make("sqlite", demo=True), tmp_path) as made:
        yield made


@pytest.fixture
async def visit(served: Served) -> AsyncIterator[tuple[ClientSession, str]]:
    """A visitor and the address of her page."""
    async with ClientSession() as session:
        page = await session.get(f"{served.url}/")
        yield session, f"{served.url}{page.url.path}"


async def send(visit: tuple[ClientSession, str], **event: object) -> tuple[int, dict[str, object]]:
    session, url = visit
    answer = await session.post(f"{url}/send", data=json.dumps(event))
    return answer.status, await answer.json()


async def last(visit: tuple[ClientSession, str], waiting_for: str) -> dict[str, object]:
    """The newest message once it says what is waited for."""
    session, url = visit
    for _ in range(200):
        turn = Page(await (await session.get(url)).text()).turns[-1]
        if waiting_for in turn["text"]:
            return turn
        await asyncio.sleep(0.01)
    raise AssertionError(f"never said {waiting_for!r}: {turn['text']}")


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ({"event": "aaaaaaaa", "kind": "text", "text": "đ" * 100_000}, "dài quá"),
        ({"event": "aaaaaaaa", "kind": "text", "text": "🥬" * 400}, "Anh/chị cần gì"),
        ({"event": "aaaaaaaa", "kind": "text", "text": "\u0000\u202e" * 30}, "Anh/chị cần gì"),
        ({"event": "aaaaaaaa", "kind": "text", "text": "\ud800" * 30}, "Anh/chị cần gì"),
        ({"event": "aaaaaaaa", "kind": "media", "text": ""}, "chưa xem được ảnh"),
        ({"event": "aaaaaaaa", "kind": "choice", "text": "no_such_button", "turn": 1}, "câu cũ"),
        ({"event": "aaaaaaaa", "kind": "choice", "text": "quote", "turn": 99}, "câu cũ"),
        ({"event": "aaaaaaaa", "kind": "text", "text": NFD}, "sinh tháng năm nào"),
    ],
    ids=["100 KB", "emoji", "controls", "half a character", "photo", "unknown button", "stale button", "NFD"],
)  # fmt: skip
async def test_strange_input_gets_a_kind_sentence_and_the_question_stands(
    visit: tuple[ClientSession, str], event: dict[str, object], says: str, caplog: pytest.LogCaptureFixture
) -> None:
    status, answer = await send(visit, **event)
    assert (status, set(answer)) == (200, {"ack"})
    turn = await last(visit, says)
    assert turn["question"] in ("task", "birth_date")
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{broken", ""),
        (b"\xff\xfe{}", ""),
        ("[" * 50_000, ""),
        ("[]", ""),
        ('{"kind":"text","text":"x"}', "event"),
        ('{"event":"short","kind":"text","text":"x"}', "event"),
        ('{"event":"aaaa\\ud800aaaa","kind":"text","text":"x"}', "event"),
        ('{"event":"aaaa\\u0000aaaa","kind":"text","text":"x"}', "event"),
        ('{"event":"aaaaaaaa","kind":"dance","text":"x"}', "kind"),
        ('{"event":"aaaaaaaa","kind":["text"],"text":"x"}', "kind"),
        ('{"event":"aaaaaaaa","kind":"text","text":7}', "text"),
        ('{"event":"aaaaaaaa","kind":"choice","text":"x","turn":true}', "turn"),
        ('{"event":"aaaaaaaa","kind":"choice","text":"x","turn":1.5}', "turn"),
        ('{"event":"aaaaaaaa","kind":"choice","text":"x","turn":99999999999999999999}', "turn"),
    ],
)
async def test_what_is_no_event_is_told_precisely(
    visit: tuple[ClientSession, str], body: str | bytes, field: str
) -> None:
    session, url = visit
    answer = await session.post(f"{url}/send", data=body)
    assert answer.status == 400
    error = (await answer.json())["error"]
    assert (error["code"], error["field"]) == ("bad_event", field)
    assert error["message"]


async def test_a_broken_frame_does_not_close_the_socket(visit: tuple[ClientSession, str]) -> None:
    session, url = visit
    async with session.ws_connect(f"{url}/ws?after=0") as socket:
        await socket.receive_json(timeout=5)
        await socket.send_str("{broken")
        assert "error" in await socket.receive_json(timeout=5)
        await socket.send_bytes(b"\x00\x01")
        assert "error" in await socket.receive_json(timeout=5)
        await socket.send_str(json.dumps({"event": "aaaaaaaa", "kind": "text", "text": "3"}))
        kinds = [set(await socket.receive_json(timeout=5)) for _ in range(2)]
        assert {"ack"} in kinds
        assert {"message"} in kinds


async def test_the_same_event_sent_again_is_one_step(visit: tuple[ClientSession, str]) -> None:
    for _ in range(5):
        assert (await send(visit, event="aaaaaaaa", kind="text", text="3"))[0] == 200
    await last(visit, "sinh tháng năm nào")
    session, url = visit
    assert len(Page(await (await session.get(url)).text()).turns) == 2


async def test_a_form_posted_twice_is_one_step(visit: tuple[ClientSession, str]) -> None:
    session, url = visit
    chat = FormChat(session, url)
    await chat.open()
    fields = {**chat.page.turns[-1]["fields"], "text": "quote"}
    for _ in range(2):
        await session.post(url, data=fields)
    assert len(Page(await (await session.get(url)).text()).turns) == 2


async def test_an_earlier_page_s_form_is_recognised_as_old(visit: tuple[ClientSession, str]) -> None:
    session, url = visit
    chat = FormChat(session, url)
    await chat.open()
    old = {**chat.page.turns[-1]["fields"], "event": "another-event", "text": "booking"}
    await chat.tap("quote")
    await chat.type("5/1980")
    await session.post(url, data=old)
    turn = Page(await (await session.get(url)).text()).turns[-1]
    assert turn["question"] == "sex"
    assert "câu cũ" in turn["text"]


@pytest.mark.parametrize(
    "path",
    ["/c/short", "/c/" + "g" * 32, "/inbox/LS0001", "/inbox/LS0001.0000", "/inbox/.x",
     "/inbox/LS0002.{of LS0001}", "/nowhere"],
)  # fmt: skip
async def test_an_address_that_is_none_is_a_page_that_says_so(served: Served, path: str) -> None:
    if "{of LS0001}" in path:
        path = path.replace("{of LS0001}", inbox_path("LS0001", served.app.cipher).rpartition(".")[2])
    async with ClientSession() as session:
        answer = await session.get(served.url + path)
        assert answer.status == 404
        assert "Không có trang này" in await answer.text()


async def test_a_body_beyond_every_bound_is_refused(visit: tuple[ClientSession, str]) -> None:
    session, url = visit
    answer = await session.post(f"{url}/send", data=io.BytesIO(b"x" * (2 << 20)))
    assert answer.status == 413
    assert (await session.get(url)).status == 200


async def test_pages_tell_the_browser_to_be_careful(visit: tuple[ClientSession, str]) -> None:
    session, url = visit
    headers = (await session.get(url)).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert "Server" not in headers


async def test_words_of_a_person_are_text_never_markup(visit: tuple[ClientSession, str]) -> None:
    session, url = visit
    await send(visit, event="aaaaaaaa", kind="text", text="<script>alert(1)</script><b>x</b>")
    for _ in range(100):
        html = await (await session.get(url)).text()
        if "alert(1)" in html:
            break
        await asyncio.sleep(0.01)
    assert "&lt;script&gt;alert(1)" in html


async def test_health_and_readiness(served: Served) -> None:
    async with ClientSession() as session:
        assert await (await session.get(f"{served.url}/healthz")).json() == {"alive": True}
        ready = await session.get(f"{served.url}/readyz")
        assert (ready.status, await ready.json()) == (
            200,
            {"database": True, "migrations": True, "web": True},
        )


async def test_the_api_answers_a_quote_to_the_dong(served: Served) -> None:
    async with ClientSession() as session:
        answer = await session.post(f"{served.url}/api/v1/quote", json=QUOTE)
        found = await answer.json()
        assert answer.status == 200
        assert found["contribution"]["per_month"]["to_pay"] == 308_000
        assert found["next_change"]["contribution"]["income"] == 2_200_000
        document = await (await session.get(f"{served.url}/api/v1/openapi.json")).json()
        assert "/api/v1/quote" in document["paths"]


@pytest.mark.parametrize(
    ("body", "code"),
    [("{", "not_an_object"), ("[]", "not_an_object"), ("{}", "missing"),
     (json.dumps({**QUOTE, "income": 1}), "below_floor")],
)  # fmt: skip
async def test_the_api_says_what_is_wrong(served: Served, body: str, code: str) -> None:
    async with ClientSession() as session:
        answer = await session.post(f"{served.url}/api/v1/quote", data=body)
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, code)


async def test_the_api_is_rate_limited(served: Served) -> None:
    async with ClientSession() as session:
        answers = [await session.post(f"{served.url}/api/v1/quote", data="{}") for _ in range(40)]
        refused = [answer for answer in answers if answer.status == 429]
        assert refused
        assert int(refused[0].headers["Retry-After"]) >= 1


def test_the_limit_lets_a_burst_through_and_then_the_pace() -> None:
    limit = RateLimit(per_minute=60)
    burst = sum(limit.wait("a", 0.0) == 0 for _ in range(100))
    assert burst == 12
    assert limit.wait("b", 0.0) == 0
    assert limit.wait("a", 0.5) > 0
    assert sum(limit.wait("a", 10.0) == 0 for _ in range(100)) == 10


async def test_closing_a_page_frees_its_place(served: Served, visit: tuple[ClientSession, str]) -> None:
    session, url = visit
    async with session.ws_connect(f"{url}/ws?after=0") as socket:
        assert (await socket.receive(timeout=5)).type is WSMsgType.TEXT
        assert len(served.app.web._pages) == 1
    for _ in range(200):
        if not served.app.web._pages:
            break
        await asyncio.sleep(0.01)
    assert not served.app.web._pages
