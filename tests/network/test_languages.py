"""Called in her own language: offered where somebody speaks it, said in words, and kept like her name."""

from datetime import date

import pytest

from bot import exporting, office
from bot.storage import leads as stored
from bot.storage.hotpath import lock_states
from bot.storage.network_schema import lead_skips
from bot.storage.tables import metadata
from handlers.booking import MOST_CHOICES
from tests.network.house import DONG_KINH, KY_LUA, at, citizen, employ, house_on, inbox
from tests.network.test_callbacks import pass_to
from tests.network.test_turns import reasons
from tests.network.town import BOOKING, town_on

ME = citizen()
WHO = ("chị Lành", "0912345678", "đồng ý")
MORNING, AFTERNOON = ((480, 720),), ((780, 1020),)


async def hire(house, code, *languages, wards=(KY_LUA,), **more):
    async with house.engine.begin() as connection:
        return await employ(connection, code, *wards, languages=("vi", *languages), **more)


@pytest.fixture
async def town(databases):
    """One collector who speaks Vietnamese only and comes first in turn, and two who speak Tày too."""
    async with town_on(databases.make("sqlite"), "LS0001") as made:
        await hire(made.house, "LS0002", "tay")
        await hire(made.house, "LS0003", "tay", "nung")
        await made.say(ME, *BOOKING[:3])
        yield made


async def last(town):
    """The last question put to her with its choices."""
    message = (await town.seen(ME))[-1]
    return message.question, [option.label for option in message.options]


async def test_a_trader_asks_for_tay_among_the_times_and_is_called_by_who_speaks_it(town):
    question, labels = await last(town)
    assert (question, labels[-2:]) == ("slot", ["Giờ khác", "Gọi bằng tiếng dân tộc: Tày, Nùng"])
    assert len(labels) == MOST_CHOICES
    await town.say(ME, "5")
    assert await last(town) == ("speaks", ["Tiếng Tày", "Tiếng Nùng", "Tiếng Việt cũng được"])
    assert "giờ của người nói tiếng Tày" in await town.say(ME, "1")
    assert (await last(town))[1][-2:] == ["Giờ khác", "Tiếng Việt cũng được"]
    booked = await town.say(ME, "1", *WHO)
    assert "Cô LS0002" in booked
    assert "Người gọi nói tiếng Tày" in booked
    card = (await town.seen(inbox("LS0002")))[-1].text
    assert "Tày" not in card + await town.say(inbox("LS0002"), "1", "hôm nay", "xem")
    await town.house.at_its_hour()
    assert "Người này muốn nghe tiếng Tày" in await town.say(inbox("LS0002"), "gọi")
    assert ("LS0001", "covers", "language") in await reasons(town.house, 1)


@pytest.mark.parametrize(
    ("words", "caller"),
    [
        ("tiếng Tày", "LS0002"),
        ("noi tieng tay", "LS0002"),
        ("tôi nói tiếng Nùng", "LS0003"),
        ("bố tôi chỉ nghe được tiếng tày", "LS0002"),
        ("có ai nói được tiếng nùng không", "LS0003"),
        ("mẹ em không nói được tiếng Kinh, gọi bằng tiếng Nùng giúp em", "LS0003"),
    ],
)
async def test_she_says_it_in_her_own_words_instead_of_a_time(words, caller, town):
    told = await town.say(ME, words)
    assert "Tiếng để gọi" in told
    assert "giờ của người nói" in told
    await town.say(ME, "1", *WHO)
    assert (await town.house.lead(1))[1] == caller


async def test_said_with_her_name_it_is_no_part_of_the_name_and_the_hours_are_offered_anew(town):
    told = await town.say(ME, "1", "chị Lành, gọi bằng tiếng Tày nhé")
    assert "giờ của người nói tiếng Tày" in told
    assert "Số điện thoại nào" in await town.say(ME, "1")
    await town.say(ME, *WHO[1:])
    assert (await town.house.lead(1))[1] == "LS0002"
    assert "Chị Lành –" in (await town.seen(inbox("LS0002")))[-1].text


