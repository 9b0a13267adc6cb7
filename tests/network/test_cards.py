"""The card of a lead: one glance, nothing sensitive, nothing to call with."""

import re

import pytest

from handlers.wording import LANGUAGES
from tests.network.house import KY_LUA, PHONE, at, citizen, house_on, inbox, wish
from tests.storage.rig import TERRITORY, WORDS

SENSITIVE = re.compile(r"%|nghèo|dân tộc|thiểu số|poor|ethnic|hỗ trợ|support|tier|bậc", re.IGNORECASE)
LONGEST = max((ward.name for ward in TERRITORY.wards("20")), key=len)


@pytest.mark.parametrize("group", ["poor", "near_poor", "ethnic_minority", "other"])
async def test_a_card_says_who_when_where_and_the_quote_in_three_lines(group, databases):
    async with house_on(databases.make("sqlite"), "LS0001") as house:
        code = await house.save_quote(group=group)
        await house.book(1, at(25, 11), quote_code=code)
        [card] = house.told(inbox("LS0001"))
        assert len(card) <= 300
        lines = card.splitlines()
        assert lines[1] == f"Phiếu {code}:"
        assert [line[:6] for line in lines[2:5]] == ["• đóng", "• từ t", "• lươn"]
        assert not SENSITIVE.search(card)
        assert not re.search(r"912|\d{9}", card)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_card_there_can_be_has_three_hundred_characters_at_most(language):
    ward = next(ward.code for ward in TERRITORY.wards("20") if ward.name == LONGEST)
    card = WORDS.notice(
        "lead_card",
        language,
        lead=999_999,
        citizen="W" * 40,
        ward=ward,
        starts_at=at(26, 11),
        ends_at=at(26, 12),
        quote_code="HCM-7K2P",
        to_pay=11_132_000,
        changes_in="2027-01",
        to_pay_then=11_132_000,
        pension=37_950_000,
        pension_from="2043-06",
        deadline=at(26, 8, 30),
    )
    assert len(card.text) <= 300


async def test_a_lead_without_a_quote_says_so(databases):
    async with house_on(databases.make("sqlite"), "LS0001") as house:
        await house.book(1, at(25, 11))
        assert "Chưa có phiếu tính." in house.told(inbox("LS0001"))[0]


async def test_a_quote_without_a_pension_or_a_change_has_fewer_lines(databases):
    async with house_on(databases.make("sqlite"), "LS0001") as house:
        code = await house.save_quote(born="1983-05", until="2026-12")
        await house.book(1, at(25, 11), quote_code=code)
        card = house.told(inbox("LS0001"))[0]
        assert "đóng mỗi tháng" in card
        assert "lương hưu" not in card


async def test_the_call_shows_the_same_figures_with_the_phone_and_the_code(databases):
    async with house_on(databases.make("sqlite"), "LS0001") as house:
        code = await house.save_quote()
        done = await house.book(1, at(25, 11), quote_code=code)
        await house.settle("LS0001", "accept", 1)
        await house.at_its_hour()
        called = await house.settle("LS0001", "call", 1)
        said = WORDS.say("vi", "desk", "error_called", called)
        assert "0912 345 678" in said
        assert done["call_code"] in said
        assert "341.000" in said
        assert not SENSITIVE.search(said)


@pytest.mark.parametrize("name", ["{{ 7*7 }}", "Lành\nSố: 0900", "'; DROP TABLE leads; --", "%s", "ạ" * 40])
async def test_a_hostile_name_is_only_a_name(name, databases):
    async with house_on(databases.make("sqlite"), "LS0001") as house:
        async with house.world(citizen()) as world:
            asked = wish(at(25, 11), KY_LUA, phone=PHONE)
            await world.book(type(asked)(asked.ward, asked.starts_at, name, PHONE, None, "call-2", {}))
        assert "49" not in house.told(inbox("LS0001"))[0].split("–")[0]
        await house.settle("LS0001", "accept", 1)
        await house.at_its_hour()
        assert (await house.settle("LS0001", "call", 1))["citizen"] == name
