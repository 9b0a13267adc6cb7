"""Choosing by number, label or words: what is denied, short or said of two options does not decide."""

import pytest

from handlers.reading import Unclear
from handlers.reading.choices import choose, number_or_label
from handlers.reading.groups import METHODS, RELATIONS, SEXES, WORKS
from handlers.reading.phones import display, masked
from tests.reading.tables import TODAY

WHOM = [("self", "Cho tôi"), ("mother", "Cho mẹ"), ("father", "Cho bố"), ("spouse", "Cho vợ hoặc chồng")]
AMOUNTS = [("198.000 đ", "198.000 đ"), ("500.000 đ", "500.000 đ")]


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("2", "mother"),
        ("2.", "mother"),
        ("(2)", "mother"),
        ("số 2", "mother"),
        ("so 2", "mother"),
        ("２", "mother"),
        ("2\ufe0f\u20e3", "mother"),
        ("câu 2", "mother"),
        ("chọn 2 nhé", "mother"),
        ("hai", "mother"),
        ("two", "mother"),
        ("bốn", "spouse"),
        ("cuối cùng", "spouse"),
        ("đầu tiên", "self"),
        ("Cho mẹ", "mother"),
        ("cho me", "mother"),
        ("CHO BỐ", "father"),
        ("chồng", "spouse"),
        ("ba", None),  # three, or father
        ("5", None),
        ("0", None),
        ("cho", None),
        ("", None),
        ("02345", None),
    ],
)
def test_an_option_is_named_by_number_label_or_a_clear_part(text, chosen):
    assert number_or_label(text, WHOM) == chosen


def test_an_amount_typed_again_names_its_candidate():
    assert number_or_label("198", AMOUNTS) == "198.000 đ"
    assert number_or_label("500.000", AMOUNTS) == "500.000 đ"


@pytest.mark.parametrize(
    ("options", "text", "chosen"),
    [
        (SEXES, "nữ", "female"),
        (SEXES, "anh ơi em là nữ", "female"),
        (SEXES, "nam 1980", "male"),
        (RELATIONS, "hỏi cho mẹ chồng", "mother"),
        (RELATIONS, "ck", "spouse"),
        (METHODS, "12 tháng", "yearly"),
        (METHODS, "6 thang 1 lan", "half_year"),
        (METHODS, "mỗi tháng", "monthly"),
        (WORKS, "không có hợp đồng", "self"),
        (WORKS, "không phải cán bộ, bán hàng", "self"),
    ],
)
def test_the_telling_words_decide(options, text, chosen):
    assert choose(options)(text, TODAY) == chosen


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (SEXES, "năm 1980"),
        (SEXES, "chị"),
        (RELATIONS, "ba"),  # bố, or bà without its mark
        (WORKS, "bán hàng cho công ty"),
        (WORKS, "công nhân nghỉ rồi"),
        (WORKS, "không phải cán bộ"),
        (METHODS, "tùy"),
    ],
)
def test_what_may_be_two_options_or_none_is_asked(options, text):
    with pytest.raises(Unclear, match="unknown_choice"):
        choose(options)(text, TODAY)


def test_ranked_options_go_by_the_longest_words():
    options = {"first": ("muốn đóng",), "second": ("tính thử giúp",)}
    text = "muốn đóng thì tính thử giúp em"
    assert choose(options, ranked=True)(text, TODAY) == "second"
    with pytest.raises(Unclear):
        choose(options)(text, TODAY)


@pytest.mark.parametrize(
    ("e164", "shown", "hidden"),
    [
        ("+84912345678", "0912 345 678", "0912 ••• 678"),
        ("+842053812345", "0205 3812 345", "0205 •••• 345"),
        ("+842438261234", "024 3826 1234", "024 •••• 1234"),
    ],
)
def test_a_phone_number_is_shown_as_people_read_it_or_with_its_middle_hidden(e164, shown, hidden):
    assert display(e164) == shown
    assert masked(e164) == hidden
