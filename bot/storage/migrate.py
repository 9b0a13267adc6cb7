"""Bringing a database to the newest schema; a database that is there already costs one query."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.engine import reading

_LOCK = 0x5C4E  # the number of the lock of migrations on PostgreSQL; any would do

FOLDER = Path(__file__).parent / "migrations"


class SchemaError(Exception):
    """The database is not one this version can use; the message says what to do."""


def newest() -> str:
    """The newest revision: files are named after theirs, in order."""
    return max(file.stem.partition("_")[0] for file in (FOLDER / "versions").glob("[0-9]*.py"))


async def current(engine: AsyncEngine) -> str | None:
    """Return the revision a database is at; None when it is empty."""
    async with reading(engine) as connection:
        try:
            return (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar()
        except DBAPIError:
            return None


async def migrate(engine: AsyncEngine, revision: str | None = None) -> None:
    """Upgrade to the newest revision, or move to `revision` ("base" is an empty database).

    Of several processes that start at once one does it, and the others wait. Raises SchemaError for a
    database that a later version of An Sinh has moved on.
    """
    at = await current(engine)
    if revision is None and at == newest():
        return
    if at is not None and at > newest():
        raise SchemaError(
            f"the database is at revision {at} and this version of An Sinh knows {newest()} at most: "
            "start the version that moved it, or restore the backup made before"
        )
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # on SQLite the transaction itself is the lock
            await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        await connection.run_sync(_run, revision)


def _run(connection: Connection, revision: str | None) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    if revision is None:
        command.upgrade(config, "head")
    else:
        command.downgrade(config, revision)
