"""The engine, on a small conversation: ask, replay, go back, change, stale taps, effects once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import pytest

from handlers.dialogue import Dialogue
from handlers.explore import EndlessPath, Explorer
from handlers.flow import Ask, AskAgain, Case, Conversation, Do, Offer, Outcome, Question
from handlers.messages import Address, Incoming, Kind
from handlers.reading import Candidate, Unclear
from handlers.reading.choices import choose
from handlers.state import Notice, Put, State
from tests.conversations.engine_chat import EngineChat

TODAY = date(2026, 11, 23)
CHANGE = date(2027, 1, 1)


def whole_number(text: str, on: date) -> int:
    if text == "about ten":
        raise Unclear("which_number", Candidate("9"), Candidate("10"))
    if not text.isascii() or not text.isdigit():
        raise Unclear("not_a_number")
    return int(text)


def spot_number(text: str, on: date) -> str | None:
    return next((word[1:] for word in text.split() if word.startswith("#")), None)


ERRAND = Question("errand", read=choose({"buy": ("buy",), "look": ("look",)}), choices=("buy", "look"))
COUNT = Question("count", read=whole_number, examples=("3", "about ten"), spot=spot_number)
COLOUR = Question("colour", read=choose({"red": (), "blue": ()}), choices=("red", "blue"))


@dataclass(frozen=True)
class Bought(Outcome):
    count: int
    stall: str
    ticket: str
    then: ClassVar[tuple[str, ...]] = ("buy", "menu")


@dataclass(frozen=True)
class Looked(Outcome):
    then: ClassVar[tuple[str, ...]] = ("resume", "menu")


@dataclass(frozen=True)
class NoStall(Outcome):
    pass


def stall_for(colour: str) -> Offer[str]:
    return Offer(
        "stall",
        fetch=lambda world: world.stalls(colour),
        value=lambda facts: str(facts["name"]),
        about=colour,
        examples=((Candidate("s1", {"name": "first"}),), ()),
    )


def sell(stall: str, count: int) -> Do[str | None]:
    return Do(
        "sold",
        perform=lambda world: world.sell(stall, count),
        result=lambda done: done,
        final=True,
        results=("T1", None),
    )


def market(ask: Ask, case: Case) -> Outcome:
    if ask(ERRAND) == "look":
        return Looked()
    count = ask(COUNT)
    colour = ask(COLOUR)
    offer = stall_for(colour)
    stall = ask(offer)
    if stall is None:
        return NoStall()
    doing = sell(stall, count)
    ticket = ask(doing)
    if ticket is None:
        raise AskAgain(offer, Unclear("sold_out"), forget=(doing,))
    return Bought(count, stall, ticket)


MARKET = Conversation("market", market, door=ERRAND, spots=(COUNT,))


class World:
    """A fake world that counts what it is asked."""

    def __init__(self) -> None:
        self.sold: list[tuple[str, int]] = []
        self.sold_out: set[str] = set()
        self.closed = False

    async def stalls(self, colour: str) -> list[Candidate]:
        if self.closed:
            return []
        names = [f"{colour}-1", f"{colour}-2"]
        return [Candidate(name, {"name": name}) for name in names if name not in self.sold_out]

    async def sell(self, stall: str, count: int) -> str | None:
        if stall in self.sold_out:
            return None
        self.sold.append((stall, count))
        return f"T{len(self.sold)}"


class Law:
    """A law that changes on one day."""

    def next_change(self, after: date) -> date | None:
        return CHANGE if after < CHANGE else None


class Chat:
    """Talks to the engine; the state is stored and loaded as JSON between every two messages."""

    def __init__(self, talk: Conversation = MARKET) -> None:
        self.world: Any = World()
        self.dialogue = Dialogue(talk, law=Law(), territory=None)  # type: ignore[arg-type] # not looked at here
        self.today = TODAY
        self.stored = json.dumps(State(started_on=TODAY).as_json())
        self.events = 0

    @property
    def state(self) -> State:
        return State.from_json(json.loads(self.stored))

    async def send(self, text: str = "", kind: Kind = Kind.TEXT, turn: int | None = None) -> Put | None:
        self.events += 1
        state = self.state
        incoming = Incoming(
            Address("test", "a", "p"), str(self.events), kind, datetime(2026, 11, 23, tzinfo=UTC), text, turn
        )
        put = await self.dialogue.hear(state, incoming, self.today, self.world)
        if put:
            state.shown = [[choice.raw, choice.raw] for choice in put.choices]
        self.stored = json.dumps(state.as_json())
        return put

    async def say(self, *texts: str) -> Put:
        put = None
        for text in texts:
            put = await self.send(text)
        assert put is not None
        return put

    async def tap(self, option: str, turn: int | None = None) -> Put | None:
        return await self.send(option, Kind.CHOICE, self.state.turn if turn is None else turn)


@pytest.fixture
def chat() -> Chat:
    return Chat()


async def test_a_greeting_is_answered_with_the_first_question_and_no_error(chat: Chat) -> None:
    put = await chat.say("xin chào")
    assert (put.key, put.error, [c.raw for c in put.choices]) == ("errand", None, ["buy", "look"])


async def test_answers_lead_to_the_outcome_and_the_effect_happens_once(chat: Chat) -> None:
    put = await chat.say("hello", "1", "3", "red", "2")
    assert (put.kind, put.key, put.words) == (
        "outcome", "bought", {"count": 3, "stall": "red-2", "ticket": "T1"},
    )  # fmt: skip
    await chat.send("", Kind.START)
    assert chat.world.sold == [("red-2", 3)]


async def test_an_answer_is_kept_in_the_person_s_own_words(chat: Chat) -> None:
    await chat.say("hello", "buy", "about ten")
    assert chat.state.answers["count"] == "about ten"
    put = await chat.say("2")
    assert (put.key, chat.state.answers["count"]) == ("colour", "10")


async def test_an_unclear_answer_offers_its_readings_and_survives_a_restart(chat: Chat) -> None:
    put = await chat.say("hello", "buy", "about ten")
    assert put.error is not None
    assert (put.error.code, [c.raw for c in put.choices]) == ("which_number", ["9", "10"])
    again = await chat.send("", Kind.MEDIA)
    assert again is not None
    assert [c.raw for c in again.choices] == ["9", "10"]


async def test_after_two_misunderstandings_a_person_is_offered(chat: Chat) -> None:
    first = await chat.say("hello", "buy", "???")
    assert (first.error.code if first.error else None, [c.raw for c in first.choices]) == ("not_a_number", [])
    second = await chat.say("!!!")
    assert [c.raw for c in second.choices] == ["human"]


async def test_back_asks_the_last_question_again(chat: Chat) -> None:
    await chat.say("hello", "buy", "3")
    assert (await chat.say("quay lại")).key == "count"
    assert (await chat.say("lùi")).key == "errand"


async def test_changing_an_earlier_answer_keeps_the_later_ones(chat: Chat) -> None:
    await chat.say("hello", "buy", "3", "red")
    which = await chat.say("sửa")
    assert (which.key, [c.raw for c in which.choices]) == ("which_answer", ["count", "colour"])
    assert (await chat.say("count")).key == "count"
    put = await chat.say("5")
    assert (put.key, put.words) == ("stall", {})
    assert chat.state.answers["colour"] == "red"


async def test_choices_that_depend_on_a_changed_answer_are_offered_afresh(chat: Chat) -> None:
    put = await chat.say("hello", "buy", "3", "red")
    assert [c.raw for c in put.choices] == ["red-1", "red-2"]
    await chat.say("sửa", "colour")
    put = await chat.say("blue")
    assert [c.raw for c in put.choices] == ["blue-1", "blue-2"]


async def test_a_choice_gone_between_offer_and_tap_is_offered_again_without_it(chat: Chat) -> None:
    await chat.say("hello", "buy", "3", "red")
    chat.world.sold_out.add("red-1")
    put = await chat.say("1")
    assert put.error is not None
    assert (put.key, put.error.code, [c.raw for c in put.choices]) == ("stall", "sold_out", ["red-2"])
    assert (await chat.say("1")).key == "bought"
    assert chat.world.sold == [("red-2", 3)]


async def test_with_nothing_to_offer_the_conversation_says_so(chat: Chat) -> None:
    chat.world.closed = True
    assert (await chat.say("hello", "buy", "3", "red")).key == "no_stall"


async def test_a_tap_on_an_old_button_shows_the_current_question(chat: Chat) -> None:
    await chat.say("hello", "buy", "3")
    put = await chat.tap("look", turn=1)
    assert put is not None
    assert (put.key, put.notices) == ("colour", (Notice("stale"),))
    assert chat.state.answers["errand"] == "buy"


async def test_the_second_of_a_double_tap_changes_nothing_and_says_nothing(chat: Chat) -> None:
    await chat.say("hello")
    turn = chat.state.turn
    first = await chat.tap("buy", turn)
    assert first is not None
    assert first.key == "count"
    assert await chat.tap("buy", turn) is None
    assert (await chat.say("3")).key == "colour"


async def test_an_unknown_button_is_answered_with_the_current_question(chat: Chat) -> None:
    await chat.say("hello", "buy")
    put = await chat.tap("no such thing")
    assert put is not None
    assert (put.key, put.notices) == ("count", (Notice("stale"),))


@pytest.mark.parametrize("kind", [Kind.MEDIA, Kind.UNSUPPORTED])
async def test_what_cannot_be_read_leaves_the_question_standing(chat: Chat, kind: Kind) -> None:
    await chat.say("hello", "buy")
    put = await chat.send("", kind)
    assert put is not None
    assert (put.key, put.notices, chat.state.answers) == ("count", (Notice("unreadable"),), {"errand": "buy"})


async def test_a_hundred_kilobytes_are_asked_to_be_shorter(chat: Chat) -> None:
    await chat.say("hello", "buy")
    put = await chat.say("đ" * 100_000)
    assert (put.key, put.notices, chat.state.answers) == ("count", (Notice("too_long"),), {"errand": "buy"})


async def test_global_words_cost_no_answer(chat: Chat) -> None:
    await chat.say("hello", "buy", "3")
    for word in ("English", "tiếng Việt"):
        assert (await chat.say(word)).key == "colour"
    assert chat.state.language == "vi"
    assert (await chat.say("menu")).key == "errand"
    assert (await chat.say("tiếp tục")).key == "colour"


async def test_starting_over_forgets_the_answers(chat: Chat) -> None:
    await chat.say("hello", "buy", "3")
    put = await chat.say("bắt đầu lại")
    assert (put.key, chat.state.answers) == ("errand", {})


async def test_after_a_final_effect_there_is_no_way_back(chat: Chat) -> None:
    await chat.say("hello", "buy", "3", "red", "1")
    put = await chat.say("quay lại")
    assert (put.key, put.notices) == ("bought", (Notice("cannot_undo"),))
    assert (await chat.say("sửa")).notices == (Notice("cannot_undo"),)


async def test_what_was_spotted_is_confirmed_before_it_counts(chat: Chat) -> None:
    put = await chat.say("buy #7 please")
    assert (put.key, put.items) == ("confirm_spotted", (("count", "7"),))
    assert "count" not in chat.state.answers
    assert (await chat.say("đúng")).key == "colour"
    assert chat.state.answers["count"] == "7"


async def test_what_was_spotted_wrongly_is_asked_for(chat: Chat) -> None:
    await chat.say("buy #7 please")
    assert (await chat.say("không")).key == "count"


async def test_correcting_what_was_spotted_shows_it_again(chat: Chat) -> None:
    await chat.say("buy #7 please")
    put = await chat.say("no wait, #8")
    assert put.items == (("count", "8"),)


async def test_a_conversation_keeps_its_day_until_the_law_changes(chat: Chat) -> None:
    await chat.say("hello", "buy")
    chat.today = date(2026, 12, 31)
    put = await chat.say("3")
    assert (put.notices, chat.state.started_on) == ((), TODAY)
    chat.today = CHANGE
    put = await chat.say("red")
    assert (put.notices, chat.state.started_on, put.key) == ((Notice("law_changed"),), CHANGE, "stall")


async def test_opening_the_chat_again_goes_on_where_it_stopped(chat: Chat) -> None:
    await chat.say("hello", "buy", "3")
    put = await chat.send("", Kind.START)
    assert put is not None
    assert (put.key, put.notices) == ("colour", (Notice("welcome_back"),))


async def test_a_link_goes_straight_to_what_it_names(chat: Chat) -> None:
    put = await chat.send("buy", Kind.START)
    assert put is not None
    assert put.key == "count"


async def test_words_after_the_end_begin_again_at_the_door(chat: Chat) -> None:
    await chat.say("hello", "look")
    assert (await chat.say("chào em")).key == "errand"


async def test_a_way_on_from_an_outcome_can_be_tapped(chat: Chat) -> None:
    await chat.say("hello", "look")
    put = await chat.tap("menu")
    assert put is not None
    assert put.key == "errand"


def case() -> Case:
    return Case(TODAY, None, None, "20")  # type: ignore[arg-type] # the market looks at none of them


def test_the_explorer_reaches_every_step_outcome_and_candidate() -> None:
    seen = []
    atlas = Explorer(MARKET, case(), show=seen.append).explore()
    assert set(atlas.steps) == {"errand", "count", "colour", "stall", "sold"}
    assert set(atlas.outcomes) == {"bought", "looked", "no_stall"}
    assert {s.unclear.code for s in seen if s.unclear} == {"which_number", "sold_out"}


def test_the_explorer_refuses_an_endless_path() -> None:
    def endless(ask: Ask, case: Case) -> Outcome:
        number = 0
        while True:
            ask(Question(f"again_{number}", read=whole_number, examples=("1",)))
            number += 1

    with pytest.raises(EndlessPath, match="again_39"):
        Explorer(Conversation("endless", endless), case()).explore()


async def test_a_conversation_that_never_settles_is_stopped() -> None:
    def restless(ask: Ask, case: Case) -> Outcome:
        offer = stall_for("red")
        ask(offer)
        raise AskAgain(offer)

    chat = Chat(Conversation("restless", restless))
    await chat.say("hello")
    put = await chat.say("1")
    assert put.key == "stall"


async def test_a_quote_s_code_shows_the_quote_and_the_question_stands() -> None:
    chat = EngineChat()
    for text in ("xin chào", "3", "5/1983", "nữ", "chưa đóng", "van nham", "cận nghèo", "thu nhập 2 triệu"):
        await chat.type(text)
    message = await chat.type("từng tháng")
    [code] = chat.world.quotes
    assert code in message["text"]
    await chat.type("menu")
    message = await chat.type(code.lower())
    assert f"Phiếu {code}" in message["text"].replace("\u00a0", " ")
    assert "308.000 đ" in message["text"].replace("\u00a0", " ")
    assert message["question"] == "task"
