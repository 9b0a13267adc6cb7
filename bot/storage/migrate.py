"""Bringing a database to the newest schema; a database that is there already costs one query."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

FOLDER = Path(__file__).parent / "migrations"


def newest() -> str:
    """The newest revision: files are named after theirs, in order."""
    return max(file.stem.partition("_")[0] for file in (FOLDER / "versions").glob("[0-9]*.py"))


async def current(engine: AsyncEngine) -> str | None:
    """Return the revision a database is at; None when it is empty."""
    async with engine.connect() as connection:
        try:
            return (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar()
        except DBAPIError:
            return None


async def migrate(engine: AsyncEngine, revision: str | None = None) -> None:
    """Upgrade to the newest revision, or move to `revision` ("base" is an empty database)."""
    if revision is None and await current(engine) == newest():
        return
    async with engine.begin() as connection:
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
