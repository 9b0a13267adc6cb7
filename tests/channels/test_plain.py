"""Any message on any channel: split where it may be, options as buttons or as a menu that can be typed."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Capabilities
from bot.channels.plain import parts, split
from handlers.messages import Option, Outgoing
from handlers.reading.choices import number_or_label

TYPED = Capabilities(text_limit=2_000, buttons=0)
TAPPED = Capabilities(text_limit=4_096, buttons=100, label_limit=40)
TEXTS = st.text(st.sampled_from("aế \n.👩‍👧1\u0301"), max_size=400)


def asking(text: str, *labels: str, **more: object) -> Outgoing:
    return Outgoing(text, tuple(Option(f"id{n}", label) for n, label in enumerate(labels)), turn=3, **more)


def test_a_channel_of_its_own_gets_the_message_as_it_is() -> None:
    message = asking("x" * 9_000, "Nam", "Nữ")
    assert parts(message, Capabilities(text_limit=8_000)) == [message]


def test_without_buttons_there_is_a_menu_to_type_from() -> None:
    [part] = parts(asking("Anh/chị là", "Nam", "Nữ"), TYPED)
    assert part.text == "Anh/chị là\n\n1. Nam\n2. Nữ"
    assert part.options == ()


def test_buttons_carry_their_number_and_what_they_stand_for() -> None:
    [part] = parts(asking("Anh/chị là", "Nam", "Nữ"), TAPPED)
    assert part.text == "Anh/chị là"
    assert part.options == (Option("id0", "1. Nam"), Option("id1", "2. Nữ"))
    assert part.turn == 3


def test_a_label_too_long_for_a_button_is_written_out() -> None:
    long = "Hộ cận nghèo có sổ do Ủy ban nhân dân xã cấp trong năm nay"
    [part] = parts(asking("Nhà mình là", "Hộ nghèo", long), TAPPED)
    assert f"2. {long}" in part.text
    assert [len(option.label) <= 40 for option in part.options] == [True, True]
    assert part.options[1].label.endswith("…")


def test_of_more_options_than_buttons_all_are_in_the_text() -> None:
    able = Capabilities(text_limit=2_000, buttons=5, menu_always=True)
    [part] = parts(asking("Chọn", *"ABCDEFG"), able)
    assert "7. G" in part.text
    assert len(part.options) == 5


def test_a_long_text_is_cut_between_paragraphs_and_only_the_last_part_asks() -> None:
    able = Capabilities(text_limit=100, buttons=8, contact_request=True)
    found = parts(asking("a" * 60 + "\n\n" + "b" * 60, "Có", "Không", asks_contact=True), able)
    assert [part.text for part in found] == ["a" * 60, "b" * 60]
    assert [len(part.options) for part in found] == [0, 2]
    assert [part.asks_contact for part in found] == [False, True]


def test_where_the_key_for_a_contact_stays_a_part_without_buttons_takes_it_away() -> None:
    able = Capabilities(text_limit=100, buttons=8, contact_request=True, contact_stays=True)
    short, long = (
        asking(text, "Có", "Không", contact_over="Em đã ghi số.") for text in ("Đồng ý?", "a" * 101)
    )
    assert [part.text for part in parts(short, able)] == ["Em đã ghi số.", "Đồng ý?"]
    assert [len(part.options) for part in parts(short, able)] == [0, 2]
    assert [part.text for part in parts(long, able)] == ["a" * 100, "a"]
    assert [part.text for part in parts(asking("Tên gì ạ?", contact_over="Em đã ghi số."), able)] == [
        "Tên gì ạ?"
    ]
    assert len(parts(short, replace(able, contact_stays=False))) == 1


def test_a_menu_is_not_torn() -> None:
    able = Capabilities(text_limit=100, buttons=0)
    found = parts(asking("a" * 90, *("Lựa chọn dài hơn một chút" for _ in range(3))), able)
    assert found[0].text == "a" * 90
    assert found[1].text.splitlines()[0].startswith("1. ")
    assert len(found[1].text.splitlines()) == 3


@pytest.mark.parametrize("length", [1_999, 2_000, 2_001])
def test_a_text_of_marks_apart_is_as_long_as_the_same_text_composed(length: int) -> None:
    composed = "ế" * length
    found = parts(Outgoing(unicodedata.normalize("NFD", composed)), TYPED)
    assert "".join(part.text for part in found) == composed
    assert len(found) == (1 if length <= 2_000 else 2)


@pytest.mark.parametrize("length", [4_096, 4_097])
def test_an_emoji_is_one_character_and_is_not_torn(length: int) -> None:
    assert len(split("👍" * length, 4_096)) == (1 if length == 4_096 else 2)
    family = "👩‍👧"
    assert all(part.replace(family, "") == "" for part in split(family * 2_000, 4_096))


def test_lines_are_cut_before_words_and_words_before_letters() -> None:
    assert split("một hai\nba bốn", 10) == ["một hai", "ba bốn"]
    assert split("một hai ba", 8) == ["một hai", "ba"]
    assert split("khôngcóchỗ", 4) == ["khôn", "gcóc", "hỗ"]


@given(TEXTS, st.integers(4, 50))
def test_nothing_is_lost_and_no_part_is_too_long(text: str, limit: int) -> None:
    found = split(text, limit)
    assert all(len(part) <= limit for part in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@given(
    st.lists(st.text("abcế đ", min_size=3, max_size=60).map(str.strip).filter(bool), min_size=1, max_size=12)
)
def test_every_number_of_a_menu_means_its_option(labels: list[str]) -> None:
    message = asking("Chọn", *labels)
    lines = [line for part in parts(message, TYPED) for line in part.text.splitlines()]
    shown = [(option.id, option.label) for option in message.options]
    for n, option in enumerate(message.options, 1):
        assert any(line.startswith(f"{n}. ") for line in lines)
        assert number_or_label(f" {n}. ", shown) == option.id
