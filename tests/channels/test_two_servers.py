"""What must hold when two servers share a database: real processes, one of which is killed at times."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.sender import LEASE
from bot.simulators import telegram_api
from bot.simulators.webhooks import Delivery
from bot.storage import accounts
from bot.storage.hotpath import enqueue
from handlers.messages import Outgoing
from tests.channels.phones import KINDS, ZALO_OA, House, Kind
from tests.channels.served import Page
from tests.channels.servers import Pair, pair_on, until
from tests.conftest import Databases

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.postgres]
EVERY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
SENDS = {kind.name: kind.send for kind in KINDS}
TEXTS = ("3/1983", "không", "nữ")
FREE = "UPDATE channel_accounts SET held_until = NULL"
BOOK_OF_CLAIMS = (
    "CREATE TABLE claims (id bigint, until timestamptz)",
    "CREATE FUNCTION write_claim() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN INSERT INTO claims VALUES (NEW.id, NEW.claimed_until); RETURN NEW; END'",
    "CREATE TRIGGER claimed AFTER UPDATE ON outbox FOR EACH ROW "
    "WHEN (NEW.state = 'claimed' AND OLD.state = 'waiting') EXECUTE FUNCTION write_claim()",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def started(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    monkeypatch = pytest.MonkeyPatch()
    folder: Path = tmp_path_factory.mktemp("servers")
    # On a crowded machine calls of one second arrive in another: the pace is looked up in the book of claims.
    monkeypatch.setattr(telegram_api, "ALL_SECOND", 10_000)
    async with pair_on(databases.make("postgres", demo=True), KINDS, folder) as pair:
        for statement in BOOK_OF_CLAIMS:
            await pair.do(statement)
        yield pair
    monkeypatch.undo()


@pytest_asyncio.fixture(loop_scope="module")
async def pair(started: Pair) -> Pair:
    await started.both_up()
    return started


def texts(house: House, user: str) -> list[str]:
    return [message["text"] for message in house.said(user)]


async def turns(house: House, user: str) -> list[int]:
    return [message.turn for _, message in await house.rows(user)]


async def heard(house: House, user: str, count: int) -> list[str]:
    """Wait for so many messages on her phone; return them all."""
    await until(lambda: len(house.said(user)) >= count)
    return texts(house, user)


async def settled(pair: Pair) -> bool:
    """Tell whether nothing is under way."""
    return not await pair.do("SELECT 1 FROM outbox WHERE state IN ('waiting', 'claimed')")


async def post_and_go(hook: str, delivery: Delivery) -> asyncio.StreamWriter:
    """Post a delivery without ever reading what is answered; it is gone when what is returned is closed."""
    parts = urlsplit(hook)
    headers = {**delivery.headers(0), "Host": parts.netloc, "Content-Length": str(len(delivery.body))}
    _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    lines = [f"POST {parts.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join((*lines, "", "")).encode() + delivery.body)
    await writer.drain()
    return writer


async def hold_all(pair: Pair) -> None:
    """Let nobody send, on any platform."""
    for house in pair.houses.values():
        account, at = house.processes[0].platform.account, house.clock()
        hour = {"until": at + timedelta(hours=1), "code": "test", "human": False}
        async with pair.engine.begin() as connection:
            await accounts.hold(connection, house.kind.name, account, **hour, at=at)


async def put_together(pair: Pair, people: Sequence[tuple[House, str]], *words: str) -> None:
    """Put messages of several platforms into the outbox in one transaction."""
    mail = [
        (f"together-{house.kind.name}-{user}", n, house.address(user), Outgoing(each))
        for house, user in people
        for n, each in enumerate(words)
    ]
    async with pair.engine.begin() as connection:
        await enqueue(connection, mail, people[0][0].app.cipher, at=people[0][0].clock())


async def greeted(house: House) -> str:
    """Somebody who has begun to talk."""
    user = house.person()
    [hello] = await house.held((user, {"kind": "text", "text": "chào"}))
    assert await house.post(hello) == 200
    await heard(house, user, 1)
    return user


@EVERY_KIND
async def test_a_delivery_to_both_is_one_step_and_one_reply(pair: Pair, kind: Kind) -> None:
    house = pair.houses[kind.name]
    user = house.person()
    [delivery] = await house.held((user, {"kind": "text", "text": "chào"}))
    assert await asyncio.gather(*(house.post(delivery, n % 2) for n in range(5))) == [200] * 5
    assert await turns(house, user) == [1]
    assert len(await heard(house, user, 1)) == 1


@EVERY_KIND
async def test_what_she_writes_to_both_at_once_is_taken_one_after_the_other(pair: Pair, kind: Kind) -> None:
    house = pair.houses[kind.name]
    user = await greeted(house)
    caught = await house.held(*((user, {"kind": "text", "text": text}) for text in TEXTS))
    assert await asyncio.gather(*(house.post(one, n % 2) for n, one in enumerate(caught))) == [200] * 3
    assert await turns(house, user) == [1, 2, 3, 4]
    shown = await heard(house, user, 4)
    put = [message.text for _, message in await house.rows(user)]
    assert [text.startswith(said[:40]) for text, said in zip(shown, put, strict=True)] == [True] * 4


async def test_the_web_chat_is_one_chat_whichever_server_is_asked(pair: Pair) -> None:
    page = (await pair.session.get(f"{pair.servers[0].url}/")).url.path

    async def send(number: int, event: str, text: str) -> int:
        body = json.dumps({"event": event, "kind": "text", "text": text})
        answer = await pair.session.post(f"{pair.servers[number].url}{page}/send", data=body)
        return answer.status

    async def shown(number: int) -> list[dict[str, Any]]:
        html = await (await pair.session.get(f"{pair.servers[number].url}{page}")).text()
        return [{**turn, "fields": None} for turn in Page(html).turns]  # each form is an event of its own

    before = len(await shown(0))
    assert await asyncio.gather(*(send(n % 2, "the-same-event", "2") for n in range(5))) == [200] * 5
    assert (
        await asyncio.gather(*(send(n % 2, f"event-{n}-of-hers", t) for n, t in enumerate(TEXTS)))
        == [200] * 3
    )

    async def all_there() -> bool:
        return len(await shown(0)) >= before + 4

    await until(all_there)
    assert await shown(0) == await shown(1)
    assert sorted(turn["heard"] for turn in (await shown(1))[before:]) == sorted(("2", *TEXTS))


async def test_two_senders_send_each_message_once(pair: Pair) -> None:
    people = [(house, house.person()) for house in pair.houses.values() for _ in range(45)]
    await pair.do("DELETE FROM claims")
    with ExitStack() as stack:  # nothing is settled before both have something to send
        for name, doors in pair.doors.items():
            stack.enter_context(doors.keeping(SENDS[name]))
        await put_together(pair, people, "Nhắc chị")
        both = {0, 1}
        await until(
            lambda: set().union(*(doors.callers(SENDS[name]) for name, doors in pair.doors.items())) == both
        )
    for house, user in people:
        await heard(house, user, 1)
    await until(lambda: settled(pair))
    assert Counter(len(texts(house, user)) for house, user in people) == {1: len(people)}
    claims = Counter(row[0] for row in await pair.do("SELECT id FROM claims"))
    assert (len(claims), set(claims.values())) == (len(people), {1})


async def test_both_together_keep_to_telegram_s_pace(pair: Pair) -> None:
    house, most = pair.houses["telegram"], 30  # a second, of the whole bot
    people = [house.person() for _ in range(70)]
    await pair.do("DELETE FROM claims")
    caught = await house.held(*((user, {"kind": "text", "text": "chào"}) for user in people))
    await asyncio.gather(*(house.post(one, n % 2) for n, one in enumerate(caught)))
    for user in people:
        await heard(house, user, 1)
    begun = sorted(row[0] - LEASE for row in await pair.do("SELECT until FROM claims"))
    assert len(begun) == len(people)
    for first, beyond in zip(begun, begun[most:], strict=False):
        assert beyond - first >= timedelta(seconds=1)


async def test_a_token_that_dies_under_both_is_renewed_once(pair: Pair) -> None:
    house, doors = pair.houses["zalo_oa"], pair.doors["zalo_oa"]
    people = [house.person() for _ in range(60)]
    oauth = house.simulator.oauth
    renewed = oauth.exchanges
    for access in oauth.access.values():
        access.until = house.clock()
    with doors.keeping("access_token"):
        with doors.keeping(ZALO_OA.send):  # each is told that its token is dead before one may renew it
            await house.put(*((user, Outgoing("Nhắc chị")) for user in people))
            await until(lambda: doors.callers(ZALO_OA.send) == {0, 1})
        await until(lambda: doors.callers("access_token"))
        looks: set[tuple[Any, ...]] = set()
        while len(looks) < 2:  # the other looks whether it is done, looks again, and does not ask Zalo
            async with pair.engine.begin() as connection:
                await connection.execute(text("SELECT 1 FROM zalo_tokens FOR UPDATE"))
                await until(lambda: pair.waits_for("zalo_tokens"))
                looks |= set(await pair.waits_for("zalo_tokens"))
    for user in people:
        assert await heard(house, user, 1) == ["Nhắc chị"]
    assert oauth.exchanges == renewed + 1
    assert len([call for _, call in doors.calls if "access_token" in call]) == 1


async def test_what_a_server_took_or_half_took_when_it_died_is_taken_once(pair: Pair) -> None:
    victim, other = 0, 1
    slow = pair.houses["zalo_oa"]
    talker = await greeted(slow)
    await hold_all(pair)
    taken: list[tuple[House, str, Delivery, asyncio.StreamWriter]] = []
    for house in pair.houses.values():
        user = house.person()
        [delivery] = await house.held((user, {"kind": "text", "text": "chào"}))
        taken.append((house, user, delivery, await post_and_go(house.processes[victim].hook, delivery)))
        await until(lambda house=house, user=user: turns(house, user))
    [half] = await slow.held((talker, {"kind": "text", "text": "2"}))
    async with pair.engine.begin() as connection:
        row = text("SELECT 1 FROM conversations WHERE person = :person FOR UPDATE")
        await connection.execute(row, {"person": talker})
        taken.append((slow, talker, half, await post_and_go(slow.processes[victim].hook, half)))
        await until(
            lambda: pair.waits_for("conversations")
        )  # it has noted the event, and waits for her conversation
        await pair.kill(victim)
    for house, user, delivery, writer in taken:
        writer.close()
        before = len(texts(house, user))
        assert await house.post(delivery, other) == 200
        assert await turns(house, user) == list(range(1, before + 2))
    await pair.do(FREE)
    for house, user, *_ in taken:
        await heard(house, user, len(await turns(house, user)))
    await until(lambda: settled(pair))
    assert [len(texts(house, user)) for house, user, *_ in taken] == [1, 1, 1, 2]


async def test_what_a_killed_server_was_sending_is_not_repeated_and_the_rest_goes_on(pair: Pair) -> None:
    victims: set[int] = set()
    while len(victims) != 1:  # all that is due is taken at once: rarely, each server takes some
        people = [(house, house.person()) for house in pair.houses.values()]
        with ExitStack() as stack:
            for name, doors in pair.doors.items():
                stack.enter_context(doors.keeping(SENDS[name]))
            await put_together(pair, people, "một", "hai")
            for house, user in people:
                await heard(house, user, 1)
            await until(lambda: all(doors.callers(SENDS[name]) for name, doors in pair.doors.items()))
            victims = set().union(*(doors.callers(SENDS[name]) for name, doors in pair.doors.items()))
            if len(victims) == 1:
                await pair.kill(*victims)
    await pair.outlive_claims()
    for house, user in people:
        await heard(house, user, 2)
    await until(lambda: settled(pair))
    for house, user in people:
        assert texts(house, user) == ["một", "hai"]
        first, second = [state for state, _ in await house.rows(user)]
        assert (first in ("unknown", "sent"), second) == (True, "sent")  # sent where its echo told


async def test_a_server_that_dies_with_a_new_token_leaves_an_alarm_and_no_loop(pair: Pair) -> None:
    house, doors = pair.houses["zalo_oa"], pair.doors["zalo_oa"]
    first, second = house.person(), house.person()
    for access in house.simulator.oauth.access.values():
        access.until = house.clock()
    with doors.keeping("access_token"):
        await house.put((first, Outgoing("Nhắc chị")))
        await until(lambda: doors.callers("access_token"))
        [victim] = doors.callers("access_token")
        await pair.kill(victim)
    living = pair.servers[1 - victim]
    await pair.outlive_claims()
    await house.put((second, Outgoing("Nhắc cô")))
    given_up = "SELECT 1 FROM channel_accounts WHERE human AND held_until > now()"
    await until(lambda: pair.do(given_up))
    await pair.do(FREE)
    await until(lambda: pair.do(given_up))  # it was tried again, and Zalo was not asked
    assert len([call for _, call in doors.calls if "access_token" in call]) == 2
    assert living.log.read_text().count("ALARM: Zalo gave no new token") == 1
    ready = await (await pair.session.get(f"{living.url}/readyz")).json()
    assert ready["zalo_oa"] is False
    code, oa_id = house.simulator.oauth.code(), house.simulator.switches.oa_id
    back = f"{living.url}/zalo/authorised?code={code}&oa_id={oa_id}"
    assert (await pair.session.get(back)).status == 200
    await pair.do(FREE)
    assert await heard(house, second, 1) == ["Nhắc cô"]
