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


async def test_a_time_nobody_can_call_at_is_asked_again(town):
    await town.say(citizen(), "giờ khác")
    assert (await town.say(citizen(), "chủ nhật")).startswith("Lúc đó chưa có ai gọi được")
    assert (await offered(town))[0] == "call_time"


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
