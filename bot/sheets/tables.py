"""Files to tables: an XLSX workbook or CSV files, each cell as plain text with its place."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from bot.errors import BadFile
from bot.sheets.layout import OPTIONAL, TABLES, Layout, letters
from bot.sheets.unread import unread
from handlers.reading.fold import clean, fold

LARGEST_FILE, LARGEST_UNPACKED = 20_000_000, 200_000_000  # bytes
MOST_ROWS = 200_000
LAST_ROW = 1_048_576  # of a sheet, as XLSX allows
COMMAS = ",;\t"  # what parts the cells of a CSV file, as the spreadsheet is set
LONGEST_CELL = 2_000  # characters that are looked at


@dataclass(slots=True)
class Problems:
    """What is wrong, each with its cell."""

    layout: Layout
    found: list[str] = field(default_factory=list)

    def add(self, place: str, code: str, **facts: object) -> None:
        """Note a problem of a cell, by its code in templates/sheets/network.toml."""
        self.found.append(f"{place}: {self.layout.problem(code, **facts)}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: the texts by column key, and the place of each cell."""

    number: int
    sheet: str
    cells: Mapping[str, str]
    columns: Mapping[str, int]

    def place(self, key: str) -> str:
        """Return where a cell is, as a spreadsheet says it: Nhân viên!D17."""
        return f"{self.sheet}!{letters(self.columns[key]) if key in self.columns else ''}{self.number}"


Tables = dict[str, list[Row]]


def read(files: Sequence[Path], layout: Layout, problems: Problems) -> Tables:
    """Return the rows of all tables in the files. Raises BadFile for one that cannot be read at all."""
    tables: Tables = {table: [] for table in TABLES}
    for file in files:
        try:
            if file.stat().st_size > LARGEST_FILE:
                raise BadFile(f"{file} is larger than {LARGEST_FILE:,} bytes; split it")
            sheets = _csv(file) if file.suffix.lower() == ".csv" else _workbook(file)
        except OSError as broken:
            raise BadFile(f"{file} cannot be read: {type(broken).__name__}") from broken
        known = False
        for name, rows in sheets:
            table = layout.table_of(name) or (_by_headings(rows, layout) if len(sheets) == 1 else None)
            if table is not None:
                known = True
                tables[table] += _table(name, rows, table, layout, problems)
        if not known:
            names = ", ".join(layout.sheet(table) for table in TABLES)
            problems.add(file.name, "no_sheet", known=names)
    if sum(map(len, tables.values())) > MOST_ROWS:
        raise BadFile(f"more than {MOST_ROWS:,} rows; split the file")
    return tables


Cells = list[list[str]]


def _workbook(file: Path) -> list[tuple[str, Cells]]:
    try:
        with zipfile.ZipFile(file) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise BadFile(f"{file} unpacks to more than {LARGEST_UNPACKED:,} bytes; split it")
            wrong = unread(packed)
        book = CalamineWorkbook.from_path(str(file))
        found = []
        for name, without_value in zip(book.sheet_names, wrong, strict=True):
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            found.append((name, _with_wrong([list(map(_text, row)) for row in rows], without_value)))
        return found
    except (zipfile.BadZipFile, CalamineError, LookupError, ValueError) as broken:
        raise BadFile(f"{file} is no XLSX workbook; save it as .xlsx, or as .csv in UTF-8") from broken


def _with_wrong(rows: Cells, wrong: Mapping[tuple[int, int], str]) -> Cells:
    """Put what cells without a value show into a sheet, under its headings."""
    width = len(rows[0]) if rows else 0
    for (row, column), text in sorted(wrong.items()):
        if column < width and row < LAST_ROW:
            rows += [[""] * width for _ in range(len(rows), row + 1)]
            rows[row][column] = text
    return rows


def _csv(file: Path) -> list[tuple[str, Cells]]:
    """A CSV file is one sheet; a cell that was guarded against formulas loses its guard."""
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as broken:
        raise BadFile(f"{file} is not UTF-8; save it as CSV UTF-8") from broken
    first = text.partition("\n")[0]  # the headings: none of them has such a mark in it
    comma = max(COMMAS, key=first.count)
    rows = [[_unguarded(cell) for cell in row] for row in csv.reader(io.StringIO(text), delimiter=comma)]
    return [(file.stem, rows)]


def _by_headings(rows: Cells, layout: Layout) -> str | None:
    """The table a lone sheet is, by its headings: the one with most of them."""
    headings = {fold(cell) for cell in rows[0]} if rows else set()
    known = {table: len(headings & set(map(fold, layout.columns(table).values()))) for table in TABLES}
    best = max(TABLES, key=lambda table: known[table])
    return best if known[best] > 1 else None


def _table(name: str, rows: Cells, table: str, layout: Layout, problems: Problems) -> list[Row]:
    head, *body = rows or [[]]
    keys = {fold(heading): key for key, heading in layout.columns(table).items()}
    columns: dict[str, int] = {}
    for place, heading in enumerate(head):
        key = keys.get(fold(heading))
        if key is None and heading:
            problems.add(f"{name}!{letters(place)}1", "strange_column", column=heading)
        elif key is not None:
            columns[key] = place
    wanted = [key for key in layout.columns(table) if key not in columns and key not in OPTIONAL]
    for place, key in enumerate(wanted, start=len(head)):  # where it can be put in
        problems.add(f"{name}!{letters(place)}1", "no_column", column=layout.columns(table)[key])
    return [
        Row(number, name, {key: row[at] if at < len(row) else "" for key, at in columns.items()}, columns)
        for number, row in enumerate(body, start=2)
        if any(row)
    ]


def _text(cell: object) -> str:
    """A cell as plain text: whole numbers without a point, days as dd/mm/yyyy."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    return clean(str(cell)[:LONGEST_CELL])


def _unguarded(cell: str) -> str:
    text = clean(cell[:LONGEST_CELL])
    return text.removeprefix("'")
