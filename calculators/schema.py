"""JSON Schema of what goes in and comes out, made from the types so that it cannot drift from them."""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal, Union, get_args, get_origin

from calculators.months import Month, PartialDate
from calculators.plain import AtMost, Between, Field, Matching, fields_of, write
from calculators.quote import Quote, QuoteRequest

Schema = dict[str, object]

_SIMPLE: Mapping[object, Schema] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    str: {"type": "string"},
    types.NoneType: {"type": "null"},
    date: {"type": "string", "format": "date"},
    Decimal: {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"},
    Month: {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"},
    PartialDate: {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"},
}


def request_schema() -> Schema:
    """Return the JSON Schema of a quote request."""
    return schema_of(QuoteRequest)


def quote_schema() -> Schema:
    """Return the JSON Schema of a quote, the answer to a request."""
    return schema_of(Quote)


def error_schema() -> Schema:
    """Return the JSON Schema of a refusal: {"error": {code, field, message}}."""
    parts: Schema = {name: {"type": "string"} for name in ("code", "field", "message")}
    return _closed({"error": _closed(parts, list(parts))}, ["error"])


def schema_of(kind: object) -> Schema:
    """Return the JSON Schema of the plain form of `kind`, as calculators/plain.py reads and writes it.

    Raises TypeError for a type without one.
    """
    if kind in _SIMPLE:
        return dict(_SIMPLE[kind])
    if (origin := get_origin(kind)) is not None:
        return _composed(origin, get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    if not isinstance(kind, type):
        raise TypeError(f"{kind!r} has no schema; give it one in calculators/schema.py")
    fields = fields_of(kind)
    return _closed({field.name: _field(field) for field in fields}, [f.name for f in fields if f.required])


def _composed(origin: object, parts: tuple[object, ...]) -> Schema:
    if origin is Annotated:
        return schema_of(parts[0]) | _bound(parts[1])
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema_of(part) for part in parts]}
    if origin is Literal:
        return {"enum": list(parts)}
    if origin is tuple:
        return {"type": "array", "items": schema_of(parts[0])}
    key, value = parts
    if isinstance(key, type) and issubclass(key, Enum):
        names = [member.value for member in key]
        return _closed({name: schema_of(value) for name in names}, names)
    return {"type": "object", "additionalProperties": schema_of(value)}


def _field(field: Field) -> Schema:
    schema = schema_of(field.kind)
    return schema if field.required else schema | {"default": write(field.default)}


def _bound(bound: object) -> Schema:
    if isinstance(bound, Between):
        return {"minimum": bound.least, "maximum": bound.most}
    if isinstance(bound, AtMost):
        return {"maxItems": bound.most}
    if isinstance(bound, Matching):
        return {"pattern": f"^{bound.pattern}$"}
    raise TypeError(f"{bound!r} has no schema; give it one in calculators/schema.py")


def _closed(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
