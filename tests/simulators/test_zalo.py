"""The simulated Zalo refuses what the real one refuses, with its codes, and answers in its shapes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from random import Random
from typing import Any

import pytest
from aiohttp import ClientSession, FormData

from bot.simulators.clock import VirtualClock
from bot.simulators.kit import serve
from bot.simulators.zalo.oa import ZaloOaSimulator
from bot.simulators.zalo.zbs import ZaloZbsSimulator

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@dataclass
class Client:
    """Calls a simulator as a stranger's program might."""

    simulator: Any
    url: str
    session: ClientSession
    token: str = ""

    async def post(self, path: str, body: Any, **headers: str) -> dict[str, Any]:
        given = {"access_token": self.token, **headers}
        answer = await self.session.post(self.url + path, json=body, headers=given)
        return await answer.json()

    async def form(self, **form: str) -> tuple[int, str]:
        given = {"secret_key": form.pop("secret", self.simulator.switches.app_secret)}
        form = {"app_id": self.simulator.switches.app_id, **form}
        answer = await self.session.post(self.url + "/v4/oa/access_token", data=form, headers=given)
        return answer.status, await answer.text()

    async def say(self, user: Any, message: Any) -> int:
        body = {"recipient": {"user_id": user}, "message": message}
        return int((await self.post("/v3.0/oa/message/cs", body))["error"])


@pytest.fixture
async def oa() -> AsyncIterator[Client]:
    simulator = ZaloOaSimulator(VirtualClock(NOW), Random(1))
    runner, url = await serve(simulator)
    async with ClientSession() as session:
        yield Client(simulator, url, session, simulator.oauth.give()[0])
    await runner.cleanup()


@pytest.fixture
async def zbs() -> AsyncIterator[Client]:
    simulator = ZaloZbsSimulator(VirtualClock(NOW), Random(1), accepts=lambda token: token == "good")
    simulator.approve("1", {"name": 5})
    runner, url = await serve(simulator)
    async with ClientSession() as session:
        yield Client(simulator, url, session, "good")
    await runner.cleanup()


