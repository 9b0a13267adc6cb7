"""Values that JSON spells as a text of a certain shape, as pydantic reads and describes them."""

from __future__ import annotations

from collections.abc import Callable

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from calculators.errors import Refusal


def spelled(parse: Callable[[str], object], code: Refusal, wanted: str, pattern: str) -> CoreSchema:
    """Return how to read a text: `parse` raises ValueError for another shape than `wanted` says.

    What reads it then raises PydanticCustomError with the `code`, which calculators/plain.py tells on.
    """

    def read(text: str) -> object:
        try:
            return parse(text)
        except ValueError:
            raise PydanticCustomError(code.value, "write {wanted}", {"wanted": wanted}) from None

    described = {"pydantic_js_updates": {"pattern": pattern}}
    return core_schema.no_info_after_validator_function(read, core_schema.str_schema(), metadata=described)
