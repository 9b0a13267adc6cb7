"""She moves her call in her own words: the time she names is offered, and nothing moves until she chooses."""

import pytest

from tests.network.house import KY_LUA, at, citizen, employ
from tests.network.town import BOOKING, town_on


@pytest.fixture
async def town(databases):
    """A town in which she is to be called on Tuesday at nine."""
    async with town_on(databases.make("sqlite")) as made:
        async with made.house.engine.begin() as connection:
            await employ(connection, "LS0001", KY_LUA, hours=((480, 1260),))
        await made.say(citizen(), *BOOKING[:3], "1", "chị Lành", "0912345678", "đồng ý")
        yield made


async def offered(town):
    last = (await town.seen(citizen()))[-1]
    return last.question, [option.label.replace("\u00a0", " ") for option in last.options]


async def her_hour(town):
    async with town.house.world(citizen()) as world:
        return (await world.my_call())["starts_at"]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("đổi sang 9h sáng thứ 5", "09:00 Thứ Năm, 26/11/2026"),
        ("dời sang chiều mai", "13:00 Thứ Tư, 25/11/2026"),
        ("dời sang 27/11", "08:00 Thứ Sáu, 27/11/2026"),
        ("em bận quá chị gọi lại chiều mai được không", "13:00 Thứ Tư, 25/11/2026"),
    ],
)
async def test_the_time_she_names_is_offered_and_moved_to_when_she_chooses_it(words, first, town):
    before = await her_hour(town)
    town.house.later(days=1)
    town.house.now = town.house.now.replace(hour=7)
    await town.say(citizen(), words)
    question, labels = await offered(town)
    assert (question, labels[0]) == ("new_slot_wished", first)
    assert await her_hour(town) == before
    await town.say(citizen(), "1")
    assert await her_hour(town) == at(int(first[-10:-8]), int(first[:2]))


async def test_the_hour_she_has_is_not_offered_again(town):
    now = await her_hour(town)
    await town.say(citizen(), "đổi giờ")
    question, labels = await offered(town)
    assert (question, labels[-1]) == ("new_slot", "Giờ khác")
    assert not [label for label in labels if label[:5] == now[11:16] and label[-10:-8] == now[8:10]]


async def test_a_time_that_is_not_among_those_offered_need_not_be_typed_twice(town):
    await town.say(citizen(), "đổi giờ", "19h thứ 5")
    assert await offered(town) == ("new_slot_wished", ["19:00 Thứ Năm, 26/11/2026"])


async def test_where_nobody_can_call_then_she_is_told_and_keeps_the_hour_she_has(town):
    before = await her_hour(town)
    assert (await town.say(citizen(), "dời sang chủ nhật")).startswith("Lúc đó chưa có ai gọi được")
    assert (await offered(town))[0] == "new_slot"
    assert (await town.say(citizen(), "giờ khác", "chủ nhật")).startswith("Lúc đó chưa có ai gọi được")
    assert (await offered(town))[0] == "call_time"
    assert await her_hour(town) == before


async def test_a_day_too_far_ahead_is_told_with_the_last_one_and_the_call_stays(town):
    before = await her_hour(town)
    assert "đến hết ngày 07/12/2026" in await town.say(citizen(), "dời sang 15/12")
    assert (await offered(town))[0] == "new_slot"
    assert "đến hết ngày 07/12/2026" in await town.say(citizen(), "giờ khác", "15/12")
    assert (await offered(town))[0] == "call_time"
    assert await her_hour(town) == before


async def test_an_evening_without_anybody_is_not_offered_twice_when_she_moves_her_call(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await town.say(citizen(), *BOOKING, "đổi giờ", "giờ khác", "tối nay")
        assert await offered(town) == ("call_time", ["Càng sớm càng tốt"])


async def test_a_number_that_may_be_a_day_or_an_hour_is_asked(town):
    await town.say(citizen(), "đổi giờ", "giờ khác", "15")
    question, labels = await offered(town)
    assert (question, len(labels)) == ("call_time", 2)


@pytest.mark.parametrize("asked", [("đổi giờ",), ("đổi giờ", "giờ khác")])
async def test_the_very_hour_she_has_is_said_to_be_hers(asked, town):
    before = await her_hour(town)
    named = f"{int(before[11:13])}h {before[8:10]}/{before[5:7]}"
    assert (await town.say(citizen(), *asked, named)).startswith("Giờ đó là giờ đang hẹn rồi.")
    assert await her_hour(town) == before


async def test_a_whole_afternoon_without_a_free_hour_is_not_her_hour(databases):
    async with town_on(databases.make("sqlite")) as town:
        async with town.house.engine.begin() as connection:
            await employ(connection, "LS0001", KY_LUA, hours=((840, 900),))  # from two to three
        await town.say(citizen(), *BOOKING[:3], "1", "chị Lành", "0912345678", "đồng ý")
        day = (await her_hour(town))[8:10]
        assert (await town.say(citizen(), "đổi giờ", f"chiều {day}/11")).startswith("Lúc đó chưa có ai gọi")
