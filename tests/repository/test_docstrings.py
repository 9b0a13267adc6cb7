"""What a public function of the law says of itself: its text, its units, and what it raises."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "calculators"
TEXT = re.compile(
    r"\bart\. ?\d|(?:Law|Decree|Circular|Resolution|Decision|Letter|Code) \d|practice|no text", re.IGNORECASE
)
UNIT = re.compile(
    r"VND|đồng|month|year|ratio|percent|day|hour|factor|times|age|share|decimal|number|rate|unit",
    re.IGNORECASE,
)
AMOUNT = re.compile(r"\bint\b|Decimal|Fraction")


def public() -> Iterator[tuple[str, ast.FunctionDef, str]]:
    """Every public function and method, with what the docstrings around it add to its own."""
    for file in sorted(ROOT.glob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        around = ast.get_docstring(tree) or ""
        for node in tree.body:
            inner = node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else [node]
            said = f"{around} {ast.get_docstring(node) or ''}" if isinstance(node, ast.ClassDef) else around
            for each in inner:
                if isinstance(each, ast.FunctionDef) and not each.name.startswith("_"):
                    yield f"{file.stem}.{each.name}", each, said


FUNCTIONS = list(public())


def said(function: ast.FunctionDef) -> str:
    return ast.get_docstring(function) or ""


def asks_the_law(function: ast.FunctionDef) -> bool:
    return any(one.arg == "law" for one in (*function.args.args, *function.args.kwonlyargs))


@pytest.mark.parametrize(("name", "function", "around"), FUNCTIONS, ids=[name for name, _, _ in FUNCTIONS])
def test_a_rule_names_its_text_its_units_and_its_errors(
    name: str, function: ast.FunctionDef, around: str
) -> None:
    doc = said(function)
    returned = ast.unparse(function.returns) if function.returns else ""
    if asks_the_law(function):
        assert TEXT.search(f"{around} {doc}"), f"{name}: name the article, or say that no text was read"
        assert re.search(r"\braises?\b", doc, re.IGNORECASE), (
            f"{name}: say what it raises, or that it raises nothing"
        )
    if AMOUNT.search(returned):
        assert UNIT.search(doc), f"{name} returns {returned}: say in which unit"
    for raised in errors_of(function):
        assert raised in doc, f"{name} raises {raised}: say so, and when"


def errors_of(function: ast.FunctionDef) -> Iterator[str]:
    """The errors that a function raises by their names."""
    for node in ast.walk(function):
        made = node.exc if isinstance(node, ast.Raise) else None
        named = made.func if isinstance(made, ast.Call) else None
        if isinstance(named, ast.Name) and not named.id.startswith("_"):
            yield named.id


def test_there_are_rules_to_look_at() -> None:
    assert len(FUNCTIONS) > 150
