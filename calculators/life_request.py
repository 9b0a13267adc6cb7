"""What a life plan is asked with: a person, her past, a choice, and the steps she takes on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from calculators.contribution import Method
from calculators.errors import BadRequest, Refusal
from calculators.fields import Count, Groups, Money
from calculators.helped import NOBODY, Helped
from calculators.months import Month, PartialDate
from calculators.plain import AtMost
from calculators.plan import Scenario
from calculators.quote_request import NO_PAST, Past
from calculators.retirement import Sex


class StepKind(StrEnum):
    """What may happen on the way."""

    PAUSE = "pause"
    INCOME = "income"
    METHOD = "method"
    GROUPS = "groups"
    AHEAD = "ahead"


_NEEDS = {
    StepKind.PAUSE: "months",
    StepKind.INCOME: "income",
    StepKind.METHOD: "method",
    StepKind.GROUPS: "groups",
    StepKind.AHEAD: "years",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens from a month on; what was paid before runs out first.

    A pause lasts `months`; an `income` (VND a month), a `method` or `groups` (none is OTHER) hold from then
    on; `years` are paid ahead at once.
    """

    kind: StepKind
    month: Month
    months: Count | None = None
    income: Money | None = None
    method: Method | None = None
    groups: Groups | None = None
    years: Count | None = None

    def __post_init__(self) -> None:
        """Raise BadRequest unless the one field that its kind needs is given."""
        needed = _NEEDS[self.kind]
        for name in _NEEDS.values():
            if (getattr(self, name) is not None) != (name == needed):
                message = f"a step of kind {self.kind} is given with {needed} and nothing else"
                raise BadRequest(Refusal.MISSING if name == needed else Refusal.UNKNOWN_FIELD, name, message)


@dataclass(frozen=True, slots=True)
class LifeRequest:
    """A life of contributions from the next month on. Exactly one of `income` and `budget` (VND a month).

    `until` is the last month to pay for; "retirement" the month she reaches the age in. `catch_up`: months
    that are missing for a pension then are paid at once, as soon as they may be. `ledger`: every month too.
    """

    on: date
    sex: Sex
    born: PartialDate
    income: Money | None = None
    budget: Money | None = None
    method: Method = Method.MONTHLY
    helped: Helped = NOBODY
    past: Past = NO_PAST
    until: Month | Literal["retirement"] = "retirement"
    scenario: Scenario = Scenario.INCOME_KEPT
    steps: Annotated[tuple[Step, ...], AtMost(40)] = ()
    catch_up: bool = False
    ledger: bool = False

    def __post_init__(self) -> None:
        """Raise BadRequest where two fields contradict each other."""
        if self.income is None and self.budget is None:
            raise BadRequest(Refusal.MISSING, "income", "give an income or a budget, VND a month")
        if self.income is not None and self.budget is not None:
            raise BadRequest(Refusal.BOTH_INCOME_AND_BUDGET, "budget", "give an income or a budget, not both")
        used, paid = self.helped.used_months, self.past.voluntary_months
        if used > paid or self.past.supported_months not in (0, used):
            message = f"of {paid} voluntary months {used} were supported; write it once, here, and not more"
            raise BadRequest(Refusal.SUPPORTED_OVER_VOLUNTARY, "helped.used_months", message)
        months = [step.month for step in self.steps]
        if months != sorted(months):
            raise BadRequest(Refusal.OUT_OF_RANGE, "steps", "write the steps in the order of their months")
