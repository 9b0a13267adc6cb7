"""Deadlines: a card that lies, a call that is not made, an outcome nobody writes, a day to call again."""

from datetime import date, datetime

import pytest
from sqlalchemy import update

from bot import office
from bot import timers as timers_module
from bot.clock import LOCAL
from bot.dispatch import DEADLINES, local
from bot.officedesk import waiting_line
from bot.settling import AGAIN_AFTER
from bot.storage import leads as leads_store
from bot.storage.network_schema import leads, organisations, timers
from tests.network.house import KY_LUA, at, citizen, employ, house_on, inbox
from tests.storage.rig import TERRITORY

CODES = ("LS0001", "LS0002", "LS0003")


@pytest.fixture
async def house(database_url):
    async with house_on(database_url, *CODES) as made:
        async with made.engine.begin() as connection:
            await employ(connection, "LS0009", KY_LUA, heads_point=True)
        await made.book(1, at(26, 15))
        yield made


def clock(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=LOCAL)


async def due(house, lead=1):
    """What is waited for, and until when."""
    rows = await house.rows(timers.c.lead_id, timers.c.kind, timers.c.due_at)
    mine = [(kind, at) for of, kind, at in rows if of == lead and kind in DEADLINES]
    return {kind: f"{at.astimezone(LOCAL):%d %H:%M}" for kind, at in mine}


async def test_a_card_is_answered_within_an_hour(house):
    assert await due(house) == {"accept": "23 10:00"}
    assert "Hạn nhận 10:00 ngày 23/11" in house.told(inbox("LS0001"))[0]
    house.now = clock(23, 9, 59)
    assert await house.tick() == 0
    await house.settle("LS0001", "accept", 1)
    assert await due(house) == {"call": "26 16:30"}


@pytest.mark.parametrize(
    ("now", "hour", "until"),
    [
        (clock(25, 22), at(26, 8), "26 06:50"),  # not 03:00
        (clock(23, 22), at(25, 8), "25 06:50"),  # not in the middle of the holiday
        (clock(25, 20), at(26, 15), "26 09:00"),
        (clock(25, 8), at(25, 10), "25 08:50"),
    ],
)
async def test_nobody_loses_a_card_in_his_sleep(now, hour, until, house):
    house.now = now
    await house.book(2, hour)
    assert await due(house, 2) == {"accept": until}
    first = (await house.lead(2))[1]
    house.now = clock(*(int(part) for part in until.replace(":", " ").split()))
    house.later(seconds=5)  # whoever looks at timers comes a little late
    await house.tick()
    assert (await house.lead(2))[0] == "offered"
    assert (await house.lead(2))[1] != first


async def test_a_card_of_saturday_waits_until_its_collector_is_back_at_work(house):
    house.now = clock(28, 9, 45)
    await house.book(2, "2026-12-01T10:00+07:00")
    assert await due(house, 2) == {"accept": "30 09:00"}
    assert "Hạn nhận 09:00 ngày 30/11" in house.told(inbox((await house.lead(2))[1]))[-1]
    house.now = clock(30, 8, 59)
    await house.tick()
    assert (await house.lead(2))[0] == "offered"
    assert await house.settle((await house.lead(2))[1], "accept", 2) == {"result": "accepted", "lead": 2}


async def test_a_day_off_is_no_time_to_answer_in(database_url):
    async with house_on(database_url, "LS0001") as house:
        house.now = clock(25, 16, 30)
        async with house.world(inbox("LS0001")) as world:
            await world.take_off(date(2026, 11, 26), date(2026, 11, 26))
        await house.book(1, at(27, 10))
        assert await due(house) == {"accept": "27 08:30"}


