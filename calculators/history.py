"""The months a person paid for: when, on which income, in which scheme."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated

from calculators.errors import BadRequest, LawError, Refusal
from calculators.fields import Count, Money
from calculators.months import Month
from calculators.plain import AtMost

FROM_2014 = Month(2014, 1)


class BadHistory(LawError):
    """Months that nobody can have paid so: a stretch ends before it begins, or two lie on one month."""


@dataclass(frozen=True, slots=True)
class Served:
    """Months paid for until the end of 2013 and from 2014 on: they count differently."""

    before_2014: int
    from_2014: int

    @property
    def months(self) -> int:
        """All months."""
        return self.before_2014 + self.from_2014


@dataclass(frozen=True, slots=True)
class Span:
    """Months in a row, from the first to the last, paid on one income (VND a month).

    `caught_up`: paid at once at retirement for missing months, Decree 159/2025/NĐ-CP art. 7.
    """

    first: Month
    last: Month
    income: Money
    caught_up: bool = False

    def __post_init__(self) -> None:
        """Raise BadHistory when the last month comes before the first."""
        if self.last < self.first:
            raise BadHistory(
                f"the last month {self.last} is before the first, {self.first}; change them over"
            )

    @property
    def months(self) -> int:
        """How many months it is."""
        return self.last - self.first + 1

    @property
    def before_2014(self) -> int:
        """How many of the months lie before 2014."""
        return max(0, min(self.last.plus(1), FROM_2014) - self.first)

    def by_year(self) -> Iterable[tuple[int, int]]:
        """Yield each year with how many months of it are in the span."""
        for year in range(self.first.year, self.last.year + 1):
            first, last = max(self.first, Month(year, 1)), min(self.last, Month(year, 12))
            yield year, last - first + 1


def served(spans: Iterable[Span]) -> Served:
    """Return how many months of `spans` lie before 2014 and how many from then on."""
    before = months = 0
    for span in spans:
        before, months = before + span.before_2014, months + span.months
    return Served(before, months - before)


@dataclass(frozen=True, slots=True)
class Insured:
    """All that a person paid for: voluntary spans, and compulsory months with their own average.

    `compulsory_average` is in the money of the benefit (VND a month), as the office works it out by Law
    41/2024/QH15 art. 72-73. `supported` is what the State added to the voluntary months (VND).
    """

    voluntary: Annotated[tuple[Span, ...], AtMost(200)] = ()
    compulsory_before_2014: Count = 0
    compulsory_from_2014: Count = 0
    compulsory_average: Money = 0
    supported: Money = 0

    def __post_init__(self) -> None:
        """Raise BadHistory when a month is paid for twice."""
        spans = sorted(self.voluntary, key=lambda span: span.first)
        for one, following in pairwise(spans):
            if following.first <= one.last:
                raise BadHistory(f"{following.first} is paid for twice; let each month stand in one stretch")

    def until(self, on: date) -> Insured:
        """Return it where it can be paid by a day; raises BadRequest for a month that lies after it.

        Months paid ahead of their time come back instead: Decree 159/2025/NĐ-CP art. 8. Months caught up at
        once stand for missing time and are not dated.
        """
        last = max((span.last for span in self.voluntary if not span.caught_up), default=None)
        if last is not None and last > Month.of(on):
            message = f"{last} lies after {on}; what is paid for later months comes back, leave it out"
            raise BadRequest(Refusal.OUT_OF_RANGE, "insured.voluntary", message)
        return self

    @property
    def last_paid(self) -> Month | None:
        """The last voluntary month, None where there is none."""
        return max((span.last for span in self.voluntary), default=None)

    @property
    def first_paid(self) -> Month | None:
        """The first voluntary month, None where there is none."""
        return min((span.first for span in self.voluntary), default=None)

    @property
    def voluntary_months(self) -> int:
        """Voluntary months."""
        return sum(span.months for span in self.voluntary)

    @property
    def compulsory_months(self) -> int:
        """Compulsory months."""
        return self.compulsory_before_2014 + self.compulsory_from_2014

    @property
    def months(self) -> int:
        """All months: both schemes count together, Decree 159/2025/NĐ-CP art. 11.1."""
        return self.voluntary_months + self.compulsory_months

    @property
    def mixed(self) -> bool:
        """Tell whether there are months in both schemes."""
        return bool(self.voluntary_months and self.compulsory_months)

    @property
    def served(self) -> Served:
        """All months, before 2014 and from then on."""
        own = served(self.voluntary)
        return Served(
            own.before_2014 + self.compulsory_before_2014, own.from_2014 + self.compulsory_from_2014
        )
