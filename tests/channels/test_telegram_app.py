"""The web chat opened inside Telegram: whose it is, who is refused, and one person in both chats."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from aiohttp import ClientResponse, ClientSession
from sqlalchemy import func, select

from bot.channels.telegram.init_data import AHEAD, HOLDS, opened_by
from bot.settings import Settings
from bot.simulators.telegram import TelegramSimulator
from bot.simulators.telegram_app import signed
from bot.storage import accounts, linking, network
from bot.storage.linking_schema import citizen_chats
from tests.channels.phones import TELEGRAM, TOKEN, House, house_of
from tests.channels.served import FormChat
from tests.network.rooms import BOOK

BOT = "123456:TEST-TOKEN"
FIELDS = {
    "query_id": "AAHdF6IQAAAAAN0XohDhrOrc",
    "user": (
        '{"id":279058397,"first_name":"Vladislav","last_name":"Kibenko","username":"vdkfrost",'
        '"language_code":"ru","is_premium":true,"allows_write_to_pm":true}'
    ),
    "auth_date": "1700000000",
    "start_param": "camp_2026q1",
    "signature": "AAAA",
}
WITH = "c15c811ed25c22a5dfe19c084fabfb377f859e5f6a93a2fe8ad81abee102d72a"
WITHOUT = "a799cd18c0ea32492da8eae913b49250dd8f487b3b83326ec7d5c313bddb6081"
AT = datetime.fromtimestamp(1_700_000_000, UTC)


def handed(hashed: str = WITH, **changed: str) -> str:
    return urlencode({**FIELDS, **changed, "hash": hashed}, quote_via=quote)


def signed_of(**changed: str) -> str:
    return signed(BOT, {**FIELDS, **changed})


@pytest.mark.parametrize("hashed", [WITH, WITHOUT])
def test_telegram_says_who_opened_the_page_whether_its_signature_counts_or_not(hashed: str) -> None:
    assert opened_by(handed(hashed), BOT, AT) == 279058397


def test_it_is_believed_for_an_hour() -> None:
    assert opened_by(handed(), BOT, AT + HOLDS) == 279058397
    assert opened_by(handed(), BOT, AT - AHEAD) == 279058397
    second = timedelta(seconds=1)
    assert opened_by(handed(), BOT, AT + HOLDS + second) is None
    assert opened_by(handed(), BOT, AT - AHEAD - second) is None


@pytest.mark.parametrize("name", list(FIELDS))
def test_a_field_that_was_changed_is_seen(name: str) -> None:
    changed = FIELDS[name].replace("279058397", "279058398") if name == "user" else f"{FIELDS[name][:-1]}9"
    signature_is_left_out = opened_by(handed(WITHOUT, **{name: changed}), BOT, AT) is not None
    assert opened_by(handed(WITH, **{name: changed}), BOT, AT) is None
    assert signature_is_left_out == (name == "signature")


@pytest.mark.parametrize(
    "data",
    [
        "",
        "x",
        "%",
        "hash=",
        "a=1&" * 40,
        handed("") + "&x=1",
        handed("é"),
        handed() + "&user=x",
        urlencode(FIELDS),
        signed_of(auth_date=""),
        signed_of(auth_date="-5"),
        signed_of(auth_date="9" * 5_000),
        signed_of(user=""),
        signed_of(user="[]"),
        signed_of(user='{"id": "279058397"}'),
        signed_of(user='{"id": true}'),
        signed_of(user='{"id": -5}'),
        signed(BOT, {"auth_date": FIELDS["auth_date"]}),
    ],
)
def test_what_is_not_of_telegram_or_of_nobody_opens_nothing(data: str) -> None:
    assert opened_by(data, BOT, AT) is None


def test_another_bot_s_token_proves_nothing() -> None:
    assert opened_by(handed(), "123456:TEST-TOKEM", AT) is None


@pytest.mark.parametrize(
    ("public", "api", "base"),
    [
        ("https://tuvan.example.vn/", "https://api.telegram.org", "https://tuvan.example.vn"),
        ("http://tuvan.example.vn", "https://api.telegram.org", ""),
        ("", "https://api.telegram.org", ""),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8081", "http://127.0.0.1:8080"),
    ],
)
def test_telegram_opens_pages_over_https_only(public: str, api: str, base: str) -> None:
    settings = Settings(_env_file=None, public_url=public, telegram_api=api)
    assert settings.telegram_app_base == base


# --- through the simulated Telegram


@pytest.fixture
async def house(network_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with opened_house(network_url, tmp_path) as made:
        yield made


@pytest.fixture
async def sqlite_house(databases: Any, tmp_path: Path) -> AsyncIterator[House]:
    async with opened_house(databases.make("sqlite", demo=True), tmp_path) as made:
        yield made


@asynccontextmanager
async def opened_house(url: str, folder: Path) -> AsyncIterator[House]:
    """A house whose bot has said all it says at its start, the menu button too."""
    async with house_of(TELEGRAM, url, folder) as made:
        await asyncio.gather(*made.processes[0].platform._tasks)
        yield made


@asynccontextmanager
async def web_sender(house: House) -> AsyncIterator[None]:
    """Let what is said in the web chat be answered while the page waits for it."""
    work = asyncio.create_task(house.app.sender({"web": house.app.web}, rng=Random(5)).run())
    try:
        yield
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


def site_of(house: House) -> str:
    return str(house.processes[0].server.make_url("")).rstrip("/")


def tapped(house: House, user: str) -> str:
    """Tap the menu button: the page that opens, and what its script will post."""
    page, _, fragment = house.simulator.opened(user).partition("#")
    assert page == f"{site_of(house)}/telegram/app"
    return parse_qs(fragment)["tgWebAppData"][0]


async def posted(house: House, data: object, **how: Any) -> ClientResponse:
    url = f"{site_of(house)}/telegram/app"
    return await house.session.post(url, data=data, allow_redirects=False, **how)


async def entered(house: House, user: str) -> str:
    """The address of the web chat a person comes to."""
    answer = await posted(house, {"data": tapped(house, user)})
    assert answer.status == 303
    return answer.headers["Location"]


async def linked(house: House) -> int:
    async with house.app.engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(citizen_chats)) or 0


async def test_who_begins_in_telegram_and_books_in_the_web_chat_sees_the_call_in_both(house: House) -> None:
    user = house.person()
    await house.say(user, "chào")
    path = await entered(house, user)
    async with web_sender(house), ClientSession() as session:
        chat = FormChat(session, f"{site_of(house)}{path}")
        await chat.open()
        for text in BOOK[1:]:
            booked = await chat.type(text)
    assert booked["outcome"] == "booked"
    [*_, shown] = await house.say(user, "lịch gọi của tôi")
    assert "Mã gọi lại" in shown["text"]
    assert await entered(house, user) == path  # the next time it is the same page, with what was said there


async def test_an_app_that_is_opened_twice_at_once_is_one_person_s(house: House) -> None:
    user = house.person()
    paths = await asyncio.gather(*(entered(house, user) for _ in range(4)))
    assert len(set(paths)) == 1
    assert await entered(house, house.person()) != paths[0]
    assert await linked(house) == 4  # two of each


async def test_a_page_is_its_person_s_whoever_has_the_address_of_another(sqlite_house: House) -> None:
    house = sqlite_house
    one, other = house.person(), house.person()
    await house.session.get(f"{site_of(house)}/")  # a browser that was here before, perhaps somebody else's
    before = {cookie.value for cookie in house.session.cookie_jar}
    paths = {await entered(house, one), await entered(house, other)}
    assert len(paths) == 2
    assert not any(value in path for value in before for path in paths)
    assert {cookie.value for cookie in house.session.cookie_jar} == before
    async with house.app.engine.connect() as connection:
        hers = await linking.kin(connection, house.address(one))
    assert [chat.channel for chat in hers] == ["telegram", "web"]


async def test_what_was_handed_long_ago_is_refused_kindly_and_once_more_tapped_opens(
    sqlite_house: House,
) -> None:
    house = sqlite_house
    user = house.person()
    old = tapped(house, user)
    await house.clock.advance(HOLDS.total_seconds() + 1)
    answer = await posted(house, {"data": old})
    page = await answer.text()
    assert answer.status == 403
    assert "vào Telegram bấm nút mở lần nữa" in page
    assert 'href="/"' in page
    assert await entered(house, user)


def _chunked(body: bytes) -> Any:
    async def chunks() -> AsyncIterator[bytes]:
        yield body

    return chunks()


@pytest.mark.parametrize(
    ("form", "how"),
    [
        (lambda data: {"data": data.replace("auth_date", "auth_dat")}, {}),
        (lambda data: {"data": data + "&is_premium=1"}, {}),
        (lambda data: {"data": ""}, {}),
        (lambda data: {"data": data, "more": "x"}, {}),
        (lambda data: b"\xff\xfe", {"headers": {"Content-Type": "application/x-www-form-urlencoded"}}),
        (lambda data: {"data": data + "&x=" + "x" * 9_000}, {}),
        (
            lambda data: _chunked(urlencode({"data": data + "x" * 9_000}).encode()),
            {"headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        ),
        (lambda data: urlencode({"data": data}).encode(), {"headers": {"Content-Type": "text/plain"}}),
        (lambda data: f'{{"data": "{data}"}}', {"headers": {"Content-Type": "application/json"}}),
    ],
)
async def test_a_stranger_is_counted_and_opens_nothing(
    sqlite_house: House, form: Any, how: Mapping[str, Any]
) -> None:
    house = sqlite_house
    user = house.person()
    answer = await posted(house, form(tapped(house, user)), **how)
    assert answer.status == 403
    assert "Chưa mở được từ Telegram" in await answer.text()
    async with house.app.engine.connect() as connection:
        state = await accounts.state(connection, "telegram", TOKEN.partition(":")[0])
    assert (state.refused, await linked(house)) == (1, 0)


@pytest.mark.parametrize("whose", ["telegram", "web"])
async def test_a_collector_s_chat_is_made_no_citizen_s(sqlite_house: House, whose: str) -> None:
    house = sqlite_house
    user = house.person()
    path = await entered(house, user)
    async with house.app.engine.begin() as connection:
        [mine, page] = await linking.kin(connection, house.address(user))
        await linking.forget(connection, [mine, page])
        who = await network.collector_by_code(connection, "LS0001")
        assert who is not None
        await network.link_chat(connection, mine if whose == "telegram" else page, who.id)
    assert await entered(house, user) == path  # he may look at it as a citizen would
    assert await linked(house) == 0


async def test_outside_telegram_or_without_a_script_the_page_says_where_to_go(sqlite_house: House) -> None:
    answer = await sqlite_house.session.get(f"{site_of(sqlite_house)}/telegram/app")
    page = await answer.text()
    assert answer.status == 200
    assert "bấm nút dưới đây để nói chuyện với em ngay trên web" in page
    assert '<a class="plain" href="/">' in page
    assert "telegram.org" not in page + answer.headers["Content-Security-Policy"]


async def test_the_menu_button_opens_the_page_and_the_phone_shows_it(sqlite_house: House) -> None:
    house = sqlite_house
    user = house.person()
    [button] = [b for row in house.simulator.phone(user)[-1]["buttons"] for b in row if "chat" in b["label"]]
    api = house.app.settings.telegram_api
    answer = await house.session.get(f"{api}{button['do']['url']}", allow_redirects=False)
    to = urlsplit(answer.headers["Location"])
    assert (answer.status, to.path) == (302, "/telegram/app")
    assert "tgWebAppData=" in to.fragment
    assert (await house.session.get(f"{api}/__sim/app?user=1", allow_redirects=False)).status == 404


async def test_a_menu_button_that_is_refused_stops_nothing(databases: Any, tmp_path: Path) -> None:
    def build(clock: Any) -> TelegramSimulator:
        simulator = TelegramSimulator(clock, Random(3), token=TOKEN)
        simulator.faults.add("error", "setChatMenuButton", code=400)
        return simulator

    kind = replace(TELEGRAM, build=build)
    async with house_of(kind, databases.make("sqlite", demo=True), tmp_path) as house:
        platform = house.processes[0].platform
        await asyncio.gather(*platform._tasks)
        user = house.person()
        assert len(await house.say(user, "chào")) == 1
        assert [finding.what for finding in await platform.look() if not finding.fine] == ["menu button"]
