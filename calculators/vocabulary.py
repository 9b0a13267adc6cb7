"""Every number that a law can change, with its unit: a parameter file may hold these and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a value counts. Ratios and factors are decimal strings, the others are whole."""

    VND = "VND"
    MONTHS = "months"
    YEARS = "years"
    WEEKS = "weeks"
    DAYS = "days"
    HOURS = "hours"
    PEOPLE = "people"
    FLAG = "flag"
    RATIO = "ratio"
    FACTOR = "factor"

    @property
    def whole(self) -> bool:
        """Tell whether values of this unit are integers."""
        return self not in (Unit.RATIO, Unit.FACTOR)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a parameter looks like: its unit, and whether a row holds one number or a table by year."""

    unit: Unit
    table: bool = False
    own_year_only: bool = False
    """A row holds for the year it starts in and no longer: the next year needs a row of its own."""


_VND, _MONTHS, _YEARS = Kind(Unit.VND), Kind(Unit.MONTHS), Kind(Unit.YEARS)
_WEEKS, _DAYS, _PEOPLE = Kind(Unit.WEEKS), Kind(Unit.DAYS), Kind(Unit.PEOPLE)
_FLAG, _RATIO, _FACTOR = Kind(Unit.FLAG), Kind(Unit.RATIO), Kind(Unit.FACTOR)

PARAMETERS: Mapping[str, Kind] = {
    "contribution_rate": _RATIO,
    "rural_poverty_line": _VND,
    "reference_level": _VND,
    "income_ceiling_factor": _FACTOR,
    "income_step": _VND,
    "minimum_age": _YEARS,
    "payment_months_monthly": _MONTHS,
    "payment_months_quarterly": _MONTHS,
    "payment_months_half_year": _MONTHS,
    "payment_months_yearly": _MONTHS,
    "payment_deadline_monthly": _MONTHS,
    "payment_deadline_quarterly": _MONTHS,
    "payment_deadline_half_year": _MONTHS,
    "payment_deadline_yearly": _MONTHS,
    "late_payment_surcharge": _RATIO,
    "missing_months_max": _MONTHS,
    "missing_months_supported": _FLAG,
    "ahead_support_discounted": _FLAG,
    "refund_returns_sponsors": _FLAG,
    "central_support_poor": _RATIO,
    "central_support_island": _RATIO,
    "central_support_near_poor": _RATIO,
    "central_support_ethnic_minority": _RATIO,
    "central_support_other": _RATIO,
    "central_support_months": _MONTHS,
    "local_support_after_central": _FLAG,
    "retirement_age_male": _MONTHS,
    "retirement_age_female": _MONTHS,
    "early_joiner_before_year": _YEARS,
    "early_joiner_months": _MONTHS,
    "early_joiner_age_male": _MONTHS,
    "early_joiner_age_female": _MONTHS,
    "pension_months_min": _MONTHS,
    "odd_months_half_max": _MONTHS,
    "pension_base_rate": _RATIO,
    "pension_base_years_male": _YEARS,
    "pension_base_years_female": _YEARS,
    "pension_rate_step_male": _RATIO,
    "pension_rate_step_female": _RATIO,
    "pension_short_rate_male": _RATIO,
    "pension_short_step_male": _RATIO,
    "pension_max_rate": _RATIO,
    "pension_full_years_male": _YEARS,
    "pension_full_years_female": _YEARS,
    "one_off_before_age": _FACTOR,
    "one_off_after_age": _FACTOR,
    "compulsory_conditions_months": _MONTHS,
    "pension_minimum_compulsory_months": _MONTHS,
    "early_year_step": _RATIO,
    "early_rest_step": _RATIO,
    "early_rest_months": _MONTHS,
    "average_cut_to_dong": _FLAG,
    "state_salary_months": _MONTHS,
    "state_rise_months": _MONTHS,
    "pension_increase": _FACTOR,
    "pension_increase_not_raised_2022": _FACTOR,
    "pension_before_1995_low": _VND,
    "pension_before_1995_added": _VND,
    "pension_before_1995_least": _VND,
    "income_coefficient": Kind(Unit.FACTOR, table=True, own_year_only=True),
    "fund_yield": Kind(Unit.RATIO, own_year_only=True),
    "ahead_years_min": _YEARS,
    "ahead_years_max": _YEARS,
    "lump_before_2014": _FACTOR,
    "lump_from_2014": _FACTOR,
    "lump_full_months": _MONTHS,
    "lump_short_max": _FACTOR,
    "lump_stopped_months": _MONTHS,
    "lump_stopped_months_max": _MONTHS,
    "emigration_before_2014": _FACTOR,
    "emigration_from_2014": _FACTOR,
    "emigration_step": _FACTOR,
    "emigration_min": _FACTOR,
    "emigration_allowance": _FACTOR,
    "funeral_factor": _FACTOR,
    "funeral_months_min": _MONTHS,
    "funeral_compulsory_months_min": _MONTHS,
    "death_months_min": _MONTHS,
    "death_short_max": _FACTOR,
    "death_mixed_min": _FACTOR,
    "pensioner_death_full": _FACTOR,
    "pensioner_death_full_months": _MONTHS,
    "pensioner_death_step": _FACTOR,
    "pensioner_death_min": _FACTOR,
    "pensioner_death_min_compulsory": _FACTOR,
    "survivor_compulsory_months_min": _MONTHS,
    "survivor_share": _RATIO,
    "survivor_share_alone": _RATIO,
    "survivor_people_max": _PEOPLE,
    "maternity_grant": _VND,
    "maternity_fetus_weeks": _WEEKS,
    "maternity_months_min": _MONTHS,
    "maternity_within_months": _MONTHS,
    "accident_share_half_year": _RATIO,
    "accident_share_year": _RATIO,
    "region_four_wage": _VND,
    "accident_death_factor": _FACTOR,
    "accident_loss_min": _RATIO,
    "health_card_rate": _RATIO,
    "health_share_second": _RATIO,
    "health_share_third": _RATIO,
    "health_share_fourth": _RATIO,
    "health_share_further": _RATIO,
    "health_pensioner_coverage": _RATIO,
    "allowance_factor": _FACTOR,
    "allowance_months_min": _MONTHS,
    "social_pension_age": _YEARS,
    "social_pension_age_poor": _YEARS,
    "social_pension_amount": _VND,
    "owner_compulsory_declaring": _FLAG,
    "owner_compulsory_registered": _FLAG,
    "household_untaxed_revenue": _VND,
    "owner_social_rate": _RATIO,
    "owner_health_rate": _RATIO,
    "owner_base_factor_min": _FACTOR,
    "owner_base_factor_max": _FACTOR,
    "owner_missing_months_max": _MONTHS,
    "owner_deadline_months": _MONTHS,
    "owner_base_months": _MONTHS,
    "late_fund_yields": _FACTOR,
    "late_daily_rate": _RATIO,
    "maternity_claim_days": _DAYS,
    "maternity_decision_days": _DAYS,
    "registration_decision_days": _DAYS,
    "pension_decision_days": _DAYS,
    "lump_sum_decision_days": _DAYS,
    "death_claim_days": _DAYS,
    "death_decision_days": _DAYS,
    "calling_opens": Kind(Unit.HOURS),
    "consent_record_kept": Kind(Unit.YEARS),
    "calling_closes": Kind(Unit.HOURS),
    "calling_closes_agreed": Kind(Unit.HOURS),
}


class Group(StrEnum):
    """The group a person is supported in; with several, only the best one counts."""

    POOR = "poor"
    ISLAND = "island"
    NEAR_POOR = "near_poor"
    ETHNIC_MINORITY = "ethnic_minority"
    OTHER = "other"
