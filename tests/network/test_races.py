"""Many at once, each in a transaction of her own: an hour is booked once, a lead has one owner."""

import asyncio
from collections import Counter

from bot.storage.engine import make_engine
from bot.storage.network_schema import leads
from tests.network.house import House, at, house_on

HOURS = [at(25, hour) for hour in (8, 9, 10, 11, 12, 13, 14, 15, 16)]


def crowd_of(url, house):
    """A second process: its own engine on the same database."""
    other = House(make_engine(url))
    other.now = house.now
    return other


async def test_of_forty_people_who_want_one_hour_only_as_many_get_it_as_there_are_collectors(database_url):
    async with house_on(database_url, "LS0001", "LS0002", "LS0003") as house:
        other = crowd_of(database_url, house)
        houses = [house, other] * 20
        done = await asyncio.gather(*(houses[n].book(n, at(25, 11)) for n in range(40)))
        await other.engine.dispose()
        got = Counter(one["collector"]["code"] for one in done if one)
        assert got == {"LS0001": 1, "LS0002": 1, "LS0003": 1}
        assert len(await house.rows(leads.c.id)) == 3
        assert len(house.mail) + len(other.mail) == 3


async def test_sixty_people_racing_for_eighteen_hours_book_exactly_those(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        other = crowd_of(database_url, house)
        houses = [house, other] * 30
        done = await asyncio.gather(*(houses[n].book(n, HOURS[n % len(HOURS)]) for n in range(60)))
        await other.engine.dispose()
        taken = [(one["collector"]["code"], one["starts_at"]) for one in done if one]
        assert len(taken) == len(set(taken)) == 18
        assert len(await house.booked()) == 18
        assert set(await house.free()).isdisjoint(HOURS)


async def test_one_person_who_books_from_two_processes_at_once_has_one_call_to_come(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        other = crowd_of(database_url, house)
        done = await asyncio.gather(*((house, other)[n % 2].book(1, HOURS[n]) for n in range(8)))
        await other.engine.dispose()
        states = dict(await house.rows(leads.c.id, leads.c.state))
        assert states.keys() == {one["lead"] for one in done}
        assert sorted(states.values()) == ["cancelled"] * 7 + ["offered"]
        assert len(await house.booked()) == 1


async def test_one_person_who_books_the_same_from_two_processes_at_once_has_one_lead(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        other = crowd_of(database_url, house)
        done = await asyncio.gather(*((house, other)[n % 2].book(1, HOURS[0]) for n in range(8)))
        await other.engine.dispose()
        assert len({one["lead"] for one in done}) == 1
        assert len(await house.rows(leads.c.id)) == 1


async def test_of_a_collector_who_accepts_and_declines_at_once_one_is_done(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        other = crowd_of(database_url, house)
        for number in range(1, 9):
            done = await house.book(number, HOURS[number])
            lead, code = done["lead"], done["collector"]["code"]
            results = await asyncio.gather(
                house.settle(code, "accept", lead), other.settle(code, "decline", lead)
            )
            told = {result["result"] for result in results}
            assert told in ({"accepted", "already_accepted"}, {"declined", "taken_over"})
            holder = (await house.lead(lead))[1]
            assert (holder == code) == ("accepted" in told)
        await other.engine.dispose()


async def test_a_person_who_leaves_while_her_lead_is_accepted_ends_with_it_cancelled(database_url):
    async with house_on(database_url, "LS0001") as house:
        other = crowd_of(database_url, house)
        for number, hour in enumerate(HOURS[:6], start=1):
            lead = (await house.book(number, hour))["lead"]
            results = await asyncio.gather(house.forget(number), other.settle("LS0001", "accept", lead))
            assert results[0] == {"kept": ["consent_record", "call_record"]}
            assert results[1]["result"] in ("accepted", "cancelled")
            assert await house.lead(lead) == ("cancelled", "LS0001")
        assert await house.booked() == []
        await other.engine.dispose()
