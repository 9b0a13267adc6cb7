"""Several answers in one message: each reader finds its own, and only what is marked as such."""

import pytest

from handlers.formatting import money
from handlers.reading.choices import choose
from handlers.reading.dates import spot_birth, spot_when
from handlers.reading.groups import INTENTS, WORKS, intent, spot_intent, spot_relation, spot_tier
from handlers.reading.money import spot_amount
from handlers.reading.phones import spot_phone
from handlers.reading.places import spot_ward
from tests.reading.tables import TODAY

SPOTS = {
    "birth": spot_birth,
    "ward": spot_ward("20"),
    "tier": spot_tier,
    "amount": spot_amount,
    "phone": spot_phone,
    "relation": spot_relation,
    "intent": spot_intent,
    "when": spot_when,
}

MESSAGES = [
    (
        "tui 43t ban hang cho ky lua muon dong bhxh",
        {"birth": "43 tuổi", "ward": "06187", "intent": "consult"},
    ),
    (
        "tôi 43 tuổi, hộ cận nghèo ở Vân Nham, đóng được 300k",
        {"birth": "43 tuổi", "tier": "tier_40", "ward": "06415", "amount": money(300_000)},
    ),
    ("moi thang de ra dc 500k", {"amount": money(500_000)}),
    ("mỗi ngày để ra 10 nghìn", {"amount": money(300_000)}),
    ("e chay ship, luong 8 cu", {}),
    ("a co dkkd, dthu tam 1 ty 2, nop thue ke khai", {}),
    ("e bau 4m du sinh 15/4 dong gio co dc 2tr k", {"amount": money(2_000_000)}),
    ("e hoi cho me e", {"relation": "mother", "intent": "on_behalf"}),
    ("me e 49t o mau son", {"birth": "49 tuổi", "ward": "mau son"}),
    ("ho ngheo", {"tier": "tier_50"}),
    (
        "sinh ngày 12/5/1982 ở xã Vân Nham sdt 0912345678",
        {"birth": "12/05/1982", "ward": "06415", "phone": "0912 345 678"},
    ),
    ("đủ 60 tuổi mới được hưởng à", {}),
    ("con tôi 20 tuổi", {}),
    ("198", {}),
    ("43", {}),
    ("co, cty may 4 nam 2008 2012", {}),
    ("à nhầm, 45 tuổi", {"birth": "45 tuổi"}),
    ("đổi lại 3 triệu", {"amount": money(3_000_000)}),
    ("hộ nghèo thì được bao nhiêu", {}),
    ("gọi em chiều mai nhé", {"when": "24/11/2026 13:30 - 17:30"}),
    ("mới thoát nghèo", {}),
    ("hẹn gọi lại cho tôi", {"intent": "booking"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MESSAGES, ids=[text for text, _ in MESSAGES])
def test_each_answer_is_found_where_it_is_said(text, expected):
    found = {name: spot(text, TODAY) for name, spot in SPOTS.items()}
    told = {name: raw for name, raw in found.items() if raw is not None and name != "when"}
    if "when" in expected:
        assert found["when"] == expected["when"]
    wanted = {name: raw for name, raw in expected.items() if name != "when" and raw is not None}
    assert told == wanted


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
