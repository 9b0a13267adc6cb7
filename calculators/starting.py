"""The month a pension starts with. Law 41/2024/QH15 art. 101; Circular 11/2025/TT-BNV art. 5."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from calculators.errors import LawError
from calculators.fields import Count
from calculators.law import Law
from calculators.months import Month, PartialDate
from calculators.regime import Regime, regime
from calculators.retirement import Sex, retirement
from calculators.texts import CIRCULAR_11, CIRCULAR_59_2015, LAW_2014, LAW_2024
from calculators.trail import Line, Source, Traced, Trust, What


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
    art. 5. Before it Law 58/2014/QH13 art. 76. Raises NoValueYet, StartUnknown.
    """
    day, because = age_day(case.sex, case.born, law=law)
    months = [Month.of(day)]
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
    text = LAW_2024("101") if regime(first) is Regime.LAW_2024 else LAW_2014("76")
    return _start(first, text, *because)


def age_day(sex: Sex, born: PartialDate, *, law: Law) -> tuple[date, tuple[Source, ...]]:
    """Return the day the condition of age is met: the first of the month after it is reached.

    Where only the year of birth is known, the person counts as born on 1 January since 1/7/2025, Circular
    11/2025/TT-BNV art. 5; before it the condition was met on 1 January of the year after, Circular
    59/2015/TT-BLĐTBXH art. 18.2. Raises NoValueYet.
    """
    found = retirement(sex, born, law=law)
    day = found.pension_from.first_day
    old = regime(day) is Regime.LAW_2014
    if born.month is None and old:
        return date(found.reached.year + 1, 1, 1), (CIRCULAR_59_2015("18.2"),)
    if born.month is None:
        return day, (CIRCULAR_11("5"),)
    return day, (CIRCULAR_59_2015("18.1"),) if old else ()


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
