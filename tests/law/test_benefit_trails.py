"""Every line of every answer in the tables: it names its text, and what it comes from comes to it."""

import dataclasses
from fractions import Fraction

import pytest

from calculators import plain
from calculators.registry import find
from calculators.trail import Line, worked_out
from tests.law.test_calculators import ROWS

ANSWERED = [row for row in ROWS if "refused" not in row]


def lines_in(value):
    """Every line anywhere in an answer."""
    if isinstance(value, Line):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from lines_in(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from lines_in(item)


@pytest.mark.parametrize("row", ANSWERED, ids=lambda row: f"{row['calculator']}: {row['name']}")
def test_a_figure_names_its_text_and_comes_from_its_terms(row, law):
    calculator = find(row["calculator"])
    lines = list(lines_in(calculator.run(plain.read(calculator.request, row["given"]), law)))
    assert lines
    for line in lines:
        assert line.because
        assert all(source.article for source in line.because) or line.trust != "official"
        if line.how and line.unit == "VND":
            # parts of a dong that the terms show rounded grow with what multiplies them, never beyond this
            assert abs(worked_out(line.how) - line.value) <= 20
        elif line.how and line.unit == "percent":
            assert Fraction(worked_out(line.how)) * 100 == line.value
        elif line.how:
            assert worked_out(line.how) == line.value


@pytest.mark.parametrize(
    "name",
    [
        "average",
        "pension",
        "pension_increases",
        "lump_sum",
        "death",
        "emigration",
        "maternity",
        "accident",
        "late",
    ],
)
def test_these_answers_show_a_sum(name, law):
    rows = [row for row in ANSWERED if row["calculator"] == name]
    calculator = find(name)
    answers = [calculator.run(plain.read(calculator.request, row["given"]), law) for row in rows]
    assert any(line.how for answer in answers for line in lines_in(answer))
