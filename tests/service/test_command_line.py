"""The command line, as others script against it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bot.cli import main
from bot.lawdesk import print_law, quote_lines

ROOT = Path(__file__).parents[2]
EXAMPLE = (
    '{"on":"2026-11-23","sex":"female","born":"1983-05","group":"near_poor","province":"20",'
    '"income":2000000,"method":"monthly"}'
)


def run(*arguments: str, given: str = "", folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ANSINH_DATA_DIR": str(folder), "PYTHONWARNINGS": "error"}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=given, capture_output=True, text=True, cwd=ROOT, env=environment, check=False,
    )  # fmt: skip


def test_the_example_of_the_readme_comes_out_to_the_dong(tmp_path: Path) -> None:
    done = run("quote", given=EXAMPLE + "\n", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["contribution"]["per_month"]["to_pay"] == 308_000
    assert found["next_change"]["on"] == "2027-01-01"
    assert found["next_change"]["contribution"]["income"] == 2_200_000
    assert found["next_change"]["contribution"]["per_month"]["central"] == 193_600
    assert found["retirement"]["age"] == {"years": 60, "months": 0}
    assert (found["retirement"]["reached"], found["pension"]["starts"]) == ("2043-05", "2043-06")


def test_a_bad_line_is_answered_and_the_next_is_read() -> None:
    out = io.StringIO()
    assert quote_lines(["{broken\n", "\n", EXAMPLE, "[" * 100_000, '"x"', "x" * 200_000], out) == 1
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [("error" in answer) for answer in answers] == [True, False, True, True, True]
    assert all(set(a["error"]) == {"code", "field", "message"} for a in answers if "error" in a)


def test_the_law_of_a_day_is_printed_with_source_and_trust() -> None:
    out = io.StringIO()
    assert print_law(date(2027, 1, 1), out) == 0
    [line] = [line for line in out.getvalue().splitlines() if line.startswith("rural_poverty_line ")]
    assert "2200000" in line
    assert "since 2027-01-01" in line
    assert "secondary" in line
    assert "351/2025" in line


def test_a_scripted_conversation_in_and_out(tmp_path: Path) -> None:
    lines = [{"text": "xin chào"}, {"choice": "quote"}, {"choice": "nonsense"}, "broken", {"text": "5/1980"}]
    given = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n"
    done = run("chat", "--json", given=given, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    assert [message.get("question") for message in messages] == [
        "task",
        "birth_date",
        "birth_date",
        None,
        "sex",
    ]
    assert messages[3]["error"]["code"] == "bad_line"
    assert {"question", "outcome", "text", "options"} <= set(messages[0])
    assert set(messages[0]["options"][0]) == {"id", "label"}


def test_somebody_who_is_not_there_cannot_be_spoken_as(tmp_path: Path) -> None:
    for role in ("collector:NOBODY", "collector:", "officer", "citizen:" + "x" * 100):
        done = run("chat", "--as", role, folder=tmp_path)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_settings_that_cannot_be_used_are_told_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "migrate"],
        capture_output=True, text=True, cwd=ROOT, check=False,
        env={**os.environ, "ANSINH_DATA_DIR": str(tmp_path), "ANSINH_DATABASE_URL": "postgresql+asyncpg://x@127.0.0.1:9/x"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "ANSINH_SECRET_KEY is empty" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_lists_the_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["--help"])
    assert done.value.code == 0
    said = capsys.readouterr().out
    for verb in ("serve", "chat", "quote", "law", "migrate", "replay", "check", "graph", "bench"):
        assert verb in said


def test_the_drawings_are_those_of_the_conversations() -> None:
    assert main(["graph", "--check"]) == 0
