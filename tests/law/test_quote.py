"""The quote: one person, one choice, one day; every figure with its article."""

import json
from datetime import date

import pytest

from calculators.plain import write
from calculators.quote import (
    Assumption,
    BadRequest,
    Caution,
    Group,
    QuoteRequest,
    Scenario,
    What,
    quote,
)

TODAY = date(2026, 11, 23)
KEPT = Scenario.INCOME_KEPT


def ask(law, **given):
    data = {
        "on": "2026-11-23",
        "sex": "female",
        "born": "1983-05",
        "group": "other",
        "province": "20",
        "method": "monthly",
        **given,
    }
    if "income" not in data and "budget" not in data:
        data["income"] = 1_500_000
    return quote(QuoteRequest.parse(data), law)


def codes(found):
    return [notice.code for notice in found.warnings]


def test_the_printed_example_comes_out_to_the_dong(law):
    text = (
        '{"on":"2026-11-23","sex":"female","born":"1983-05","group":"near_poor","province":"20",'
        '"income":2000000,"method":"monthly"}'
    )
    found = quote(QuoteRequest.parse(json.loads(text)), law).as_json()
    assert found["contribution"]["per_payment"] == {
        "gross": 440_000,
        "central": 132_000,
        "local": 0,
        "to_pay": 308_000,
    }
    assert found["expires_on"] == "2026-12-31"
    change = found["next_change"]
    assert change["on"] == "2027-01-01"
    assert {part["what"]: part["after"] for part in change["changes"]} == {
        "income_floor": 2_200_000,
        "lowest_contribution": 484_000,
        "central_support": 193_600,
    }
    assert change["choice"] == "new_minimum"
    assert change["contribution"]["income"] == 2_200_000
    assert change["contribution"]["per_month"]["to_pay"] == 290_400
    assert found["retirement"] == {
        "age": {"years": 60, "months": 0},
        "reached": "2043-05",
        "pension_from": "2043-06",
        "month_assumed": False,
    }
    assert found["pension"]["starts"] == "2043-06"
    assert (found["pension"]["months"], found["pension"]["rate_percent"]) == (198, "48")


def test_the_example_adds_up_over_its_196_months_and_more(law):
    found = ask(law, group="near_poor", income=2_000_000)
    # 1 month of 2,000,000, then 197 of 2,200,000; supported 1 and 119 months
    assert found.totals[KEPT].gross == 440_000 + 197 * 484_000
    assert found.totals[KEPT].central == 132_000 + 119 * 193_600
    assert found.pension.average_incomes is not None
    assert found.pension.average_incomes[KEPT] == round((2_000_000 + 197 * 2_200_000) / 198)
    # 48% of it
    assert found.pension.amounts is not None
    assert found.pension.amounts[KEPT] == 1_055_515
    # 72,617,600 paid herself, in 68.8 pensions
    assert found.break_even is not None
    assert (found.break_even[KEPT].months, str(found.break_even[KEPT].month)) == (69, "2049-02")
    assert (found.break_even[KEPT].age.years, found.break_even[KEPT].age.months) == (65, 9)


def test_each_figure_rests_on_an_article_and_names_its_day(law):
    found = ask(law, group="near_poor", province="01", past={"compulsory_months": 48})
    assert all(line.because for line in found.trail)
    said = {(line.what, line.on) for line in found.trail}
    assert {(What.TO_PAY, TODAY), (What.TO_PAY, date(2027, 1, 1))} <= said
    by_what = {line.what: line for line in found.trail if line.on >= date(2027, 1, 1)}
    assert by_what[What.PENSION_RATE].because[0].article == "99.1"
    assert by_what[What.PENSION].trust == "secondary"
    assert by_what[What.LOCAL_SUPPORT].because[0].document.startswith("Nghị quyết")
    assert {line.scenario for line in found.trail if line.what is What.PENSION} == set(Scenario)


