"""Somebody wrote that he called her, and she says that nobody did: the office looks into it."""

import pytest

from bot.storage import officers
from handlers.messages import Address
from tests.network.house import citizen
from tests.network.town import BOOKING, town_on

ME, OFFICER = citizen(), Address("web", "site", "hung")


@pytest.fixture
async def town(databases):
    """A town in which a collector wrote that she joins; the office has a chat."""
    async with town_on(databases.make("sqlite"), "LS0001") as made:
        async with made.house.engine.begin() as connection:
            await officers.link(connection, OFFICER, "hung")
        await made.say(ME, *BOOKING)
        await made.house.at_its_hour()
        for action in ("accept", "call", "joined"):
            await made.house.settle("LS0001", action, 1)
        yield made


async def after_hours(town):
    town.house.later(hours=2, minutes=5)
    await town.timers.drain()
    await town.sender.drain()


async def at_the_office(town):
    await town.sender.drain()
    return [message for message in await town.seen(OFFICER) if message.notice == "office_denied_call"]


@pytest.mark.parametrize(
    "words", ["chưa ai gọi", "sao chưa thấy ai gọi vậy em", "khong co ai goi chi dau", "nobody called"]
)
async def test_what_the_notice_says_to_type_is_kept_and_the_office_told(words, town):
    await after_hours(town)
    said = await town.say(ME, words)
    assert "báo cơ quan BHXH" in said
    assert (await town.seen(ME))[-1].options[0].id == "booking"
    assert (await town.house.events(1))[-1] == ("citizen", "denied_call", "")
    [notice] = await at_the_office(town)
    assert notice.text.startswith("[Chưa được gọi #1]")
    assert not any(hers in notice.text for hers in ("Lành", "912", "345"))


async def test_it_is_told_once_however_often_she_says_it(town):
    await town.say(ME, "chưa ai gọi")
    assert "báo cơ quan BHXH rồi" in await town.say(ME, "chưa ai gọi")
    assert len(await at_the_office(town)) == 1
    assert [what for _, what, _ in await town.house.events(1)].count("denied_call") == 1


async def test_she_is_not_thanked_for_a_call_she_denied_and_may_book_anew(town):
    before = len(await town.seen(ME))
    await town.say(ME, "chưa ai gọi")
    await after_hours(town)
    assert len(await town.seen(ME)) == before + 1
    assert "Đã hẹn xong" in await town.say(ME, "1", "1", "đồng ý")


async def test_who_never_had_a_call_is_told_that_there_is_none(town):
    stranger = citizen(2)
    assert "không có lịch gọi nào" in await town.say(stranger, "xin chào", "chưa ai gọi")
    assert await at_the_office(town) == []


async def test_of_a_call_that_was_called_off_nothing_is_denied(town):
    await town.say(ME, "hẹn gọi lại", "1", "đồng ý", "huỷ lịch", "có")
    assert "không có lịch gọi nào" in await town.say(ME, "chưa ai gọi")
    assert await at_the_office(town) == []
