"""Case tables: rows of TOML, each with a name, a reason and a source."""

import tomllib
from pathlib import Path

import pytest

_CASES = Path(__file__).parent / "cases"


def cases(file: str):
    """Return the rows of a table as parameters of a test, named as the table names them."""
    rows = tomllib.loads((_CASES / file).read_text(encoding="utf-8"))["case"]
    return [pytest.param(row, id=row["name"]) for row in rows]
