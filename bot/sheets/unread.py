"""Cells of an XLSX workbook that hold no value: errors, and formulas nobody has calculated yet.

The reader of workbooks gives such a cell as an empty one, which would be taken for "nothing was said".
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator

from handlers.reading.fold import clean

UNCALCULATED = "#FORMULA"  # the text of a formula without a result, beside #REF! and its like

_ERROR = re.compile(r"#(?:[A-Z][A-Z0-9/_]*[!?]|N/A|GETTING_DATA|FORMULA)", re.ASCII)
_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SHEET = re.compile(r"<(?:\w+:)?sheet\s([^>]*)>")
_LINK = re.compile(r"<(?:\w+:)?Relationship\s([^>]*)>")
_ROW_OR_CELL = re.compile(
    r"<(?:\w+:)?(?:row\b(?P<row>[^>]*)|c\b(?P<cell>[^>]*?)(?:/|>(?P<holds>.*?)</(?:\w+:)?c))>", re.DOTALL
)
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*["']([^"']*)["']""")
_FORMULA = re.compile(r"<(?:\w+:)?f\b")
_VALUE = re.compile(r"<(?:\w+:)?v\b[^>]*?(?:/>|>([^<]*))")
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def is_error(text: str) -> bool:
    """Tell whether a cell's text is a spreadsheet's error, also as a CSV file has it: #REF!, #N/A, …."""
    return _ERROR.fullmatch(text) is not None


def unread(packed: zipfile.ZipFile) -> list[dict[tuple[int, int], str]]:
    """Return for each sheet, in the order of the workbook, its cells without a value.

    They are keyed by row and column, counted from 0, and hold the error or UNCALCULATED. Raises KeyError
    for a workbook whose parts are missing.
    """
    links = {}
    for found in _LINK.finditer(_part(packed, _LINKS)):
        link = dict(_ATTRIBUTE.findall(found[1]))
        links[link.get("Id")] = posixpath.join("/xl", link.get("Target", "")).lstrip("/")
    sheets = [dict(_ATTRIBUTE.findall(found[1])) for found in _SHEET.finditer(_part(packed, _BOOK))]
    ids = [next((value for name, value in one.items() if name.endswith(":id")), None) for one in sheets]
    return [dict(_of_sheet(_part(packed, links[one]))) for one in ids]


def _part(packed: zipfile.ZipFile, name: str) -> str:
    return packed.read(name).decode("utf-8", "replace")


def _of_sheet(content: str) -> Iterator[tuple[tuple[int, int], str]]:
    row, column = -1, -1
    for found in _ROW_OR_CELL.finditer(content):
        said = dict(_ATTRIBUTE.findall(found["row"] or found["cell"] or ""))
        if found["row"] is not None:
            row, column = int(said.get("r", row + 2)) - 1, -1
            continue
        named = _PLACE.fullmatch(said.get("r", ""))  # a cell need not say where it is: the next one then
        column = _column(named[1]) if named else column + 1
        wrong = _wrong(said.get("t", "n"), found["holds"] or "")
        if wrong:
            yield (row, column), wrong


def _wrong(kind: str, holds: str) -> str:
    """Return the error a cell shows, UNCALCULATED for a formula without a result; empty for any other."""
    value = _VALUE.search(holds)
    if kind == "e":
        shown = clean(value[1] or "") if value else ""
        return shown if is_error(shown) else "#ERROR!"
    empty_text = kind == "str" and value is not None  # ="" has been calculated, and is nothing
    if _FORMULA.search(holds) and not empty_text and not (value and value[1]):
        return UNCALCULATED
    return ""


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
