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

from bot.calcdesk import calc_lines
from bot.cli import main
from bot.lawdesk import print_law
from bot.program import program
from bot.readdesk import kinds, read_lines
from calculators.registry import CALCULATORS
from tests.logbook import BOOK

ROOT = Path(__file__).parents[2]
EXAMPLE = (
    '{"on":"2026-11-23","sex":"female","born":"1983-05","group":"near_poor","province":"20",'
    '"income":2000000,"method":"monthly"}'
)


def run(*arguments: str, given: str = "", folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ANSINH_DATA_DIR": str(folder), "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=given, capture_output=True, text=True, cwd=ROOT, env=environment, check=False,
    )  # fmt: skip
    BOOK.note(done.stderr)
    return done


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
    assert calc_lines("quote", ["{broken\n", "\n", EXAMPLE, "[" * 100_000, '"x"', "x" * 200_000], out) == 1
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [("error" in answer) for answer in answers] == [True, False, True, True, True]
    assert all(set(a["error"]) == {"code", "field", "message"} for a in answers if "error" in a)


def test_every_calculator_is_listed_and_one_is_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["calc", "--list"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == list(CALCULATORS)
    assert main(["calc", "ahead", "--schema"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"request", "result"}
    monkeypatch.setattr(
        "sys.stdin", io.StringIO('{"on":"2026-11-23","income":1500000,"years":2}\n{"on":1}\n')
    )
    assert main(["calc", "ahead"]) == 1  # the second line is refused, the first answered
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["amounts"]["to_pay"] == 6_060_801
    assert second["error"] == {
        "code": "missing",
        "field": "income",
        "message": "is missing and has no default",
    }
    assert main(["calc", "horoscope"]) == 1
    assert "no such calculator; there are quote" in capsys.readouterr().err


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


@pytest.mark.parametrize(
    ("kind", "typed", "answers"),
    [
        (
            "money",
            ["5tr5", "1.5", "2 chai", "10k/ngày"],
            [
                {"value": 5_500_000, "confirm": False},
                {"value": 1_500_000, "confirm": True},
                {"unclear": "confirm_amount", "candidates": [200_000, 2_000_000]},
                {"value": 300_000, "confirm": True},
            ],
        ),
        (
            "date",
            ["t5/82", "43t", ""],
            [
                {"value": "1982-05", "confirm": False},
                {"unclear": "which_birth_year", "candidates": ["1983", "1982"]},
                {"unclear": "not_a_birth_date", "candidates": []},
            ],
        ),
        (
            "time",
            ["mai 9h", "sau 5h", "t2-t6"],
            [
                {"value": "2026-11-24T09:00", "confirm": False},
                {"value": "17:00/..", "confirm": False},
                {"value": "2026-11-23/2026-11-27", "confirm": False},
            ],
        ),
        (
            "phone",
            ["+84 912 345 678", "0168 234 5678"],
            [{"value": "0912345678", "confirm": False}, {"value": "0382345678", "confirm": True}],
        ),
        (
            "ward",
            ["p ky lua", "quang lac"],
            [{"value": "06187", "confirm": False}, {"value": "05983", "confirm": True}],
        ),
        ("province", ["sai gon"], [{"value": "79", "confirm": False}]),
        ("yesno", ["dạ có"], [{"value": True, "confirm": False}]),
        ("duration", ["t3/08-t9/12"], [{"value": 55, "confirm": False}]),
        ("language", ["gọi bằng tiếng Tày"], [{"value": "tay", "confirm": False}]),
        ("sex", ["nữ"], [{"value": "female", "confirm": False}]),
        (
            "spot",
            ["tôi 43 tuổi, hộ cận nghèo ở Vân Nham, đóng được 300k", "xin chào"],
            [
                {
                    "value": {
                        "amount": 300_000,
                        "birth_date": ["1983", "1982"],
                        "support_tier": "tier_40",
                        "ward": "06415",
                    },
                    "confirm": True,
                },
                {"value": {}, "confirm": False},
            ],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_text_is_read_into_one_line(kind: str, typed: list[str], answers: list[dict]) -> None:
    out = io.StringIO()
    assert read_lines(kind, [f"{text}\n" for text in typed], out, on=date(2026, 11, 23)) == 0
    assert [json.loads(line) for line in out.getvalue().splitlines()] == answers


def test_any_bytes_are_read_line_by_line(tmp_path: Path) -> None:
    done = run("read", "money", "--now", "2026-11-23T09:00", given="5tr5\r\n\n\x85\x00500k", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [json.loads(line).get("value") for line in done.stdout.splitlines()] == [5_500_000, None, 500_000]


def test_every_kind_of_the_command_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["read", "nothing"])
    refused = capsys.readouterr().err
    assert all(kind in refused for kind in kinds())


@pytest.mark.parametrize(
    ("setting", "value", "arguments"),
    [
        ("ANSINH_PORT", "99999", ["serve"]),
        ("ANSINH_PORT", "eighty", ["keys"]),
        ("ANSINH_TELEGRAM_API", "s3cret", ["channels"]),
    ],
)
def test_a_setting_that_cannot_be_used_is_said_in_one_line_without_its_value(
    setting: str,
    value: str,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(setting, value)
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"ansinh: {setting}: ")
    assert said.count("\n") == 1
    assert value not in said


@pytest.mark.parametrize("port", ["99999", "-1", "x"])
def test_a_port_that_is_none_is_said_to_be_so(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["simulate", "telegram", "--port", port])
    assert left.value.code == 2
    assert f"a port is a number from 0 to 65535, not {port}" in capsys.readouterr().err


def test_an_address_of_another_machine_is_said_to_be_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name, value in (("DATA_DIR", str(tmp_path)), ("HOST", "203.0.113.7"), ("PORT", "0")):
        monkeypatch.setenv(f"ANSINH_{name}", value)
    assert main(["serve"]) == 1
    assert "203.0.113.7 is no address of this machine" in capsys.readouterr().err


def test_what_is_printed_to_be_typed_runs_as_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = tmp_path / "ansinh"
    installed.touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(installed), "keys"])
    assert program() == str(installed)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program() == "ansinh"
    monkeypatch.setattr(sys, "argv", ["/srv/an sinh/bot/__main__.py", "keys"])
    assert program() == f"{sys.executable} -m bot"
    monkeypatch.setattr(sys, "argv", ["/usr/bin/pytest"])
    assert program() == ".venv/bin/ansinh"
