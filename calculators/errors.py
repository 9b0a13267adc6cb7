"""What the calculators refuse, and how they say so."""

from __future__ import annotations

from enum import StrEnum


class LawError(Exception):
    """The law as it is known here gives no answer."""


class ParameterError(LawError):
    """The parameter files cannot be trusted: each problem names file, row and remedy."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class NoValueYet(LawError):
    """A parameter was asked for a day before its first value, or for a year without a table."""


class UnknownParameter(LawError):
    """Code asked for a parameter that no file holds."""


class UnknownProvince(LawError):
    """No province has this two-digit code."""


class UnknownTerritory(LawError):
    """No part of the province with a support of its own has this name."""


class Refusal(StrEnum):
    """Why a request is refused, one machine word each; templates hold the sentences."""

    NOT_AN_OBJECT = "not_an_object"
    MISSING = "missing"
    UNKNOWN_FIELD = "unknown_field"
    NOT_TEXT = "not_text"
    NOT_AN_INTEGER = "not_an_integer"
    NOT_A_LIST = "not_a_list"
    NOT_A_FLAG = "not_a_flag"
    NOT_A_DATE = "not_a_date"
    NOT_A_MONTH = "not_a_month"
    UNKNOWN_CHOICE = "unknown_choice"
    OUT_OF_RANGE = "out_of_range"
    UNKNOWN_PROVINCE = "unknown_province"
    UNKNOWN_TERRITORY = "unknown_territory"
    BOTH_INCOME_AND_BUDGET = "both_income_and_budget"
    SUPPORTED_OVER_VOLUNTARY = "supported_over_voluntary"
    TOO_YOUNG = "too_young"
    BELOW_FLOOR = "below_floor"
    ABOVE_CEILING = "above_ceiling"
    OFF_STEP = "off_step"
    BUDGET_TOO_SMALL = "budget_too_small"
    UNTIL_TOO_EARLY = "until_too_early"
    UNTIL_TOO_LATE = "until_too_late"
    NO_VALUE_YET = "no_value_yet"
    TOO_FEW_MONTHS = "too_few_months"
    NOT_FOR_THIS_PERSON = "not_for_this_person"
    UNKNOWN_CALCULATOR = "unknown_calculator"
    NO_ANSWER = "no_answer"


class BadRequest(LawError, ValueError):
    """A request that cannot be answered: a code for people, a field, a sentence for developers.

    It is a ValueError so that pydantic says in which part of a request it was raised.
    """

    def __init__(self, code: Refusal, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.code = code
        self.field = field
        self.message = message

    def as_json(self) -> dict[str, str]:
        """Return the error as the command line and the API print it."""
        return {"code": self.code.value, "field": self.field, "message": self.message}
