"""She says how the call went: by the notice's buttons at any time, in plain words right after it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rating import rating_in
from handlers.reading import Unclear
from handlers.reading.ratings import AROUND, NOT, RATINGS, rating_of
from tests.conversations.engine_chat import TODAY
from tests.network.house import at, citizen
from tests.network.town import BOOKING, town_on

ME = citizen()


@pytest.fixture
async def town(databases):
    """A town in which somebody called her on Wednesday at eight and spoke with her."""
    async with town_on(databases.make("sqlite"), "LS0001") as made:
        await made.say(ME, *BOOKING[:3], "25/11 8h", *BOOKING[4:])
        await made.house.settle("LS0001", "accept", 1)
        made.house.now = datetime.fromisoformat(at(25, 8))
        for action in ("call", "joined"):
            await made.house.settle("LS0001", action, 1)
        yield made


async def ask(town):
    """Let the notice come that asks how it went."""
    town.house.later(hours=2, minutes=5)
    await town.timers.drain()
    await town.sender.drain()
    return (await town.seen(ME))[-1]


async def ratings(town):
    return [why for who, what, why in await town.house.events(1) if (who, what) == ("citizen", "rated")]


async def test_the_notice_carries_its_choices_and_a_tap_rates_the_call_once(town):
    notice = await ask(town)
    assert "Cuộc gọi với Cô LS0001 thế nào ạ?" in notice.text
    assert [option.label for option in notice.options] == ["Tốt", "Tạm được", "Chưa tốt"]
    said = await town.tap(ME, notice.options[2].id)
    assert said.startswith("Cảm ơn chị, em đã ghi lại.")
    assert "báo lừa đảo" in said
    assert (await town.tap(ME, notice.options[0].id)).startswith("Cuộc gọi này chị đã góp ý rồi")
    assert await ratings(town) == ["bad"]


@pytest.mark.parametrize(
    ("words", "rating"),
    [
        ("tốt", "good"),
        ("dạ tốt ạ", "good"),
        ("ok", "good"),
        ("chị ấy tư vấn rất nhiệt tình, cảm ơn em", None),
        ("tư vấn rất nhiệt tình, cảm ơn em", "good"),
        ("tạm được", "fair"),
        ("cũng tạm thôi", None),
        ("chưa tốt", "bad"),
        ("ko tot lam", "bad"),
        ("khong tot lam", "bad"),
        ("không được tốt lắm", "bad"),
        ("ko hài lòng", "bad"),
        ("không hài lòng lắm, tệ", "bad"),
        ("not very good", "bad"),
        ("it wasn't good", "bad"),
        ("không tốt cũng không tệ", "fair"),
        ("không tệ", None),
        ("not bad", None),
        ("chưa được gọi", None),
        ("tốt nhưng không nhiệt tình", None),
        ("2", "fair"),
        ("👎", "bad"),
        ("được không", None),
        ("tôi có được tham gia không", None),
        ("4", None),
    ],
)
def test_a_rating_is_a_message_that_says_nothing_else(words, rating):
    assert rating_in(words, TODAY) == rating


@given(
    st.lists(st.sampled_from(sorted(NOT | AROUND | {"lắm", "được", "không", "chưa"})), max_size=3),
    st.sampled_from(sorted(NOT | {"không", "chưa", "chẳng"})),
    st.lists(st.sampled_from(sorted(AROUND | {"được", "lắm"})), max_size=2),
    st.sampled_from([form for forms in RATINGS.values() for form in forms]),
    st.lists(st.sampled_from(sorted(AROUND)), max_size=2),
)
def test_no_message_that_denies_anything_is_praise(before, no, between, form, after):
    words = " ".join((*before, no, *between, form, *after))
    assert rating_in(words, TODAY) != "good"
    try:
        asked = rating_of(words, TODAY)
    except Unclear:
        return
    assert asked != "good"


@pytest.mark.parametrize(("words", "rating"), [("tốt", "good"), ("2", "fair"), ("not good", "bad")])
async def test_a_plain_reply_right_after_the_notice_is_the_rating(words, rating, town):
    await ask(town)
    assert "em đã ghi lại" in await town.say(ME, words)
    assert await ratings(town) == [rating]


async def test_who_reads_english_is_asked_and_thanked_in_english(town):
    await town.say(ME, "english")
    async with town.house.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE leads SET language = 'en'")
    notice = await ask(town)
    assert "How was it with Cô LS0001?" in notice.text
    assert [option.label for option in notice.options] == ["Good", "So so", "Not good"]
    assert (await town.say(ME, "so so")).startswith("Thank you, it is noted.")


async def test_asked_for_her_rating_what_she_denies_is_no_praise_either(town):
    assert "nói rõ hơn với cán bộ" in await town.say(ME, "góp ý", "không được tốt lắm")
    assert await ratings(town) == ["bad"]


async def test_a_word_that_answers_an_open_question_is_not_taken_from_it(town):
    await town.say(ME, "xem có được tham gia không", "3/1983")
    open_question = (await town.seen(ME))[-1].question
    await ask(town)
    await town.say(ME, "2")
    assert (await town.seen(ME))[-1].question != open_question
    assert await ratings(town) == []


async def test_a_word_that_answers_nothing_open_rates_the_call_and_the_question_is_put_again(town):
    await town.say(ME, "xem có được tham gia không")
    open_question = (await town.seen(ME))[-1].question
    notice = await ask(town)
    assert "em đã ghi lại" in await town.say(ME, "chưa tốt")
    assert (await town.seen(ME))[-1].question == open_question
    assert (await town.tap(ME, notice.options[0].id)).startswith("Cuộc gọi này chị đã góp ý rồi")
    assert (await town.seen(ME))[-1].question == open_question
    assert await ratings(town) == ["bad"]


async def test_a_yes_to_another_question_is_no_rating(town):
    await town.say(ME, "xoá dữ liệu")
    await ask(town)
    await town.say(ME, "ok")
    assert await ratings(town) == []


async def test_later_words_are_no_rating_but_the_button_still_is(town):
    notice = await ask(town)
    town.house.now += timedelta(minutes=1)
    await town.say(ME, "cảm ơn")
    town.house.now += timedelta(minutes=1)
    assert "em đã ghi lại" not in await town.say(ME, "ok")
    assert await ratings(town) == []
    assert "em đã ghi lại" in await town.tap(ME, notice.options[1].id)
    assert await ratings(town) == ["fair"]


async def test_nobody_is_asked_about_a_call_she_has_rated_already(town):
    assert "em đã ghi lại" in await town.say(ME, "góp ý", "tốt")
    assert (await ask(town)).notice == ""
    assert await ratings(town) == ["good"]


async def test_a_button_of_somebody_else_s_call_rates_nothing(town):
    notice = await ask(town)
    stranger = citizen(2)
    await town.say(stranger, "xin chào")
    assert "em đã ghi lại" not in await town.tap(stranger, notice.options[0].id)
    assert await ratings(town) == []


async def test_a_call_whose_lead_goes_on_since_can_still_be_rated(town):
    await town.house.settle("LS0001", "undo", 1)
    await town.house.settle("LS0001", "thinking", 1, follow_up="in_3_days")
    notice = await ask(town)
    town.house.later(days=3)
    await town.timers.drain()
    assert (await town.house.lead(1))[0] == "offered"
    assert "em đã ghi lại" in await town.tap(ME, notice.options[0].id)
    assert await ratings(town) == ["good"]


async def test_who_rates_again_is_told_that_she_has(town):
    await town.say(ME, "góp ý", "tốt")
    assert (await town.say(ME, "góp ý", "chưa tốt")).startswith("Cuộc gọi này chị đã góp ý rồi")
    assert await ratings(town) == ["good"]


async def test_a_call_that_is_forgotten_was_not_rated_before(town):
    notice = await ask(town)
    await town.say(ME, "xoá dữ liệu", "có")
    assert "không còn giữ" in await town.tap(ME, notice.options[0].id)


async def test_who_had_no_call_has_none_to_rate(town):
    assert "không thấy cuộc gọi nào" in await town.say(citizen(2), "xin chào", "góp ý", "tốt")
