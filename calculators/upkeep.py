"""Rows of the parameter files that a person compared with their source too long ago."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from calculators.dated import Dated
from calculators.holidays import Holidays
from calculators.law import Law
from calculators.territory import amendments_checked

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Compared:
    """A row of the parameter files and the day a person last compared it with its source.

    `since` is None for what is known of a province as a whole; `document` then is its name.
    """

    key: str
    since: date | None
    checked: date
    document: str


def compared(law: Law, holidays: Holidays) -> Iterator[Compared]:
    """Yield every row of the parameters, the provinces, the holidays and the amendments of the map.

    No text of law: it is how this house keeps the ones it cites, practice. Raises nothing.
    """
    for number in law.numbers.values():
        yield from map(_row, number.rows)
    for table in law.tables.values():
        yield from map(_row, table.rows)
    for year in holidays.rows.values():
        yield from map(_row, year)
    for province in law.provinces.values():
        yield Compared(f"province.{province.code}", None, province.checked, province.name)
        for rates in province.support.values():
            yield from map(_row, rates.rows)
    for name, since, checked, document in amendments_checked():
        yield Compared(name, since, checked, document)


def _row(row: Dated[V]) -> Compared:
    return Compared(row.key, row.since, row.checked, row.source.document)


def stale(law: Law, holidays: Holidays, *, on: date) -> list[Compared]:
    """Return the rows compared more than a year before `on`, the oldest first. Raises nothing.

    A year is this house's practice, no text of law.
    """
    limit = (on.year - 1, on.month, on.day)
    old = [
        row
        for row in compared(law, holidays)
        if (row.checked.year, row.checked.month, row.checked.day) < limit
    ]
    return sorted(old, key=lambda row: (row.checked, row.key, row.since or date.min))
