"""`ansinh do-not-call`: the register of numbers that must not be called unasked."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

from bot.app import open_app
from bot.errors import BadFile
from bot.settings import Settings
from bot.storage import do_not_call
from handlers.reading import Unclear
from handlers.reading.phones import phone

LARGEST_FILE = 200_000_000  # bytes
MOST_PROBLEMS = 20  # shown of a file; one is enough to import nothing
_FIELD = re.compile(r"[;,\t]")


async def import_register(file: Path) -> int:
    """Import a text or CSV file with a number first on each line in the place of the last, or nothing."""
    numbers = read_register(file)
    async with open_app(Settings()) as app, app.engine.begin() as connection:
        added = await do_not_call.replace_register(connection, app.cipher, numbers, at=app.clock())
    sys.stdout.write(f"{len(numbers)} numbers read, {added} are kept as the register\n")
    return 0


async def look_up(number: str) -> int:
    """Print whether a number may be called unasked; 1 when it may not."""
    settings = Settings()
    async with open_app(settings) as app, app.engine.connect() as connection:
        source = await do_not_call.source_of(connection, app.cipher, _phone(number))
    sys.stdout.write(f"must not be called unasked: {source}\n" if source else "not on the list\n")
    return int(source is not None)


def read_register(file: Path) -> set[str]:
    """Return the numbers of a file as E.164. Raises BadFile with every line that is none."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise BadFile(f"{file} is larger than {LARGEST_FILE:,} bytes; split it")
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as broken:
        raise BadFile(f"{file} cannot be read as UTF-8 text: {type(broken).__name__}") from broken
    numbers, problems = set(), []
    for place, line in enumerate(lines, start=1):
        first = _FIELD.split(line)[0].strip().strip('"')
        if not first or (place == 1 and not any(map(str.isdigit, first))):
            continue
        try:
            numbers.add(_phone(first))
        except BadFile:
            problems.append(place)
    if problems:
        shown = ", ".join(map(str, problems[:MOST_PROBLEMS]))
        raise BadFile(
            f"{file}: {len(problems)} lines do not begin with a phone number (lines {shown}); nothing was "
            "imported; mend or remove them"
        )
    return numbers


def _phone(text: str) -> str:
    try:
        return phone(text, date.min)  # the day says nothing about a number
    except Unclear as unclear:
        raise BadFile(f"not a phone number ({unclear.code}); write it as 0912345678") from None
