"""Every calculator by its name: a typed request, a pure function, a typed answer with its trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from calculators import plain
from calculators.age import RetirementAnswer, RetirementRequest, retirement_of
from calculators.allowance import Allowance
from calculators.at_once import OutsideTerm
from calculators.average import Average
from calculators.award import Award, PensionCase, award
from calculators.benefits import (
    AccidentAnswer,
    AccidentRequest,
    AllowanceRequest,
    AverageRequest,
    CardsRequest,
    LateRequest,
    OwnerAnswer,
    OwnerRequest,
    SocialPensionRequest,
    accident_of,
    allowance_of,
    average_income_of,
    cards_of,
    late_of,
    owner_of,
    social_pension_of,
)
from calculators.contribution import AboveCeiling, BelowFloor, BudgetTooSmall, OffStep
from calculators.deadlines import DeadlinesAnswer, DeadlinesRequest, deadlines
from calculators.errors import (
    BadRequest,
    LawError,
    NoValueYet,
    Refusal,
    UnknownProvince,
    UnknownTerritory,
)
from calculators.family import (
    DeathAnswer,
    DeathRequest,
    EmigrationRequest,
    MaternityRequest,
    death_of,
    emigration_of,
    maternity_of,
)
from calculators.goal import GoalAnswer, GoalRequest, pension_goal
from calculators.health_card import HouseholdCards
from calculators.helped import SupportAnswer, SupportRequest, support_of
from calculators.increases import DrawnCase, Increased, increased
from calculators.joining import EligibilityAnswer, EligibilityRequest, eligibility
from calculators.keep_or_take import KeepOrTake, LumpRequest, keep_or_take
from calculators.late import Late
from calculators.law import Law
from calculators.life_plan import LifePlan, life_plan
from calculators.life_request import LifeRequest
from calculators.maternity import Maternity
from calculators.paying_at_once import (
    AheadAnswer,
    AheadRequest,
    MissingAnswer,
    MissingRequest,
    RefundAnswer,
    RefundRequest,
    ahead_of,
    missing_of,
    refund_of,
)
from calculators.payment import (
    ContributionAnswer,
    ContributionRequest,
    IncomeForPaymentAnswer,
    IncomeForPaymentRequest,
    contribution_of,
    income_for_payment,
)
from calculators.pension import TooFewMonths
from calculators.prepaid import PrepaidAnswer, PrepaidRequest, prepaid
from calculators.quote import Quote, QuoteRequest, quote
from calculators.schema import Schema, schema_of
from calculators.short import ShortAnswer, ShortRequest, short_at_retirement
from calculators.social_pension import SocialPension
from calculators.starting import Start, StartCase, starts
from calculators.survivors import Payment

Q = TypeVar("Q")
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Calculator(Generic[Q, A]):
    """A question the law answers: what it is asked with, what computes it, what comes out."""

    name: str
    request: type[Q]
    run: Callable[[Q, Law], A]
    result: type[A]

    @property
    def about(self) -> str:
        """What it works out: the first line of its function."""
        return (self.run.__doc__ or "").partition("\n")[0]

    def answer(self, data: object, law: Law) -> dict[str, object]:
        """Return the answer to decoded JSON as JSON.

        Raises BadRequest with a code, the field and the remedy for whatever cannot be answered.
        No text is read here: the rule it asks names them.
        """
        try:
            return plain.write_object(self.run(plain.read(self.request, data), law))
        except BadRequest:
            raise
        except LawError as refused:
            raise _bad(refused, self.request) from refused

    def schema(self) -> Schema:
        """Return the JSON Schema of its request and of its answer."""
        return {
            "request": schema_of(self.request, "validation"),
            "result": schema_of(self.result, "serialization"),
        }


_ALL: tuple[Calculator[Any, Any], ...] = (
    Calculator("quote", QuoteRequest, quote, Quote),
    Calculator("eligibility", EligibilityRequest, eligibility, EligibilityAnswer),
    Calculator("contribution", ContributionRequest, contribution_of, ContributionAnswer),
    Calculator("support", SupportRequest, support_of, SupportAnswer),
    Calculator("deadlines", DeadlinesRequest, deadlines, DeadlinesAnswer),
    Calculator("income_for_payment", IncomeForPaymentRequest, income_for_payment, IncomeForPaymentAnswer),
    Calculator("pension_goal", GoalRequest, pension_goal, GoalAnswer),
    Calculator("retirement", RetirementRequest, retirement_of, RetirementAnswer),
    Calculator("ahead", AheadRequest, ahead_of, AheadAnswer),
    Calculator("missing", MissingRequest, missing_of, MissingAnswer),
    Calculator("refund", RefundRequest, refund_of, RefundAnswer),
    Calculator("prepaid", PrepaidRequest, prepaid, PrepaidAnswer),
    Calculator("short", ShortRequest, short_at_retirement, ShortAnswer),
    Calculator("plan", LifeRequest, life_plan, LifePlan),
    Calculator("average", AverageRequest, average_income_of, Average),
    Calculator("pension", PensionCase, award, Award),
    Calculator("pension_start", StartCase, starts, Start),
    Calculator("pension_increases", DrawnCase, increased, Increased),
    Calculator("lump_sum", LumpRequest, keep_or_take, KeepOrTake),
    Calculator("allowance", AllowanceRequest, allowance_of, Allowance),
    Calculator("social_pension", SocialPensionRequest, social_pension_of, SocialPension),
    Calculator("death", DeathRequest, death_of, DeathAnswer),
    Calculator("emigration", EmigrationRequest, emigration_of, Payment),
    Calculator("maternity", MaternityRequest, maternity_of, Maternity),
    Calculator("accident", AccidentRequest, accident_of, AccidentAnswer),
    Calculator("health_cards", CardsRequest, cards_of, HouseholdCards),
    Calculator("owner", OwnerRequest, owner_of, OwnerAnswer),
    Calculator("late", LateRequest, late_of, Late),
)
CALCULATORS: Mapping[str, Calculator[Any, Any]] = {each.name: each for each in _ALL}


def find(name: str) -> Calculator[Any, Any]:
    """Return a calculator by its name; raises BadRequest that lists the names there are."""
    try:
        return CALCULATORS[name]
    except KeyError:
        known = ", ".join(CALCULATORS)
        raise BadRequest(Refusal.UNKNOWN_CALCULATOR, "", f"no such calculator; there are {known}") from None


_FIELDS: Mapping[type[LawError], tuple[Refusal, tuple[str, ...]]] = {
    BelowFloor: (Refusal.BELOW_FLOOR, ("income",)),
    AboveCeiling: (Refusal.ABOVE_CEILING, ("income",)),
    OffStep: (Refusal.OFF_STEP, ("income",)),
    BudgetTooSmall: (Refusal.BUDGET_TOO_SMALL, ("amount", "budget")),
    UnknownProvince: (Refusal.UNKNOWN_PROVINCE, ("helped.province", "province")),
    UnknownTerritory: (Refusal.UNKNOWN_TERRITORY, ("helped.territory",)),
    TooFewMonths: (Refusal.TOO_FEW_MONTHS, ("insured", "past")),
    NoValueYet: (Refusal.NO_VALUE_YET, ("on", "paid_on", "born")),
}


def _bad(refused: LawError, request: type) -> BadRequest:
    """Return what the law refuses as the refusal of a request: a code, the field it is about, the remedy.

    The field is the first of those it may be about that the request has, empty where it has none.
    """
    if isinstance(refused, OutsideTerm):
        return BadRequest(Refusal.OUT_OF_RANGE, refused.field, str(refused))
    code, fields = _FIELDS.get(type(refused), (Refusal.NO_ANSWER, ()))
    names = {field.name for field in plain.fields_of(request)}
    field = next((each for each in fields if each.partition(".")[0] in names), "")
    return BadRequest(code, field, str(refused))
