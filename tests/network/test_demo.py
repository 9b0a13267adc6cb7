"""The demo network: at the real scale, and nobody can take it for a real one."""

from collections import Counter, defaultdict

from bot.demo import COLLECTORS, FIRST_CODE, FIRST_WARD, POINTS, PROVINCE, load_demo
from bot.storage import network
from bot.storage.network_schema import (
    collector_wards,
    collectors,
    organisations,
    points,
    staff_chats,
    weekly_hours,
)
from calculators.territory import Territory
from tests.network.house import at, citizen, employ, house_on, inbox

MARK = "(thử nghiệm)"


async def test_it_has_the_real_scale(network_url):
    async with house_on(network_url) as house:
        assert len(await house.rows(organisations.c.id)) == 4
        assert len(await house.rows(points.c.id)) == POINTS == 226
        assert len(await house.rows(collectors.c.id)) == COLLECTORS == 527
        assert len(await house.rows(staff_chats.c.person)) == 527


async def test_every_ward_has_points_and_two_collectors_at_least(network_url):
    async with house_on(network_url) as house:
        wards = {ward.code for ward in Territory.load().wards(PROVINCE)}
        covered = Counter(ward for (ward,) in await house.rows(collector_wards.c.ward))
        assert set(covered) == wards
        assert len(wards) == 65
        assert min(covered.values()) >= 2
        at_ward = Counter(ward for (ward,) in await house.rows(points.c.ward))
        assert set(at_ward) == wards
        assert max(at_ward.values()) - min(at_ward.values()) <= 1


async def test_every_name_is_marked_and_every_phone_is_unreal(network_url):
    async with house_on(network_url) as house:
        for column in (organisations.c.name, points.c.name, collectors.c.name):
            assert all(name.endswith(MARK) for (name,) in await house.rows(column))
        for code, sealed in await house.rows(collectors.c.code, collectors.c.phone):
            assert house.cipher.open(sealed, network.phone_place(code)).startswith("+84000000")


async def test_the_collector_of_the_printed_link_is_first_all_day_in_her_ward_and_language(network_url):
    async with house_on(network_url) as house:
        async with house.world(citizen()) as world:
            assert await world.languages(FIRST_WARD) == ["tay", "nung", "dao"]
        done = await house.book(1, at(25, 12), FIRST_WARD, speaks="nung")
        assert (done["collector"]["code"], done["spoken"]) == (FIRST_CODE, True)
        assert house.told(inbox(FIRST_CODE))


async def test_everybody_works_on_every_working_day_and_some_speak_more_than_vietnamese(network_url):
    async with house_on(network_url) as house:
        week = defaultdict(set)
        for collector, weekday in await house.rows(weekly_hours.c.collector_id, weekly_hours.c.weekday):
            week[collector].add(weekday)
        assert set(map(frozenset, week.values())) == {frozenset(range(5))}
        spoken = {
            language for (languages,) in await house.rows(collectors.c.languages) for language in languages
        }
        assert spoken == {"vi", "tay", "nung", "dao"}


async def test_loading_it_again_changes_nothing(network_url):
    async with house_on(network_url) as house:
        async with house.engine.begin() as connection:
            assert await load_demo(connection, house.cipher, Territory.load()) is False
        assert len(await house.rows(collectors.c.id)) == 527


async def test_it_is_never_loaded_beside_a_real_network(database_url):
    async with house_on(database_url) as house, house.engine.begin() as connection:
        await employ(connection, "LS9001", FIRST_WARD)
        assert await load_demo(connection, house.cipher, Territory.load()) is False


async def test_two_databases_have_the_same_network(databases):
    found = []
    for _ in range(2):
        url = databases.make("sqlite")
        async with house_on(url) as house:
            async with house.engine.begin() as connection:
                assert await load_demo(connection, house.cipher, Territory.load()) is True
            found.append(sorted(await house.rows(collectors.c.code, collectors.c.name)))
    assert found[0] == found[1]
