"""May this person join voluntarily? One plain question at a time, and an honest answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import ClassVar

from calculators import eligibility as rules
from calculators.business_household import owner, owner_cost
from calculators.months import PartialDate
from calculators.retirement import Sex
from calculators.trail import Line, Source
from handlers.flow import Ask, AskAgain, Case, Outcome, Question
from handlers.reading import Unclear, dates
from handlers.reading.assent import yes_no_of
from handlers.reading.choices import choose, yes_no
from handlers.reading.groups import BENEFITS, HOUSEHOLD_TAXES, INSURANCES, SEXES, WITHDRAWALS, work
from handlers.reading.passing import spot_kind, spot_past, spot_sex, spot_withdrawn, spot_work, suggest_sex

BIRTH_DATE = Question(
    "birth_date", read=dates.birth, examples=("3/1983", "5/2015", "2/1958", "43 tuổi"), spot=dates.spot_birth
)
SEX = Question(
    "sex", read=choose(SEXES), choices=("female", "male"), spot=spot_sex, plainly=True, suggest=suggest_sex
)
CITIZEN = Question(
    "citizen",
    read=yes_no_of("quốc tịch việt vn ngoài citizen nationality vietnamese foreign foreigner"),
    choices=("yes", "no"),
)
DRAWING = Question(
    "drawing", read=choose(BENEFITS), choices=("none", "pension", "monthly_allowance", "other")
)
WORK = Question(
    "work",
    read=work,
    choices=("self", "household_owner", "contract", "suspended", "part_time"),
    spot=spot_work,
)
PART_TIME_WAGE = Question("part_time_wage", read=yes_no, choices=("yes", "no"))
HOUSEHOLD_TAX = Question(
    "household_tax", read=choose(HOUSEHOLD_TAXES), choices=("declares", "notice_only", "unknown")
)


def read_past(text: str, on: date) -> int:
    """Read months paid before; "none" is the choice for never."""
    return 0 if text == "none" else dates.duration_months(text, on)


PAST_MONTHS = Question(
    "past_months",
    read=read_past,
    choices=("none",),
    examples=("4 năm", "16 năm"),
    spot=spot_past,
    plainly=True,
)
WITHDRAWN = Question(
    "withdrawn", read=choose(WITHDRAWALS), choices=("no", "yes", "waiting"), spot=spot_withdrawn, plainly=True
)
PAST_KIND = Question(
    "past_kind",
    read=choose(INSURANCES),
    choices=("compulsory", "voluntary", "both"),
    spot=spot_kind,
    plainly=True,
)
VOLUNTARY_MONTHS = Question("voluntary_months", read=dates.duration_months, examples=("2 năm", "9 năm"))

SPOTS = (BIRTH_DATE, SEX, WORK, PAST_MONTHS, PAST_KIND, WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Past:
    """Months paid before and not taken out."""

    compulsory: int = 0
    voluntary: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.compulsory + self.voluntary


@dataclass(frozen=True, slots=True)
class MayJoin(Outcome):
    """The voluntary scheme is open to her; `past` months paid before count on."""

    past: int
    then: ClassVar[tuple[str, ...]] = ("quote", "booking", "menu")


@dataclass(frozen=True, slots=True)
class TooYoung(Outcome):
    """Not yet old enough."""

    joins_from: date
    minimum_age: int
    because: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class NotCitizen(Outcome):
    """The scheme is for citizens."""

    because: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class AlreadyDrawing(Outcome):
    """A pension or monthly allowance is drawn already."""

    benefit: str
    because: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class CompulsoryNow(Outcome):
    """Her work belongs to the compulsory scheme."""

    article: str
    because: tuple[Source, ...]
    then: ClassVar[tuple[str, ...]] = ("human", "menu")


@dataclass(frozen=True, slots=True)
class CompulsoryOwner(Outcome):
    """Her registered business belongs to the compulsory scheme; `minimum` VND a month at least."""

    minimum: int
    lines: tuple[Line, ...]
    then: ClassVar[tuple[str, ...]] = ("booking", "human", "menu")


@dataclass(frozen=True, slots=True)
class OfficeConfirms(Outcome):
    """The texts do not settle her case: the office has to."""

    doubt: str
    because: tuple[Source, ...]
    then: ClassVar[tuple[str, ...]] = ("booking", "quote", "menu")


@dataclass(frozen=True, slots=True)
class LumpSumWaiter(Outcome):
    """She waits to take a lump sum: paying now would start the waiting anew."""

    past: int
    then: ClassVar[tuple[str, ...]] = ("quote", "booking", "menu")


def eligibility(ask: Ask, case: Case) -> Outcome:
    """May this person join voluntarily? Law 41/2024/QH15 art. 2.4; Decree 158/2025/NĐ-CP art. 3."""
    born = birth_date(ask, case)
    young = too_young(born, case)
    if young:
        return young
    foreign = rules.not_a_citizen(citizen=ask(CITIZEN))
    if foreign:
        return NotCitizen(foreign.because)
    benefit = rules.Benefit(ask(DRAWING))
    receives = rules.already_receives(benefit)
    if isinstance(receives, rules.AlreadyReceives):
        return AlreadyDrawing(benefit.value, receives.because)
    if receives:
        return OfficeConfirms(receives.doubt.value, receives.because)
    barred = _barred_by_work(ask, case, born)
    if barred:
        return barred
    months = ask(PAST_MONTHS)
    if months and ask(WITHDRAWN) == "waiting":
        return LumpSumWaiter(months)
    return MayJoin(earlier_months(ask).total)


@lru_cache(maxsize=4_096)
def too_young(born: PartialDate, case: Case) -> TooYoung | None:
    """Say from when somebody too young may join; None for everybody else. Law 41/2024/QH15 art. 2.4.a."""
    young = rules.too_young(born, on=case.on, law=case.law)
    if not young:
        return None
    return TooYoung(young.joins_from, int(case.law.number("minimum_age").on(case.on).value), young.because)


def birth_date(ask: Ask, case: Case) -> PartialDate:
    """Ask when she was born; a day to come is no birthday."""
    born = ask(BIRTH_DATE)
    if born.counted > case.on:
        raise AskAgain(BIRTH_DATE, Unclear("in_the_future"))
    return born


def earlier_months(ask: Ask) -> Past:
    """Ask what was paid before and not taken out. Law 41/2024/QH15 art. 98: all of it counts."""
    months = ask(PAST_MONTHS)
    if not months or ask(WITHDRAWN) == "yes":
        return Past()
    kind = ask(PAST_KIND)
    if kind == "both":
        voluntary = ask(VOLUNTARY_MONTHS)
        if voluntary > months:
            raise AskAgain(VOLUNTARY_MONTHS, Unclear("more_than_all", facts={"all": months}))
        return Past(months - voluntary, voluntary)
    return Past(months, 0) if kind == "compulsory" else Past(0, months)


def _barred_by_work(ask: Ask, case: Case, born: PartialDate) -> Outcome | None:
    """What her work makes of her; None leaves the voluntary scheme open."""
    work = rules.Work(ask(WORK))
    if work is rules.Work.PART_TIME:
        level = case.law.number("reference_level").on(case.on)
        threshold = int(level.value)
        wage = threshold if ask(PART_TIME_WAGE, threshold=threshold, because=(level.source,)) else 0
        decided = rules.by_work(work, wage, on=case.on, law=case.law)
    elif work is rules.Work.HOUSEHOLD_OWNER:
        if _owner_by_age(ask, case, born):
            return None
        untaxed = case.law.number("household_untaxed_revenue").on(case.on)
        tax = rules.HouseholdTax(ask(HOUSEHOLD_TAX, revenue=int(untaxed.value), because=(untaxed.source,)))
        decided = owner(tax, None, on=case.on, law=case.law)
        if isinstance(decided, rules.Compulsory):
            cost = owner_cost(on=case.on, law=case.law)
            return CompulsoryOwner(cost.total, cost.lines)
    else:
        decided = rules.by_work(work, on=case.on, law=case.law)
    if isinstance(decided, rules.Compulsory):
        return CompulsoryNow(decided.article, decided.because)
    return OfficeConfirms(decided.doubt.value, decided.because) if decided else None


def _owner_by_age(ask: Ask, case: Case, born: PartialDate) -> bool:
    """Owners past retirement age are out of the compulsory scheme: asked only where it matters."""
    work = rules.Work.HOUSEHOLD_OWNER
    if not any(rules.exempt_by_age(work, sex, born, 0, on=case.on, law=case.law) for sex in Sex):
        return False
    sex = Sex(ask(SEX))
    if not rules.exempt_by_age(work, sex, born, 0, on=case.on, law=case.law):
        return False
    return rules.exempt_by_age(work, sex, born, earlier_months(ask).total, on=case.on, law=case.law)