def test_what_is_not_confirmed_is_said_so(law):
    found = ask(law)
    awaiting = {
        (notice.data["parameter"], notice.data["since"]): notice.data
        for notice in found.warnings
        if notice.code is Caution.AWAITING_CONFIRMATION
    }
    assert awaiting["rural_poverty_line", "2027-01-01"]["value"] == 2_200_000
    assert awaiting["income_step", "2025-07-01"]["trust"] == "practice"
    assert ("contribution_rate", "2025-07-01") not in awaiting
    in_ha_noi = ask(law, province="01", group="poor")
    assert "local_support.01.poor" in {notice.data.get("parameter") for notice in in_ha_noi.warnings}


def test_a_province_without_a_known_resolution_is_left_to_an_officer(law):
    assert Caution.LOCAL_SUPPORT_NOT_CONFIRMED in codes(ask(law, province="20"))
    assert Caution.LOCAL_SUPPORT_NOT_CONFIRMED not in codes(ask(law, province="56"))
    nowhere = ask(law, province=None)
    assert Caution.LOCAL_SUPPORT_NOT_CONFIRMED not in codes(nowhere)
    assert Assumption.NO_PROVINCE_GIVEN in nowhere.assumptions


def test_local_support_is_for_residents_and_lasts_as_long_as_the_state_helps(law):
    ha_noi, quang_ninh = ask(law, province="01"), ask(law, province="22")
    assert ha_noi.contribution.per_month.local == 33_000
    assert Assumption.PERMANENT_RESIDENT in ha_noi.assumptions
    assert Assumption.PERMANENT_RESIDENT not in quang_ninh.assumptions
    assert Assumption.LOCAL_SUPPORT_WITH_CENTRAL in quang_ninh.assumptions
    past = {"voluntary_months": 120, "supported_months": 120}
    assert ask(law, province="01", past=past).contribution.per_month.local == 0


def test_poor_and_near_poor_lists_are_made_anew_with_the_line(law):
    for group in Group:
        listed = group in (Group.POOR, Group.NEAR_POOR)
        assert (Caution.GROUP_MAY_CHANGE in codes(ask(law, group=group.value))) is listed
    assert Caution.GROUP_MAY_CHANGE not in codes(ask(law, group="poor", on="2027-01-01", income=2_200_000))


def test_a_payment_that_reaches_beyond_a_change_keeps_its_price(law):
    found = ask(law, method="yearly")
    spans = next(notice for notice in found.warnings if notice.code is Caution.PAYMENT_SPANS_CHANGE)
    assert spans.data == {"on": "2027-01-01", "last_month": "2027-11"}
    assert found.contribution.per_payment.to_pay == 3_168_000
    assert Assumption.PAID_IN_FIRST_MONTH in found.assumptions
    assert Caution.PAYMENT_SPANS_CHANGE not in codes(ask(law))
    assert Caution.PAYMENT_SPANS_CHANGE not in codes(ask(law, method="quarterly", on="2026-09-01"))


def test_after_the_last_known_change_a_quote_does_not_expire(law):
    found = ask(law, on="2027-01-01", income=2_200_000)
    assert found.next_change is None
    assert found.expires_on is None


def test_a_change_of_the_ceiling_or_of_the_province_is_a_change_too(law):
    before = ask(law, on="2026-06-30")
    assert before.next_change is not None
    assert before.next_change.on == date(2026, 7, 1)
    assert [(part.what, part.after) for part in before.next_change.changes] == [
        ("income_ceiling", 50_600_000)
    ]
    assert before.next_change.choice == "same_income"
    in_2027 = ask(law, on="2027-06-01", province="22", income=2_200_000)
    assert in_2027.next_change is not None
    assert in_2027.next_change.on == date(2028, 1, 1)
    assert [(part.what, part.after) for part in in_2027.next_change.changes] == [("local_support", 0)]


