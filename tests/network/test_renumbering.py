"""She has her call made to another number: she agrees to that number, and nobody learns it who need not."""

import pytest

from bot import office
from bot.storage import leads, officers
from bot.storage.leads import find
from bot.storage.network_schema import leads as leads_table
from bot.storage.privacy_schema import consent_texts, consents
from handlers.booking import CONSENT_VERSION
from handlers.messages import Address
from tests.network.house import PHONE, at, citizen, house_on, inbox
from tests.network.town import BOOKING, town_on

ME, HIM, OFFICER = citizen(), inbox("LS0001"), Address("web", "site", "hung")
OTHER = "+84987654321"


async def renumber(house, phone=OTHER, number=1):
    async with house.world(citizen(number)) as world:
        return await world.change_number(phone, CONSENT_VERSION)


async def test_the_new_number_is_sealed_as_at_booking_and_the_consent_to_it_is_kept(database_url):
    async with house_on(database_url, "LS0001") as house:
        await house.book(1, at(25, 11))
        house.later(hours=1)
        assert (await renumber(house))["starts_at"] == at(25, 11)
        [(sealed, index)] = await house.rows(leads_table.c.phone, leads_table.c.phone_index)
        assert b"987654321" not in sealed
        assert house.cipher.open(sealed, "leads.phone:1") == OTHER
        assert index == house.cipher.index(OTHER)
        booked, changed = sorted(await house.rows(consents.c.at, consents.c.lead_id, consents.c.version))
        assert (booked[1:], changed[1:]) == ((1, CONSENT_VERSION), (1, CONSENT_VERSION))
        assert changed[0] == house.now
        [(text,)] = await house.rows(consent_texts.c.text)
        assert "gọi số …" in text
        assert await house.events(1) == [
            ("system", "offer", ""), ("citizen", "new_number", ""),
        ]  # fmt: skip


@pytest.mark.parametrize(("steps", "told"), [((), False), (("accept",), False), (("accept", "call"), True)])
async def test_her_collector_is_told_without_the_number_once_he_has_seen_it(steps, told, databases):
    async with house_on(databases.make("sqlite"), "LS0001") as house:
        await house.book(1, at(25, 11))
        await house.at_its_hour()
        for step in steps:
            await house.settle("LS0001", step, 1)
        before = len(house.told(HIM))
        await renumber(house)
        fresh = house.told(HIM)[before:]
        assert [text.startswith("[Đổi số #1]") for text in fresh] == [True] * told
        assert not any("987" in text for text in fresh)


async def test_he_sees_the_new_number_only_by_calling_and_each_time_it_is_written_down(database_url):
    async with house_on(database_url, "LS0001") as house:
        await house.book(1, at(25, 11))
        await house.at_its_hour()
        await house.settle("LS0001", "accept", 1)
        assert (await house.settle("LS0001", "call", 1))["phone"] == "0912 345 678"
        await house.settle("LS0001", "no_answer", 1)
        await renumber(house)
        async with house.engine.connect() as connection:
            assert (await find(connection, 1)).no_answers == 0  # nobody was called in vain on this number
        assert (await house.settle("LS0001", "call", 1))["phone"] == "0987 654 321"
        seen = [what for _, what, _ in await house.events(1) if what in ("call", "new_number")]
        assert seen == ["call", "new_number", "call"]


async def test_a_number_that_said_no_is_refused_and_the_call_stays_as_it_is(database_url):
    async with town_on(database_url, "LS0001", "LS0002") as town:
        await town.house.book(2, at(25, 8), phone=OTHER)
        await town.house.at_its_hour()
        [holder] = [code for code, _ in await town.house.booked()]
        for step in ("accept", "call", "not_interested"):
            await town.house.settle(holder, step, 1)
        await town.say(ME, *BOOKING[:3], "1", *BOOKING[4:])
        said = await town.say(ME, "số em là 0987654321", "đồng ý")
        assert "đã nói không muốn nhận cuộc gọi" in said
        assert "vẫn gọi số cũ" in said
        async with town.house.engine.connect() as connection:
            person = await leads.person(connection, town.house.cipher, 2)
        assert person.phone == PHONE
        kept = await town.house.rows(consents.c.lead_id)
        assert kept.count((2,)) == 1


async def test_the_same_number_again_tells_nobody(database_url):
    async with house_on(database_url, "LS0001") as house:
        await house.book(1, at(25, 11))
        await house.settle("LS0001", "accept", 1)
        before = len(house.told(HIM))
        assert await renumber(house, PHONE)
        assert len(house.told(HIM)) == before
        assert "new_number" not in [what for _, what, _ in await house.events(1)]


