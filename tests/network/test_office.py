"""An officer's chat: linked by a code, told what only the office can do, and able to give leads out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import alerts, operate
from bot.storage import accounts, do_not_call, leads, linking, network_schema, officers
from bot.storage.hotpath import lock_states
from bot.storage.linking import OFFICE as HANDED_OVER
from bot.storage.linking import STAFF_HOLDS
from bot.storage.network_schema import lead_events
from bot.storage.schema import outbox
from calculators.law import Law
from calculators.territory import Territory
from handlers.explore import Explorer
from handlers.flow import Case
from handlers.leads import LeadState
from handlers.messages import Address, Outgoing
from handlers.office import OFFICE, RESULTS
from handlers.wording import LANGUAGES, Words
from tests.channels.test_every_channel import PHONE
from tests.network.house import at, house_on
from tests.network.rooms import BOOK, PAGE, STRANGER, Rooms, rooms_on

HER, HUNG, MAI = PAGE, Address("telegram", "42", "9001"), Address("zalo_bot", "7", "9002")


@pytest.fixture
async def rooms(network_url: str, tmp_path: Path) -> AsyncIterator[Rooms]:
    async with rooms_on(network_url, tmp_path) as made:
        yield made


async def officer(rooms: Rooms, chat: Address, name: str = "hung") -> Outgoing:
    """Link a chat by a code that was handed over."""
    async with rooms.app.engine.begin() as connection:
        code = await linking.issue(
            connection, rooms.app.cipher, HANDED_OVER, at=rooms.clock[0], officer=name, holds=STAFF_HOLDS
        )
    return await rooms.say(chat, code)


async def told(rooms: Rooms, chat: Address) -> list[str]:
    """The notices a chat got that nobody asked for, oldest first."""
    query = select(outbox.c.cause, outbox.c.n, outbox.c.body).where(outbox.c.person == chat.person)
    async with rooms.app.engine.connect() as connection:
        rows = (await connection.execute(query.order_by(outbox.c.id))).all()
    found = [rooms.app.cipher.open(row.body, f"outbox.body:{row.cause}:{row.n}") for row in rows]
    messages = [Outgoing.from_json(json.loads(body)) for body in found]
    return [message.text for message in messages if message.notice.startswith("office_")]


async def nobody_takes(rooms: Rooms) -> None:
    """She books, and every collector lets the card lie."""
    await rooms.say(HER, *BOOK)
    for _ in range(200):
        rooms.clock[0] += timedelta(hours=1)
        await rooms.app.timers.drain()
        if await state(rooms) is LeadState.UNASSIGNED:
            return
    raise AssertionError("somebody still holds it")


async def state(rooms: Rooms) -> LeadState:
    async with rooms.app.engine.connect() as connection:
        return (await leads.find(connection, 1)).state


async def test_a_code_makes_a_chat_the_office_s_and_shows_what_waits(rooms: Rooms) -> None:
    said = await officer(rooms, HUNG)
    assert "cơ quan BHXH" in said.text
    assert [option.label for option in said.options] == ["Xem có gì mới"]
    said = await rooms.say(HUNG, "xem")
    assert "Chưa có lịch nào chờ anh/chị" in said.text
    assert "Chọn một số" not in said.text
    assert "cơ quan" not in (await rooms.say(STRANGER, "xem")).text  # nobody else sees it


async def test_a_lead_nobody_takes_is_told_once_and_reminded_of(rooms: Rooms) -> None:
    await officer(rooms, HUNG)
    await officer(rooms, MAI, "mai")
    await nobody_takes(rooms)
    for chat in (HUNG, MAI):
        [first] = await told(rooms, chat)
        assert first.startswith("[Về cơ quan #1]")
        assert "Lành" not in first
    for _ in range(24):
        rooms.clock[0] += timedelta(hours=1)
        await rooms.app.timers.drain()
    _, *reminders = await told(rooms, HUNG)
    assert reminders
    assert all(reminder.startswith("[Nhắc #1]") for reminder in reminders)


async def test_he_gives_it_to_a_collector_by_numbers(rooms: Rooms) -> None:
    await officer(rooms, HUNG)
    await nobody_takes(rooms)
    shown = await rooms.say(HUNG, "xem")
    assert shown.options[0].label.startswith("#1 ")
    assert "Lành" not in shown.text
    whom = await rooms.say(HUNG, "1", "giao")
    code = whom.options[0].label.partition("(")[2].partition(")")[0]
    given = await rooms.say(HUNG, "1")
    assert f"({code})" in given.text
    assert "đã mời" in given.text
    assert [option.label for option in given.options] == ["Xem có gì mới"]
    assert await state(rooms) is LeadState.OFFERED
    async with rooms.app.engine.connect() as connection:
        query = select(lead_events.c.who).order_by(lead_events.c.id.desc()).limit(1)
        assert await connection.scalar(query) == "officer:hung"


async def test_he_calls_himself_and_a_colleague_sees_it_then_closes_it(rooms: Rooms) -> None:
    await officer(rooms, HUNG)
    await officer(rooms, MAI, "mai")
    await nobody_takes(rooms)
    mine = await rooms.say(HUNG, "#1", "tôi gọi")
    assert PHONE[-3:] in mine.text
    assert "Lành" in mine.text
    async with rooms.app.engine.begin() as connection:
        now = rooms.clock[0]
        states = await lock_states(connection, [HUNG], rooms.app.cipher, at=now, today=now.date())
    assert PHONE[-3:] not in str(states[HUNG].as_json())
    assert "Lành" not in str(states[HUNG].as_json())
    assert "hung đang gọi" in (await rooms.say(MAI, "xem")).options[0].label
    assert "đã đóng" in (await rooms.say(HUNG, "#1", "đóng", "không liên lạc được")).text
    assert await state(rooms) is LeadState.UNREACHABLE
    assert "Lành" not in (await rooms.say(MAI, "1", "tôi gọi")).text  # the list of before: it is gone


async def told_her(rooms: Rooms, notice: str) -> list[str]:
    """The notices of one kind she got."""
    query = select(outbox.c.cause, outbox.c.n, outbox.c.body).where(outbox.c.person == HER.person)
    async with rooms.app.engine.connect() as connection:
        rows = (await connection.execute(query.order_by(outbox.c.id))).all()
    found = [rooms.app.cipher.open(row.body, f"outbox.body:{row.cause}:{row.n}") for row in rows]
    messages = [Outgoing.from_json(json.loads(body)) for body in found]
    return [message.text for message in messages if message.notice == notice]


@pytest.mark.parametrize(
    ("typed", "says", "state_after", "not_called"),
    [
        (["tham gia", "3 tháng"], "đã ghi là tham gia", LeadState.WON, None),
        (["không tham gia"], "không được gọi nữa", LeadState.LOST, do_not_call.SAID_NO),
        (["không liên lạc được"], "đã đóng", LeadState.UNREACHABLE, None),
    ],
)
async def test_he_writes_down_what_came_of_his_call(
    rooms: Rooms, typed: list[str], says: str, state_after: LeadState, not_called: str | None
) -> None:
    await officer(rooms, HUNG)
    await nobody_takes(rooms)
    await rooms.say(HUNG, "#1", "tôi gọi")
    outcome = await rooms.say(HUNG, "#1", "ghi kết quả")
    assert [option.label for option in outcome.options] == [
        "Tham gia", "Còn suy nghĩ", "Không tham gia", "Không liên lạc được",
    ]  # fmt: skip
    assert says in (await rooms.say(HUNG, *typed)).text
    assert await state(rooms) is state_after
    async with rooms.app.engine.connect() as connection:
        phone = (await leads.person(connection, rooms.app.cipher, 1)).phone
        assert await do_not_call.source_of(connection, rooms.app.cipher, phone) == not_called


async def test_what_she_joined_with_is_asked_as_a_collector_is_asked(rooms: Rooms) -> None:
    await officer(rooms, HUNG)
    await nobody_takes(rooms)
    asked = await rooms.say(HUNG, "#1", "đóng", "tham gia")
    assert "#1 tham gia. Đóng mấy tháng một lần?" in asked.text
    assert await state(rooms) is LeadState.UNASSIGNED
    await rooms.say(HUNG, "3 tháng")
    async with rooms.app.engine.connect() as connection:
        kept = (await connection.execute(select(network_schema.leads))).mappings().one()
    assert (kept["state"], kept["method"], kept["amount"]) == ("won", "quarterly", None)


async def test_a_lead_with_a_quote_is_joined_with_what_the_quote_says(database_url: str) -> None:
    async with house_on(database_url, "LS0001") as house:
        async with house.engine.begin() as connection:
            await officers.link(connection, HUNG, "hung")
        await house.book(1, at(25, 11), quote_code=await house.save_quote())
        await house.settle("LS0001", "decline", 1)
        async with house.world(HUNG) as world:
            quoted = (await world.terms(1))[0]
            assert quoted.facts["amount"] > 0
            assert await world.office_act("joined", 1, quoted.facts) == {"result": "joined", "lead": 1}
        [kept] = await house.rows(
            network_schema.leads.c.state, network_schema.leads.c.method, network_schema.leads.c.amount
        )
        assert kept == ("won", quoted.facts["method"], quoted.facts["amount"])


async def test_who_still_thinks_is_called_again_on_the_day_agreed(rooms: Rooms) -> None:
    await officer(rooms, HUNG)
    await nobody_takes(rooms)
    await rooms.say(HUNG, "#1", "tôi gọi")
    assert "còn suy nghĩ" in (await rooms.say(HUNG, "#1", "đóng", "suy nghĩ", "3 ngày")).text
    assert await state(rooms) is LeadState.THINKING
    for _ in range(4):
        assert await state(rooms) is LeadState.THINKING
        rooms.clock[0] += timedelta(days=1)
        await rooms.app.timers.drain()
        if await state(rooms) is not LeadState.THINKING:
            break
    assert await state(rooms) in (LeadState.OFFERED, LeadState.UNASSIGNED)


async def test_nobody_calls_again_where_he_says_so(rooms: Rooms) -> None:
    await officer(rooms, HUNG)
    await nobody_takes(rooms)
    said = await rooms.say(HUNG, "#1", "đóng", "suy nghĩ", "không gọi nữa")
    assert "#1: đã ghi là còn suy nghĩ. Sẽ không ai gọi lại nữa." in said.text


@pytest.mark.parametrize("words", ["hàng tháng", "theo tháng", "mỗi tháng"])
async def test_he_says_how_she_pays_in_her_words(rooms: Rooms, words: str) -> None:
    await officer(rooms, HUNG)
    await nobody_takes(rooms)
    assert "tham gia" in (await rooms.say(HUNG, "#1", "đóng", "tham gia", words)).text
    assert await state(rooms) is LeadState.WON


async def test_she_is_told_that_the_office_could_not_reach_her(rooms: Rooms) -> None:
    await officer(rooms, HUNG)
    await nobody_takes(rooms)
    await rooms.say(HUNG, "#1", "đóng", "không liên lạc được")
    [told_once] = await told_her(rooms, "office_gave_up")
    assert "chưa gặp được" in told_once
    assert "hẹn gọi lại" in told_once


async def test_what_is_gone_meanwhile_is_said(rooms: Rooms) -> None:
    await officer(rooms, HUNG)
    await officer(rooms, MAI, "mai")
    await nobody_takes(rooms)
    await rooms.say(HUNG, "1")
    await rooms.say(MAI, "1", "đóng", "tham gia", "từng tháng")
    assert "lịch không còn ở cơ quan" in (await rooms.say(HUNG, "tôi gọi")).text


async def test_with_her_data_goes_what_the_office_was_shown_of_her(rooms: Rooms) -> None:
    await officer(rooms, HUNG)
    await nobody_takes(rooms)
    await rooms.say(HUNG, "#1", "tôi gọi")
    await rooms.say(HER, "xoá dữ liệu", "1")
    async with rooms.app.engine.connect() as connection:
        rows = (await connection.execute(select(outbox.c.cause, outbox.c.n, outbox.c.body))).all()
    for row in rows:
        assert PHONE[-3:] not in rooms.app.cipher.open(row.body, f"outbox.body:{row.cause}:{row.n}")


async def test_a_scam_report_is_told_without_its_words(rooms: Rooms) -> None:
    await officer(rooms, HUNG)
    await rooms.say(HER, "báo lừa đảo", "có người xưng là nhân viên thu đòi 500k", "1")
    [report] = await told(rooms, HUNG)
    assert report.startswith("[Báo lừa đảo số 1]")
    assert "500k" not in report


async def test_a_channel_that_needs_somebody_is_told_once_on_the_others(rooms: Rooms) -> None:
    await officer(rooms, HUNG)
    await officer(rooms, MAI, "mai")
    app, now = rooms.app, rooms.clock[0]

    async def hold(*, human: bool, at: timedelta = timedelta()) -> None:
        async with app.engine.begin() as connection:
            moment = now + at
            until = moment + timedelta(minutes=5)
            about = {"until": until, "code": "bad_token", "human": human, "at": moment}
            await accounts.hold(connection, "telegram", "42", **about)

    async def look(**by: float) -> int:
        return await alerts.tell(app.engine, app.cipher, app.words, now + timedelta(**by))

    await hold(human=False)
    assert await look(minutes=14) == 0
    await hold(human=False, at=timedelta(minutes=14))
    assert await look(minutes=16) == 1
    await hold(human=True, at=timedelta(minutes=17))
    assert await look(minutes=18) == 0  # the same trouble
    async with app.engine.begin() as connection:
        await accounts.free(connection, "telegram", "42")
    await hold(human=True, at=timedelta(hours=1))
    assert await look(hours=1) == 1
    assert [text[:17] for text in await told(rooms, MAI)] == ["[Kênh telegram] K", "[Kênh telegram] C"]
    assert await told(rooms, HUNG) == []  # his chat is on it


async def test_a_chat_is_one_s_desk_or_the_office_s_and_may_be_taken_back(rooms: Rooms) -> None:
    await rooms.say(HUNG, await rooms.staff_code())
    assert await rooms.is_staff(HUNG)
    await officer(rooms, HUNG)
    assert not await rooms.is_staff(HUNG)
    await rooms.say(MAI, await rooms.code(HUNG))  # he links another chat of his
    async with rooms.app.engine.begin() as connection:
        assert await officers.everybody(connection) == [("hung", "telegram"), ("hung", "zalo_bot")]
        assert await officers.remove(connection, "hung") == 2
    assert "cơ quan" not in (await rooms.say(HUNG, "xem")).text
    await rooms.say(MAI, await rooms.staff_code())
    assert await rooms.is_staff(MAI)


async def test_the_command_prints_a_code_lists_and_removes(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(operate, "Settings", lambda: rooms.app.settings)
    assert await operate.officers("hung", remove=False) == 0
    code, explained, *_ = capsys.readouterr().out.splitlines()
    assert explained.startswith("hung types it")
    async with rooms.app.engine.begin() as connection:
        found = await linking.redeem(connection, rooms.app.cipher, code, HUNG, at=rooms.clock[0])
    assert found == "linked_office"
    assert await operate.officers(None, remove=False) == 0
    assert capsys.readouterr().out == "hung\ttelegram\n"
    assert await operate.officers("hung", remove=True) == 0
    assert await operate.officers("hung", remove=True) == 1
    for name in ("Hùng", "h", "a" * 21):
        assert await operate.officers(name, remove=False) == 1
    assert await operate.officers(None, remove=True) == 1


def test_a_walker_comes_from_everything_back_to_what_waits() -> None:
    case = Case(date(2026, 11, 23), Law.load(), Territory.load(), "20")
    atlas = Explorer(OFFICE, case).wander(walks=800)
    assert set(atlas.outcomes) == {"office_closed"}
    for edge in (("office", "office_do"), ("office_do", "office_whom"), ("office_do", "office_done"),
                 ("office_do", "office_outcome"), ("office_outcome", "office_done"),
                 ("office_outcome", "follow_up"), ("office_outcome", "joined_with"),
                 ("joined_with", "office_done"),
                 ("office_whom", "office_done"), ("office_done", "office")):  # fmt: skip
        assert edge in atlas.edges


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_result_has_words(language: str) -> None:
    blocks = Words(Territory.load()).blocks(language, "office")
    assert {f"error_{code}" for code in (*RESULTS, "nobody_near", "not_offered")} <= blocks
