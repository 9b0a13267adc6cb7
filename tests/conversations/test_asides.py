"""Asides: what a message may be that answers nothing is replied to, and the pending step stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handlers.dialogue import Dialogue
from handlers.flow import Case
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
