"""After the booking: reminded, moved, called off, first again when nobody called, asked how it went."""

import re
from datetime import datetime, timedelta

import pytest

from bot import callbacks
from bot.clock import LOCAL
from bot.storage import leads
from bot.storage.leads import find
from tests.network.house import KY_LUA, at, citizen, employ, house_on, inbox
from tests.network.town import BOOKING, town_on


async def pass_to(town, day, hour, minute=0):
    """Let time pass until a moment of November, and everything happen that is due by then."""
    end = datetime.fromisoformat(at(day, hour, minute))
    while town.house.now < end:
        town.house.now = min(end, town.house.now + timedelta(minutes=15))
        await town.timers.drain()
    await town.sender.drain()


async def booked_for(town, starts_at, number=1):
    return await town.house.book(number, starts_at)


async def heard_by(town, number=1):
    return [message.text.replace("\u00a0", " ") for message in await town.seen(citizen(number))]


async def shown_to(town, code):
    return [message.text.replace("\u00a0", " ") for message in await town.seen(inbox(code))]


async def test_she_is_reminded_the_evening_before_and_an_hour_before_once_each(database_url):
    async with town_on(database_url, "LS0001") as town:
        await booked_for(town, at(25, 11))
        await town.house.settle("LS0001", "accept", 1)
        await pass_to(town, 24, 18, 45)
        assert await heard_by(town) == []
        await pass_to(town, 25, 10, 45)
        first, second = await heard_by(town)
        assert "Nhắc anh/chị" in first
        assert "Mã gọi lại" in first
        assert "Khoảng một giờ nữa" in second


async def test_who_has_not_accepted_a_call_that_she_moves_is_told_to_and_until_when(database_url):
    async with town_on(database_url, "LS0001") as town:
        await booked_for(town, at(25, 11))
        async with town.house.world(citizen()) as world:
            await world.move_call(at(26, 14))
        told = town.house.told(inbox("LS0001"))[-1]
        assert told.startswith("[Đổi giờ #1] Người hẹn đã đổi sang 14:00 Thứ Năm, 26/11/2026.")
        assert 'nhận giúp em trước 10:00 ngày 23/11: gõ "nhận #1"' in told
        await town.say(inbox("LS0001"), "nhận #1")
        assert await town.house.lead(1) == ("accepted", "LS0001")


async def test_who_says_that_nobody_called_within_her_hour_is_told_when_it_is_over(database_url):
    async with town_on(database_url, "LS0001") as town:
        await booked_for(town, at(25, 11))
        town.house.now = datetime(2026, 11, 25, 11, 20, tzinfo=LOCAL)
        said = await town.say(citizen(), "chưa ai gọi")
        assert "Người gọi còn trong giờ hẹn" in said
        assert "11:00 Thứ Tư, 25/11/2026" in said


async def test_a_moved_call_is_reminded_of_at_its_new_hour_only(database_url):
    async with town_on(database_url, "LS0001") as town:
        await booked_for(town, at(25, 11))
        await town.house.settle("LS0001", "accept", 1)
        async with town.house.world(citizen()) as world:
            moved = await world.move_call(at(26, 14))
        assert moved["starts_at"] == at(26, 14)
        assert moved["collector"]["code"] == "LS0001"
        assert town.house.told(inbox("LS0001"))[-1].startswith("[Đổi giờ #1]")
        await pass_to(town, 26, 13, 30)
        texts = await heard_by(town)
        assert len(texts) == 2
        assert all("26/11/2026" in text for text in texts)


async def test_a_cancelled_call_is_reminded_of_by_nobody_and_its_hour_is_free(database_url):
    async with town_on(database_url, "LS0001") as town:
        await booked_for(town, at(25, 11))
        async with town.house.world(citizen()) as world:
            await world.cancel_call()
            assert await world.my_call() is None
        assert await town.house.lead(1) == ("cancelled", "LS0001")
        assert town.house.told(inbox("LS0001"))[-1].startswith("[Huỷ #1]")
        await pass_to(town, 25, 12)
        assert await heard_by(town) == []
        assert (await booked_for(town, at(26, 11), number=2))["lead"] == 2


