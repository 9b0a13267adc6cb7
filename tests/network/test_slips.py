"""A missed call that was a slip, and words that say so: what they reach, and what they do not."""

from datetime import datetime

import pytest

from bot.storage.network_schema import bookings, leads
from tests.network.house import at, citizen
from tests.network.test_undoing import HUONG, house, labels, pass_minutes, planned, tap, town
from tests.network.town import town_on

__all__ = ["house", "town"]  # fixtures


@pytest.fixture
async def two(databases):
    """LS0001 has two calls this morning: the outcome of #1 is written, and #2 is rung."""
    async with town_on(databases.make("sqlite"), "LS0001") as made:
        for number, hour in ((1, at(25, 9)), (2, at(25, 10))):
            await made.house.book(number, hour)
        made.house.now = datetime.fromisoformat(at(25, 9, 45))
        await made.say(HUONG, "accept-1", "call-1", "sai số", "accept-2", "call-2")
        yield made


async def test_a_missed_call_that_was_a_slip_is_taken_back_and_the_outcome_before_it_stays(two):
    await two.say(HUONG, "không nghe máy")
    assert (await two.say(HUONG, "bấm nhầm")).startswith("Đã bỏ kết quả vừa ghi của #2")
    assert [(await two.house.lead(number))[0] for number in (1, 2)] == ["unreachable", "called"]
    assert (await two.house.events(2))[-1] == ("collector:LS0001", "undo", "no_answer")
    assert (await two.say(HUONG, "không nghe máy")).startswith("Đã ghi: #2 không nghe máy")


@pytest.mark.parametrize(
    "deed", [(), ("không nghe máy", "call-2"), ("later-2", "1"), ("no_answer-2", "give_back-2")]
)
async def test_words_without_a_number_never_reach_past_what_he_did_last(deed, two):
    told = await two.say(HUONG, *deed, "bấm nhầm")
    assert told.startswith("Việc anh/chị vừa làm với #2 em không rút lại được")
    assert 'Muốn ghi lại kết quả #1 thì gõ "bấm nhầm #1".' in told or deed[0] != "later-2"
    assert (await two.house.lead(1))[0] == "unreachable"
    assert (await two.say(HUONG, "bấm nhầm #1")).startswith("Đã bỏ kết quả vừa ghi của #1")


async def test_a_missed_call_is_counted_as_if_it_had_not_been_tapped(house):
    async def stands():
        return (
            await house.rows(leads.c.state, leads.c.no_answers),
            await house.rows(bookings.c.starts_at, bookings.c.counts),
            await planned(house),
        )

    for tries in (0, 1):
        before = await stands()
        for slip in range(2):
            assert (await house.settle("LS0001", "no_answer", 1))["tries"] == tries + 1
            house.later(minutes=4 + slip)
            assert (await house.settle("LS0001", "undo", 1))["result"] == "undone"
            assert await stands() == before
        await house.settle("LS0001", "no_answer", 1)
        house.later(minutes=31)
        await house.settle("LS0001", "call", 1)


async def test_one_that_did_not_count_leaves_the_count_as_it_was(house):
    await house.settle("LS0001", "no_answer", 1)
    house.later(minutes=3)
    for action in ("call", "no_answer", "undo"):
        await house.settle("LS0001", action, 1)
    assert await house.rows(leads.c.state, leads.c.no_answers) == [("called", 1)]


async def test_a_call_that_went_to_another_hour_after_it_was_missed_is_not_fetched_back(house):
    await house.settle("LS0001", "no_answer", 1)
    await house.settle("LS0001", "later", 1, starts_at=at(26, 9))
    assert (await house.settle("LS0001", "undo", 1))["result"] == "no_outcome"
    assert await house.lead(1) == ("accepted", "LS0001")


async def miss(town, times):
    """LS0001 rings and she does not take it, so often, half an hour apart."""
    for ring in range(times):
        if ring:
            await pass_minutes(town, 31)
            await town.say(HUONG, "call-1")
        await town.say(HUONG, "không nghe máy")


async def test_of_two_missed_calls_she_is_told_once_the_last_can_be_no_slip(town):
    await miss(town, 2)
    heard = len(await town.seen(citizen()))
    await pass_minutes(town, 9)
    await town.say(HUONG, "bấm nhầm")
    await pass_minutes(town, 15)
    assert len(await town.seen(citizen())) == heard
    await town.say(HUONG, "không nghe máy")
    await pass_minutes(town, 5)
    await town.say(HUONG, "call-1", "không nghe máy")  # too soon to count: no call of its own
    await pass_minutes(town, 10)
    [told] = (await town.seen(citizen()))[heard:]
    assert told.text.startswith("Cô LS0001 đã gọi 2 lần mà chưa gặp anh/chị")
    await town.say(HUONG, "call-1", "không nghe máy")
    await pass_minutes(town, 12)
    assert len(await town.seen(citizen())) == heard + 1


async def test_the_third_has_gone_to_the_office_and_he_is_told_who_can_give_it_back(town):
    await miss(town, 3)
    assert await town.house.lead(1) == ("unassigned", None)
    for words in ("bấm nhầm", "bấm nhầm #1"):
        told = await town.say(HUONG, words)
        assert told.startswith("Lịch #1 đã chuyển về cơ quan BHXH rồi, em không lấy lại được nữa.")
        assert "cơ quan giao lại được cho anh/chị" in told
        assert (await labels(town)) == ["Xem có gì mới", "Việc khác"]


async def test_after_it_was_refused_it_is_offered_no_more(town):
    await tap(town, "sai số")
    await town.say(citizen(), "hẹn gọi lại", "1", "đồng ý")
    await town.say(HUONG, "bấm nhầm #1")
    assert not any(label.startswith("Bấm nhầm") for label in await labels(town))
    assert "Bấm nhầm" not in (await town.say(HUONG, "xem"))


async def test_an_outcome_taken_back_is_asked_for_once_more_before_the_office_has_it(house):
    async def reminders():
        return [text for text in house.told(HUONG) if "chưa có kết quả" in text]

    house.later(hours=3, minutes=1)
    await house.tick()
    assert len(await reminders()) == 1
    await house.settle("LS0001", "joined", 1)
    await house.settle("LS0001", "undo", 1)
    house.later(days=1)
    await house.tick()
    assert len(await reminders()) == 2
    assert await house.lead(1) == ("called", "LS0001")
    house.later(days=1)
    await house.tick()
    assert len(await reminders()) == 2
    assert await house.lead(1) == ("unassigned", None)
