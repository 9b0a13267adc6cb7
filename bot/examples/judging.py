"""Each example is computed again and compared with what its source prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TextIO

from bot.examples.files import ids, mapping, read_examples, rows
from bot.examples.given import Given, Unread, as_number
from bot.examples.topics import TOPICS, find_topic
from calculators.errors import LawError
from calculators.law import Law
from calculators.months import PartialDate

__all__ = ["TOPICS", "Finding", "Verdict", "verify", "verify_file"]

_DAYS = {"old": date(2025, 6, 30), "new": date(2025, 7, 1)}
_HALF = Fraction(1, 2)


class Verdict(StrEnum):
    """What came of an example."""

    REPRODUCED = "reproduced"
    DIFFERS = "DIFFERS"
    ERROR_KEPT_OUT = "error of the source, not reproduced"
    ERROR_REPEATED = "ERROR OF THE SOURCE REPRODUCED"
    READ = "a rule to read"
    UNKNOWN_TOPIC = "UNKNOWN TOPIC"
    NO_ANSWER = "NO ANSWER"

    @property
    def fine(self) -> bool:
        """Tell whether nothing has to be done about it."""
        return self in (Verdict.REPRODUCED, Verdict.ERROR_KEPT_OUT, Verdict.READ)


@dataclass(frozen=True, slots=True)
class Finding:
    """An example, what came of it, and the figures that differ in words."""

    example: str
    topic: str
    verdict: Verdict
    detail: str = ""


def verify_file(path: Path, out: TextIO) -> int:
    """Compute every example of a file again and print each that does not come out; 1 if there is any."""
    findings = verify(read_examples(path), Law.load())
    for found in findings:
        if not found.verdict.fine or found.verdict is Verdict.READ:
            out.write(f"{found.example:22} {found.topic:36} {found.verdict.value}{found.detail}\n")
    for verdict in Verdict:
        count = sum(found.verdict is verdict for found in findings)
        if count:
            out.write(f"{count:5} {verdict.value}\n")
    bad = sum(not found.verdict.fine for found in findings)
    out.write("all reproduced\n" if not bad else f"{bad} of {len(findings)} do not come out\n")
    return 1 if bad else 0


def verify(data: Mapping[str, object], law: Law) -> list[Finding]:
    """Return what came of each example of a file that `read_examples` read, in its order."""
    meta = mapping(data.get("meta") or {}, "meta")
    wrong, read = ids(meta, "do_not_reproduce"), ids(meta, "rules_to_read_not_compute")
    findings = []
    for row in (*rows(data, "examples"), *rows(data, "derived_vectors")):
        name = str(row.get("id"))
        reproduces = row.get("reproduces", True)
        if name in read or isinstance(reproduces, str):
            findings.append(_read(row, name, law))
        else:
            error = name in wrong or reproduces is False
            findings.append(_judge(row, name, error=error, law=law))
    return findings


def _read(row: Mapping[str, object], name: str, law: Law) -> Finding:
    """Return a rule that is to be read, and say what the calculators make of it where they reach it."""
    judged = _judge(row, name, error=False, law=law)
    said = {Verdict.REPRODUCED: ", and it comes out as printed", Verdict.DIFFERS: judged.detail}
    return Finding(name, judged.topic, Verdict.READ, said.get(judged.verdict, ""))


def _judge(row: Mapping[str, object], name: str, *, error: bool, law: Law) -> Finding:
    topic = str(row.get("topic"))
    compute = find_topic(topic)
    if compute is None:
        return Finding(name, topic, Verdict.UNKNOWN_TOPIC)
    try:
        printed = mapping(row.get("published") or row.get("output"), "published")
        inputs = mapping(row.get("inputs", {}), "inputs")
        tolerance = as_number(row.get("tolerance", 0), "tolerance")
    except LawError as unread:
        return Finding(name, topic, Verdict.NO_ANSWER, f": {unread}")
    given = Given(inputs, _day(row, topic), law)
    made = _made(compute, given)
    if isinstance(made, str):
        return Finding(name, topic, Verdict.NO_ANSWER, made)
    differing = _differing(made, printed, tolerance)
    if error:
        if not differing:
            return Finding(name, topic, Verdict.ERROR_REPEATED)
        printed = mapping(row.get("recomputed") or {}, f"{name}: recomputed")
        differing = _differing(made, printed, tolerance)
    if not differing:
        return Finding(name, topic, Verdict.ERROR_KEPT_OUT if error else Verdict.REPRODUCED)
    said = "; ".join(f"{key} {_plain(made.get(key))}, printed {_plain(printed[key])}" for key in differing)
    passed_over = f"; not read: {', '.join(given.unused())}" if given.unused() else ""
    return Finding(name, topic, Verdict.DIFFERS, f": {said}{passed_over}")


def _day(row: Mapping[str, object], topic: str) -> date:
    """Return the day an example is computed on.

    It is the day or the year its inputs name, within the days of its law; without one the last day of the old
    law, or the first of the new.
    """
    old = row.get("law") == "old" or topic.endswith("_old")
    inputs = row.get("inputs")
    said = next((inputs[name] for name in ("on", "date", "year") if name in inputs), None) \
        if isinstance(inputs, Mapping) else None  # fmt: skip
    try:
        day = PartialDate.parse(str(said)).counted
    except ValueError:
        return _DAYS["old" if old else "new"]
    return min(day, _DAYS["old"]) if old else max(day, _DAYS["new"])


def _made(compute: Callable[[Given], Mapping[str, object]], given: Given) -> Mapping[str, object] | str:
    """Return what a topic makes of its inputs, or the sentence that says why it has no answer."""
    try:
        return compute(given)
    except LawError as refused:
        return f": {refused}"
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as unread:
        return f": inputs of another shape, {type(unread).__name__}: {str(unread)[:80]}"


def _differing(made: Mapping[str, object], printed: Mapping[str, object], tolerance: Decimal) -> list[str]:
    return [key for key, value in printed.items() if not _same(made.get(key), value, tolerance)]


def _same(made: object, printed: object, tolerance: Decimal) -> bool:
    """Tell whether a figure is the printed one; a fraction is compared as far as the source prints it."""
    if isinstance(made, bool) or isinstance(printed, bool) or made is None:
        return made is printed
    if isinstance(printed, Mapping) and isinstance(made, Mapping):
        return not _differing(made, printed, tolerance)
    if isinstance(printed, list):
        pairs = list(made) if isinstance(made, list | tuple) else [made]
        return len(pairs) == len(printed) and all(map(_same, pairs, printed, [tolerance] * len(printed)))
    if isinstance(made, int | Decimal | Fraction):
        return _close(Fraction(made), printed, tolerance, exact=not isinstance(made, Fraction))
    text, said = str(made), str(printed)
    return text in (said, f"{said}-01") or f"{text}-01" == said


def _close(made: Fraction, printed: object, tolerance: Decimal, *, exact: bool) -> bool:
    try:
        number = as_number(printed, "published")
    except Unread:
        return False
    if not exact:
        exponent = number.as_tuple().exponent
        shown = 10 ** -min(0, exponent if isinstance(exponent, int) else 0)
        made = Fraction((made * shown + _HALF).__floor__(), shown)
    return abs(made - Fraction(number)) <= Fraction(tolerance)


def _plain(value: object) -> str:
    """Return a figure in digits a person can compare."""
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 else f"{value} (about {value.__floor__()})"
    return ", ".join(map(_plain, value)) if isinstance(value, list | tuple) else str(value)
