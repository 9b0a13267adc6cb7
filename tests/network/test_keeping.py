"""What is kept no longer than people were told, and what they agreed to."""

import re
from datetime import datetime, timedelta

from bot import exporting, news, retention
from bot.clock import LOCAL
from bot.storage import consents, do_not_call, reports, sealed
from bot.storage.crypt import Cipher
from bot.storage.hotpath import lock_states
from bot.storage.linking_schema import citizen_chats
from bot.storage.network_schema import leads, quotes
from bot.storage.privacy_schema import consent_texts, scam_reports
from bot.storage.privacy_schema import consents as consents_table
from bot.storage.schema import conversations, outbox, seen
from bot.storage.web_schema import web_messages
from tests.network.house import PHONE, at, citizen, house_on, inbox
from tests.network.town import BOOKING, town_on
from tests.storage.rig import LAW, WORDS

CALLED = ("1", "gọi")


async def sweep(house):
    return await retention.sweep(house.engine, house.cipher, LAW, house.now)


async def test_a_silent_conversation_is_deleted_after_thirty_days_with_its_messages(database_url):
    async with town_on(database_url, "LS0001") as town:
        await town.say(citizen(), "xin chào", "tính thử", "43 tuổi")
        house = town.house
        house.later(days=29)
        assert (await sweep(house))["conversations"] == 0
        house.later(days=2)
        assert (await sweep(house))["conversations"] == 1
        for table in (conversations, outbox, web_messages, seen):
            assert await house.rows(*table.primary_key) == [], table.name
        assert "Em là trợ lý" in await town.say(citizen(), "xin chào")


async def test_who_waits_for_a_call_is_not_forgotten_however_silent(database_url):
    async with town_on(database_url, "LS0001") as town:
        await town.say(citizen(), *BOOKING)
        town.house.later(days=120)
        done = await sweep(town.house)
        assert (done["conversations"], done["leads"], done["open_too_long"]) == (0, 0, 1)
        assert (await town.house.rows(leads.c.phone))[0][0] is not None


async def test_a_lead_names_nobody_ninety_days_after_its_end(database_url):
    async with town_on(database_url, "LS0001") as town:
        await town.say(citizen(), *BOOKING)
        await town.house.at_its_hour()
        for action in ("accept", "call", "joined"):
            await town.house.settle("LS0001", action, 1)
        town.house.later(days=89)
        assert (await sweep(town.house))["leads"] == 0
        town.house.later(days=2)
        assert (await sweep(town.house))["leads"] == 1
        assert await town.house.rows(leads.c.name, leads.c.phone, leads.c.phone_index) == [(None,) * 3]
        assert not any("Lành" in message.text for message in await town.seen(inbox("LS0001")))


async def test_proof_of_consent_stays_a_year_without_a_name_and_then_goes(database_url):
    async with house_on(database_url, "LS0001") as house:
        await house.book(1, at(25, 11))
        await house.forget(1)
        [(person, purpose)] = await house.rows(consents_table.c.person, consents_table.c.purpose)
        assert (person, purpose) == (None, "call")
        house.later(days=360)
        assert (await sweep(house))["consents"] == 0
        house.later(days=10)
        assert (await sweep(house))["consents"] == 1


async def test_the_consent_keeps_the_very_words_with_her_number_left_out(database_url):
    async with house_on(database_url, "LS0001") as house:
        await house.book(1, at(25, 11))
        [(text,)] = await house.rows(consent_texts.c.text)
        assert "đồng ý cho nhân viên thu BHXH gọi số …" in text
        assert "xoá 90 ngày sau" in text


async def test_news_is_told_once_to_who_agreed_and_only_by_day(database_url):
    async with town_on(database_url, "LS0001") as town:
        house = town.house
        await town.say(citizen(1), "xin chào", "nhận tin", "đồng ý")
        await town.say(citizen(2), "xin chào", "nhận tin", "không")
        await town.say(citizen(3), "xin chào", "nhận tin", "đồng ý", "DỪNG")

        async def tell():
            told = await news.tell(house.engine, house.cipher, WORDS, LAW, house.now)
            await town.sender.drain()
            return told

        assert await tell() == 0  # 39 days before the change
        house.now = house.now.replace(day=5, month=12, hour=6)
        assert await tell() == 0  # too early in the day
        house.later(hours=4)
        assert [await tell(), await tell()] == [1, 0]
        [told] = [message.text for message in await town.seen(citizen(1)) if "01/01/2027" in message.text]
        assert "264.000 đ thành 387.200 đ" in told.replace("\u00a0", " ")


