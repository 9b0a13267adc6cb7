"""What a quote is asked with: typed, bounded, and refused with a code when it cannot be answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from calculators import plain
from calculators.contribution import Method
from calculators.errors import BadRequest, Refusal
from calculators.fields import Code, Count, Money
from calculators.months import Month, PartialDate
from calculators.pension import Earned
from calculators.retirement import Sex
from calculators.vocabulary import Group


@dataclass(frozen=True, slots=True)
class Past:
    """Months paid for before, and how many of them the State supported.

    The averages are mean incomes in today's money (VND a month), None where they are not known.
    """

    voluntary_months: Count = 0
    compulsory_months: Count = 0
    supported_months: Count = 0
    voluntary_average: Money | None = None
    compulsory_average: Money | None = None

    @property
    def months(self) -> int:
        """All months, voluntary and compulsory: they count together. Decree 159/2025/NĐ-CP art. 11."""
        return self.voluntary_months + self.compulsory_months

    @property
    def known(self) -> tuple[Earned, ...]:
        """The months whose average income is known."""
        pairs = (
            (self.voluntary_months, self.voluntary_average),
            (self.compulsory_months, self.compulsory_average),
        )
        return tuple(
            Earned(months, months * average) for months, average in pairs if months and average is not None
        )


NO_PAST = Past()
"""Nothing paid before."""


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """A person and a choice, priced on a day. Exactly one of `income` and `budget` is given (VND a month).

    `until` is the last month she wants to pay for; "retirement" is the month she reaches retirement age.
    """

    on: date
    sex: Sex
    born: PartialDate
    group: Group
    method: Method
    province: Code | None = None
    income: Money | None = None
    budget: Money | None = None
    past: Past = NO_PAST
    until: Month | Literal["retirement"] = "retirement"

    def __post_init__(self) -> None:
        """Raise BadRequest where two fields contradict each other."""
        if self.income is None and self.budget is None:
            raise BadRequest(Refusal.MISSING, "income", "give an income or a budget, VND a month")
        if self.income is not None and self.budget is not None:
            raise BadRequest(Refusal.BOTH_INCOME_AND_BUDGET, "budget", "give an income or a budget, not both")
        if self.past.supported_months > self.past.voluntary_months:
            message = "more months were supported than were paid voluntarily"
            raise BadRequest(Refusal.SUPPORTED_OVER_VOLUNTARY, "past.supported_months", message)

    @property
    def chosen(self) -> int:
        """The chosen income (VND a month), 0 where a budget is given instead."""
        return self.income or 0

    @classmethod
    def parse(cls, data: object) -> QuoteRequest:
        """Read decoded JSON that anybody may have sent; raises BadRequest with code, field and sentence."""
        return plain.read(cls, data)

    def as_json(self) -> dict[str, object]:
        """Return the request as JSON that `parse` reads back."""
        return plain.write_object(self)
