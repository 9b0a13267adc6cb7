"""Whose turn it is, and why the others did not get it: shares, rings, languages, holds, whom she knows."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.office import stood
from bot.storage import teams
from bot.storage.network_schema import bookings
from calculators.turns import Waiting, in_turn
from tests.network.house import DONG_KINH, KY_LUA, at, citizen, employ, house_on, inbox

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def served(shares, turns):
    """Serve so many turns, one an hour, to organisations of (share, people); count each one's."""
    since = {(n, one): NOW for n, (_, people) in enumerate(shares) for one in range(people)}
    got = Counter()
    for hour in range(1, turns + 1):
        now = NOW + timedelta(hours=hour)
        team = [Waiting(n * 100 + one, n, shares[n][0], last) for (n, one), last in since.items()]
        first = in_turn(team, now)[0].waiting
        since[first.organisation, first.id % 100] = now
        got[first.organisation] += 1
    return got


def test_organisations_get_turns_in_the_proportion_they_agreed_on_however_many_people_each_has():
    got = served([(3, 1), (2, 5), (1, 2)], 600)
    assert [round(got[n] / 100) for n in range(3)] == [3, 2, 1]


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 4)), min_size=1, max_size=4))
def test_nobody_waits_for_ever(shares):
    got = served(shares, 60 * len(shares))
    assert set(got) == set(range(len(shares)))


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 500)), min_size=1, max_size=8))
def test_everybody_stands_somewhere_and_whoever_waited_longest_of_equals_is_first(team):
    waiting = [
        Waiting(n, 0, share, NOW - timedelta(minutes=minutes)) for n, (share, minutes) in enumerate(team)
    ]
    places = in_turn(waiting, NOW)
    assert sorted(place.waiting.id for place in places) == list(range(len(team)))
    assert [place.number for place in places] == list(range(len(team)))
    equals = [place.waiting.since for place in places if place.waiting.share == team[0][0]]
    assert equals == sorted(equals)


async def reasons(house, lead):
    async with house.engine.connect() as connection:
        told = await stood(connection, house.cipher, lead)
        return [(one.code, one.skip.ring, one.skip.why) for one in told]


