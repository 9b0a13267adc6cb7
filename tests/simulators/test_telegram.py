"""The Telegram simulator under python-telegram-bot's own client and Updater, and as strict as it says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    MenuButtonCommands,
    MenuButtonWebApp,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
    WebAppInfo,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.ext import Updater

from bot.simulators.clock import VirtualClock
from bot.simulators.kit import Wrong, serve
from bot.simulators.telegram import KEYBOARD, TOKEN, TelegramSimulator

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


class Sim:
    """A simulator on a port, and PTB's own client for it, on PTB's own transport."""

    def __init__(self, simulator: TelegramSimulator, url: str) -> None:
        self.it, self.url = simulator, url

    def bot(self, token: str = TOKEN) -> Bot:
        return Bot(token, base_url=f"{self.url}/bot", base_file_url=f"{self.url}/file/bot")

    def person(self, **about: Any) -> int:
        return int(self.it.add_user({"started": True, **about})["id"])


@pytest.fixture
async def sim() -> AsyncIterator[Sim]:
    simulator = TelegramSimulator(VirtualClock(START), Random(1))
    runner, url = await serve(simulator)
    yield Sim(simulator, url)
    await runner.cleanup()


class Hook:
    """A webhook that answers as it is told, 200 when it is told nothing."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, Any], str]] = []
        self.answers: list[int] = []

    async def take(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        self.got.append((body, request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


@pytest.fixture
async def hook() -> AsyncIterator[tuple[Hook, str]]:
    made = Hook()
    app = web.Application()
    app.router.add_post("/hook", made.take)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    yield made, str(server.make_url("/hook"))
    await server.close()


async def test_ptb_sends_edits_deletes_and_sends_files(sim: Sim) -> None:
    user = sim.person()
    async with sim.bot() as bot:
        assert (await bot.get_me()).username == "ansinh_sim_bot"
        keys = InlineKeyboardMarkup([[InlineKeyboardButton("1. Có", callback_data="1|yes")]])
        sent = await bot.send_message(user, "xin <b>chào</b>", parse_mode="HTML", reply_markup=keys)
        assert isinstance(sent, Message)
        assert sent.text == "xin chào"
        await bot.edit_message_text("mới", user, sent.message_id)
        with pytest.raises(BadRequest, match="Message is not modified"):
            await bot.edit_message_text("mới", user, sent.message_id)
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await bot.edit_message_text("mới", user, 99)
        await bot.delete_message(user, sent.message_id)
        photo = await bot.send_photo(user, InputFile(b"\x89PNG", filename="the.png"), caption="Phiếu")
        file = await bot.get_file(photo.photo[0].file_id)
        assert bytes(await file.download_as_bytearray()) == b"\x89PNG"
        await sim.it.clock.advance(3)
        document = await bot.send_document(user, InputFile(b"%PDF", filename="phieu.pdf"))
        assert document.document is not None
        await bot.send_location(user, 21.85, 106.76)
        await bot.send_chat_action(user, "typing")
        await bot.set_my_commands([("menu", "Về đầu")], language_code="vi")
        assert [one.command for one in await bot.get_my_commands(language_code="vi")] == ["menu"]
        await bot.set_my_description("Trợ lý BHXH")
    assert sim.it.violations == []


@pytest.mark.parametrize(
    ("text", "more", "words"),
    [
        ("", {}, "Message text is empty"),
        ("  \n", {}, "Message text is empty"),
        ("x" * 4_097, {}, "Message is too long"),
        ("<b>x", {"parse_mode": "HTML"}, "Can't parse entities"),
        ("1.5", {"parse_mode": "MarkdownV2"}, "Can't parse entities"),
        ("x", {"data": "x" * 65}, "Button_data_invalid"),
        ("x", {"buttons": 101}, "Reply markup is too long"),
    ],
)
async def test_what_telegram_does_not_take(sim: Sim, text: str, more: dict[str, Any], words: str) -> None:
    user = sim.person()
    rows = more.pop("buttons", 1)
    data = more.pop("data", "1|yes")
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data=data)]] * rows)
    async with sim.bot() as bot:
        with pytest.raises(BadRequest) as refused:
            await bot.send_message(user, text, reply_markup=keys, **more)
    assert refused.value.message.lower().startswith(words.lower())


