"""The look through the logs of the tests finds what it is there for, whoever logged it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.storage.crypt import Cipher
from tests.conftest import SECRET
from tests.logbook import PLACE, Logbook, watch

ROOT = Path(__file__).parents[2]
STATE = '{"answers":{"name":"chị Lành","task":"quote"},"said":["em muốn nói riêng"]}'
TOKEN = "1234567890:another-token-of-a-bot"
log = logging.getLogger(__name__)


@pytest.fixture
def book() -> Iterator[Logbook]:
    """A book of its own, in which what is logged here may leak; the one of all tests hears nothing of it."""
    made, real = Logbook(), logging.getLogRecordFactory()
    logging.setLogRecordFactory(logging.LogRecord)
    watching = watch(made)
    next(watching)
    cipher = Cipher(SECRET)
    cipher.seal(STATE, "conversations.state:1")
    cipher.seal("Hương", "leads.name:1")
    SecretStr(TOKEN).get_secret_value()
    yield made
    next(watching, None)
    logging.setLogRecordFactory(real)
    made.close()


@pytest.mark.parametrize(
    "said",
    [
        "the token is " + TOKEN,
        "called 0912345678",
        "called +84 912 345 678",
        "called 0912.345.678",
        "chị Lành is not there",
        "Hương has no time",
        'read {"said": "em muốn nói riêng"}',
        "the secret is " + SECRET,
    ],
)
def test_a_line_that_says_too_much_is_found(book: Logbook, said: str) -> None:
    SecretStr(SECRET).get_secret_value()
    log.warning("%s", said)
    [first, *_] = book.turn_over()
    assert said.rsplit(maxsplit=1)[-1][:8] in first
    assert book.turn_over() == []


def test_the_signature_of_a_link_is_found(book: Logbook) -> None:
    log.info("GET /inbox/%s", Cipher(SECRET).sign("inbox:LS0001"))
    assert book.leaks()


def test_what_is_ours_may_be_said(book: Logbook) -> None:
    log.warning("message 7 to channel zalo_oa is unknown: quote, task, at 2026-11-23T03:00:00.123456+00:00")
    assert book.leaks() == []


def test_what_was_logged_by_a_process_that_was_killed_is_found(book: Logbook) -> None:
    child = os.fork()
    if child == 0:
        log.warning("chị Lành is not there")
        os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    assert book.leaks()


def test_what_a_process_of_a_test_seals_and_logs_is_found(book: Logbook) -> None:
    leaky = (
        "from tests.logbook import join; join()\n"
        "import logging\n"
        "from bot.storage.crypt import Cipher\n"
        "Cipher('a secret of sixteen').seal('chỉ ở đây', 'x')\n"
        "logging.getLogger('there').info('chỉ ở đây')\n"
    )
    environment = {**os.environ, PLACE: book.path}
    subprocess.run([sys.executable, "-c", leaky], check=True, cwd=ROOT, env=environment, timeout=60)
    assert book.leaks()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("logging.getLogger('x').info('Hương')", "a log of test_it holds what no log may"),
        ("logging.getLogger('bot.sender').disabled = True", "test_it switched off the log of bot.sender"),
    ],
)
def test_a_test_whose_logs_leak_or_are_switched_off_fails(tmp_path: Path, line: str, why: str) -> None:
    file = tmp_path / "test_leaky.py"
    file.write_text(
        "import logging\n"
        "from bot.storage.crypt import Cipher\n"
        "def test_it():\n"
        "    Cipher('a secret of sixteen').seal('Hương', 'leads.name:1')\n"
        f"    {line}\n"
    )
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", PLACE))}
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-q"]
    setup = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path), str(file)]
    done = subprocess.run(
        [*command, *setup], capture_output=True, text=True, check=False, cwd=ROOT, env=plain, timeout=120
    )
    assert done.returncode == 1
    assert why in done.stdout
    assert ".E" in done.stdout.split()
