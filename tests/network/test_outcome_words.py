"""A lead's number and the words of an outcome mean what they say, whatever is being asked."""

import pytest

from bot.storage import officers
from handlers.collector import FOLLOW_UP
from handlers.reading import Unclear
from tests.network.house import MONDAY_NINE, at, citizen, inbox
from tests.network.town import town_on

HUONG, HUNG = inbox("LS0001"), citizen(9)


@pytest.fixture
async def office(databases):
    """Four leads are with the office, and Hùng is its officer."""
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        async with town.house.engine.begin() as connection:
            await officers.link(connection, HUNG, "hung")
        for number in (1, 2, 3, 4):
            await town.house.book(number, at(25, 8 + number))
            await town.house.settle("LS0001", "decline", number)
        yield town


@pytest.fixture
async def desk(databases):
    """LS0001 rang #1."""
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await town.house.book(1, at(25, 11))
        await town.house.at_its_hour()
        await town.say(HUONG, "accept-1", "call-1")
        yield town


@pytest.mark.parametrize("before", [(), ("#4",), ("#4", "đóng"), ("#3", "giao"), ("#1", "đóng", "suy nghĩ")])
@pytest.mark.parametrize("words", ["#4", "#2", "# 3", "xem #4", "đóng #2"])
async def test_a_lead_s_number_shows_that_lead_whatever_an_officer_is_asked(before, words, office):
    shown = await office.say(HUNG, "xem", *before, words)
    assert f"#{words[-1]}" in shown
    assert (await office.seen(HUNG))[-1].question == "office_do"
    assert [await office.house.lead(number) for number in (1, 2, 3, 4)] == [("unassigned", None)] * 4
    await office.say(HUNG, "3", "không tham gia")
    assert (await office.house.lead(int(words[-1])))[0] == "lost"


@pytest.mark.parametrize("before", [(), ("#4",), ("#4", "đóng")])
async def test_the_number_of_no_lead_of_the_office_is_no_choice(before, office):
    await office.say(HUNG, "#3", "đóng", "không tham gia", *before)
    assert (await office.say(HUNG, "#3")).startswith("Số đó không có trong danh sách")
    assert (await office.seen(HUNG))[-1].question == "office"
    assert await office.house.lead(4) == ("unassigned", None)


@pytest.mark.parametrize(
    ("words", "state"),
    [
        *(("khong gap duoc", "unreachable"), ("Không liên lạc được ạ", "unreachable")),
        *(("khong tham gia", "lost"), ("ko tham gia", "lost"), ("từ chối", "lost")),
        *(("khong nghe may", "unassigned"), ("3 ngày nay không gặp", "unassigned")),
        *(("không gọi nữa", "thinking"), ("không", "thinking"), ("3 ngày", "thinking")),
    ],
)
async def test_an_officer_s_words_of_another_outcome_are_never_its_opposite(words, state, office):
    await office.say(HUNG, "#2", "đóng", "suy nghĩ", words)
    assert (await office.house.lead(2))[0] == state


@pytest.mark.parametrize("asked", ["còn suy nghĩ", "tham gia"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("khong nghe may", "Đã ghi: #1 không nghe máy"),
        ("khong tham gia", "Đã ghi: #1 không tham gia"),
        ("dạ k tham gia ạ", "Đã ghi: #1 không tham gia"),
        ("sai số", "Đã ghi: #1 sai số"),
    ],
)
async def test_a_collector_s_words_of_another_outcome_are_that_outcome(asked, words, told, desk):
    assert (await desk.say(HUONG, asked, words)).startswith(told)


@pytest.mark.parametrize(
    "words", ["chị ấy không nghe máy", "không tham gia đâu em", "khong gap duoc", "khong ro"]
)
async def test_where_they_are_not_sure_he_is_asked_again(words, desk):
    await desk.say(HUONG, "còn suy nghĩ", words)
    assert (await desk.house.lead(1))[0] == "called"
    assert (await desk.seen(HUONG))[-1].question == "follow_up"


@pytest.mark.parametrize(
    "words", ["không", "dạ ko ạ", "thôi", "không gọi nữa", "thôi đừng gọi nữa", "no_more"]
)
def test_a_no_alone_is_no_more_calls(words):
    assert FOLLOW_UP.read(words, MONDAY_NINE.date()) == "no_more"


@pytest.mark.parametrize("words", ["không nghe máy 3 ngày nay", "no answer", "không rõ", "thôi sai số rồi"])
def test_a_no_inside_other_words_is_none(words):
    with pytest.raises(Unclear):
        FOLLOW_UP.read(words, MONDAY_NINE.date())
