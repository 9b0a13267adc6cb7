"""Booking a call: who gets it, what is stored, and what cannot happen."""

import hashlib
from collections import Counter
from datetime import UTC, datetime

import pytest

from bot.clock import LOCAL
from bot.storage.network_schema import leads
from bot.storage.privacy_schema import consents
from handlers.leads import LeadState
from handlers.state import State
from tests.network.house import KY_LUA, NAME, PHONE, at, citizen, house_on, inbox
from tests.storage.rig import WORDS


async def test_a_booking_names_the_collector_and_holds_a_code_of_four_digits(database_url):
    async with house_on(database_url, "LS0001") as house:
        done = await house.book(1, at(25, 11))
        assert done["collector"] == {
            "code": "LS0001",
            "name": "Cô LS0001",
            "organisation": "Tổ chức LS0001",
            "point": "Điểm LS0001",
        }
        assert (done["starts_at"], done["ends_at"]) == (at(25, 11), at(25, 12))
        assert len(done["call_code"]) == 4
        assert done["call_code"].isdigit()
        assert await house.lead(done["lead"]) == ("offered", "LS0001")
        assert await house.booked() == [("LS0001", datetime(2026, 11, 25, 4, tzinfo=UTC))]
        assert await house.events(done["lead"]) == [("system", "offer", "")]


async def test_the_collector_is_sent_a_card_he_can_answer(database_url):
    async with house_on(database_url, "LS0001") as house:
        lead = (await house.book(1, at(25, 11)))["lead"]
        [(to, card)] = house.mail
        assert to == inbox("LS0001")
        assert card.text.startswith(f"[Mới #{lead}] Chị Lành – Phường Kỳ Lừa – hẹn 11:00 Thứ Tư, 25/11/2026")
        assert [option.id for option in card.options] == [
            f"{move}-{lead}" for move in ("accept", "decline", "later")
        ]
        assert "912" not in card.text


async def test_whose_turn_it_is_longest_gets_the_next_lead(database_url):
    async with house_on(database_url, "LS0001", "LS0002", "LS0003") as house:
        hours = [at(25, hour) for hour in (8, 9, 10, 11, 13, 14)]
        got = []
        for number, hour in enumerate(hours):
            got.append((await house.book(number, hour))["collector"]["code"])
            house.later(minutes=1)
        assert got == ["LS0001", "LS0002", "LS0003"] * 2


async def test_turns_stay_within_one_of_each_other_over_a_busy_week(database_url):
    async with house_on(database_url, "LS0001", "LS0002", "LS0003", "LS0004") as house:
        turns = Counter()
        for number in range(30):
            hour = (await house.free())[number % 4]
            turns[(await house.book(number, hour))["collector"]["code"]] += 1
            house.later(minutes=7)
        assert max(turns.values()) - min(turns.values()) <= 1


