"""The inputs of an example, read liberally: what cannot be read is said in a sentence with what to write."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from calculators.dated import Dated, Series
from calculators.errors import LawError
from calculators.law import Law
from calculators.lump_sum import Served
from calculators.months import Month, PartialDate
from calculators.retirement import Sex
from calculators.trail import Source, Trust
from calculators.vocabulary import PARAMETERS

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:([.,_ ])\d{3})(?:\1\d{3})*", re.ASCII)
_YEARS_IN = re.compile(r"(\d+(?:\.\d+)?)\s*(?:y|năm)", re.ASCII | re.IGNORECASE)
_MONTHS_IN = re.compile(r"(\d+)\s*(?:m|th)", re.ASCII | re.IGNORECASE)
_DATE = re.compile(r"\d{4}(?:-\d{2}){0,2}", re.ASCII)
_SEXES = {
    **dict.fromkeys(("f", "female", "nữ", "woman"), Sex.FEMALE),
    **dict.fromkeys(("m", "male", "nam", "man"), Sex.MALE),
}
_YES = ("yes", "true", "có")
_FROM_2014 = Month(2014, 1)
_DIGITS = 15
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_MOST = 36_500  # days of a century


class Unread(LawError):
    """An input of an example that is missing or cannot be read: its name, and what to write."""


@dataclass
class Given:
    """The inputs of one example, the day it is computed on, and the law it is computed by.

    `used` gathers the names of inputs that were read, so that the others can be told.
    """

    inputs: Mapping[str, object]
    on: date
    law: Law
    used: set[str] = field(default_factory=set)

    def unused(self) -> list[str]:
        """Return the names of inputs that nothing read, in their order."""
        return [str(name) for name in self.inputs if name not in self.used]

    def has(self, *names: str) -> bool:
        """Tell whether any of `names` is given."""
        return any(self.inputs.get(name) is not None for name in names)

    def take(self, *names: str) -> object:
        """Return the first of `names` that is given; raises Unread when none is."""
        for name in names:
            if self.inputs.get(name) is not None:
                self.used.add(name)
                return self.inputs[name]
        raise Unread(f"'{names[0]}' is missing; write it under `inputs`")

    def number(self, *names: str, default: int | Decimal | None = None) -> Decimal:
        """Return a number: digits, with or without grouping, a decimal point, or a percent sign."""
        if default is not None and not self.has(*names):
            return Decimal(default)
        return as_number(self.take(*names), names[0])

    def whole(self, *names: str, default: int | None = None) -> int:
        """Return a whole number."""
        value = self.number(*names, default=default)
        if value != value.to_integral_value():
            raise Unread(f"'{names[0]}' is {value}; write a whole number")
        return int(value)

    def count(self, *names: str, default: int | None = None) -> int:
        """Return a whole number of months, days or people that a life or a household can have."""
        value = self.whole(*names, default=default)
        if value > _MOST:
            raise Unread(f"'{names[0]}' is {value:,}; write a number up to {_MOST:,}")
        return value

    def ratio(self, *names: str, default: Decimal | None = None) -> Decimal:
        """Return a share: 0.75, 75 and 75% are the same."""
        if default is not None and not self.has(*names):
            return default
        return as_ratio(self.take(*names), names[0])

    def flag(self, *names: str) -> bool:
        """Tell whether something is so; not given, it is not."""
        if not self.has(*names):
            return False
        value = self.take(*names)
        return value if isinstance(value, bool) else str(value).strip().lower() in _YES

    def sex(self) -> Sex:
        """Return the sex: F or M, or a word for it."""
        said = str(self.take("sex", "gender"))
        sex = _SEXES.get(said.strip().lower())
        if sex is None:
            raise Unread(f"'sex' is {said[:20]!r}; write F or M")
        return sex

    def period(self, *names: str) -> int:
        """Return whole months from a period as 19y7m, 60 months, [years, months], or bare years."""
        return as_period(self.take(*names), names[0])

    def months(self) -> int:
        """Return the months paid: `time: 19y7m`, `years` and `months`, or a `period: 2005-10..2017-03`."""
        if self.has("time", "contributed"):
            return self.period("time", "contributed")
        if self.has("years", "months"):
            return whole_months(self.number("years", default=0), self.number("months", default=0), "months")
        if self.has("period", "periods"):
            return sum(last - first + 1 for first, last in self.spans("period", "periods"))
        if self.has("total"):
            return self.period("total")
        raise Unread("'months' is missing; write months, years, time: 19y7m or period: 2005-10..2017-03")

    def served(self) -> Served:
        """Return the months before 2014 and from 2014 on, from parts, a total and a part, or periods."""
        parts = [self._part(name) for name in ("before_2014", "from_2014")]
        if parts == [None, None] and self.has("period", "periods"):
            return served_in(self.spans("period", "periods"))
        if None in parts and self.has("total", "time", "years", "months") and parts != [None, None]:
            known = sum(part for part in parts if part is not None)
            parts = [self.months() - known if part is None else part for part in parts]
        if parts == [None, None]:
            raise Unread("'months_before_2014' and 'months_from_2014' are missing; write them, or a period")
        before, after = (part or 0 for part in parts)
        if before < 0 or after < 0:
            raise Unread("the part before or from 2014 is longer than the whole; mend one of them")
        return Served(before, after)

    def _part(self, name: str) -> int | None:
        short = name.replace("_2014", "")
        if self.has(name):
            return self.period(name)
        years, months = (f"years_{name}", f"years_{short}"), (f"months_{name}", f"months_{short}")
        if not self.has(*years, *months):
            return None
        return whole_months(self.number(*years, default=0), self.number(*months, default=0), name)

    def spans(self, *names: str) -> list[tuple[Month, Month]]:
        """Return stretches of months, each written 2005-10..2017-03; one of them or a list."""
        return [as_span(item, names[0]) for item in self.items(*names)]

    def born(self) -> PartialDate:
        """Return a birth date of which the day or the month may be unknown."""
        return self.partial("birth", "born")

    def partial(self, *names: str) -> PartialDate:
        """Return a date of which parts may be unknown; words behind it are passed over."""
        text = str(self.take(*names))
        found = _DATE.match(text)
        try:
            return PartialDate.parse(found[0] if found else "")
        except ValueError:
            raise Unread(f"'{names[0]}' is {text[:30]!r}; write YYYY, YYYY-MM or YYYY-MM-DD") from None

    def year(self, *names: str) -> int:
        """Return a calendar year."""
        value = self.whole(*names)
        if not _FIRST_YEAR <= value <= _LAST_YEAR:
            raise Unread(f"'{names[0]}' is {value}; write a year from {_FIRST_YEAR} to {_LAST_YEAR}")
        return value

    def items(self, *names: str) -> list[object]:
        """Return a list; one value is a list of one."""
        value = self.take(*names)
        if value == []:
            raise Unread(f"'{names[0]}' is empty; write its items")
        return value if isinstance(value, list) else [value]

    def supposing(self, **numbers: Decimal) -> Given:
        """Return the same inputs under a law that has these numbers on the day."""
        return replace(self, law=supposing(self.law, self.on, numbers))

    def at(self, on: date) -> Given:
        """Return the same inputs on another day."""
        return replace(self, on=on)


def as_number(value: object, name: str) -> Decimal:
    """Read a number of any size that money or time can have; raises Unread."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = Decimal(value)
        if not number.is_finite() or number < 0 or number.adjusted() > _DIGITS:
            raise Unread(f"'{name}' is {str(value)[:30]}; write a number from 0 to {10**_DIGITS:,}")
        return number
    text = str(value).strip().removesuffix("đ").removesuffix("%").strip()
    if grouped := _GROUPED.fullmatch(text):
        text = text.replace(grouped[1], "")
    if not isinstance(value, str) or not _NUMBER.fullmatch(text):
        raise Unread(f"'{name}' is {str(value)[:30]!r}; write a number")
    return as_number(Decimal(text), name)


