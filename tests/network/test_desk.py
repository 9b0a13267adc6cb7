"""The collector's conversation, as he has it: cards, digits, taps, results."""

from dataclasses import replace

import pytest

from bot.desk_world import MOST_ON_DESK
from handlers.collector import COLLECTOR, JOBS
from handlers.explore import Explorer
from handlers.flow import Case
from handlers.leads import DONE, REFUSALS
from handlers.wording import LANGUAGES
from tests.network.house import MONDAY_NINE, at, citizen, inbox, wish
from tests.network.town import BOOKING, town_on
from tests.storage.rig import LAW, TERRITORY, WORDS

HUONG = inbox("LS0001")


@pytest.fixture
async def town(database_url):
    async with town_on(database_url, "LS0001") as made:
        yield made


async def book(town, number, starts_at):
    """A citizen books; her lead's card is delivered."""
    from bot.storage.hotpath import enqueue

    lead = (await town.house.book(number, starts_at))["lead"]
    async with town.house.engine.begin() as connection:
        mail = [(f"test-{lead}", n, to, message) for n, (to, message) in enumerate(town.house.mail)]
        await enqueue(connection, mail, town.house.cipher, at=town.house.now)
    town.house.mail.clear()
    town.house.later(minutes=1)
    await town.sender.drain()
    return lead


async def labels(town, who=HUONG):
    return [option.label for option in (await town.seen(who))[-1].options]


async def test_a_citizen_books_and_the_collector_takes_it_to_its_end(town):
    booked = await town.say(citizen(), *BOOKING)
    assert "Cô LS0001" in booked
    [card] = await town.seen(HUONG)
    assert card.text.startswith("[Mới #1] Chị Lành – Phường Kỳ Lừa")
    assert (await town.say(HUONG, "1")).startswith("Đã nhận #1")
    assert (await labels(town))[0].startswith("Gọi #1")
    assert (await town.say(HUONG, "gọi")).startswith("Chưa đến giờ gọi #1: người hẹn chọn ")
    await town.house.at_its_hour()
    called = await town.say(HUONG, "gọi")
    assert "0912 345 678" in called
    code = next(word for word in booked.split("Mã gọi lại: ")[1].split(".") if word)
    assert code in called
    assert (await labels(town))[:2] == ["#1: tham gia", "#1: còn suy nghĩ"]
    assert (await town.say(HUONG, "1")).startswith("#1 tham gia")
    assert (await town.say(HUONG, "1")).startswith("Đã ghi: #1 tham gia")
    assert await labels(town) == ["Xem có gì mới", "Việc khác", "Bấm nhầm #1, ghi lại"]
    assert await town.house.lead(1) == ("won", "LS0001")


async def test_the_desk_opens_with_what_waits(town):
    await book(town, 1, at(25, 8))
    await town.say(HUONG, "chào")
    assert await labels(town) == ["Nhận #1", "Không nhận #1", "Đổi giờ #1", "Xem có gì mới", "Việc khác"]


async def test_the_desk_shows_the_cards_that_wait_without_anything_to_call_with(town):
    await book(town, 1, at(26, 8))
    await book(town, 2, at(25, 9))
    desk = await town.say(HUONG, "menu")
    assert [line for line in desk.splitlines() if line.startswith("[#")] == [
        "[#2] Chị Lành – Phường Kỳ Lừa – hẹn 09:00 Thứ Tư, 25/11/2026, đến 10:00",
        "[#1] Chị Lành – Phường Kỳ Lừa – hẹn 08:00 Thứ Năm, 26/11/2026, đến 09:00",
    ]
    assert desk.endswith("ví dụ: 1 1")
    assert "345" not in desk


