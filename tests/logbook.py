"""What every process of the tests logs, looked through after each test for what no log may hold.

No list says what is secret: whatever is sealed at rest, whatever signs a link or opens a platform, and
whatever reads as a telephone number. What an exception of a task nobody awaited says is a log as well.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.logs import JsonLines, quieten
from bot.storage.crypt import Cipher

PLACE = "ANSINH_TESTS_LOGBOOK"  # where the processes a test starts find the book
LEAK = "LEAK "
SHORTEST = 4  # characters: anything shorter is in every line by chance
_PHONE = re.compile(r"(?<![\d.])(?:\+?84|0)[ .-]?[35789](?:[ .-]?\d){8}(?!\d)")
_TELLING = re.compile(r"\s|[^\x00-\x7f]|\d{7}")  # a person's words and numbers, not a key of ours


class Logbook:
    """One book a test process, shared with the processes it forks and starts."""

    def __init__(self, path: str = "") -> None:
        """`path` is the book of who started this process; without it a new one is begun."""
        self.path = path or tempfile.mkstemp(prefix="ansinh-log")[1]
        self._file = os.open(self.path, os.O_RDWR | os.O_APPEND)
        self._sealed: set[str] = set()
        self._secret: set[str] = set()

    def note(self, lines: str) -> None:
        """Add what was logged, by anybody. It is in the file at once: who notes may be killed."""
        os.write(self._file, lines.encode("utf-8", "backslashreplace") + b"\n")

    def secret(self, *values: str) -> None:
        """Note what no log may hold until the end of all tests."""
        self._secret |= {value for value in values if len(value) >= SHORTEST}

    def private(self, *values: str) -> None:
        """Note what no log of this test may hold, as it is sealed: words, or JSON with words in it."""
        self._sealed.update(values)

    def leaks(self) -> list[str]:
        """Return each line that says too much, with what it says."""
        lines = Path(self.path).read_text("utf-8").splitlines()
        if not lines:
            return []
        words = self._secret | {word for sealed in self._sealed for word in _words(sealed)}
        found = [line for line in lines if line.startswith(LEAK)]
        for line in lines:
            said = [word for word in words if word in line] + _PHONE.findall(line)
            if said and line not in found:
                found.append(f"{LEAK}{said} in {line}")
        return found

    def turn_over(self) -> list[str]:
        """Begin a new page; return the leaks of the one before."""
        found = self.leaks()
        os.ftruncate(self._file, 0)
        self._sealed.clear()
        return found

    def close(self) -> None:
        os.close(self._file)
        Path(self.path).unlink()


def watch(book: Logbook) -> Iterator[None]:
    """Have everything that is logged, sealed, signed with and read as a secret in this process noted."""
    make, seal, sign = logging.getLogRecordFactory(), Cipher.seal, Cipher.sign
    reveal, line = SecretStr.get_secret_value, JsonLines()

    def made(*args: Any, **more: Any) -> logging.LogRecord:
        record = make(*args, **more)
        book.note(f"{record.name}: {record.getMessage()}\n{line.format(record)}")
        return record

    def sealed(self: Cipher, value: str | bytes, aad: str) -> bytes:
        book.private(value if isinstance(value, str) else value.decode("utf-8", "replace"))
        return seal(self, value, aad)

    def signed(self: Cipher, value: str) -> str:
        book.private(signature := sign(self, value))
        return signature

    def revealed(self: SecretStr) -> str:
        book.secret(value := reveal(self))
        return value

    quieten()
    logging.setLogRecordFactory(made)
    Cipher.seal, Cipher.sign, SecretStr.get_secret_value = sealed, signed, revealed
    yield
    logging.setLogRecordFactory(make)
    Cipher.seal, Cipher.sign, SecretStr.get_secret_value = seal, sign, reveal


def switched_off() -> list[str]:
    """Return whose logs of ours nobody would see."""
    loggers = logging.Logger.manager.loggerDict.items()
    return [name for name, each in loggers if name.startswith("bot") and getattr(each, "disabled", False)]


def join() -> None:
    """In a process a test started: write into its book, and at the end what is known here to be a leak."""
    next(watch(BOOK))
    logging.getLogger().setLevel(logging.INFO)
    atexit.register(lambda: [BOOK.note(leak) for leak in BOOK.leaks()])


def _words(sealed: str) -> Iterator[str]:
    """What is somebody's in what was sealed: all of a text, of JSON the texts that are no keys of ours."""
    try:
        waiting = [json.loads(sealed)] if sealed.startswith(("{", "[")) else []
    except ValueError:
        waiting = []
    if not waiting and len(sealed) >= SHORTEST:
        yield sealed
    while waiting:
        value = waiting.pop()
        if isinstance(value, (dict, list)):
            waiting += value.values() if isinstance(value, dict) else value
        elif isinstance(value, str) and len(value) >= SHORTEST and _TELLING.search(value):
            yield value


BOOK = Logbook(os.environ.get(PLACE, ""))