def as_ratio(value: object, name: str) -> Decimal:
    """Read a share as a ratio: what is over 1, or has a percent sign, is a percentage; raises Unread."""
    number = as_number(value, name)
    return number / 100 if number > 1 or str(value).strip().endswith("%") else number


def as_period(value: object, name: str) -> int:
    """Read whole months: 19y7m, 7m, 15 (years), [19, 7] or 2005-10..2017-03; raises Unread."""
    if isinstance(value, list | tuple) and len(value) == 2:  # years and months
        return whole_months(as_number(value[0], name), as_number(value[1], name), name)
    text = str(value)
    if ".." in text:
        first, last = as_span(text, name)
        return last - first + 1
    years, months = _YEARS_IN.search(text), _MONTHS_IN.search(text)
    if years or months:
        return whole_months(Decimal(years[1] if years else 0), Decimal(months[1] if months else 0), name)
    return whole_months(as_number(value, name), Decimal(0), name)


def whole_months(years: Decimal, months: Decimal, name: str) -> int:
    """Return years and months as months; raises Unread where a part of a month is left: none is cut off."""
    whole = years * 12 + months
    if whole != whole.to_integral_value():
        raise Unread(f"'{name}' is {whole} months; write years and whole months, as 15y7m")
    return int(whole)


def as_month(value: object, name: str) -> Month:
    """Read a month, 2016-04, or the month of a day; raises Unread."""
    try:
        return Month.parse(str(value)[:7])
    except ValueError:
        raise Unread(f"'{name}' is {str(value)[:30]!r}; write a month as 2016-04") from None


def as_span(value: object, name: str) -> tuple[Month, Month]:
    """Read the first and the last month of 2005-10..2017-03; raises Unread."""
    parts = [part.strip() for part in str(value).split("..")]
    try:
        first, last = (Month.parse(part[:7]) for part in parts)
        if last < first:
            raise ValueError
    except ValueError:
        raise Unread(f"'{name}' is {str(value)[:30]!r}; write months as 2005-10..2017-03") from None
    return first, last


def served_in(spans: Sequence[tuple[Month, Month]]) -> Served:
    """Return how many months of these stretches lie before 2014 and how many from then on."""
    before = sum(max(0, min(last.plus(1), _FROM_2014) - first) for first, last in spans)
    return Served(before, sum(last - first + 1 for first, last in spans) - before)


def supposing(law: Law, on: date, numbers: Mapping[str, Decimal]) -> Law:
    """Return the law as an example supposes it: these numbers in the place of those in force on a day."""
    said = Source("worked example")
    changed = {
        key: Series(key, PARAMETERS[key], (
            Dated(key, value, PARAMETERS[key].unit, date(on.year, 1, 1), said, Trust.PRACTICE, on),
        ))
        for key, value in numbers.items()
    }  # fmt: skip
    return replace(law, numbers={**law.numbers, **changed})


def exact(value: Decimal) -> Fraction:
    """Return a number as a fraction, for an average that is not rounded."""
    return Fraction(value)
