"""Reads the parameter files, strictly: what cannot be trusted is refused with file, row and remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib.resources.abc import Traversable
from typing import TypeVar

from calculators.dated import Dated, Province, Series, Table
from calculators.errors import ParameterError
from calculators.rows import Row, dated, decimal, number, table
from calculators.vocabulary import PARAMETERS, Group, Kind, Unit

V = TypeVar("V")

APPLIED_STATUS = ("in_force", "likely_in_force")
APPLIED_CONFIDENCE = ("high", "medium")
STATUSES = (
    *APPLIED_STATUS, "passed_rates_unknown", "support_known_rates_unknown",
    "draft_only", "proposed_only", "expired", "not_found",
)  # fmt: skip
CONFIDENCES = (*APPLIED_CONFIDENCE, "low", "none")
_RATE = Kind(Unit.RATIO)


@dataclass
class Found:
    """What the files hold, and everything that is wrong with them."""

    numbers: dict[str, Series[Decimal]] = field(default_factory=dict)
    tables: dict[str, Series[Table]] = field(default_factory=dict)
    provinces: dict[str, Province] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_folder(folder: Traversable) -> Found:
    """Read all parameters under `folder`; raises ParameterError with every problem found."""
    found = Found()
    for file, content in _toml_files(folder, found.problems):
        _read_parameters(file, content, found)
    for file, content in _toml_files(folder / "provinces", found.problems):
        _read_province(file, content, found)
    missing = PARAMETERS.keys() - found.numbers.keys() - found.tables.keys()
    if missing and not found.problems:
        names = ", ".join(sorted(missing))
        found.problems.append(f"no file holds {names}; restore it or take it out of vocabulary.py")
    if found.problems:
        raise ParameterError(*found.problems)
    return found


def _toml_files(folder: Traversable, problems: list[str]) -> list[tuple[str, dict[str, object]]]:
    if not folder.is_dir():
        problems.append(f"{folder.name}: is not a folder; give the folder of parameters that holds *.toml")
        return []
    read: list[tuple[str, dict[str, object]]] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            try:
                read.append((entry.name, tomllib.loads(entry.read_bytes().decode("utf-8"))))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
                problems.append(f"{entry.name}: is not TOML in UTF-8 ({broken}); mend it there")
    return read


def _read_parameters(file: str, content: dict[str, object], found: Found) -> None:
    for key, body in content.items():
        head = Row(f"{file}, [{key}]", body, found.problems)
        kind = PARAMETERS.get(key)
        if kind is None:
            head.complain("no such parameter; mend its spelling or add it to vocabulary.py")
        elif key in found.numbers or key in found.tables:
            head.complain("another file holds it too; keep one")
        elif kind.table:
            _read_series(head, key, kind, table, found.tables)
        else:
            _read_series(head, key, kind, number, found.numbers)


def _read_series(
    head: Row, key: str, kind: Kind, read: Callable[[Row, Unit], V | None], into: dict[str, Series[V]]
) -> None:
    """Read one parameter: its unit and its rows."""
    unit = head.choose("unit", tuple(Unit))
    if unit is not None and unit != kind.unit:
        head.complain(f"'unit' is '{unit}' but this parameter counts {kind.unit}; write '{kind.unit}'")
    content = head.take("rows", list, remedy="add [[…rows]], each with 'from' and its value")
    head.done()
    if content == []:
        head.complain("'rows' is empty; add [[…rows]], each with 'from' and its value")
    rows = [
        dated(Row(f"{head.where} row {place}", row, head.problems), key, kind.unit, read)
        for place, row in enumerate(content or [], 1)
    ]
    into[key] = Series(key, kind, _in_order(head, rows))


def _in_order(head: Row, rows: Sequence[Dated[V] | None]) -> tuple[Dated[V], ...]:
    """Return the rows that could be read; note the first that does not come after the one before it."""
    last: date | None = None
    for place, row in enumerate(rows, 1):
        if row is not None:
            if last is not None and row.since <= last:
                head.complain(
                    f"row {place}: 'from' {row.since} is not after {last}; "
                    "keep the rows in order, one for each first day"
                )
            last = row.since
    return tuple(row for row in rows if row is not None)


def _read_province(file: str, content: dict[str, object], found: Found) -> None:
    head = Row(file, content, found.problems)
    code = head.text("code", remedy='write its two digits in quotes, such as "20"') or ""
    name = head.text("name", remedy="write the name of the province")
    status = head.choose("status", STATUSES)
    confidence = head.choose("confidence", CONFIDENCES)
    checked = head.take("checked", date, remedy="write the day a person looked for its resolution")
    residents = head.take(
        "permanent_residents_only", bool, remedy="write true or leave it out", optional=True
    )
    note = head.text("note", remedy="say what is open, or leave it out", optional=True)
    content_rows = head.take("support", list, remedy="write [[support]] rows", optional=True) or []
    parts = head.take("territory", list, remedy="write [[territory]] tables", optional=True) or []
    head.done()
    if not (len(code) == 2 and code.isascii() and code.isdecimal() and file.startswith(f"{code}-")):
        head.complain(f"'code' is {code!r}; write the two digits that the file name starts with")
    if code in found.provinces:
        head.complain(f"another file holds province {code} too; keep one")
    applied = status in APPLIED_STATUS and confidence in APPLIED_CONFIDENCE
    if content_rows and not applied:
        head.complain(
            f"[[support]] of status {status}, confidence {confidence} may not be applied; remove it"
        )
    support = _support(head, code, content_rows)
    territories: dict[str, Mapping[Group, Series[Decimal | None]]] = {}
    for place, part in enumerate(parts, 1):
        _read_territory(
            Row(f"{head.where}, [[territory]] {place}", part, head.problems),
            code,
            territories,
            applied=applied,
        )
    if name and status and confidence and checked:
        found.provinces[code] = Province(
            code, name, status, confidence, checked, bool(residents), note, support, territories
        )


def _read_territory(
    part: Row, code: str, into: dict[str, Mapping[Group, Series[Decimal | None]]], *, applied: bool
) -> None:
    """Read a part of a province: its name and what it adds on top; without rows its rates are not known."""
    name = part.text("name", remedy="write the name of the former district or province") or ""
    part.text("note", remedy="say what is open, or leave it out", optional=True)
    rows = part.take("support", list, remedy="write [[territory.support]] rows", optional=True) or []
    part.done()
    if name in into:
        part.complain(f"'{name}' stands twice; keep one")
    if rows and not applied:
        part.complain("[[territory.support]] of a province whose own may not be applied; remove it")
    into[name] = _support(part, f"{code}.{name}", rows)


def _support(head: Row, code: str, content: Sequence[object]) -> Mapping[Group, Series[Decimal | None]]:
    rows = [
        dated(Row(f"{head.where}, [[support]] row {place}", row, head.problems), code, Unit.RATIO, _rates)
        for place, row in enumerate(content, 1)
    ]
    return _by_group(code, _in_order(head, rows))


def _rates(row: Row, unit: Unit) -> dict[Group, Decimal] | None:
    """Read 'rates', shares of the contribution at the poverty line by group; an empty one ends them."""
    content = row.take("rates", dict, remedy='write { poor = "0.30", … }, or { } where the support ends')
    if content is None:
        return None
    rates: dict[Group, Decimal] = {}
    for group, text in content.items():
        if group not in tuple(Group):
            row.complain(f"'rates.{group}' is no support group; write one of {', '.join(Group)}")
        elif not isinstance(text, str):
            row.complain(f"'rates.{group}' is {text!r}; write an exact decimal in quotes, such as \"0.30\"")
        elif (rate := decimal(row, f"rates.{group}", text, unit)) is not None:
            rates[Group(group)] = rate
    return rates


def _by_group(code: str, rows: Sequence[Dated[dict[Group, Decimal]]]) -> dict[Group, Series[Decimal | None]]:
    """Turn rows of rates into one series for each group that any row names."""
    support: dict[Group, Series[Decimal | None]] = {}
    for group in Group:
        key = f"local_support.{code}.{group}"
        if any(group in row.value for row in rows):
            support[group] = Series(key, _RATE, tuple(
                Dated(key, row.value.get(group), row.unit, row.since, row.source, row.trust, row.checked)
                for row in rows
            ))  # fmt: skip
    return support
