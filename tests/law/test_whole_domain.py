"""What holds everywhere: every month count, every birth month, both sexes, both sides of every dated change.

Nothing here is drawn by chance. Where all combinations would be too many, each value of each kind still
comes up, in rotation with the others.
"""

import dataclasses
import itertools
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from calculators.at_once import ahead, missing
from calculators.contribution import (
    Method,
    check_income,
    contribution,
    income_for_budget,
    maximum_income,
    minimum_income,
    monthly,
)
from calculators.eligibility import Benefit, HouseholdTax, Person, Work, standing
from calculators.errors import NoValueYet
from calculators.lump_sum import LumpCase, Served, lump_sum
from calculators.months import Month, PartialDate
from calculators.pension import (
    TooFewMonths,
    missing_months,
    one_off,
    pension_amount,
    pension_rate,
    years_counted,
)
from calculators.quote import BadRequest, Past, QuoteRequest, quote
from calculators.retirement import Sex, retirement
from calculators.support import Entitlement, Group, best, central, months_left
from calculators.survivors import funeral, insured_death, pensioner_death
from calculators.trail import Line, Source, Trust, worked_out

MONTHS = range(1, 601)
BORN = [Month(year, month) for year in range(1950, 2012) for month in range(1, 13)]
FIRST_DAY = date(2025, 7, 1)  # of the law that quotes are made under
FELT_DAYS = [
    FIRST_DAY,
    date(2026, 6, 30),
    date(2026, 7, 1),
    date(2026, 12, 31),
    date(2027, 1, 1),
    None,
]  # None: all in turn


def _days(law):
    """The day before and the day of every dated change in the parameters."""
    series = [*law.numbers.values(), *law.tables.values()]
    series += [rates for province in law.provinces.values() for rates in province.support.values()]
    starts = {row.since for each in series for row in each.rows}
    return sorted(starts | {start - timedelta(days=1) for start in starts})


@pytest.fixture(scope="module")
def days(law):
    return _days(law)


@pytest.fixture(scope="module")
def days_of_today(days):
    return [day for day in days if day >= FIRST_DAY]


def _answer(work, *arguments, **named):
    """What a calculator answers, or None where the law known here does not reach."""
    try:
        return work(*arguments, **named)
    except NoValueYet:
        return None


