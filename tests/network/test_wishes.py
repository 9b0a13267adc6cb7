"""When she would like to be called, in her own words, where the times offered do not suit."""

import pytest

from bot.storage.network_schema import leads
from tests.network.house import KY_LUA, citizen, employ
from tests.network.town import BOOKING, town_on


@pytest.fixture
async def town(databases):
    async with town_on(databases.make("sqlite")) as made:
        async with made.house.engine.begin() as connection:
            await employ(connection, "LS0001", KY_LUA, hours=((480, 1260),))
        await made.say(citizen(), *BOOKING[:3])
        yield made


async def offered(town):
    last = (await town.seen(citizen()))[-1]
    return last.question, [option.label for option in last.options]


async def test_another_time_is_the_last_choice(town):
    question, labels = await offered(town)
    assert (question, labels[-1]) == ("slot", "Giờ khác")
    await town.say(citizen(), str(len(labels)))
    assert await offered(town) == ("call_time", ["Càng sớm càng tốt", "Tối nay"])


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        ("càng sớm càng tốt", ["10:00", "11:00", "12:00", "13:00"]),
        ("mấy giờ cũng đc", ["10:00", "11:00", "12:00", "13:00"]),
        ("lúc nào rảnh thì gọi em nhé", ["10:00", "11:00", "12:00", "13:00"]),
        ("mốt", ["08:00", "09:00", "10:00", "11:00"]),
        ("tối nay", ["17:00", "18:00", "19:00", "20:00"]),
        ("19h thứ 4", ["19:00"]),
        ("chiều thứ 5", ["13:00", "14:00", "15:00", "16:00"]),
    ],
)
async def test_what_she_names_is_offered(words, hours, town):
    await town.say(citizen(), "giờ khác", words)
    question, labels = await offered(town)
    assert question == "slot_wished"
    assert [label[:5] for label in labels] == hours


async def test_an_evening_she_named_is_booked_and_she_is_called_then(town):
    await town.say(citizen(), "giờ khác", "tối nay", "1", "chị Lành", "0912345678")
    assert "17:00" in await town.say(citizen(), "đồng ý")
    [(starts_at,)] = await town.house.rows(leads.c.starts_at)
    assert starts_at.hour == 10  # UTC


@pytest.mark.parametrize(
    ("words", "hour", "why"),
    [
        ("15/12", 9, "Em chỉ hẹn trước được đến hết ngày 07/12/2026."),
        ("mùng 1 tết", 9, "Em chỉ hẹn trước được đến hết ngày 07/12/2026."),
        ("8h sáng nay", 10, "Giờ đó đã qua rồi."),
        ("sáng nay", 11, "Giờ đó đã qua rồi."),
        ("10h30 sáng nay", 10, "Giờ đó sát quá, em không kịp báo cho người gọi."),
        ("mai", 9, "Hôm đó là ngày nghỉ lễ, không có ai gọi."),
        ("chủ nhật", 9, "Lúc đó chưa có ai gọi được."),
    ],
)
async def test_she_is_told_why_nobody_can_call_then_and_asked_again(words, hour, why, town):
    town.house.now = town.house.now.replace(hour=hour)
    for asked in ("giờ khác", words):  # where times are offered, and where she is asked for one
        said = await town.say(citizen(), asked)
    assert said.startswith(why)
    assert said.endswith("Ví dụ: sáng mai, 15h thứ 5, sau 17h.")
    assert await offered(town) == ("call_time", ["Càng sớm càng tốt", "Tối nay"])


async def test_a_day_too_far_ahead_need_not_be_named_twice(town):
    assert (await town.say(citizen(), "15/12")).startswith("Em chỉ hẹn trước được đến hết ngày 07/12/2026.")
    await town.say(citizen(), "3/12")
    assert (await offered(town))[0] == "slot_wished"


async def test_the_last_day_of_the_two_weeks_can_be_booked(town):
    await town.say(citizen(), "giờ khác", "7/12")
    question, labels = await offered(town)
    assert (question, {label[-10:] for label in labels}) == ("slot_wished", {"07/12/2026"})


async def test_a_day_too_far_ahead_is_said_to_be_so_in_english_too(town):
    await town.say(citizen(), "english", "another time")
    for words in ("15/12", "15 December", "1 Jan"):
        assert (await town.say(citizen(), words)).startswith("Calls can be booked until 07/12/2026.")


async def test_at_tet_nobody_calls(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        town.house.now = town.house.now.replace(year=2027, month=2, day=3)  # Tết is on the 6th
        await town.say(citizen(), *BOOKING[:3], "giờ khác")
        assert (await town.say(citizen(), "mùng 1 tết")).startswith("Hôm đó là ngày nghỉ lễ")


async def test_what_has_just_failed_is_not_offered_again(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:  # nobody works in the evening
        await town.say(citizen(), *BOOKING[:3], "giờ khác")
        assert await offered(town) == ("call_time", ["Càng sớm càng tốt", "Tối nay"])
        assert (await town.say(citizen(), "2")).startswith("Lúc đó chưa có ai gọi được")
        assert await offered(town) == ("call_time", ["Càng sớm càng tốt"])
        await town.say(citizen(), "không hiểu")
        assert await offered(town) == ("call_time", ["Càng sớm càng tốt"])
        await town.say(citizen(), "1")
        assert (await offered(town))[0] == "slot_wished"


async def test_a_choice_that_would_not_help_either_is_not_offered_for_a_day_that_failed(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await town.say(citizen(), *BOOKING[:3], "giờ khác", "15/12")
        assert await offered(town) == ("call_time", ["Càng sớm càng tốt"])


async def test_tomorrow_is_the_day_after_she_says_it_however_long_ago_she_began(town):
    house = town.house
    await town.say(citizen(), "giờ khác")
    house.later(days=2)  # Wednesday, after the holiday
    await town.say(citizen(), "sáng mai")
    _, labels = await offered(town)
    assert {label[-10:] for label in labels} == {"26/11/2026"}
    house.later(days=1)
    await town.say(citizen(), "chị Lành")  # another day: what she asked for still means the same
    assert {label[-10:] for label in (await offered(town))[1]} == {"26/11/2026"}


async def test_of_the_times_offered_tomorrow_too_counts_from_today(town):
    town.house.later(days=2)
    await town.say(citizen(), "giờ khác", "chiều mai 14h")
    question, labels = await offered(town)
    assert (question, [label[-10:] for label in labels]) == ("slot_wished", ["26/11/2026"])
    await town.say(citizen(), "mai 14h", "chị Lành", "0912345678", "đồng ý")
    [(starts_at,)] = await town.house.rows(leads.c.starts_at)
    assert starts_at.date().isoformat() == "2026-11-26"
