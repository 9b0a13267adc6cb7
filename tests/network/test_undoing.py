"""A collector tapped the wrong outcome: he says so within ten minutes, and it is as if he had not."""

import asyncio
from datetime import date, datetime

import pytest

from bot.clock import LOCAL
from bot.storage import do_not_call, linking
from bot.storage.engine import make_engine
from bot.storage.network import collector_by_code
from bot.storage.network_schema import bookings, lead_events, leads, timers
from handlers.messages import Address
from handlers.undoing import undo_in
from tests.network.house import PHONE, House, at, citizen, house_on, inbox
from tests.network.town import BOOKING, town_on

HUONG = inbox("LS0001")
OUTCOMES = {"tham gia": "won", "còn suy nghĩ": "thinking", "không tham gia": "lost", "sai số": "unreachable"}
SAID = {"tham gia": ("1", "1"), "còn suy nghĩ": ("còn suy nghĩ", "3 ngày")}  # what else is asked too
HOUR = ("accept", "call")


@pytest.fixture
async def town(database_url):
    """Chị Lành booked, it is her hour, and LS0001 has called her."""
    async with town_on(database_url, "LS0001", "LS0002") as made:
        await made.say(citizen(), *BOOKING)
        await made.house.at_its_hour()
        await made.say(HUONG, "1", "gọi")
        yield made


@pytest.fixture
async def house(database_url):
    """The same, without the chats."""
    async with house_on(database_url, "LS0001", "LS0002") as made:
        await made.book(1, at(25, 11))
        await made.at_its_hour()
        for step in HOUR:
            await made.settle("LS0001", step, 1)
        yield made


async def tap(town, outcome):
    return await town.say(HUONG, *SAID.get(outcome, (outcome,)))


async def labels(town, who=HUONG):
    return [option.label for option in (await town.seen(who))[-1].options]


async def planned(house):
    """What is to happen to lead 1, in time."""
    return {kind for kind, lead in await house.rows(timers.c.kind, timers.c.lead_id) if lead == 1}


async def pass_minutes(town, minutes):
    """Let time pass, and what is due happen."""
    town.house.later(minutes=minutes)
    await town.timers.drain()
    await town.sender.drain()


@pytest.mark.parametrize(("outcome", "state"), OUTCOMES.items())
async def test_whichever_outcome_was_tapped_by_mistake_is_taken_back(outcome, state, town):
    before = await town.house.rows(leads.c.state, leads.c.method, leads.c.amount, leads.c.follow_up_on)
    waits, menu = await planned(town.house), await labels(town)
    told = await tap(town, outcome)
    assert told.startswith(f"Đã ghi: #1 {outcome}")
    assert 'Bấm nhầm #1? Trong 10 phút, gõ "bấm nhầm #1" để ghi lại.' in told
    assert await town.house.lead(1) == (state, "LS0001")
    town.house.later(minutes=9)
    assert (await town.say(HUONG, "bấm nhầm")).startswith("Đã bỏ kết quả vừa ghi của #1")
    assert await labels(town) == menu
    assert (
        await town.house.rows(leads.c.state, leads.c.method, leads.c.amount, leads.c.follow_up_on) == before
    )
    assert await planned(town.house) == waits
    assert [what for _, what, _ in await town.house.events(1)][-1] == "undo"
    assert (await tap(town, "tham gia")).startswith("Đã ghi: #1 tham gia")
    assert await town.house.lead(1) == ("won", "LS0001")


async def test_what_he_chooses_next_is_of_the_card_whose_outcome_was_taken_back(town):
    await town.house.book(2, at(25, 9))
    await town.house.settle("LS0001", "accept", 2)
    await tap(town, "không nghe máy #1")
    town.house.later(minutes=1)
    assert (await town.say(HUONG, "bấm nhầm #1")).startswith("Đã bỏ kết quả vừa ghi của #1")
    assert (await labels(town))[0] == "#1: tham gia"
    assert not any("#2" in label for label in await labels(town))
    assert (await town.say(HUONG, "1")).startswith("#1 tham gia.")


@pytest.mark.parametrize(
    ("when", "told", "day"),
    [
        ("1 tuần", "Đến 02/12/2026, lịch tự được sắp lại.", date(2026, 12, 2)),
        ("không gọi nữa", "Sẽ không ai gọi lại nữa.", None),
    ],
)
async def test_he_reads_when_who_still_thinks_is_called_again(when, told, day, town):
    assert (await town.say(HUONG, "còn suy nghĩ", when)).startswith(f"Đã ghi: #1 còn suy nghĩ. {told}")
    assert await town.house.rows(leads.c.follow_up_on) == [(day,)]


