"""A file of worked examples, read: exact numbers, nothing but plain values, every problem with its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

import yaml

from calculators.errors import LawError

LARGEST_FILE = 2_000_000  # bytes: a file of a hundred examples has 40,000


class ExamplesError(LawError):
    """A file of examples that cannot be read; the message says what to mend."""


class _ExactLoader(yaml.SafeLoader):
    """Plain YAML: a number with a point is exact, a code keeps its zeros, only true and false are truths."""


def _decimal(_: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal | str:
    try:
        return Decimal(node.value.replace("_", ""))
    except InvalidOperation:  # .nan, .inf, 1:30.5: text, which the one example that has it is told of
        return str(node.value)


def _whole(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int | str:
    # to YAML 0123 is an octal number; here it is a code, or digits that are read as a number where one is due
    text = node.value
    return (
        text if text.isdecimal() and text.startswith("0") and text != "0" else loader.construct_yaml_int(node)
    )


# to YAML 1.1 `on`, `no` and `y` are truths as well; here `on` names a day
_ExactLoader.yaml_implicit_resolvers = {
    first: [(tag, shape) for tag, shape in known if not (tag.endswith(":bool") and first not in "tTfF")]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_ExactLoader.add_constructor("tag:yaml.org,2002:float", _decimal)
_ExactLoader.add_constructor("tag:yaml.org,2002:int", _whole)


def read_examples(path: Path) -> Mapping[str, object]:
    """Read a file of examples. Raises ExamplesError for one that is missing, too large or not such a file."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ExamplesError(f"{path} is larger than {LARGEST_FILE:,} bytes; split it")
        # the loader is a SafeLoader: it makes plain values only
        data = yaml.load(path.read_text("utf-8"), Loader=_ExactLoader)  # noqa: S506
    except (OSError, UnicodeDecodeError, ValueError, RecursionError, yaml.YAMLError) as broken:
        raise ExamplesError(f"{path} cannot be read as YAML: {type(broken).__name__}") from broken
    if not isinstance(data, Mapping) or not data.keys() & {"examples", "derived_vectors"}:
        raise ExamplesError(f"{path} has no list `examples`; write one, and `meta` before it")
    return data


def mapping(value: object, where: str) -> Mapping[str, object]:
    """Return `value` when it is a mapping; raises ExamplesError otherwise."""
    if not isinstance(value, Mapping):
        raise ExamplesError(f"{where} is no mapping; write `name: value` lines under it")
    return value


def rows(data: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    """Return a list of mappings by its name, empty where there is none; raises ExamplesError."""
    found = data.get(name) or []
    if not isinstance(found, list):
        raise ExamplesError(f"{name} is no list; write `- id: …` for each example")
    return [mapping(row, f"{name}, number {place}") for place, row in enumerate(found, start=1)]


def ids(meta: Mapping[str, object], name: str) -> frozenset[str]:
    """Return the ids listed under a name of `meta`; raises ExamplesError."""
    listed = meta.get(name) or []
    if not isinstance(listed, list):
        raise ExamplesError(f"meta.{name} is no list; write one id on each line")
    return frozenset(str(item) for item in listed)
