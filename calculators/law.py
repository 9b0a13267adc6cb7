"""Dated, cited numbers: what the law says on a day, since when, on whose authority."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from calculators.dated import Dated, Province, Series, Table
from calculators.errors import LawError, NoValueYet, ParameterError, UnknownParameter, UnknownProvince
from calculators.parameter_files import read_folder
from calculators.trail import Source, Trust
from calculators.vocabulary import Group, Unit

__all__ = [
    "Dated", "Group", "InForce", "Law", "LawError", "NoValueYet", "ParameterError", "Province", "Series",
    "Source", "Trust", "Unit", "UnknownParameter", "UnknownProvince",
]  # fmt: skip

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class InForce:
    """A row of `ansinh law`: one number in force on a day. Entries of a table are named key.year."""

    key: str
    value: Decimal
    unit: Unit
    source: Source
    trust: Trust
    since: date
    checked: date


@dataclass(frozen=True, eq=False)
class Law:
    """All parameters, read once and never changed."""

    numbers: Mapping[str, Series[Decimal]]
    tables: Mapping[str, Series[Table]]
    provinces: Mapping[str, Province]

    @classmethod
    def load(cls, folder: Path | None = None) -> Law:
        """Read every parameter file under `folder` (default: the ones packaged here).

        Raises ParameterError that names each file, row and remedy when anything in them cannot be trusted.
        """
        found = read_folder(folder or files("calculators") / "parameters")
        return cls(found.numbers, found.tables, found.provinces)

    def number(self, key: str) -> Series[Decimal]:
        """Return a parameter, in its unit, by its key; raises UnknownParameter for one that no file holds."""
        try:
            return self.numbers[key]
        except KeyError:
            raise UnknownParameter(f"no parameter is called {key!r}; see calculators/vocabulary.py") from None

    def table(self, key: str) -> Series[Table]:
        """Return a parameter whose rows are tables by year; raises UnknownParameter."""
        try:
            return self.tables[key]
        except KeyError:
            raise UnknownParameter(f"no table is called {key!r}; see calculators/vocabulary.py") from None

    def province(self, code: str) -> Province:
        """Return a province by its two-digit code; raises UnknownProvince."""
        try:
            return self.provinces[code]
        except KeyError:
            raise UnknownProvince("no province has this code; write two digits, such as 20") from None

    def frozen(self, day: date, keys: Iterable[str]) -> Law:
        """Return the law in which `keys` and what provinces add stay as they are on a day for ever."""
        kept = {key: self.number(key).until(day) for key in keys}
        provinces = {code: province.until(day) for code, province in self.provinces.items()}
        return Law({**self.numbers, **kept}, self.tables, provinces)

    def next_change(self, after: date, keys: Iterable[str] | None = None) -> date | None:
        """Return the first day after `after` on which one of `keys` (default: any number) changes, if any."""
        series = (self.number(key) for key in keys) if keys is not None else self.numbers.values()
        return min((day for one in series for day in one.changes_after(after)), default=None)

    def in_force(self, day: date) -> list[InForce]:
        """Return every number in force on `day`, by key; those without a value on that day are left out."""
        known = (number.on(day) for number in self.numbers.values() if number.known_on(day))
        rows = [_in_force(row, row.value) for row in known]
        for table in self.tables.values():
            if table.known_on(day):
                row = table.on(day)
                rows += [_in_force(row, value, f"{row.key}.{year}") for year, value in row.value.items()]
        for province in self.provinces.values():
            places = (None, *province.territories)
            rates = (province.rate(group, day, place) for place in places for group in Group)
            rows += [_in_force(rate, rate.value) for rate in rates if rate is not None]
        return sorted(rows, key=lambda row: row.key)


def _in_force(row: Dated[V], value: Decimal, key: str | None = None) -> InForce:
    return InForce(key or row.key, value, row.unit, row.source, row.trust, row.since, row.checked)
