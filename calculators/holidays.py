"""Public holidays, year by year: the days nobody is called on, by the rule and by what was decided."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from holidays import country_holidays

from calculators.dated import Dated
from calculators.errors import NoValueYet, ParameterError
from calculators.rows import Row, dated
from calculators.slots import each_day
from calculators.vocabulary import Unit

_KEY = "public_holidays"
_IN_FORCE, _LAST = 2021, 2099  # years the rule holds for: since the Code, and as far as the lunar tables go


@dataclass(frozen=True, slots=True)
class DaysOff:
    """A public holiday with the days off around it, `until` included."""

    until: date
    name: str


@dataclass(frozen=True)
class Holidays:
    """The holidays of Bộ luật Lao động 45/2019/QH14 art. 112, with what was decided of a year beside them.

    The rule gives every year its days by the lunar and the solar calendar (the `holidays` package). A file of
    a year adds days off that were decided, and names days that are worked after all; each has its source and
    `trust`. A year without a file has the days of the rule alone.
    """

    rows: Mapping[int, tuple[Dated[DaysOff], ...]]
    worked: Mapping[int, frozenset[date]] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path | None = None) -> Holidays:
        """Read every year under `folder` (default: the ones packaged here).

        Raises ParameterError that names each file, row and remedy when anything in them cannot be trusted.
        """
        where: Traversable = folder or files("calculators") / "parameters" / "holidays"
        problems: list[str] = []
        years = [_year(file, problems) for file in where.iterdir() if file.name.endswith(".toml")]
        rows = {year: off for year, off, _ in years}
        if not rows:
            problems.append(f"{where.name}: holds no year; restore 2026.toml and those after it")
        if problems:
            raise ParameterError(*problems)
        return cls(rows, {year: _days(worked) for year, _, worked in years})

    def known(self, year: int) -> bool:
        """Tell whether the holidays of a year are known: since the Labour Code holds, or by a file."""
        return year in self.rows or _IN_FORCE <= year <= _LAST

    def of(self, year: int) -> frozenset[date]:
        """Return the days off of a year; raises NoValueYet for a year before the Labour Code of 2019."""
        if not self.known(year):
            raise NoValueYet(f"the holidays of {year} are not known; add parameters/holidays/{year}.toml")
        return (by_rule(year) - self.worked.get(year, frozenset())) | _days(self.rows.get(year, ()))


@lru_cache(maxsize=16)
def by_rule(year: int) -> frozenset[date]:
    """Return the days the rule gives a year, with days in lieu and swaps the package has learnt of."""
    return frozenset(country_holidays("VN", years=year))


@lru_cache(maxsize=16)
def lunar_new_year(year: int) -> date:
    """Return the first day of the lunar year that begins in a year, as Vietnam counts it (UTC+7).

    Raises NoValueYet for a year the tables of the `holidays` package do not hold.
    """
    named = country_holidays("VN", years=year, language="en_US").get_named("Lunar New Year", lookup="exact")
    if not named:
        raise NoValueYet(f"the lunar new year of {year} is not known; the tables go to {_LAST}")
    return min(named)


def _days(rows: Iterable[Dated[DaysOff]]) -> frozenset[date]:
    return frozenset(day for row in rows for day in each_day(row.since, row.value.until))


_Rows = tuple[Dated[DaysOff], ...]


def _year(file: Traversable, problems: list[str]) -> tuple[int, _Rows, _Rows]:
    name = file.name.removesuffix(".toml")
    year = int(name) if len(name) == 4 and name.isascii() and name.isdecimal() else 0
    try:
        content = tomllib.loads(file.read_bytes().decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        problems.append(f"{file.name}: is not TOML in UTF-8 ({broken}); mend it there")
        return year, (), ()
    head = Row(file.name, content, problems)
    if not year:
        head.complain("is not named after a year; name it like 2027.toml")
    remedy = "write [[{}]] rows, each with 'from', 'until' and 'name'"
    listed = head.take("days", list, remedy=remedy.format("days"))
    worked = head.take("worked", list, remedy=remedy.format("worked")) if "worked" in content else []
    head.done()
    off, on = _rows(file.name, "days", listed, problems), _rows(file.name, "worked", worked, problems)
    for row in (*off, *on):
        if not row.since.year == row.value.until.year == year or row.since > row.value.until:
            head.complain(
                f"{row.value.name} is from {row.since} until {row.value.until}; keep both in {name}"
            )
    return year, off, on


def _rows(file: str, table: str, listed: Sequence[Any] | None, problems: list[str]) -> _Rows:
    rows = [
        dated(Row(f"{file}, [[{table}]] row {place}", row, problems), _KEY, Unit.FLAG, _days_off)
        for place, row in enumerate(listed or [], 1)
    ]
    return tuple(row for row in rows if row is not None)


def _days_off(row: Row, unit: Unit) -> DaysOff | None:
    del unit
    until = row.take("until", date, remedy="write the last day off, such as 2027-05-03")
    name = row.text("name", remedy="write the holiday's name")
    return DaysOff(until, name) if until is not None and name is not None else None
