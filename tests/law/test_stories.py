"""The people this is for, with the figures they were promised on 23 November 2026."""

from datetime import date
from decimal import Decimal

from calculators.eligibility import Benefit, Open, Person, Work, standing
from calculators.months import PartialDate
from calculators.pension import pension_rate
from calculators.quote import Caution, QuoteRequest, Scenario, quote
from calculators.retirement import Sex

TODAY = date(2026, 11, 23)
KEPT = Scenario.INCOME_KEPT


def ask(law, **given):
    data = {"on": "2026-11-23", "group": "other", "province": "20", "method": "monthly", **given}
    return quote(QuoteRequest.parse(data), law)


def test_chi_lanh_pays_198000_then_290400_and_comes_to_56_percent(law):
    # 43, Tày and near-poor: 40 percent, not 70; four years in a factory count; "198" is what she can pay
    found = ask(
        law,
        sex="female",
        born="1983-03",
        group="near_poor",
        budget=198_000,
        past={"compulsory_months": 48},
    )
    assert found.contribution.income == 1_500_000
    assert found.contribution.per_payment.to_pay == 198_000
    change = found.next_change
    assert change is not None
    assert (change.on, change.choice) == (date(2027, 1, 1), "new_minimum")
    assert change.contribution.per_payment.to_pay == 290_400
    assert (str(found.pays_from), str(found.pays_until)) == ("2026-12", "2043-03")
    assert found.plans[KEPT].months == 196
    assert found.pension.months == 244
    assert (found.pension.years, found.pension.rate_percent) == (Decimal("20.5"), Decimal(56))
    assert found.plans[KEPT].supported_months == 120
    ends = next(notice for notice in found.warnings if notice.code is Caution.SUPPORT_ENDS)
    assert ends.data == {"last_month": "2036-11", "to_pay_after": 484_000}


def test_dung_puts_500000_aside_a_month_and_comes_to_75_percent(law):
    found = ask(law, sex="male", born="1999-06", budget=500_000)
    assert found.contribution.income == 2_550_000
    assert found.contribution.per_payment.to_pay == 495_000
    change = found.next_change
    assert change is not None
    assert (change.contribution.income, change.contribution.per_payment.to_pay) == (2_700_000, 497_200)
    assert change.choice == "same_budget"
    assert found.pension.months == 415
    assert found.pension.rate_percent == 75
    assert found.plans[KEPT].supported_months == 120


def test_ba_phay_of_a_poor_household_gets_165000_then_242000(law):
    found = ask(law, sex="female", born="1977", group="poor", income=1_500_000)
    assert found.contribution.per_month.central == 165_000
    assert found.next_change is not None
    assert found.next_change.contribution.per_month.central == 242_000


def test_ong_nam_cannot_pay_three_years_at_once_before_may_2027(law):
    found = ask(law, sex="male", born="1965-09", income=1_500_000, past={"voluntary_months": 144})
    assert (found.retirement.age.years, found.retirement.age.months) == (61, 9)
    assert str(found.retirement.reached) == "2027-06"
    gap = found.pension.gap
    assert gap is not None
    assert (str(gap.pay_at_once_in), gap.at_once) == ("2027-05", 30)
    assert pension_rate(Sex.MALE, 180, on=TODAY, law=law) == Decimal("0.40")


def test_the_most_one_can_pay_is_11066000_after_66000(law):
    found = ask(law, sex="male", born="1990", income=50_600_000)
    assert (found.contribution.per_month.central, found.contribution.per_month.to_pay) == (66_000, 11_066_000)


def test_a_woman_of_61_without_a_pension_may_join(law):
    woman = Person(PartialDate(1965), Sex.FEMALE, citizen=True, benefit=Benefit.NONE, work=Work.SELF)
    assert isinstance(standing(woman, on=TODAY, law=law), Open)


def test_who_pays_on_more_than_the_new_line_pays_less_from_january(law):
    # 3,000,000: 594,000 in 2026, 563,200 in 2027, because support follows the line
    found = ask(law, sex="female", born="1990-01", income=3_000_000)
    assert found.contribution.per_month.to_pay == 594_000
    assert found.next_change is not None
    assert found.next_change.choice == "same_income"
    assert found.next_change.contribution.per_month.to_pay == 563_200
