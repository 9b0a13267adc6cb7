"""May this person join: one word for what comes out, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from calculators.business_household import HouseholdTax, OwnerCost, owner_cost
from calculators.eligibility import Person, standing
from calculators.errors import BadRequest, Refusal
from calculators.fields import Count, Money
from calculators.law import Law
from calculators.months import PartialDate
from calculators.plain import Between
from calculators.retirement import Sex
from calculators.standing import (
    AlreadyReceives,
    Benefit,
    Compulsory,
    Doubt,
    Leaning,
    NotACitizen,
    OfficeMustConfirm,
    Open,
    Standing,
    TooYoung,
    Work,
)
from calculators.trail import Line, Source, Trust, What

Revenue = Annotated[int, Between(0, 1_000_000_000_000)]


class Verdict(StrEnum):
    """What comes out: open, or why not (yet)."""

    OPEN = "open"
    TOO_YOUNG = "too_young"
    NOT_A_CITIZEN = "not_a_citizen"
    ALREADY_RECEIVES = "already_receives"
    COMPULSORY = "compulsory"
    OFFICE_MUST_CONFIRM = "office_must_confirm"


_VERDICTS: dict[type[Standing], Verdict] = {
    Open: Verdict.OPEN,
    TooYoung: Verdict.TOO_YOUNG,
    NotACitizen: Verdict.NOT_A_CITIZEN,
    AlreadyReceives: Verdict.ALREADY_RECEIVES,
    Compulsory: Verdict.COMPULSORY,
    OfficeMustConfirm: Verdict.OFFICE_MUST_CONFIRM,
}


@dataclass(frozen=True, slots=True)
class EligibilityRequest:
    """What the law asks about somebody who wants to join on a day.

    `wage` is the monthly wage of a part-time contract, `revenue` the yearly revenue of a registered household
    (VND; left out where it is not known); `months_paid` counts all earlier months.
    """

    on: date
    born: PartialDate
    sex: Sex
    work: Work
    citizen: bool = True
    benefit: Benefit = Benefit.NONE
    wage: Money | None = None
    tax: HouseholdTax = HouseholdTax.UNKNOWN
    revenue: Revenue | None = None
    months_paid: Count = 0

    def __post_init__(self) -> None:
        """Raise BadRequest for a birth after the day: nobody unborn joins later."""
        if self.born.counted > self.on:
            raise BadRequest(Refusal.OUT_OF_RANGE, "born", f"{self.born} lies after {self.on}; mend either")


@dataclass(frozen=True, slots=True)
class EligibilityAnswer:
    """What comes out, and its data: the day she may join from, what she draws, the article, the doubt.

    `owner_cost` is what a compulsory owner pays at least instead (VND a month).
    """

    verdict: Verdict
    joins_from: date | None
    benefit: Benefit | None
    article: str | None
    doubt: Doubt | None
    leaning: Leaning | None
    owner_cost: OwnerCost | None
    because: tuple[Source, ...]
    trail: tuple[Line, ...]


def eligibility(request: EligibilityRequest, law: Law) -> EligibilityAnswer:
    """Return whether a person may join the voluntary scheme on a day, or what stands against it.

    Law 41/2024/QH15 art. 2.4, 2.1, 2.7; Decree 158/2025/NĐ-CP art. 3. There is no highest age. Raises
    NoValueYet before 1/7/2025.
    """
    on = request.on
    person = Person(
        request.born, request.sex, request.citizen, request.benefit, request.work,
        request.wage, request.tax, request.revenue, request.months_paid,
    )  # fmt: skip
    found = standing(person, on=on, law=law)
    owner = request.work is Work.HOUSEHOLD_OWNER and isinstance(found, Compulsory | OfficeMustConfirm)
    cost = owner_cost(on=on, law=law) if owner else None
    doubtful = found if isinstance(found, OfficeMustConfirm) else None
    trust = Trust.PRACTICE if doubtful else Trust.OFFICIAL
    may = 1 if isinstance(found, Open) else 0
    decided = Line(What.MAY_JOIN, may, "flag", on, found.because, trust)
    return EligibilityAnswer(
        _VERDICTS[type(found)],
        found.joins_from if isinstance(found, TooYoung) else None,
        found.benefit if isinstance(found, AlreadyReceives) else None,
        found.article if isinstance(found, Compulsory) else None,
        doubtful.doubt if doubtful else None,
        doubtful.leaning if doubtful else None,
        cost,
        found.because,
        (decided, *(cost.lines if cost else ())),
    )
