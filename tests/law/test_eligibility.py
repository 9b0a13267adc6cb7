"""May this person join? Law 41/2024/QH15 art. 2; Decree 158/2025/NĐ-CP art. 3."""

from dataclasses import replace
from datetime import date

import pytest

from calculators.business_household import owner, owner_cost
from calculators.eligibility import (
    AlreadyReceives,
    Benefit,
    Compulsory,
    Doubt,
    HouseholdTax,
    Leaning,
    NotACitizen,
    OfficeMustConfirm,
    Open,
    Person,
    TooYoung,
    Work,
    exempt_by_age,
    joins_from,
    standing,
)
from calculators.errors import NoValueYet
from calculators.months import PartialDate, age_in_months
from calculators.retirement import Sex

TODAY = date(2026, 11, 23)
TRADER = Person(PartialDate(1983, 3), Sex.FEMALE, citizen=True, benefit=Benefit.NONE, work=Work.SELF)


def ask(law, on=TODAY, **changed):
    return standing(replace(TRADER, **changed), on=on, law=law)


def test_a_market_trader_without_a_contract_may_join(law):
    assert isinstance(ask(law), Open)


def test_a_child_born_on_2_december_2011_joins_from_2_december_2026(law):
    young = ask(law, born=PartialDate(2011, 12, 2))
    assert isinstance(young, TooYoung)
    assert young.joins_from == date(2026, 12, 2)
    assert isinstance(ask(law, on=date(2026, 12, 1), born=PartialDate(2011, 12, 2)), TooYoung)
    assert isinstance(ask(law, on=date(2026, 12, 2), born=PartialDate(2011, 12, 2)), Open)


def test_one_may_join_on_the_very_day_one_is_fifteen(law):
    for place in range(0, 1500, 7):
        born = date.fromordinal(date(2008, 1, 1).toordinal() + place)
        first = joins_from(PartialDate(born.year, born.month, born.day), on=TODAY, law=law)
        assert age_in_months(born, on=first) == 180
        assert age_in_months(born, on=date.fromordinal(first.toordinal() - 1)) == 179


def test_who_was_born_on_29_february_is_fifteen_on_the_28th(law):
    assert joins_from(PartialDate(2012, 2, 29), on=TODAY, law=law) == date(2027, 2, 28)


def test_there_is_no_highest_age(law):
    assert isinstance(ask(law, born=PartialDate(1965)), Open)
    assert isinstance(ask(law, born=PartialDate(1940)), Open)


def test_a_foreigner_married_here_may_not_join(law):
    assert isinstance(ask(law, citizen=False), NotACitizen)


@pytest.mark.parametrize("benefit", [Benefit.PENSION, Benefit.MONTHLY_ALLOWANCE])
def test_who_draws_a_pension_or_an_allowance_may_not_join(benefit, law):
    found = ask(law, benefit=benefit)
    assert isinstance(found, AlreadyReceives)
    assert found.benefit is benefit


def test_unemployment_benefit_is_for_the_office_to_say(law):
    found = ask(law, benefit=Benefit.UNEMPLOYMENT)
    assert isinstance(found, OfficeMustConfirm)
    assert (found.doubt, found.leaning) == (Doubt.UNEMPLOYMENT_BENEFIT, Leaning.OPEN)
    assert isinstance(ask(law, benefit=Benefit.OTHER), OfficeMustConfirm)


@pytest.mark.parametrize(
    ("work", "article"),
    [
        (Work.CONTRACT, "2.1.a"),
        (Work.PUBLIC, "2.1.b"),
        (Work.FORCES, "2.1.c-e"),
        (Work.ABROAD, "2.1.g"),
        (Work.SPOUSE_ABROAD, "2.1.h"),
        (Work.MANAGER, "2.1.i"),
        (Work.COMMUNE, "2.1.k"),
        (Work.UNPAID_MANAGER, "2.1.n"),
    ],
)
def test_work_under_the_compulsory_scheme_closes_the_voluntary_one(work, article, law):
    found = ask(law, work=work)
    assert isinstance(found, Compulsory)
    assert found.article == article
    assert found.because


@pytest.mark.parametrize("work", [Work.SELF, Work.PROBATION, Work.SUSPENDED, Work.DOMESTIC])
def test_other_work_leaves_it_open(work, law):
    # a teacher on unpaid leave has a suspended contract; a domestic worker stands in art. 2.7
    assert isinstance(ask(law, work=work), Open)


def test_a_part_time_wage_decides_at_the_reference_level(law):
    assert isinstance(ask(law, work=Work.PART_TIME, wage=2_529_999), Open)
    found = ask(law, work=Work.PART_TIME, wage=2_530_000)
    assert isinstance(found, Compulsory)
    assert found.article == "2.1.l"
    assert isinstance(ask(law, work=Work.PART_TIME, wage=2_340_000, on=date(2026, 6, 30)), Compulsory)
    unknown = ask(law, work=Work.PART_TIME)
    assert isinstance(unknown, OfficeMustConfirm)
    assert unknown.doubt is Doubt.PART_TIME_WAGE


