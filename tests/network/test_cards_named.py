"""A collector names a card and what he does with it: in any words, at any moment."""

from datetime import datetime

import pytest

from handlers.desk_words import Said, said_in
from handlers.leads import Move
from tests.network.house import at, citizen, inbox
from tests.network.town import BOOKING, town_on

HUONG = inbox("LS0001")


@pytest.fixture
async def town(databases):
    """LS0001 has the calls #1 and #2 of this morning and rang both."""
    async with town_on(databases.make("sqlite"), "LS0001") as made:
        for number in (1, 2):
            await made.house.book(number, at(25, 8 + number))
        made.house.now = datetime.fromisoformat(at(25, 9, 45))
        await made.say(HUONG, "accept-1", "call-1", "accept-2", "call-2")
        yield made


@pytest.fixture
async def alone(databases):
    """Chị Lành booked by chat, and LS0001 rang her at her hour."""
    async with town_on(databases.make("sqlite"), "LS0001") as made:
        await made.say(citizen(), *BOOKING)
        await made.house.at_its_hour()
        await made.say(HUONG, "accept-1", "call-1")
        yield made


async def labels(town, who=HUONG):
    return [option.label for option in (await town.seen(who))[-1].options]


@pytest.mark.parametrize(
    ("words", "deed"),
    [
        ("#1482", Said(None, 1482, True)),
        ("thẻ 7", Said(None, 7, True)),
        ("1482", Said(None, 1482, False)),
        ("gọi #1482", Said(Move.CALL, 1482, True)),
        ("Gọi thẻ 3 nhé", Said(Move.CALL, 3, True)),
        ("#3: tham gia", Said(Move.JOINED, 3, True)),
        ("em k nghe máy #3", Said(Move.NO_ANSWER, 3, True)),
        ("không nghe máy thẻ #3", Said(Move.NO_ANSWER, 3, True)),
        ("ko tham gia #3", Said(Move.NOT_INTERESTED, 3, True)),
        ("trả thẻ #3", Said(Move.GIVE_BACK, 3, True)),
        ("dời lịch #2", Said(Move.LATER, 2, True)),
        ("lùi lịch", Said(Move.LATER, 0, False)),
        ("đổi giờ giúp em", Said(Move.LATER, 0, False)),
        ("đổi giờ 9", None),
        ("tham gia", Said(Move.JOINED, 0, False)),
        ("chị ấy tham gia rồi", None),
        ("gọi rồi", None),
        ("12", None),
        ("1482 2", None),
        ("lịch", None),
    ],
)
def test_what_a_message_names(words, deed):
    assert said_in(words) == deed


@pytest.mark.parametrize("words", ["#2", "thẻ 2", "xem #2"])
async def test_a_card_he_names_is_shown_with_its_own_choices(words, town):
    told = await town.say(HUONG, words)
    assert "[#2]" in told
    assert "[#1]" not in told
    shown = await labels(town)
    assert [shown[0], *shown[-2:]] == ["#2: tham gia", "Xem có gì mới", "Việc khác"]
    assert not any("#1" in label for label in shown)
    assert (await town.say(HUONG, "4")).startswith("Đã ghi: #2 không nghe máy")


async def test_a_long_number_needs_no_mark_and_a_card_of_another_is_not_shown(town):
    for words in ("1482", "#1482", "gọi #1482"):
        assert "[#1]" in await town.say(HUONG, "xem")
        assert (await town.say(HUONG, words)).startswith("Em không thấy việc đó ở chỗ anh/chị.")


async def test_a_card_past_those_that_are_shown_is_shown_when_it_is_named(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        for number in range(13):
            await town.house.book(number, at(25 + number // 8, 8 + number % 8))
        last = 12
        assert f"[#{last}]" not in await town.say(HUONG, "xem")
        assert f"[#{last}] Phường Kỳ Lừa – hẹn" in await town.say(HUONG, f"#{last}")
        assert (await labels(town))[:2] == [f"Nhận #{last}", f"Không nhận #{last}"]
        assert (await town.say(HUONG, "1")).startswith(f"Đã nhận #{last}")


async def test_what_notices_tell_him_to_type_does_what_they_say(alone):
    await alone.say(citizen(), "số em là 0987654321", "đồng ý")
    notice = (await alone.seen(HUONG))[-1].text
    assert notice.startswith("[Đổi số #1]")
    assert 'gõ "gọi #1" để xem số mới' in notice
    await alone.say(HUONG, "tham gia")  # whatever he was in the middle of
    assert "số 0987 654 321" in await alone.say(HUONG, "gọi #1")
    alone.house.later(hours=3, minutes=1)
    await alone.timers.drain()
    await alone.sender.drain()
    assert 'Anh/chị gõ "#1" rồi chọn kết quả' in (await alone.seen(HUONG))[-1].text
    assert "[#1] Chị Lành" in await alone.say(HUONG, "#1")
    assert (await labels(alone))[0] == "#1: tham gia"
    assert await alone.house.lead(1) == ("called", "LS0001")


@pytest.mark.parametrize(
    "words", ["lùi lịch", "dời lịch", "đổi giờ", "sửa lịch #1", "lùi lịch #1", "hẹn lại nhé"]
)
async def test_another_hour_is_asked_for_in_many_words(words, alone):
    assert (await alone.say(HUONG, words)).startswith("Đổi #1 sang giờ nào?")


async def test_of_several_cards_he_is_asked_which(town):
    await town.say(HUONG, "sai số")
    asked = await town.say(HUONG, "dời lịch")
    assert asked.startswith("Anh/chị muốn nói thẻ nào?")
    assert "số việc của thẻ" not in asked, "the numbers of what is shown are not the cards' own"
    assert sorted(await labels(town)) == ["Đổi giờ #1", "Đổi giờ #2"]
    chosen = (await labels(town))[1][-1]
    assert (await town.say(HUONG, "2")).startswith(f"Đổi #{chosen} sang giờ nào?")
    assert (await town.say(HUONG, "không nghe máy #1")).startswith("Đã ghi: #1 không nghe máy")


async def test_an_outcome_typed_in_its_own_words_is_that_outcome(alone):
    assert (await alone.say(HUONG, "tham gia")).startswith("#1 tham gia. Đóng mấy tháng một lần?")
    await alone.say(HUONG, "bấm nhầm")
    assert (await alone.say(HUONG, "ko tham gia")).startswith("Đã ghi: #1 không tham gia")


async def test_an_hour_moved_in_words_takes_back_no_outcome(town):
    await town.say(HUONG, "sai số #1")
    assert (await town.house.lead(1))[0] == "unreachable"
    assert (await town.say(HUONG, "lùi lịch")).startswith("Đổi #2 sang giờ nào?")
    assert (await town.house.lead(1))[0] == "unreachable"


async def test_in_the_middle_of_something_else_a_bare_number_is_its_answer_and_a_card_is_none(alone):
    first = await alone.say(HUONG, "tính nhanh")
    assert (await alone.say(HUONG, "1983")) != first
    assert "[#1]" not in (await alone.seen(HUONG))[-1].text
    assert "[#1] Chị Lành" in await alone.say(HUONG, "#1")
