"""Labelled sets: what people type is read as labelled, or asked back as labelled; never another value."""

import pytest

from handlers.reading import Unclear
from tests.reading.tables import READERS, SPELLED, TODAY, asks, outcome, reads, rows

NBSP = "\u00a0"
LEAST = {"money": 150, "births": 120, "times": 60, "phones": 80, "wards": 300, "wards_anywhere": 300}


@pytest.mark.parametrize("kind", READERS)
def test_each_table_has_a_label_once_for_a_text(kind):
    texts = [text for part in ("reads", "asks") for row in rows(kind, part) for text in row["texts"]]
    assert len(texts) == len(set(texts))
    assert len(texts) >= LEAST.get(kind, 1)


@pytest.mark.parametrize(
    ("kind", "text", "value"), [(kind, *each.values) for kind in READERS for each in reads(kind)]
)
def test_what_is_plain_is_read(kind, text, value):
    read = READERS[kind](text, TODAY)
    assert (str(read) if SPELLED.get(kind) is str else read) == value


@pytest.mark.parametrize(
    ("kind", "text", "code", "candidates"), [(kind, *each.values) for kind in READERS for each in asks(kind)]
)
def test_what_is_not_plain_is_asked(kind, text, code, candidates):
    with pytest.raises(Unclear) as asked:
        READERS[kind](text, TODAY)
    offered = [candidate.raw.replace(NBSP, " ") for candidate in asked.value.candidates]
    assert asked.value.code == code
    if kind.startswith("wards"):  # a former district's wards are offered beside those of the name
        assert set(candidates) <= set(offered)
    else:
        assert offered == candidates


@pytest.mark.parametrize("kind", READERS)
def test_a_candidate_is_read_without_doubt(kind):
    for each in asks(kind):
        result = outcome(kind, each.values[0])
        for raw in result[2]:
            assert outcome(kind, raw)[0] == "value", (each.values[0], raw)


def _typed_otherwise(text: str) -> list[str]:
    from handlers.reading.fold import fold

    return [
        text.upper(),
        text.lower(),
        fold(text),
        text.replace(" ", ""),
        fold(text).replace(" ", ""),
        f"  {text}  ",
    ]


@pytest.mark.parametrize("kind", READERS)
def test_case_spaces_and_marks_never_make_another_value_of_it(kind):
    for each in reads(kind):
        text = each.values[0]
        first = outcome(kind, text)
        for other in _typed_otherwise(text):
            again = outcome(kind, other)
            assert again[0] == "unclear" or again == first, (text, other, again)