async def test_who_accepted_a_call_is_reminded_that_morning_and_shortly_before(database_url):
    async with town_on(database_url, "LS0001") as town:
        await booked_for(town, at(25, 11))
        await town.house.settle("LS0001", "accept", 1)
        before = len(await shown_to(town, "LS0001"))
        await pass_to(town, 25, 7, 30)
        await pass_to(town, 25, 10, 30)
        today, soon = (await shown_to(town, "LS0001"))[before:]
        assert "Hôm nay anh/chị có cuộc gọi 11:00 Thứ Tư, 25/11/2026" in today
        assert "Sắp đến giờ gọi: 11:00" in soon
        assert "Lành" not in today + soon


async def test_who_gave_a_call_back_or_never_took_it_is_not_reminded_of_it(database_url):
    async with town_on(database_url, "LS0001", "LS0002") as town:
        holder = (await booked_for(town, at(25, 11)))["collector"]["code"]
        await town.house.settle(holder, "accept", 1)
        await town.house.settle(holder, "give_back", 1)
        await pass_to(town, 25, 10, 30)
        for code in ("LS0001", "LS0002"):
            assert not any("Nhắc #1" in text for text in await shown_to(town, code))


async def test_nobody_called_so_she_comes_first_with_somebody_else(database_url):
    async with town_on(database_url, "LS0001", "LS0002") as town:
        holder = (await booked_for(town, at(25, 11)))["collector"]["code"]
        await town.house.settle(holder, "accept", 1)
        async with town.house.world(citizen()) as world:
            assert (await world.call_again())["starts_at"] == ""  # its hour has not come
        town.house.now = town.house.now.replace(day=25, hour=12, minute=1)
        async with town.house.world(citizen()) as world:
            assert (await world.my_call())["over"] is True
            assert (await world.call_again())["starts_at"] > at(25, 12)
        state, now_with = await town.house.lead(1)
        assert (state, now_with != holder) == ("offered", True)
        assert ("citizen", "expire", "she_was_not_called") in await town.house.events(1)


async def test_without_anybody_else_the_office_is_told(database_url):
    async with town_on(database_url, "LS0001") as town:
        await booked_for(town, at(25, 11))
        await town.house.settle("LS0001", "accept", 1)
        town.house.now = town.house.now.replace(day=25, hour=12, minute=1)
        async with town.house.world(citizen()) as world:
            assert (await world.call_again())["starts_at"] == ""
        assert await town.house.lead(1) == ("unassigned", None)
        assert ("system", "to_office", "nobody_free") in await town.house.events(1)


async def test_however_often_she_says_that_nobody_called_the_office_is_told_once(database_url):
    async with town_on(database_url, "LS0001") as town:
        await booked_for(town, at(25, 11))
        await town.house.settle("LS0001", "accept", 1)
        town.house.now = town.house.now.replace(day=25, hour=12, minute=1)
        for _ in range(3):
            async with town.house.world(citizen()) as world:
                assert (await world.call_again())["starts_at"] == ""
        told = [what for _, what, _ in await town.house.events(1) if what == "to_office"]
        assert told == ["to_office"]
        assert town.house.told(citizen()) == [], "the answer says it"


