"""Every calculator by its name, as tables of cases: what is given, what has to come out or be refused."""

from datetime import date
from pathlib import Path

import pytest

from calculators import plain
from calculators.errors import BadRequest
from calculators.registry import CALCULATORS, find
from tests.law.tables import come_out, row_id, rows

TABLES = sorted((Path(__file__).parent / "cases" / "calc").glob("*.toml"))
ROWS = [row for table in TABLES for row in rows(f"calc/{table.name}")]
REPEALED = ("Luật 58/2014/QH13", "Nghị định 134/2015/NĐ-CP")


@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_a_case_of_the_tables(row, law):
    assert row["source"]
    come_out(row, law)


def lines_of(value):
    """Yield every line of a trail in a JSON answer."""
    if isinstance(value, dict):
        if "because" in value and "what" in value:
            yield value
        for part in value.values():
            yield from lines_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from lines_of(part)


def test_no_figure_of_the_law_of_2024_rests_on_a_repealed_one(law):
    cited = set()
    for row in ROWS:
        if "refused" not in row:
            for line in lines_of(find(row["calculator"]).answer(row["given"], law)):
                if date.fromisoformat(line["on"]) >= date(2025, 7, 1):
                    cited |= {(source["document"], line["what"]) for source in line["because"]}
    assert {document for document, _ in cited} >= {"Luật 41/2024/QH15", "Nghị định 159/2025/NĐ-CP"}
    assert not [each for each in cited if each[0] in REPEALED]


def test_nobody_is_asked_who_she_is():
    asked = {field.name for each in CALCULATORS.values() for field in plain.fields_of(each.request)}
    assert not asked & {"name", "phone", "id", "cccd", "address", "email", "ethnicity"}


def test_every_calculator_has_a_case_and_says_what_it_does():
    named = {row["calculator"] for row in ROWS}
    assert named | {"quote"} == set(CALCULATORS)
    for name, calculator in CALCULATORS.items():
        assert calculator.name == name
        assert calculator.about.endswith(".")


@pytest.mark.parametrize("name", CALCULATORS)
@pytest.mark.parametrize(
    ("data", "code"),
    [
        ([], "not_an_object"),
        ("x", "not_an_object"),
        (None, "not_an_object"),
        ({"phone": "0912345678"}, "unknown_field"),
    ],
)
def test_what_is_no_request_is_refused_by_every_calculator(name, data, code, law):
    with pytest.raises(BadRequest) as refused:
        find(name).answer(data, law)
    assert refused.value.code == code
    assert "0912345678" not in str(refused.value)


def test_a_calculator_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(BadRequest, match="there are quote, ") as refused:
        find("horoscope")
    assert refused.value.code == "unknown_calculator"
