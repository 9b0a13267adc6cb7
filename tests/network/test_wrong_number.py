"""The number she left was wrong: she is told, and whatever she answers books anew with the right one."""

import pytest

from bot.storage import leads
from bot.storage.network_schema import leads as leads_table
from tests.network.house import PHONE, citizen
from tests.network.town import BOOKING, town_on

ME = citizen()
OTHER = "+84987654321"


@pytest.fixture
async def town(databases):
    """A town in which a collector has just noted that her number is wrong."""
    async with town_on(databases.make("sqlite"), "LS0001") as made:
        await made.say(ME, *BOOKING)
        await made.house.at_its_hour()
        for action in ("accept", "call", "wrong_number"):
            await made.house.settle("LS0001", action, 1)
        yield made


async def told(town):
    """Let the notice come."""
    town.house.later(minutes=11)
    await town.timers.drain()
    await town.sender.drain()
    return (await town.seen(ME))[-1].text


async def phone_of(town, lead):
    async with town.house.engine.connect() as connection:
        return (await leads.person(connection, town.house.cipher, lead)).phone


@pytest.mark.parametrize(
    "words",
    [
        "0987654321",
        "dạ 0987 654 321 ạ",
        "số em là 0987654321",
        "em ghi nhầm số, số đúng là 0987654321",
        "số đúng là 0987654321 nhé em",
    ],
)
async def test_the_right_number_alone_books_anew_with_it(words, town):
    assert "nhắn em số đúng" in await told(town)
    await town.say(ME, words)
    assert (await town.seen(ME))[-1].question == "slot"
    assert "gọi số 0987 654 321" in await town.say(ME, "1")
    assert "Đã hẹn xong" in await town.say(ME, "đồng ý")
    assert await phone_of(town, 2) == OTHER


@pytest.mark.parametrize("words", ["đổi số", "nhầm số", "sai số rồi em", "hẹn gọi lại", "để số khác"])
async def test_without_the_right_number_it_is_asked_for_and_the_wrong_one_never_used_again(words, town):
    await told(town)
    await town.say(ME, words, "1")
    assert (await town.seen(ME))[-1].question == "phone"
    await town.say(ME, "0987654321", "đồng ý")
    assert await phone_of(town, 2) == OTHER


async def test_who_has_but_that_number_may_give_it_again(town):
    await told(town)
    assert "gọi số 0912 345 678" in await town.say(ME, "hẹn gọi lại", "1", "0912345678")
    assert "Đã hẹn xong" in await town.say(ME, "đồng ý")
    assert await phone_of(town, 2) == PHONE


async def test_a_number_that_answers_a_question_is_left_to_it(town):
    await told(town)
    await town.say(ME, "hẹn gọi lại", "1")
    assert "gọi số 0987 654 321" in await town.say(ME, "số em là 0987654321")


async def test_she_learns_nothing_while_it_may_be_a_slip(town):
    assert "không có lịch gọi nào" in await town.say(ME, "đổi số")
    await town.house.settle("LS0001", "undo", 1)
    assert await town.house.rows(leads_table.c.id) == [(1,)]


async def test_who_was_called_on_the_right_number_keeps_it_for_the_next_call(town):
    await town.house.settle("LS0001", "undo", 1)
    await town.house.settle("LS0001", "joined", 1)
    town.house.later(hours=1)
    assert "gọi số 0912 345 678" in await town.say(ME, "hẹn gọi lại", "1")


async def test_a_number_that_proves_wrong_again_is_replaced_again(town):
    await told(town)
    await town.say(ME, "để số khác", "1", "0987654321", "đồng ý")
    await town.house.at_its_hour(2)
    for action in ("accept", "call", "wrong_number"):
        await town.house.settle("LS0001", action, 2)
    await told(town)
    assert "gọi số 0977 123 456" in await town.say(ME, "đổi số", "1", "0977123456")
    await town.say(ME, "đồng ý")
    assert await phone_of(town, 3) == "+84977123456"


async def test_changing_a_number_that_is_not_there_costs_no_hour_she_chose(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as fresh:
        await fresh.say(ME, *BOOKING[:4])
        assert "không có lịch gọi nào" in await fresh.say(ME, "đổi số")
        await fresh.say(ME, "tiếp tục")
        assert (await fresh.seen(ME))[-1].question == "name"
