"""What a collector does beside his leads, as he types it: his days, his month, days off, a quick quote."""

import pytest
from sqlalchemy import select

from bot.storage.network_schema import days_off, leads, quotes
from tests.network.house import at, citizen, inbox
from tests.network.test_desk import HUONG, book, labels
from tests.network.town import BOOKING, town_on


@pytest.fixture
async def town(database_url):
    async with town_on(database_url, "LS0001", "LS0002") as made:
        yield made


async def test_the_menu_beside_his_leads_works_by_numbers(town):
    await town.say(HUONG, "menu")
    assert (await town.say(HUONG, "2")).startswith("Anh/chị muốn xem gì?")
    assert await labels(town) == ["Lịch hôm nay, ngày mai", "Tháng này của tôi", "Tháng này, có xếp hạng",
                                  "Xin nghỉ", "Bỏ ngày nghỉ", "Tính nhanh cho khách"]  # fmt: skip
    assert (await town.say(HUONG, "1")).startswith("23/11/2026: chưa có lịch.")
    assert await labels(town) == ["Xem có gì mới", "Việc khác"]


async def test_his_agenda_names_today_and_tomorrow_by_the_hour(town):
    await book(town, 1, at(25, 14))
    await book(town, 2, at(25, 9))
    town.house.now = town.house.now.replace(day=24)
    lines = (await town.say(HUONG, "lịch hôm nay")).splitlines()
    assert lines[:3] == ["24/11/2026: chưa có lịch.", "25/11/2026:", "• 14:00 #1 Chị Lành (chưa nhận)"]


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("mai nghỉ", "2026-11-24", "2026-11-24"),
        ("mai nghi", "2026-11-24", "2026-11-24"),
        ("nghỉ 25/12", "2026-12-25", "2026-12-25"),
        ("em xin nghỉ thứ 5", "2026-11-26", "2026-11-26"),
        ("nghỉ từ 1/12 đến 3/12", "2026-12-01", "2026-12-03"),
        ("nghỉ t7 cn", "2026-11-28", "2026-11-29"),
        ("nghỉ thứ 7 và chủ nhật", "2026-11-28", "2026-11-29"),
        ("xin nghỉ chiều mai", "2026-11-24", "2026-11-24"),
    ],
)
async def test_days_off_are_taken_by_saying_so(words, first, last, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        assert (await town.say(HUONG, words)).startswith("Em ghi anh/chị nghỉ cả ngày")
        assert await town.house.rows(days_off.c.first) == []
        assert (await town.say(HUONG, "1")).startswith("Đã ghi nghỉ")
        [(begins, ends)] = await town.house.rows(days_off.c.first, days_off.c.last)
        assert (begins.isoformat(), ends.isoformat()) == (first, last)
        assert not any(start.startswith(first) for start in await town.house.free())


async def test_what_he_had_on_his_days_off_goes_to_others(town):
    await book(town, 1, at(25, 14))
    await town.say(HUONG, "1")
    assert "1 lịch trong những ngày đó đã chuyển" in await town.say(HUONG, "nghỉ 25/11", "ghi")
    assert await town.house.lead(1) == ("offered", "LS0002")
    assert ("collector:LS0001", "give_back", "day_off") in await town.house.events(1)


async def test_a_call_of_the_next_minutes_gets_another_hour_when_he_has_to_leave(town):
    await book(town, 1, at(23, 11))
    await town.say(HUONG, "1")
    town.house.later(hours=1, minutes=30)
    await town.say(HUONG, "hôm nay nghỉ", "đúng")
    assert await town.house.lead(1) == ("offered", "LS0002")
    assert "Giờ gọi mới: 13:00" in (await town.seen(citizen(1)))[-1].text


@pytest.mark.parametrize("words", ["nghỉ", "xin nghỉ", "nghỉ khi nào rảnh"])
async def test_days_that_were_not_named_are_asked_for(words, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await town.say(HUONG, words)
        assert (await town.seen(HUONG))[-1].question == "days_off"
        assert (await town.say(HUONG, "nghỉ 25/12", "1")).startswith("Đã ghi nghỉ 25/12/2026.")
        assert await town.house.rows(days_off.c.first) != []


async def test_who_is_still_thinking_is_no_day_off(town):
    await book(town, 1, at(25, 14))
    await town.house.at_its_hour()
    said = await town.say(HUONG, "1", "gọi", "còn suy nghĩ")
    assert said.startswith("#1 còn suy nghĩ. Bao giờ gọi lại?")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("nghỉ t2 t3", "Anh/chị chọn giúp em lúc nào"),
        ("nghỉ phép 3 ngày", "Anh/chị cho em biết rõ ngày"),
        ("nghỉ từ mai", "Anh/chị nghỉ đến hết ngày nào?"),
        ("nghỉ từ 3/12 đến 1/12", "Ngày cuối trước ngày đầu"),
    ],
)
async def test_days_that_may_be_others_are_asked_for_again(words, answer, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        assert (await town.say(HUONG, words)).startswith(answer)
        await town.say(HUONG, "english")
        assert (await town.seen(HUONG))[-1].question == "days_off"
        await town.say(HUONG, "24/11 đến 25/11", "1")
        assert len(await town.house.rows(days_off.c.first)) == 1


async def test_a_no_leaves_his_days_and_his_calls_as_they_are(town):
    await book(town, 1, at(25, 14))
    await town.say(HUONG, "1")
    assert (await town.say(HUONG, "nghỉ 25/11", "không")).startswith("Em chưa ghi ngày nghỉ nào")
    assert await town.house.lead(1) == ("accepted", "LS0001")


@pytest.mark.parametrize("words", ["bỏ ngày nghỉ mai", "huỷ nghỉ", "mai làm lại", "mai em không nghỉ nữa"])
async def test_a_day_off_can_be_taken_back(words, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        assert (await town.say(HUONG, words)).startswith("Sắp tới anh/chị không có ngày nghỉ nào")
        await town.say(HUONG, "mai nghỉ", "1")
        await town.say(HUONG, words)
        assert await labels(town) == ["24/11/2026"]
        assert (await town.say(HUONG, "1")).startswith("Đã bỏ ngày nghỉ 24/11/2026")
        assert await town.house.rows(days_off.c.first) == []


@pytest.mark.parametrize(
    "words", ["khách nghỉ làm ở công ty mai tính sao", "hôm nay tôi nghỉ thì tính lương sao"]
)
async def test_words_about_others_days_are_none_of_his(words, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await town.say(HUONG, words)
        assert (await town.seen(HUONG))[-1].question == "desk"


async def test_his_month_is_counted_and_his_rank_shown_only_when_he_asks(town):
    await book(town, 1, at(23, 14))
    await town.house.at_its_hour()
    await town.say(HUONG, "1", "đang gọi", "1", "1")
    assert await town.house.rows(leads.c.state) == [("won",)]
    said = await town.say(HUONG, "tháng này")
    assert said.startswith("Tháng 11/2026: được mời 1, gặp được 1, tham gia 1.")
    assert "Xếp" not in said
    assert "Xếp thứ 1 trong 1 người" in await town.say(HUONG, "hạng")


async def test_a_quick_quote_names_him_and_brings_who_has_it_to_him(town):
    await town.say(HUONG, "tính")
    for answer in ("3/1983", "nữ", "chưa đóng", "vân nham", "cận nghèo", "đóng 200k", "1"):
        said = await town.say(HUONG, answer)
    assert "mã giới thiệu LS0001" in said
    [(code, referrer)] = await town.house.rows(quotes.c.code, quotes.c.referrer)
    assert (code in said, referrer) == (True, "LS0001")
    assert (await town.say(HUONG, "menu")).startswith("Chưa có lịch nào")
    for number, hour in ((7, 9), (8, 10)):
        done = await town.house.book(number, at(25, hour), quote_code=code)
        assert done["collector"]["code"] == "LS0001", "whose turn it is does not matter"
    assert (await town.house.book(9, at(25, 11)))["collector"]["code"] == "LS0002"


async def test_a_card_that_comes_while_he_is_asked_something_can_be_tapped(town):
    await book(town, 1, at(25, 14))
    await town.house.at_its_hour()
    await town.say(HUONG, "1", "đang gọi", "2")
    assert (await town.seen(HUONG))[-1].question == "follow_up"
    async with town.house.engine.begin() as connection:
        await connection.execute(select(leads.c.id))
    await book(town, 2, at(25, 15))
    held = (await town.house.lead(2))[1]
    await town.tap(inbox(held), "accept-2")
    assert await town.house.lead(2) == ("accepted", held)


async def test_nobody_else_has_any_of_it(town):
    await town.say(citizen(), *BOOKING)
    async with town.house.world(citizen(5)) as world:
        assert await world.agenda() == {
            "days": [{"day": "2026-11-23", "cards": []}, {"day": "2026-11-24", "cards": []}]
        }
        assert (await world.my_month())["offered"] == 0
        assert (await world.take_off(town.house.now.date(), town.house.now.date()))["moved"] == 0
    assert await town.house.rows(days_off.c.first) == []