def test_a_grocer_who_declares_1200_million_is_compulsory_and_pays_746350_at_least(law):
    found = ask(
        law,
        born=PartialDate(1968, 3),
        sex=Sex.MALE,
        work=Work.HOUSEHOLD_OWNER,
        tax=HouseholdTax.DECLARES,
        revenue=1_200_000_000,
    )
    assert isinstance(found, Compulsory)
    assert found.article == "2.1.m"
    cost = owner_cost(on=TODAY, law=law)
    assert (cost.base, cost.social, cost.health, cost.total) == (2_530_000, 632_500, 113_850, 746_350)
    assert all(line.because for line in cost.lines)


def test_before_july_2026_the_least_was_690300(law):
    cost = owner_cost(on=date(2026, 6, 30), law=law)
    assert (cost.social, cost.health, cost.total) == (585_000, 105_300, 690_300)


@pytest.mark.parametrize(
    ("tax", "revenue", "on", "expected"),
    [
        pytest.param("declares", None, "2026-11-23", Compulsory, id="declares: the decree says compulsory"),
        pytest.param(
            "notice_only", 1_000_000_001, "2026-11-23", Compulsory, id="over a billion one must declare"
        ),
        pytest.param("unknown", 2_000_000_000, "2026-11-23", Compulsory, id="over a billion, tax not known"),
        pytest.param(
            "declares", 1_000_000_000, "2026-11-23", Leaning.COMPULSORY, id="declares without owing tax"
        ),
        pytest.param("notice_only", 300_000_000, "2026-11-23", Leaning.OPEN, id="only sends a notice"),
        pytest.param("unknown", None, "2026-11-23", Leaning.OPEN, id="nothing is known"),
        pytest.param("notice_only", 300_000_000, "2029-07-01", Compulsory, id="all owners from July 2029"),
        pytest.param("unknown", None, "2029-06-30", Leaning.OPEN, id="the day before"),
        pytest.param("declares", None, "2025-07-01", Compulsory, id="declares, first day of the law"),
        pytest.param("notice_only", None, "2025-12-31", None, id="lump-sum tax in 2025"),
        pytest.param(
            "declares", 300_000_000, "2025-12-31", Compulsory, id="declares in 2025, whatever revenue"
        ),
    ],
)
def test_a_registered_owner_is_compulsory_by_tax_revenue_and_date(tax, revenue, on, expected, law):
    found = owner(HouseholdTax(tax), revenue, on=date.fromisoformat(on), law=law)
    if isinstance(expected, Leaning):
        assert isinstance(found, OfficeMustConfirm)
        assert (found.doubt, found.leaning) == (Doubt.HOUSEHOLD_TAX, expected)
        assert "Nghị định 141/2026/NĐ-CP" in {source.document for source in found.because}
    else:
        assert (found is None) if expected is None else isinstance(found, expected)


def test_an_owner_past_retirement_age_is_out_unless_few_months_are_missing(law):
    past_age = PartialDate(1960, 1)
    for months, exempt in ((0, True), (173, True), (174, False), (179, False), (180, True)):
        found = exempt_by_age(Work.HOUSEHOLD_OWNER, Sex.MALE, past_age, months, on=TODAY, law=law)
        assert found is exempt, months
    assert isinstance(
        ask(law, born=past_age, work=Work.HOUSEHOLD_OWNER, tax=HouseholdTax.DECLARES, sex=Sex.MALE), Open
    )
    assert isinstance(ask(law, born=past_age, work=Work.UNPAID_MANAGER), Open)
    assert isinstance(ask(law, born=past_age, work=Work.MANAGER), Compulsory)


def test_retirement_age_is_past_only_when_its_month_is_over(law):
    # a woman born 11/1969 reaches 57 in 11/2026
    born = PartialDate(1969, 11)
    assert not exempt_by_age(Work.UNPAID_MANAGER, Sex.FEMALE, born, 0, on=TODAY, law=law)
    assert exempt_by_age(Work.UNPAID_MANAGER, Sex.FEMALE, born, 0, on=date(2026, 12, 1), law=law)


def test_a_pension_is_asked_about_before_work(law):
    found = ask(law, benefit=Benefit.PENSION, work=Work.CONTRACT)
    assert isinstance(found, AlreadyReceives)


@pytest.mark.parametrize("work", list(Work))
@pytest.mark.parametrize("benefit", list(Benefit))
def test_every_answer_cites_the_law(work, benefit, law):
    assert ask(law, work=work, benefit=benefit).because


def test_the_rules_before_july_2025_are_not_known_here(law):
    with pytest.raises(NoValueYet, match="minimum_age has no value on 2025-06-30"):
        ask(law, on=date(2025, 6, 30))
