"""The JSON Schema says what is read and what is written, no more and no less."""

import json
from typing import Annotated

import pytest

from calculators.quote import QuoteRequest, quote
from calculators.schema import error_schema, quote_schema, request_schema, schema_of
from tests.law.tables import fits

GOOD = {
    "on": "2026-11-23",
    "sex": "male",
    "born": "1999-06",
    "group": "other",
    "budget": 500_000,
    "method": "yearly",
}


@pytest.mark.parametrize(
    "given",
    [
        GOOD,
        {**GOOD, "province": "01", "group": "near_poor", "past": {"compulsory_months": 48}},
        {**GOOD, "born": "1960", "past": {"compulsory_months": 200}},
        {**GOOD, "born": "1968-03", "on": "2027-01-01"},
    ],
)
def test_a_quote_fits_its_schema(given, law):
    found = quote(QuoteRequest.parse(given), law)
    assert fits(request_schema(), given)
    assert fits(request_schema(), found.request.as_json())
    assert fits(quote_schema(), found.as_json())


@pytest.mark.parametrize(
    "given",
    [
        {**GOOD, "name": "Dũng"},
        {**GOOD, "sex": "m"},
        {**GOOD, "budget": -1},
        {**GOOD, "budget": "500k"},
        {**GOOD, "province": "020"},
        {**GOOD, "until": "2040"},
        {**GOOD, "past": {"supported_months": 1000}},
        {name: value for name, value in GOOD.items() if name != "born"},
    ],
)
def test_what_the_reader_refuses_the_schema_refuses(given):
    assert not fits(request_schema(), given)


def test_schemas_are_plain_json_with_defaults():
    for schema in (request_schema(), quote_schema(), error_schema()):
        assert json.loads(json.dumps(schema)) == schema
    assert request_schema()["properties"]["until"]["default"] == "retirement"
    assert request_schema()["properties"]["past"]["default"]["voluntary_months"] == 0
    assert request_schema()["required"] == ["on", "sex", "born", "group", "method"]


def test_an_error_fits_its_schema():
    assert fits(error_schema(), {"error": {"code": "missing", "field": "on", "message": "is missing"}})
    assert not fits(error_schema(), {"error": "missing"})


def test_a_type_without_a_schema_is_a_mistake_in_code():
    with pytest.raises(TypeError, match="has no schema"):
        schema_of("anything")
    with pytest.raises(TypeError, match="has no schema"):
        schema_of(Annotated[int, "small"])
