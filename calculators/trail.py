"""How a figure proves itself: the article it rests on, the day it holds for, how sure we are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from calculators.months import Month


class Trust(StrEnum):
    """How a legal number was checked. Anything below official is shown as awaiting confirmation."""

    OFFICIAL = "official"
    SECONDARY = "secondary"
    PRACTICE = "practice"


_WEAKEST_LAST = tuple(Trust)


def weakest(marks: Iterable[Trust]) -> Trust:
    """Return the least sure of `marks`; official when there is none."""
    return max(marks, key=_WEAKEST_LAST.index, default=Trust.OFFICIAL)


@dataclass(frozen=True, slots=True)
class Source:
    """A place in a legal text. The article is None only where the text itself was not read."""

    document: str
    article: str | None = None
    issued: date | None = None
    url: str | None = None


class Cited(Protocol):
    """A value that knows where it comes from and how far to trust it."""

    @property
    def source(self) -> Source:
        """The text it stands in."""

    @property
    def trust(self) -> Trust:
        """How it was checked."""


class What(StrEnum):
    """What a line of the trail says; templates hold the words."""

    INCOME_FLOOR = "income_floor"
    INCOME_CEILING = "income_ceiling"
    INCOME_STEP = "income_step"
    GROSS = "gross"
    CENTRAL_SUPPORT = "central_support"
    LOCAL_SUPPORT = "local_support"
    SUPPORT_MONTHS_LEFT = "support_months_left"
    TO_PAY = "to_pay"
    RETIREMENT_AGE = "retirement_age"
    RETIREMENT_MONTH = "retirement_month"
    MONTHS_NEEDED = "months_needed"
    MONTHS_COUNTED = "months_counted"
    PENSION_MONTH = "pension_month"
    YEARS_COUNTED = "years_counted"
    PENSION_RATE = "pension_rate"
    AVERAGE_INCOME = "average_income"
    PENSION = "pension"
    ONE_OFF = "one_off"
    OWNER_BASE = "owner_base"
    OWNER_SOCIAL = "owner_social"
    OWNER_HEALTH = "owner_health"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a result with what it rests on. `unit` is VND, months, years, percent or month."""

    what: What
    value: int | Decimal | Month
    unit: str
    on: date
    because: tuple[Source, ...]
    trust: Trust
    scenario: str | None = None


def line(
    what: What,
    value: int | Decimal | Month,
    unit: str,
    *basis: Source | Cited,
    on: date,
    scenario: str | None = None,
) -> Line:
    """Return the line for a figure that rests on `basis`: articles, and parameters with their trust."""
    sources = [item if isinstance(item, Source) else item.source for item in basis]
    trust = weakest(item.trust for item in basis if not isinstance(item, Source))
    return Line(what, value, unit, on, tuple(dict.fromkeys(sources)), trust, scenario)
