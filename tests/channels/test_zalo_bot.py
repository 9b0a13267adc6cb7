"""What only the Zalo Bot does: a desk by numbers, a month's messages, bodies in two shapes, no group."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from bot.channels.zalo import bot_platform
from bot.channels.zalo.bot import BotHook, BotText
from bot.channels.zalo.oa import InvalidError
from bot.intake import Unreadable
from bot.platforms import platforms
from bot.simulators.clock import VirtualClock
from bot.simulators.zalo.bot import ZaloBotSimulator
from bot.storage import accounts, network
from bot.storage.schema import channel_accounts, outbox
from handlers.messages import Option, Outgoing
from tests.channels.phones import ZALO_BOT, House, house_of
from tests.channels.zalo_kinds import HOOK_SECRET, build_bot


@pytest.fixture
async def house(databases: Any, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(ZALO_BOT, databases.make("sqlite", demo=True), tmp_path) as made:
        yield made


async def test_a_collector_works_at_his_desk_by_numbers(house: House) -> None:
    him = house.person(name="Hương")
    async with house.app.engine.begin() as connection:
        collector = await network.collector_by_code(connection, "LS0001")
        assert collector
        await network.link_chat(connection, house.address(him), collector.id)
    [desk] = await house.say(him, "xem")
    assert "1. " in desk["text"]
    [again] = await house.say(him, "1")
    assert again["text"] == desk["text"]
    card = Outgoing("[Mới #7]", (Option("accept-7", "Nhận"), Option("decline-7", "Không nhận")))
    await house.put((him, card))
    await house.pump()
    assert house.said(him)[-1]["text"] == "[Mới #7]\n\n1. Nhận\n2. Không nhận"


async def test_the_webhook_is_set_at_the_start_with_our_secret(house: House) -> None:
    assert house.simulator.secret == HOOK_SECRET
    assert house.simulator.webhook.url == house.processes[0].hook
    found = {each.what: each for each in await house.processes[0].platform.look()}
    assert all(each.fine for each in found.values())
    assert found["quota"].found == "0 of 3000 messages this month"


async def test_after_our_key_has_changed_zalo_is_told_the_new_secret(house: House) -> None:
    him, process = house.person(), house.processes[0]
    house.simulator.secret = "signed-with-the-key-before"
    await house.act(him, kind="text", text="chào")
    await house.pump()
    assert house.said(him) == []
    [deaf] = [each for each in await process.platform.look() if not each.fine]
    assert (deaf.what, deaf.found) == ("deliveries", "0 taken, 1 refused since the webhook was set")
    assert "ansinh serve" in deaf.fix
    [restarted] = platforms(process.app)
    await restarted.start()
    await restarted.begun.wait()
    await restarted.stop()
    assert house.simulator.secret == HOOK_SECRET
    assert len(await house.say(him, "chào")) == 1
    assert all(each.fine for each in await process.platform.look())


async def test_zalo_that_is_away_at_the_start_is_asked_again(
    databases: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_platform, "FIRST_WAIT", 0.0)

    def away(clock: VirtualClock) -> ZaloBotSimulator:
        simulator = build_bot(clock)
        simulator.faults.add("http_502_html", "setWebhook", count=3)
        return simulator

    kind = replace(ZALO_BOT, build=away)
    async with house_of(kind, databases.make("sqlite"), tmp_path) as house:
        assert len(await house.say(house.person(), "chào")) == 1
        async with house.app.engine.connect() as connection:
            state = await accounts.state(connection, "zalo_bot", house.processes[0].platform.account)
    assert (state.trouble, state.held_until) == ("cannot_begin: garbled (502)", None)


async def test_a_webhook_that_is_not_set_is_told_with_what_helps(house: House) -> None:
    for hook, found in (("", "not set"), ("https://before.example.vn/zalo/bot", "set to another address")):
        house.simulator.hook = hook
        [wrong] = [each for each in await house.processes[0].platform.look() if not each.fine]
        assert (wrong.what, wrong.found) == ("webhook", found)
        assert "tries until Zalo can be reached" in wrong.fix


async def test_a_webhook_that_was_saved_and_not_verified_is_told_until_something_comes(
    databases: Any, tmp_path: Path
) -> None:
    kind = replace(ZALO_BOT, build=lambda clock: build_bot(clock, unreachable=True))
    async with house_of(kind, databases.make("sqlite"), tmp_path) as house:
        process = house.processes[0]
        [wrong] = [each for each in await process.platform.look() if not each.fine]
        assert wrong.what == "verification"
        assert wrong.found == "Zalo could not deliver: http_error (502), check that the URL is public"
        assert process.hook in wrong.fix
        async with house.app.engine.connect() as connection:
            state = await accounts.state(connection, "zalo_bot", process.platform.account)
        assert (state.trouble, state.human) == ("webhook_not_verified", False)
        ready = await (await house.session.get(process.server.make_url("/readyz"))).json()
        assert ready["zalo_bot"] is True  # or a proxy in front would keep Zalo away for good
        assert len(await house.say(house.person(), "chào")) == 1
        assert all(each.fine for each in await process.platform.look())
        house.simulator.switches.unreachable = False
        await process.platform._introduce()  # as another start does
        assert all(each.fine for each in await process.platform.look())


async def test_a_webhook_of_before_is_deleted_where_updates_are_polled_for(
    databases: Any, tmp_path: Path
) -> None:
    def aimed(clock: VirtualClock) -> ZaloBotSimulator:
        simulator = build_bot(clock)
        simulator.hook = "https://before.example.vn/zalo/bot"
        return simulator

    settings = {"public_url": ""}
    kind = replace(
        ZALO_BOT, build=aimed, settings=lambda simulator, url: ZALO_BOT.settings(simulator, url) | settings
    )
    async with house_of(kind, databases.make("sqlite"), tmp_path) as house:
        him = house.person()
        await house.act(him, kind="text", text="xin chào")
        for _ in range(1_000):
            if await house.rows(him):
                break
            await asyncio.sleep(0.01)
        await house.pump()
        assert len(house.said(him)) == 1
        house.simulator.hook = "https://somebody.example.vn"
        [refused] = [each for each in await house.processes[0].platform.look() if not each.fine]
        assert (refused.what, refused.found) == ("webhook", "set")


async def test_without_an_address_updates_are_polled_for(databases: Any, tmp_path: Path) -> None:
    settings = {"public_url": "", "zalo_bot_secret": ""}
    kind = replace(ZALO_BOT, settings=lambda simulator, url: ZALO_BOT.settings(simulator, url) | settings)
    async with house_of(kind, databases.make("sqlite", demo=True), tmp_path) as house:
        him = house.person()
        await house.act(him, kind="text", text="xin chào")
        for _ in range(1_000):
            if await house.rows(him):
                break
            await asyncio.sleep(0.01)
        await house.pump()
        assert len(house.said(him)) == 1
        found = {each.what: each for each in await house.processes[0].platform.look()}
        assert (found["webhook"].fine, found["webhook"].found) == (True, "polled for")


@pytest.mark.parametrize("switches", [{}, {"status_is_code": True}])
async def test_a_month_that_is_used_up_is_waited_out(
    switches: dict[str, bool], databases: Any, tmp_path: Path
) -> None:
    kind = replace(ZALO_BOT, build=lambda clock: build_bot(clock, a_month=2, **switches))
    async with house_of(kind, databases.make("sqlite"), tmp_path) as house:
        him = house.person()
        await house.put(*((him, Outgoing(f"tin {n}")) for n in range(4)))
        for _ in range(30):
            await house.sender.drain()
            await house.clock.advance(3_601)
        assert [message["text"] for message in house.said(him)] == ["tin 0", "tin 1"]
        assert [state for state, _ in await house.rows(him)] == ["sent", "sent", "waiting", "waiting"]
        asked = [line for line in house.simulator.journal.lines if "sendMessage" in line.get("call", "")]
        assert len(asked) < 45  # twice as long each time, up to an hour
        await house.clock.advance(9 * 86_400)  # December
        await house.pump(step=3_601)
        assert [message["text"] for message in house.said(him)][2:] == ["tin 2", "tin 3"]


async def test_the_month_counts_every_text_that_went_though_nothing_is_left_of_it(
    database_url: str, tmp_path: Path
) -> None:
    async with house_of(ZALO_BOT, database_url, tmp_path) as house:
        him = house.person()
        house.simulator.faults.add("reset_after", "sendMessage")
        await house.put((him, Outgoing("có đến không")), (him, Outgoing("ế" * 4_001)))
        await house.pump()
        assert len(house.said(him)) == 4
        async with house.app.engine.begin() as connection:
            await connection.execute(delete(outbox))  # she had her data deleted
        platform = house.processes[0].platform
        found = {each.what: each.found for each in await platform.look()}
        assert found["quota"] == "4 of 3000 messages this month"
        assert await platform.left() == {"messages_a_month": 2_996}
        await house.clock.advance(9 * 86_400)  # December
        assert await platform.left() == {"messages_a_month": 3_000}


async def test_a_token_that_was_reset_holds_the_bot_until_somebody_acts(house: House) -> None:
    him = house.person()
    house.simulator.switches.token = "1234567890:another"
    await house.put((him, Outgoing("tin")))
    await house.sender.drain()
    async with house.app.engine.connect() as connection:
        [(human, trouble)] = await connection.execute(
            select(channel_accounts.c.human, channel_accounts.c.trouble)
        )
    assert human
    assert "token is wrong or was reset" in trouble
    assert [state for state, _ in await house.rows(him)] == ["waiting"]
    [finding] = await house.processes[0].platform.look()
    assert "ANSINH_ZALO_BOT_TOKEN" in finding.fix


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("image", "Em chưa đọc được ảnh"),
        ("sticker", "Em cảm ơn"),
        ("voice", "Em chưa nghe được"),
        ("unsupported", "gõ chữ giúp em"),
    ],
)
async def test_what_cannot_be_read_is_said_so(house: House, kind: str, words: str) -> None:
    user = house.person()
    await house.act(user, kind=kind)
    await house.pump()
    [answer] = house.new(user)
    assert words in answer["text"]


async def test_in_a_group_nobody_is_answered(house: House) -> None:
    user = house.person()
    await house.act(user, kind="group", text="chào", mention=True)
    assert await house.rows(user) == []


BODY = {
    "event_name": "message.text.received",
    "message": {
        "from": {"id": "u", "display_name": "Ted", "is_bot": False},
        "chat": {"id": "u", "chat_type": "PRIVATE"},
        "text": "Xin chào",
        "message_id": "2d758cb5e222177a4e35",
        "date": 1_750_316_131_602,
    },
}


def _without(key: str, of: dict[str, Any] | None = None) -> dict[str, Any]:
    return {name: value for name, value in (of or BODY).items() if name != key}


@pytest.mark.parametrize("body", [BODY, {"ok": True, "result": BODY}])
def test_a_body_is_read_wrapped_or_bare(body: dict[str, Any]) -> None:
    [heard] = BotHook("1", "secret").read(json.dumps(body).encode())
    assert (heard.address.person, heard.text, heard.event_id) == ("u", "Xin chào", "m:2d758cb5e222177a4e35")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ([BODY], "malformed"),
        ("x", "malformed"),
        ({"ok": True, "result": [BODY]}, "malformed"),
        (_without("message"), "malformed"),
        (_without("event_name"), "malformed"),
        ({**BODY, "message": _without("message_id", BODY["message"])}, "malformed"),
        ({**BODY, "message": _without("chat", BODY["message"])}, "malformed"),
        ({**BODY, "event_name": "message.poll.received"}, "unknown:message.poll.received"),
    ],
)
def test_what_is_no_event_is_named(body: Any, kind: str) -> None:
    with pytest.raises(Unreadable) as odd:
        BotHook("1", "secret").read(json.dumps(body).encode())
    assert odd.value.kind == kind


@pytest.mark.parametrize("given", ["", "Secret", "secre", "sécret"])
def test_only_the_secret_opens(given: str) -> None:
    hook = BotHook("1", "secret")
    assert hook.verified(b"", {"X-Bot-Api-Secret-Token": "secret"})
    assert not hook.verified(b"", {"X-Bot-Api-Secret-Token": given})
    assert not BotHook("1", "").verified(b"", {"X-Bot-Api-Secret-Token": ""})


@pytest.mark.parametrize(("chat", "text"), [("u", ""), ("u", "a" * 2_001), ("", "a")])
def test_a_text_the_bot_cannot_send_is_not_sent(chat: str, text: str) -> None:
    with pytest.raises(InvalidError):
        BotText(chat, text)
