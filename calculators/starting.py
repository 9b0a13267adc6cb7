"""The month a pension starts with. Law 41/2024/QH15 art. 101; Circular 11/2025/TT-BNV art. 5."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from calculators.age import RetirementRequest, early_joiner
from calculators.errors import LawError
from calculators.fields import Count
from calculators.law import Law
from calculators.months import Month, PartialDate
from calculators.regime import Regime, regime
from calculators.retirement import Sex, age_day
from calculators.texts import CIRCULAR_11, CIRCULAR_59_2015, DECREE_159, LAW_2014, LAW_2024
from calculators.trail import Line, Source, Traced, Trust, What


class NotEarlyJoiner(LawError):
    """The ages of before 2021 are for who joined the voluntary scheme before it, with 20 years of it."""


class StartUnknown(LawError):
    """No text that was read says when such a pension starts."""


@dataclass(frozen=True, slots=True)
class StartCase:
    """What decides when a pension starts.

    `complete_in`: the month that completes the months the law asks for. `caught_up_in`: the month the last of
    the missing months was paid at once. `stopped_in`: the last month paid by who went on after all conditions
    were met. `requested_in`: the month she asked. `months`: all months paid, where they are known.
    `compulsory`: settled in the compulsory scheme.
    """

    sex: Sex
    born: PartialDate
    complete_in: Month | None = None
    caught_up_in: Month | None = None
    stopped_in: Month | None = None
    requested_in: Month | None = None
    months: Count | None = None
    compulsory: bool = False
    at_early_age: bool = False
    joined: Month | None = None
    voluntary_months: Count = 0


@dataclass(frozen=True, slots=True)
class Start(Traced):
    """The first day of a pension."""

    first_day: date
    trail: tuple[Line, ...]


def starts(case: StartCase, law: Law) -> Start:
    """Return the first day of a pension.

    It is the first of the month after the one in which the conditions are met; after the one she stopped
    paying and asked in, where she went on; after the one the missing months were paid in: Law 41/2024/QH15
    art. 101. Who had the age and 15 years already when that law began starts with it: Circular 11/2025/TT-BNV
    art. 5. Before it Law 58/2014/QH13 art. 76. Raises NoValueYet, StartUnknown,
    NotEarlyJoiner.
    """
    first_by_age, because = _by_age(case, law)
    months = [first_by_age]
    if case.complete_in is not None:
        months.append(case.complete_in.plus(1))
    if case.stopped_in is not None:
        months.append(max(case.stopped_in, case.requested_in or case.stopped_in).plus(1))
    if case.caught_up_in is not None:
        paid_up = caught_up(case.caught_up_in, compulsory=case.compulsory)
        months.append(Month.of(paid_up.first_day))
        because += paid_up.because
    first = max(months).first_day
    if _by_the_new_law_only(case, first, law) and LAW_2024.since is not None:
        first, because = LAW_2024.since, (*because, CIRCULAR_11("5"))
    if regime(first) is Regime.LAW_2014:
        return _start(first, LAW_2014("76"), *because)
    # what was reached under the law before is settled by the one in force
    still = [source for source in because if source.document != CIRCULAR_59_2015.document]
    return _start(first, LAW_2024("101"), *still)


def _by_age(case: StartCase, law: Law) -> tuple[Month, tuple[Source, ...]]:
    """Return the first month by age alone; raises NotEarlyJoiner for who has no right to the early age."""
    if not case.at_early_age:
        day, because = age_day(case.sex, case.born, law=law)
        return Month.of(day), because
    asked = RetirementRequest(case.sex, case.born, case.joined, case.voluntary_months)
    early = early_joiner(asked, law=law)
    if early is None or early.missing_months:
        raise NotEarlyJoiner("the early age is for who joined before 2021 and has 20 voluntary years")
    return early.pension_from, (LAW_2024("141.9"), DECREE_159("13"))


def caught_up(paid_in: Month, *, compulsory: bool = False) -> Start:
    """Return when a pension starts for missing months that were all paid in a month.

    Voluntary: with the month after, Law 41/2024/QH15 art. 101.3 and 58/2014/QH13 art. 76. Compulsory, at most
    6 months: with that month itself, Circular 59/2015/TT-BLĐTBXH art. 15.4; no text read says so since
    1/7/2025. Raises StartUnknown.
    """
    new = regime(paid_in.first_day) is Regime.LAW_2024
    if not compulsory:
        return _start(paid_in.plus(1).first_day, LAW_2024("101.3") if new else LAW_2014("76"))
    if new:
        raise StartUnknown("no text that was read says when compulsory months caught up since 1/7/2025 count")
    return _start(paid_in.first_day, CIRCULAR_59_2015("15.4"))


def after_assessment(assessed: date, *, law: Law) -> Start:
    """Return when a pension for lost working capacity starts: the month after the finding.

    Circular 59/2015/TT-BLĐTBXH art. 18.3, compulsory scheme. The law after it was not read on this: raises
    StartUnknown since 1/7/2025, NoValueYet before 2016.
    """
    law.number("pension_months_min").on(assessed)
    if regime(assessed) is Regime.LAW_2024:
        raise StartUnknown("no text that was read says when it starts after a finding since 1/7/2025")
    return _start(Month.of(assessed).plus(1).first_day, CIRCULAR_59_2015("18.3"))


def _by_the_new_law_only(case: StartCase, first: date, law: Law) -> bool:
    """Tell whether the conditions were met before 1/7/2025 by the law that began then, and by no other."""
    if case.months is None or LAW_2024.since is None or first >= LAW_2024.since:
        return False
    return case.months < law.number("pension_months_min").on(first).value


def _start(first: date, *because: Source) -> Start:
    unique = tuple(dict.fromkeys(because))
    found = Line(What.PENSION_MONTH, Month.of(first), "month", first, unique, Trust.OFFICIAL)
    return Start(first, (found,))
