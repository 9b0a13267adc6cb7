"""What may come out when a person asks to join: open, not yet, no, compulsory, or the office has to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from calculators.trail import Source


class Benefit(StrEnum):
    """What a person already receives each month.

    MONTHLY_ALLOWANCE is one of the allowances listed in Decree 158/2025/NĐ-CP art. 3.4, such as for lost
    working capacity; OTHER is an allowance the person cannot name.
    """

    NONE = "none"
    PENSION = "pension"
    MONTHLY_ALLOWANCE = "monthly_allowance"
    UNEMPLOYMENT = "unemployment"
    OTHER = "other"


class Work(StrEnum):
    """How a person works, as the compulsory scheme tells it apart. Law 41/2024/QH15 art. 2.1, 2.4, 2.7.

    SELF has no employer and no registered business; SUSPENDED has a contract that is suspended without pay;
    PART_TIME has a contract and a monthly wage that decides; MANAGER is paid for managing, UNPAID_MANAGER is
    not; COMMUNE works part of the time for a commune or village; HOUSEHOLD_OWNER has a registered business.
    """

    SELF = "self"
    CONTRACT = "contract"
    PART_TIME = "part_time"
    PROBATION = "probation"
    SUSPENDED = "suspended"
    DOMESTIC = "domestic"
    PUBLIC = "public"
    FORCES = "forces"
    ABROAD = "abroad"
    SPOUSE_ABROAD = "spouse_abroad"
    MANAGER = "manager"
    UNPAID_MANAGER = "unpaid_manager"
    COMMUNE = "commune"
    HOUSEHOLD_OWNER = "household_owner"


class Doubt(StrEnum):
    """Why only the office can say."""

    HOUSEHOLD_TAX = "household_tax"
    PART_TIME_WAGE = "part_time_wage"
    UNEMPLOYMENT_BENEFIT = "unemployment_benefit"
    OTHER_BENEFIT = "other_benefit"


class Leaning(StrEnum):
    """Which way the text that was read leans where the office has to say."""

    OPEN = "open"
    COMPULSORY = "compulsory"


@dataclass(frozen=True, slots=True)
class Open:
    """May join."""

    because: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class TooYoung:
    """May join from `joins_from` on."""

    joins_from: date
    because: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class NotACitizen:
    """The voluntary scheme is for citizens of Vietnam."""

    because: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class AlreadyReceives:
    """Draws a pension or a monthly allowance that closes the voluntary scheme."""

    benefit: Benefit
    because: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Compulsory:
    """Belongs to the compulsory scheme now: `article` of Law 41/2024/QH15 says by what."""

    article: str
    because: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class OfficeMustConfirm:
    """The texts that were read do not settle it; `leaning` says where they point."""

    doubt: Doubt
    leaning: Leaning
    because: tuple[Source, ...]


Standing = Open | TooYoung | NotACitizen | AlreadyReceives | Compulsory | OfficeMustConfirm
