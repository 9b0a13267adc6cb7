"""The language somebody wants to be called in, as people say it, and what is said of a language besides."""

from datetime import date

import pytest

from handlers.booking import read_name
from handlers.reading import Unclear
from handlers.reading.languages import (
    LANGUAGES,
    OF_CHATS,
    language_code,
    language_names,
    read_language,
    spot_language,
    without_language,
)

ON = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("tiếng Tày", "tay"),
        ("noi tieng tay", "tay"),
        ("tôi nói tiếng Nùng", "nung"),
        ("gọi bằng tiếng Dao", "dao"),
        ("bố tôi chỉ nghe được tiếng tày", "tay"),
        ("mẹ không nghe được tiếng Việt chỉ nghe tiếng Nùng", "nung"),
        ("mẹ em nghe tiếng Việt kém, gọi tiếng H'Mông giúp", "hmong"),
        ("bà k nói được tiếng kinh, nói tiếng mèo", "hmong"),
        ("tiếng dân tộc Thái nhé", "thai"),
        ("tieng khơ me", "khmer"),
        ("có ai nói tiếng Tày không", "tay"),
        ("gọi bằng tiếng Việt cũng được", "vi"),
        ("call me in English", "en"),
        ("my father only speaks Hmong", "hmong"),
        ("in Tay please", "tay"),
    ],
)
def test_a_language_is_found_in_what_she_says(words, code):
    assert spot_language(words, ON) == code
    assert read_language(words, ON) == code


@pytest.mark.parametrize(
    "words",
    [
        "tôi là người dân tộc Tày",
        "hộ nghèo, dân tộc Nùng",
        "tôi không biết tiếng Tày",
        "không cần gọi bằng tiếng Nùng đâu",
        "nói tiếng tây à",
        "tiếng gì vậy",
        "viết tiếng Việt không dấu được không",
        "em học tiếng Anh",
        "chị Lành ở chợ Kỳ Lừa",
        "gọi bằng tay",
    ],
)
def test_words_that_ask_for_no_language_are_none(words):
    assert spot_language(words, ON) is None


@pytest.mark.parametrize(
    ("answer", "code"),
    [("Tày", "tay"), ("nung", "nung"), ("dạ tiếng dao ạ", "dao"), ("nào cũng được", "vi"), ("Kinh", "vi")],
)
def test_asked_which_a_name_alone_will_do(answer, code):
    assert read_language(answer, ON) == code


@pytest.mark.parametrize("answer", ["Elvish", "tiếng tây", "tiếng Klingon", "", "9h mai"])
def test_a_language_nobody_knows_is_asked_again(answer):
    with pytest.raises(Unclear) as unclear:
        read_language(answer, ON)
    assert unclear.value.code == "unknown_language"


def test_every_name_of_a_language_is_read_as_it_and_as_no_other():
    assert set(OF_CHATS) < set(LANGUAGES)
    for code, language in LANGUAGES.items():
        assert read_language(code, ON) == code
        for form in language.forms:
            assert language_code(form) == code, form
            assert code in OF_CHATS or spot_language(f"nói tiếng {form}", ON) == code
    assert all(set(language_names(chat)) == set(LANGUAGES) for chat in OF_CHATS)


@pytest.mark.parametrize(
    ("words", "name"),
    [("chị Lành, gọi bằng tiếng Tày nhé", "chị Lành"), ("tên tôi là Páo. Nói tiếng Mông", "Páo")],
)
def test_a_language_is_no_part_of_a_name(words, name):
    assert read_name(words, ON) == name
    assert without_language(name) == name


def test_a_language_alone_is_no_name():
    with pytest.raises(Unclear):
        read_name("gọi bằng tiếng Tày", ON)