@pytest.mark.parametrize(
    ("ended", "asked"), [("joined", True), ("not_interested", True), ("wrong_number", False)]
)
async def test_after_a_call_she_is_asked_once_by_day_how_it_went(ended, asked, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await booked_for(town, at(25, 11))
        await town.house.settle("LS0001", "accept", 1)
        await pass_to(town, 25, 11)
        for action in ("call", ended):
            await town.house.settle("LS0001", action, 1)
        before = len(await heard_by(town))
        await pass_to(town, 25, 14)
        fresh = (await heard_by(town))[before:]
        assert len(fresh) == 1, "how it went, or that her number is wrong"
        assert any("thế nào ạ?" in text for text in fresh) is asked
        async with town.house.world(citizen()) as world:
            assert await world.rate_call("bad") == {"rated": asked, "already": False}
            assert await world.rate_call("good") == {"rated": False, "already": asked}
        assert (("citizen", "rated", "bad") in await town.house.events(1)) is asked


async def calendar_of(house, collector):
    """The lines of the calendar file of the first lead as it stands: name and parameters → value."""
    async with house.engine.connect() as connection:
        lead, stand = await find(connection, 1), await leads.stand(connection, 1)
    file = callbacks.calendar_file(house.cipher, lead, collector, stand).decode().replace("\r\n ", "")
    return dict(line.split(":", 1) for line in file.splitlines())


async def test_the_calendar_file_has_the_hour_the_caller_and_the_code(databases):
    async with house_on(databases.make("sqlite"), "LS0001") as house:
        booked = await house.book(1, at(25, 11))
        file = await calendar_of(house, booked["collector"])
        assert file["DTSTART;TZID=Asia/Ho_Chi_Minh"] == "20261125T110000"
        assert "TZID" in file, "with the time zone itself"
        assert booked["call_code"] in file["DESCRIPTION"]
        assert "Lành" not in str(file)


async def test_the_calendar_takes_a_moved_call_for_the_same_one_changed(database_url):
    async with house_on(database_url, "LS0001") as house:
        booked = await house.book(1, at(25, 11))
        first = await calendar_of(house, booked["collector"])
        house.later(minutes=10)
        async with house.world(citizen()) as world:
            await world.move_call(at(25, 15))
        moved = await calendar_of(house, booked["collector"])
        assert moved["UID"] == first["UID"]
        assert moved["DTSTART;TZID=Asia/Ho_Chi_Minh"] == "20261125T150000"
        assert int(moved["SEQUENCE"]) > int(first["SEQUENCE"])
        assert moved["LAST-MODIFIED"] == moved["DTSTAMP"] > first["DTSTAMP"]
        assert re.fullmatch("[0-9a-f]{32}@ansinh", first["UID"]), "it tells nothing of the lead"


async def test_an_hour_that_another_took_meanwhile_is_offered_no_more_when_she_goes_on(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        me = citizen()
        await town.say(me, *BOOKING[:3])
        first = (await town.seen(me))[-1].options[0]
        await town.say(me, "1", "chị Lành", "0912345678", "gặp người")
        town.house.later(minutes=6)
        await town.house.book(2, first.id)
        assert "giờ đó vừa có người đặt" in await town.say(me, "tiếp tục")
        assert first.id not in [option.id for option in (await town.seen(me))[-1].options]
        assert "đồng ý cho nhân viên thu" in await town.say(me, "1")


async def test_asking_for_a_person_before_she_agrees_costs_her_neither_the_hour_nor_her_words(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        me = citizen()
        await town.say(me, *BOOKING[:3])
        chosen = (await town.seen(me))[-1].options[1]
        assert "Đã hẹn xong" in await town.say(
            me, "2", "chị Lành", "gặp người", "tiếp tục", "0912345678", "gặp người", "tiếp tục", "đồng ý"
        )
        async with town.house.world(me) as world:
            assert (await world.my_call())["starts_at"] == chosen.id


async def test_who_moves_her_call_to_another_collectors_hour_is_answered_once(databases):
    async with town_on(databases.make("sqlite")) as town:
        me = citizen()
        async with town.house.engine.begin() as connection:
            await employ(connection, "LS0001", KY_LUA, hours=((480, 720),))
            await employ(connection, "LS0002", KY_LUA, hours=((780, 1020),))
        await town.say(me, *BOOKING[:3], "sáng thứ 4", "chị Lành", "0912345678", "đồng ý")
        assert await town.house.lead(1) == ("offered", "LS0001")
        await town.say(me, "đổi giờ")
        before = len(await town.seen(me))
        hour = next(each for each in (await town.seen(me))[-1].options if each.id[11:13] in ("13", "14"))
        assert "Cô LS0002" in await town.say(me, hour.label)
        assert await town.house.lead(1) == ("offered", "LS0002")
        assert len(await town.seen(me)) == before + 1
        assert (await town.seen(inbox("LS0001")))[-1].notice == "lead_moved_on"
