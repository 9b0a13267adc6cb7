"""Public holidays, year by year: the days nobody is called on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from calculators.dated import Dated
from calculators.errors import NoValueYet, ParameterError
from calculators.rows import Row, dated
from calculators.slots import each_day
from calculators.vocabulary import Unit

_KEY = "public_holidays"


@dataclass(frozen=True, slots=True)
class DaysOff:
    """A public holiday with the days off around it, `until` included."""

    until: date
    name: str


@dataclass(frozen=True)
class Holidays:
    """All holidays known here, read once: one file for each year. Bộ luật Lao động 45/2019/QH14 art. 112."""

    rows: Mapping[int, tuple[Dated[DaysOff], ...]]

    @classmethod
    def load(cls, folder: Path | None = None) -> Holidays:
        """Read every year under `folder` (default: the ones packaged here).

        Raises ParameterError that names each file, row and remedy when anything in them cannot be trusted.
        """
        where: Traversable = folder or files("calculators") / "parameters" / "holidays"
        problems: list[str] = []
        rows = dict(_year(file, problems) for file in where.iterdir() if file.name.endswith(".toml"))
        if not rows:
            problems.append(f"{where.name}: holds no year; restore 2026.toml and those after it")
        if problems:
            raise ParameterError(*problems)
        return cls(rows)

    def known(self, year: int) -> bool:
        """Tell whether the holidays of a year are known."""
        return year in self.rows

    def of(self, year: int) -> frozenset[date]:
        """Return the days off of a year; raises NoValueYet for a year without a file."""
        if year not in self.rows:
            raise NoValueYet(f"the holidays of {year} are not known; add parameters/holidays/{year}.toml")
        return frozenset(day for row in self.rows[year] for day in each_day(row.since, row.value.until))


def _year(file: Traversable, problems: list[str]) -> tuple[int, tuple[Dated[DaysOff], ...]]:
    name = file.name.removesuffix(".toml")
    year = int(name) if len(name) == 4 and name.isascii() and name.isdecimal() else 0
    try:
        content = tomllib.loads(file.read_bytes().decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        problems.append(f"{file.name}: is not TOML in UTF-8 ({broken}); mend it there")
        return year, ()
    head = Row(file.name, content, problems)
    if not year:
        head.complain("is not named after a year; name it like 2027.toml")
    listed = head.take("days", list, remedy="write [[days]] rows, each with 'from', 'until' and 'name'")
    head.done()
    rows = [
        dated(Row(f"{file.name}, [[days]] row {place}", row, problems), _KEY, Unit.FLAG, _days_off)
        for place, row in enumerate(listed or [], 1)
    ]
    good = tuple(row for row in rows if row is not None)
    for row in good:
        if not row.since.year == row.value.until.year == year or row.since > row.value.until:
            head.complain(
                f"{row.value.name} is from {row.since} until {row.value.until}; keep both in {name}"
            )
    return year, good


def _days_off(row: Row, unit: Unit) -> DaysOff | None:
    del unit
    until = row.take("until", date, remedy="write the last day off, such as 2027-05-03")
    name = row.text("name", remedy="write the holiday's name")
    return DaysOff(until, name) if until is not None and name is not None else None