async def test_an_hour_of_the_last_free_collector_can_be_booked_once(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        first, second = await house.book(1, at(25, 11)), await house.book(2, at(25, 11))
        assert {first["collector"]["code"], second["collector"]["code"]} == {"LS0001", "LS0002"}
        assert await house.book(3, at(25, 11)) is None
        assert len(await house.rows(leads.c.id)) == 2


@pytest.mark.parametrize(
    "starts_at",
    [
        at(23, 8),  # past
        at(23, 9),  # now
        at(24, 9),  # a holiday
        at(25, 3),  # night
        at(25, 17),  # after the legal hours
        at(25, 11, 30),  # off the grid: it would overlap two
        at(28, 9),  # a Saturday
        "2020-01-01T09:00+07:00",
        "9999-12-31T23:00+07:00",
    ],
)
async def test_an_hour_that_is_not_free_cannot_be_booked_by_naming_it(starts_at, databases):
    async with house_on(databases.make("sqlite"), "LS0001") as house:
        assert await house.book(1, starts_at) is None
        assert await house.rows(leads.c.id) == []
        assert house.mail == []


async def test_the_same_booking_once_more_is_the_one_she_has(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        first = await house.book(1, at(25, 11))
        assert await house.book(1, at(25, 11)) == first
        await house.settle("LS0001", "accept", first["lead"])
        assert await house.book(1, at(25, 11)) == first
        assert len(house.mail) == 1
        assert len(await house.rows(consents.c.id)) == 1


async def test_of_two_bookings_the_one_she_agreed_to_last_holds(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        first = await house.book(1, at(25, 11))
        other = await house.book(1, at(26, 9))
        assert other["starts_at"] == at(26, 9)
        assert (await house.lead(first["lead"]))[0] == LeadState.CANCELLED
        assert (await house.lead(other["lead"]))[0] == LeadState.OFFERED
        assert house.told(inbox("LS0001"))[1].startswith(f"[Huỷ #{first['lead']}]")


async def test_another_number_for_the_hour_she_has_is_that_call_s_number(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        first = await house.book(1, at(25, 11))
        assert await house.book(1, at(25, 11), phone="+84987654321") == first
        [[index]] = await house.rows(leads.c.phone_index)
        assert index == house.cipher.index("+84987654321")
        assert len(await house.rows(consents.c.id)) == 2


async def test_when_her_hour_is_over_she_may_book_another_and_the_old_lead_is_closed(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        old = (await house.book(1, at(25, 11)))["lead"]
        house.now = datetime(2026, 11, 25, 12, 0, tzinfo=LOCAL)
        new = await house.book(1, at(26, 9))
        assert new["collector"]["code"] == "LS0002"
        assert await house.lead(old) == ("cancelled", "LS0001")
        assert (await house.events(old))[-1] == ("citizen", "cancel", "booked_again")
        assert house.told(inbox("LS0001"))[-1].startswith(f"[Huỷ #{old}]")


async def test_name_phone_and_note_are_sealed_and_the_phone_can_be_looked_up(database_url):
    async with house_on(database_url, "LS0001") as house:
        await house.book(1, at(25, 11))
        [row] = await house.rows(leads.c.name, leads.c.phone, leads.c.note, leads.c.phone_index)
        for sealed in row:
            assert NAME.encode() not in sealed
            assert b"912345678" not in sealed
            assert b"200k" not in sealed
        assert row[3] == house.cipher.index(PHONE)
        assert house.cipher.open(row[1], "leads.phone:1") == PHONE


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_the_consent_is_kept_with_the_very_words_she_read(language, databases):
    async with house_on(databases.make("sqlite"), "LS0001") as house:
        await speak(house, language)
        await house.book(1, at(25, 11))
        [(lead, version, wording, when)] = await house.rows(
            consents.c.lead_id, consents.c.version, consents.c.wording, consents.c.at
        )
        sentence = WORDS.say(language, "consent", "text", {"phone": "…", "kept": 90})
        assert (lead, version, when) == (1, "call-2", house.now)
        assert wording == hashlib.sha256(sentence.encode()).hexdigest()


async def speak(house, language):
    """Let citizen 1 have a conversation in a language."""
    from bot.storage.hotpath import save_states

    async with house.engine.begin() as connection:
        state = State(started_on=house.now.date(), language=language)
        await save_states(connection, {citizen(1): state}, house.cipher, at=house.now)


async def test_who_speaks_english_is_told_in_english_that_another_will_call(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        await speak(house, "en")
        lead = (await house.book(1, at(25, 11)))["lead"]
        await house.settle("LS0001", "decline", lead)
        assert house.told(citizen(1))[0].startswith("Somebody else will call you: Cô LS0002")


async def test_without_any_network_there_is_nothing_to_offer_and_nothing_to_book(database_url):
    async with house_on(database_url) as house:
        assert await house.free(KY_LUA) == []
        assert await house.book(1, at(25, 11)) is None