async def test_she_gets_everything_by_a_link_that_holds_for_a_day_and_says_nothing(database_url):
    async with town_on(database_url, "LS0001") as town:
        await town.say(citizen(), *BOOKING)
        house = town.house
        path = exporting.path(house.cipher, citizen(), house.now)
        token = path.removeprefix("/my-data/")
        assert exporting.whose(house.cipher, token, house.now) == citizen()
        assert exporting.whose(house.cipher, token, house.now + timedelta(hours=25)) is None
        for bad in ("", "x", token[:-2], token[:9] + "A" + token[10:], "A" * 5_000, "đ"):
            assert exporting.whose(house.cipher, bad, house.now) is None
        async with house.engine.connect() as connection:
            data = await exporting.collect(connection, house.cipher, citizen())
        [lead] = data["leads"]
        assert (lead["name"], lead["phone"]) == ("chị Lành", "0912 345 678")
        assert data["conversation"]["answers"]["ward"]
        assert [one["purpose"] for one in data["consents"]] == ["call"]


async def test_she_sees_what_is_kept_of_the_chats_she_linked_too(database_url):
    async with town_on(database_url, "LS0001") as town:
        await town.say(citizen(2), "xin chào", "báo lừa đảo", "có người gọi đòi chuyển tiền")
        await town.say(citizen(), *BOOKING)
        [code] = re.findall(r"NK-\w{4}-\w{4}", await town.say(citizen(), "liên kết"))
        await town.say(citizen(2), code, "nhận tin", "đồng ý")
        house = town.house
        for chat in (citizen(), citizen(2)):
            async with house.engine.connect() as connection:
                data = await exporting.collect(connection, house.cipher, chat)
            assert [one["said"] for one in data["scam_reports"]] == ["có người gọi đòi chuyển tiền"]
            assert [one["purpose"] for one in data["consents"]] == ["call", "news"]
            both = (data["conversation"], *data["linked_conversations"])
            assert ["ward" in one["answers"] for one in both].count(True) == 1


