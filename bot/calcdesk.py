"""Every calculator on the command line: JSON lines in and out, their list and their schemas."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TextIO

from calculators.errors import BadRequest, Refusal
from calculators.law import Law
from calculators.registry import CALCULATORS, find

LONGEST_LINE = 100_000  # characters: a request is a few hundred


def answer(name: str, line: str, law: Law) -> dict[str, object]:
    """Return what a calculator says to a request in JSON, or {"error": {code, field, message}}."""
    try:
        calculator = find(name)
        if len(line) > LONGEST_LINE:
            raise BadRequest(Refusal.OUT_OF_RANGE, "", f"a request has at most {LONGEST_LINE} characters")
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as broken:
            raise BadRequest(Refusal.NOT_AN_OBJECT, "", f"not JSON: {type(broken).__name__}") from broken
        return calculator.answer(data, law)
    except BadRequest as refused:
        return {"error": refused.as_json()}


def calc_lines(name: str, lines: Iterable[str], out: TextIO) -> int:
    """Answer every line with a line; blank lines are passed over. Return 1 if any was refused.

    Raises BadRequest for a calculator that does not exist.
    """
    find(name)
    law = Law.load()
    refused = 0
    for line in lines:
        if line.strip():
            said = answer(name, line, law)
            refused |= "error" in said
            out.write(json.dumps(said, ensure_ascii=False) + "\n")
            out.flush()
    return refused


def print_calculators(out: TextIO) -> int:
    """Print the name of every calculator and what it works out."""
    out.writelines(f"{each.name:22} {each.about}\n" for each in CALCULATORS.values())
    return 0


def print_schema(name: str, out: TextIO) -> int:
    """Print the JSON Schema of a calculator's request and result. Raises BadRequest for no such name."""
    out.write(json.dumps(find(name).schema(), ensure_ascii=False, indent=2) + "\n")
    return 0
