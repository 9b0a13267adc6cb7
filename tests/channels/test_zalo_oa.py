"""What only the Official Account does: tokens, signatures, windows, buttons, echoes, limits of a minute."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import unicodedata
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import AsyncMock

import pytest
from sqlalchemy import func, select

from bot.channels.zalo.errors import ZaloError
from bot.platforms import channels, platforms
from bot.simulators.webhooks import Delivery
from bot.simulators.zalo.hooks import Writer
from bot.storage import accounts
from bot.storage.schema import conversations, strays
from bot.storage.zalo_schema import zalo_echoes, zalo_messages
from handlers.messages import Attached, Option, Outgoing
from tests.channels.phones import ZALO_OA, House, house_of
from tests.channels.zalo_kinds import build_oa

Make = Callable[..., AbstractAsyncContextManager[House]]
WEEK = 7 * 86_400.0
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def maker(url: str, folder: Path) -> Make:
    """Make a house whose Zalo differs as told, with settings as told."""

    @asynccontextmanager
    async def made(
        settings: dict[str, Any] | None = None, *, processes: int = 1, **switches: Any
    ) -> AsyncIterator[House]:
        kind = replace(
            ZALO_OA,
            build=lambda clock: build_oa(clock, **switches),
            settings=lambda simulator, at: ZALO_OA.settings(simulator, at) | (settings or {}),
        )
        async with house_of(kind, url, folder, processes=processes) as house:
            yield house

    return made


@pytest.fixture
def make(databases: Any, tmp_path: Path) -> Make:
    """On the embedded database: what is tried is the wire."""
    return maker(databases.make("sqlite"), tmp_path)


@pytest.fixture
def everywhere(database_url: str, tmp_path: Path) -> Make:
    """On both databases: what is tried is what is kept."""
    return maker(database_url, tmp_path)


def calls(house: House, path: str = "/v3.0/oa/message/cs") -> list[dict[str, Any]]:
    """The calls that were made, with what they were answered."""
    lines = [line for line in house.simulator.journal.lines if line["what"] == "call"]
    return [line for line in lines if path in line["call"]]


async def facts(house: House) -> dict[str, Any]:
    async with house.app.engine.connect() as connection:
        state = await accounts.state(connection, "zalo_oa", house.processes[0].platform.account)
    return dict(state.facts)


async def states(house: House, user: str) -> list[str]:
    return [state for state, _ in await house.rows(user)]


def texts(house: House, user: str) -> list[str]:
    return [message["text"] for message in house.said(user)]


# --- tokens


async def test_a_token_that_dies_in_the_middle_of_a_batch_is_renewed_once(everywhere: Make) -> None:
    async with everywhere() as house:
        people = [house.person() for _ in range(20)]
        for user in people:
            await house.say(user, "xin chào")
        for access in house.simulator.oauth.access.values():  # somebody else got a new one
            access.until = house.clock()
        await house.put(*((user, Outgoing(f"Nhắc chị {n}")) for n, user in enumerate(people)))
        await house.pump()
        assert all(texts(house, user)[-1] == f"Nhắc chị {n}" for n, user in enumerate(people))
        assert house.simulator.oauth.exchanges == 1


async def test_a_refresh_token_that_was_used_holds_the_account_until_a_person_comes(everywhere: Make) -> None:
    async with everywhere() as house:
        user = house.person()
        await house.say(user, "xin chào")
        [refresh] = house.simulator.oauth.refresh.values()
        refresh.used = True  # a crash came between the renewal and keeping it
        for access in house.simulator.oauth.access.values():
            access.until = house.clock()
        await house.put((user, Outgoing("Nhắc chị")))
        for _ in range(5):
            await house.sender.drain()
            await house.clock.advance(301)
        assert len(calls(house, "/v4/oa/access_token")) == 1
        assert await states(house, user) == ["sent", "waiting"]
        ready = await (await house.session.get(house.processes[0].server.make_url("/readyz"))).json()
        assert ready["zalo_oa"] is False
        back = f"/zalo/authorised?code={house.simulator.oauth.code()}&oa_id={house.simulator.switches.oa_id}"
        assert (await house.session.get(house.processes[0].server.make_url(back))).status == 200
        await house.clock.advance(301)
        await house.pump()
        assert texts(house, user)[-1] == "Nhắc chị"


async def test_an_authorisation_of_another_account_is_not_taken(make: Make) -> None:
    async with make() as house:
        platform = house.processes[0].platform
        held = await platform._parts.tokens.look()
        ours = house.simulator.switches.oa_id
        house.simulator.switches.oa_id = "999"  # the code is of another account; only Zalo can tell
        back = f"/zalo/authorised?code={house.simulator.oauth.code()}&oa_id={ours}"
        answer = await house.session.get(house.processes[0].server.make_url(back))
        house.simulator.switches.oa_id = ours
        assert answer.status == 403
        assert await platform._parts.tokens.look() == held
        wrong = house.processes[0].server.make_url("/zalo/authorised?code=wrong&oa_id=" + ours)
        assert (await house.session.get(wrong)).status == 502
        assert (await house.session.get(wrong.with_query(code="x", oa_id="1"))).status == 400


# --- who may deliver


async def test_only_what_zalo_signed_is_heard(make: Make) -> None:
    async with make() as house:
        user = house.person()
        [delivery] = await house.held((user, {"kind": "text", "text": "xin chào"}))
        good = delivery.headers(0)["X-ZEvent-Signature"]
        body, ours = json.loads(delivery.body), house.simulator.switches
        moment = body["timestamp"].encode()
        keyed = hmac.new(
            ours.oa_secret.encode(), ours.app_id.encode() + delivery.body + moment, hashlib.sha256
        )
        for bad in ("", "mac=" + "0" * 64, "mac=" + keyed.hexdigest(), good.replace("mac=", "sha1=")):
            assert await house.post(delivery, **{"X-ZEvent-Signature": bad}) == 403
        tampered = replace(delivery, body=delivery.body + b" ")
        assert await house.post(tampered) == 403
        other = json.dumps({**body, "app_id": "1"}).encode()
        mac = hashlib.sha256(b"1" + other + moment + ours.oa_secret.encode()).hexdigest()
        assert await house.post(replace(delivery, body=other), **{"X-ZEvent-Signature": f"mac={mac}"}) == 403
        assert await states(house, user) == []
        assert await house.post(delivery) == 200
        assert await states(house, user) == ["waiting"]


async def test_the_console_s_probe_is_answered_and_a_get_too(make: Make) -> None:
    async with make() as house:
        assert await house.simulator.configure(house.processes[0].hook)
        assert (await house.session.get(house.processes[0].hook)).status == 200


async def test_which_secret_signs_is_shown(everywhere: Make) -> None:
    async with everywhere(signs_with="app_secret") as house:
        await house.say(house.person(), "xin chào", "1")
        assert (await facts(house))["signed_with"] == "app_secret/app_id"


async def test_the_account_s_id_as_first_term_is_a_setting(make: Make) -> None:
    async with make(oa_id_first=True) as house:
        user = house.person()
        assert await house.say(user, "xin chào") == []
    async with make({"zalo_sign_with_oa_id": True}, oa_id_first=True) as house:
        assert len(await house.say(house.person(id="77"), "xin chào")) == 1


# --- her window


@pytest.mark.parametrize(("since", "sent"), [(WEEK - 1, True), (WEEK, True), (WEEK + 1, False)])
async def test_the_window_is_seven_days_to_the_second(everywhere: Make, since: float, sent: bool) -> None:
    async with everywhere() as house:
        user = house.person()
        await house.say(user, "xin chào")
        before = len(calls(house))
        await house.clock.advance(since)
        await house.put((user, Outgoing("Nhắc chị")))
        await house.pump()
        assert (await states(house, user))[-1] == ("sent" if sent else "dead")
        assert len(calls(house)) - before == sent  # outside nothing is even asked


async def test_a_window_that_zalo_says_is_shut_is_shut_until_she_writes(everywhere: Make) -> None:
    async with everywhere() as house:
        user = house.person()
        await house.say(user, "xin chào")
        house.simulator.faults.add("error", "message/cs", code=-230)
        await house.put((user, Outgoing("một")), (user, Outgoing("hai")))
        await house.pump()
        assert await states(house, user) == ["sent", "dead", "dead"]
        assert len(calls(house)) == 2
        assert len(await house.say(user, "menu")) == 1


async def test_a_window_she_opened_while_nothing_was_delivered_is_known_to_zalo(everywhere: Make) -> None:
    async with everywhere() as house:
        back, away = house.person(), house.person()
        for user in (back, away):
            await house.say(user, "xin chào")
        hook, house.simulator.webhook.url = house.simulator.webhook.url, ""
        await house.clock.advance(WEEK - 60)
        await house.act(back, kind="chatnow")
        house.simulator.webhook.url = hook
        await house.clock.advance(120)
        for text in ("Nhắc chị", "Nhắc lần nữa"):
            await house.put((back, Outgoing(text)), (away, Outgoing(text)))
            await house.pump()
        assert texts(house, back)[1:] == ["Nhắc chị", "Nhắc lần nữa"]
        assert (await states(house, away))[1:] == ["dead", "dead"]
        assert len(calls(house, "/v3.0/oa/quota/message")) == 2  # each was asked about once
        house.simulator.faults.add("error", "quota/message", code=-32)
        await house.clock.advance(WEEK + 60)
        await house.put((back, Outgoing("Nhắc lần cuối")))
        await house.sender.drain()
        assert (await states(house, back))[-1] == "waiting"  # nobody could tell yet


async def test_the_secret_of_the_app_is_proven_where_zalo_wants_it(make: Make) -> None:
    async with make({"zalo_proof": True}, wants_proof=True) as house:
        assert len(await house.say(house.person(), "xin chào")) == 1


async def test_who_runs_it_is_told_when_zalo_wants_the_app_s_secret_proven(make: Make) -> None:
    async with make(wants_proof=True) as house:
        user = house.person()
        await house.act(user, kind="text", text="xin chào")
        await house.sender.drain()
        assert texts(house, user) == []
        async with house.app.engine.connect() as connection:
            state = await accounts.state(connection, "zalo_oa", house.processes[0].platform.account)
        assert state.human
        assert state.trouble == "human -242: check ANSINH_ZALO_APP_SECRET, ANSINH_ZALO_PROOF"


# --- what she can tap and what she sends


async def test_refused_buttons_are_left_out_for_good_and_the_menu_stays(
    everywhere: Make, caplog: pytest.LogCaptureFixture
) -> None:
    async with everywhere(buttons="none", processes=2) as house:
        user = house.person()
        [first] = await house.say(user, "xin chào")
        assert first["buttons"] == []
        assert "1. " in first["text"]
        await house.say(user, "3", "tháng 5 năm 1980")
        attached = ["attachment" in json.loads(call["asked"])["message"] for call in calls(house)]
        assert attached == [True, False, False, False]
        assert (await facts(house))["buttons_off"] == {"mode": "plain", "code": -233}
        assert caplog.text.count("refuses our buttons") == 1


async def test_another_mode_of_buttons_is_tried_though_the_first_was_refused(make: Make) -> None:
    async with make(buttons="typed_ok") as house:
        user, app = house.person(), house.app
        [plain] = await house.say(user, "xin chào")
        found = {each.what: each for each in await house.processes[0].platform.look()}
        assert (plain["buttons"], found["buttons"].fine) == ([], False)
        assert found["buttons"].found == "plain ones are refused (-233): the numbered menu is sent"
        app.settings.zalo_buttons = "typed"
        [typed] = platforms(app)
        assert "buttons" not in {each.what for each in await typed.look()}
        await house.put((user, Outgoing("Chị chọn giúp em", (Option("yes", "Có"), Option("no", "Không")))))
        await app.sender(channels(app, [typed]), rng=Random(5)).drain()
        await typed.stop()
        assert house.last_buttons(user)


async def test_a_person_whose_messages_are_used_up_waits_alone(make: Make) -> None:
    async with make() as house:
        full, other = house.person(), house.person()
        for user in (full, other):
            await house.say(user, "xin chào")
        house.simulator.faults.add("error", "message/cs", code=-218)
        await house.put((full, Outgoing("Nhắc chị")))
        await house.sender.drain()
        await house.put((other, Outgoing("Nhắc chị")))
        await house.sender.drain()
        assert (texts(house, full)[1:], texts(house, other)[1:]) == ([], ["Nhắc chị"])
        await house.clock.advance(3_601)
        await house.sender.drain()
        assert texts(house, full)[1:] == ["Nhắc chị"]


async def test_what_zalo_s_rules_forbid_waits_for_a_person(make: Make) -> None:
    async with make() as house:
        house.simulator.faults.add("error", "message/cs", code=-248)
        await house.act(house.person(), kind="text", text="xin chào")
        await house.sender.drain()
        async with house.app.engine.connect() as connection:
            state = await accounts.state(connection, "zalo_oa", house.processes[0].platform.account)
        assert state.human
        assert state.trouble.startswith("human -248: Zalo says that what we send breaks its rules")


async def test_typed_buttons_are_a_setting(make: Make) -> None:
    async with make({"zalo_buttons": "typed"}, buttons="typed_ok") as house:
        [first] = await house.say(house.person(), "xin chào")
        assert len(first["buttons"]) == 5


async def test_no_buttons_is_a_setting(make: Make) -> None:
    async with make({"zalo_buttons": "off"}) as house:
        [first] = await house.say(house.person(), "xin chào")
        assert first["buttons"] == []


async def test_a_button_of_long_ago_is_answered_with_what_is_asked_now(make: Make) -> None:
    async with make() as house:
        user = house.person()
        [first] = await house.say(user, "xin chào")
        await house.tap(user, 3)
        await house.clock.advance(86_400)
        await house.act(user, **first["buttons"][0][0]["do"])
        await house.pump()
        [again] = house.new(user)
        assert "Nút đó thuộc câu cũ" in again["text"]
        assert (await house.rows(user))[-1][1].question == (await house.rows(user))[-2][1].question


@pytest.mark.parametrize("switches", [{}, {"old_info": True}, {"phone_as_number": True}])
async def test_her_number_is_taken_from_the_card_she_fills_in(make: Make, switches: dict[str, bool]) -> None:
    async with make({"zalo_asks_contact": True}, **switches) as house:
        user = house.person(phone="84912345678")
        await house.say(user, "xin chào")
        asked = Outgoing("Số nào gọi được cho chị?", asks_contact=True, contact_label="Gửi số của tôi")
        await house.put((user, asked))
        await house.pump()
        [card] = house.last_buttons(user)
        assert card[0]["label"] == "Gửi số của tôi"
        [delivery] = await house.held((user, card[0]["do"]))
        hook = house.processes[0].platform._parts.hook
        [heard] = hook.read(delivery.body)
        assert (heard.kind, heard.text) == ("contact", "0912345678")
        assert await house.post(delivery) == 200


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("image", "Em chưa đọc được ảnh"),
        ("sticker", "Em cảm ơn"),
        ("audio", "Em chưa nghe được"),
        ("location", "Em chưa xem được vị trí"),
        ("file", "gõ chữ giúp em"),
    ],
)
async def test_what_cannot_be_read_is_called_what_it_is(make: Make, kind: str, words: str) -> None:
    async with make() as house:
        user = house.person()
        await house.act(user, kind=kind)
        await house.pump()
        assert words in texts(house, user)[-1]


async def test_a_link_is_what_she_typed_and_a_place_s_name_is_not(make: Make) -> None:
    async with make() as house:
        user = house.person()
        await house.say(user, "hẹn gọi lại", "Vân Nham", "1")
        await house.act(user, kind="location")
        await house.act(user, kind="link", text="Lành https://zalo.me/g/x")
        await house.pump()
        *_, (_, place), (_, link) = await house.rows(user)
        assert (place.heard, link.heard) == ("", "Lành https://zalo.me/g/x")


async def test_following_greets_and_leaving_stops(everywhere: Make) -> None:
    async with everywhere() as house:
        user = house.person()
        await house.act(user, kind="chatnow")
        await house.act(user, kind="follow")
        await house.pump()
        assert len(house.new(user)) == 1
        await house.act(user, kind="unfollow")
        await house.put((user, Outgoing("Nhắc chị")))
        await house.pump()
        assert house.new(user) == []
        assert len(await house.say(user, "xin chào")) == 1


async def test_a_campaign_s_code_is_where_she_came_from(make: Make) -> None:
    async with make() as house:
        hook = house.processes[0].platform._parts.hook
        for text, kind, read in [("#gy1026", "start", "GY1026"), ("#GY1026 cho em hỏi", "start", "GY1026"),
                                 ("#1482", "text", "#1482"), ("#menu", "text", "#menu")]:  # fmt: skip
            [delivery] = await house.held((house.person(), {"kind": "text", "text": text}))
            heard = [one for one in hook.read(delivery.body) if not callable(one)]
            assert [(one.kind, one.text) for one in heard] == [(kind, read)]


async def test_pictures_and_documents_go_out(make: Make) -> None:
    async with make() as house:
        user = house.person()
        await house.say(user, "xin chào")
        await house.put(
            (user, Outgoing("Phiếu của chị", attached=Attached("image", "phieu.png", PNG))),
            (user, Outgoing("Tờ khai", attached=Attached("document", "to-khai.pdf", b"%PDF-1.7"))),
        )
        await house.pump()
        assert await states(house, user) == ["sent"] * 3
        assert [message["text"] for message in house.new(user)] == ["[ảnh]", "Phiếu của chị", "", "Tờ khai"]


async def test_a_text_is_counted_as_it_is_composed(make: Make) -> None:
    text = "ế" * 2_000
    async with make() as house:
        user = house.person()
        await house.say(user, "xin chào")
        await house.put((user, Outgoing(unicodedata.normalize("NFD", text))), (user, Outgoing(text)))
        await house.pump()
        assert [message["text"] for message in house.new(user)] == [text, text]


# --- echoes


async def test_our_own_echo_is_ours_though_it_comes_before_the_answer(everywhere: Make) -> None:
    async with everywhere(echo_first=1.0) as house:
        user = house.person()
        await house.say(user, "xin chào")
        assert await _count(house, zalo_echoes) == 1
        await house.clock.advance(11)
        assert await house.processes[0].platform._parts.echoes.settle() == 1
        assert await _count(house, zalo_echoes) == 0
        assert len(await house.say(user, "1")) == 1  # nobody took over


async def test_a_person_of_ours_who_writes_silences_the_bot_for_a_while(everywhere: Make) -> None:
    async with everywhere() as house:
        user, other = house.person(), house.person()
        await house.say(user, "xin chào")
        await house.act(user, kind="human_reply", admin=False)
        house.new(user)
        assert len(await house.say(user, "1")) == 1  # nobody knows yet whose echo it was
        await house.clock.advance(11)
        await house.processes[0].platform._parts.echoes.settle()
        assert await house.say(user, "dạ em cảm ơn") == []
        assert len(await house.say(other, "xin chào")) == 1
        await house.clock.advance(3_600)
        [answer] = await house.say(user, "tiếp tục")
        assert answer["text"]
        assert (await states(house, user)).count("sent") == 3


async def test_an_answer_that_was_lost_is_found_by_its_echo_and_nothing_is_sent_twice(
    everywhere: Make,
) -> None:
    async with everywhere() as house:
        user = house.person()
        house.simulator.faults.add("reset_after", "message/cs")
        await house.act(user, kind="text", text="xin chào")
        await house.sender.drain()
        await house.simulator.people.settle()
        assert await states(house, user) == ["waiting"]
        await house.clock.advance(11)
        await house.processes[0].platform._parts.echoes.settle()
        await house.pump(step=5)
        assert await states(house, user) == ["sent"]
        assert len(texts(house, user)) == len(calls(house)) == 1
        assert calls(house, "conversation") == []
        house.new(user)
        assert len(await house.say(user, "3")) == 1  # it was ours: nobody took over


async def test_an_answer_that_was_lost_without_an_echo_is_looked_for_in_the_chat(everywhere: Make) -> None:
    async with everywhere() as house:
        there, lost = house.person(), house.person()
        for user in (there, lost):
            await house.say(user, "xin chào")
        house.simulator.faults.add("reset_after", "message/cs")
        await house.put((there, Outgoing("Nhắc chị")))
        await house.sender.drain()
        house.simulator.faults.add("conn_reset", "message/cs")
        await house.put((lost, Outgoing("Nhắc chị")))
        await house.sender.drain()
        await house.clock.advance(14)
        await house.sender.drain()
        assert calls(house, "conversation") == []  # its echo might still come
        await house.clock.advance(2)
        await house.sender.drain()
        assert texts(house, there)[1:] == texts(house, lost)[1:] == ["Nhắc chị"]
        assert (await states(house, there))[-1] == (await states(house, lost))[-1] == "sent"


async def test_where_the_chat_may_not_be_read_a_lost_answer_stays_unknown(make: Make) -> None:
    async with make() as house:
        user = house.person()
        house.simulator.faults.add("reset_after", "message/cs")
        house.simulator.faults.add("error", "oa/conversation", code=-212)
        await house.say(user, "xin chào")
        assert await states(house, user) == ["unknown"]
        assert len(texts(house, user)) == 1


async def test_a_file_whose_answer_was_lost_is_not_sent_twice(make: Make) -> None:
    async with make() as house:
        user = house.person()
        await house.say(user, "xin chào")
        house.simulator.faults.add("reset_after", "message/cs")
        await house.put((user, Outgoing("Tờ khai", attached=Attached("document", "to-khai.pdf", b"%PDF"))))
        await house.pump()
        assert texts(house, user)[1:] == ["", "Tờ khai"]


async def test_zalo_that_never_answers_is_asked_no_more_after_an_hour(make: Make) -> None:
    async with make() as house:
        user = house.person()
        house.simulator.faults.add("conn_reset", "message/cs", count=500)
        await house.say(user, "xin chào")
        assert await states(house, user) == ["unknown"]


async def test_what_may_have_arrived_behind_a_broken_gateway_is_looked_for_in_the_chat(
    everywhere: Make,
) -> None:
    async with everywhere() as house:
        there, lost = house.person(), house.person()
        for user in (there, lost):
            await house.say(user, "xin chào")
        house.simulator.faults.add("http_502_html", "message/cs", count=2)
        await house.put((there, Outgoing("Nhắc chị")), (lost, Outgoing("Nhắc chị")))
        await house.sender.drain()
        await house.simulator.people.receive(there, {"text": "Nhắc chị"})  # it failed on the way back
        await house.pump()
        assert texts(house, there)[1:] == texts(house, lost)[1:] == ["Nhắc chị"]
        assert (await states(house, there))[-1] == (await states(house, lost))[-1] == "sent"
        await house.clock.advance(11)
        await house.processes[0].platform._parts.echoes.settle()
        house.new(there)
        assert len(await house.say(there, "1")) == 1  # its echo was ours


async def test_receipts_are_kept(everywhere: Make) -> None:
    async with everywhere(receipts=True) as house:
        await house.say(house.person(), "xin chào")
        await house.simulator.people.settle()
        async with house.app.engine.connect() as connection:
            query = select(zalo_messages.c.received_at, zalo_messages.c.seen_at)
            [(received, seen)] = await connection.execute(query)
        assert received
        assert seen


# --- limits and troubles


async def test_a_minute_s_calls_are_kept_to_and_the_order_too(make: Make) -> None:
    async with make(calls_a_minute=10) as house:
        people = [house.person() for _ in range(3)]
        for user in people:
            await house.say(user, "xin chào")
        await house.put(*((user, Outgoing(f"{n}")) for n in range(8) for user in people))
        await house.pump()
        for user in people:
            assert texts(house, user)[1:] == [str(n) for n in range(8)]
        refused = [call for call in calls(house) if '"error": -32' in call["answer"]]
        assert len(refused) <= len(people)  # the headers told; only what was under way already was refused
        assert house.clock().minute >= 2


async def test_a_storm_of_refusals_keeps_the_order_and_ends(everywhere: Make) -> None:
    async with everywhere() as house:
        people = [house.person() for _ in range(3)]
        for user in people:
            await house.say(user, "xin chào")
        house.simulator.faults.add("rate_limit", "message/cs", prob=0.5)
        await house.put(*((user, Outgoing(f"{n}")) for n in range(4) for user in people))
        for _ in range(60):
            await house.sender.drain()
            await house.clock.advance(61)
        for user in people:
            assert texts(house, user)[1:] == ["0", "1", "2", "3"]


async def test_who_blocks_us_gets_nothing_until_she_writes(everywhere: Make) -> None:
    async with everywhere() as house:
        user = house.person()
        await house.say(user, "xin chào")
        await house.act(user, kind="block")
        await house.put((user, Outgoing("một")), (user, Outgoing("hai")))
        await house.pump()
        assert await states(house, user) == ["sent", "dead", "dead"]
        assert len(calls(house)) == 2
        await house.act(user, kind="unblock")
        house.new(user)
        assert len(await house.say(user, "menu")) == 1


async def test_what_nobody_has_described_is_kept_and_answered(make: Make) -> None:
    async with make() as house:
        user = house.person()
        for _ in range(2):
            await house.act(user, kind="unknown", name="user_asks_for_erasure")
        attempts = [line for line in house.simulator.journal.lines if line["what"] == "webhook"]
        assert [line["status"] for line in attempts] == [200, 200]
        async with house.app.engine.connect() as connection:
            kinds = list((await connection.execute(select(strays.c.kind))).scalars())
        assert kinds == ["unknown:user_asks_for_erasure"] * 2


@pytest.mark.parametrize("odd", ["\ud800", "\0"])
async def test_what_cannot_be_stored_is_kept_aside_and_not_delivered_for_ever(
    everywhere: Make, odd: str
) -> None:
    async with everywhere() as house:
        account, her = house.simulator.switches.oa_id, {"id": house.person()}
        ours, stranger = {"id": account}, {"id": f"24{odd}"}
        message, odd_one = {"msg_id": "m1", "text": "chào"}, {"msg_id": f"m{odd}"}
        bodies = [
            {"event_name": "follow", "follower": stranger, "oa_id": account},
            {"event_name": "unfollow", "follower": stranger, "oa_id": account},
            {"event_name": "user_click_chatnow", "user_id": stranger["id"], "oa_id": account},
            {"event_name": "user_seen_message", "sender": stranger, "recipient": ours, "message": message},
            {"event_name": "oa_send_text", "sender": ours, "recipient": stranger, "message": message},
            {"event_name": "oa_send_text", "sender": ours, "recipient": her, "message": odd_one},
            {"event_name": "user_send_text", "sender": stranger, "recipient": ours, "message": message},
        ]
        assert [await signed(house, body) for body in bodies] == [200] * len(bodies)
        async with house.app.engine.connect() as connection:
            kept = await connection.scalars(select(strays.c.kind))
            assert list(kept) == ["malformed"] * len(bodies)
        said = {"msg_id": "m2", "text": f"chào{odd}"}
        echo = {"event_name": "oa_send_text", "sender": ours, "recipient": her, "message": said}
        assert await signed(house, echo) == 200
        async with house.app.engine.connect() as connection:
            assert await connection.scalar(select(func.count()).select_from(zalo_echoes)) == 1


async def signed(house: House, body: dict[str, Any]) -> int:
    """Post a body as Zalo signs it; return the status."""
    ours = house.simulator.switches
    raw = json.dumps({"app_id": ours.app_id, "timestamp": "1754908534740", **body}).encode()
    delivery = Delivery(raw, lambda _: Writer(ours, Random(1)).headers(raw, "1754908534740"))
    return await house.post(delivery)


async def test_while_the_server_is_down_zalo_delivers_again_and_it_is_heard_once(make: Make) -> None:
    async with make() as house:
        user, hook = house.person(), house.processes[0].hook
        house.simulator.webhook.aim("http://127.0.0.1:9/")
        await house.act(user, kind="text", text="xin chào")
        await house.clock.advance(31)
        await house.simulator.webhook.settle()
        house.simulator.webhook.aim(hook)
        await house.clock.advance(301)
        await house.simulator.webhook.settle()
        lines = [line for line in house.simulator.journal.lines if line["what"] == "webhook"]
        assert [line["status"] for line in lines] == [None, None, 200]
        await house.pump()
        assert len(texts(house, user)) == 1


async def test_many_people_at_once_cost_no_statement_each(make: Make) -> None:
    from sqlalchemy import event

    async with make() as house:
        people = [house.person() for _ in range(60)]
        caught = await house.held(*((user, {"kind": "text", "text": "xin chào"}) for user in people))
        engine, statements = house.app.engine.sync_engine, []

        def executed(*what: Any) -> None:
            statements.append(what[2])

        event.listen(engine, "before_cursor_execute", executed)
        assert await asyncio.gather(*map(house.post, caught)) == [200] * 60
        event.remove(engine, "before_cursor_execute", executed)
        assert len(statements) < 60, statements
        assert await _count(house, conversations) == 60


async def test_no_log_holds_a_token(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with make() as house:
        user = house.person()
        for fault in ("http_502_html", "reset_after", "rate_limit"):
            house.simulator.faults.add(fault, "message/cs")
        house.simulator.faults.add("http_500", "access_token")
        for access in house.simulator.oauth.access.values():
            access.until = house.clock()
        await house.say(user, "xin chào", "3")
        oauth = house.simulator.oauth
        assert len(oauth.access) == 2
        for token in (*oauth.access, *oauth.refresh, *(token[:20] for token in oauth.access)):
            assert token not in caplog.text


async def test_the_self_test_says_what_is_wrong_and_what_to_do(make: Make) -> None:
    async with make() as house:
        platform = house.processes[0].platform
        found = {each.what: each for each in await platform.look()}
        assert found["reachable"].fine
        assert not found["webhook"].fine  # nothing was delivered yet
        await house.say(house.person(), "xin chào")
        found = {each.what: each for each in await platform.look()}
        assert all(each.fine for each in found.values())
        house.simulator.faults.add("error", "getoa", code=-224)
        found = {each.what: each for each in await platform.look()}
        assert "upgrade" in found["reachable"].fix


async def test_the_last_messages_can_be_asked_for(make: Make) -> None:
    async with make() as house:
        user = house.person()
        await house.say(user, "xin chào")
        client = house.processes[0].platform._parts.client
        assert [line["src"] for line in await client.conversation(user)] == [0, 1]
        assert await client.last_interaction(user) == int(house.clock().timestamp() * 1_000)
        with pytest.raises(ZaloError):
            await client.last_interaction("nobody")


async def _count(house: House, table: Any) -> int:
    async with house.app.engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(table)) or 0


# --- what could not be taken


async def lost(house: House, monkeypatch: pytest.MonkeyPatch, user: str, **action: Any) -> None:
    """Let a person write while the database is away: Zalo is told so."""
    before = len(house.simulator.journal.lines)
    with monkeypatch.context() as broken:
        broken.setattr(house.app.converse, "hear", AsyncMock(side_effect=OSError("the database is away")))
        await house.act(user, **action)
    assert 503 in [line.get("status") for line in house.simulator.journal.lines[before:]]


async def test_what_could_not_be_taken_is_caught_up_with(
    everywhere: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with everywhere(retries_non_200=False) as house:
        catch_up, answered = house.processes[0].platform.catch_up, house.person()
        await house.say(answered, "xin chào")
        user = house.person()
        await house.say(user, "xin chào")
        await house.clock.advance(30)
        await lost(house, monkeypatch, user, kind="text", text="tôi hỏi mức đóng")
        await lost(house, monkeypatch, user, kind="sticker")
        await lost(house, monkeypatch, user, kind="photo", caption="ảnh sổ của tôi")
        stranger = house.person()
        await lost(house, monkeypatch, stranger, kind="text", text="xin chào")
        await lost(house, monkeypatch, answered, kind="text", text="alo")
        await house.act(answered, kind="human_reply")
        said = len(texts(house, user))
        assert await catch_up.look() == 4
        await house.pump()
        assert len(texts(house, user)) > said
        assert [message.heard for _, message in await house.rows(user)][-1] == "ảnh sổ của tôi"
        assert len(texts(house, stranger)) == 1
        assert len(texts(house, answered)) == 2
        assert await catch_up.look() == 0


async def test_what_is_caught_up_with_and_delivered_too_is_heard_once(
    everywhere: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with everywhere() as house:
        user = house.person()
        await house.say(user, "xin chào")
        await house.clock.advance(30)
        await lost(house, monkeypatch, user, kind="text", text="tôi hỏi mức đóng")
        assert await house.processes[0].platform.catch_up.look() == 1
        await house.clock.advance(31)  # Zalo delivers it again
        await house.pump()
        assert len(await house.rows(user)) == 2


async def test_an_account_that_begins_with_us_keeps_its_old_chats(make: Make) -> None:
    async with make(retries_non_200=False) as house:
        await house.held((house.person(), {"kind": "text", "text": "xin chào"}))
        assert await house.processes[0].platform.catch_up.look() == 0
        assert not calls(house, "/v2.0/oa/listrecentchat")


async def test_a_pause_zalo_asks_for_is_no_reason_to_turn_people_away(make: Make) -> None:
    async with make() as house:
        user = house.person()
        await house.say(user, "xin chào")
        house.simulator.faults.add("rate_limit", "/v3.0/oa/message/cs")
        await house.put((user, Outgoing("Nhắc chị")))
        await house.sender.drain()
        assert (await states(house, user))[-1] == "waiting"
        ready = await house.session.get(house.processes[0].server.make_url("/readyz"))
        assert (ready.status, (await ready.json())["zalo_oa"]) == (200, True)
