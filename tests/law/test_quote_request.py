"""Requests as anybody may send them: strict, bounded, and refused with a field and a sentence."""

import json

import pytest

from calculators.errors import BadRequest
from calculators.months import Month
from calculators.quote import QuoteRequest

GOOD = {
    "on": "2026-11-23",
    "sex": "female",
    "born": "1983-05",
    "group": "near_poor",
    "province": "20",
    "income": 2_000_000,
    "method": "monthly",
}


def without(*names):
    return {name: value for name, value in GOOD.items() if name not in names}


def test_a_request_is_read_and_written_back_the_same():
    asked = QuoteRequest.parse({**GOOD, "past": {"compulsory_months": 48}, "until": "2040-01"})
    assert asked.past.months == 48
    assert asked.until == Month(2040, 1)
    assert QuoteRequest.parse(json.loads(json.dumps(asked.as_json()))) == asked


def test_what_may_be_left_out_has_a_default():
    asked = QuoteRequest.parse(without("province"))
    assert (asked.province, asked.budget, asked.until, asked.past.months) == (None, None, "retirement", 0)
    assert QuoteRequest.parse({**GOOD, "province": None, "budget": None}).province is None


@pytest.mark.parametrize(
    ("code", "field", "data"),
    [
        ("not_an_object", "", []),
        ("not_an_object", "", None),
        ("not_an_object", "", "on"),
        ("not_an_object", "past", {**GOOD, "past": 48}),
        ("missing", "on", without("on")),
        ("missing", "sex", without("sex")),
        ("missing", "method", without("method")),
        ("missing", "income", without("income")),
        ("unknown_field", "name", {**GOOD, "name": "Lành"}),
        ("unknown_field", "past.months", {**GOOD, "past": {"months": 48}}),
        ("not_text", "on", {**GOOD, "on": 20261123}),
        ("not_text", "born", {**GOOD, "born": 1983}),
        ("not_text", "group", {**GOOD, "group": None}),
        ("not_text", "group", {**GOOD, "group": ["poor"]}),
        ("not_a_date", "on", {**GOOD, "on": "20261123"}),
        ("not_a_date", "on", {**GOOD, "on": "2026-02-30"}),
        ("not_a_date", "on", {**GOOD, "on": "2026-11"}),
        ("not_a_date", "on", {**GOOD, "on": "2026-11-23T00:00:00"}),
        ("not_a_date", "on", {**GOOD, "on": "２０２６-11-23"}),
        ("not_a_date", "born", {**GOOD, "born": "5/1983"}),
        ("not_a_date", "born", {**GOOD, "born": "1983-02-30"}),
        ("not_a_date", "born", {**GOOD, "born": ""}),
        ("not_a_month", "until", {**GOOD, "until": "2040"}),
        ("not_a_month", "until", {**GOOD, "until": "Retirement"}),
        ("not_text", "until", {**GOOD, "until": 2040}),
        ("unknown_choice", "sex", {**GOOD, "sex": "woman"}),
        ("unknown_choice", "group", {**GOOD, "group": "rich"}),
        ("unknown_choice", "method", {**GOOD, "method": "ahead"}),
        ("unknown_province", "province", {**GOOD, "province": "Lạng Sơn"}),
        ("unknown_province", "province", {**GOOD, "province": "２０"}),
        ("not_text", "province", {**GOOD, "province": 20}),
        ("not_an_integer", "income", {**GOOD, "income": True}),
        ("not_an_integer", "income", {**GOOD, "income": 2_000_000.0}),
        ("not_an_integer", "income", {**GOOD, "income": "2000000"}),
        ("not_an_integer", "past.voluntary_months", {**GOOD, "past": {"voluntary_months": None}}),
        ("out_of_range", "income", {**GOOD, "income": -1}),
        ("out_of_range", "income", {**GOOD, "income": 10**30}),
        ("out_of_range", "past.compulsory_months", {**GOOD, "past": {"compulsory_months": 721}}),
        ("out_of_range", "on", {**GOOD, "on": "1899-12-31"}),
        ("out_of_range", "on", {**GOOD, "on": "9999-12-31"}),
        ("out_of_range", "born", {**GOOD, "born": "0001"}),
        ("both_income_and_budget", "budget", {**GOOD, "budget": 198_000}),
        ("supported_over_voluntary", "past.supported_months", {**GOOD, "past": {"supported_months": 1}}),
    ],
)
def test_a_bad_request_is_refused_with_a_code_a_field_and_a_sentence(code, field, data):
    with pytest.raises(BadRequest) as refused:
        QuoteRequest.parse(data)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert len(refused.value.message) > 10


def test_a_refusal_says_what_to_do():
    for data, message in (
        (without("on"), "is missing and has no default"),
        ({**GOOD, "sex": "woman"}, "write one of 'male' or 'female'"),
        ({**GOOD, "income": 2_000_000_000}, "write a number of at most 1,000,000,000"),
        ({**GOOD, "past": {"months": 48}}, "no such field; there are voluntary_months, compulsory_months"),
        ({**GOOD, "on": "2026-02-30"}, "write a day that exists as YYYY-MM-DD"),
        ({**GOOD, "until": "2040"}, "write a month as YYYY-MM"),
        ({**GOOD, "province": "x"}, 'write the two digits of a province, such as "20"'),
        ("\ud800", "write plain JSON"),
    ):
        with pytest.raises(BadRequest) as refused:
            QuoteRequest.parse(data)
        assert refused.value.message.startswith(message)


def test_a_refusal_never_repeats_what_was_sent():
    secret = "0912345678 " * 10_000
    for data in ({**GOOD, "born": secret}, {**GOOD, "group": secret}, {**GOOD, "province": secret}):
        with pytest.raises(BadRequest) as refused:
            QuoteRequest.parse(data)
        assert "0912345678" not in str(refused.value)


def test_an_endless_field_name_is_cut():
    with pytest.raises(BadRequest) as refused:
        QuoteRequest.parse({**GOOD, "x" * 100_000: 1})
    assert len(str(refused.value)) < 300


def test_a_field_that_is_no_text_is_refused_not_raised():
    with pytest.raises(BadRequest) as refused:
        QuoteRequest.parse({**GOOD, 5: 1})
    assert refused.value.code == "unknown_field"
