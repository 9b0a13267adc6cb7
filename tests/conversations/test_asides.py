"""Asides: what a message may be that answers nothing is replied to, and the pending step stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handlers.address import addressed
from handlers.dialogue import Dialogue
from handlers.flow import Case
from handlers.messages import Kind
from handlers.state import Notice, State
from tests.conversations.engine_chat import EngineChat
from tests.conversations.test_engine import MARKET, Chat, Law


async def weather(raw: str, state: State, case: Case, world: Any) -> Notice | None:
    return Notice("sunny", {"on": case.on}) if raw == "weather" else None


async def whatever(raw: str, state: State, case: Case, world: Any) -> Notice | None:
    return Notice("later", {"answers": len(state.answers)}) if raw in ("weather", "news") else None


@pytest.fixture
def chat() -> Chat:
    chat = Chat()
    chat.dialogue = Dialogue(MARKET, law=Law(), territory=None, asides=(weather, whatever))  # type: ignore[arg-type] # not looked at here
    return chat


@pytest.mark.parametrize(
    ("before", "key"),
    [
        (("hello",), "errand"),
        (("hello", "buy"), "count"),
        (("hello", "buy", "about ten"), "count"),
        (("buy #7 please",), "confirm_spotted"),
        (("hello", "buy", "3", "sửa"), "which_answer"),
        (("hello", "buy", "3", "red"), "stall"),
        (("hello", "buy", "3", "red", "1"), "bought"),
    ],
)
async def test_an_aside_is_answered_anywhere_and_costs_nothing(
    chat: Chat, before: tuple[str, ...], key: str
) -> None:
    stood = await chat.say(*before)
    answers, sold = chat.state.answers, list(chat.world.sold)
    put = await chat.say("weather")
    assert [(notice.name, notice.facts) for notice in put.notices] == [("sunny", {"on": chat.today})]
    assert (put.key, put.choices, put.items) == (key, stood.choices, stood.items)
    assert (chat.state.answers, chat.world.sold) == (answers, sold)


async def test_the_first_aside_that_knows_the_message_answers_it(chat: Chat) -> None:
    await chat.say("hello", "buy")
    assert (await chat.say("news")).notices == (Notice("later", {"answers": 1}),)
    assert (await chat.say("3")).key == "colour"


async def test_an_option_s_label_is_an_answer_and_no_aside(chat: Chat) -> None:
    await chat.say("hello")
    state = chat.state
    state.shown = [["buy", "weather"], ["look", "look"]]
    chat.stored = json.dumps(state.as_json())
    assert (await chat.say("weather")).key == "count"


async def test_a_notice_is_worded_before_the_question() -> None:
    chat = EngineChat()
    await chat.type("xin chào")
    said = await chat.type("phiếu LS-7K2P")
    assert said["text"].startswith("Em không thấy phiếu LS-7K2P.")
    assert said["question"] == "task"


def said_to_her(chat: EngineChat, notice: str) -> str:
    return addressed(chat.words.say("vi", "notice", notice, {}), "chị")


@pytest.mark.parametrize(
    ("said", "notice"),
    [
        ("cảm ơn em nhiều nhé", "thanked"),
        ("cam on", "thanked"),
        ("thank you!", "thanked"),
        ("🙏🙏", "thanked"),
        ("alo", "here"),
        ("em ơi", "here"),
        ("ĐM chán quá", "calm"),
        ("bot ngu quá", "calm"),
        ("vcl", "calm"),
        ("this is stupid", "calm"),
        ("để hỏi chồng đã", "no_hurry"),
        ("từ từ đã em", "no_hurry"),
    ],
)
async def test_thanks_and_anger_are_answered_and_the_question_stands(said: str, notice: str) -> None:
    chat = EngineChat()
    for line in ("xin chào", "tính mức đóng", "5/1983", "nữ"):
        asked = await chat.type(line)
    answered = await chat.type(said)
    assert answered["question"] == asked["question"] == "past_months"
    assert answered["text"] == f"{said_to_her(chat, notice)}\n\n{asked['text']}"
    assert chat.state.misses == 0


@pytest.mark.parametrize(
    "said", ["3 con lợn, 5 con gà", "các cháu nhà em", "buổi chợ", "chưa đóng", "đeo kính"]
)
async def test_words_that_only_fold_into_anger_are_no_anger(said: str) -> None:
    chat = EngineChat()
    for line in ("xin chào", "tính mức đóng", "5/1983", "nữ"):
        await chat.type(line)
    answered = await chat.type(said)
    assert said_to_her(chat, "calm") not in answered["text"]


async def test_thanks_after_the_end_do_not_tell_it_all_again() -> None:
    chat = EngineChat()
    for line in ("xin chào", "có được tham gia không", "5/2015"):
        ended = await chat.type(line)
    assert ended["outcome"] == "too_young"
    assert (await chat.type("cảm ơn em"))["text"] == chat.words.say("vi", "notice", "thanked", {})
    assert (await chat.type("chào em"))["question"] == "task"


@pytest.mark.parametrize(
    ("media", "notice"),
    [
        ("photo", "photo"),
        ("voice", "voice"),
        ("sticker 😂", "sticker"),
        ("location", "location"),
        ("another_s_number", "another_s_number"),
        ("file", "unreadable"),
        ("", "unreadable"),
    ],
)
async def test_what_cannot_be_read_is_said_kindly(media: str, notice: str) -> None:
    chat = EngineChat()
    for line in ("xin chào", "tính mức đóng", "5/1983", "nữ"):
        asked = await chat.type(line)
    answered = await chat.send(Kind.MEDIA, media)
    assert answered["text"] == f"{said_to_her(chat, notice)}\n\n{asked['text']}"


async def test_a_thumb_is_a_yes_only_where_yes_or_no_is_asked() -> None:
    chat = EngineChat()
    for line in ("xin chào", "có được tham gia không", "5/1983"):
        asked = await chat.type(line)
    assert asked["question"] == "citizen"
    assert (await chat.send(Kind.MEDIA, "sticker 👍"))["question"] == "drawing"
    assert (await chat.send(Kind.MEDIA, "sticker 👍"))["question"] == "drawing"


async def test_what_she_wrote_under_a_photo_is_her_answer_and_the_photo_is_not_looked_at() -> None:
    chat = EngineChat()
    for line in ("xin chào", "có được tham gia không"):
        asked = await chat.type(line)
    assert asked["question"] == "birth_date"
    answered = await chat.send(Kind.MEDIA, "photo\n5/1983")
    assert answered["question"] == "citizen"
    assert answered["text"].startswith("Em chưa đọc được ảnh")
