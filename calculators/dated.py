"""Values that hold from a day on: each with its source, its trust and the day somebody compared it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Generic, TypeVar

from calculators.errors import NoValueYet, UnknownTerritory
from calculators.trail import Source, Trust
from calculators.vocabulary import Group, Kind, Unit

V = TypeVar("V")
Table = Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Dated(Generic[V]):
    """A value as it stands since a day, with its source and the day a person compared the two."""

    key: str
    value: V
    unit: Unit
    since: date
    source: Source
    trust: Trust
    checked: date


@dataclass(frozen=True)
class Series(Generic[V]):
    """One parameter through time: rows in the order of their first days, none of which says when it ends."""

    key: str
    kind: Kind
    rows: tuple[Dated[V], ...]

    @cached_property
    def _starts(self) -> tuple[date, ...]:
        return tuple(row.since for row in self.rows)

    def on(self, day: date) -> Dated[V]:
        """Return the value in force on `day`.

        Raises NoValueYet before the first row, and in a year without its own row where rows hold one year.
        """
        index = bisect_right(self._starts, day) - 1
        if index < 0:
            raise NoValueYet(f"{self.key} has no value on {day}; the first starts on {self._starts[0]}")
        row = self.rows[index]
        if self.kind.own_year_only and row.since.year != day.year:
            raise NoValueYet(
                f"{self.key} has no table for {day.year}; the last before it is of {row.since.year}"
            )
        return row

    def known_on(self, day: date) -> bool:
        """Tell whether `on(day)` has an answer."""
        try:
            self.on(day)
        except NoValueYet:
            return False
        return True

    def until(self, day: date) -> Series[V]:
        """Return the series without the rows that start after `day`."""
        return Series(self.key, self.kind, self.rows[: bisect_right(self._starts, day)])

    def changes_after(self, day: date) -> Iterator[date]:
        """Yield the days after `day` on which the value becomes another one, in order."""
        for index in range(max(1, bisect_right(self._starts, day)), len(self.rows)):
            if self.rows[index].value != self.rows[index - 1].value:
                yield self._starts[index]


@dataclass(frozen=True, slots=True)
class Province:
    """What a province adds to the State's support, where a resolution is known well enough to apply it.

    Rates are shares of the contribution at the rural poverty line, by group. A group that a resolution does
    not name has no rate: the province may add, an officer will confirm.
    """

    code: str
    name: str
    status: str
    confidence: str
    checked: date
    permanent_residents_only: bool
    note: str | None
    support: Mapping[Group, Series[Decimal | None]]
    territories: Mapping[str, Mapping[Group, Series[Decimal | None]]]
    """What parts of the province add on top, by name: a former district or province keeps its resolution."""

    def until(self, day: date) -> Province:
        """Return the province without what starts after `day`."""

        def known(support: Mapping[Group, Series[Decimal | None]]) -> Mapping[Group, Series[Decimal | None]]:
            series = ((group, each.until(day)) for group, each in support.items())
            return {group: each for group, each in series if each.rows}

        territories = {name: known(part) for name, part in self.territories.items()}
        return replace(self, support=known(self.support), territories=territories)

    def rate(self, group: Group, on: date, territory: str | None = None) -> Dated[Decimal] | None:
        """Return the rate (ratio) the province, or one territory of it, adds for `group`; None: none known.

        Raises UnknownTerritory.
        """
        series = self._support(territory).get(group)
        if series is None or not series.known_on(on):
            return None
        row = series.on(on)
        if row.value is None:
            return None
        return Dated(row.key, row.value, row.unit, row.since, row.source, row.trust, row.checked)

    def changes_after(self, day: date, group: Group, territory: str | None = None) -> Iterator[date]:
        """Yield the days after `day` on which a local rate of `group` becomes another one, in order.

        The first day of the first known rate is such a day too. Raises UnknownTerritory.
        """
        series = self._support(territory).get(group)
        if series is None:
            return
        if series.rows[0].since > day:
            yield series.rows[0].since
        yield from series.changes_after(day)

    def _support(self, territory: str | None) -> Mapping[Group, Series[Decimal | None]]:
        if territory is None:
            return self.support
        try:
            return self.territories[territory]
        except KeyError:
            known = ", ".join(self.territories) or "none here"
            raise UnknownTerritory(f"no such territory of {self.name}; there are: {known}") from None