async def test_the_menu_button_opens_https_or_this_machine(sim: Sim) -> None:
    user = sim.person()
    async with sim.bot() as bot:
        assert (await bot.get_chat_menu_button()).type == "default"
        for url in ("http://example.vn/app", "tg://app", "https"):
            with pytest.raises(BadRequest, match="only https links are allowed"):
                await bot.set_chat_menu_button(menu_button=MenuButtonWebApp("Mở", WebAppInfo(url)))
        with pytest.raises(BadRequest, match="text must be non-empty"):
            await bot.set_chat_menu_button(menu_button=MenuButtonWebApp(" ", WebAppInfo("https://x.vn")))
        with pytest.raises(Wrong, match="opens no page"):
            sim.it.opened(str(user))
        for url in ("https://x.vn/app", "http://127.0.0.1:8080/app"):
            await bot.set_chat_menu_button(menu_button=MenuButtonWebApp("Mở", WebAppInfo(url)))
            assert sim.it.opened(str(user)).startswith(f"{url}#tgWebAppData=")
        await bot.set_chat_menu_button(user, MenuButtonCommands())
        assert (await bot.get_chat_menu_button(user)).type == "commands"
        assert (await bot.get_chat_menu_button()).type == "web_app"
        assert "Mở" not in str(sim.it.phone(str(user)))
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.get_chat_menu_button(sim.person(started=False))
    assert sim.it.violations == []


async def test_who_can_be_written_to(sim: Sim) -> None:
    stranger, friend, group = sim.person(started=False), sim.person(), sim.person(kind="group")
    async with sim.bot() as bot:
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(stranger, "x")
        await sim.it.inject(str(friend), {"kind": "block"})
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(friend, "x")
        share = ReplyKeyboardMarkup([[KeyboardButton("x", request_contact=True)]])
        with pytest.raises(BadRequest, match="private chats only"):
            await bot.send_message(group, "x", reply_markup=share)
    async with ClientSession() as session:
        wrong = await session.get(f"{sim.url}/bot1:WRONG/getMe")
        assert (wrong.status, (await wrong.json())["error_code"]) == (401, 401)
    with pytest.raises(InvalidToken):
        async with sim.bot("1:WRONG"):
            pass


async def test_the_pace_is_enforced(sim: Sim) -> None:
    user = sim.person()
    async with sim.bot() as bot:
        for _ in range(3):
            await bot.send_message(user, "x")
        with pytest.raises(RetryAfter):
            await bot.send_message(user, "x")
        assert sim.it.floods == 1
        await sim.it.clock.advance(3)
        await bot.send_message(user, "x")
        people = [sim.person() for _ in range(31)]
        await sim.it.clock.advance(3)
        for one in people[:30]:
            await bot.send_message(one, "x")
        with pytest.raises(RetryAfter):
            await bot.send_message(people[30], "x")


async def test_a_tap_can_be_answered_once_and_not_for_long(sim: Sim) -> None:
    user = sim.person()
    async with sim.bot() as bot:
        keys = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="1|yes")]])
        sent = await bot.send_message(user, "x", reply_markup=keys)
        for late in (0, 61):
            await sim.it.inject(str(user), {"kind": "tap", "message_id": sent.message_id, "data": "1|yes"})
            [*_, update] = await bot.get_updates()
            await sim.it.clock.advance(late)
            if not late:
                await bot.answer_callback_query(update.callback_query.id)
            with pytest.raises(BadRequest, match="Query is too old"):
                await bot.answer_callback_query(update.callback_query.id)
        with pytest.raises(Wrong, match="never had a button"):
            await sim.it.inject(str(user), {"kind": "tap", "message_id": sent.message_id, "data": "no"})


