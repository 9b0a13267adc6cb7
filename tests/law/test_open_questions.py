"""What the law leaves open is one number in a file: turned over, the answer turns, and it is shown."""

from dataclasses import replace
from decimal import Decimal

import pytest

from calculators.dated import Series
from calculators.registry import find
from calculators.trail import Trust
from tests.law.tables import at

AHEAD = {"on": "2026-11-23", "income": 1_500_000, "years": 2}
MISSING = {"on": "2026-11-23", "income": 1_500_000, "sex": "female", "born": "1966-01", "paid_months": 144}
USED_UP = {"on": "2026-11-23", "helped": {"province": "22", "used_months": 120}}
REFUND = {
    "paid_on": "2026-11-23",
    "income": 1_500_000,
    "method": "quarterly",
    "left": 2,
    "reason": "compulsory",
    "helped": {"sponsors": [{"name": "Quỹ xã", "amount": 50_000}]},
}


def supposing(law, key, value):
    row = replace(law.number(key).rows[-1], value=Decimal(value))
    return replace(law, numbers={**law.numbers, key: Series(key, law.number(key).kind, (row,))})


@pytest.mark.parametrize(
    ("key", "calculator", "given", "path", "no", "yes"),
    [
        # 24 months of 66,000, or each discounted by the yield as its contribution is
        ("ahead_support_discounted", "ahead", AHEAD, "amounts.central", 1_584_000, 1_528_960),
        ("missing_months_supported", "missing", MISSING, "central", 0, 36 * 66_000),
        ("local_support_after_central", "support", USED_UP, "to_pay", 330_000, 264_000),
        ("refund_returns_sponsors", "refund", REFUND, "to_person", 428_000, 528_000),
    ],
)
def test_an_open_question_is_a_number_that_can_be_turned_over(key, calculator, given, path, no, yes, law):
    assert law.number(key).rows[-1].trust is not Trust.OFFICIAL
    for value, expected in ((0, no), (1, yes)):
        answer = find(calculator).answer(given, supposing(law, key, value))
        assert at(answer, path) == expected
        shown = [line for line in answer["trail"] if line["unit"] == "flag"]
        assert [line["value"] for line in shown] == [value]
        assert shown[0]["trust"] != "official"


def test_a_plan_goes_on_with_its_province_where_that_is_supposed(law):
    given = {"on": "2027-01-05", "sex": "female", "born": "1990-01", "income": 2_200_000, "until": "2031-06"}
    given |= {"past": {"voluntary_months": 120}, "helped": {"province": "56", "used_months": 120}}
    alone = find("plan").answer(given, law)
    assert {piece["per_month"]["to_pay"] for piece in alone["pieces"]} == {484_000}
    supposed = find("plan").answer(given, supposing(law, "local_support_after_central", 1))
    assert [piece["per_month"]["local"] for piece in supposed["pieces"]] == [48_400, 0]
    assert supposed["pieces"][1]["first"] == "2031-01"  # its resolution is for 2026-2030