async def test_a_card_nobody_answers_goes_to_the_next_then_to_the_head_of_the_point_then_to_the_officer(
    house,
):
    holders = []
    while (await house.lead(1))[0] == "offered":
        holders.append((await house.lead(1))[1])
        house.later(hours=1)
        await house.tick()
    assert holders == ["LS0001", "LS0002", "LS0009"]
    assert await house.lead(1) == ("unassigned", None)
    assert (await house.events(1))[-1] == ("system", "to_office", "nobody_accepted")
    assert "chưa có nhân viên thu nào nhận cuộc gọi" in house.told(citizen())[-1]
    assert "Cơ quan BHXH sẽ sắp người gọi" in house.told(citizen())[-1]
    assert house.told(inbox("LS0001"))[-1].startswith("[Chuyển #1]")
    assert await due(house) == {"give": "23 13:00"}


async def test_what_lies_with_the_office_is_an_alert_after_an_hour_and_each_morning_until_it_is_given(
    house, caplog, monkeypatch
):
    monkeypatch.setattr(timers_module.log, "disabled", False)
    for _ in range(3):
        house.later(hours=1)
        await house.tick()
    house.now = clock(23, 12, 59)
    assert await house.tick() == 0
    assert not (await at_the_office(house)).overdue
    house.now = clock(23, 13)
    await house.tick()
    assert [record.getMessage() for record in caplog.records] == [
        "alert: lead 1 lies with the office; see: .venv/bin/ansinh leads"
    ]
    one = await at_the_office(house)
    assert (one.overdue, one.why) == (True, "nobody_accepted")
    assert waiting_line(one, TERRITORY).endswith("chờ từ 23/11/2026 12:00  nobody_accepted  QUÁ HẠN\n")
    assert await due(house) == {"give": "25 08:00"}, "not on the holiday"
    for day in (25, 26):
        caplog.clear()
        house.now = clock(day, 8)
        await house.tick()
        assert len(caplog.records) == 1
    async with house.engine.begin() as connection:
        await leads_store.alone(connection)
        dispatch = house.worlds.dispatch(connection, house.now, lambda *_: None)
        await office.give(dispatch, 1, "LS0003", who="officer:binh")
    assert list(await due(house)) == ["accept"]


async def test_what_the_officer_closes_or_she_cancels_is_no_alert_any_more(house):
    for _ in range(3):
        house.later(hours=1)
        await house.tick()
    await house.forget(1)
    assert await due(house) == {}


async def at_the_office(house):
    async with house.engine.connect() as connection:
        [one] = await office.waiting(connection, house.worlds.diary, house.now)
    return one


async def test_who_accepts_too_late_is_told_who_has_it(house):
    house.later(hours=1)
    await house.tick()
    done = await house.settle("LS0001", "accept", 1)
    assert done == {"result": "taken_over", "lead": 1, "holder": "Cô LS0002"}


async def test_a_lead_of_the_night_waits_for_the_morning(house):
    house.now = clock(25, 19, 40)
    await house.book(2, at(27, 9))
    assert await due(house, 2) == {"accept": "26 09:00"}


async def test_a_call_that_is_soon_leaves_time_to_find_another(house):
    house.now = clock(25, 8, 50)
    await house.book(2, at(25, 10))
    assert await due(house, 2) == {"accept": "25 09:25"}


async def test_a_call_that_was_not_made_comes_first_with_somebody_else(house):
    await house.settle("LS0001", "accept", 1)
    house.now = clock(26, 16, 30)
    await house.tick()
    state, holder = await house.lead(1)
    assert (state, holder) == ("offered", "LS0002")
    assert ("system", "expire", "not_called") in await house.events(1)
    assert "Em xin lỗi, giờ hẹn trước chưa gọi được" in house.told(citizen())[-1]
    assert "Giờ gọi mới: 08:00 Thứ Sáu, 27/11/2026" in house.told(citizen())[-1]


async def test_what_came_of_a_call_on_friday_afternoon_is_not_asked_for_on_the_weekend(house):
    house.now = clock(26, 14)
    await house.settle("LS0001", "accept", 1)
    house.now = clock(27, 15)
    await house.settle("LS0001", "call", 1)
    assert await due(house) == {"outcome": "30 09:00"}
    await house.settle("LS0001", "no_answer", 1)
    assert await due(house) == {"call": "30 15:00"}
    house.now = clock(30, 14, 59)
    await house.tick()
    assert await house.lead(1) == ("accepted", "LS0001")


