"""The live side of the web chat: sockets, events, posts. Nothing lost, doubled, or without end."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from bot.channels import web as channel_module
from bot.channels.web import WebChannel
from bot.storage.engine import make_engine
from bot.storage.web_schema import web_messages
from bot.web import chat
from bot.web.visitors import inbox_path
from handlers.messages import Address, Outgoing
from tests.channels.served import Page
from tests.channels.web_site import NOW, Site, site_on
from tests.conftest import Databases


@pytest.fixture
async def site(databases: Databases) -> AsyncIterator[Site]:
    async with site_on(databases.make("sqlite")) as made:
        yield made


async def until(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - what is looked at has no event to wait for
            await asyncio.sleep(0.005)


async def texts(socket: ClientWebSocketResponse, count: int) -> list[str]:
    """The texts of the next messages; acknowledgements are passed over."""
    found: list[str] = []
    while len(found) < count:
        data = await socket.receive_json(timeout=30)
        if "message" in data:
            found += [turn["text"].strip() for turn in Page(data["message"]["html"]).turns]
    return found


# ---- in and out


async def test_an_event_is_acknowledged_by_the_id_its_page_knows(site: Site) -> None:
    assert await site.send("43 tuổi", event="my-own-event-id") == (200, {"ack": "my-own-event-id"})
    async with site.socket() as socket:
        await texts(socket, 1)
        await socket.send_json({"event": "another-event", "kind": "text", "text": "x"})
        answers = [await socket.receive_json(timeout=30) for _ in range(2)]
    assert {"ack": "another-event"} in answers


async def test_two_visitors_may_choose_the_same_event_id(site: Site) -> None:
    await site.send("một", event="the-same-id")
    site.path = "/c/" + "f" * 32
    await site.send("hai", event="the-same-id")
    assert [incoming.text for incoming in site.converse.heard] == ["một", "hai"]


async def test_a_page_that_comes_back_is_given_what_it_missed_and_nothing_twice(site: Site) -> None:
    async with site.socket() as socket:
        await site.notice("một", "k1")
        data = await socket.receive_json(timeout=30)
    await site.notice("hai", "k2")
    await site.notice("ba", "k3")
    await site.notice("ba", "k3")
    async with site.socket(after=data["message"]["id"]) as socket:
        assert await texts(socket, 2) == ["hai", "ba"]
        await site.notice("bốn", "k4")
        assert await texts(socket, 1) == ["bốn"]


async def test_events_go_on_after_the_last_one_seen(site: Site) -> None:
    await site.notice("một", "k1")
    await site.notice("hai", "k2")
    async with await site.get(f"{site.path}/events", headers={"Last-Event-ID": "1"}) as stream:
        assert stream.headers["Content-Type"] == "text/event-stream"
        assert await stream.content.readline() == b"id: 2\n"
        data = json.loads((await stream.content.readline()).removeprefix(b"data: "))
        assert Page(data["message"]["html"]).turns[0]["text"].strip() == "hai"


async def test_a_card_is_in_every_open_inbox_of_its_collector_at_once(site: Site) -> None:
    site.path = inbox_path("LS0001", site.cipher)
    async with site.socket() as phone, site.socket() as tablet:
        await until(lambda: site.channel.open_pages("inbox", "collector:LS0001") == 2)
        await site.notice("[Mới #1]", "k1", to=Address("web", "inbox", "collector:LS0001"))
        assert await texts(phone, 1) == await texts(tablet, 1) == ["[Mới #1]"]


async def test_what_another_process_keeps_is_shown_too(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel_module, "LOOK_EVERY", 0.01)
    url = databases.make("sqlite")
    async with site_on(url) as site:
        other = WebChannel(engine := make_engine(url), site.cipher, lambda: NOW)
        async with site.socket() as socket:
            for name in ("một", "hai", "ba"):
                await other.send(site.address, Outgoing(text=name), key=name)
                assert await texts(socket, 1) == [name]
        await engine.dispose()


@pytest.mark.postgres
async def test_a_message_that_was_counted_first_and_committed_last_is_shown(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel_module, "LOOK_EVERY", 0.01)
    url = databases.make("postgres")
    async with site_on(url) as site:
        engine = make_engine(url)
        body = site.cipher.seal(json.dumps(Outgoing(text="chậm").as_json()), "web_messages.body:slow")
        late = {
            "account": "site",
            "person": site.address.person,
            "key": "slow",
            "body": body,
            "created_at": NOW,
        }
        async with site.socket() as socket:
            async with engine.begin() as connection:
                await connection.execute(web_messages.insert().values(late))
                other = WebChannel(engine, site.cipher, lambda: NOW)
                await other.send(Address("web", "site", "somebody"), Outgoing(text="x"), key="fast")
                looked = site.channel._looker
                await asyncio.sleep(0.03)  # a few looks pass it by
                assert looked is not None
            assert await texts(socket, 1) == ["chậm"]
        await engine.dispose()


# ---- what goes wrong


async def test_nothing_is_lost_while_the_database_is_away(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.converse.broken = 1
    status, answer = await site.send("43 tuổi", event="aaaaaaaa")
    assert (status, answer["error"]["code"], answer["event"], answer["wait"]) == (503, "busy", "aaaaaaaa", 2)
    assert (await site.send("43 tuổi", event="aaaaaaaa"))[1] == {"ack": "aaaaaaaa"}
    assert "0912" not in caplog.text
    assert "Traceback" not in caplog.text


async def test_one_person_cannot_keep_the_house_busy(site: Site) -> None:
    answers = [await site.send(str(n), event=f"event-{n:06d}") for n in range(chat.EVENTS_AT_ONCE + 1)]
    assert [status for status, _ in answers] == [200] * chat.EVENTS_AT_ONCE + [429]
    assert (answers[-1][1]["error"]["code"], answers[-1][1]["wait"]) == ("too_fast", 1)
    site.path = "/c/" + "f" * 32
    assert (await site.send("tôi không vội"))[0] == 200
    site.path, site.now = f"/c/{'0123456789abcdef' * 2}", 1.0
    assert (await site.send("chờ rồi", event=f"event-{chat.EVENTS_AT_ONCE:06d}"))[0] == 200


async def test_one_address_cannot_open_new_pages_without_end(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "NEWCOMERS_AT_ONCE", 3)
    async with site_on(databases.make("sqlite")) as site:
        pages = [await site.get(f"/c/{number:032x}") for number in range(4)]
        assert [page.status for page in pages] == [200, 200, 200, 429]
        assert (await site.get(f"/c/{0:032x}")).status == 200  # who was here before is let in


async def test_one_person_s_pages_are_bounded_and_the_others_stay(site: Site) -> None:
    sockets = [await site.socket() for _ in range(chat.MOST_PAGES)]
    await until(lambda: site.channel.open_pages(*_key(site)) == chat.MOST_PAGES)
    async with site.socket() as one_too_many:
        closed = await one_too_many.receive(timeout=30)
        assert (closed.type, closed.data) == (WSMsgType.CLOSE, 1013)
    assert (await site.get(f"{site.path}/events")).status == 429
    await site.notice("một", "k1")
    assert [await texts(socket, 1) for socket in sockets] == [["một"]] * chat.MOST_PAGES
    await asyncio.gather(*(socket.close() for socket in sockets))
    await until(lambda: not site.channel.open_pages(*_key(site)))


async def test_a_browser_that_does_not_read_is_let_go(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "SLOWEST_READER", 0.05)
    monkeypatch.setattr(channel_module, "SHOWN", 5_000)
    for number in range(40):
        await site.notice("x" * 300_000, f"k{number}")
    host, port = site.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port), limit=1)
    writer.write(f"GET {site.path}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    await until(lambda: site.channel.open_pages(*_key(site)))
    await until(lambda: not site.channel.open_pages(*_key(site)))
    writer.close()


async def test_a_page_that_goes_away_is_no_error(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        stream = await site.get(f"{site.path}/events")
        socket = await site.socket()
        await until(lambda: site.channel.open_pages(*_key(site)) == 2)
        stream.close()
        socket._response.close()  # the line is cut: no goodbye
        for number in range(20):
            await site.notice("x", f"k{number}")
        await until(lambda: not site.channel.open_pages(*_key(site)))
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_open_pages_are_told_when_the_server_stops(databases: Databases) -> None:
    async with site_on(databases.make("sqlite")) as site:
        socket, stream = await site.socket(), await site.get(f"{site.path}/events")
        await until(lambda: site.channel.open_pages(*_key(site)) == 2)
        goodbye = asyncio.create_task(socket.receive(timeout=30))
        site.session, session = type(site.session)(), site.session
    assert (await goodbye).data == 1001
    assert await stream.content.read() == b""
    await session.close()


def _key(site: Site) -> tuple[str, str]:
    return site.address.account, site.address.person