async def test_why_each_did_not_get_a_lead_is_kept(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        async with house.engine.begin() as connection:
            off = await employ(connection, "LS0003", KY_LUA)
            await teams.take_off(connection, off, house.now.date(), house.now.replace(day=30).date())
            await employ(connection, "LS0004", KY_LUA, hours=((480, 540),))
            await employ(connection, "LS0005", KY_LUA, per_day=1)
        await house.book(8, at(25, 11))
        await house.book(9, at(25, 14))
        house.later(minutes=1)
        await house.book(10, at(25, 9))
        assert {code: why for code, _, why in await reasons(house, 3)} == {
            "LS0001": "later_turn",
            "LS0002": "later_turn",
            "LS0003": "day_off",
            "LS0004": "not_working",
            "LS0005": "chosen",
        }
        await house.book(11, at(25, 15))
        assert ("LS0005", "covers", "full") in await reasons(house, 4)


async def test_when_nobody_of_the_ward_can_who_works_there_is_asked_and_then_who_is_near(database_url):
    async with house_on(database_url, "LS0001") as house:
        async with house.engine.begin() as connection:
            await employ(connection, "LS0002", DONG_KINH)
        first = await house.book(1, at(25, 11))
        second = await house.book(2, at(25, 11))
        assert (first["collector"]["code"], second["collector"]["code"]) == ("LS0001", "LS0002")
        assert await reasons(house, 2) == [("LS0001", "covers", "busy"), ("LS0002", "near", "chosen")]


async def test_who_speaks_her_language_comes_first(database_url):
    async with house_on(database_url, "LS0001") as house:
        async with house.engine.begin() as connection:
            await employ(connection, "LS0002", KY_LUA, languages=["vi", "en"])
        from tests.network.test_booking import speak

        await speak(house, "en")
        assert (await house.book(1, at(25, 11)))["collector"]["code"] == "LS0002"
        assert ("LS0001", "covers", "language") in await reasons(house, 1)


async def test_who_called_her_before_calls_her_again_on_any_channel(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        for number in (1, 2):
            await house.book(number, at(25, 10 + number), phone=f"+8491234567{number}")
        await house.at_its_hour(2)
        for step in ("accept", "call", "wrong_number"):
            await house.settle("LS0002", step, 2)
        for number in (3, 4, 5):
            await house.book(number, at(26, 7 + number), phone=f"+8491234567{number}")
        done = await house.book(9, at(27, 9), phone="+84912345672")
        assert done["collector"]["code"] == "LS0002"
        assert (await reasons(house, done["lead"]))[0] == ("LS0002", "knows", "chosen")


async def test_whom_she_knows_from_a_chat_proven_to_be_hers_calls_her_in_another(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        for number in (1, 2):
            await house.book(number, at(25, 10 + number), phone=f"+8491234567{number}")
        await house.at_its_hour(2)
        for step in ("accept", "call", "wrong_number"):
            await house.settle("LS0002", step, 2)
        async with house.world(citizen(2)) as world:
            code, _ = await world.link_code()
        async with house.world(citizen(9)) as world:
            assert await world.link(code) == "linked"
        done = await house.book(9, at(26, 9), phone="+84912345679")
        assert (await reasons(house, done["lead"]))[0] == ("LS0002", "knows", "chosen")


async def test_a_call_she_did_not_take_or_cancelled_costs_nobody_a_turn(database_url):
    async with house_on(database_url, "LS0001", "LS0002", "LS0003") as house:
        await house.book(1, at(25, 11))
        await house.at_its_hour()
        for step in ("accept", "call", "wrong_number"):
            await house.settle("LS0001", step, 1)
        house.later(minutes=1)
        await house.book(2, at(25, 11))
        await house.forget(2)
        assert await house.rows(bookings.c.counts) == [(False,)]
        house.later(minutes=1)
        assert (await house.book(3, at(25, 14)))["collector"]["code"] == "LS0001"


async def test_days_off_cost_nobody_a_turn_and_win_nobody_two(database_url):
    async with house_on(database_url, "LS0001", "LS0002", "LS0003") as house:
        await house.book(1, at(25, 11))
        house.later(minutes=1)
        async with house.world(inbox("LS0001")) as world:
            await world.take_off(date(2026, 11, 25), date(2026, 11, 25))
        assert await house.lead(1) == ("offered", "LS0002")
        turns = []
        for number in (2, 3, 4, 5):
            house.later(minutes=1)
            turns.append((await house.book(number, at(26, 9 + number)))["collector"]["code"])
        assert turns == ["LS0001", "LS0003", "LS0002", "LS0001"]


async def test_an_hour_is_held_for_five_minutes_while_she_types(database_url):
    async with house_on(database_url, "LS0001") as house:
        assert await house.hold(1, at(25, 11))
        assert not await house.hold(2, at(25, 11))
        assert await house.book(2, at(25, 11)) is None
        assert at(25, 11) not in await house.free(address=citizen(2))
        assert at(25, 11) in await house.free(address=citizen(1))
        house.later(minutes=5, seconds=1)
        assert await house.hold(2, at(25, 11))
        assert await house.book(1, at(25, 11)) is None
        assert (await house.book(2, at(25, 11)))["collector"]["code"] == "LS0001"


async def test_she_holds_one_hour_at_a_time_and_leaving_gives_it_back(database_url):
    async with house_on(database_url, "LS0001") as house:
        assert await house.hold(1, at(25, 11))
        assert await house.hold(1, at(25, 14))
        assert await house.hold(2, at(25, 11))
        await house.forget(1)
        assert [start.hour for _, start in await house.booked()] == [4]


async def test_a_full_day_sends_people_to_the_next(database_url):
    async with house_on(database_url) as house:
        async with house.engine.begin() as connection:
            await employ(connection, "LS0001", KY_LUA, per_day=2)
        for number, hour in ((1, at(25, 9)), (2, at(25, 11))):
            await house.book(number, hour)
        assert not any(start.startswith("2026-11-25") for start in await house.free())
        assert await house.book(3, at(25, 14)) is None
        assert await house.book(3, at(26, 14))


async def test_a_call_is_not_made_at_night_unless_she_chose_the_hour(database_url):
    async with house_on(database_url) as house:
        async with house.engine.begin() as connection:
            await employ(connection, "LS0001", KY_LUA, hours=((480, 1260),))
        assert (await house.book(1, at(25, 19)))["starts_at"] == at(25, 19), (
            "an evening hour she chose herself"
        )
        await house.settle("LS0001", "accept", 1)
        house.now = house.now.replace(day=25, hour=18, minute=45)
        assert (await house.settle("LS0001", "call", 1))["result"] == "too_early"
        house.now = house.now.replace(day=25, hour=20, minute=5)
        assert (await house.settle("LS0001", "call", 1))["result"] == "not_now"
        house.now = house.now.replace(day=25, hour=19, minute=5)
        assert (await house.settle("LS0001", "call", 1))["result"] == "called"
