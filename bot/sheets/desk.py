"""`ansinh import` and `ansinh export`: the network from and to spreadsheets, all of it or nothing."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.app import open_app
from bot.clock import LOCAL
from bot.dispatch import Dispatch
from bot.errors import BadFile
from bot.handover import hand_over_what_changed
from bot.settings import Settings
from bot.sheets import store, tables, writing
from bot.sheets.layout import Layout
from bot.sheets.plan import Plan, Reader
from bot.sheets.store import Changes, Stored
from bot.storage import leads
from bot.storage.hotpath import enqueue
from bot.storage.leads import Lead
from calculators.territory import Territory
from handlers.messages import Address, Outgoing

SHOWN = 50  # problems printed of a file; the rest is counted


@dataclass(frozen=True, slots=True)
class Done:
    """What an import did: rows by table, leads handed over (before, after), who was not named and stays."""

    changes: Mapping[str, Changes]
    handed: Sequence[tuple[Lead, Lead]]
    unnamed: Sequence[str]


async def import_files(files: Sequence[Path], *, dry_run: bool) -> int:
    """Import files, or only tell what that would do; 1 when something is wrong, and nothing changed."""
    settings = Settings()
    async with open_app(settings) as app:
        mail: list[tuple[Address, Outgoing]] = []
        async with app.engine.begin() as connection:
            await leads.alone(connection)
            stored = await store.load(connection, app.cipher)
            now = app.clock()
            today = now.astimezone(LOCAL).date()
            plan, problems = read_plan(files, stored, app.territory, settings.home_province, today)
            if problems:
                _complain(problems)
                return 1
            dispatch = app.worlds.dispatch(connection, now, lambda *one: mail.append(one))
            done = await bring(dispatch, stored, plan, dry_run=dry_run)
            if not dry_run:
                cause = f"import-{now.timestamp():.6f}"
                posts = [(cause, n, to, message) for n, (to, message) in enumerate(mail)]
                await enqueue(connection, posts, app.cipher, at=now)
        _tell(done, stored)
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


async def bring(dispatch: Dispatch, stored: Stored, plan: Plan, *, dry_run: bool) -> Done:
    """Apply a plan, and hand over the calls that those it changes can no longer make.

    For a dry run all of it is taken back, when the database too has had its say. Call leads.alone() before.
    """
    trial = await dispatch.connection.begin_nested()
    was, today = stored.plan.staff, dispatch.diary.day(dispatch.now)
    lost = {
        stored.staff_ids[code]: set(was[code].wards) - set(one.wards)
        for code, one in store.changed_staff(stored, plan).items()
        if code in was
    }
    changes = await store.apply(dispatch.connection, dispatch.cipher, stored, plan)
    handed = await hand_over_what_changed(dispatch, lost, who="import")
    await (trial.rollback() if dry_run else trial.commit())
    unnamed = [
        code
        for code, one in was.items()
        if plan.staff and code not in plan.staff and (one.active_until or today) >= today
    ]
    return Done(changes, handed, unnamed)


def _tell(done: Done, stored: Stored) -> None:
    """Print what an import did, or would do."""
    layout = Layout.load()
    for table, count in done.changes.items():
        counts = f"{count.added} added, {count.changed} changed, {count.same} the same"
        sys.stdout.write(f"{layout.sheet(table)}: {counts}\n")
    if done.unnamed:
        some = ", ".join(done.unnamed[:SHOWN]) + (" …" if len(done.unnamed) > SHOWN else "")
        sheet, column = layout.sheet("collectors"), layout.columns("collectors")["active_until"]
        sys.stdout.write(
            f"{sheet}: {len(done.unnamed)} not in the files stay as they are: {some}\n"
            f"  whoever leaves needs his last day in “{column}”\n"
        )
    codes = {identity: code for code, identity in stored.staff_ids.items()}
    whose = Counter(codes[lead.collector_id] for lead, _ in done.handed if lead.collector_id is not None)
    of_whom = ", ".join(f"{code} {many}" for code, many in sorted(whose.items()))
    sys.stdout.write(f"calls handed over: {len(done.handed)}{f' ({of_whom})' if of_whom else ''}\n")
    if left := sum(after.collector_id is None for _, after in done.handed):
        sys.stdout.write(f"  {left} of them to the office: nobody is free\n")


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
