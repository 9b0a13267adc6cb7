"""Typed values to plain JSON and back: strict on the way in, because that side is not trusted."""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cache
from typing import Annotated, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from calculators.errors import BadRequest, Refusal
from calculators.months import Month, PartialDate

T = TypeVar("T")

HIDDEN = {"json": False}
"""Metadata of a dataclass field that JSON does not show: field(metadata=HIDDEN)."""

WHEN_SET = {"json": "when set"}
"""Metadata of a dataclass field that JSON leaves out while it has its default."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NAME_SHOWN = 40
_YEARS = (1900, 2100)  # what is asked about lies within; months can be added to it without end of calendar


@dataclass(frozen=True, slots=True)
class Between:
    """The bounds of an integer, both included: Annotated[int, Between(0, 120)]."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Matching:
    """The shape of a text and what to say when it is another: Annotated[str, Matching(…)]."""

    pattern: str
    code: Refusal
    wanted: str


@dataclass(frozen=True, slots=True)
class AtMost:
    """The length of a list: Annotated[tuple[Group, ...], AtMost(5)]."""

    most: int


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a dataclass as JSON sees it."""

    name: str
    kind: object
    required: bool
    default: object
    only_when_set: bool = False


def fields_of(kind: type) -> tuple[Field, ...]:
    """Return the fields of a dataclass that JSON shows, in order."""
    return _fields_of(kind)


@cache
def _fields_of(kind: type) -> tuple[Field, ...]:
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        Field(
            field.name,
            hints[field.name],
            field.default is dataclasses.MISSING,
            field.default,
            field.metadata == WHEN_SET,
        )
        for field in dataclasses.fields(kind)
        if field.metadata != HIDDEN
    )


def write(value: object) -> object:
    """Return `value` as JSON knows it: amounts as integers, exact decimals and dates as text, keys in order.

    Raises TypeError for a type that has no plain form; a float is one.
    """
    for kinds, plain in _WRITERS:
        if isinstance(value, kinds):
            return plain(value)
    if dataclasses.is_dataclass(value):
        return write_object(value)
    raise TypeError(f"{type(value).__name__} has no plain form; give it one in calculators/plain.py")


def write_object(value: object) -> dict[str, object]:
    """Return a dataclass as a JSON object; raises TypeError for a part that has no plain form."""
    shown = ((field, getattr(value, field.name)) for field in fields_of(type(value)))
    return {
        field.name: write(part) for field, part in shown if not field.only_when_set or part != field.default
    }


_WRITERS: tuple[tuple[tuple[type, ...], Callable[..., object]], ...] = (
    ((Enum,), lambda value: value.value),
    ((int, str, types.NoneType), lambda value: value),
    ((Decimal,), lambda value: f"{value.normalize():f}"),
    ((date, Month, PartialDate), str),
    ((Mapping,), lambda value: {write(key): write(item) for key, item in value.items()}),
    ((tuple, list), lambda value: [write(item) for item in value]),
)


def read(kind: type[T], data: object) -> T:
    """Read JSON that anybody may have sent as a `kind`, a dataclass. Raises BadRequest, naming the field."""
    return _object(kind, data, "")


def _read(kind: object, data: object, field: str) -> object:
    origin = get_origin(kind)
    if origin is Annotated:
        inner, bound = get_args(kind)
        if isinstance(bound, AtMost) and isinstance(data, list) and len(data) > bound.most:
            raise BadRequest(Refusal.OUT_OF_RANGE, field, f"write at most {bound.most} items")
        return _bounded(_read(inner, data, field), bound, field)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(kind), data, field)
    if origin is tuple:
        if not isinstance(data, list):
            raise BadRequest(Refusal.NOT_A_LIST, field, "write a JSON list [ … ]")
        return tuple(_read(get_args(kind)[0], item, f"{field}.{place}") for place, item in enumerate(data))
    if kind in _BARE:
        code, wanted = _BARE[kind]
        if type(data) is not kind:
            raise BadRequest(code, field, f"write {wanted}")
        return data
    if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind not in _TEXTS:
        return _object(kind, data, field)
    if not isinstance(data, str):
        raise BadRequest(Refusal.NOT_TEXT, field, "write a text in quotes")
    return _text(kind, data, field)


def _day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise ValueError("write a day as YYYY-MM-DD")
    return date.fromisoformat(text)


_BARE: Mapping[object, tuple[Refusal, str]] = {
    int: (Refusal.NOT_AN_INTEGER, "a whole number, without quotes or decimals"),
    bool: (Refusal.NOT_A_FLAG, "true or false, without quotes"),
}
_TEXTS: Mapping[object, tuple[Callable[[str], object], Refusal, str]] = {
    str: (str, Refusal.NOT_TEXT, "a text"),
    date: (_day, Refusal.NOT_A_DATE, "a day that exists as YYYY-MM-DD"),
    Month: (Month.parse, Refusal.NOT_A_MONTH, "a month as YYYY-MM"),
    PartialDate: (PartialDate.parse, Refusal.NOT_A_DATE, "a date that exists as YYYY, YYYY-MM or YYYY-MM-DD"),
}


def _text(kind: object, text: str, field: str) -> object:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if text not in tuple(kind):
            raise BadRequest(Refusal.UNKNOWN_CHOICE, field, f"write one of {', '.join(kind)}")
        return kind(text)
    parse, code, wanted = _TEXTS[kind]
    try:
        value = parse(text)
    except ValueError:
        raise BadRequest(code, field, f"write {wanted}") from None
    year = value.year if isinstance(value, date | Month | PartialDate) else _YEARS[0]
    if not _YEARS[0] <= year <= _YEARS[1]:
        raise BadRequest(Refusal.OUT_OF_RANGE, field, f"write a year from {_YEARS[0]} to {_YEARS[1]}")
    return value


def _bounded(value: object, bound: object, field: str) -> object:
    if isinstance(bound, Between) and not (isinstance(value, int) and bound.least <= value <= bound.most):
        raise BadRequest(
            Refusal.OUT_OF_RANGE, field, f"write a number from {bound.least:,} to {bound.most:,}"
        )
    if isinstance(bound, Matching) and not (isinstance(value, str) and re.fullmatch(bound.pattern, value)):
        raise BadRequest(bound.code, field, f"write {bound.wanted}")
    return value


def _one_of(kinds: tuple[object, ...], data: object, field: str) -> object:
    """Read null and literal words first, then the one kind that is left."""
    if data is None and types.NoneType in kinds:
        return None
    literals = [word for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)]
    if isinstance(data, str) and data in literals:
        return data
    rest = [kind for kind in kinds if kind is not types.NoneType and get_origin(kind) is not Literal]
    return _read(rest[0], data, field)


def _object(kind: type[T], data: object, field: str) -> T:
    if not isinstance(data, Mapping):
        raise BadRequest(Refusal.NOT_AN_OBJECT, field, "write a JSON object { … }")
    path = f"{field}." if field else ""
    fields = fields_of(kind)
    names = [known.name for known in fields]
    for name in data:
        if name not in names:
            message = f"no such field; there are {', '.join(names)}"
            raise BadRequest(Refusal.UNKNOWN_FIELD, f"{path}{str(name)[:_NAME_SHOWN]}", message)
    for known in fields:
        if known.required and known.name not in data:
            raise BadRequest(Refusal.MISSING, f"{path}{known.name}", "is missing and has no default")
    values = {
        known.name: _read(known.kind, data[known.name], f"{path}{known.name}")
        for known in fields
        if known.name in data
    }
    try:
        return kind(**values)
    except BadRequest as refused:
        raise BadRequest(refused.code, f"{path}{refused.field}", refused.message) from None
