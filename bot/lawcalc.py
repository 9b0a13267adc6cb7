"""Worked examples of the law on the command line: each is computed again and compared with its print."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TextIO

import yaml

from calculators import support
from calculators.business_household import owner_cost
from calculators.contribution import maximum_income, minimum_income, monthly, nearest_incomes
from calculators.dated import Series
from calculators.errors import LawError
from calculators.law import Law
from calculators.lump_sum import LumpCase, Served, lump_sum
from calculators.money import dong
from calculators.months import PartialDate
from calculators.pension import one_off, pension_amount, pension_rate, percent, years_counted
from calculators.retirement import Sex, retirement
from calculators.support import Entitlement, Group
from calculators.survivors import funeral, pensioner_death

LARGEST_FILE = 2_000_000  # bytes: a file of a hundred examples has 40,000

Inputs = Mapping[str, object]
Outputs = Mapping[str, object]
Topic = Callable[[Inputs, date, Law], Outputs]

_DAYS = {"old": date(2025, 6, 30), "new": date(2025, 7, 1)}
_SEXES = {"F": Sex.FEMALE, "M": Sex.MALE}
_GROUPS = {**{group.value: group for group in Group}, "island_commune": Group.ISLAND}
_PERIOD = re.compile(r"(?:(\d{1,3})y)?(?:(\d{1,3})m)?", re.ASCII)
_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?", re.ASCII)


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


class ExamplesError(LawError):
    """A file of examples that cannot be read; the message says what to mend."""


class _ExactLoader(yaml.SafeLoader):
    """Plain YAML whose numbers with a point are exact decimals."""


def _decimal(_: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    try:
        return Decimal(node.value.replace("_", ""))
    except InvalidOperation:
        raise ExamplesError(f"{node.value[:40]!r} is no number; write digits and a point") from None


_ExactLoader.add_constructor("tag:yaml.org,2002:float", _decimal)


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


def read_examples(path: Path) -> Mapping[str, object]:
    """Read a file of examples. Raises ExamplesError for one that is missing, too large or not such a file."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ExamplesError(f"{path} is larger than {LARGEST_FILE:,} bytes; split it")
        # the loader is a SafeLoader: it makes plain values only
        data = yaml.load(path.read_text("utf-8"), Loader=_ExactLoader)  # noqa: S506
    except (OSError, UnicodeDecodeError, ValueError, RecursionError, yaml.YAMLError) as broken:
        raise ExamplesError(f"{path} cannot be read as YAML: {type(broken).__name__}") from broken
    if not isinstance(data, Mapping) or not isinstance(data.get("examples"), list):
        raise ExamplesError(f"{path} has no list `examples`; write one, and `meta` before it")
    return data


def verify(data: Mapping[str, object], law: Law) -> list[Finding]:
    """Return what came of each example of a file that `read_examples` read, in its order."""
    meta = _mapping(data.get("meta") or {}, "meta")
    wrong, read = _ids(meta, "do_not_reproduce"), _ids(meta, "rules_to_read_not_compute")
    findings = []
    for row in (*_rows(data, "examples"), *_rows(data, "derived_vectors")):
        name, topic = str(row.get("id")), str(row.get("topic"))
        if name in read:
            findings.append(Finding(name, topic, Verdict.READ))
        else:
            findings.append(_judge(row, name, topic, error=name in wrong, law=law))
    return findings


def _judge(row: Mapping[str, object], name: str, topic: str, *, error: bool, law: Law) -> Finding:
    if topic not in TOPICS:
        return Finding(name, topic, Verdict.UNKNOWN_TOPIC)
    printed = _mapping(row.get("published") or row.get("output"), f"{name}: published")
    tolerance = Decimal(str(row.get("tolerance", 0)))
    on = _DAYS["old" if row.get("law") == "old" or topic.endswith("_old") else "new"]
    try:
        made = TOPICS[topic](_mapping(row.get("inputs"), f"{name}: inputs"), on, law)
    except LawError as refused:
        return Finding(name, topic, Verdict.NO_ANSWER, f": {refused}")
    except (KeyError, TypeError, ValueError, ArithmeticError) as unread:
        return Finding(name, topic, Verdict.NO_ANSWER, f": inputs of another shape, {type(unread).__name__}")
    differing = [key for key, value in printed.items() if not _same(made.get(key), value, tolerance)]
    if error:
        right = _mapping(row.get("recomputed") or {}, f"{name}: recomputed")
        if not differing:
            return Finding(name, topic, Verdict.ERROR_REPEATED)
        differing = [key for key, value in right.items() if not _same(made.get(key), value, tolerance)]
        printed = right
    if not differing:
        return Finding(name, topic, Verdict.ERROR_KEPT_OUT if error else Verdict.REPRODUCED)
    said = "; ".join(f"{key} {made.get(key)}, printed {printed[key]}" for key in differing)
    return Finding(name, topic, Verdict.DIFFERS, f": {said}")