def test_support_already_used_is_no_longer_promised(law):
    past = {"voluntary_months": 119, "supported_months": 119}
    last_one = ask(law, past=past)
    assert last_one.contribution.per_month.central == 66_000
    assert last_one.next_change is not None
    assert last_one.next_change.contribution.per_month.central == 0
    past = {"voluntary_months": 120, "supported_months": 120}
    assert Caution.SUPPORT_USED_UP in codes(ask(law, past=past))
    ends = next(notice for notice in last_one.warnings if notice.code is Caution.SUPPORT_ENDS)
    assert ends.data == {"last_month": "2026-12", "to_pay_after": 484_000}


def test_a_year_paid_ahead_uses_its_months_of_support_before_the_next_payment(law):
    found = ask(law, method="yearly", past={"voluntary_months": 115, "supported_months": 115})
    assert found.contribution.supported == 5
    assert found.contribution.per_payment.central == 5 * 66_000
    assert found.next_change is not None
    assert found.next_change.contribution.supported == 0


def at_once(gap):
    return gap.at_once, str(gap.pay_at_once_in), str(gap.pension_if_paid_at_once)


def test_a_man_of_58_is_told_what_is_missing_and_two_ways_to_close_it(law):
    # born 3/1968, reaches 62 in 3/2030 with 40 months
    found = ask(law, sex="male", born="1968-03")
    assert found.pension.starts is None
    assert found.pension.amounts is None
    assert found.break_even is None
    gap = found.pension.gap
    assert gap is not None
    assert gap.months == 140
    assert (str(gap.pay_until), str(gap.pension_if_paid_on)) == ("2041-11", "2041-12")
    # 120 whole months are paid when December 2036 begins: then the last 60 at once
    assert at_once(gap) == (60, "2036-12", "2037-01")
    assert Caution.TOO_FEW_MONTHS in codes(found)


def test_the_missing_months_can_be_paid_from_the_month_before_the_age(law):
    # born 9/1965 with 12 years: reaches 61 years 9 months in 6/2027
    found = ask(law, sex="male", born="1965-09", past={"voluntary_months": 144, "supported_months": 100})
    gap = found.pension.gap
    assert gap is not None
    assert at_once(gap) == (30, "2027-05", "2027-07")
    assert (gap.months, str(gap.pay_until)) == (29, "2029-11")


def test_who_stops_early_pays_the_rest_at_once_when_the_age_is_near(law):
    found = ask(law, until="2038-11")
    gap = found.pension.gap
    assert gap is not None
    assert gap.months == 36
    assert at_once(gap) == (36, "2043-04", "2043-06")
    assert (str(gap.pay_until), str(gap.pension_if_paid_on)) == ("2041-11", "2043-06")


def test_who_stops_early_with_enough_months_waits_for_the_age(law):
    found = ask(law, until="2041-11")
    assert (found.pension.months, str(found.pension.starts)) == (180, "2043-06")
    assert found.pension.gap is None


def test_who_goes_on_after_the_age_is_paid_twice_for_each_year_above_30(law):
    # 264 months before: 22 and 16.5 years at the age are 38 years and a half
    past = {"voluntary_months": 264, "supported_months": 100, "voluntary_average": 3_000_000}
    at_age = ask(law, past=past)
    later = ask(law, past=past, until="2045-05")
    assert at_age.pension.years is not None
    assert str(at_age.pension.years) == "38.5"
    assert str(later.pension.starts) == "2045-06"
    assert later.pension.one_offs is not None
    assert later.pension.average_incomes is not None
    times = later.pension.one_offs[KEPT] / later.pension.average_incomes[KEPT]
    assert times == pytest.approx(8.5 / 2 + 2 * 2, abs=1e-5)
    assert What.ONE_OFF in {line.what for line in later.trail}


def test_past_retirement_age_the_plan_runs_until_15_years_are_full(law):
    found = ask(law, born="1965-02")
    assert Caution.PAST_RETIREMENT_AGE in codes(found)
    assert Assumption.PAID_UNTIL_ENOUGH in found.assumptions
    assert (found.pension.months, str(found.pays_until), str(found.pension.starts)) == (
        180,
        "2041-11",
        "2041-12",
    )
    # she turns 75 in 2/2040: the social pension is there first
    social = next(notice for notice in found.warnings if notice.code is Caution.SOCIAL_PENSION_FIRST)
    assert social.data == {"from": "2040-02", "amount": 500_000}


