"""The law on the command line: quotes as JSON lines, and every parameter in force."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import TextIO

from bot.clock import LOCAL
from calculators.errors import BadRequest, Refusal
from calculators.law import Law
from calculators.quote import QuoteRequest, quote

LONGEST_LINE = 100_000  # characters: a request is a few hundred


def answer(line: str, law: Law) -> dict[str, object]:
    """Return the quote a JSON line asks for, or {"error": {code, field, message}}."""
    try:
        if len(line) > LONGEST_LINE:
            raise BadRequest(Refusal.OUT_OF_RANGE, "", f"a request has at most {LONGEST_LINE} characters")
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as broken:
            raise BadRequest(Refusal.NOT_AN_OBJECT, "", f"not JSON: {type(broken).__name__}") from broken
        return quote(QuoteRequest.parse(data), law).as_json()
    except BadRequest as refused:
        return {"error": refused.as_json()}


def quote_lines(lines: Iterable[str], out: TextIO) -> int:
    """Answer every line with a line; blank lines are passed over. Return 1 if any was refused."""
    law = Law.load()
    refused = 0
    for line in lines:
        if line.strip():
            said = answer(line, law)
            refused |= "error" in said
            out.write(json.dumps(said, ensure_ascii=False) + "\n")
            out.flush()
    return refused


def print_law(on: date | None, out: TextIO) -> int:
    """Print every parameter in force on a day (today when None): value, unit, since, trust, source."""
    law = Law.load()
    day = on or datetime.now(LOCAL).date()
    for row in law.in_force(day):
        cited = row.source.document + (f" art. {row.source.article}" if row.source.article else "")
        value = f"{row.value!s:>14} {row.unit.value:7}"
        out.write(f"{row.key:34} {value} since {row.since} {row.trust.value:9} {cited}\n")
    return 0