@pytest.mark.parametrize(
    ("words", "method"),
    [
        *(
            (words, "monthly")
            for words in ("hàng tháng", "hằng tháng", "theo tháng", "mỗi tháng", "moi thang nhe")
        ),
        *(("3 tháng", "quarterly"), ("3 tháng một lần", "quarterly"), ("nửa năm", "half_year")),
        *(("hàng năm", "yearly"), ("1", "monthly"), ("2 tháng", None), ("tháng sau", None)),
    ],
)
async def test_how_she_pays_is_said_in_many_words(words, method, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await town.house.book(1, at(25, 11))
        await town.house.at_its_hour()
        await town.say(HUONG, "accept-1", "call-1", "tham gia", words)
        assert await town.house.rows(leads.c.method) == [(method,)]


async def test_who_took_back_what_and_when_is_written_down(town):
    await tap(town, "không tham gia")
    town.house.later(minutes=2)
    await town.say(HUONG, "dạ em bấm nhầm ạ")
    assert (await town.house.events(1))[-1] == ("collector:LS0001", "undo", "not_interested")
    assert max(await town.house.rows(lead_events.c.id, lead_events.c.at))[1] == town.house.now


async def test_it_is_taken_back_by_a_tap_and_by_a_number_of_the_menu_too(town):
    await tap(town, "sai số")
    assert await labels(town) == ["Xem có gì mới", "Việc khác", "Bấm nhầm #1, ghi lại"]
    assert (await town.say(HUONG, "3")).startswith("Đã bỏ kết quả vừa ghi của #1")
    await tap(town, "sai số")
    assert (await town.tap(HUONG, "undo-1", turn=9)).startswith("Đã bỏ kết quả vừa ghi của #1")
    assert await town.house.lead(1) == ("called", "LS0001")


@pytest.mark.parametrize(
    "words",
    [
        *(
            "nhầm rồi",
            "tôi bấm nhầm",
            "hoàn tác",
            "Lùi",
            "undo",
            "bấm nhầm #1",
            "sửa #1",
            "lùi lại 1",
            "nhầm",
        ),
        *("bấm nhầm rồi em ơi", "nhầm, tham gia", "tham gia nhầm", "lỡ tay", "lỡ tay bấm nhầm"),
        *("bấm nhầm của #1", "bấm nhầm #1: không nghe máy", "chết, bấm nhầm không tham gia rồi"),
    ],
)
async def test_it_is_said_in_many_words(words, databases):
    async with (
        house_on(databases.make("sqlite"), "LS0001") as _,
        town_on(databases.make("sqlite"), "LS0001") as town,
    ):
        await town.say(citizen(), *BOOKING)
        await town.house.at_its_hour()
        await town.say(HUONG, "1", "gọi", "không tham gia", words)
        assert await town.house.lead(1) == ("called", "LS0001")


@pytest.mark.parametrize(
    "words",
    [
        *("sai số", "số nhầm", "nhầm số", "sửa", "bấm", "#1", "1", "chưa", "quay lại"),
        *("lùi lịch", "lùi lịch #1", "sửa lịch #1", "tham gia", "#1 tham gia", "không bấm nhầm", "lô"),
    ],
)
def test_other_words_take_nothing_back(words):
    assert undo_in(words) is None


async def test_after_ten_minutes_the_office_puts_it_right(town):
    await tap(town, "không tham gia")
    town.house.later(minutes=10)
    assert (await town.say(HUONG, "bấm nhầm")).startswith("Em không thấy kết quả nào anh/chị vừa ghi để sửa")
    told = await town.say(HUONG, "bấm nhầm #1")
    assert told.startswith("Kết quả #1 ghi đã lâu, em không sửa được nữa. Anh/chị báo cơ quan BHXH")
    assert await town.house.lead(1) == ("lost", "LS0001")
    assert (await labels(town)) == ["Xem có gì mới", "Việc khác"]


async def test_whoever_says_it_twice_takes_back_one_outcome_and_not_the_one_before(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        for number, hour in ((1, at(25, 9)), (2, at(25, 10))):
            await town.house.book(number, hour)
        town.house.now = datetime.fromisoformat(at(25, 9, 45))
        for lead, outcome in ((1, "không tham gia"), (2, "sai số")):
            await town.say(HUONG, f"accept-{lead}", f"call-{lead}", outcome)
        assert (await town.say(HUONG, "bấm nhầm")).startswith("Đã bỏ kết quả vừa ghi của #2")
        assert (await town.say(HUONG, "bấm nhầm")).startswith("Em không thấy kết quả nào")
        assert (await town.say(HUONG, "bấm nhầm #2")).startswith("#2 chưa có kết quả nào vừa ghi để sửa")
        assert await town.house.lead(1) == ("lost", "LS0001")
        assert (await town.say(HUONG, "bấm nhầm #1")).startswith("Đã bỏ kết quả vừa ghi của #1")


async def test_the_second_of_a_double_tap_changes_nothing_and_says_nothing(town):
    await tap(town, "sai số")
    await town.tap(HUONG, "undo-1")
    before = await town.seen(HUONG)
    await town.tap(HUONG, "undo-1")
    assert await town.seen(HUONG) == before


async def test_a_digit_typed_once_too_often_does_not_take_it_back(town):
    await town.say(HUONG, "1", "1", "1")
    assert await town.house.lead(1) == ("won", "LS0001")


async def test_in_the_middle_of_something_else_it_takes_back_what_was_chosen_there(town):
    assert (await town.say(HUONG, "còn suy nghĩ")).startswith("#1 còn suy nghĩ. Bao giờ gọi lại?")
    await town.say(HUONG, "bấm nhầm")
    assert (await labels(town))[0] == "#1: tham gia"
    assert [what for _, what, _ in await town.house.events(1)][-1] == "call"


async def test_either_of_his_chats_takes_back_what_was_tapped_in_the_other(town):
    other = Address("web", "inbox", "collector:LS0001:phone")
    async with town.house.engine.begin() as connection:
        me = await collector_by_code(connection, "LS0001")
        code = await linking.issue(
            connection, town.house.cipher, HUONG, at=town.house.now, collector=me.id, officer=None
        )
        await linking.redeem(connection, town.house.cipher, code, other, at=town.house.now)
    await tap(town, "sai số")
    assert (await town.say(other, "bấm nhầm")).startswith("Đã bỏ kết quả vừa ghi của #1")
    assert (await town.say(HUONG, "bấm nhầm")).startswith("Em không thấy kết quả nào")


async def test_nobody_else_takes_it_back_nor_learns_of_it(town):
    await tap(town, "không tham gia")
    assert (await town.say(inbox("LS0002"), "bấm nhầm #1")).startswith("Thẻ #1 không ở chỗ anh/chị")
    assert (await town.say(inbox("LS0002"), "bấm nhầm")).startswith("Em không thấy kết quả nào")
    assert await town.house.lead(1) == ("lost", "LS0001")


async def test_who_has_booked_again_meanwhile_is_not_given_two_calls(town):
    await tap(town, "sai số")
    await town.say(citizen(), "hẹn gọi lại", "1", "đồng ý")
    assert (await town.house.lead(2))[0] == "offered"
    told = await town.say(HUONG, "bấm nhầm #1")
    assert told.startswith("Người của #1 đã đặt cuộc gọi mới")
    assert await town.house.lead(1) == ("unreachable", "LS0001")
    await pass_minutes(town, 15)
    assert not any("không phải số của anh/chị" in message.text for message in await town.seen(citizen()))


async def test_of_who_is_forgotten_nothing_is_left_to_take_back(town):
    await tap(town, "tham gia")
    await town.house.forget(1)
    assert (await town.say(HUONG, "bấm nhầm")).startswith("Người của #1 đã xoá dữ liệu")
    assert await town.house.lead(1) == ("won", "LS0001")


async def said_no(house):
    async with house.engine.connect() as connection:
        return await do_not_call.source_of(connection, house.cipher, PHONE)


async def test_her_number_is_not_barred_by_a_slip(house):
    await house.settle("LS0001", "not_interested", 1)
    assert await said_no(house) == "said_no"
    await house.settle("LS0001", "undo", 1)
    assert await said_no(house) is None
    await house.settle("LS0001", "joined", 1)
    assert (await house.book(2, at(26, 14)))["lead"] == 2


async def test_the_register_and_a_no_of_before_stay_when_a_slip_is_taken_back(house):
    async with house.engine.begin() as connection:
        await do_not_call.replace_register(connection, house.cipher, [PHONE], at=house.now)
    await house.settle("LS0001", "not_interested", 1)
    await house.settle("LS0001", "undo", 1)
    assert await said_no(house) == "register"
    async with house.engine.begin() as connection:
        before = house.now.replace(day=1)
        await do_not_call.add(connection, house.cipher, [PHONE], do_not_call.SAID_NO, at=before)
    await house.settle("LS0001", "not_interested", 1)
    await house.settle("LS0001", "undo", 1)
    assert await said_no(house) == "said_no"


async def test_a_no_to_another_outcome_is_not_taken_back_with_it(house):
    async with house.engine.begin() as connection:
        await do_not_call.add(connection, house.cipher, [PHONE], do_not_call.SAID_NO, at=house.now)
    await house.settle("LS0001", "wrong_number", 1)
    await house.settle("LS0001", "undo", 1)
    assert await said_no(house) == "said_no"


async def test_she_is_told_that_her_number_is_wrong_once_it_can_be_no_slip(town):
    await tap(town, "sai số")
    heard = len(await town.seen(citizen()))
    await pass_minutes(town, 9)
    assert len(await town.seen(citizen())) == heard
    await pass_minutes(town, 1)
    [notice] = (await town.seen(citizen()))[heard:]
    assert notice.text.startswith("Cô LS0001 đã gọi số anh/chị để lại cho lịch ")
    assert "không phải số của anh/chị" in notice.text
    asked = await town.say(citizen(), "để số khác", "1")
    assert asked.startswith("Số điện thoại nào"), "the wrong one is not taken again"
    await town.say(citizen(), "0987654321", "đồng ý")
    assert (await town.house.lead(2))[0] == "offered"
    assert not {"number"} & await planned(town.house)


async def test_a_wrong_tap_on_wrong_number_never_reaches_her(town):
    await tap(town, "sai số")
    heard = await town.seen(citizen())
    await town.say(HUONG, "bấm nhầm")
    await tap(town, "còn suy nghĩ")
    await pass_minutes(town, 11)
    assert await town.seen(citizen()) == heard


async def test_how_it_went_is_asked_only_of_what_stayed(town):
    await tap(town, "tham gia")
    await pass_minutes(town, 5)
    await town.say(HUONG, "bấm nhầm", "không nghe máy")
    heard = await town.seen(citizen())
    await pass_minutes(town, 120)
    assert await town.seen(citizen()) == heard


async def test_his_turn_counts_as_it_did_before_the_slip(house):
    async def turns():
        return [counts for (counts,) in await house.rows(bookings.c.counts)]

    await house.settle("LS0001", "wrong_number", 1)
    assert await turns() == [False]
    await house.settle("LS0001", "undo", 1)
    assert await turns() == [True]
    for step in ("no_answer", "call", "wrong_number", "undo"):
        await house.settle("LS0001", step, 1)
    assert await turns() == [False], "she was not reached"


async def test_his_month_counts_what_stayed(house):
    async def month():
        async with house.world(HUONG) as world:
            found = await world.my_month()
        return {name: found[name] for name in ("reached", "joined")}

    await house.settle("LS0001", "joined", 1)
    assert await month() == {"reached": 1, "joined": 1}
    await house.settle("LS0001", "undo", 1)
    assert await month() == {"reached": 0, "joined": 0}
    await house.settle("LS0001", "thinking", 1, follow_up="in_3_days")
    assert await month() == {"reached": 1, "joined": 0}
    assert await house.rows(leads.c.follow_up_on) == [(date(2026, 11, 28),)]


async def test_what_is_taken_back_after_midnight_is_of_no_month(house):
    async def joined():
        async with house.world(inbox("LS0001")) as world:
            return (await world.my_month())["joined"]

    house.now = datetime(2026, 11, 30, 23, 55, tzinfo=LOCAL)
    await house.settle("LS0001", "joined", 1)
    assert await joined() == 1
    house.now = datetime(2026, 12, 1, 0, 2, tzinfo=LOCAL)
    await house.settle("LS0001", "undo", 1)
    assert await joined() == 0
    house.now = datetime(2026, 11, 30, 23, 59, tzinfo=LOCAL)
    async with house.world(inbox("LS0001")) as world:
        assert (await world.my_month())["reached"] == 0


async def test_it_is_taken_back_once_by_all_who_try_at_once_and_never_beside_her_new_booking(database_url):
    async with house_on(database_url, "LS0001", "LS0002") as house:
        other = House(make_engine(database_url))
        for number in range(1, 6):
            lead = (await house.book(number, at(25, 8 + number)))["lead"]
            holder = (await house.lead(lead))[1]
            await house.at_its_hour(lead)
            for step in (*HOUR, "joined"):
                await house.settle(holder, step, lead)
            other.now = house.now
            *undone, _ = await asyncio.gather(
                house.settle(holder, "undo", lead),
                other.settle(holder, "undo", lead),
                other.book(number, at(26, 8 + number)),
            )
            rows = await house.rows(leads.c.person, leads.c.state)
            open_ = [
                state
                for person, state in rows
                if person == f"person{number}" and state in ("called", "offered")
            ]
            assert len(open_) == 1
            assert {one["result"] for one in undone} <= {"undone", "no_outcome", "booked_again", "cancelled"}
        await other.engine.dispose()