def _same(made: object, printed: object, tolerance: Decimal) -> bool:
    if isinstance(made, bool) or isinstance(printed, bool):
        return made is printed
    if isinstance(made, int | Decimal) and isinstance(printed, int | Decimal):
        return abs(Decimal(made) - Decimal(printed)) <= tolerance
    return made == printed


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ExamplesError(f"{where} is no mapping; write `name: value` lines under it")
    return value


def _rows(data: Mapping[str, object], name: str) -> Iterable[Mapping[str, object]]:
    rows = data.get(name) or []
    if not isinstance(rows, list):
        raise ExamplesError(f"{name} is no list; write `- id: …` for each example")
    return [_mapping(row, f"{name}, number {place}") for place, row in enumerate(rows, start=1)]


def _ids(meta: Mapping[str, object], name: str) -> frozenset[str]:
    listed = meta.get(name) or []
    if not isinstance(listed, list):
        raise ExamplesError(f"meta.{name} is no list; write one id on each line")
    return frozenset(str(item) for item in listed)


def supposing(law: Law, on: date, numbers: Mapping[str, Decimal]) -> Law:
    """Return the law as an example supposes it: these numbers in the place of those in force on a day."""
    changed = {
        key: Series(key, law.number(key).kind, (replace(law.number(key).on(on), value=value),))
        for key, value in numbers.items()
    }
    return replace(law, numbers={**law.numbers, **changed})


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError("write a number")
    return Decimal(value)


def _months(inputs: Inputs) -> int:
    """Return whole months from `time: 19y7m`, or from `years` and `months`."""
    if "time" in inputs:
        found = _PERIOD.fullmatch(str(inputs["time"]))
        if not found or not any(found.groups()):
            raise ValueError("write a period as 19y7m")
        return int(found[1] or 0) * 12 + int(found[2] or 0)
    if "years" not in inputs and "months" not in inputs:
        raise KeyError("months")
    return int(_number(inputs.get("years", 0)) * 12 + _number(inputs.get("months", 0)))


_SUPPOSED = {
    "rural_poverty_line": "rural_poverty_line",
    "reference_level": "reference_level",
    "rate": "contribution_rate",
}


def _assumed(inputs: Inputs, on: date, law: Law) -> Law:
    numbers = {key: _number(inputs[name]) for name, key in _SUPPOSED.items() if name in inputs}
    rates = inputs.get("support")
    if isinstance(rates, Mapping):
        numbers |= {support.central_key(_GROUPS[name]): _number(rate) for name, rate in rates.items()}
    return supposing(law, on, numbers)


def _contribution(inputs: Inputs, on: date, law: Law) -> Outputs:
    law, income = _assumed(inputs, on, law), int(_number(inputs["income"]))
    paid = {
        name: monthly(income, Entitlement(group), supported=True, on=on, law=law)
        for name, group in _GROUPS.items()
    }
    return {"gross": paid["other"].gross} | {name: month.to_pay for name, month in paid.items()}


def _supports(inputs: Inputs, on: date, law: Law) -> Outputs:
    law = _assumed(inputs, on, law)
    each = {name: dong(support.central(group, on=on, law=law)) for name, group in _GROUPS.items()}
    return {"min_gross": dong(support.base(on=on, law=law)), **each}


def _best(inputs: Inputs, on: date, law: Law) -> Outputs:
    cases = inputs["groups"]
    if not isinstance(cases, list):
        raise TypeError("groups is a list of lists")
    won = [support.best([_GROUPS[name] for name in case], on=on, law=law) for case in cases]
    rates = [percent(law.number(support.central_key(group)).on(on).value) for group in won]
    return {f"case{place}": rate for place, rate in enumerate(rates, start=1)}


def _local(inputs: Inputs, on: date, law: Law) -> Outputs:
    base = support.base(on=on, law=_assumed(inputs, on, law))
    rates = {name: _number(rate) for name, rate in inputs.items() if name.startswith("local_")}
    return {name: dong(base * rate) for name, rate in rates.items()}


def _limits(inputs: Inputs, on: date, law: Law) -> Outputs:
    law = _assumed(inputs, on, law)
    rate = law.number("contribution_rate").on(on).value
    least, most = minimum_income(on=on, law=law).value, maximum_income(on=on, law=law)
    candidates = inputs.get("candidates", [])
    if not isinstance(candidates, list):
        raise TypeError("candidates is a list")
    return {
        "min_income": least, "max_income": most,
        "min_gross": dong(rate * least), "max_gross": dong(rate * most),
    } | {f"c{income}": nearest_incomes(income, on=on, law=law)[0] for income in candidates}  # fmt: skip


def _limits_2019(inputs: Inputs, on: date, law: Law) -> Outputs:
    halves = {}
    for half in ("h1", "h2"):
        known = {"reference_level": inputs[f"base_salary_{half}_2019"], **inputs}
        halves[half] = _limits(known, on, law)
    return {"min": halves["h1"]["min_gross"]} | {
        f"max_{key}": made["max_gross"] for key, made in halves.items()
    }


