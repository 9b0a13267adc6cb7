"""Verbs for whoever runs it: migrate, replay, check."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import datetime

from bot import retention
from bot.app import open_app
from bot.clock import LOCAL
from bot.converse import open_failures
from bot.settings import Settings
from bot.storage import linking, network, reports
from bot.storage import officers as office
from bot.storage.migrate import newest

_OFFICER = re.compile(r"[a-z0-9]{2,20}", re.ASCII)


async def migrate_now() -> int:
    """Bring the database to the newest schema."""
    async with open_app(Settings()):
        sys.stdout.write(f"the database is at revision {newest()}\n")
    return 0


async def replay(ids: Sequence[int], *, only_list: bool) -> int:
    """List failed messages, or run them again; return 1 if one failed again."""
    async with open_app(Settings()) as app:
        async with app.engine.connect() as connection:
            waiting = await open_failures(connection)
        chosen = [row for row in waiting if not ids or row[0] in ids]
        for identity, error, at in chosen:
            sys.stdout.write(f"{identity}\t{_local(at)}\t{error}\n")
        if only_list:
            return 0
        for identity, _, _ in chosen:
            await app.converse.replay(identity)
        async with app.engine.connect() as connection:
            again = [
                row
                for row in await open_failures(connection)
                if row[0] > max((r[0] for r in waiting), default=0)
            ]
        sys.stdout.write(f"{len(chosen)} replayed, {len(again)} failed again\n")
    return int(bool(again))


async def delete_due() -> int:
    """Delete what is kept longer than people were told, and print how much of what."""
    async with open_app(Settings()) as app:
        done = await retention.sweep(app.engine, app.cipher, app.law, app.clock())
    for name, count in done.items():
        sys.stdout.write(f"{name:16} {count:8}\n")
    return int(bool(done["open_too_long"]))


async def scam_reports(done: Sequence[int]) -> int:
    """Mark reports as seen to, or print those that wait; 1 when a number waits for nobody."""
    async with open_app(Settings()) as app, app.engine.begin() as connection:
        unknown = [number for number in done if not await reports.seen(connection, number, at=app.clock())]
        for report in await reports.waiting(connection, app.cipher):
            sys.stdout.write(f"{report.id}\t{_local(report.at)}\t{report.said}\n")
    for number in unknown:
        sys.stderr.write(f"no report {number} waits\n")
    return int(bool(unknown))


async def link(collector: str) -> int:
    """Print a one-time code a collector types in the chat he will work in; 1 when there is no such one."""
    async with open_app(Settings()) as app, app.engine.begin() as connection:
        who = await network.collector_by_code(connection, collector)
        if who is None:
            sys.stderr.write(f"ansinh link: no collector has the code {collector[:20]}\n")
            return 1
        code = await linking.issue(
            connection,
            app.cipher,
            linking.OFFICE,
            at=app.clock(),
            collector=who.id,
            holds=linking.STAFF_HOLDS,
        )
        sys.stdout.write(f"{code}\n{who.name} types it, within 24 hours, in the chat he will work in.\n")
    return 0


async def officers(name: str | None, *, remove: bool) -> int:
    """List the chats of the office, print a code that makes a chat an officer's, or take his chats away."""
    if (name is None and remove) or (name is not None and not _OFFICER.fullmatch(name)):
        sys.stderr.write("ansinh officers: a name has 2 to 20 small letters and digits, such as hung\n")
        return 1
    async with open_app(Settings()) as app, app.engine.begin() as connection:
        if name is None:
            for officer, channel in await office.everybody(connection):
                sys.stdout.write(f"{officer}\t{channel}\n")
        elif remove:
            gone = await office.remove(connection, name)
            sys.stdout.write(f"{gone} chats of {name} are the office's no more\n")
            return int(not gone)
        else:
            at, holds = app.clock(), linking.STAFF_HOLDS
            code = await linking.issue(
                connection, app.cipher, linking.OFFICE, at=at, officer=name, holds=holds
            )
            sys.stdout.write(f"{code}\n{name} types it, within 24 hours, in the chat he will work in.\n")
    return 0


async def check() -> int:
    """Build everything without serving: settings, law, words, database; return 0 when all is well."""
    try:
        async with open_app(Settings()) as app:
            sys.stdout.write(f"settings, law, words and database are in order ({app.engine.dialect.name})\n")
    except Exception as problem:  # noqa: BLE001 - whatever it is, an operator reads what it says
        sys.stderr.write(f"{type(problem).__name__}: {problem}\n")
        return 1
    return 0


def _local(at: datetime) -> str:
    return at.astimezone(LOCAL).strftime("%d/%m/%Y %H:%M")
