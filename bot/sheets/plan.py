"""Tables to a plan: every row checked, every problem noted with its cell, nothing changed yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from bot.sheets import cells
from bot.sheets.cells import Bad, Days, Hours
from bot.sheets.layout import OPTIONAL, Layout
from bot.sheets.tables import Problems, Row, Tables
from calculators.territory import Territory

T = TypeVar("T")
LONGEST_NAME, MOST_SHARE, MOST_A_DAY, DEFAULT_A_DAY = 120, 1_000, 24, 8
_MANY = re.compile(r"[;,\n]")


@dataclass(frozen=True, slots=True)
class Point:
    """A collection point."""

    code: str
    name: str
    organisation: str
    ward: str


@dataclass(frozen=True, slots=True)
class Staff:
    """A collector as the sheet has him; `days_off` None where the sheet says nothing of them."""

    code: str
    name: str
    phone: str
    point: str
    heads_point: bool
    per_day: int
    languages: tuple[str, ...]
    active_from: date
    active_until: date | None
    wards: tuple[str, ...]
    hours: Hours
    days_off: tuple[Days, ...] | None


@dataclass(slots=True)
class Plan:
    """What the files ask for, keyed as the files key it."""

    organisations: dict[str, int] = field(default_factory=dict)
    points: dict[str, Point] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What the database has already: names of organisations, and each point's ward."""

    organisations: frozenset[str]
    points: Mapping[str, str]


@dataclass(slots=True)
class Reader:
    """Checks rows one by one."""

    layout: Layout
    territory: Territory
    home: str
    known: Known
    problems: Problems
    today: date
    plan: Plan = field(default_factory=Plan)
    named: set[tuple[str, str]] = field(default_factory=set)  # of rows with problems too: one is enough

    def read(self, tables: Tables) -> Plan:
        """Return the plan of some tables; what is wrong is in `problems`."""
        for table, read in (
            ("organisations", self._organisation), ("points", self._point), ("collectors", self._collector),
        ):  # fmt: skip
            seen: dict[str, int] = {}
            for row in tables[table]:
                key = read(row)
                if key in seen:
                    first = "name" if table == "organisations" else "code"
                    self.problems.add(row.place(first), "twice", value=key, row=seen[key])
                elif key:
                    seen[key] = row.number
        return self.plan

    def _organisation(self, row: Row) -> str:
        name = self._cell(row, "name", lambda value: cells.name(value, LONGEST_NAME))
        share = self._cell(row, "share", lambda value: cells.number(value, 1, MOST_SHARE, 1))
        self.named.add(("organisations", name or ""))
        if name and share:
            self.plan.organisations.setdefault(name, share)
        return name or ""

    def _point(self, row: Row) -> str:
        code = self._cell(row, "code", cells.code)
        self.named.add(("points", code or ""))
        name = self._cell(row, "name", lambda value: cells.name(value, LONGEST_NAME))
        organisation = self._cell(row, "organisation", self._known_organisation)
        where = self._cell(row, "province", lambda v: cells.province(v, self.home, self.territory))
        ward = self._cell(row, "ward", lambda v: self._ward(v, where or self.home))
        if code and name and organisation and ward:
            self.plan.points.setdefault(code, Point(code, name, organisation, ward))
        return code or ""

    def _collector(self, row: Row) -> str:
        code = self._cell(row, "code", cells.code)
        name = self._cell(row, "name", lambda value: cells.name(value, LONGEST_NAME))
        phone = self._cell(row, "phone", cells.phone)
        point = self._cell(row, "point", self._known_point)
        heads = self._cell(row, "heads_point", lambda value: cells.yes_no(value, self.layout))
        wards = self._cell(row, "wards", lambda value: self._wards(value, point))
        hours = self._cell(row, "hours", lambda value: cells.hours(value, self.layout))
        off = self._cell(row, "days_off", lambda value: cells.days_off(value, self.layout))
        most = self._cell(row, "per_day", lambda value: cells.number(value, 1, MOST_A_DAY, DEFAULT_A_DAY))
        spoken = self._cell(row, "languages", lambda value: cells.languages(value, self.layout))
        begins = self._cell(row, "active_from", lambda value: cells.day(value) if value else self.today)
        ends = self._cell(row, "active_until", lambda value: self._ends(value, begins))
        if None in (code, name, phone, point, heads, wards, hours, off, most, spoken, begins, ends):
            return code or ""
        if not wards:  # they would be those of his point, which has a problem of its own
            return code or ""
        assert code and name and phone and point and hours and most and spoken and begins  # noqa: S101, PT018
        self.plan.staff.setdefault(
            code,
            Staff(
                code, name, phone, point, bool(heads), most, tuple(spoken), begins,
                None if ends in (None, date.max) else ends, wards, hours,
                off if row.cells.get("days_off") else None,
            ),
        )  # fmt: skip
        return code

    def _cell(self, row: Row, key: str, read: Callable[[str], T]) -> T | None:
        """Read a cell; None when it is bad, which is noted, or of a missing column, which was noted."""
        if key not in row.columns and key not in OPTIONAL:
            return None
        try:
            return read(cells.with_value(row.cells.get(key, "")))
        except Bad as bad:
            self.problems.add(row.place(key), bad.code, **bad.facts)
            return None

    def _known_organisation(self, value: str) -> str:
        name = cells.text(value, LONGEST_NAME)
        if name not in self.known.organisations and ("organisations", name) not in self.named:
            raise Bad("no_organisation", value=value)
        return value

    def _known_point(self, value: str) -> str:
        code = cells.code(value)
        if code not in self.known.points and ("points", code) not in self.named:
            raise Bad("no_point", value=value)
        return code

    def _ward(self, value: str, where: str) -> str:
        return cells.ward(cells.text(value, LONGEST_NAME), where, self.territory)

    def _wards(self, value: str, point: str | None) -> tuple[str, ...]:
        """The wards he covers, named in the province of his point; his point's own where none is named.

        None at all where neither is known.
        """
        known = self.plan.points.get(point or "")
        at = known.ward if known else self.known.points.get(point or "")
        home = self.territory.ward(at) if at else None
        where = home.province if home else self.home
        found = [self._ward(name, where) for name in filter(None, map(str.strip, _MANY.split(value)))]
        return tuple(sorted(set(found or ([at] if at else []))))

    @staticmethod
    def _ends(value: str, begins: date | None) -> date:
        """The last day; date.max for none."""
        ends = cells.day(value) if value else date.max
        if begins and ends < begins:
            raise Bad("dates_turned")
        return ends
