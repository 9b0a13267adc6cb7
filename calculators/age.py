"""When somebody may draw a pension by age: the normal age, and the older one of early joiners."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from calculators.errors import BadRequest, Refusal
from calculators.fields import Count
from calculators.law import Law
from calculators.months import Month, PartialDate
from calculators.retirement import Age, Retirement, Sex, age_day, retirement, retirement_lines
from calculators.texts import DECREE_159, LAW_2024
from calculators.trail import Line, What, line


@dataclass(frozen=True, slots=True)
class RetirementRequest:
    """Whose age it is; with the first month she paid voluntarily and her voluntary months, where known."""

    sex: Sex
    born: PartialDate
    joined: Month | None = None
    voluntary_months: Count = 0

    def __post_init__(self) -> None:
        """Raise BadRequest for months without a first one."""
        if self.joined is None and self.voluntary_months:
            raise BadRequest(Refusal.MISSING, "joined", "give the first month that was paid voluntarily")


@dataclass(frozen=True, slots=True)
class EarlyJoiner:
    """The ages of before 2021, for who joined before and has 20 voluntary years, if she wishes.

    `missing_months` are lacking for the 20 years; `pension_from` is the first month by age, not before the
    months are paid. It is no earlier than the law that gives the right.
    """

    age: Age
    reached: Month
    missing_months: int
    pension_from: Month


@dataclass(frozen=True, slots=True)
class RetirementAnswer:
    """The retirement age and the month it is reached; a pension by age starts in `pension_from`.

    Where the month of birth is not known, January counts; `born_in_december` is what the last month of that
    year would make of it. `early` is None for who did not join early.
    """

    retirement: Retirement
    pension_from: Month
    born_in_december: Retirement | None
    early: EarlyJoiner | None
    trail: tuple[Line, ...]


def retirement_of(request: RetirementRequest, law: Law) -> RetirementAnswer:
    """Return when retirement age is reached, for every month of birth and both sexes.

    Labour Code 45/2019/QH14 art. 169.2; unknown parts of a birth date: Circular 11/2025/TT-BNV art. 5,
    Circular 59/2015/TT-BLĐTBXH art. 18.2 before it; early joiners: Law 41/2024/QH15 art. 141.9. Raises
    NoValueYet for an age reached before the first that is known.
    """
    sex, born = request.sex, request.born
    reached = retirement(sex, born, law=law)
    day, _ = age_day(sex, born, law=law)
    december = None
    if born.month is None:
        december = retirement(sex, PartialDate(born.year, 12), law=law)
    early = early_joiner(request, law=law)
    lines = (*retirement_lines(sex, born, law=law), *(_early_lines(early, request, law) if early else ()))
    return RetirementAnswer(reached, Month.of(day), december, early, lines)


def early_joiner(request: RetirementRequest, *, law: Law) -> EarlyJoiner | None:
    """Return the older age of who joined the voluntary scheme before 2021; None for everybody else.

    Men 60, women 55, with 20 voluntary years: Law 41/2024/QH15 art. 141.9; Decree 159/2025/NĐ-CP art. 13.
    Raises NoValueYet.
    """
    row = law.number("early_joiner_before_year").rows[-1]
    if request.joined is None or request.joined.year >= row.value:
        return None
    day = row.since
    months = int(law.number(f"early_joiner_age_{request.sex}").on(day).value)
    reached = Month.of(request.born.counted).plus(months)
    missing = max(0, int(law.number("early_joiner_months").on(day).value) - request.voluntary_months)
    first = max(reached.plus(1), Month.of(day))
    return EarlyJoiner(Age.of(months), reached, missing, first)


def _early_lines(early: EarlyJoiner, request: RetirementRequest, law: Law) -> Iterator[Line]:
    day = law.number("early_joiner_before_year").rows[-1].since
    rows = [
        law.number(key).on(day) for key in ("early_joiner_before_year", f"early_joiner_age_{request.sex}")
    ]
    months = law.number("early_joiner_months").on(day)
    age = 12 * early.age.years + early.age.months
    yield line(What.EARLY_AGE, age, "months", *rows, LAW_2024("141.9"), DECREE_159("13"), on=day)
    yield line(What.EARLY_MISSING, early.missing_months, "months", months, on=day)
