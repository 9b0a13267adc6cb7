"""One table of a parameter file, read field by field: every problem is noted with place and remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from calculators.dated import Dated, Table
from calculators.trail import Source, Trust
from calculators.vocabulary import Unit

V = TypeVar("V")

_QUOTED = 'write an exact decimal in quotes, such as "0.22"'


class Row:
    """A table being read; what is wrong is noted in `problems` and reading goes on."""

    def __init__(self, where: str, content: object, problems: list[str]) -> None:
        self.where = where
        self.problems = problems
        self._content: dict[str, object] = dict(content) if isinstance(content, Mapping) else {}
        if not isinstance(content, Mapping):
            self.complain("is not a table; write it as a TOML table with its fields")

    def complain(self, problem: str) -> None:
        """Note a problem of this table."""
        self.problems.append(f"{self.where}: {problem}")

    def take(self, name: str, kind: type[V], *, remedy: str, optional: bool = False) -> V | None:
        """Take a field out of the table; note it when it is missing or of another type."""
        if name not in self._content:
            if not optional:
                self.complain(f"'{name}' is missing; {remedy}")
            return None
        value = self._content.pop(name)
        # to isinstance a bool is an int and a time of day is a date; neither is meant here
        other = (isinstance(value, bool) and kind is not bool) or isinstance(value, datetime)
        if other or not isinstance(value, kind):
            self.complain(f"'{name}' is {value!r}; {remedy}")
            return None
        return value

    def text(self, name: str, *, remedy: str, optional: bool = False) -> str | None:
        """Take a text that says something."""
        value = self.take(name, str, remedy=remedy, optional=optional)
        if value is not None and not value.strip():
            self.complain(f"'{name}' is empty; {remedy}")
            return None
        return value

    def choose(self, name: str, choices: tuple[str, ...]) -> str | None:
        """Take a text that must be one of `choices`."""
        remedy = f"write {', '.join(choices[:-1])} or {choices[-1]}"
        value = self.take(name, str, remedy=remedy)
        if value is not None and value not in choices:
            self.complain(f"'{name}' is {value!r}; {remedy}")
            return None
        return value

    def done(self) -> None:
        """Note every field that nobody asked for."""
        for name in self._content:
            self.complain(f"'{name}' is not known here; remove it or mend its spelling")


def dated(row: Row, key: str, unit: Unit, read: Callable[[Row, Unit], V | None]) -> Dated[V] | None:
    """Read one dated row, whose value `read` knows; None when anything in it is wrong."""
    since = row.take("from", date, remedy="write the first day it holds, such as 2027-01-01")
    value = read(row, unit)
    trust = row.choose("trust", tuple(Trust))
    checked = row.take("checked", date, remedy="write the day a person compared it with its source")
    source = _source(row, official=trust == Trust.OFFICIAL)
    row.done()
    if since is None or value is None or trust is None or checked is None or source is None:
        return None
    if source.issued and checked < source.issued:
        row.complain(f"'checked' {checked} is before its source was issued, {source.issued}; correct one")
    return Dated(key, value, unit, since, source, Trust(trust), checked)


def _source(row: Row, *, official: bool) -> Source | None:
    remedy = "cite it as { document = …, article = …, issued = … }"
    content = row.take("source", dict, remedy=remedy)
    if content is None:
        return None
    cited = Row(f"{row.where}, source", content, row.problems)
    document = cited.text("document", remedy=remedy)
    article = cited.text("article", remedy="name the article a person read", optional=not official)
    issued = cited.take("issued", date, remedy="write the day it was issued as a date", optional=True)
    url = cited.text("url", remedy="write its https address", optional=True)
    if url is not None and not url.startswith("https://"):
        cited.complain(f"'url' is {url!r}; write its https address")
    cited.done()
    return Source(document, article, issued, url) if document is not None else None


def number(row: Row, unit: Unit) -> Decimal | None:
    """Read 'value' in its unit: whole numbers bare, ratios and factors as exact decimals in quotes."""
    if unit.whole:
        whole = row.take("value", int, remedy=f"write {unit} as a whole number without quotes")
        return None if whole is None else _within(row, "value", Decimal(whole), unit)
    text = row.take("value", str, remedy=_QUOTED)
    return None if text is None else decimal(row, "value", text, unit)


def table(row: Row, unit: Unit) -> Table | None:
    """Read 'values', a table from consecutive years to exact decimals."""
    values = row.take("values", dict, remedy='write { 2008 = "2.29", … }, a decimal for each year')
    if values is None:
        return None
    read: dict[int, Decimal] = {}
    for name, value in values.items():
        if not (len(name) == 4 and name.isdecimal() and name.isascii()):
            row.complain(f"'values' has {name!r}; write four digits of a year")
        elif not isinstance(value, str):
            row.complain(f"'values.{name}' is {value!r}; {_QUOTED}")
        elif (exact := decimal(row, f"values.{name}", value, unit)) is not None:
            read[int(name)] = exact
    years = sorted(read)
    gaps = [year for year in range(years[0], years[-1]) if year not in read] if years else []
    if not years or gaps:
        row.complain(f"'values' lacks {gaps[0] if gaps else 'every year'}; give each year in a row its value")
        return None
    return {year: read[year] for year in years}


def decimal(row: Row, name: str, text: str, unit: Unit) -> Decimal | None:
    """Read an exact decimal within the bounds of its unit."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        row.complain(f"'{name}' is {text!r}; {_QUOTED}")
        return None
    return _within(row, name, value, unit)


def _within(row: Row, name: str, value: Decimal, unit: Unit) -> Decimal | None:
    most = {Unit.RATIO: Decimal(1), Unit.FLAG: Decimal(1)}.get(unit)
    if not value.is_finite() or value < 0 or (most is not None and value > most):
        row.complain(f"'{name}' is {value}; a {unit} lies between 0 and {most or 'any finite number'}")
        return None
    return value