@pytest.mark.parametrize("words", ["menu", "Xin chào", "alo", "xem lịch"])
async def test_an_empty_desk_says_so(words, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        assert "Chưa có lịch nào chờ anh/chị" in await town.say(HUONG, "menu", words)


async def test_the_fullest_desk_fits_into_a_message(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        for number in range(12):
            code = await town.house.save_quote()
            async with town.house.world(citizen(number)) as world:
                asked = wish(at(25 + number // 8, 8 + number % 8), quote_code=code)
                assert await world.book(replace(asked, name="Ạ" * 40))
        for lead in range(1, 13):
            await town.say(HUONG, f"{lead} 1")
        await town.house.at_its_hour(12)
        said = await town.say(HUONG, "gọi #12")
        assert said.startswith("#12: " + "Ạ" * 40)
        assert said.count("[#") == MOST_ON_DESK


async def test_a_card_past_those_that_are_shown_is_taken_when_it_is_named(databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        for number in range(13):
            await town.house.book(number, at(25 + number // 8, 8 + number % 8))
        assert "[#12]" not in await town.say(HUONG, "menu")
        assert (await town.say(HUONG, "12 1")).startswith("Đã nhận #12")
        assert (await town.tap(HUONG, "accept-11")).startswith("Đã nhận #11")


async def test_a_card_that_went_to_another_says_who_has_it(databases):
    async with town_on(databases.make("sqlite"), "LS0001", "LS0002") as town:
        await book(town, 1, at(25, 8))
        await town.tap(HUONG, "decline-1")
        await town.say(HUONG, "menu")
        assert "LS0002 đang giữ" in await town.tap(HUONG, "accept-1")
        assert await labels(town) == ["Xem có gì mới", "Việc khác"]


@pytest.mark.parametrize("words", ["dạ em nhận", "nhận", "Nhận lịch ạ", "ok em nhận nhé"])
async def test_words_of_acceptance_are_for_the_card_sent_last(words, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await book(town, 1, at(25, 8))
        await book(town, 2, at(25, 9))
        assert (await town.say(HUONG, words)).startswith("Đã nhận #2")
        assert await town.house.lead(1) == ("offered", "LS0001")
        assert (await town.say(HUONG, words)).startswith("Đã nhận #1")


@pytest.mark.parametrize("words", ["nhận", "Dạ em nhận ạ.", "nhận lịch", "ok nhận luôn"])
async def test_of_several_cards_that_wait_he_is_asked_which_he_accepts(words, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        for number in (1, 2, 3):
            await book(town, number, at(25, 7 + number))
        assert (await town.say(HUONG, words)).startswith("Đã nhận #3")
        for _ in ("the newest is taken", "he has looked at the menu"):
            assert (await town.say(HUONG, words)).startswith("Anh/chị muốn nói thẻ nào?")
            assert sorted(await labels(town)) == ["Nhận #1", "Nhận #2"]
            await town.say(HUONG, "xem")
        assert (await town.say(HUONG, f"{words} #1")).startswith("Đã nhận #1")
        assert (await town.say(HUONG, words)).startswith("Đã nhận #2")


async def test_a_tap_on_a_card_works_whatever_was_said_since(town):
    await book(town, 1, at(25, 8))
    await town.say(HUONG, "chào", "alo", "menu")
    assert (await town.tap(HUONG, "accept-1")).startswith("Đã nhận #1")


async def test_the_second_of_a_double_tap_changes_nothing_and_says_nothing(town):
    await book(town, 1, at(25, 8))
    await town.tap(HUONG, "accept-1")
    before = await town.seen(HUONG)
    await town.tap(HUONG, "accept-1")
    assert await town.seen(HUONG) == before
    assert await town.house.lead(1) == ("accepted", "LS0001")


async def test_a_tap_on_a_card_that_was_answered_long_ago_shows_what_there_is_now(town):
    await book(town, 1, at(25, 8))
    await town.tap(HUONG, "accept-1")
    await town.say(HUONG, "menu")
    assert (await town.tap(HUONG, "decline-1")).startswith("Em không thấy việc đó ở chỗ anh/chị")
    assert await town.house.lead(1) == ("accepted", "LS0001")


async def test_a_bare_digit_belongs_to_the_last_card_sent(town):
    await book(town, 1, at(25, 8))
    await book(town, 2, at(25, 9))
    await town.say(HUONG, "1")
    assert await town.house.lead(1) == ("offered", "LS0001")
    assert await town.house.lead(2) == ("accepted", "LS0001")


async def test_a_card_that_comes_while_the_desk_is_shown_takes_the_digit(town):
    await book(town, 1, at(25, 8))
    await town.say(HUONG, "menu")
    await book(town, 2, at(25, 9))
    await town.say(HUONG, "2")
    assert await town.house.lead(1) == ("offered", "LS0001")
    assert (await town.house.lead(2))[0] == "unassigned"


async def test_once_the_desk_is_shown_again_a_digit_belongs_to_its_menu(town):
    await book(town, 1, at(25, 8))
    await book(town, 2, at(25, 9))
    await town.say(HUONG, "menu", "4")
    assert await town.house.lead(1) == ("accepted", "LS0001")


@pytest.mark.parametrize("words", ["1 1", "#1 1", "1. 1", " 1  1) ", "#1: 1"])
async def test_a_card_and_a_number_name_the_card(words, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await book(town, 1, at(25, 8))
        await book(town, 2, at(25, 9))
        await town.say(HUONG, words)
        assert await town.house.lead(1) == ("accepted", "LS0001")
        assert await town.house.lead(2) == ("offered", "LS0001")


async def test_a_digit_meant_for_a_card_that_is_gone_does_nothing(town):
    await book(town, 1, at(25, 8))
    await town.say(HUONG, "menu")
    await book(town, 2, at(25, 9))
    await town.house.forget(2)
    assert (await town.say(HUONG, "1")).startswith("Em không thấy việc đó")
    assert await town.house.lead(1) == ("offered", "LS0001")


@pytest.mark.parametrize("words", ["1482", "#1", "9 9", "7", "1 7", "call-99", "accept-1-1", "🙂", "x" * 900])
async def test_words_that_name_nothing_change_nothing(words, databases):
    async with town_on(databases.make("sqlite"), "LS0001") as town:
        await book(town, 1, at(25, 8))
        await town.say(HUONG, "menu", words)
        assert await town.house.lead(1) == ("offered", "LS0001")
        assert (await town.seen(HUONG))[-1].question == "desk"


async def test_what_was_declined_goes_on_at_once_and_his_reason_is_kept_for_the_officer(town):
    await book(town, 1, at(25, 8))
    said = await town.say(HUONG, "2")
    assert said.startswith("Đã trả lại #1")
    assert (await town.house.lead(1))[1] != "LS0001", "she does not wait for his reason"
    assert await labels(town) == ["Bận giờ đó", "Xa quá, ngoài địa bàn", "Nhiều lịch quá", "Bỏ qua"]
    assert (await town.say(HUONG, "xa quá")).startswith("Em ghi rồi")
    assert await labels(town) == ["Xem có gì mới", "Việc khác"]
    assert ("collector:LS0001", "decline", "far") in await town.house.events(1)


async def test_whoever_gives_no_reason_works_on(town):
    await book(town, 1, at(25, 8))
    await town.say(HUONG, "2", "menu")
    assert await labels(town) == ["Xem có gì mới", "Việc khác"]


async def test_a_look_shows_what_came_meanwhile(town):
    await town.say(HUONG, "menu")
    assert await labels(town) == ["Xem có gì mới", "Việc khác"]
    await book(town, 1, at(25, 8))
    await town.tap(HUONG, "look-0", turn=1)
    assert await labels(town) == ["Nhận #1", "Không nhận #1", "Đổi giờ #1", "Xem có gì mới", "Việc khác"]


async def test_a_collector_may_work_in_english(town):
    await book(town, 1, at(25, 8))
    await town.say(HUONG, "english")
    assert await labels(town) == ["Accept #1", "Cannot take #1", "Move #1", "See what is new", "More"]


async def test_nothing_of_the_person_stays_in_the_collectors_conversation(town):
    from bot.storage.hotpath import lock_states

    await book(town, 1, at(25, 8))
    await town.house.at_its_hour()
    await town.say(HUONG, "1", "gọi")
    async with town.house.engine.begin() as connection:
        states = await lock_states(
            connection, [HUONG], town.house.cipher, at=town.house.now, today=town.house.now.date()
        )
    kept = str(states[HUONG].as_json())
    assert "Lành" not in kept
    assert "345" not in kept


def test_a_walker_comes_from_every_action_back_to_the_desk():
    case = Case(MONDAY_NINE.date(), LAW, TERRITORY, "20")
    atlas = Explorer(COLLECTOR, case).wander(walks=1_500)
    second = {"other_hour", "joined_with", "follow_up"}
    assert {"desk_closed", "quick_quote"} <= set(atlas.outcomes)
    assert {
        ("start", "desk"), ("desk", "desk"), ("desk", "desk_closed"), ("desk", "settled"),
        ("settled", "desk"), ("other_hour", "desk"), ("desk", "desk_more"), ("desk_more", "days_off"),
        ("taken_off", "desk"), ("looked_up", "desk"), ("my_code", "quick_quote"),
        *(("desk", tap) for tap in second), *((tap, "settled") for tap in second),
    } <= set(atlas.edges)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_result_and_every_action_has_words(language):
    blocks = WORDS.blocks(language, "desk")
    assert {f"error_{code}" for code in (*DONE.values(), *REFUSALS, "not_offered")} <= blocks
    options = [option for example in JOBS.examples for option in example]
    said = {
        WORDS.say(language, "desk", "candidate", {**option.facts, "raw": option.raw}) for option in options
    }
    assert len(said) == len({option.raw for option in options})
