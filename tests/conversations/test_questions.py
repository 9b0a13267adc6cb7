"""Questions in the middle of anything are answered, what waited waits on, and answers stay answers."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from handlers.messages import Kind
from handlers.reading.asking import Asking, asking
from tests.conversations.engine_chat import EngineChat, citizens

DATA = Path(__file__).parent / "data"
STATES = {
    "at the door": (("xin chào",), "task"),
    "birth date": (("xin chào", "2"), "birth_date"),
    "yes or no": (("xin chào", "2", "5/1990"), "citizen"),
    "a choice": (("xin chào", "2", "5/1990", "có", "không"), "work"),
    "a period": (("xin chào", "2", "5/1990", "có", "không", "buôn bán"), "past_months"),
    "a place": (("xin chào", "4"), "ward"),
    "an unclear place": (("xin chào", "4", "mẫu sơn"), "ward"),
    "offers": (("xin chào", "4", "p ky lua"), "slot"),
    "a name": (("xin chào", "4", "p ky lua", "1"), "name"),
    "a phone": (("xin chào", "4", "p ky lua", "1", "chị Lành"), "phone"),
    "consent": (("xin chào", "4", "p ky lua", "1", "chị Lành", "0912345678"), "consent"),
    "which answer to change": (("xin chào", "2", "5/1990", "có", "sửa"), "which_answer"),
    "what was spotted": (("tui 43t ban hang cho ky lua, ho ngheo",), "confirm_spotted"),
    "after an outcome": (("xin chào", "2", "2/12/2015"), "too_young"),
    "after a booking": (
        ("xin chào", "4", "p ky lua", "1", "chị Lành", "0912345678", "đồng ý"),
        "booked",
    ),
}
ASKED = ("có phải lừa đảo không", "rut bhxh mot lan dc k", "đang đóng mà chết thì sao?")


async def reach(before: tuple[str, ...]) -> tuple[EngineChat, dict[str, Any]]:
    chat = EngineChat()
    message: dict[str, Any] = {}
    for text in before:
        message = await chat.type(text)
    return chat, message


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("where", STATES)
async def test_a_question_is_answered_in_any_state_and_costs_nothing(where: str, asked: str) -> None:
    before, key = STATES[where]
    chat, stood = await reach(before)
    assert key in (stood["question"], stood["outcome"]), stood
    answers, booked = chat.state.answers, len(chat.world.booked)
    message = await chat.type(asked)
    assert "Rà soát ngày" in message["text"]
    assert (message["question"], message["outcome"]) == (stood["question"], stood["outcome"])
    assert message["options"] == stood["options"]
    assert (chat.state.answers, len(chat.world.booked)) == (answers, booked)


@pytest.mark.parametrize(
    ("where", "typed", "next_"),
    [
        ("birth date", "43 tuổi được không em", "birth_date"),  # 1982 or 1983 is asked back, not a FAQ entry
        ("birth date", "5/1990", "citizen"),
        ("yes or no", "có", "drawing"),
        ("yes or no", "phải, tôi là người Việt Nam", "drawing"),
        ("a choice", "bán rau ngoài chợ", "past_months"),
        ("a choice", "làm ruộng thôi em", "past_months"),
        ("a period", "4 năm", "withdrawn"),
        ("a place", "xã Vân Nham", "slot"),
        ("offers", "2", "name"),
        ("a name", "chị Hoa", "phone"),
        ("a phone", "0912 345 678 được không", "consent"),
        ("consent", "đồng ý", "booked"),
        ("what was spotted", "đúng rồi", "birth_date"),
    ],
)
async def test_an_answer_is_no_question(where: str, typed: str, next_: str) -> None:
    chat, _ = await reach(STATES[where][0])
    message = await chat.type(typed)
    assert next_ in (message["question"], message["outcome"]), message
    assert "Rà soát ngày" not in message["text"]
    assert chat.world.collected == []


async def test_a_question_is_no_name() -> None:
    chat, _ = await reach(STATES["a name"][0])
    message = await chat.type("ngày mai gọi lúc nào")
    assert message["question"] == "name"
    assert "name" not in chat.state.answers


async def test_when_several_may_be_meant_they_are_offered_and_the_question_comes_back() -> None:
    chat, _ = await reach(STATES["birth date"][0])
    message = await chat.type("chet thi co duoc rut khong")
    assert message["question"] == "which_question"
    labels = [option["label"] for option in message["options"]]
    assert labels[-1] == "Không phải các câu này"
    assert 2 <= len(labels) <= 4
    chosen = message["options"][0]["id"]
    message = await chat.type("1")
    assert "Rà soát ngày" in message["text"]
    assert message["question"] == "birth_date"
    assert chat.state.wondering == []
    assert chosen not in chat.state.answers


async def test_none_of_these_is_collected_and_a_person_offered() -> None:
    chat, _ = await reach(STATES["birth date"][0])
    message = await chat.type("sdt 0912345678, chet thi co duoc rut khong")
    assert message["question"] == "which_question"
    message = await chat.tap("none_of_these")
    assert message["question"] == "birth_date"
    assert "Em đã ghi lại câu hỏi" in message["text"]
    assert [option["id"] for option in message["options"]] == ["human"]
    assert [text for text, _ in chat.world.collected] == ["sdt …, chet thi co duoc rut khong"]


async def test_while_choosing_she_may_just_answer_what_was_asked_before() -> None:
    chat, _ = await reach(STATES["birth date"][0])
    await chat.type("chet thi co duoc rut khong")
    message = await chat.type("5/1990")
    assert message["question"] == "citizen"
    assert (chat.state.asked, chat.state.wondering) == ("", [])


@pytest.mark.parametrize("where", ["at the door", "birth date", "a choice", "a phone", "after an outcome"])
async def test_what_is_out_of_scope_is_said_kindly_and_collected_without_who_asked(where: str) -> None:
    before, key = STATES[where]
    chat, _ = await reach(before)
    message = await chat.type("tôi tên là Nguyễn Thị Lành, cho hỏi giá vàng hôm nay bao nhiêu")
    assert "không dám nói bừa" in message["text"]
    assert "1900 9068" in message["text"]
    assert key in (message["question"], message["outcome"])
    [(text, alike)] = chat.world.collected
    assert "Lành" not in text
    assert "lanh" not in alike.split()
    if message["question"]:
        assert "human" in [option["id"] for option in message["options"]]


async def test_the_same_question_in_other_words_of_the_same_terms_is_alike() -> None:
    chat, _ = await reach(STATES["birth date"][0])
    await chat.type("giá xăng hôm nay bao nhiêu vậy em")
    await chat.type("hom nay gia xang bn")
    assert len({alike for _, alike in chat.world.collected}) == 1


async def test_a_greeting_is_no_question() -> None:
    for text in ("xin chào", "alo", "chào em, cho chị hỏi chút", "hello"):
        chat = EngineChat()
        message = await chat.type(text)
        assert message["question"] == "task"
        assert "không dám nói bừa" not in message["text"]
        assert chat.world.collected == []


async def test_the_answer_comes_in_her_language_and_by_the_day_s_law() -> None:
    chat, _ = await reach(("xin chào", "english"))
    message = await chat.type("how much is the lowest payment per month?")
    assert "264.000 đ" in message["text"].replace("\u00a0", " ")
    assert "Reviewed on" in message["text"]
    chat, _ = await reach(("xin chào",))
    chat.today = chat.today.replace(year=2027, month=1, day=2)
    message = await chat.type("moi thang dong bao nhieu tien")
    assert "387.200 đ" in message["text"].replace("\u00a0", " ")


async def test_photos_and_old_buttons_are_not_taken_for_questions() -> None:
    chat, _ = await reach(STATES["birth date"][0])
    message = await chat.send(Kind.MEDIA)
    assert message["question"] == "birth_date"
    assert chat.world.collected == []


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("đóng bao nhiêu", Asking.SURELY),
        ("lo ko dong tiep thi sao", Asking.SURELY),
        ("how do I pay", Asking.SURELY),
        ("can I join", Asking.SURELY),
        ("500k được không", Asking.PERHAPS),
        ("lừa đảo?", Asking.PERHAPS),
        ("rút một lần", Asking.NO),
        ("có", Asking.NO),
        ("chưa có", Asking.NO),
        ("tôi 43 tuổi", Asking.NO),
        ("không biết", Asking.NO),
        ("", Asking.NO),
    ],
)
def test_whether_a_message_asks_is_told_by_its_form(text: str, asks: Asking) -> None:
    assert asking(text) is asks


def answers() -> set[str]:
    """Everything the readers' labelled sets hold: answers as people type them."""

    def texts(value: Any) -> set[str]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        here = value.get("texts", []) if isinstance(value, dict) else []
        return set(here).union(*(texts(each) for each in inner))

    return set().union(
        *(texts(tomllib.loads(file.read_text("utf-8"))) for file in sorted(DATA.glob("*.toml")))
    )


def test_answers_as_people_type_them_are_not_taken_for_questions() -> None:
    questions, typed = citizens().questions, answers()
    assert questions is not None
    assert len(typed) > 2_000
    taken = [text for text in typed if (heard := questions.hear(text, asking(text))) and heard.over]
    assert taken == []