async def test_what_came_of_a_call_is_asked_once_and_then_by_the_officer(house):
    await house.settle("LS0001", "accept", 1)
    house.now = clock(26, 15, 5)
    await house.at_its_hour()
    await house.settle("LS0001", "call", 1)
    assert await due(house) == {"outcome": "27 09:05"}
    house.now = clock(27, 9, 5)
    await house.tick()
    assert house.told(inbox("LS0001"))[-1].startswith("[Nhắc #1]")
    assert await house.lead(1) == ("called", "LS0001")
    house.now = clock(27, 12, 5)
    await house.tick()
    assert await house.lead(1) == ("unassigned", None)
    assert (await house.events(1))[-1] == ("system", "to_office", "no_outcome")


async def test_two_calls_she_does_not_take_let_her_choose_another_hour_and_the_third_is_the_officers(house):
    await house.settle("LS0001", "accept", 1)
    house.now = clock(26, 15, 5)
    for tries in (1, 2, 3):
        await house.settle("LS0001", "call", 1)
        done = await house.settle("LS0001", "no_answer", 1)
        again = local(house.now + AGAIN_AFTER)
        assert done == {"result": "no_answer", "lead": 1, "tries": tries, "left": 3 - tries, "again": again}
        house.now += AGAIN_AFTER
        await house.tick()
    assert "đã gọi 2 lần" in house.told(citizen())[0]
    assert await house.lead(1) == ("unassigned", None)
    assert (await house.events(1))[-1] == ("system", "to_office", "no_answer")
    assert "gọi mấy lần mà chưa gặp" in house.told(citizen())[-1]
    assert "bận" not in house.told(citizen())[-1]


async def missed(house, times):
    """LS0001 calls her at her hour and she does not take it."""
    for _ in range(times):
        await house.settle("LS0001", "call", 1)
        await house.settle("LS0001", "no_answer", 1)
        house.now += AGAIN_AFTER


async def test_an_hour_she_chose_after_two_calls_she_missed_is_tried_anew(house):
    await house.settle("LS0001", "accept", 1)
    house.now = clock(26, 15, 5)
    await missed(house, 2)
    async with house.world(citizen()) as world:
        await world.move_call(at(27, 10))
    house.now = clock(27, 10, 5)
    await missed(house, 1)
    assert await house.lead(1) == ("accepted", "LS0001")
    await missed(house, 2)
    assert await house.lead(1) == ("unassigned", None)


async def test_an_hour_he_chose_without_having_reached_her_is_not(house):
    await house.settle("LS0001", "accept", 1)
    house.now = clock(26, 15, 5)
    await missed(house, 2)
    await house.settle("LS0001", "later", 1, starts_at=at(27, 10))
    house.now = clock(27, 10, 5)
    await missed(house, 1)
    assert await house.lead(1) == ("unassigned", None)


async def test_ringing_three_times_in_a_minute_is_one_try(house):
    await house.settle("LS0001", "accept", 1)
    house.now = clock(26, 15)
    for seconds in (0, 20, 40):
        house.now = clock(26, 15).replace(second=seconds)
        await house.settle("LS0001", "call", 1)
        done = await house.settle("LS0001", "no_answer", 1)
        assert (done["tries"], done["again"]) == (1, at(26, 15, 30))
    assert await house.lead(1) == ("accepted", "LS0001")
    house.now = clock(26, 15, 31)
    await house.settle("LS0001", "call", 1)
    assert (await house.settle("LS0001", "no_answer", 1))["tries"] == 2


async def test_she_is_called_about_the_hour_she_chose_and_not_days_before(house):
    await house.settle("LS0001", "accept", 1)
    house.now = clock(26, 14, 29)
    assert await house.settle("LS0001", "call", 1) == {
        "result": "too_early", "lead": 1, "starts_at": at(26, 15), "opens_at": at(26, 14, 30),
    }  # fmt: skip
    house.now = clock(26, 14, 30)
    assert (await house.settle("LS0001", "call", 1))["phone"] == "0912 345 678"


