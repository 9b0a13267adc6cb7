"""Whole answers of the calculators as text: every figure, text and refusal, one a line.

After a change of the law or of a rule: `python -m tests.law.answers` writes them anew; read the difference.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calculators.errors import BadRequest
from calculators.law import Law
from calculators.registry import find

CASES = Path(__file__).parent / "cases" / "calc"
ANSWERS = Path(__file__).parent / "answers"


@dataclass(frozen=True)
class Case:
    name: str
    row: dict[str, Any]
    expected: str


def cases() -> list[Case]:
    """Every case of the tables with the answer that is kept of it, empty where there is none yet."""
    found = []
    for table in sorted(CASES.glob("*.toml")):
        file = ANSWERS / f"{table.stem}.txt"
        kept = dict(_kept(file.read_text("utf-8"))) if file.exists() else {}
        for row in tomllib.loads(table.read_text("utf-8"))["case"]:
            name = f"{row['calculator']}: {row['name']}"
            found.append(Case(name, row, kept.get(name, "")))
    return found


def _kept(text: str) -> Iterator[tuple[str, str]]:
    for block in text.split("\n\n"):
        name, _, answer = block.strip("\n").partition("\n")
        yield name.removeprefix("# "), answer


def answer(row: dict[str, Any], law: Law) -> str:
    """Answer a case in full."""
    try:
        return "\n".join(_lines(find(row["calculator"]).answer(row["given"], law), ""))
    except BadRequest as refused:
        return f"refused {refused.code} {refused.field}: {refused.message}"


def _lines(value: Any, path: str) -> Iterator[str]:
    """Flatten JSON: a line a figure; a line of a trail, a source or a sum of amounts stands on one."""
    if isinstance(value, dict) and value.keys() >= {"what", "because", "trust"}:
        yield f"{path} {_line(value)}"
    elif isinstance(value, dict) and "document" in value:
        yield f"{path} {_source(value)}"
    elif (
        isinstance(value, dict)
        and value
        and not any(isinstance(each, dict | list) for each in value.values())
    ):
        yield f"{path} " + ", ".join(f"{name} {each}" for name, each in value.items())
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _lines(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for place, each in enumerate(value):
            yield from _lines(each, f"{path}.{place}")
    else:
        yield f"{path} {value}"


def _line(line: dict[str, Any]) -> str:
    how = " ".join(f"{term['op']} {term['value']} {term['unit']}" for term in line["how"])
    because = "; ".join(map(_source, line["because"]))
    figure = f"{line['what']} {line['value']} {line['unit']} on {line['on']}"
    scenario = f" {line['scenario']}" if line["scenario"] else ""
    return f"{figure}{scenario}{f' ({how})' if how else ''} [{because}] {line['trust']}"


def _source(source: dict[str, Any]) -> str:
    return " ".join(str(source[name]) for name in ("document", "article", "issued") if source.get(name))


def renew() -> None:
    """Write every answer anew."""
    law = Law.load()
    for file in ANSWERS.glob("*.txt"):
        file.unlink()
    for table in sorted(CASES.glob("*.toml")):
        rows = tomllib.loads(table.read_text("utf-8"))["case"]
        blocks = [f"# {row['calculator']}: {row['name']}\n{answer(row, law)}\n" for row in rows]
        (ANSWERS / f"{table.stem}.txt").write_text("\n".join(blocks), "utf-8")


if __name__ == "__main__":
    renew()
