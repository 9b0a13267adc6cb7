"""What must hold on every messaging platform, on both databases, with two processes where it says so."""

from __future__ import annotations

import asyncio
import json
import logging
import unicodedata
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest
from sqlalchemy import event, func, select, text

from bot.intake import BIGGEST
from bot.logs import JsonLines
from bot.meters import REGISTRY
from bot.simulators.zalo.hooks import Writer
from bot.storage import accounts
from bot.storage.schema import conversations, seen, strays
from handlers.messages import Incoming, Option, Outgoing
from tests.channels.phones import KINDS, House, Kind, house_of

PHONE = "0912345678"
SIGNED = ("X-Telegram-Bot-Api-Secret-Token", "X-ZEvent-Signature", "X-Bot-Api-Secret-Token")


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    return request.param


@pytest.fixture
async def house(kind: Kind, network_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(kind, network_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def two(kind: Kind, network_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(kind, network_url, tmp_path, processes=2) as opened:
        yield opened


async def questions(house: House, user: str) -> list[str | None]:
    return [message.question or message.outcome for _, message in await house.rows(user)]


async def count(house: House, table: object) -> int:
    async with house.app.engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(table))


async def test_an_event_that_comes_six_times_is_one_step_and_one_reply(house: House) -> None:
    user = house.person()
    await house.say(user, "chào")
    await house.act(user, kind="text", text="2")
    await house.act(user, kind="duplicate", times=5)
    await house.pump()
    assert await questions(house, user) == ["task", "birth_date"]
    assert len(house.said(user)) == 2


async def test_two_messages_at_once_in_two_processes_lose_no_step(two: House) -> None:
    user = two.person()
    await two.say(user, "chào", "2")
    caught = await two.held(
        (user, {"kind": "text", "text": "3/1983"}), (user, {"kind": "text", "text": "không"})
    )
    statuses = await asyncio.gather(*(two.post(one, n) for n, one in enumerate(caught)))
    await two.pump()
    assert statuses == [200, 200]
    asked = await questions(two, user)
    assert len(asked) == 4
    assert [message.turn for _, message in await two.rows(user)] == [1, 2, 3, 4]
    assert len(two.said(user)) == 4


async def test_the_same_event_at_once_in_two_processes_is_one_step(two: House) -> None:
    user = two.person()
    caught = await two.held((user, {"kind": "text", "text": "chào"}))
    assert await asyncio.gather(two.post(caught[0], 0), two.post(caught[0], 1)) == [200, 200]
    await two.pump()
    assert await questions(two, user) == ["task"]


async def test_a_tap_that_comes_after_what_was_typed_later_changes_nothing(house: House) -> None:
    user = house.person()
    await house.say(user, "chào")
    buttons = [button for row in house.last_buttons(user) for button in row]
    tap = buttons[1]["do"] if buttons else {"kind": "text", "text": "2"}
    tapped, typed = await house.held((user, tap), (user, {"kind": "text", "text": "sn 1983"}))
    await house.post(typed)
    await house.post(tapped)
    await house.pump()
    if buttons:
        assert await questions(house, user) == ["task", "confirm_spotted", "confirm_spotted"]
        assert "câu cũ" in house.said(user)[-1]["text"]
    else:  # a number answers what is asked now: no, that is not what she meant
        assert await questions(house, user) == ["task", "confirm_spotted", "task"]
        await house.say(user, "sn 1983")
    await house.tap(user, 1)
    assert (await questions(house, user))[-1] == "citizen"  # what she typed was kept: it is not asked again


async def test_an_old_button_shows_what_is_asked_now_and_changes_nothing(house: House) -> None:
    user = house.person()
    await house.say(user, "chào")
    old = [button for row in house.last_buttons(user) for button in row]
    if not old:
        pytest.skip("no buttons here: an old menu's number answers what is asked now")
    await house.tap(user, 2)
    await house.act(user, **old[0]["do"])
    await house.pump()
    assert (await questions(house, user))[-1] == "birth_date"
    assert "câu cũ" in house.said(user)[-1]["text"]


async def test_numbers_words_and_labels_without_marks_answer_a_menu(house: House) -> None:
    for typed in ("2", " 2. ", "２", "hai", "toi co duoc tham gia khong"):
        user = house.person()
        await house.say(user, "chào", typed)
        assert (await questions(house, user))[-1] == "birth_date", typed


async def test_the_words_under_a_photo_are_taken(house: House) -> None:
    user = house.person()
    await house.say(user, "hẹn gọi lại")
    assert (await questions(house, user))[-1] == "ward"
    await house.act(user, kind="photo", caption="Vân Nham")
    await house.pump()
    assert (await questions(house, user))[-1] == "slot"
    assert "đọc được ảnh" in house.said(user)[-1]["text"]


async def test_an_event_delivered_again_after_a_crash_before_the_answer_is_one_step(house: House) -> None:
    user = house.person()
    [delivery] = await house.held((user, {"kind": "text", "text": "chào"}))
    await house.post(delivery)  # committed; the platform never saw our 200
    assert await house.post(delivery) == 200
    await house.pump()
    assert len(house.said(user)) == 1


async def test_an_answer_that_is_lost_after_the_send_is_not_sent_again(house: House, kind: Kind) -> None:
    user = house.person()
    house.simulator.faults.add("reset_after", kind.send)
    await house.say(user, "chào")
    assert [state for state, _ in await house.rows(user)] == ["sent" if kind.can_look else "unknown"]
    assert len(house.said(user)) == 1
    await house.say(user, "2")
    assert len(house.said(user)) == 2


@pytest.mark.parametrize("fault", ["http_500", "http_502_html", "rate_limit"])
async def test_a_platform_in_trouble_gets_everything_later_in_order(
    house: House, kind: Kind, fault: str
) -> None:
    people = [house.person() for _ in range(4)]
    house.simulator.faults.add(fault, kind.send, count=9, code=2 if fault == "rate_limit" else 0)
    await house.put(*[(user, Outgoing(f"tin {n}")) for n in range(3) for user in people])
    await house.pump()
    for user in people:
        assert [message["text"] for message in house.said(user)] == ["tin 0", "tin 1", "tin 2"]
        assert {state for state, _ in await house.rows(user)} == {"sent"}


async def test_a_platform_that_cannot_be_reached_costs_no_message(house: House, kind: Kind) -> None:
    user = house.person()
    house.simulator.faults.add("http_502_html", kind.send, count=40)
    await house.put((user, Outgoing("một")), (user, Outgoing("hai")))
    await house.pump(step=31)
    assert [message["text"] for message in house.said(user)] == ["một", "hai"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_the_longest_text_and_one_more(house: House, kind: Kind, form: str) -> None:
    user = house.person()
    for length, parts in ((kind.text_limit, 1), (kind.text_limit + 1, 2)):
        text = "ế" * (length - 2) + "👍👍"
        before = len(house.said(user))
        await house.put((user, Outgoing(unicodedata.normalize(form, text))))
        await house.pump()
        shown = [message["text"] for message in house.said(user)[before:]]
        assert (len(shown), "".join(shown)) == (parts, text)
        assert all(len(each) <= kind.text_limit for each in shown)
    assert {state for state, _ in await house.rows(user)} == {"sent"}


async def test_the_menu_of_a_long_text_is_on_its_last_part(house: House, kind: Kind) -> None:
    user = house.person()
    text = "ế" * kind.text_limit + "👍"
    await house.put((user, Outgoing(text, (Option("yes", "Có"), Option("no", "Không")))))
    await house.pump()
    *first, last = house.said(user)
    menu = [button["label"] for row in last["buttons"] for button in row] or last["text"].splitlines()[-2:]
    assert menu == ["1. Có", "2. Không"]
    assert "".join(message["text"] for message in first) + last["text"].split("\n")[0] == text
    assert not any(message["buttons"] or "1. Có" in message["text"] for message in first)


async def test_who_has_left_gets_nothing_until_she_is_back(house: House, kind: Kind) -> None:
    if not kind.tells_blocked:
        pytest.skip("this platform does not tell who has left")
    user = house.person()
    await house.say(user, "chào")
    await house.act(user, kind="block")
    await house.put((user, Outgoing("nhắc hẹn")))
    await house.pump()
    assert [state for state, _ in await house.rows(user)] == ["sent", "dead"]
    async with house.app.engine.connect() as connection:
        assert await connection.scalar(select(conversations.c.stopped_at)) is not None
    await house.act(user, kind="unblock")
    await house.say(user, "2")
    assert (await questions(house, user))[-1] == "birth_date"
    await house.put((user, Outgoing("nhắc lần nữa")))
    await house.pump()
    assert house.said(user)[-1]["text"] == "nhắc lần nữa"


async def test_an_unknown_event_is_kept_and_told_once(house: House, caplog: pytest.LogCaptureFixture) -> None:
    user = house.person()
    for _ in range(3):
        await house.act(user, kind="unknown", name="some_new_event")
    statuses = [line["status"] for line in house.simulator.journal.lines if line["what"] == "webhook"]
    assert statuses == [200, 200, 200]
    assert await count(house, strays) == 3
    assert sum("alert" in record.message for record in caplog.records) == 1


async def test_the_name_of_an_unknown_event_is_no_way_into_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.act(house.person(), kind="unknown", name="chị Lành\n")
    [alert] = [record.message for record in caplog.records if "alert" in record.message]
    assert "Lành" not in alert
    assert alert.isprintable()


async def test_a_delivery_of_a_stranger_is_refused_counted_and_not_taken(house: House, kind: Kind) -> None:
    user = house.person()
    [delivery] = await house.held((user, {"kind": "text", "text": "chào"}))
    signed = next(name for name in delivery.headers(0) if name.startswith("X-"))
    right = delivery.headers(0)[signed]
    for wrong in ("", "x", right[:-1], f"{right}0", f"{right[:-1]}{'1' if right[-1] == '0' else '0'}"):
        assert await house.post(delivery, **{signed: wrong}) == 403
    unsigned = await house.session.post(
        house.processes[0].hook, data=delivery.body, headers=kind.unsigned(delivery)
    )
    assert unsigned.status == 403
    assert await count(house, seen) == 0
    async with house.app.engine.connect() as connection:
        state = await accounts.state(connection, kind.name, house.processes[0].platform.account)
    assert 1 <= state.refused <= 6  # written down now and then
    assert await house.post(delivery) == 200
    assert await count(house, seen) == 1


async def test_bytes_that_are_no_text_are_a_stranger_s(house: House) -> None:
    [delivery] = await house.held((house.person(), {"kind": "text", "text": "chào"}))
    [signed] = [name for name in delivery.headers(0) if name in SIGNED]
    ours = json.dumps({"app_id": house.app.settings.zalo_app_id}).encode()
    refused = partial(
        REGISTRY.get_sample_value, "ansinh_deliveries_refused_total", {"channel": house.kind.name}
    )
    before = refused() or 0
    for headers, body in (
        ({signed: b"\xff\xfe"}, delivery.body),
        ({signed: b"mac=" + b"0" * 64, "X-ZEvent-Timestamp": b"\xff\xfe"}, ours),
        ({signed: b"mac=" + b"0" * 64}, ours.replace(b"}", b', "timestamp": "\\ud800"}')),
        ({signed: b"mac=" + b"0" * 64}, b'{"app_id": ' + b"[" * 900 + b"]" * 900 + b"}"),
    ):
        assert await posted(house.processes[0].hook, headers, body) == 403
    assert refused() == before + 4
    assert await count(house, seen) == 0


async def posted(url: str, headers: Mapping[str, bytes], body: bytes) -> int:
    """Post bytes as they are, as no client would; return the status."""
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    lines = [f"POST {where.path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".encode()]
    lines += [name.encode() + b": " + value + b"\r\n" for name, value in headers.items()]
    lines.append(f"Content-Length: {len(body)}\r\n\r\n".encode())
    writer.write(b"".join(lines) + body)
    answer = await reader.read()
    writer.close()
    return int(answer.split()[1])


async def test_what_comes_while_a_commit_is_slow_shares_the_next(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zalo hangs up after two seconds: who waits for a slow disk waits for two commits, however many come."""
    people = [house.person() for _ in range(45)]
    caught = await house.held(*((user, {"kind": "text", "text": "chào"}) for user in people))
    await house.post(caught.pop())
    hear, arrived, all_here, commits = house.app.converse.hear, [], asyncio.Event(), []

    async def heard(incoming: Incoming) -> bool:
        arrived.append(incoming)
        if len(arrived) == len(caught):
            all_here.set()
        return await hear(incoming)

    monkeypatch.setattr(house.app.converse, "hear", heard)
    async with house.app.engine.connect() as slow:
        where = slow.dialect.name == "postgresql"
        await slow.execute(text("LOCK TABLE seen" if where else "SELECT 1"))  # one writer on SQLite
        posts = [asyncio.create_task(house.post(delivery)) for delivery in caught]
        await all_here.wait()
        event.listen(house.app.engine.sync_engine, "commit", commits.append)
    assert await asyncio.gather(*posts) == [200] * len(caught)
    assert len(commits) <= 2
    assert await count(house, seen) == len(people)


async def test_no_log_holds_a_token_a_number_or_what_was_said(
    house: House, kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    user = house.person()
    house.simulator.faults.add("http_502_html", kind.send, count=2)
    house.simulator.faults.add("reset_after", kind.send)
    await house.say(user, "chào", "hẹn gọi", "Vân Nham", "1", "chị Lành", PHONE, "tôi muốn nói riêng")
    await house.act(user, kind="unknown", name="some_new_event")
    hook = house.app.cipher.sign(f"webhook:{kind.name}")
    lines = [JsonLines().format(record) for record in caplog.records]
    assert lines
    for line in lines:
        said = json.loads(line)["said"]
        for secret in (*kind.secrets, hook, PHONE, PHONE[1:], "Lành", "nói riêng"):
            assert secret not in said, said


async def test_what_is_too_big_is_kept_in_part_and_never_processed(house: House) -> None:
    user = house.person()
    [delivery] = await house.held((user, {"kind": "text", "text": "x"}))
    delivery.body = delivery.body.replace(b'"x"', b'"' + b"x" * BIGGEST + b'"')
    again: Mapping[str, str] = {}
    if house.kind.name == "zalo_oa":  # the others' deliveries have a secret with them, and no signature
        moment = str(json.loads(delivery.body)["timestamp"])
        again = Writer(house.simulator.switches, Random(1)).headers(delivery.body, moment)
    assert await house.post(delivery, **again) == 200
    assert await count(house, seen) == 0
    assert await count(house, strays) == 1
