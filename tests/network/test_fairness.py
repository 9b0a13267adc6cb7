"""What a lead costs whoever has it: one turn, however it moves, and of his day only the hours he calls in."""

from datetime import datetime

import pytest

from bot.clock import LOCAL
from tests.network.house import KY_LUA, at, citizen, employ, house_on


@pytest.fixture
async def house(database_url):
    """A house whose only collectors, two of them, take two calls a day."""
    async with house_on(database_url) as made:
        async with made.engine.begin() as connection:
            for code in ("LS0001", "LS0002"):
                await employ(connection, code, KY_LUA, per_day=2)
        yield made


async def books(house, number, starts_at):
    """Somebody books, a minute after whatever was before; who gets it, or None."""
    house.later(minutes=1)
    done = await house.book(number, starts_at, phone=f"+8491234567{number}")
    return done and done["collector"]["code"]


async def test_an_hour_he_declined_or_gave_back_is_no_call_of_his_day(house):
    for number, hour in ((1, 8), (2, 9), (3, 10), (4, 11)):
        await books(house, number, at(26, hour))
    assert await books(house, 5, at(26, 15)) is None, "both have their two calls"
    await house.settle("LS0001", "decline", 1)  # nobody else can: with the office
    await house.settle("LS0001", "accept", 3)
    await house.settle("LS0001", "give_back", 3)
    assert [await house.lead(number) for number in (1, 3)] == [("unassigned", None)] * 2
    assert await books(house, 5, at(26, 15)) == "LS0001"
    assert await books(house, 6, at(26, 16)) == "LS0001"
    assert await books(house, 7, at(26, 14)) is None


async def test_a_card_he_let_lie_is_no_call_of_his_day(house):
    await books(house, 1, at(26, 9))
    house.later(hours=1)
    await house.tick()
    assert await house.lead(1) == ("offered", "LS0002")
    for number, hour in ((2, 10), (3, 11), (4, 14)):
        assert await books(house, number, at(26, hour))
    assert await books(house, 5, at(26, 15)) is None


async def test_who_declines_everything_is_offered_each_hour_and_each_lead_once_and_loses_his_turn(house):
    for number, hour in enumerate((8, 9, 10, 11), 1):
        await books(house, number, at(26, hour))
        await house.settle("LS0001", "decline", number)
        assert (await house.lead(number))[1] != "LS0001"
    his = [starts_at.astimezone(LOCAL).hour for code, starts_at in await house.booked() if code == "LS0001"]
    assert his == [8, 9, 10, 11], "the two calls of his day did not stop the other two from being offered"
    assert not {at(26, hour) for hour in his} & set(await house.free())
    assert await books(house, 5, at(27, 9)) == "LS0002", "his turn was a minute ago"


async def test_a_call_that_came_to_its_hour_is_one_of_his_day(house):
    await books(house, 1, at(26, 8))
    await books(house, 2, at(26, 8))
    await books(house, 3, at(26, 9))
    await house.settle("LS0001", "accept", 1)
    house.now = datetime(2026, 11, 26, 8, 5, tzinfo=LOCAL)
    await house.settle("LS0001", "call", 1)
    await house.settle("LS0001", "no_answer", 1)
    await house.settle("LS0001", "give_back", 1)
    assert await books(house, 5, at(26, 15)) == "LS0002"
    assert await books(house, 6, at(26, 16)) is None


async def test_a_call_that_moves_to_another_leaves_the_calls_of_its_former_collector_as_they_are(house):
    assert [await books(house, number, at(26, hour)) for number, hour in ((1, 8), (2, 8), (3, 9))] == [
        "LS0001", "LS0002", "LS0001",
    ]  # fmt: skip
    async with house.world(citizen(1)) as world:
        moved = await world.move_call(at(26, 9))
    assert moved["collector"]["code"] == "LS0002", "the first has another call then"
    assert await books(house, 4, at(26, 10)) == "LS0001"
    assert await books(house, 5, at(26, 11)) is None, "both have their two calls"


@pytest.mark.parametrize("who", ["she", "he"])
async def test_a_call_that_moves_with_who_has_it_is_one_turn(who, house):
    assert await books(house, 1, at(26, 8)) == "LS0001"
    assert await books(house, 2, at(26, 8)) == "LS0002"
    house.later(minutes=1)
    if who == "she":
        async with house.world(citizen(1)) as world:
            assert (await world.move_call(at(27, 9)))["collector"]["code"] == "LS0001"
    else:
        assert (await house.settle("LS0001", "later", 1, starts_at=at(27, 9)))["result"] == "later"
    assert await books(house, 3, at(27, 15)) == "LS0001"


async def test_who_calls_her_again_because_she_still_thought_has_had_his_turn(house):
    await books(house, 1, at(23, 11))
    await house.settle("LS0001", "accept", 1)
    house.now = datetime(2026, 11, 23, 11, 5, tzinfo=LOCAL)
    await house.settle("LS0001", "call", 1)
    await house.settle("LS0001", "thinking", 1, follow_up="in_3_days")
    assert await books(house, 2, at(26, 8)) == "LS0002"
    house.now = datetime(2026, 11, 26, 8, 0, tzinfo=LOCAL)
    await house.tick()
    assert await house.lead(1) == ("offered", "LS0001")
    assert (await house.desk("LS0001"))[0] == "accept-1"
    assert await books(house, 3, at(27, 15)) == "LS0001"


async def test_a_call_that_moves_to_another_is_his_turn_and_no_longer_hers_who_had_it(house):
    assert await books(house, 1, at(26, 8)) == "LS0001"
    assert await books(house, 2, at(26, 9)) == "LS0002"
    assert await books(house, 3, at(27, 8)) == "LS0001"
    async with house.world(citizen(2)) as world:
        await world.cancel_call()
    house.later(minutes=1)
    async with house.world(citizen(3)) as world:
        assert (await world.move_call(at(26, 8)))["collector"]["code"] == "LS0002"
    assert await books(house, 4, at(27, 15)) == "LS0001"


async def test_a_call_she_takes_at_the_second_try_is_a_turn_after_all(house):
    await books(house, 1, at(23, 11))
    await books(house, 2, at(26, 8))
    await house.settle("LS0001", "accept", 1)
    house.now = datetime(2026, 11, 23, 11, 5, tzinfo=LOCAL)
    for outcome in ("no_answer", "joined"):
        await house.settle("LS0001", "call", 1)
        await house.settle("LS0001", outcome, 1)
    async with house.world(citizen(2)) as world:
        await world.cancel_call()
    assert await books(house, 3, at(27, 15)) == "LS0002"