async def test_a_keyboard_for_once_is_folded_when_a_key_is_pressed_and_stays_until_it_is_removed(
    sim: Sim,
) -> None:
    user = sim.person()

    def keys() -> list[str]:
        notes = [note for note in sim.it.phone(str(user)) if note["text"] == KEYBOARD]
        return [key["label"] for note in notes for row in note["buttons"] for key in row]

    async with sim.bot() as bot:
        once = ReplyKeyboardMarkup([["Có"]], one_time_keyboard=True)
        await bot.send_message(user, "?", reply_markup=once)
        await sim.it.inject(str(user), {"kind": "text", "text": "typed"})
        assert keys() == ["Có"]
        await sim.it.inject(str(user), {"kind": "text", "text": "Có", "key": True})
        assert keys() == ["⌨"]
        buttons = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="1")]])
        await bot.send_message(user, "one message has one markup", reply_markup=buttons)
        await sim.it.inject(str(user), {"kind": "unfold"})
        assert keys() == ["Có"]
        await sim.it.clock.advance(2)
        await bot.send_message(user, "gone", reply_markup=ReplyKeyboardRemove())
        assert keys() == []


async def test_ptbs_updater_polls(sim: Sim) -> None:
    user = str(sim.person())
    queue: asyncio.Queue[object] = asyncio.Queue()
    async with Updater(sim.bot(), queue) as updater:
        await updater.start_polling(timeout=1)
        for action in (
            {"kind": "start", "payload": "quote"},
            {"kind": "text", "text": "xin chào"},
            {"kind": "contact"},
            {"kind": "photo", "caption": "giấy"},
            {"kind": "location"},
            {"kind": "sticker"},
            {"kind": "edited", "message_id": 2, "text": "chào"},
            {"kind": "block"},
        ):
            await sim.it.inject(user, action)
        got = [await asyncio.wait_for(queue.get(), 10) for _ in range(8)]
        await updater.stop()
    updates = [update for update in got if isinstance(update, Update)]
    assert [u.message.text for u in updates if u.message and u.message.text] == ["/start quote", "xin chào"]
    assert updates[2].message.contact.user_id == updates[2].message.from_user.id
    assert updates[6].edited_message.text == "chào"
    assert updates[7].my_chat_member.new_chat_member.status == "kicked"
    assert sim.it.updates == []
    assert sim.it.violations == []


async def test_a_webhook_and_polling_exclude_each_other(sim: Sim, hook: tuple[Hook, str]) -> None:
    async with sim.bot() as bot:
        await bot.set_webhook(hook[1], secret_token="s3cret", allowed_updates=["message"])
        with pytest.raises(RetryAfter):
            await bot.set_webhook(hook[1])
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()
        await bot.delete_webhook()
        async with sim.bot() as other:
            polls = (bot.get_updates(timeout=3), other.get_updates(timeout=3))
            found = await asyncio.gather(*polls, return_exceptions=True)
    assert sum(isinstance(one, Conflict) for one in found) == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"url": "https://example.vn/hook"}, "this machine only"),
        ({"secret_token": "không"}, "unallowed characters"),
        ({"secret_token": "x" * 257}, "too long"),
        ({"max_connections": 101}, "Max_connections"),
    ],
)
async def test_webhooks_that_are_refused(
    sim: Sim, hook: tuple[Hook, str], given: dict[str, Any], words: str
) -> None:
    async with sim.bot() as bot:
        with pytest.raises(BadRequest, match=words):
            await bot.set_webhook(**{"url": hook[1], **given})