def test_a_poor_household_has_its_social_pension_at_70(law):
    found = ask(law, born="1968-02", group="poor")
    social = next(notice for notice in found.warnings if notice.code is Caution.SOCIAL_PENSION_FIRST)
    assert social.data["from"] == "2038-02"
    assert Caution.SOCIAL_PENSION_FIRST not in codes(ask(law, born="1968-02"))


def test_who_has_the_age_and_the_months_is_sent_to_claim_not_to_pay(law):
    found = ask(law, born="1960-02", past={"compulsory_months": 200, "compulsory_average": 4_000_000})
    assert found.pays_until is None
    assert (str(found.pension.starts), found.pension.months) == ("2026-12", 200)
    assert found.pension.amounts is not None
    assert found.pension.amounts[KEPT] == 49 * 40_000
    assert {Caution.PENSION_CAN_BE_CLAIMED, Caution.COMPULSORY_CONDITIONS} <= set(codes(found))
    assert found.break_even is not None
    assert found.break_even[KEPT].months == 0


def test_without_any_known_income_the_rate_stands_alone(law):
    found = ask(law, born="1960-02", past={"compulsory_months": 200})
    assert str(found.pension.rate_percent) == "49"
    assert found.pension.amounts is None
    assert found.break_even is None
    assert Caution.PAST_INCOME_UNKNOWN in codes(found)


def test_earlier_months_count_and_their_income_when_it_is_known(law):
    unknown = ask(law, past={"compulsory_months": 48})
    known = ask(law, past={"compulsory_months": 48, "compulsory_average": 4_000_000})
    assert unknown.pension.months == known.pension.months == 246
    assert Assumption.PAST_INCOME_LIKE_PLAN in unknown.assumptions
    assert Caution.PAST_INCOME_UNKNOWN not in codes(known)
    assert known.pension.average_incomes is not None
    total = 1_500_000 + 197 * 2_200_000 + 48 * 4_000_000
    assert known.pension.average_incomes[KEPT] == round(total / 246)


def test_an_unknown_birth_month_is_january_and_is_said_so(law):
    found = ask(law, born="1983")
    assert str(found.retirement.reached) == "2043-01"
    assert Caution.BIRTH_MONTH_UNKNOWN in codes(found)


REFUSED = [
    ("too_young", "born", {"born": "2015-01-01"}),
    ("too_young", "born", {"born": "2030"}),
    ("below_floor", "income", {"income": 1_450_000}),
    ("below_floor", "income", {"income": 0}),
    ("above_ceiling", "income", {"income": 50_650_000}),
    ("off_step", "income", {"income": 1_510_000}),
    ("budget_too_small", "budget", {"budget": 263_999}),
    ("unknown_province", "province", {"province": "99"}),
    ("until_too_early", "until", {"until": "2026-11"}),
    ("until_too_late", "until", {"until": "2086-12"}),
    ("no_value_yet", "on", {"on": "2025-06-30"}),
    ("no_value_yet", "on", {"born": "1902-01"}),
]


@pytest.mark.parametrize(("code", "field", "given"), REFUSED)
def test_what_may_not_be_is_refused_with_its_code_and_its_field(code, field, given, law):
    with pytest.raises(BadRequest) as refused:
        ask(law, **given)
    assert refused.value.as_json() == {"code": code, "field": field, "message": refused.value.message}
    assert refused.value.message


def test_a_float_has_no_plain_form():
    with pytest.raises(TypeError, match="float has no plain form"):
        write({"rate": 0.22})


def test_a_quote_is_written_the_same_every_time_in_a_fixed_order(law):
    found = ask(law)
    assert json.dumps(found.as_json()) == json.dumps(ask(law).as_json())
    assert list(found.as_json())[:3] == ["request", "expires_on", "contribution"]
    assert found.as_json() == write(found)
