"""The JSON Schema says what is read and what is written, no more and no less."""

import json

import pytest

from calculators.quote import Quote, QuoteRequest, quote
from calculators.schema import error_schema, schema_of
from tests.law.tables import fits

GOOD = {
    "on": "2026-11-23",
    "sex": "male",
    "born": "1999-06",
    "group": "other",
    "budget": 500_000,
    "method": "yearly",
}
REQUEST, RESULT = schema_of(QuoteRequest, "validation"), schema_of(Quote, "serialization")


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
    assert fits(REQUEST, given)
    assert fits(REQUEST, found.request.as_json())
    assert fits(RESULT, found.as_json())


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
    assert not fits(REQUEST, given)


def test_schemas_are_plain_json_with_defaults():
    for schema in (REQUEST, RESULT, error_schema()):
        assert json.loads(json.dumps(schema)) == schema
    asked = REQUEST["$defs"]["QuoteRequest"]
    assert asked["properties"]["until"]["default"] == "retirement"
    assert asked["properties"]["past"]["default"]["voluntary_months"] == 0
    assert asked["required"] == ["on", "sex", "born", "group", "method"]
    assert asked["additionalProperties"] is False


def test_a_schema_says_what_its_parts_mean_and_shows_nothing_hidden():
    assert "VND a month" in REQUEST["$defs"]["QuoteRequest"]["description"]
    assert "totals" not in RESULT["$defs"]["Plan"]["properties"]
    assert "totals" not in RESULT["$defs"]["Plan"]["required"]
    assert "sponsors" not in RESULT["$defs"]["Amounts"]["required"]


def test_an_error_fits_its_schema():
    assert fits(error_schema(), {"error": {"code": "missing", "field": "on", "message": "is missing"}})
    assert not fits(error_schema(), {"error": "missing"})
