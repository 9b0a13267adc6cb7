"""Which hours a citizen is offered."""

from datetime import date, datetime

from bot.clock import LOCAL
from bot.demo import PROVINCE
from calculators.territory import Territory
from tests.network.house import DINH_LAP, DONG_KINH, KY_LUA, at, employ, house_on


async def test_four_hours_are_offered_on_two_days_without_the_holiday_between(database_url):
    async with house_on(database_url, "LS0001") as house:
        assert await house.free() == [at(23, 11), at(23, 14), at(25, 8), at(25, 11)]


async def test_an_hour_is_offered_two_hours_ahead_and_not_sooner(database_url):
    async with house_on(database_url, "LS0001") as house:
        house.now = datetime(2026, 11, 25, 12, 0, tzinfo=LOCAL)
        assert (await house.free())[0] == at(25, 14)
        house.now = datetime(2026, 11, 25, 12, 0, 1, tzinfo=LOCAL)
        assert (await house.free())[0] == at(25, 15)


async def test_late_in_the_evening_and_at_the_weekend_the_next_working_day_is_offered(database_url):
    async with house_on(database_url, "LS0001") as house:
        house.now = datetime(2026, 11, 27, 19, 40, tzinfo=LOCAL)
        assert await house.free() == [
            at(30, 8),
            at(30, 11),
            "2026-12-01T08:00+07:00",
            "2026-12-01T11:00+07:00",
        ]


async def test_hours_outside_the_legal_ones_are_never_offered_however_long_a_collector_works(database_url):
    async with house_on(database_url) as house:
        async with house.engine.begin() as connection:
            await employ(connection, "LS0009", KY_LUA, hours=((360, 540), (1000, 1260)))
        assert {start[11:16] for start in await house.free()} == {"08:00"}


async def test_an_hour_stays_free_while_one_of_two_collectors_is(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        for number in (1, 2):
            assert at(25, 8) in await house.free()
            assert await house.book(number, at(25, 8))
        assert at(25, 8) not in await house.free()


async def test_a_ward_that_nobody_covers_is_served_from_the_nearest_one(database_url):
    async with house_on(database_url) as house:
        async with house.engine.begin() as connection:
            await employ(connection, "LS0001", KY_LUA, hours=((480, 540),))
            await employ(connection, "LS0002", DINH_LAP, hours=((600, 660),))
        assert {start[11:16] for start in await house.free(DONG_KINH)} == {"08:00"}
        assert (await house.book(1, at(25, 8), DONG_KINH))["collector"]["code"] == "LS0001"


async def test_another_province_and_a_ward_that_does_not_exist_have_no_hours(database_url):
    async with house_on(database_url, "LS0001") as house:
        hanoi = Territory.load().wards("01")[0].code
        assert await house.free(hanoi) == []
        assert await house.free("99999") == []
        assert await house.book(1, at(25, 8), hanoi) is None


async def test_a_collector_is_offered_until_the_last_day_of_his_appointment(database_url):
    async with house_on(database_url) as house:
        async with house.engine.begin() as connection:
            await employ(connection, "LS0001", KY_LUA, until=date(2026, 11, 25))
        assert {start[:10] for start in await house.free()} == {"2026-11-23", "2026-11-25"}
        house.now = datetime(2026, 11, 26, 8, tzinfo=LOCAL)
        assert await house.free() == []


async def test_every_ward_of_the_demo_network_has_hours_on_two_days(network_url):
    async with house_on(network_url) as house:
        for ward in Territory.load().wards(PROVINCE):
            days = {start[:10] for start in await house.free(ward.code)}
            assert len(days) >= 2, ward.name
