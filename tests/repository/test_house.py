"""The rules of the house: layout, one way of imports, sizes, no secrets, every setting listed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).parents[2]
FOLDERS = {"bot", "handlers", "calculators", "templates", "tests", "docs"}
LONGEST_FILE = 400
LONGEST_FUNCTION = 45  # lines; few are over 30
FEW = 0.03  # the share of functions that may be over 30 lines


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


FILES = tracked()
CODE = [file for file in FILES if file.suffix == ".py" and file.relative_to(ROOT).parts[0] != "tests"]
TEXTS = [
    file
    for file in FILES
    if file.suffix in {".py", ".md", ".toml", ".j2", ".html", ".js", ".css", ".txt", ""}
]


def test_the_top_folders_are_the_rooms_of_the_house() -> None:
    found = {file.relative_to(ROOT).parts[0] for file in FILES if len(file.relative_to(ROOT).parts) > 1}
    assert {name for name in found if not name.startswith(".")} == FOLDERS


@pytest.mark.parametrize("file", CODE, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_module_says_what_it_is_for_and_is_not_too_long(file: Path) -> None:
    text = file.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text)), f"{file}: the first line says what the room is for"
    assert len(text.splitlines()) <= LONGEST_FILE


def test_functions_are_short() -> None:
    lengths = {}
    for file in CODE:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and "migrations" not in file.parts:
                name = f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"
                lengths[name] = (node.end_lineno or node.lineno) - node.lineno + 1
    over = {name: lines for name, lines in lengths.items() if lines > 30}
    assert max(lengths.values()) <= LONGEST_FUNCTION, over
    assert len(over) <= FEW * len(lengths), over


def test_imports_point_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")  # in this process it would switch off every log
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_float_touches_the_law() -> None:
    for file in (ROOT / "calculators").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), (
                f"{file}:{node.lineno}"
            )
            assert not (isinstance(node, ast.Name) and node.id in {"float", "round"}), f"{file}:{node.lineno}"
            named = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            named += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert not {"math", "statistics", "random"} & set(named), f"{file}:{node.lineno}"


def test_only_the_composition_root_reads_the_clock() -> None:
    clock = re.compile(r"datetime\.now\(|date\.today\(|time\.time\(|utcnow\(")
    allowed = {"bot/clock.py", "bot/lawdesk.py", "bot/logs.py"}
    for file in CODE:
        if str(file.relative_to(ROOT)) not in allowed:
            assert not clock.search(file.read_text("utf-8")), file


def test_only_the_settings_read_the_environment() -> None:
    for file in CODE:
        if file.name != "settings.py":
            assert not re.search(r"os\.environ|getenv", file.read_text("utf-8")), file


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a bot token", r"\b\d{8,10}:[A-Za-z0-9_-]{35}\b"),
        ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
        ("a cloud key", r"\bAKIA[0-9A-Z]{16}\b"),
        ("a machine's path", r"/(home|Users)/[a-z]+/|/work/main|/root/"),
        ("a package index", r"https?://[a-z.]*(pypi|npmjs|debian|pythonhosted)\.(org|com)"),
    ],
)
def test_nothing_tracked_holds(what: str, pattern: str) -> None:
    me = Path(__file__)
    holding = [
        str(f) for f in TEXTS if f != me and re.search(pattern, f.read_text("utf-8", errors="replace"))
    ]
    assert not holding, f"{what} in {holding}"


def test_the_example_lists_every_setting_and_no_other() -> None:
    listed = re.findall(r"^(ANSINH_[A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), flags=re.MULTILINE)
    assert sorted(listed) == sorted(f"ANSINH_{name.upper()}" for name in Settings.model_fields)


def test_the_example_can_be_used_as_it_is() -> None:
    settings = Settings(_env_file=ROOT / ".env.example")
    assert settings.embedded


def test_the_changelog_is_kept() -> None:
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_locks_hold_hashes_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text
        assert "--index-url" not in text
        pinned = re.findall(r"^([a-z0-9.\-_\[\]]+)==", text, flags=re.MULTILINE)
        assert pinned
        assert text.count("--hash=sha256:") >= len(pinned)


def test_every_direct_dependency_is_bounded_and_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked = (ROOT / "requirements.lock").read_text("utf-8").lower()
    for dependency in project["dependencies"]:
        name = re.split(r"[\[<>=;]", dependency)[0].lower()
        assert f"\n{name}==" in f"\n{locked}" or f"\n{name}[" in f"\n{locked}", name
        assert ">=" in dependency


def test_every_sealed_column_is_named_where_keys_are_changed() -> None:
    from sqlalchemy import LargeBinary

    from bot.storage.sealed import SEALED
    from bot.storage.tables import metadata

    binary = {
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    named = {each.column for each in SEALED} | {each.index for each in SEALED if each.index is not None}
    missing = sorted(f"{column.table.name}.{column.name}" for column in binary - named)
    assert not missing, "name these in bot/storage/sealed.py, or keys cannot be changed"
