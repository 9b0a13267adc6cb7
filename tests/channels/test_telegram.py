"""Telegram's own ways: what its updates mean, its keyboards, its errors, polling, a self-test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.app import open_app
from bot.channels import SendFailed
from bot.channels.telegram.request import AiohttpRequest, Broken, NotConnected
from bot.channels.telegram.updates import button_data
from bot.channels.telegram.wire import TelegramChannel, failure
from bot.platforms import platforms
from bot.settings import Settings, SettingsError
from bot.simulators.telegram import KEYBOARD
from bot.storage import accounts, strays
from handlers.messages import Address, Attached, Option, Outgoing
from tests.channels.phones import TELEGRAM, TOKEN, House, house_of
from tests.conftest import SECRET

TELEGRAM_POLLED = replace(
    TELEGRAM,
    settings=lambda simulator, url: {
        "telegram_token": TOKEN,
        "telegram_api": url,
        "telegram_mode": "polling",
    },
)


@pytest.fixture
async def house(network_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(TELEGRAM, network_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def sqlite_house(databases: Any, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(TELEGRAM, databases.make("sqlite", demo=True), tmp_path) as opened:
        yield opened


async def asked(house: House, user: str) -> str | None:
    [*_, (_, last)] = await house.rows(user)
    return last.question or last.outcome


def keyboard(house: House, user: str) -> list[list[dict[str, Any]]]:
    """The keys under her text field."""
    return next((note["buttons"] for note in house.simulator.phone(user) if note["text"] == KEYBOARD), [])


def calls(house: House, name: str) -> list[dict[str, Any]]:
    return [line for line in house.simulator.journal.lines if line.get("call") == name]


async def test_a_link_leads_behind_its_door(sqlite_house: House) -> None:
    user = sqlite_house.person(started=False)
    await sqlite_house.act(user, kind="start", payload="quote")
    await sqlite_house.pump()
    assert await asked(sqlite_house, user) == "birth_date"


async def test_commands_mean_the_words_they_stand_for(sqlite_house: House) -> None:
    user = sqlite_house.person()
    await sqlite_house.say(user, "chào", "/english@ansinh_sim_bot")
    assert "English" not in sqlite_house.said(user)[-1]["text"]
    assert "voluntary" in sqlite_house.said(user)[-1]["text"]
    await sqlite_house.say(user, "/privacy")
    assert await asked(sqlite_house, user) == "forget_sure"
    commands = sqlite_house.simulator.commands
    assert set(commands) == {"", "vi", "en"}
    assert commands[""] == commands["vi"] != commands["en"]


async def test_who_has_not_begun_reads_what_the_bot_is(sqlite_house: House) -> None:
    [platform] = [process.platform for process in sqlite_house.processes]
    await asyncio.gather(*platform._tasks)
    told = sqlite_house.simulator.told
    assert set(told) == {
        f"{name}:{code}" for name in ("description", "short_description") for code in ("", "en")
    }
    assert "trợ lý" in told["description:"].lower()
    before = len(calls(sqlite_house, "setMyDescription"))
    await platform._describe()  # another process, or another start: nothing is changed
    assert len(calls(sqlite_house, "setMyDescription")) == before == 2


async def test_a_button_is_answered_and_leaves_only_what_she_chose(house: House) -> None:
    user = house.person()
    await house.say(user, "chào")
    await house.tap(user, 2)
    await asyncio.gather(*house.processes[0].platform._tasks)
    assert [line["status"] for line in calls(house, "answerCallbackQuery")] == [200]
    first = house.said(user)[0]
    assert [[button["label"] for button in row] for row in first["buttons"]] == [
        ["✓ 2. Tôi có được tham gia không"]
    ]
    await house.act(user, **first["buttons"][0][0]["do"])  # once more: nothing is answered, nothing changes
    await house.pump()
    assert len(house.said(user)) == 2


async def test_her_own_number_is_taken_and_no_other(sqlite_house: House) -> None:
    house = sqlite_house
    user = house.person()
    await house.say(user, "hẹn gọi lại")
    await house.tap(user, 4) if await asked(house, user) == "task" else None
    await house.say(user, "Vân Nham")
    await house.tap(user, 1)
    await house.say(user, "Lành")
    assert await asked(house, user) == "phone"
    [[share]] = keyboard(house, user)
    assert share["label"] == "Gửi số điện thoại của tôi"
    await house.act(user, kind="contact", own=False)
    await house.pump()
    assert await asked(house, user) == "phone"
    assert "số của chính anh/chị" in house.said(user)[-1]["text"]
    assert "được ảnh" not in house.said(user)[-1]["text"]
    await house.act(user, phone="84912345678", **share["do"])
    await house.pump()
    assert await asked(house, user) == "consent"
    assert "0912 345 678" in house.said(user)[-1]["text"].replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("typed", "then", "told"),
    [
        ("0912 345 678", "consent", "Em đã ghi số điện thoại ạ."),
        ("về đầu", "task", "Em chưa ghi số điện thoại nào ạ."),
        ("quay lại", "name", ""),  # its message has no buttons, and takes the keyboard away itself
    ],
)
async def test_the_keyboard_that_shares_her_number_is_there_until_she_is_asked_something_else(
    sqlite_house: House, typed: str, then: str, told: str
) -> None:
    house = sqlite_house
    user = house.person()
    await house.say(user, "hẹn gọi lại", "Vân Nham", "1", "Lành")
    assert await asked(house, user) == "phone"
    await house.put((user, Outgoing("Cuộc gọi mai của chị còn nguyên.", notice="reminder")))
    await house.say(user, "số nào cũng được à")
    assert await asked(house, user) == "phone"
    assert keyboard(house, user)
    answer = await house.say(user, typed)
    assert await asked(house, user) == then
    assert [message["text"] for message in answer[:-1]] == ([told] if told else [])
    assert keyboard(house, user) == []
    assert bool(house.last_buttons(user)) == bool(told)


async def test_groups_edits_and_pictures(sqlite_house: House) -> None:
    house = sqlite_house
    user = house.person()
    await house.say(user, "chào")
    group = house.person(kind="group")
    await house.act(group, kind="text", text="xin chào")
    await house.act(user, kind="edited", message_id=1, text="sửa")
    await house.pump()
    assert len(house.said(user)) == 1
    assert house.said(group) == []
    for kind, told in (("photo", "đọc được ảnh"), ("sticker", "cảm ơn"), ("location", "vị trí")):
        await house.act(user, kind=kind)
        await house.pump()
        assert told in house.said(user)[-1]["text"]


async def test_an_image_and_a_document_go_before_their_text(sqlite_house: House) -> None:
    house = sqlite_house
    user = house.person()
    for kind, name in (("image", "phieu.png"), ("document", "phieu.pdf")):
        file = Attached(kind, name, b"\x89PNG \xff")
        await house.put((user, Outgoing(f"Đây là {name}", (Option("yes", "Có"),), attached=file)))
        await house.pump()
    shown = [message["text"] for message in house.said(user)]
    assert shown == ["[photo]", "Đây là phieu.png", "[document]", "Đây là phieu.pdf"]
    assert set(house.simulator.files.values()) == {b"\x89PNG \xff"}


async def test_bodies_that_are_no_updates_are_kept_and_answered(sqlite_house: House) -> None:
    house = sqlite_house
    [good] = await house.held((house.person(), {"kind": "text", "text": "x"}))
    for body in (b"", b"{", b"[]", b'{"update_id": "x"}', b'{"update_id": 1, "message": 5}', b"\xff"):
        good.body = body
        assert await house.post(good) == 200


@pytest.mark.parametrize(
    ("error", "kind", "account", "human"),
    [
        (RetryAfter(5), "retry", False, False),
        (Forbidden("Forbidden: bot was blocked by the user"), "stopped", False, False),
        (Forbidden("Forbidden: user is deactivated"), "stopped", False, False),
        (BadRequest("Chat not found"), "stopped", False, False),
        (BadRequest("Message is too long"), "rejected", False, False),
        (ChatMigrated(5), "rejected", False, False),
        (InvalidToken("Unauthorized"), "retry", True, True),
        (NotConnected("x"), "retry", True, False),
        (Broken("x"), "retry", False, False),
        (TimedOut(), "unknown", False, False),
        (NetworkError("ServerDisconnectedError"), "unknown", False, False),
        (Conflict("Conflict"), "unknown", False, False),
        (TelegramError("Invalid server response"), "unknown", False, False),
    ],
)
def test_every_error_has_its_consequence(error: TelegramError, kind: str, account: bool, human: bool) -> None:
    failed = failure(error)
    assert (failed.kind, failed.account, failed.human) == (kind, account, human)
    assert failed.retry_after == (5 if isinstance(error, RetryAfter) else None)


@pytest.mark.parametrize(
    ("status", "body", "comes_to"),
    [
        (403, '{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked"}', "stopped"),
        (200, '{"ok": false, "error_code": 403, "description": "Forbidden: user is deactivated"}', "stopped"),
        (403, '{"error_code":403,"ok":false}', "stopped"),
        (403, "<html>denied</html>", "account waits"),
        (403, '{"message":"denied"}', "account waits"),
        (400, "<html>bad request</html>", "account waits"),
        (404, "<html>not here</html>", "account waits"),
        (401, "", "account waits"),
        (500, "<html>", "account waits"),
        (502, "<html>", "account waits"),
        (504, "<html>", "unknown"),  # the gateway had passed it on
        (200, "<html>", "unknown"),
        (400, '{"ok":false,"error_code":400,"description":"Bad Request: can\'t parse"}', "rejected"),
        (413, "<html>too large</html>", "rejected"),
        (404, '{"ok":false,"error_code":404,"description":"Not Found"}', "account waits for somebody"),
        (429, '{"ok":false,"error_code":429,"parameters":{"retry_after":7}}', "retry after 7"),
        (429, '{"ok":false,"error_code":429,"description":"Too Many Requests"}', "retry after 1"),
        (200, '{"ok":false,"error_code":429}', "retry after 1"),
        (429, "<html>slow down</html>", "retry after 1"),
        (500, '{"ok":false,"error_code":500}', "retry"),
        (200, '{"ok":false,"error_code":500}', "retry"),
        (200, '{"ok":false}', "retry"),
    ],
)
async def test_only_the_bot_api_itself_speaks_of_a_person_or_a_message(
    status: int, body: str, comes_to: str
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    app = web.Application()
    app.router.add_post("/bot42:x/sendMessage", answer)
    async with TestServer(app) as server:
        bot = Bot("42:x", base_url=str(server.make_url("/bot")), request=AiohttpRequest())
        await bot._request[1].initialize()
        with pytest.raises(SendFailed) as refused:
            await TelegramChannel(bot).send(Address("telegram", "42", "7"), Outgoing("chào chị"), "1")
        await bot._request[1].shutdown()
    failed = refused.value
    said = "account waits" if failed.account else failed.kind
    said += " for somebody" if failed.human else ""
    said += f" after {failed.retry_after:.0f}" if failed.retry_after else ""
    assert said == comes_to


async def test_nobody_there_is_told_from_no_answer(sqlite_house: House) -> None:
    request = AiohttpRequest(answer=0.05)
    await request.initialize()
    with pytest.raises(NotConnected):
        await request.post("http://127.0.0.1:9/bot1/getMe")
    sqlite_house.simulator.faults.add("timeout_before", "getMe")
    url = f"{sqlite_house.app.settings.telegram_api}/bot{TOKEN}/getMe"
    with pytest.raises(TimedOut):
        await request.post(url)
    await request.shutdown()


def test_what_a_button_carries_fits() -> None:
    assert button_data(7, Option("quote", "x"), 2) == "7|quote"
    assert button_data(7, Option("ế" * 40, "x"), 2) == "7|2"


async def test_polling_takes_an_update_before_it_is_acknowledged(databases: Any, tmp_path: Path) -> None:
    async with house_of(TELEGRAM_POLLED, databases.make("sqlite", demo=True), tmp_path) as house:
        user = house.person()
        await house.act(user, kind="start")
        for _ in range(1_000):
            if await house.rows(user) and not house.simulator.updates:
                break
            await asyncio.sleep(0.01)
        await house.pump()
        assert len(house.said(user)) == 1


async def test_polling_goes_past_what_nobody_can_read(
    databases: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with house_of(TELEGRAM_POLLED, databases.make("sqlite", demo=True), tmp_path) as house:
        user = house.person()
        await house.act(user, kind="unknown")
        await house.act(user, kind="text", text="chào em")
        for _ in range(1_000):
            if await house.rows(user) and not house.simulator.updates:
                break
            await asyncio.sleep(0.01)
        await house.pump()
        assert len(house.said(user)) == 1
        async with house.app.engine.connect() as connection:
            kept = await strays.counts(connection, "telegram")
    assert kept == {"malformed:TypeError": 1}
    assert "chào em" not in caplog.text


async def test_the_self_test_says_what_to_do(sqlite_house: House) -> None:
    platform = sqlite_house.processes[0].platform
    await asyncio.gather(*platform._tasks)
    assert [finding.fine for finding in await platform.look()] == [True, True, True, True]
    await platform.bot.delete_webhook()
    await platform.bot.set_chat_menu_button()  # as it was before we came
    troubled = [finding.what for finding in await platform.look() if not finding.fine]
    assert troubled == ["menu button", "webhook"]
    sqlite_house.simulator.faults.add("error", "getMe", code=401)
    [bad] = await platform.look()
    assert "BotFather" in bad.fix
    sqlite_house.simulator.faults.add("http_502_html", "getMe")
    assert [finding.what for finding in await platform.look()] == ["reachable"]


async def test_a_wrong_token_is_not_ready_and_the_web_chat_goes_on(sqlite_house: House) -> None:
    house = sqlite_house
    house.simulator.faults.add("error", "sendMessage", code=401, count=1)
    await house.put((house.person(), Outgoing("x")))
    await house.sender.drain()
    async with ClientSession() as session:
        ready = await session.get(house.processes[0].server.make_url("/readyz"))
        found = await ready.json()
        assert (ready.status, found["telegram"], found["web"]) == (503, False, True)
    await house.pump(step=61)
    async with house.app.engine.connect() as connection:
        state = await accounts.state(connection, "telegram", house.processes[0].platform.account)
    assert (state.human, state.trouble) == (False, "bad_token")


async def test_a_webhook_needs_an_address(databases: Any, tmp_path: Path) -> None:
    url = databases.make("sqlite")
    settings = Settings(
        _env_file=None, database_url=url, secret_key=SECRET, data_dir=tmp_path, telegram_token=TOKEN,
        telegram_mode="webhook",
    )  # fmt: skip
    async with open_app(settings) as app:
        with pytest.raises(SettingsError, match="ANSINH_PUBLIC_URL"):
            platforms(app)