async def test_who_tries_a_demo_network_out_need_not_wait_for_the_hour(house):
    async with house.engine.begin() as connection:
        await connection.execute(update(organisations).values(demo=True))
    await house.settle("LS0001", "accept", 1)
    assert (await house.settle("LS0001", "call", 1))["result"] == "called"


async def test_who_still_thinks_is_called_again_by_whom_she_knows(house):
    await house.settle("LS0001", "accept", 1)
    house.now = clock(26, 15, 5)
    await house.at_its_hour()
    await house.settle("LS0001", "call", 1)
    await house.settle("LS0001", "thinking", 1, follow_up="in_a_week")
    assert await house.rows(leads.c.state, leads.c.follow_up_on) == [("thinking", date(2026, 12, 3))]
    house.now = datetime(2026, 12, 3, 8, tzinfo=LOCAL)
    await house.tick()
    assert await house.lead(1) == ("offered", "LS0001")
    assert "Giờ gọi mới: 10:00 Thứ Năm, 03/12/2026" in house.told(citizen())[-1]


async def test_who_booked_again_or_was_forgotten_is_not_called_for_the_old_lead(house):
    await house.settle("LS0001", "accept", 1)
    house.now = clock(26, 15, 5)
    await house.at_its_hour()
    await house.settle("LS0001", "call", 1)
    await house.settle("LS0001", "thinking", 1, follow_up="in_3_days")
    await house.book(1, at(30, 9))
    house.now = clock(30, 8)
    await house.tick()
    assert (await house.lead(1))[0] == "thinking"
    await house.forget(1)
    assert await house.rows(timers.c.id) == []


async def test_what_she_joined_with_is_kept(house):
    await house.settle("LS0001", "accept", 1)
    await house.at_its_hour()
    await house.settle("LS0001", "call", 1)
    await house.settle("LS0001", "joined", 1, method="quarterly", amount=594_000)
    assert await house.rows(leads.c.state, leads.c.method, leads.c.amount) == [("won", "quarterly", 594_000)]


async def test_he_moves_a_call_to_another_of_his_hours_and_she_is_told(house):
    await house.settle("LS0001", "accept", 1)
    async with house.world(inbox("LS0001")) as world:
        hours = [candidate.raw for candidate in await world.my_hours()]
    assert at(26, 15) not in hours
    done = await house.settle("LS0001", "later", 1, starts_at=hours[0])
    assert done["result"] == "later"
    assert await house.lead(1) == ("accepted", "LS0001")
    assert await due(house) == {"call": "23 12:30"}
    assert [code for code, _ in await house.booked()] == ["LS0001"]
    assert "Giờ gọi mới: 11:00 Thứ Hai" in house.told(citizen())[-1]
    assert (await house.settle("LS0001", "later", 1, starts_at=at(28, 9)))["result"] == "hour_taken"
    assert await due(house) == {"call": "23 12:30"}


@pytest.mark.parametrize(
    ("hours", "missed_at", "until"),
    [
        (((480, 660),), clock(25, 9, 5), "26 11:00"),  # works from eight to eleven: not two days later
        (((480, 1020),), clock(25, 9, 5), "26 09:05"),
        (((480, 660),), clock(27, 9, 5), "30 11:00"),  # the weekend is no time to call her
    ],
)
async def test_whoever_she_did_not_answer_tries_again_by_the_end_of_his_next_day_at_work(
    hours, missed_at, until, database_url
):
    async with house_on(database_url) as house:
        async with house.engine.begin() as connection:
            await employ(connection, "LS0001", KY_LUA, hours=hours)
        house.now = clock(23, 9)
        await house.book(1, at(missed_at.day, 9))
        await house.settle("LS0001", "accept", 1)
        house.now = missed_at
        await house.settle("LS0001", "call", 1)
        await house.settle("LS0001", "no_answer", 1)
        assert await due(house) == {"call": until}
