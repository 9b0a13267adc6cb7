"""The average income, its sum, and the articles it rests on. Law 41/2024/QH15 art. 104; Decree 159/2025."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from calculators.average import Adjusted, NothingPaid, adjusted, average, coefficient, paid_in
from calculators.errors import NoValueYet
from calculators.history import Insured, Served, Span
from calculators.lump_sum import LumpCase, lump_sum
from calculators.months import Month
from calculators.survivors import insured_death
from calculators.trail import What

TODAY = date(2026, 11, 23)
OLD = date(2025, 6, 30)


def year(of, income=1_000_000, **more):
    return Span(Month(of, 1), Month(of, 12), income, **more)


def test_a_sum_of_three_terms_is_shown_and_a_longer_one_is_not(law):
    three = average(adjusted([year(2020), year(2021), year(2022)], on=TODAY, law=law), on=TODAY, law=law)
    shown = [(term.value, term.op.value) for term in three.trail[0].how]
    assert shown == [
        (12, "start"), (1_000_000, "times"), (Decimal("1.16"), "times"),
        (12, "plus"), (1_000_000, "times"), (Decimal("1.14"), "times"),
        (12, "plus"), (1_000_000, "times"), (Decimal("1.11"), "times"),
    ]  # fmt: skip
    four = average(adjusted([year(2020 + more) for more in range(4)], on=TODAY, law=law), on=TODAY, law=law)
    assert four.trail[0].how == ()
    assert four.trail[1].how[0].value == four.total


def test_compulsory_months_are_a_term_and_a_coefficient_of_one_is_left_out(law):
    made = average([Adjusted(12, 2_000_000, Decimal(1))], (24, 5_000_000), on=TODAY, law=law)
    assert [term.value for term in made.trail[0].how] == [12, 2_000_000, 24, 5_000_000]
    assert made.exact_total == 144_000_000
    assert made.exact == 4_000_000


@pytest.mark.parametrize(
    ("on", "compulsory", "article"),
    [
        (TODAY, (0, 0), "10"), (TODAY, (12, 1_000_000), "11.4"),
        (OLD, (0, 0), "79"), (OLD, (12, 1_000_000), "22.2"),
    ],
)  # fmt: skip
def test_an_average_names_the_article_of_its_day(on, compulsory, article, law):
    made = average([Adjusted(12, 1_000_000, Decimal(1))], compulsory, on=on, law=law)
    assert article in {source.article for source in made.because}


def test_the_fraction_of_a_dong_is_kept_since_july_2025_and_cut_before(law):
    """No text says so; the one worked example of the agency cuts it."""
    part = [Adjusted(3, 1, Decimal("1.1"))]
    assert average(part, on=TODAY, law=law).exact == Fraction(11, 10)
    assert average(part, on=OLD, law=law).exact == 1
    assert average(part, on=OLD, law=law).trust == average(part, on=TODAY, law=law).trust == "practice"


def test_a_coefficient_is_of_the_year_paid_and_the_year_settled(law):
    assert coefficient(2015, on=TODAY, law=law) == Decimal("1.36")
    assert coefficient(2015, on=date(2025, 1, 1), law=law) == Decimal("1.31")
    with pytest.raises(
        NoValueYet, match="income_coefficient of 2026 has no value for 2007; it names 2008 to 2026"
    ):
        coefficient(2007, on=TODAY, law=law)
    with pytest.raises(NothingPaid):
        average([], on=TODAY, law=law)


def test_what_was_paid_in_knows_no_coefficient(law):
    insured = Insured((year(2020), year(2021, 2_000_000)), 0, 12, 5_000_000)
    assert paid_in(insured, on=TODAY, law=law) == 12 * (220_000 + 440_000 + 1_100_000)


def test_the_first_and_the_last_month_are_of_all_stretches():
    insured = Insured((year(2021), year(2019), year(2020)))
    assert (insured.first_paid, insured.last_paid) == (Month(2019, 1), Month(2021, 12))


@pytest.mark.parametrize(("mixed", "cited"), [(True, {"110.3"}), (False, set())])
def test_the_least_of_both_schemes_is_cited_where_it_counts(mixed, cited, law):
    for months in (10, 70):
        made = insured_death(Served(0, months), Fraction(1_000_000), mixed=mixed, paid=1, on=TODAY, law=law)
        assert {source.article for source in made.because} & {"110.3"} == cited


def test_a_sum_shows_what_goes_back_of_it(law):
    made = lump_sum(
        Served(12, 24), Fraction(1_000_000), LumpCase.EMIGRATION, on=TODAY, law=law, supported=500
    )
    assert [(term.value, term.op.value) for term in made.trail[-1].how] == [
        (Decimal("5.5"), "start"), (1_000_000, "times"), (500, "minus"),
    ]  # fmt: skip
    assert [term.value for term in made.trail[2].how] == [1, Decimal("1.5"), 2, 2]
    late = lump_sum(Served(0, 24), Fraction(1_000_000), LumpCase.EMIGRATION, on=TODAY, law=law)
    assert [(term.value, term.op.value) for term in late.trail[2].how] == [(2, "start"), (2, "times")]


@pytest.mark.parametrize(("on", "article"), [(TODAY, "102.3"), (OLD, "77.3")])
def test_what_goes_back_names_its_article(on, article, law):
    made = lump_sum(Served(0, 24), Fraction(1_000_000), LumpCase.ILLNESS, on=on, law=law, supported=500)
    (line,) = [line for line in made.trail if line.what is What.SUPPORT_RETURNED]
    assert (line.value, [source.article for source in line.because]) == (0, [article])