def _floats(value):
    """Every float anywhere in a result."""
    if isinstance(value, float):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _floats(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for item in (*value.keys(), *value.values()):
            yield from _floats(item)
    elif isinstance(value, (tuple, list, set, frozenset)):
        for item in value:
            yield from _floats(item)


def _rests_on_an_article(sources, trust=Trust.SECONDARY):
    """A result names its texts, and where all of them were read, the article too."""
    assert sources
    assert all(isinstance(source, Source) and source.document for source in sources)
    assert trust is not Trust.OFFICIAL or all(source.article for source in sources)


def _comes_from_its_terms(line):
    """A figure that shows how it comes about does come about so; at most a đồng is lost to rounding."""
    if line.how and not line.exact:
        assert line.unit == "VND", line
        assert abs(worked_out(line.how) - line.value) <= 1, line


@pytest.mark.parametrize("sex", list(Sex))
def test_the_pension_rate_rises_with_the_months_and_stops_at_the_maximum(sex, law, days):
    answered = 0
    for on in days:
        needed = _answer(missing_months, 0, on=on, law=law)
        if needed is None:
            with pytest.raises(NoValueYet):
                pension_rate(sex, 600, on=on, law=law)
            continue
        most = law.number("pension_max_rate").on(on).value
        last = Decimal(0)
        for months in MONTHS:
            if months < needed:
                with pytest.raises(TooFewMonths):
                    pension_rate(sex, months, on=on, law=law)
                continue
            rate = pension_rate(sex, months, on=on, law=law)
            assert last <= rate <= most, (on, months)
            last = rate
        assert last == most
        answered += 1
    assert answered > 20


def test_a_month_more_never_counts_for_less_and_never_for_more_than_half_a_year(law, days):
    for on in days:
        if _answer(years_counted, 1, on=on, law=law) is None:
            continue
        counted = [years_counted(months, on=on, law=law) for months in MONTHS]
        for before, after in itertools.pairwise(counted):
            assert 0 <= after - before <= Decimal("0.5")
        for months, years in zip(MONTHS, counted, strict=True):
            assert 0 <= years * 12 - months <= 6


@pytest.mark.parametrize("sex", list(Sex))
def test_every_birth_month_has_one_retirement_age_and_later_births_never_retire_earlier(sex, law):
    last = None
    for born in BORN:
        found = _answer(retirement, sex, PartialDate(born.year, born.month), law=law)
        if found is None:
            assert last is None, f"{born}: a later birth than one that is known"
            continue
        age = found.age.years * 12 + found.age.months
        assert found.reached == born.plus(age)
        assert found.pension_from == found.reached.plus(1)
        assert law.number(f"retirement_age_{sex}").on(found.reached.first_day).value == age
        days_of_month = {retirement(sex, PartialDate(born.year, born.month, day), law=law) for day in (1, 28)}
        assert days_of_month == {found}
        if born.month == 1:
            year_only = retirement(sex, PartialDate(born.year), law=law)
            assert (year_only.age, year_only.reached, year_only.month_assumed) == (
                found.age, found.reached, True,
            )  # fmt: skip
        assert last is None or last <= found.reached
        last = found.reached
    assert last == BORN[-1].plus(62 * 12 if sex is Sex.MALE else 60 * 12)


def test_support_never_exceeds_the_contribution_and_the_parts_add_up(law, days):
    provinces = [None, *(code for code, province in law.provinces.items() if province.support)]
    answered = 0
    for on, group, province in itertools.product(days, Group, provinces):
        helped = Entitlement(group, province)
        floor = _answer(minimum_income, on=on, law=law)
        if floor is None:
            continue
        for income in {int(floor.value), maximum_income(on=on, law=law)}:
            paid = _answer(monthly, income, helped, supported=True, on=on, law=law)
            if paid is None:
                continue
            answered += 1
            assert min(paid.gross, paid.central, paid.local, paid.to_pay) >= 0
            assert paid.gross == paid.central + paid.local + paid.to_pay
            alone = monthly(income, helped, supported=False, on=on, law=law)
            assert (alone.central, alone.local, alone.to_pay) == (0, 0, paid.gross)
    assert answered > 1_000


def test_every_income_that_may_be_chosen_costs_its_share_and_the_same_support(law, days_of_today):
    for place, on in enumerate(days_of_today):
        group = list(Group)[place % len(Group)]
        step = int(law.number("income_step").on(on).value)
        floor, ceiling = int(minimum_income(on=on, law=law).value), maximum_income(on=on, law=law)
        last = None
        for income in range(floor, ceiling + 1, step):
            check_income(income, on=on, law=law)
            paid = monthly(income, Entitlement(group, "01"), supported=True, on=on, law=law)
            assert paid.gross * 100 == income * 22
            assert last is None or (paid.central, paid.local) == (last.central, last.local)
            assert last is None or paid.to_pay > last.to_pay
            last = paid


@pytest.mark.parametrize("method", list(Method))
def test_a_payment_supports_only_the_months_that_are_left(method, law, days_of_today):
    for on, used in itertools.product(days_of_today, range(125)):
        floor = int(minimum_income(on=on, law=law).value)
        paid = contribution(floor, method, Entitlement(Group.NEAR_POOR, used=used), on=on, law=law)
        assert (
            paid.supported
            == min(paid.months, months_left(used, on=on, law=law))
            == min(paid.months, max(0, 120 - used))
        )
        whole = paid.per_payment
        assert whole.gross == paid.months * paid.per_month.gross == whole.central + whole.local + whole.to_pay


def test_the_group_of_the_highest_support_wins_whatever_she_has_besides(law, days):
    several = [groups for size in range(1, len(Group) + 1) for groups in itertools.permutations(Group, size)]
    for on in days:
        offers = {group: _answer(central, group, on=on, law=law) for group in Group}
        if None in offers.values():
            continue
        for groups in several:
            assert offers[best(groups, on=on, law=law)] == max(offers[group] for group in groups)


@pytest.mark.parametrize("group", list(Group))
def test_a_budget_buys_the_highest_income_it_can_and_no_more(group, law):
    for on in (date(2026, 12, 31), date(2027, 1, 1)):
        helped = Entitlement(group, "22")
        step = int(law.number("income_step").on(on).value)
        ceiling = maximum_income(on=on, law=law)
        lowest = monthly(int(minimum_income(on=on, law=law).value), helped, supported=True, on=on, law=law)
        for budget in range(lowest.to_pay, lowest.to_pay + 1_000_000, 500):
            income = income_for_budget(budget, helped, on=on, law=law)
            assert monthly(income, helped, supported=True, on=on, law=law).to_pay <= budget
            if income < ceiling:
                more = monthly(income + step, helped, supported=True, on=on, law=law)
                assert more.to_pay > budget


def test_years_ahead_cost_at_most_their_months_and_missing_months_at_least(law, days):
    answered = 0
    for on in days:
        if not law.number("fund_yield").known_on(on) or not law.number("ahead_years_max").known_on(on):
            continue
        for income in (int(minimum_income(on=on, law=law).value), maximum_income(on=on, law=law)):
            month = monthly(income, Entitlement(Group.OTHER), supported=False, on=on, law=law).gross
            for years in range(2, 6):
                assert ahead(income, years, on=on, law=law) <= years * 12 * month
            late = [missing(income, months, on=on, law=law) for months in range(1, 61)]
            for months, cost in enumerate(late, 1):
                assert months * month <= cost
            for before, after in itertools.pairwise(late):
                assert after - before >= month  # the first of the months that wait has waited longest
            answered += 1
    assert answered


@pytest.mark.parametrize("on", FELT_DAYS)
@pytest.mark.parametrize("sex", list(Sex))
def test_every_birth_month_gets_a_quote_that_holds_together(sex, on, law, days_of_today):
    days = itertools.cycle([on] if on else days_of_today)
    kinds = itertools.cycle(itertools.product(Group, (None, "01", "20", "22", "56"), Method))
    answered = 0
    for born, day, (group, province, method) in zip(BORN, days, kinds, strict=False):
        chosen = {"born": PartialDate(born.year, born.month), "group": group, "province": province}
        answered += _quoted(law, on=day, sex=sex, method=method, **chosen)
    assert answered > 600


@pytest.mark.parametrize("sex", list(Sex))
def test_every_past_gets_a_quote_that_holds_together(sex, law, days_of_today):
    days, groups = itertools.cycle(days_of_today), itertools.cycle(Group)
    for months in MONTHS:
        voluntary = months if months % 2 else months // 2
        past = Past(voluntary, months - voluntary, min(voluntary, 120))
        on = next(days)
        born = PartialDate(on.year - 58, 1 + months % 12)
        assert _quoted(law, on=on, sex=sex, born=born, group=next(groups), past=past)


def _answered(request, law):
    try:
        return quote(request, law)
    except BadRequest as refused:
        if refused.code in {"too_young", "no_value_yet"}:
            return None
        raise


def _quoted(law, **chosen):
    """Make a quote and look at all of it; False where the person is refused with a code."""
    request = QuoteRequest(**{"budget": 700_000, "method": Method.MONTHLY, **chosen})
    found = _answered(request, law)
    if found is None:
        return False
    for line in found.trail:
        assert isinstance(line, Line)
        _rests_on_an_article(line.because, line.trust)
        _comes_from_its_terms(line)
    assert not list(_floats(found))
    for scenario, plan in found.plans.items():
        sums = found.totals[scenario]
        assert sums.gross == sums.central + sums.local + sums.to_pay
        assert plan.months == sum(stretch.months for stretch in plan.stretches)
        for stretch in plan.stretches:
            paid = stretch.per_month
            assert 0 <= paid.central + paid.local <= paid.gross
    pension = found.pension
    assert (pension.starts is None) == (pension.gap is not None)
    if pension.rate_percent is not None:
        assert pension.rate_percent <= 75
        assert pension.months >= 180
    return True


@pytest.mark.parametrize("case", list(LumpCase))
def test_every_month_more_is_worth_no_less_at_once_and_names_its_article(case, law, days_of_today):
    average = Fraction(5_000_000)
    for on in (days_of_today[0], days_of_today[-1]):
        worth = [
            lump_sum(Served(0, months), average, case, on=on, law=law, paid=months * 1_100_000)
            for months in MONTHS
        ]
        for each in worth:
            _rests_on_an_article(each.because, each.trust)
            assert not list(_floats(each))
            assert each.amount == each.gross - each.returned >= 0
        for before, after in itertools.pairwise(worth[11:]):
            assert before.gross <= after.gross


def test_what_a_death_pays_rises_with_the_months_and_names_its_article(law, days_of_today):
    average = Fraction(5_000_000)
    for on in (days_of_today[0], days_of_today[-1]):
        last = 0
        for months in range(60, 601):
            paid = insured_death(Served(0, months), average, on=on, law=law)
            _rests_on_an_article(paid.because, paid.trust)
            assert paid.amount >= last
            last = paid.amount
        drawn = [pensioner_death(months, 3_000_000, on=on, law=law).amount for months in MONTHS]
        assert drawn == sorted(drawn, reverse=True)
        assert drawn[-1] == 9_000_000
        for months in MONTHS:
            grave = funeral(months, 0, on=on, law=law)
            assert (grave is not None) == (months >= 60)


@pytest.mark.parametrize("sex", list(Sex))
def test_years_above_the_maximum_pay_once_and_none_below(sex, law):
    full = 35 * 12 if sex is Sex.MALE else 30 * 12
    average = Fraction(5_000_000)
    for months in MONTHS:
        before, after = (
            one_off(sex, months, average, months_at_age=at_age, on=date(2026, 11, 23), law=law)
            for at_age in (months, 0)
        )
        assert (before > 0) == (months > full)
        assert after >= before


def test_a_pension_is_whole_dong_and_never_above_the_average(law):
    for months, sex in itertools.product(range(180, 601), Sex):
        rate = pension_rate(sex, months, on=date(2027, 1, 1), law=law)
        amount = pension_amount(Fraction(10_000_001, 3), rate)
        assert type(amount) is int
        assert amount <= Fraction(10_000_001, 3) * Fraction(3, 4) + 1


def test_whoever_asks_to_join_is_told_the_article(law, days_of_today):
    people = itertools.product(
        (PartialDate(2012, 6), PartialDate(1990), PartialDate(1950)), Sex, (True, False), Benefit, Work,
        (None, 2_000_000, 3_000_000), HouseholdTax,
    )  # fmt: skip
    days = itertools.cycle(days_of_today)
    for born, sex, citizen, benefit, work, wage, tax in people:
        person = Person(born, sex, citizen=citizen, benefit=benefit, work=work, wage=wage, tax=tax)
        found = _answer(standing, person, on=next(days), law=law)
        if found is None:
            continue
        _rests_on_an_article(found.because)
        assert not list(_floats(found))
