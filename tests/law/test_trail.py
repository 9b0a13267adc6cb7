"""How a figure proves itself: the terms it comes from, the texts it rests on."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from calculators.business_household import owner_cost
from calculators.months import Month
from calculators.pension import rate_terms
from calculators.retirement import Sex
from calculators.trail import Op, Source, Term, Trust, What, line, share, weakest, worked_out

ON = date(2026, 11, 23)
LAW = Source("Luật 41/2024/QH15", "36.1")


@pytest.mark.parametrize(
    ("terms", "value"),
    [
        pytest.param(share(Decimal("0.22"), 2_000_000), 440_000, id="a share of an amount"),
        pytest.param(
            (Term(440_000, "VND"), Term(132_000, "VND", Op.MINUS), Term(8_000, "VND", Op.MINUS)),
            300_000,
            id="what is left of it",
        ),
        pytest.param(
            (
                Term(Decimal("0.45"), "ratio"),
                Term(2, "years", Op.PLUS),
                Term(Decimal("0.02"), "ratio", Op.TIMES),
            ),
            Fraction(49, 100),
            id="times binds closer than plus",
        ),
        pytest.param(
            (Term(10, "VND"), Term(4, "VND", Op.MINUS), Term(2, "factor", Op.TIMES), Term(1, "VND", Op.PLUS)),
            3,
            id="and closer than minus",
        ),
        pytest.param((Term(10, "VND"), Term(4, "months", Op.OVER)), Fraction(5, 2), id="parts are exact"),
        pytest.param(
            (
                Term(Decimal("0.7"), "ratio"),
                Term(Decimal("0.1"), "ratio", Op.PLUS),
                Term(Decimal("0.75"), "ratio", Op.AT_MOST),
            ),
            Fraction(3, 4),
            id="a maximum holds for all before it",
        ),
        pytest.param(
            (Term(Decimal("0.7"), "ratio"), Term(Decimal("0.75"), "ratio", Op.AT_MOST)),
            Fraction(7, 10),
            id="and only above it",
        ),
        pytest.param(
            (Term(Month(1983, 5), "month"), Term(720, "months", Op.PLUS)), Month(2043, 5), id="months on"
        ),
    ],
)
def test_terms_come_to_their_value(terms, value):
    assert worked_out(terms) == value


def test_no_terms_come_to_nothing():
    with pytest.raises(ValueError, match=r"^a figure without terms cannot be worked out$"):
        worked_out(())


def test_a_month_is_nothing_to_count_with():
    with pytest.raises(TypeError, match=r"^2027-01 is no number to count with$"):
        worked_out((Term(1, "VND"), Term(Month(2027, 1), "month", Op.PLUS)))


def test_a_figure_tells_whether_it_was_rounded_on_the_way():
    def figure(value, unit, *how):
        return line(What.PENSION, value, unit, LAW, on=ON, how=how)

    assert figure(440_000, "VND", *share(Decimal("0.22"), 2_000_000)).exact
    assert not figure(440_001, "VND", *share(Decimal("0.22"), 2_000_000)).exact
    assert figure(Decimal(49), "percent", Term(Decimal("0.49"), "ratio")).exact
    assert not figure(Decimal("0.49"), "percent", Term(Decimal("0.49"), "ratio")).exact
    assert figure(Month(2043, 5), "month", Term(Month(1983, 5), "month"), Term(720, "months", Op.PLUS)).exact


def test_a_figure_is_as_sure_as_the_least_sure_of_what_it_rests_on(law):
    poverty, rate = (law.number(key).on(ON) for key in ("rural_poverty_line", "contribution_rate"))
    found = line(What.GROSS, 330_000, "VND", rate, poverty, LAW, on=ON)
    assert found.trust is Trust.SECONDARY
    assert [source.document for source in found.because] == [
        "Luật 41/2024/QH15",
        "Nghị định 07/2021/NĐ-CP",
        "Luật 41/2024/QH15",
    ]
    assert line(What.GROSS, 330_000, "VND", LAW, on=ON).trust is Trust.OFFICIAL
    assert weakest([]) is Trust.OFFICIAL
    assert weakest([Trust.OFFICIAL, Trust.PRACTICE, Trust.SECONDARY]) is Trust.PRACTICE


def test_a_text_that_is_cited_twice_is_named_once(law):
    assert line(What.GROSS, 1, "VND", LAW, LAW, on=ON).because == (LAW,)


@pytest.mark.parametrize(
    ("sex", "months", "terms"),
    [
        (Sex.FEMALE, 199, ["start 0.45 ratio", "plus 2 years", "times 0.02 ratio", "at_most 0.75 ratio"]),
        (Sex.MALE, 252, ["start 0.45 ratio", "plus 1 years", "times 0.02 ratio", "at_most 0.75 ratio"]),
        (Sex.MALE, 186, ["start 0.40 ratio", "plus 0.5 years", "times 0.01 ratio"]),
    ],
)
def test_the_rate_shows_its_years(sex, months, terms, law):
    """Law 41/2024/QH15 art. 99."""
    found = rate_terms(sex, months, on=ON, law=law)
    assert [f"{term.op} {term.value} {term.unit}" for term in found] == terms


def test_what_an_owner_pays_shows_its_shares(law):
    """Law 41/2024/QH15 art. 31.1.d, 33.4 on the reference level of July 2026."""
    found = owner_cost(on=ON, law=law)
    assert (found.base, found.social, found.health, found.total) == (2_530_000, 632_500, 113_850, 746_350)
    assert [each.value for each in found.lines] == [2_530_000, 632_500, 113_850]
    assert all(each.exact for each in found.lines)
    assert [each.what for each in found.lines] == [What.OWNER_BASE, What.OWNER_SOCIAL, What.OWNER_HEALTH]
