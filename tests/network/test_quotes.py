"""Quotes: anonymous, found by a code that can be read aloud."""

import json
import re
from datetime import date, datetime
from random import Random

import pytest

from bot.clock import LOCAL
from bot.storage import quotes
from bot.storage.network_schema import quotes as table
from tests.network.house import citizen, house_on, inbox


class Stuck(Random):
    """Chance that draws each code twice."""

    def __init__(self):
        super().__init__(3)
        self.draws = []

    def choices(self, population, *, k):
        if not self.draws:
            drawn = super().choices(population, k=k)
            self.draws = [drawn, drawn]
        return self.draws.pop()


async def find(house, code):
    async with house.engine.begin() as connection:
        return await quotes.find(connection, code)


async def test_a_quote_is_kept_under_a_code_without_letters_that_are_misread(database_url):
    async with house_on(database_url) as house:
        code = await house.save_quote()
        assert re.fullmatch(r"LS-[A-HJKMNP-Z2-9]{4}", code)
        stored = await find(house, code.lower())
        assert stored.code == code
        assert str(stored.expires_on) == "2026-12-31"
        assert stored.result["contribution"]["per_month"]["to_pay"] == 341_000


async def test_a_code_that_is_taken_is_drawn_again(database_url):
    async with house_on(database_url, rng=Stuck()) as house:
        codes = [await house.save_quote() for _ in range(5)]
        assert len(set(codes)) == 5


async def test_when_no_code_is_free_the_remedy_is_named(databases):
    class Dead(Random):
        def choices(self, population, *, k):
            return ["A"] * k

    async with house_on(databases.make("sqlite"), rng=Dead()) as house:
        await house.save_quote()
        with pytest.raises(RuntimeError, match="make quote codes longer"):
            await house.save_quote()


async def test_a_quote_names_a_tier_of_support_and_no_group(database_url):
    async with house_on(database_url) as house:
        for group in ("poor", "near_poor", "ethnic_minority", "other", "island"):
            await house.save_quote(group=group)
        rows = await house.rows(table.c.request, table.c.result)
        assert sorted(request["tier"] for request, _ in rows) == [
            "tier_20", "tier_30", "tier_40", "tier_50", "tier_50",
        ]  # fmt: skip
        assert not re.search("ethnic|poor|island|other", json.dumps(rows).replace("rural_poverty_line", ""))


async def test_whoever_has_the_code_sees_the_same_until_it_expires(database_url):
    async with house_on(database_url) as house:
        code = await house.save_quote()
        for who in (citizen(7), inbox("LS0001")):
            async with house.world(who) as world:
                found = await world.find_quote(code)
            assert (found["quote_code"], found["to_pay"], found["to_pay_then"]) == (code, 341_000, 338_800)
            assert (found["changes_in"], found["pension_from"]) == ("2027-01", "2043-06")
            assert (found["law_on"], found["expires_on"]) == (date(2026, 11, 23), date(2026, 12, 31))
            assert found["expired"] is False
        house.now = datetime(2027, 1, 1, tzinfo=LOCAL)
        async with house.world(citizen()) as world:
            assert (await world.find_quote(code))["expired"] is True
            assert await world.find_quote("LS-2222") is None


async def test_a_code_nobody_was_given_finds_nothing(database_url):
    async with house_on(database_url) as house:
        assert await find(house, "LS-2222") is None


@pytest.mark.parametrize(
    ("province", "letters"),
    [
        ("Lạng Sơn", "LS"),
        ("Đà Nẵng", "DN"),
        ("Huế", "HU"),
        ("Hồ Chí Minh", "HCM"),
        ("Đắk Lắk", "DL"),
        (None, "VN"),
    ],
)
def test_a_code_begins_with_the_province(province, letters):
    assert quotes.initials(province) == letters


async def test_a_quote_without_a_province_has_a_code_too(databases):
    async with house_on(databases.make("sqlite")) as house:
        assert (await house.save_quote(province=None)).startswith("VN-")