async def test_a_webhook_gets_what_it_asked_for_with_its_secret_and_again_until_it_takes_it(
    sim: Sim, hook: tuple[Hook, str]
) -> None:
    made, url = hook
    user = str(sim.person())
    async with sim.bot() as bot:
        await bot.set_webhook(url, secret_token="s3cret", allowed_updates=["message"])
        made.answers = [500, 500, 500]
        await sim.it.inject(user, {"kind": "text", "text": "một"})
        await sim.it.inject(user, {"kind": "text", "text": "hai"})
        await sim.it.inject(user, {"kind": "block"})  # not asked for
        await sim.it.webhook.settle()
        assert [body["message"]["text"] for body, _ in made.got] == ["một", "một"]  # at once, then later
        info = await bot.get_webhook_info()
        assert info.pending_update_count == 2
        assert "500 Internal Server Error" in (info.last_error_message or "")
        await sim.it.clock.advance(2)
        await sim.it.webhook.settle()
        await sim.it.clock.advance(4)
        await sim.it.webhook.settle()
    assert [body["message"]["text"] for body, _ in made.got] == ["một"] * 4 + ["hai"]
    assert {secret for _, secret in made.got} == {"s3cret"}


async def test_a_tap_does_not_wait_behind_a_text_and_gives_up_sooner(
    sim: Sim, hook: tuple[Hook, str]
) -> None:
    made, url = hook
    user = str(sim.person())
    async with sim.bot() as bot:
        keys = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="1|yes")]])
        sent = await bot.send_message(int(user), "x", reply_markup=keys)
        await bot.set_webhook(url)
    made.answers = [500] * 60
    await sim.it.inject(user, {"kind": "text", "text": "một"})
    await sim.it.inject(user, {"kind": "tap", "message_id": sent.message_id, "data": "1|yes"})
    for _ in range(20):
        await sim.it.webhook.settle()
        await sim.it.clock.advance(15)
    await sim.it.webhook.settle()
    taps = [body for body, _ in made.got if "callback_query" in body]
    assert 3 < len(taps) < len(made.got) - len(taps) + 3
    assert sim.it.webhook.pending == 1  # the text is still wanted, the tap is not


async def test_faults_and_duplicates_come_as_told_over_the_control_plane(
    sim: Sim, hook: tuple[Hook, str]
) -> None:
    made, url = hook
    async with ClientSession() as session, sim.bot() as bot:

        async def control(path: str, **body: Any) -> Any:
            async with session.post(f"{sim.url}/__sim/{path}", json=body) as answer:
                return await answer.json()

        user = (await control("users", name="Lành"))["id"]
        await bot.set_webhook(url)
        await control("webhook/policy", dup_prob=1.0)
        done = await control("inject", user=user, kind="start")
        assert [attempt["status"] for attempt in done["attempts"]] == [200, 200]
        assert len({body["update_id"] for body, _ in made.got}) == 1
        await control("faults", kind="http_502_html", match="sendMessage", count=1)
        with pytest.raises(NetworkError):
            await bot.send_message(user, "x")
        await control("faults", kind="rate_limit", match="sendMessage", code=7)
        with pytest.raises(RetryAfter):
            await bot.send_message(user, "x")
        await bot.send_message(user, "x")
        async with session.get(f"{sim.url}/__sim/outbox", params={"user": user}) as answer:
            shown = await answer.json()
        assert [message["text"] for message in shown if message["who"] == "bot"] == ["x"]
        async with session.get(f"{sim.url}/__sim/journal") as answer:
            assert TOKEN not in await answer.text()
        assert "error" in await control("inject", user="1", kind="text", text="x")
        assert "error" in await control("faults", kind="earthquake")
        await control("reset")
    assert sim.it.chats == {}


async def test_a_field_or_method_nobody_has_is_a_violation(sim: Sim) -> None:
    user = sim.person()
    async with ClientSession() as session:
        url = f"{sim.url}/bot{TOKEN}"
        assert (await session.post(f"{url}/sendMesage", data={})).status == 404
        sent = await session.post(f"{url}/SENDMESSAGE", json={"chat_id": user, "text": "x", "txet": "y"})
        assert sent.status == 200
        await session.post(f"{url}/sendMessage", data=b"<x/>", headers={"Content-Type": "text/xml"})
        await session.get(f"{sim.url}/somewhere")
    assert len(sim.it.violations) == 4