async def test_a_no_to_calls_is_final_for_others_and_hers_to_take_back(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        await house.book(1, at(25, 11))
        await house.at_its_hour()
        for action in ("accept", "call", "not_interested"):
            await house.settle("LS0001", action, 1)
        async with house.engine.connect() as connection:
            assert await do_not_call.source_of(connection, house.cipher, PHONE) == "said_no"
        assert await house.book(2, at(25, 14)) == {"refused": "said_no"}
        assert (await house.book(1, at(25, 14)))["lead"] == 2
        await house.forget(1)
        assert (await house.book(2, at(25, 14)))["lead"] == 3  # all about her is deleted, her no with it


async def test_who_said_no_twice_is_not_called_again_whoever_asks(database_url):
    async with house_on(database_url, "LS0001") as house:
        for lead, hour in ((1, at(25, 11)), (2, at(25, 14))):
            assert (await house.book(1, hour))["lead"] == lead
            await house.at_its_hour(lead)
            for action in ("accept", "call", "not_interested"):
                await house.settle("LS0001", action, lead)
        assert await house.book(1, at(25, 16)) == {"refused": "said_no"}


async def test_her_no_is_hers_to_take_back_in_any_chat_she_proved_to_be_hers(database_url):
    async with town_on(database_url, "LS0001", "LS0002") as town:
        await town.say(citizen(), *BOOKING)
        await town.house.at_its_hour()
        await town.say(inbox("LS0001"), "1", "gọi", "3")  # not interested
        assert await town.house.book(2, at(25, 14)) == {"refused": "said_no"}
        [code] = re.findall(r"NK-\w{4}-\w{4}", await town.say(citizen(), "liên kết"))
        await town.say(citizen(2), "xin chào", code)
        assert (await town.house.book(2, at(25, 14)))["lead"] == 2
        assert await town.house.book(3, at(25, 15)) == {"refused": "said_no"}


async def test_whose_a_quote_is_is_forgotten_with_the_silent_conversation(database_url):
    async with house_on(database_url, "LS0001") as house:
        async with town_on(database_url) as town:
            await town.say(citizen(), "xin chào")
        code = await house.save_quote()
        assert (await house.rows(quotes.c.chat_index))[0][0] is not None
        house.later(days=31)
        assert (await sweep(house))["conversations"] == 1
        assert await house.rows(quotes.c.code, quotes.c.chat, quotes.c.chat_index) == [(code, None, None)]
        async with house.world(citizen(2)) as world:
            assert (await world.find_quote(code))["quote_code"] == code


async def test_a_quote_goes_ninety_days_after_it_expired_unless_somebody_is_called_about_it(database_url):
    async with house_on(database_url, "LS0001") as house:
        hers, _ = await house.save_quote(), await house.save_quote()
        await house.book(1, at(25, 11), quote_code=hers)
        house.now = datetime(2027, 3, 20, 9, tzinfo=LOCAL)  # they expired with the year
        assert (await sweep(house))["quotes"] == 0
        house.later(days=30)
        assert (await sweep(house))["quotes"] == 1
        assert await house.rows(quotes.c.code) == [(hers,)]


async def test_that_two_chats_are_one_persons_is_forgotten_with_the_chats(database_url):
    async with town_on(database_url, "LS0001") as town:
        await town.say(citizen(), *BOOKING)
        [code] = re.findall(r"NK-\w{4}-\w{4}", await town.say(citizen(), "liên kết"))
        await town.say(citizen(2), "xin chào", code)
        house = town.house
        house.later(minutes=11)
        assert (await sweep(house))["link_codes"] == 1
        house.later(days=31)
        await sweep(house)  # she waits for a call, and may look for it from the chat that has gone silent
        assert await house.rows(citizen_chats.c.person) == [("person1",)]
        await house.forget(1)
        assert await house.rows(citizen_chats.c.person) == []


async def test_the_register_is_replaced_whole_and_who_said_no_stays(database_url):
    async with house_on(database_url, "LS0001") as house, house.engine.begin() as connection:
        cipher, now = house.cipher, house.now
        await do_not_call.add(connection, cipher, [PHONE], do_not_call.SAID_NO, at=now)
        many = [f"+849{number:08d}" for number in range(1_500)]
        assert await do_not_call.replace_register(connection, cipher, [*many, PHONE], at=now) == 1_501
        assert await do_not_call.replace_register(connection, cipher, many[:2], at=now) == 2
        assert await do_not_call.source_of(connection, cipher, many[0]) == "register"
        assert await do_not_call.source_of(connection, cipher, many[9]) is None
        assert await do_not_call.source_of(connection, cipher, PHONE) == "said_no"


async def test_a_no_of_somebody_on_the_register_is_her_own_and_outlives_it(database_url):
    async with house_on(database_url, "LS0001") as house:
        async with house.engine.begin() as connection:
            await do_not_call.replace_register(connection, house.cipher, [PHONE], at=house.now)
        await house.book(1, at(25, 11))  # she asked: the register bars only what nobody asked for
        await house.at_its_hour()
        for action in ("accept", "call", "not_interested"):
            await house.settle("LS0001", action, 1)
        async with house.engine.begin() as connection:
            await do_not_call.replace_register(connection, house.cipher, [], at=house.now)
        assert await house.book(2, at(25, 14)) == {"refused": "said_no"}


async def test_a_no_is_found_under_whichever_key_and_sealed_anew(database_url):
    before, after = Cipher("a" * 32), Cipher("b" * 32, "a" * 32)
    async with house_on(database_url) as house:
        async with house.engine.begin() as connection:
            await do_not_call.add(connection, before, [PHONE], do_not_call.SAID_NO, at=house.now)
            await do_not_call.replace_register(connection, after, [PHONE], at=house.now)
            assert await do_not_call.source_of(connection, after, PHONE) == "said_no"
        await sealed.rotate(house.engine, after)
        async with house.engine.connect() as connection:
            assert await do_not_call.source_of(connection, after, PHONE) == "said_no"


async def test_what_she_agreed_to_holds_until_she_says_otherwise(database_url):
    async with house_on(database_url, "LS0001") as house, house.engine.begin() as connection:
        for given in (True, False, True):
            answer = consents.Consent(consents.NEWS, given=given, version="news-1", text="Có đồng ý?")
            await consents.record(connection, answer, citizen(), at=house.now)
            assert await consents.wants_news(connection, citizen()) is given
        assert await consents.wants_news(connection, citizen(2)) is False
        assert await consents.forget(connection, citizen(), []) is True
        assert await consents.news_readers(connection) == []


async def test_a_report_of_a_scam_waits_for_the_officer_and_goes_when_she_is_forgotten(database_url):
    async with town_on(database_url, "LS0001") as town:
        await town.say(citizen(1), "xin chào", "báo lừa đảo", "có người gọi 0912345678 đòi 500k, xưng LS0001")
        await town.say(citizen(2), "xin chào", "báo lừa đảo", "họ xin mã OTP")
        house = town.house
        async with house.engine.begin() as connection:
            waiting = await reports.waiting(connection, house.cipher)
            assert [(report.id, report.said[:12]) for report in waiting] == [
                (1, "có người gọi"),
                (2, "họ xin mã OT"),
            ]
            assert await reports.seen(connection, 2, at=house.now)
            assert not await reports.seen(connection, 2, at=house.now)
            [first] = await reports.waiting(connection, house.cipher)
        assert first.id == 1
        assert b"OTP" not in b"".join([said for (said,) in await house.rows(scam_reports.c.said)])
        async with house.engine.begin() as connection:
            state = await lock_states(
                connection, [citizen(1)], house.cipher, at=house.now, today=house.now.date()
            )
        assert "500k" not in str(state[citizen(1)].answers)
        await house.forget(1)
        async with house.engine.begin() as connection:
            assert await reports.waiting(connection, house.cipher) == []
