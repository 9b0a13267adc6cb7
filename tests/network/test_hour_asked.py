"""The hour she names when she asks for a call is the hour that is offered."""

import pytest

from tests.network.house import citizen
from tests.network.test_forgetting import WORKED_OUT
from tests.network.town import BOOKING, town_on

ME = citizen()
WEDNESDAY = "Thứ Tư, 25/11/2026"  # the day after tomorrow: tomorrow nobody calls


@pytest.fixture
async def town(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as made:
        yield made


async def offered(town):
    return [option.label for option in (await town.seen(ME))[-1].options]


AFTERNOON = [f"{hour}:00 {WEDNESDAY}" for hour in (13, 14, 15)]
ASKED = {
    "hẹn gọi lại chiều thứ 4": AFTERNOON,
    "chieu thu 4 goi chi dc k": AFTERNOON,
    "hẹn gọi lại lúc 15h thứ 4": AFTERNOON[2:],
    "sáng thứ 4 gọi cho chị nhé": [f"{hour} {WEDNESDAY}" for hour in ("08:00", "09:00", "10:00")],
}


@pytest.mark.parametrize(("words", "hours"), ASKED.items())
@pytest.mark.parametrize("before", [(), ("hẹn gọi lại",), ("xem có được tham gia không",)])
async def test_the_hours_offered_are_those_she_named(before, words, hours, town):
    await town.say(ME, "xin chào", *before, words, "phường Kỳ Lừa")
    assert [label for label in await offered(town) if WEDNESDAY in label][:3] == hours


async def test_where_she_lives_and_her_number_are_kept_with_it(town):
    asked = "gọi lại cho chị 10h sáng thứ 4, ở phường Kỳ Lừa, số 0912345678"
    assert "Phường Kỳ Lừa" in await town.say(ME, "xin chào", asked)
    await town.say(ME, "đúng rồi")
    assert await offered(town) == [f"10:00 {WEDNESDAY}"]
    assert "0912 345 678" in await town.say(ME, "1", "chị Lành")
    assert "Đã hẹn xong" in await town.say(ME, "đồng ý")


@pytest.mark.parametrize("words", ["cho ng goi chi di", "chị cần người gọi"])
async def test_a_wish_without_an_hour_leads_to_the_hours_there_are(words, town):
    await town.say(ME, "xin chào", words, "phường Kỳ Lừa")
    assert (await town.seen(ME))[-1].question == "slot"


async def test_an_hour_nobody_calls_at_is_told_with_the_hours_there_are(town):
    said = await town.say(ME, "xin chào", "hẹn gọi lại chiều mai", "phường Kỳ Lừa")
    assert "ngày nghỉ lễ" in said
    assert (await town.seen(ME))[-1].question == "slot"


async def test_the_next_booking_knows_nothing_of_that_hour(town):
    await town.say(ME, "xin chào", "hẹn gọi lại chiều thứ 4", "phường Kỳ Lừa", "hẹn gọi lại")
    await town.say(ME, "menu", "hẹn gọi lại")
    assert (await town.seen(ME))[-1].question == "slot"


async def test_after_a_quote_the_call_is_about_it_and_at_her_hour(town):
    await town.say(ME, "xin chào", *WORKED_OUT)
    assert (await town.seen(ME))[-1].question == "quote"
    await town.say(ME, "chiều thứ 4 gọi chị nhé")
    assert [label for label in await offered(town) if WEDNESDAY in label][:3] == AFTERNOON
    said = await town.say(ME, "1", "chị Lành", "0912345678", "đồng ý")
    assert "Đã hẹn xong" in said
    assert "LS-" in said


async def test_with_a_call_booked_the_same_words_move_it(town):
    await town.say(ME, *BOOKING, "chiều thứ 4 gọi chị nhé")
    assert (await town.seen(ME))[-1].question == "new_slot_wished"
