"""Whole months and partly known dates: the only arithmetic of time the law needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import total_ordering

from pydantic_core import CoreSchema

from calculators.errors import Refusal
from calculators.spelled import spelled

_ISO = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", re.ASCII)


@total_ordering
@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month, counted and compared in whole months."""

    year: int
    month: int

    def __post_init__(self) -> None:
        """Raise ValueError for a month outside 1..12 or a year outside 1..9999."""
        date(self.year, self.month, 1)

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month that holds `day`."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read "YYYY-MM"; raise ValueError for anything else."""
        found = _ISO.fullmatch(text)
        if not found or not found[2] or found[3]:
            raise ValueError("write a month as YYYY-MM")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def __get_pydantic_core_schema__(cls, _kind: object, _handler: object) -> CoreSchema:
        """Tell pydantic how JSON spells a month."""
        return spelled(cls.parse, Refusal.NOT_A_MONTH, "a month as YYYY-MM", "^[0-9]{4}-[0-9]{2}$")

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.year, self.month, 1)

    def plus(self, months: int) -> Month:
        """Return the month `months` later (earlier when negative)."""
        index = self.index + months
        return Month(index // 12, index % 12 + 1)

    @property
    def index(self) -> int:
        """Months since year 0: differences of indexes are periods in months."""
        return self.year * 12 + self.month - 1

    def __sub__(self, other: Month) -> int:
        """Whole months from `other` to this month."""
        return self.index - other.index

    def __lt__(self, other: Month) -> bool:
        return self.index < other.index

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which the day, or the day and the month, may be unknown.

    Circular 11/2025/TT-BNV art. 5: a person whose day or month of birth is unknown counts as born on the
    first of January of that year; with only the day unknown the month is known and counts.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a date that does not exist or a day without a month."""
        if self.day is not None and self.month is None:
            raise ValueError("a day needs a month")
        date(self.year, self.month or 1, self.day or 1)

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read "YYYY", "YYYY-MM" or "YYYY-MM-DD"; raise ValueError for anything else."""
        found = _ISO.fullmatch(text)
        if not found:
            raise ValueError("write a date as YYYY, YYYY-MM or YYYY-MM-DD")
        year, month, day = (int(part) if part else None for part in found.groups())
        if year is None:
            raise ValueError("write a date as YYYY, YYYY-MM or YYYY-MM-DD")
        return cls(year, month, day)

    @classmethod
    def __get_pydantic_core_schema__(cls, _kind: object, _handler: object) -> CoreSchema:
        """Tell pydantic how JSON spells a date of which parts may be unknown."""
        wanted = "a date that exists as YYYY, YYYY-MM or YYYY-MM-DD"
        return spelled(cls.parse, Refusal.NOT_A_DATE, wanted, "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")

    @property
    def counted(self) -> date:
        """The day the law counts from: unknown parts are the first."""
        return date(self.year, self.month or 1, self.day or 1)

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


def age_in_months(born: date, *, on: date) -> int:
    """Return completed months of age on `on` (a month completes on the day of birth's number).

    Raises ValueError when `on` is before `born`.
    """
    if on < born:
        raise ValueError("not born yet on that day")
    months = Month.of(on) - Month.of(born)
    return months - (1 if on.day < born.day and not _last_day(on) else 0)


def _last_day(day: date) -> bool:
    """Tell whether `day` closes its month: someone born on the 31st completes a month there."""
    return Month.of(day).plus(1).first_day.toordinal() - 1 == day.toordinal()
