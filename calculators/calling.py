"""When a person who asked for a call may be called: legal hours, without public holidays."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from calculators.holidays import Holidays
from calculators.law import Law
from calculators.slots import Range, Ranges, days, each_day, merge, subtract


def calling_hours(
    first: date, last: date, *, law: Law, holidays: Holidays, zone: ZoneInfo, agreed: bool = False
) -> Ranges:
    """Return the hours of calling from `first` to `last`, both included. Decree 91/2020/NĐ-CP art. 13.

    Who `agreed` to it, by choosing such an hour herself, may be called later in the evening. The days of a
    year whose holidays are not known have none. Raises NoValueYet before the decree.
    """
    ends = "calling_closes_agreed" if agreed else "calling_closes"
    known = [day for day in each_day(first, last) if holidays.known(day.year)]
    off = {holiday for year in {day.year for day in known} for holiday in holidays.of(year)}
    hours: list[Range] = []
    for day in known:
        opens, closes = (int(law.number(key).on(day).value) for key in ("calling_opens", ends))
        hours.append(
            Range(datetime.combine(day, time(opens), zone), datetime.combine(day, time(closes), zone))
        )
    return subtract(merge(hours), days(off, zone))
