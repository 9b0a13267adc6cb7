"""What is paid when an insured person or a pensioner dies. Law 41/2024/QH15 art. 109-110."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from calculators.average import average_of, paid_in
from calculators.errors import LawError
from calculators.history import Insured, Served
from calculators.law import Law
from calculators.lump_sum import lump_years, times_average
from calculators.money import dong
from calculators.texts import DECREE_159
from calculators.trail import Line, Op, Term, Traced, What, line, product, weighed


class DeathPaidUnknown(LawError):
    """Under five years of months the sum that was paid decides, and it was not given."""


class NoSurvivorPension(LawError):
    """The months do not entitle survivors to be paid each month."""


@dataclass(frozen=True, slots=True)
class Payment(Traced):
    """A sum (VND). `times` counts average incomes, months of pension, or reference levels.

    `times` is None where the sum that was paid decides.
    """

    times: Decimal | None
    amount: int
    trail: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Survivor:
    """One of the family who is paid each month: his share of a reference level, and that in VND a month."""

    alone: bool
    share: Decimal
    amount: int


@dataclass(frozen=True, slots=True)
class SurvivorPension(Traced):
    """What a family is paid each month (VND), person by person."""

    people: tuple[Survivor, ...]
    amount: int
    trail: tuple[Line, ...]


def funeral(
    voluntary_months: int, compulsory_months: int, *, pensioner: bool = False, on: date, law: Law
) -> Payment | None:
    """Return what a funeral is paid with (VND), ten reference levels; None where nobody is entitled.

    A pensioner, 60 months in all, or 12 compulsory months: Law 41/2024/QH15 art. 109, 111.1.c, Decree
    159/2025/NĐ-CP art. 12.2; Law 58/2014/QH13 art. 71.1.c, 80. Raises NoValueYet.
    """
    months, compulsory = (
        law.number(key).on(on) for key in ("funeral_months_min", "funeral_compulsory_months_min")
    )
    total = voluntary_months + compulsory_months
    if not pensioner and total < months.value and compulsory_months < compulsory.value:
        return None
    factor, level = law.number("funeral_factor").on(on), law.number("reference_level").on(on)
    amount = dong(factor.value * level.value)
    lines = (
        line(What.TIMES, factor.value, "times", factor, months, compulsory, on=on),
        line(What.FUNERAL, amount, "VND", factor, level, on=on, how=product(factor.value, level.value)),
    )
    return Payment(factor.value, amount, lines)


def insured_death(
    served: Served, average: Fraction, *, mixed: bool = False, on: date, law: Law, paid: int | None = None
) -> Payment:
    """Return what the family of an insured person is paid once (VND) for an average income (VND a month).

    1.5 average incomes for each year before 2014 and 2 from then; under 60 months the sum that was `paid`
    (under a year, and at most two averages, until 30/6/2025); with compulsory months too (`mixed`) at least
    3: Law 41/2024/QH15 art. 110.2-3, Law 58/2014/QH13 art. 81.2. Raises DeathPaidUnknown, NoValueYet.
    """
    least = law.number("death_mixed_min").on(on)
    floor = dong(average * Fraction(least.value)) if mixed else 0
    basis = (least,) if mixed else ()
    full = law.number("death_months_min").on(on)
    if served.months < full.value:
        if paid is None:
            raise DeathPaidUnknown(f"under {full.value} months what was paid decides; give `paid`, VND")
        most = law.number("death_short_max").on(on)
        capped = min(paid, dong(average * Fraction(most.value))) if most.value else paid
        own = line(What.SHORT_PAID, capped, "VND", full, most, on=on)
        whole = line(What.DEATH_PAYMENT, max(capped, floor), "VND", full, most, *basis, on=on)
        return Payment(None, max(capped, floor), (own, whole))
    rows = [law.number(key).on(on) for key in ("lump_before_2014", "lump_from_2014")]
    odd = law.number("odd_months_half_max").on(on)
    before, after = lump_years(served, on=on, law=law)
    times = times_average(served, on=on, law=law)
    amount = max(dong(average * Fraction(times)), floor)
    weights = weighed((before, rows[0].value), (after, rows[1].value))
    how = product(max(times, least.value) if mixed else times, dong(average))
    lines = (
        line(What.YEARS_BEFORE_2014, before, "years", odd, on=on),
        line(What.YEARS_FROM_2014, after, "years", odd, on=on),
        line(What.TIMES, times, "times", *rows, on=on, how=weights),
        line(What.DEATH_PAYMENT, amount, "VND", full, *rows, *basis, on=on, how=how),
    )
    return Payment(times, amount, lines)


def family_payment(insured: Insured, *, on: date, law: Law) -> Payment:
    """Return what the family of `insured` is paid once (VND), from her own months and incomes.

    As `insured_death`. Raises NothingPaid, NoValueYet. Law 41/2024/QH15 art. 110.
    """
    mean = average_of(insured, on=on, law=law)
    paid = paid_in(insured, on=on, law=law)
    made = insured_death(insured.served, mean.exact, mixed=insured.mixed, on=on, law=law, paid=paid)
    return Payment(made.times, made.amount, (*mean.trail, *made.trail))


def pensioner_death(
    months_drawn: int, pension: int, *, compulsory: bool = False, on: date, law: Law
) -> Payment:
    """Return what the family of a pensioner is paid once (VND) for a pension (VND a month).

    48 pensions when death comes in the first two months, half a pension less for each month after them, at
    least 3: Law 41/2024/QH15 art. 110.4. Until 30/6/2025 the least stood in the compulsory scheme alone: Law
    58/2014/QH13 art. 70.2, 81.3. Raises NoValueYet.
    """
    least_key = "pensioner_death_min_compulsory" if compulsory else "pensioner_death_min"
    keys = ("pensioner_death_full", "pensioner_death_full_months", "pensioner_death_step", least_key)
    rows = [law.number(key).on(on) for key in keys]
    full, months, step, least = (row.value for row in rows)
    after = max(Decimal(0), months_drawn - months)
    times = max(least, full - after * step)
    amount = dong(times * pension)
    fewer = Term(full, "factor"), Term(after, "factor", Op.MINUS), Term(step, "factor", Op.TIMES)
    lines = (
        line(What.TIMES, times, "times", *rows, on=on, how=fewer if times > least else ()),
        line(What.DEATH_PAYMENT, amount, "VND", *rows, on=on, how=product(times, pension)),
    )
    return Payment(times, amount, lines)


def allowance_death(months_left: int, allowance: int, *, on: date, law: Law) -> Payment:
    """Return what the family of who drew the allowance of art. 23 is paid once (VND): the months not drawn.

    Decree 159/2025/NĐ-CP art. 15.1, for an allowance (VND a month). Raises NoValueYet before 1/7/2025, when
    there was none.
    """
    law.number("allowance_factor").on(on)
    amount = months_left * allowance
    how = product(months_left, allowance)
    found = line(What.DEATH_PAYMENT, amount, "VND", DECREE_159("15.1"), on=on, how=how)
    return Payment(Decimal(months_left), amount, (found,))


def survivor_pension(
    alone: tuple[bool, ...],
    compulsory_months: int,
    *,
    work_accident: bool = False,
    deaths: int = 1,
    on: date,
    law: Law,
) -> SurvivorPension:
    """Return what survivors are paid each month (VND): one entry of `alone` a person, true without a carer.

    Half a reference level each, 70% for who has nobody to look after him, at most four people, twice it where
    two who were insured died: Law 58/2014/QH13 art. 67-68, Circular 59/2015/TT-BLĐTBXH art. 26; Law
    41/2024/QH15 art. 86-87. After 15 compulsory years, or an accident at work: voluntary months alone give
    none, Decree 159/2025/NĐ-CP art. 12.3. Who counts as a survivor is not decided here. Raises
    NoSurvivorPension, NoValueYet.
    """
    needed = law.number("survivor_compulsory_months_min").on(on)
    if compulsory_months < needed.value and not work_accident:
        raise NoSurvivorPension(f"{compulsory_months} compulsory months; {needed.value} are needed")
    most, level = law.number("survivor_people_max").on(on), law.number("reference_level").on(on)
    half, more = law.number("survivor_share").on(on), law.number("survivor_share_alone").on(on)
    people = tuple(
        Survivor(each, share, dong(share * level.value))
        for each in alone[: int(most.value)]
        for share in ((more if each else half).value * deaths,)
    )
    amount = sum(person.amount for person in people)
    shares = sum((person.share for person in people), Decimal(0))
    counted = sum(person.alone for person in people)
    each = weighed((len(people) - counted, half.value * deaths), (counted, more.value * deaths))
    lines = (
        line(What.SURVIVOR_SHARE, shares, "times", half, more, most, needed, on=on, how=each),
        line(
            What.SURVIVOR_PAYMENT, amount, "VND", half, more, level, on=on, how=product(shares, level.value)
        ),
    )
    return SurvivorPension(people, amount, lines)
