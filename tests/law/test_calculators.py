"""Every calculator by its name, as tables of cases: what is given, what has to come out or be refused."""

import json
import tomllib
from pathlib import Path

import pytest

from calculators.errors import BadRequest
from calculators.registry import CALCULATORS, find
from calculators.schema import error_schema
from tests.law.test_schema import fits

_TABLES = sorted((Path(__file__).parent / "cases" / "calc").glob("*.toml"))


ROWS = [row for table in _TABLES for row in tomllib.loads(table.read_text(encoding="utf-8"))["case"]]


def at(answer, path):
    """Return what stands at a path such as "shares.0.given" of a JSON answer."""
    for part in path.split("."):
        answer = answer[int(part)] if isinstance(answer, list) else answer[part]
    return answer


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['calculator']}: {row['name']}")
def test_a_case_of_the_tables(row, law):
    assert row["why"]
    assert row["source"]
    calculator = find(row["calculator"])
    if "refused" in row:
        with pytest.raises(BadRequest) as refused:
            calculator.answer(row["given"], law)
        assert (refused.value.code, refused.value.field) == (row["refused"]["code"], row["refused"]["field"])
        assert fits(error_schema(), {"error": refused.value.as_json()})
        return
    answer = calculator.answer(row["given"], law)
    expected = {path: None if value == "null" else value for path, value in row["expect"].items()}
    assert {path: at(answer, path) for path in expected} == expected
    schema = calculator.schema()
    assert fits(schema["request"], row["given"])
    assert fits(schema["result"], answer)
    assert json.loads(json.dumps(answer)) == answer
    if "trail" in answer:
        assert answer["trail"]
        assert all(line["because"] for line in answer["trail"])


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
