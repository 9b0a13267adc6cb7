"""`ansinh import` and `ansinh export`: the network from and to spreadsheets, all of it or nothing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import open_app
from bot.clock import LOCAL
from bot.errors import BadFile
from bot.settings import Settings
from bot.sheets import store, tables, writing
from bot.sheets.layout import Layout
from bot.sheets.plan import Plan, Reader
from bot.sheets.store import Changes, Stored
from bot.storage.crypt import Cipher
from calculators.territory import Territory

SHOWN = 50  # problems printed of a file; the rest is counted


async def import_files(files: Sequence[Path], *, dry_run: bool) -> int:
    """Import files, or only tell what that would do; 1 when something is wrong, and nothing changed."""
    settings = Settings()
    async with open_app(settings) as app:
        async with app.engine.begin() as connection:
            stored = await store.load(connection, app.cipher)
            today = app.clock().astimezone(LOCAL).date()
            plan, problems = read_plan(files, stored, app.territory, settings.home_province, today)
            if problems:
                _complain(problems)
                return 1
            changes = await _apply(connection, app.cipher, stored, plan, dry_run=dry_run)
        layout = Layout.load()
        for table, count in changes.items():
            counts = f"{count.added} added, {count.changed} changed, {count.same} the same"
            sys.stdout.write(f"{layout.sheet(table)}: {counts}\n")
        sys.stdout.write("nothing was changed: this was a dry run\n" if dry_run else "imported\n")
    return 0


def read_plan(
    files: Sequence[Path], stored: Stored, territory: Territory, home: str, today: date
) -> tuple[Plan, list[str]]:
    """Return what files ask for, and every problem in them with its cell. Raises BadFile."""
    layout = Layout.load()
    problems = tables.Problems(layout)
    found = tables.read(files, layout, problems)
    reader = Reader(layout, territory, home, stored.known(), problems, today)
    return reader.read(found), problems.found


async def _apply(
    connection: AsyncConnection, cipher: Cipher, stored: Stored, plan: Plan, *, dry_run: bool
) -> dict[str, Changes]:
    """Apply a plan; for a dry run take it back, when the database too has had its say."""
    trial = await connection.begin_nested()
    changes = dict(await store.apply(connection, cipher, stored, plan))
    await (trial.rollback() if dry_run else trial.commit())
    return changes


async def export_file(file: Path) -> int:
    """Write the network to an .xlsx workbook, or to .csv files, one a table."""
    if file.suffix.lower() not in (".xlsx", ".csv"):
        raise BadFile(f"{file}: name it .xlsx or .csv")
    async with open_app(Settings()) as app:
        async with app.engine.connect() as connection:
            plan = (await store.load(connection, app.cipher)).plan
        written = [file]
        if file.suffix.lower() == ".csv":
            written = writing.write_csv(file, plan, Layout.load(), app.territory)
        else:
            writing.write_workbook(file, plan, Layout.load(), app.territory)
    sys.stdout.write("".join(f"{path}\n" for path in written))
    return 0


def _complain(problems: Sequence[str]) -> None:
    """Print problems in the order of the files, so that they can be mended from the top."""
    for problem in problems[:SHOWN]:
        sys.stderr.write(f"{problem}\n")
    if len(problems) > SHOWN:
        sys.stderr.write(f"… and {len(problems) - SHOWN} more\n")
    sys.stderr.write(f"{len(problems)} problems; nothing was changed\n")
