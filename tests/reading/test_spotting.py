"""Several answers in one message: each reader finds its own, and only what is marked as such."""

import pytest

from bot.readdesk import kinds
from handlers.reading.choices import choose
from handlers.reading.groups import INTENTS, WORKS, intent
from tests.reading.tables import TODAY, rows

SEVERAL = rows("several", "messages")


@pytest.mark.parametrize("message", SEVERAL, ids=[message["text"] for message in SEVERAL])
def test_each_answer_is_found_where_it_is_said(message):
    answer = kinds()["spot"].answer(message["text"], TODAY)
    assert answer == {"value": message["found"], "confirm": bool(message["found"])}


def test_at_least_a_hundred_messages_are_labelled():
    assert len({message["text"] for message in SEVERAL}) >= 100


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("muốn đóng bhxh", "consult"),
        ("tính giúp em", "quote"),
        ("tôi muốn tham gia thì đóng bao nhiêu", "quote"),
        ("có được tham gia không", "eligibility"),
        ("hẹn gọi", "booking"),
        ("hỏi cho mẹ", "on_behalf"),
        ("how much would i pay", "quote"),
    ],
)
def test_a_wish_is_known_by_its_most_telling_words(text, wish):
    assert intent(text, TODAY) == wish
    assert intent(wish, TODAY) == wish


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("bán rau ở chợ", "self"),
        ("e chay ship", "self"),
        ("a co dkkd, dthu tam 1 ty 2", "household_owner"),
        ("làm công ty có hợp đồng", "contract"),
        ("giúp việc gia đình", "domestic"),
        ("nghỉ không lương", "suspended"),
        ("cán bộ xã", "commune"),
    ],
)
def test_work_is_known_by_its_words(text, work):
    assert choose(WORKS)(text, TODAY) == work


def test_an_id_is_read_as_it_is():
    for options in (INTENTS, WORKS):
        for identity in options:
            assert choose(options)(identity, TODAY) == identity