async def test_said_before_anything_it_is_confirmed_and_kept_for_the_times(town):
    await town.say(ME, "bắt đầu lại")
    assert "Tiếng để gọi: Tày" in await town.say(ME, "gọi cho tôi bằng tiếng Tày")
    assert "giờ của người nói tiếng Tày" in await town.say(ME, "đúng rồi", "p ky lua")


@pytest.mark.parametrize(
    ("words", "question", "choice"),
    [
        ("tiếng Việt cũng được", "slot", "Gọi bằng tiếng dân tộc: Tày, Nùng"),
        ("quay lại", "speaks", "Tiếng Nùng"),
        ("à nhầm, tiếng Nùng", "slot", "Tiếng Việt cũng được"),
        ("sửa", "which_answer", "Tiếng để gọi: Tày"),
    ],
)
async def test_she_may_go_back_or_change_her_mind(words, question, choice, town):
    await town.say(ME, "5", "tày", words)
    put, labels = await last(town)
    assert put == question
    assert choice in labels


async def test_what_she_changed_her_mind_about_is_forgotten(town):
    await town.say(ME, "5", "tày", "tiếng Việt cũng được", "1", *WHO)
    assert (await town.house.lead(1))[1] == "LS0001"
    await town.house.at_its_hour()
    assert "tiếng" not in await town.say(inbox("LS0001"), "1", "gọi")


async def test_where_nobody_speaks_more_no_language_is_offered_and_her_words_are_answered(
    databases,
):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await town.say(ME, *BOOKING[:3])
        assert (await last(town))[1][-1] == "Giờ khác"
        told = await town.say(ME, "tôi nói tiếng Nùng")
        assert "chưa có người nói tiếng Nùng còn giờ trống, nên cuộc gọi sẽ bằng tiếng Việt" in told
        assert (await last(town))[0] == "slot"
        booked = await town.say(ME, "1", *WHO)
        assert "Giờ đó chưa có người nói tiếng Nùng: Cô LS0001 sẽ gọi bằng tiếng Việt" in booked
        await town.house.at_its_hour()
        assert "muốn nghe tiếng Nùng" in await town.say(inbox("LS0001"), "1", "gọi")


