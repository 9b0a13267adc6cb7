"""Typed values to plain JSON and back: written exactly, read strictly by pydantic: nobody is trusted."""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, GetCoreSchemaHandler, TypeAdapter, ValidationError
from pydantic_core import CoreSchema, ErrorDetails, core_schema, to_json

from calculators.errors import BadRequest, Refusal
from calculators.months import Month, PartialDate
from calculators.spelled import spelled

T = TypeVar("T")

HIDDEN = {"json": False}
"""Metadata of a dataclass field that JSON does not show: field(metadata=HIDDEN)."""

WHEN_SET = {"json": "when set"}
"""Metadata of a dataclass field that JSON leaves out while it has its default."""

_NAME_SHOWN = 40
_YEARS = (1900, 2100)  # what is asked about lies within; months can be added to it without end of calendar


@dataclass(frozen=True, slots=True)
class Between:
    """The bounds of an integer, both included: Annotated[int, Between(0, 120)]."""

    least: int
    most: int

    def __get_pydantic_core_schema__(self, _kind: object, _handler: object) -> CoreSchema:
        """Tell pydantic the bounds."""
        return core_schema.int_schema(ge=self.least, le=self.most)


@dataclass(frozen=True, slots=True)
class Matching:
    """The shape of a text and what to say when it is another: Annotated[str, Matching(…)]."""

    pattern: str
    code: Refusal
    wanted: str

    def __get_pydantic_core_schema__(self, _kind: object, _handler: object) -> CoreSchema:
        """Tell pydantic the shape."""
        return spelled(self._whole, self.code, self.wanted, f"^{self.pattern}$")

    def _whole(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text):
            raise ValueError(self.wanted)
        return text


@dataclass(frozen=True, slots=True)
class AtMost:
    """The length of a list: Annotated[tuple[Group, ...], AtMost(5)]."""

    most: int

    def __get_pydantic_core_schema__(self, kind: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic the length."""
        return cast("CoreSchema", {**handler(kind), "max_length": self.most})


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a dataclass as JSON sees it."""

    name: str
    kind: object
    default: object
    only_when_set: bool


def fields_of(kind: type) -> tuple[Field, ...]:
    """Return the fields of a dataclass that JSON shows, in order."""
    return _fields_of(kind)


@cache
def _fields_of(kind: type) -> tuple[Field, ...]:
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        Field(field.name, hints[field.name], field.default, field.metadata == WHEN_SET)
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
    """Read JSON that anybody may have sent as a `kind`, a dataclass.

    Strictly: no key that is not known, no number for a text, no text for a number. Raises BadRequest with the
    field and the remedy for the first thing that is wrong.
    """
    wanted: type = kind
    try:
        # as JSON, because a strict reader of JSON knows that dates and choices are texts there
        value: T = adapter(wanted).validate_json(to_json([data]))[0]
    except ValidationError as wrong:
        raise _refused(kind, wrong.errors(include_url=False)) from None
    except ValueError:
        raise BadRequest(Refusal.NOT_AN_OBJECT, "", "write plain JSON") from None
    for field, year in _years(value, ""):
        if not _YEARS[0] <= year <= _YEARS[1]:
            raise BadRequest(Refusal.OUT_OF_RANGE, field, f"write a year from {_YEARS[0]} to {_YEARS[1]}")
    return value


@cache
def adapter(kind: type) -> TypeAdapter[Any]:
    """Return what reads and describes a list of one `kind`: a dataclass in it takes its strict settings."""
    one: Any = types.GenericAlias(tuple, (kind,))
    return TypeAdapter(one, config=ConfigDict(extra="forbid", strict=True))


def _years(value: object, path: str) -> Iterator[tuple[str, int]]:
    """Yield every year in a value with the path to it."""
    if isinstance(value, date | Month | PartialDate):
        yield path, value.year
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from _years(item, f"{path}.{place}")
    elif dataclasses.is_dataclass(value):
        for field in fields_of(type(value)):
            yield from _years(getattr(value, field.name), f"{path}.{field.name}" if path else field.name)


_FIRST = ("unexpected_keyword_argument", "missing")
_SAID: Mapping[str, tuple[Refusal, str]] = {
    "dataclass_type": (Refusal.NOT_AN_OBJECT, "write a JSON object"),
    "missing": (Refusal.MISSING, "is missing and has no default"),
    "int_type": (Refusal.NOT_AN_INTEGER, "write a whole number, without quotes or decimals"),
    "bool_type": (Refusal.NOT_A_FLAG, "write true or false, without quotes"),
    "tuple_type": (Refusal.NOT_A_LIST, "write a JSON list"),
    "string_type": (Refusal.NOT_TEXT, "write a text in quotes"),
    "date_type": (Refusal.NOT_TEXT, "write a text in quotes"),
    "greater_than_equal": (Refusal.OUT_OF_RANGE, "write a number of at least {ge:,}"),
    "less_than_equal": (Refusal.OUT_OF_RANGE, "write a number of at most {le:,}"),
    "too_long": (Refusal.OUT_OF_RANGE, "write at most {max_length} items"),
    "enum": (Refusal.UNKNOWN_CHOICE, "write one of {expected}"),
    "literal_error": (Refusal.UNKNOWN_CHOICE, "write one of {expected}"),
}


def _refused(kind: type, errors: list[ErrorDetails]) -> BadRequest:
    """Return the refusal for what pydantic found: unknown fields first, then missing ones, then values."""
    error = min(errors, key=lambda each: _FIRST.index(each["type"]) if each["type"] in _FIRST else 2)
    path = [part for part in error["loc"][1:] if isinstance(part, int) or part.isidentifier()]
    context, sort, field = error.get("ctx", {}), error["type"], ".".join(map(str, path))
    if isinstance(inner := context.get("error"), BadRequest):
        return BadRequest(inner.code, ".".join(filter(None, (field, inner.field))), inner.message)
    if sort == _FIRST[0]:
        *parents, name = error["loc"][1:]
        known = ", ".join(each.name for each in fields_of(_type_at(kind, parents)))
        field = ".".join([*map(str, parents), str(name)[:_NAME_SHOWN]])
        return BadRequest(Refusal.UNKNOWN_FIELD, field, f"no such field; there are {known}")
    if sort in ("enum", "literal_error") and not isinstance(error["input"], str):
        sort = "string_type"
    if sort in _SAID:
        code, message = _SAID[sort]
        return BadRequest(code, field, message.format(**context))
    if sort in tuple(Refusal):
        return BadRequest(Refusal(sort), field, error["msg"])
    if sort.startswith("date"):
        return BadRequest(Refusal.NOT_A_DATE, field, "write a day that exists as YYYY-MM-DD")
    return BadRequest(Refusal.NOT_AN_OBJECT, field, error["msg"])


def _type_at(kind: object, path: list[int | str]) -> type:
    """Return the dataclass that stands at a path of a `kind`."""
    for part in path:
        if isinstance(part, str) and isinstance(kind, type):
            kind = next((field.kind for field in fields_of(kind) if field.name == part), kind)
        while get_origin(kind) in (Annotated, Union, types.UnionType, tuple):
            kind = get_args(kind)[0]
    return kind if isinstance(kind, type) else object
