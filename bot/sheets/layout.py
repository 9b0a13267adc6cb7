"""The workbook's layout: which sheets and columns there are, and how problems are worded."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from handlers.reading.fold import fold
from handlers.reading.languages import language_names

_FILE = Path(__file__).parent.parent.parent / "templates" / "sheets" / "network.toml"
TABLES = ("organisations", "points", "collectors")  # in the order they are read: each names the one before
OPTIONAL = frozenset(
    ("share", "province", "heads_point", "days_off", "per_day", "languages", "active_from", "active_until")
)


@dataclass(frozen=True)
class Layout:
    """The words of the workbook."""

    content: Mapping[str, Any]

    @staticmethod
    @cache
    def load() -> Layout:
        """Read it once per process."""
        return Layout(MappingProxyType(tomllib.loads(_FILE.read_text("utf-8"))))

    def sheet(self, table: str) -> str:
        """Return the name of a table's sheet."""
        return str(self.content["sheets"][table])

    def columns(self, table: str) -> Mapping[str, str]:
        """Return a table's columns: key → heading."""
        columns: Mapping[str, str] = self.content[table]
        return columns

    def table_of(self, sheet: str) -> str | None:
        """Return the table a sheet's name means, however it is written; None for none."""
        return next((table for table in TABLES if fold(self.sheet(table)) == fold(sheet)), None)

    def problem(self, code: str, **facts: object) -> str:
        """Word a problem."""
        return str(self.content["problems"][code]).format(**facts)

    @property
    def languages(self) -> Mapping[str, str]:
        """Return the languages: code → name, as the workbook writes it."""
        return language_names("vi")

    @property
    def weekdays(self) -> list[str]:
        """Return the short names of the days of the week, from Monday."""
        return list(self.content["words"]["weekdays"])

    def yes_no(self, *, yes: bool) -> str:
        """Return the word for yes or no."""
        return str(self.content["words"]["yes" if yes else "no"])

    @property
    def none(self) -> list[str]:
        """Return the words that say that somebody has no days off, or none any more."""
        return list(self.content["words"]["none"])


def letters(column: int) -> str:
    """Return the letters a spreadsheet gives a column, counted from 0: A, B, … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
