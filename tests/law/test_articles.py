"""The article that each answer names: to whom the scheme is open, and who belongs elsewhere."""

from datetime import date

import pytest

from calculators.business_household import HouseholdTax, owner
from calculators.eligibility import (
    Benefit,
    Person,
    Work,
    already_receives,
    by_work,
    not_a_citizen,
    standing,
    too_young,
)
from calculators.months import PartialDate
from calculators.retirement import Sex
from calculators.standing import Compulsory, Doubt, Leaning, OfficeMustConfirm

ON = date(2026, 11, 23)
BORN = PartialDate(1990, 6)


def cited(found):
    return [f"{source.document} {source.article}" for source in found.because]


@pytest.mark.parametrize(
    ("work", "article"),
    [
        (Work.CONTRACT, "2.1.a"), (Work.PUBLIC, "2.1.b"), (Work.FORCES, "2.1.c-e"), (Work.ABROAD, "2.1.g"),
        (Work.SPOUSE_ABROAD, "2.1.h"), (Work.MANAGER, "2.1.i"), (Work.COMMUNE, "2.1.k"),
        (Work.UNPAID_MANAGER, "2.1.n"),
    ],
)  # fmt: skip
def test_each_work_of_the_compulsory_scheme_has_its_letter(work, article, law):
    found = by_work(work, on=ON, law=law)
    assert isinstance(found, Compulsory)
    assert found.article == article
    assert cited(found)[0] == f"Luật 41/2024/QH15 {article}"


def test_a_part_time_contract_is_compulsory_from_the_reference_level_on(law):
    found = by_work(Work.PART_TIME, 2_530_000, on=ON, law=law)
    assert (found.article, cited(found)) == (
        "2.1.l",
        ["Luật 41/2024/QH15 2.1.l", "Nghị định 161/2026/NĐ-CP 3.2"],
    )
    assert by_work(Work.PART_TIME, 2_529_999, on=ON, law=law) is None
    unknown = by_work(Work.PART_TIME, on=ON, law=law)
    assert (unknown.doubt, unknown.leaning) == (Doubt.PART_TIME_WAGE, Leaning.COMPULSORY)
    assert cited(unknown) == ["Luật 41/2024/QH15 2.1.l"]


@pytest.mark.parametrize(
    ("work", "article"), [(Work.SUSPENDED, "2.4.b"), (Work.SELF, "2.4.a"), (Work.DOMESTIC, "2.4.a")]
)
def test_the_scheme_is_open_under_its_letter(work, article, law):
    person = Person(BORN, Sex.FEMALE, citizen=True, benefit=Benefit.NONE, work=work)
    assert cited(standing(person, on=ON, law=law)) == [f"Luật 41/2024/QH15 {article}"]


def test_the_young_and_foreigners_are_told_the_letter(law):
    assert cited(too_young(PartialDate(2012, 1), on=ON, law=law)) == ["Luật 41/2024/QH15 2.4.a"]
    assert cited(not_a_citizen(citizen=False)) == ["Luật 41/2024/QH15 2.4.a"]
    assert not_a_citizen(citizen=True) is None


def test_who_draws_something_is_told_the_list():
    texts = ["Luật 41/2024/QH15 2.4.a", "Nghị định 158/2025/NĐ-CP 3.4"]
    for benefit in (Benefit.PENSION, Benefit.MONTHLY_ALLOWANCE):
        found = already_receives(benefit)
        assert (found.benefit, cited(found)) == (benefit, texts)
    for benefit, doubt in (
        (Benefit.UNEMPLOYMENT, Doubt.UNEMPLOYMENT_BENEFIT),
        (Benefit.OTHER, Doubt.OTHER_BENEFIT),
    ):
        found = already_receives(benefit)
        assert (found.doubt, found.leaning, cited(found)) == (doubt, Leaning.OPEN, texts)
    assert already_receives(Benefit.NONE) is None


@pytest.mark.parametrize(
    ("tax", "revenue", "on"),
    [
        (HouseholdTax.DECLARES, None, ON), (HouseholdTax.NOTICE_ONLY, 1_000_000_001, ON),
        (HouseholdTax.NOTICE_ONLY, None, date(2029, 7, 1)), (HouseholdTax.DECLARES, None, date(2025, 7, 1)),
        (HouseholdTax.DECLARES, 5, date(2025, 12, 31)),
    ],
)  # fmt: skip
def test_an_owner_is_compulsory_under_her_letter(tax, revenue, on, law):
    found = owner(tax, revenue, on=on, law=law)
    assert (found.article, cited(found)) == (
        "2.1.m",
        ["Luật 41/2024/QH15 2.1.m", "Nghị định 158/2025/NĐ-CP 3.2"],
    )


@pytest.mark.parametrize(
    ("tax", "leaning"),
    [(HouseholdTax.DECLARES, Leaning.COMPULSORY), (HouseholdTax.NOTICE_ONLY, Leaning.OPEN)],
)
def test_up_to_a_billion_the_office_has_to_say(tax, leaning, law):
    found = owner(tax, 1_000_000_000, on=ON, law=law)
    assert isinstance(found, OfficeMustConfirm)
    assert (found.doubt, found.leaning) == (Doubt.HOUSEHOLD_TAX, leaning)
    assert cited(found)[-1] == "Nghị định 141/2026/NĐ-CP 1"
    assert owner(HouseholdTax.NOTICE_ONLY, None, on=date(2025, 12, 31), law=law) is None


def test_an_owner_s_tax_and_revenue_decide_her_standing(law):
    def asks(tax, revenue):
        work = Work.HOUSEHOLD_OWNER
        person = Person(BORN, Sex.FEMALE, True, Benefit.NONE, work, tax=tax, revenue=revenue)
        return standing(person, on=ON, law=law)

    assert isinstance(asks(HouseholdTax.DECLARES, None), Compulsory)
    assert isinstance(asks(HouseholdTax.NOTICE_ONLY, 2_000_000_000), Compulsory)
    assert isinstance(asks(HouseholdTax.NOTICE_ONLY, 900_000_000), OfficeMustConfirm)