async def test_a_refresh_token_works_once_and_kills_the_access_token_before(oa: Client) -> None:
    first, refresh = oa.simulator.oauth.give()
    status, text = await oa.form(grant_type="refresh_token", refresh_token=refresh)
    pair = json.loads(text)
    assert (status, pair["expires_in"]) == (200, "90000")
    assert oa.simulator.oauth.state(first) == "expired"
    assert oa.simulator.oauth.state(pair["access_token"]) == "good"
    assert await oa.form(grant_type="refresh_token", refresh_token=refresh) == (200, "")
    assert '"error": -14014' in (await oa.form(grant_type="refresh_token", refresh_token="x"))[1]
    await oa.simulator.clock.advance(91 * 86_400)
    late = await oa.form(grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert '"error": -14014' in late[1]


async def test_a_code_works_once_for_ten_minutes_with_its_verifier(oa: Client) -> None:
    ask = {"grant_type": "authorization_code", "code_verifier": oa.simulator.switches.verifier}
    code = oa.simulator.oauth.code()
    assert '"error": -14005' in (await oa.form(**ask, code=code, secret="wrong"))[1]
    assert '"error": -14013' in (await oa.form(**{**ask, "code_verifier": "v" * 43}, code=code))[1]
    assert json.loads((await oa.form(**ask, code=code))[1])["refresh_token"]
    assert '"error": -14012' in (await oa.form(**ask, code=code))[1]
    late = oa.simulator.oauth.code()
    await oa.simulator.clock.advance(600)
    assert '"error": -14012' in (await oa.form(**ask, code=late))[1]


def buttons(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"text": "a", "attachment": {"type": "template", "payload": {"buttons": list(rows), **more}}}


def media(**element: Any) -> dict[str, Any]:
    payload = {"template_type": "media", "elements": [element]}
    return {"attachment": {"type": "template", "payload": payload}}


GOOD = {"title": "1. Có", "type": "oa.query.hide", "payload": "#a:1:yes"}
MESSAGES = [
    ({"text": "a"}, 0),
    ({"text": "a" * 2_000}, 0),
    ({"text": "a" * 2_001}, -210),
    ({"text": ""}, -201),
    ({}, -201),
    ({"text": "a", "buttons": []}, -201),
    (buttons(GOOD), 0),
    (buttons(*[GOOD] * 5), 0),
    (buttons(*[GOOD] * 6), -210),
    (buttons({**GOOD, "title": "a" * 101}), -210),
    (buttons({**GOOD, "payload": "a" * 1_001}), -210),
    (buttons({**GOOD, "type": "oa.query.blink"}), -201),
    (buttons({**GOOD, "payload": {"url": "x"}}), -201),
    (buttons({"title": "Mở", "type": "oa.open.url", "payload": {"url": "https://x"}}), 0),
    (buttons(GOOD, template_type="button"), -233),
    (buttons(GOOD, template_type="list"), -233),
    (media(media_type="image", url="https://x/a.jpg"), 0),
    (media(media_type="image", url="https://x/a.jpg", attachment_id="1"), -201),
    (media(media_type="image", attachment_id="never uploaded"), -100),
    (media(media_type="gif", url="https://x/a.gif"), -201),
    ({"attachment": {"type": "file", "payload": {"token": "never uploaded"}}}, -100),
    ({"attachment": {"type": "carousel", "payload": {}}}, -201),
]


@pytest.mark.parametrize(("message", "code"), MESSAGES)
async def test_a_consultation_message_is_checked(oa: Client, message: Any, code: int) -> None:
    user = oa.simulator.add_user({"started": True})["id"]
    assert await oa.say(user, message) == code
    assert len(oa.simulator.phone(user)) == (code == 0)


async def test_who_is_written_to_is_checked(oa: Client) -> None:
    known = oa.simulator.add_user({})["id"]
    assert await oa.say("nobody", {"text": "a"}) == -201
    assert await oa.say(int(known), {"text": "a"}) == -201  # an id is a text
    assert await oa.say(known, {"text": "a"}) == -232
    await oa.simulator.inject(known, {"kind": "chatnow"})
    assert await oa.say(known, {"text": "a"}) == 0
    await oa.simulator.clock.advance(7 * 86_400)
    oa.token = oa.simulator.oauth.give()[0]
    assert await oa.say(known, {"text": "a"}) == 0
    await oa.simulator.clock.advance(1)
    assert await oa.say(known, {"text": "a"}) == -230


async def test_a_token_is_in_its_own_header_and_dead_ones_have_their_codes(oa: Client) -> None:
    user = oa.simulator.add_user({"started": True})["id"]
    good, oa.token = oa.token, ""
    body = {"recipient": {"user_id": user}, "message": {"text": "a"}}
    path = "/v3.0/oa/message/cs"
    assert (await oa.post(path, body, Authorization=f"Bearer {good}"))["error"] == -216
    oa.token = good
    await oa.simulator.clock.advance(25 * 3_600)
    assert await oa.say(user, {"text": "a"}) == -220
    oa.simulator.switches.legacy_expired = True
    assert await oa.say(user, {"text": "a"}) == -216


async def test_a_minute_has_so_many_calls_and_headers_tell(oa: Client) -> None:
    oa.simulator.switches.calls_a_minute = 2
    user = oa.simulator.add_user({"started": True})["id"]
    assert [await oa.say(user, {"text": "a"}) for _ in range(3)] == [0, 0, -32]
    await oa.simulator.clock.advance(60)
    assert await oa.say(user, {"text": "a"}) == 0


async def test_dead_apis_are_refused_and_told(oa: Client) -> None:
    assert (await oa.post("/v3.0/oa/message/transaction", {}))["error"] == -233
    assert (await oa.post("/v2.0/oa/message", {"message": {"text": "a"}}))["error"] == -240
    assert len(oa.simulator.violations) == 2
    assert (await oa.post("/v2.0/oa/message", {"recipient": {}, "sender_action": {}}))["error"] == 0


async def test_files_are_checked_and_their_ids_expire(oa: Client) -> None:
    async def upload(name: str, size: int, kind: str = "image") -> dict[str, Any]:
        form = FormData()
        form.add_field("file", BytesIO(b"0" * size), filename=name)
        url = f"{oa.url}/v2.0/oa/upload/{kind}"
        return await (await oa.session.post(url, data=form, headers={"access_token": oa.token})).json()

    assert (await upload("a.exe", 10))["error"] == -201
    assert (await upload("a.png", (1 << 20) + 1))["error"] == -210
    identity = (await upload("a.png", 10))["data"]["attachment_id"]
    user = oa.simulator.add_user({"started": True})["id"]
    assert await oa.say(user, media(media_type="image", attachment_id=identity)) == 0
    await oa.simulator.clock.advance(7 * 86_400)
    oa.token = oa.simulator.oauth.give()[0]
    assert await oa.say(user, media(media_type="image", attachment_id=identity)) == -100


GOOD_TEMPLATE = {
    "phone": "84912345678",
    "template_id": "1",
    "template_data": {"name": "Lành"},
    "tracking_id": "t",
}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, 0),
        ({"phone": "+84912345678"}, 0),
        ({"phone": "0912345678"}, -108),
        ({"tracking_id": ""}, -132),
        ({"tracking_id": "t" * 49}, -132),
        ({"template_id": "2"}, -109),
        ({"template_data": {}}, -111),
        ({"template_data": {"other": "x"}}, -1122),
        ({"template_data": {"name": "Lành ơi"}}, -1121),
        ({"template_data": {"name": 5}}, -1124),
        ({"mode": "development"}, -127),
    ],
)
async def test_a_template_is_checked(zbs: Client, change: dict[str, Any], code: int) -> None:
    assert (await zbs.post("/message/template", GOOD_TEMPLATE | change))["error"] == code


async def test_a_template_s_account_is_checked(zbs: Client) -> None:
    assert (await zbs.post("/message/template", GOOD_TEMPLATE, access_token="bad"))["error"] == -124
    zbs.simulator.switches.daily = 1
    assert (await zbs.post("/message/template", GOOD_TEMPLATE))["error"] == 0
    assert (await zbs.post("/message/template", GOOD_TEMPLATE))["error"] == -144
    await zbs.simulator.clock.advance(86_400)
    zbs.simulator.switches.money = 0
    assert (await zbs.post("/message/template", GOOD_TEMPLATE))["error"] == -137
    hashed = {"hash_phone": "116ce31ae9170769b075a11dedca1198f41d30318334919fb90917e9c617b438"}
    zbs.simulator.switches.money = 1
    zbs.simulator.add_user({"phone": "84987654321", "behaviour": "refused_oa"})
    body = {name: value for name, value in GOOD_TEMPLATE.items() if name != "phone"} | hashed
    assert (await zbs.post("/message/template/hashphone", body))["error"] == -141
