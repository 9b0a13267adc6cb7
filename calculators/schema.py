"""JSON Schema of what goes in and comes out, made from the types so that it cannot drift from them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from calculators.plain import HIDDEN, adapter

Schema = dict[str, Any]
Mode = Literal["validation", "serialization"]
"""What is read, or what is written."""


class _Plain(GenerateJsonSchema):
    """Leaves out what calculators/plain.py does not write."""

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        made = super().dataclass_schema(schema)
        for field in dataclasses.fields(schema["cls"]):
            if field.metadata == HIDDEN:
                made.get("properties", {}).pop(field.name, None)
                made["required"] = [name for name in made.get("required", []) if name != field.name]
        return made


def schema_of(kind: type, mode: Mode) -> Schema:
    """Return the JSON Schema of the plain form of a dataclass, as calculators/plain.py reads or writes it."""
    made = adapter(kind).json_schema(schema_generator=_Plain, mode=mode)
    return {**made["prefixItems"][0], "$defs": made.get("$defs", {})}


def schemas_of(
    kinds: Iterable[tuple[str, type, Mode]], ref_template: str
) -> tuple[dict[str, Schema], Schema]:
    """Return the schema of each named kind and the definitions that all of them share."""
    inputs: list[tuple[str, Mode, TypeAdapter[Any]]] = [
        (name, mode, adapter(kind)) for name, kind, mode in kinds
    ]
    made, shared = TypeAdapter.json_schemas(inputs, schema_generator=_Plain, ref_template=ref_template)
    named = {name: schema["prefixItems"][0] for (name, _), schema in made.items()}
    return named, shared.get("$defs", {})


def error_schema() -> Schema:
    """Return the JSON Schema of a refusal: {"error": {code, field, message}}."""
    parts: Schema = {name: {"type": "string"} for name in ("code", "field", "message")}
    return _closed({"error": _closed(parts)})


def _closed(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