async def test_a_time_at_which_nobody_speaks_it_is_said_so_with_a_way_back(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await hire(town.house, "LS0002", "tay", hours=MORNING)
        await town.say(ME, *BOOKING[:3], "tiếng tày", "giờ khác")
        told = await town.say(ME, "chiều thứ 5")
        assert "lúc đó chưa có người nói tiếng Tày" in told
        _, labels = await last(town)
        assert (labels[0][:5], labels[-1]) == ("13:00", "Xem giờ có tiếng Tày")
        assert "giờ của người nói tiếng Tày" in await town.say(ME, "xem giờ có tiếng tày")
        assert "Các giờ có người nói tiếng Tày" in await town.say(ME, "giờ khác", "sáng thứ 5")
        await town.say(ME, "quay lại")
        booked = await town.say(ME, "chiều thứ 5", "1", *WHO)
        assert "Giờ đó chưa có người nói tiếng Tày" in booked


async def test_when_the_only_speaker_is_taken_meanwhile_she_is_told_before_she_gives_her_name(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await hire(town.house, "LS0002", "tay", per_day=1, hours=((480, 540),), until=date(2026, 11, 25))
        await town.say(ME, *BOOKING[:3], "tiếng tày")
        assert await town.house.book(2, at(25, 8), speaks="tay", phone="+84987654321")
        told = await town.say(ME, "1")
        assert "chưa có người nói tiếng Tày còn giờ trống" in told
        assert (await last(town))[0] == "slot"


async def test_who_declines_is_followed_by_another_who_speaks_it_and_then_by_anybody(database_url):
    async with house_on(database_url, "LS0001") as house:
        await hire(house, "LS0002", "tay")
        await hire(house, "LS0003", "tay")
        assert (await house.book(1, at(25, 11), speaks="tay"))["collector"]["code"] == "LS0002"
        await house.settle("LS0002", "decline", 1)
        assert await house.lead(1) == ("offered", "LS0003")
        assert "Người gọi nói tiếng Tày" in house.told(ME)[-1]
        house.later(hours=2)
        await house.tick()
        assert await house.lead(1) == ("offered", "LS0001")
        assert "Giờ đó chưa có người nói tiếng Tày: Cô LS0001 sẽ gọi bằng tiếng Việt" in house.told(ME)[-1]
        assert "Tày" not in "".join(house.told(inbox("LS0001")))


async def test_a_day_off_hands_her_on_to_another_who_speaks_it(database_url):
    async with house_on(database_url, "LS0001") as house:
        await hire(house, "LS0002", "tay")
        await hire(house, "LS0003", "tay")
        await house.book(1, at(25, 11), speaks="tay")
        async with house.world(inbox("LS0002")) as world:
            assert (await world.take_off(date(2026, 11, 25), date(2026, 11, 25)))["moved"] == 1
        assert await house.lead(1) == ("offered", "LS0003")


async def test_who_speaks_it_in_the_next_ward_comes_before_who_does_not_in_hers(database_url):
    async with house_on(database_url, "LS0001") as house:
        await hire(house, "LS0002", "dao", wards=(DONG_KINH,))
        async with house.world(ME) as world:
            assert await world.languages(KY_LUA) == ["dao"]
            assert [one.raw for one in await world.free_slots(KY_LUA, speaks="dao")]
            assert await world.free_slots(KY_LUA, speaks="tay") == []
        done = await house.book(1, at(25, 11), speaks="dao")
        assert (done["collector"]["code"], done["spoken"]) == ("LS0002", True)


async def test_whom_she_knows_calls_her_when_nobody_else_speaks_it(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        await house.book(1, at(25, 11))
        await house.at_its_hour()
        for step in ("accept", "call", "joined"):
            await house.settle("LS0001", step, 1)
        assert (await house.book(1, at(26, 11), speaks="tay"))["collector"]["code"] == "LS0001"


async def test_nobody_called_so_the_next_hour_of_who_speaks_it_is_hers(database_url):
    async with town_on(database_url, "LS0001") as town:
        await hire(town.house, "LS0002", "tay")
        await hire(town.house, "LS0003", "tay", hours=AFTERNOON)
        await town.house.book(1, at(25, 8), speaks="tay")
        await town.house.settle("LS0002", "accept", 1)
        await pass_to(town, 25, 9, 5)
        async with town.house.world(ME) as world:
            assert (await world.call_again())["starts_at"] == at(25, 13)
        assert await town.house.lead(1) == ("offered", "LS0003")


async def test_at_another_hour_it_is_somebody_who_speaks_it_again(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await hire(town.house, "LS0002", "tay", hours=MORNING)
        await town.say(ME, *BOOKING[:3], "tiếng tày", "1", *WHO)
        assert "Giờ có ghi (tiếng Việt)" in await town.say(ME, "đổi giờ")
        labels = (await last(town))[1]
        assert [label.endswith("(tiếng Việt)") for label in labels] == [False, False, False, True, False]
        assert labels[-1] == "Giờ khác"
        assert "Người gọi nói tiếng Tày" in await town.say(ME, "2")
        await town.say(ME, "đổi giờ")
        assert "Cô LS0001 sẽ gọi bằng tiếng Việt" in await town.say(ME, "4")
        assert "sẽ gọi bằng tiếng Việt" in await town.say(ME, "lịch gọi")


async def test_said_after_the_booking_whoever_speaks_it_and_is_free_then_takes_the_call_over(town):
    assert "Cô LS0001" in await town.say(ME, "1", *WHO)
    shown = await town.say(ME, "gọi bằng tiếng Tày nhé", "đúng rồi")
    assert "Cô LS0002" in shown
    assert "Người gọi nói tiếng Tày" in shown
    assert await town.house.lead(1) == ("offered", "LS0002")
    assert (await town.seen(inbox("LS0001")))[-1].notice == "lead_moved_on"
    assert "collector_changed" not in [message.notice for message in await town.seen(ME)]
    await town.house.at_its_hour()
    assert "muốn nghe tiếng Tày" in await town.say(inbox("LS0002"), "1", "gọi")


async def test_said_after_the_booking_where_nobody_speaks_it_the_caller_stays_and_knows(town):
    shown = await town.say(ME, "1", *WHO, "à nhầm, tiếng Dao", "đúng rồi")
    assert "Giờ đó chưa có người nói tiếng Dao: Cô LS0001 sẽ gọi bằng tiếng Việt" in shown
    assert await town.house.lead(1) == ("offered", "LS0001")
    await town.house.at_its_hour()
    assert "muốn nghe tiếng Dao" in await town.say(inbox("LS0001"), "1", "gọi")


async def test_who_takes_her_wish_back_after_the_booking_keeps_her_caller_and_no_wish(town):
    shown = await town.say(ME, "5", "1", "1", *WHO, "gọi bằng tiếng Việt cũng được", "đúng rồi")
    assert "Cô LS0002" in shown
    await town.house.at_its_hour()
    assert "tiếng" not in await town.say(inbox("LS0002"), "1", "gọi")


async def test_the_officer_is_told_whether_whom_she_gives_the_lead_to_speaks_it(databases):
    async with house_on(databases.make("sqlite"), "LS0001") as house:
        await hire(house, "LS0002", "tay")
        await house.book(1, at(25, 11), speaks="tay")
        async with house.engine.begin() as connection:
            await stored.alone(connection)
            dispatch = house.worlds.dispatch(connection, house.now, lambda *one: house.mail.append(one))
            lead = await office.give(dispatch, 1, "LS0001", who="officer:binh")
            assert await dispatch.spoken(lead) == {"speaks": "tay", "spoken": False}
        assert "sẽ gọi bằng tiếng Việt" in house.told(ME)[-1]


async def test_she_sees_what_she_asked_for_takes_it_with_her_and_deletes_it(town):
    await town.say(ME, "5", "1", "1", *WHO)
    assert "muốn nghe tiếng Tày" in await town.say(ME, "dữ liệu của tôi")
    house = town.house
    async with house.engine.connect() as connection:
        data = await exporting.collect(connection, house.cipher, ME)
    assert data["leads"][0]["note"] == {"speaks": "tay"}
    assert data["conversation"]["answers"]["speaks"] == "tay"
    await town.say(ME, "xoá dữ liệu", "1")
    async with house.engine.begin() as connection:
        states = await lock_states(connection, [ME], house.cipher, at=house.now, today=house.now.date())
        assert (await exporting.collect(connection, house.cipher, ME))["leads"] == []
    assert "tay" not in str(states[ME].as_json())


async def test_who_does_not_agree_to_the_call_leaves_no_language_behind(town):
    await town.say(ME, "5", "1", "1", *WHO[:2], "không")
    async with town.house.engine.connect() as connection:
        data = await exporting.collect(connection, town.house.cipher, ME)
    assert not {"speaks", "speaker_near"} & set(data["conversation"]["answers"])


async def test_no_table_and_no_log_holds_the_language_in_the_clear(database_url, caplog):
    async with town_on(database_url, "LS0001") as town:
        await town.say(ME, *BOOKING[:3], "gọi bằng tiếng Mông", "1", *WHO)
        await town.house.at_its_hour()
        assert "tiếng Mông" in await town.say(inbox("LS0001"), "1", "gọi")
        for table in metadata.sorted_tables:
            for row in await town.house.rows(*table.columns):
                held = b"".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
                assert not [word for word in ("hmong", "Mông", "mông") if word.encode() in held], table.name
        assert "Mông" not in caplog.text
        assert "hmong" not in caplog.text


async def test_that_somebody_was_passed_over_for_his_language_is_told_to_the_office_and_in_no_table(town):
    other = citizen(2)
    await town.say(ME, "tiếng Tày", "1", *WHO)
    await town.say(other, *BOOKING[:3], "1", "anh Hoàng", "0987654321", "đồng ý")
    assert ("LS0001", "covers", "language") in await reasons(town.house, 1)
    assert "language" not in {why for _, _, why in await reasons(town.house, 2)}
    mine, others = [row for (row,) in await town.house.rows(lead_skips.c.considered)]
    assert len(mine) == len(others), "the length tells of the reason"
    told = [
        (table.name, value)
        for table in metadata.sorted_tables
        for row in await town.house.rows(*table.columns)
        for value in row
        if value in ("language", b"language")
    ]
    assert told == []
