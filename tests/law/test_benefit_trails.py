"""Every line of every answer in the tables: it names its text, and what it comes from comes to it."""

import dataclasses
from datetime import date
from fractions import Fraction

import pytest

from calculators import plain
from calculators.registry import find
from calculators.trail import Line, worked_out
from tests.law.tables import row_id
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


@pytest.mark.parametrize("row", ANSWERED, ids=row_id)
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


REPEALED = {"Luật 58/2014/QH13", "Nghị định 134/2015/NĐ-CP", "Thông tư 59/2015/TT-BLĐTBXH"}
# a change inside a paid period is settled by the law it happens under, whenever it was paid
ON_ITS_DAY = [row for row in ANSWERED if row["calculator"] != "prepaid"]
OF_2024 = {"Luật 41/2024/QH15", "Nghị định 158/2025/NĐ-CP", "Nghị định 159/2025/NĐ-CP"}


@pytest.mark.parametrize("row", ON_ITS_DAY, ids=row_id)
def test_no_figure_rests_on_a_law_that_is_not_in_force_on_its_day(row, law):
    calculator = find(row["calculator"])
    for line in lines_in(calculator.run(plain.read(calculator.request, row["given"]), law)):
        documents = {source.document for source in line.because}
        if line.on >= date(2025, 7, 1):
            assert not documents & REPEALED, line
        elif line.trust == "official":
            # what no text of its day was read for may lean on the law that followed
            assert not documents & OF_2024, line


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
