"""Case tables: rows of TOML, each with a name, a reason and a source."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from calculators.errors import BadRequest
from calculators.registry import find
from calculators.schema import error_schema

_CASES = Path(__file__).parent / "cases"


def rows(file: str):
    """Return the rows of a table."""
    return tomllib.loads((_CASES / file).read_text(encoding="utf-8"))["case"]


def cases(file: str):
    """Return the rows of a table as parameters of a test, named as the table names them."""
    return [pytest.param(row, id=row["name"]) for row in rows(file)]


def plain_id(text: str) -> str:
    """Return a name as an id of plain letters: one that any tool can hand back."""
    return re.sub(r"\W+", "-", text, flags=re.ASCII)


def row_id(row) -> str:
    """Return the id of a row of a calculator's table."""
    return plain_id(f"{row['calculator']}-{row['name']}")


def at(answer, path):
    """Return what stands at a path such as "shares.0.given" of a JSON answer."""
    for part in path.split("."):
        answer = answer[int(part)] if isinstance(answer, list) else answer[part]
    return answer


def fits(schema, value, definitions=None):
    """Check a value against the part of JSON Schema that these schemas use."""
    known = schema.get("$defs", definitions or {})
    if "$ref" in schema:
        return fits(known[schema["$ref"].removeprefix("#/$defs/")], value, known)
    if "anyOf" in schema:
        return any(fits(part, value, known) for part in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return value in schema.get("enum", [schema.get("const")])
    return _OF_TYPE[schema["type"]](schema, value, known)


def _object(schema, value, known):
    parts, others = schema.get("properties", {}), schema.get("additionalProperties", False)
    names = schema.get("propertyNames", {"type": "string"})
    return (
        isinstance(value, dict)
        and all(name in value for name in schema.get("required", []))
        and all(
            fits(parts[name], item, known)
            if name in parts
            else others and fits(names, name, known) and fits(others, item, known)
            for name, item in value.items()
        )
    )


def _array(schema, value, known):
    fitting = isinstance(value, list) and len(value) <= schema.get("maxItems", len(value))
    return fitting and all(fits(schema["items"], item, known) for item in value)


def _string(schema, value, _):
    return isinstance(value, str) and re.search(schema.get("pattern", ""), value) is not None


def _integer(schema, value, _):
    within = isinstance(value, int) and not isinstance(value, bool)
    return within and schema.get("minimum", value) <= value <= schema.get("maximum", value)


_OF_TYPE = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "boolean": lambda _, value, known: isinstance(value, bool),
    "null": lambda _, value, known: value is None,
}


def come_out(row, law):
    """Ask the calculator of a row: what it `expect`s comes out ("null" is none), what stands in `never` not.

    A row with `refused` is refused with that code and field instead.
    """
    assert row["why"]
    calculator = find(row["calculator"])
    if "refused" in row:
        with pytest.raises(BadRequest) as refused:
            calculator.answer(row["given"], law)
        assert (refused.value.code, refused.value.field) == (row["refused"]["code"], row["refused"]["field"])
        assert fits(error_schema(), {"error": refused.value.as_json()})
        return
    answer = calculator.answer(row["given"], law)
    expected = {path: None if value == "null" else value for path, value in row["expect"].items()}
    assert {path: at(answer, path) for path in expected} == expected
    for path, mistake in row.get("never", {}).items():
        assert at(answer, path) != mistake
    schema = calculator.schema()
    assert fits(schema["request"], row["given"])
    assert fits(schema["result"], answer)
    assert json.loads(json.dumps(answer)) == answer
    if "trail" in answer:
        assert answer["trail"]
        assert all(line["because"] for line in answer["trail"])