def _rate(inputs: Inputs, on: date, law: Law) -> Outputs:
    months = _months(inputs)
    rate = percent(pension_rate(_SEXES[str(inputs["sex"])], months, on=on, law=law))
    return {"rate": rate, "rate_percent": rate, "years": years_counted(months, on=on, law=law)}


def _pension(inputs: Inputs, on: date, law: Law) -> Outputs:
    rate = pension_rate(_SEXES[str(inputs["sex"])], _months(inputs), on=on, law=law)
    amount = pension_amount(Fraction(_number(inputs["average_income"])), rate)
    return {"rate_percent": percent(rate), "pension": amount}


def _rounding(inputs: Inputs, _: date, law: Law) -> Outputs:
    return {"years": years_counted(_months(inputs), on=_DAYS["new"], law=law)}


def _retirement(inputs: Inputs, _: date, law: Law) -> Outputs:
    reached = retirement(_SEXES[str(inputs["sex"])], PartialDate.parse(str(inputs["birth"])), law=law)
    return {"age": f"{reached.age.years}y{reached.age.months}m", "pension_from": str(reached.pension_from)}


def _average(inputs: Inputs, _: date, law: Law) -> Outputs:
    on = date(int(_number(inputs["benefit_year"])), 1, 1)
    spans, table = inputs["incomes"], law.table("income_coefficient").on(on).value
    if not isinstance(spans, Mapping):
        raise TypeError("incomes is a mapping of years")
    total, months = Decimal(0), 0
    for span, income in spans.items():
        found = _YEARS.fullmatch(str(span))
        if not found:
            raise ValueError("write years as 2016-2021")
        for year in range(int(found[1]), int(found[2] or found[1]) + 1):
            total, months = total + 12 * _number(income) * table[year], months + 12
    return {"sum": total, "average": dong(total / months)}


def _owner(inputs: Inputs, on: date, law: Law) -> Outputs:
    cost = owner_cost(on=on, law=supposing(law, on, {"reference_level": _number(inputs["base"])}))
    return {"social_25pct": cost.social, "health_4_5pct": cost.health, "total": cost.total}


def _one_off(inputs: Inputs, on: date, law: Law) -> Outputs:
    months, after = _months(inputs), int(_number(inputs.get("years_after_age", 0)) * 12)
    average = Fraction(_number(inputs["average"]))
    sex = _SEXES[str(inputs["sex"])]
    return {"amount": one_off(sex, months, average, months_at_age=months - after, on=on, law=law)}


def _served(inputs: Inputs) -> Served:
    def part(name: str) -> int:
        if text := inputs.get(name):
            return _months({"time": text})
        years, months = inputs.get(f"years_{name}", 0), inputs.get(f"months_{name}", 0)
        return int(_number(years) * 12 + _number(months))

    return Served(part("before_2014"), part("from_2014"))


def _lump_sum(inputs: Inputs, on: date, law: Law) -> Outputs:
    served = _served(inputs)
    average = _number(inputs.get("average_income", inputs.get("average", 0)))
    # who paid so many months on this income paid the rate of it each month
    paid = dong(served.months * average * law.number("contribution_rate").on(on).value)
    made = lump_sum(served, Fraction(average), LumpCase.STOPPED_PAYING, on=on, law=law, paid=paid)
    return {
        "months": made.times,
        "months_of_average": made.times,
        "years_before": made.years_before_2014,
        "years_after": made.years_from_2014,
        "amount": made.amount,
    }


def _funeral(inputs: Inputs, on: date, law: Law) -> Outputs:
    levels = inputs["reference_level"]
    if not isinstance(levels, list):
        raise TypeError("reference_level is a list, of 2025 and of July 2026")
    paid = {}
    for name, level in zip(("y2025", "from_2026_07"), levels, strict=True):
        known = supposing(law, on, {"reference_level": _number(level)})
        found = funeral(0, 0, pensioner=True, on=on, law=known)
        paid[name] = found.amount if found else None
    return paid


def _pensioner_death(inputs: Inputs, on: date, law: Law) -> Outputs:
    drawn, pension = int(_number(inputs["months_drawn"])), int(_number(inputs.get("pension", 0)))
    found = pensioner_death(drawn, pension, on=on, law=law)
    return {"months_of_pension": found.times, "amount": found.amount}


TOPICS: Mapping[str, Topic] = {
    "monthly_contribution": _contribution,
    "state_support_monthly": _supports,
    "state_support_monthly_old": _supports,
    "support_2027": _supports,
    "support_choose_highest": _best,
    "local_topup_total": _local,
    "income_floor_ceiling": _limits,
    "limits": _limits,
    "min_max_2019": _limits_2019,
    "pension_rate": _rate,
    "pension_amount": _pension,
    "rounding_odd_months": _rounding,
    "retirement_age": _retirement,
    "average_income": _average,
    "business_household_compulsory": _owner,
    "one_off_on_retirement": _one_off,
    "funeral": _funeral,
    "pensioner_death_lump": _pensioner_death,
    "lump_sum": _lump_sum,
    "lump_sum_below_one_year": _lump_sum,
    "lump_sum_odd_months": _lump_sum,
}
