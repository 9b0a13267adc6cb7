"""Why: whatever figure she is shown, she can ask what it rests on, in her own words, and lose no answer."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from calculators.law import Law
from calculators.months import Month
from calculators.trail import Line, Op, Source, Term, Trust, What
from handlers.commands import command_in
from handlers.faq import Faq
from handlers.formatting import filters
from handlers.reading.why import asks_why
from handlers.reasons import MOST, Reasons, latest, reasons_in
from handlers.state import Put, State
from handlers.wording import LANGUAGES
from tests.conversations.engine_chat import TODAY, EngineChat
from tests.conversations.test_words import explored, put_of, words

LAW = Source("Luật 41/2024/QH15", "36.1")
DECREE = Source("Nghị định 159/2025/NĐ-CP", "5.1.d")

ASKS_WHY = """
vì sao | Vì sao? | vi sao vay em | tại sao thế ạ | sao lại thế | sao lai the nay | cách tính |
cho xem cách tính | cach tinh the nao | tính kiểu gì vậy | số này ở đâu ra | sao cao thế |
sao lai it vay | vì sao lại ra số này | sao ra so tien nay | theo luật nào | căn cứ vào đâu |
giải thích giúp anh với | why | Why? | why is that | why so much | how is that calculated |
how did you get this | explain please | how come
"""
ASKS_OTHER_THINGS = """
vì sao nên tham gia | tại sao phải đóng bảo hiểm | sao | 3 sào ruộng | tính lương hưu |
tính mức đóng | how much | how much would i pay | how long | why should i join | cách đóng |
cách đăng ký | luật | số này | sao Hôm | giải thích lương hưu | vì sao hàng xóm đóng ít hơn |
làm sao | thế nào
"""


def table(text: str) -> list[str]:
    return [row.strip() for row in text.replace("\n", " | ").split("|") if row.strip()]


def figure(
    what: What = What.GROSS, value: int = 440_000, *because: Source, trust: Trust = Trust.OFFICIAL
) -> Line:
    how = (Term(Decimal("0.22"), "ratio"), Term(2_000_000, "VND", Op.TIMES))
    return Line(what, value, "VND", TODAY, because or (LAW,), trust, how=how)


@pytest.mark.parametrize("text", table(ASKS_WHY))
def test_asking_why_is_understood(text: str) -> None:
    assert asks_why(text)
    assert command_in(text, menu=True) == "why"


@pytest.mark.parametrize("text", table(ASKS_OTHER_THINGS))
def test_other_questions_are_not_taken_for_it(text: str) -> None:
    assert not asks_why(text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("what", list(What))
def test_every_step_of_a_trail_has_its_name(what: What, language: str) -> None:
    line = Line(what, 1, "VND", TODAY, (LAW,), Trust.OFFICIAL)
    told = Reasons((line,), ()).told(instead=True)
    said = words().outgoing(
        Put("outcome", "not_citizen", {}, notices=(told,)), State(TODAY, language=language)
    )
    assert re.search(r"• .{3,}: 1\u00a0đ \(Luật 41/2024/QH15", said.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_wherever_an_amount_is_shown_there_is_a_reason_to_give(language: str) -> None:
    atlas, everything = explored()
    checked = set()
    for seen in everything:
        put = put_of(seen, atlas)
        if put is None or seen.unclear:
            continue
        state = State(started_on=TODAY, language=language, answers=dict(seen.answers))
        text = words().outgoing(put, state).text
        if "\u00a0đ" not in text:
            continue
        reasons = reasons_in(seen.words)
        assert reasons, f"{seen.key} shows an amount and gives no reason"
        told = words().outgoing(
            Put(put.kind, put.key, put.words, notices=(reasons.told(instead=True),)), state
        )
        assert 40 < len(told.text) <= 900
        assert not re.search(r"\d{4}-\d{2}|\d{5,}(?!\d* )|\d+,\d{3}|Decimal|None|Month\(", told.text), (
            told.text
        )
        checked.add(seen.key)
    assert checked >= {"amount", "quote", "compulsory_owner", "household_tax", "part_time_wage"}


def test_every_answer_that_shows_a_figure_can_say_why() -> None:
    law, seen = Law.load(), set()
    for entry in Faq.load().entries.values():
        reasons = reasons_in(entry.reasons(TODAY, law))
        assert reasons or not entry.figures, entry.id
        if reasons and reasons.lines:
            seen.add(entry.id)
            assert all(line.how and line.because for line in reasons.lines)
    assert len(seen) >= 3


@pytest.mark.parametrize(
    ("said", "outcome", "text"),
    [
        (("2", "5/2015"), "too_young", "Luật 41/2024/QH15 điều 2.4.a"),
        (("2", "5/1980", "không"), "not_citizen", "Luật 41/2024/QH15 điều 2.4.a"),
        (("2", "5/1960", "có", "lương hưu"), "already_drawing", "Nghị định 158/2025/NĐ-CP điều 3.4"),
        (("2", "5/1980", "có", "không", "công ty"), "compulsory_now", "Luật 41/2024/QH15 điều 2.1.a"),
    ],
)
async def test_a_no_names_its_article(said: tuple[str, ...], outcome: str, text: str) -> None:
    chat = EngineChat()
    for line in ("xin chào", *said):
        message = await chat.type(line)
    assert message["outcome"] == outcome
    message = await chat.type("vì sao?")
    assert message["outcome"] == outcome
    assert text in message["text"]


async def test_a_tap_on_why_explains_and_the_sheet_stays_open() -> None:
    chat = EngineChat()
    for line in ("hi", "3", "6/1990", "nam", "chưa", "Vân Nham", "khác", "thu nhập 3 triệu", "từng tháng"):
        before = await chat.type(line)
    answers = chat.state.answers
    message = await chat.tap("why")
    assert message["question"] == "quote"
    assert message["options"] == before["options"]
    assert "Em tính thế này" in message["text"]
    assert chat.state.answers == answers
    assert (await chat.tap("booking"))["question"] == "slot"


@pytest.mark.parametrize(
    ("language", "written"),
    [("vi", "22% × 2.000.000\u00a0đ = "), ("en", "22% × 2.000.000\u00a0đ = ")],
)
def test_a_sum_is_written_with_its_signs(language: str, written: str) -> None:
    assert filters(language)["sum_of"](figure()) == written
    assert filters(language)["sum_of"](figure(value=440_001)) == written.replace("=", "≈")


def test_a_sum_may_have_years_a_maximum_and_months() -> None:
    rate = (
        Term(Decimal("0.45"), "ratio"), Term(Decimal("5.5"), "years", Op.PLUS),
        Term(Decimal("0.02"), "ratio", Op.TIMES), Term(Decimal("0.75"), "ratio", Op.AT_MOST),
    )  # fmt: skip
    line = Line(What.PENSION_RATE, Decimal(56), "percent", TODAY, (LAW,), Trust.OFFICIAL, how=rate)
    assert filters("vi")["sum_of"](line) == "45% + 5,5 × 2%, tối đa 75% = "
    assert filters("en")["sum_of"](line) == "45% + 5.5 × 2%, at most 75% = "
    age = (Term(Month(1983, 5), "month"), Term(726, "months", Op.PLUS))
    line = Line(What.RETIREMENT_MONTH, Month(2043, 11), "month", TODAY, (LAW,), Trust.OFFICIAL, how=age)
    assert filters("vi")["sum_of"](line) == "5/1983 + 60 năm 6 tháng = "
    parts = (Term(660_000, "VND"), Term(66_000, "VND", Op.MINUS), Term(2, "factor", Op.OVER))
    line = Line(What.TO_PAY, 627_000, "VND", TODAY, (LAW,), Trust.OFFICIAL, how=parts)
    assert filters("vi")["sum_of"](line) == "660.000\u00a0đ − 66.000\u00a0đ ÷ 2 = "


def test_a_text_is_named_in_full_once_and_shortly_after() -> None:
    lines = [
        figure(What.GROSS, 1, LAW),
        figure(What.CENTRAL_SUPPORT, 2, DECREE, LAW),
        figure(What.TO_PAY, 3, LAW, DECREE),
    ]
    assert [proof for _, proof in filters("vi")["proofs"](lines)] == [
        "Luật 41/2024/QH15 điều 36.1",
        "Nghị định 159/2025/NĐ-CP điều 5.1.d",
        "Luật 41 điều 36.1",
    ]


def test_two_texts_of_one_short_name_keep_their_full_ones() -> None:
    old = Source("Nghị định 159/2018/NĐ-CP", "2")
    lines = [figure(What.GROSS, 1, DECREE), figure(What.TO_PAY, 2, old), figure(What.TO_PAY, 3, DECREE)]
    assert [proof for _, proof in filters("en")["proofs"](lines)][2] == "Nghị định 159/2025/NĐ-CP art. 5.1.d"


def test_articles_of_one_text_stand_together_and_a_text_without_any_alone() -> None:
    cites = filters("vi")["cites"]
    assert cites((LAW, DECREE, Source("Luật 41/2024/QH15", "99"), LAW)) == (
        "Luật 41/2024/QH15 điều 36.1, 99; Nghị định 159/2025/NĐ-CP điều 5.1.d"
    )
    assert cites((Source("Nghị định 351/2025/NĐ-CP"),)) == "Nghị định 351/2025/NĐ-CP"


def test_steps_come_before_texts_and_the_latest_before_all() -> None:
    steps, texts = {"lines": (figure(),), "because": (DECREE,)}, {"found": {"because": (LAW, LAW)}}
    assert reasons_in(steps) == Reasons((figure(),), ())
    assert reasons_in(texts) == Reasons((), (LAW,))
    assert reasons_in({"on": date(2026, 1, 1), "because": "no source", "lines": ()}) is None
    assert latest([steps, texts, {}]) == (Reasons((), (LAW,)), False)
    assert latest([texts, steps]) == (Reasons((figure(),), ()), True)
    assert latest([{}, {}]) == (None, False)


def test_no_explanation_is_longer_than_a_phone_shows() -> None:
    found = reasons_in({"lines": (figure(),) * (MOST + 3)})
    assert found
    assert len(found.lines) == MOST


def test_what_awaits_confirmation_says_so() -> None:
    for trust, unsure in ((Trust.OFFICIAL, False), (Trust.PRACTICE, True)):
        told = Reasons((figure(trust=trust), figure()), ()).told(instead=True)
        said = words().outgoing(Put("outcome", "not_citizen", {}, notices=(told,)), State(TODAY)).text
        assert ("đang chờ xác nhận" in said) is unsure
        assert said.count("*") == 2 * unsure