async def test_who_has_no_call_changes_nothing(database_url):
    async with house_on(database_url, "LS0001") as house:
        assert await renumber(house) is None
        assert await house.rows(consents.c.id) == []


async def test_the_officer_who_calls_himself_is_told_and_the_lead_lies_with_the_office_as_before(
    database_url,
):
    async with house_on(database_url, "LS0001") as house:
        await house.book(1, at(25, 11))
        await house.settle("LS0001", "decline", 1)
        async with house.engine.begin() as connection:
            await officers.link(connection, OFFICER, "hung")
        before = await waits(house)
        await renumber(house)
        assert house.told(OFFICER) == [], "nobody has seen a number yet"
        async with house.world(OFFICER) as world:
            assert (await world.office_act("take", 1, {}))["phone"] == "0987 654 321"
        house.later(minutes=5)
        await renumber(house, "+84977123456")
        [told] = house.told(OFFICER)
        assert told.startswith("[Đổi số #1]")
        assert "977" not in told
        after = await waits(house)
        assert (after.since, after.why, after.taken_by) == (before.since, before.why, "hung")


async def waits(house):
    async with house.engine.connect() as connection:
        [one] = await office.waiting(connection, house.worlds.diary, house.now)
    return one


async def test_she_changes_it_in_her_own_words_and_the_next_booking_uses_it(database_url):
    async with town_on(database_url, "LS0001") as town:
        await town.say(ME, *BOOKING)
        assert "0987 654 321" in await town.say(ME, "em ghi nhầm số rồi, số đúng là 0987654321")
        assert "sẽ gọi số 0987 654 321" in (await town.say(ME, "đồng ý")).replace("\u00a0", " ")
        await town.say(ME, "huỷ lịch", "có", "hẹn gọi lại", "1")
        assert (await town.seen(ME))[-1].question == "consent"
        assert "0987 654 321" in (await town.seen(ME))[-1].text


async def test_she_is_told_where_it_was_that_number_already(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await town.say(ME, *BOOKING)
        said = await town.say(ME, "đổi số", "0912345678", "đồng ý")
        assert "đang hẹn đúng số 0912 345 678 rồi" in said.replace("\u00a0", " ")


async def test_of_an_hour_that_is_over_nothing_is_promised_and_another_is_offered(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await town.say(ME, *BOOKING)
        await town.house.at_its_hour()
        await town.house.settle("LS0001", "accept", 1)
        town.house.later(hours=1, minutes=20)
        assert "vẫn giữ số cũ" not in await town.say(ME, "đổi số")
        said = await town.say(ME, "0987654321", "đồng ý")
        assert "số mới: 0987 654 321" in said.replace("\u00a0", " ")
        assert "đã qua" in said
        assert [option.id for option in (await town.seen(ME))[-1].options][:2] == [
            "reschedule",
            "nobody_called",
        ]
        assert "vẫn gọi" not in await town.say(ME, "số em là 0977123456", "không")


@pytest.mark.parametrize(
    "words",
    [
        "0987654321",
        "số em là 0987654321",
        "số khác 0987654321",
        "không, số khác 0987 654 321",
        "không, 0987654321",
        "sai số rồi em, 0987654321 nhé",
    ],
)
async def test_at_her_consent_another_number_takes_the_place_of_the_one_she_is_shown(words, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        assert "gọi số 0912 345 678" in await town.say(ME, *BOOKING[:-1])
        assert "gọi số 0987 654 321" in await town.say(ME, words)
        await town.say(ME, "đồng ý")
        async with town.house.engine.connect() as connection:
            assert (await leads.person(connection, town.house.cipher, 1)).phone == OTHER


@pytest.mark.parametrize("words", ["sai số rồi em", "không, số khác", "nhầm số", "số này sai"])
async def test_at_her_consent_a_wrong_number_is_asked_for_again(words, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await town.say(ME, *BOOKING[:-1], words)
        assert (await town.seen(ME))[-1].question == "phone"


@pytest.mark.parametrize(
    ("words", "outcome"), [("ok gọi số này nhé", "booked"), ("không", "not_called"), ("đồng ý", "booked")]
)
async def test_at_her_consent_a_yes_or_a_no_stays_one(words, outcome, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await town.say(ME, *BOOKING[:-1], words)
        assert (await town.seen(ME))[-1].outcome == outcome
