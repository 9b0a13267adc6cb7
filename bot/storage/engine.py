"""Engines: SQLite as the embedded default, PostgreSQL for many processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.storage import sqlite_wire

READING = "ansinh_reading"

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a commit that was acknowledged survives a power cut
    "PRAGMA busy_timeout=15000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # what is deleted is not left readable in the file
)


def make_engine(url: str) -> AsyncEngine:
    """Return the engine of a URL; raise ValueError for a driver that is none of the two.

    What a statement was given is not told in errors: it may be about a person.
    """
    if url.startswith("postgresql+asyncpg://"):
        return create_async_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=8, hide_parameters=True)
    if not url.startswith("sqlite+aiosqlite://"):
        raise ValueError("ANSINH_DATABASE_URL starts with sqlite+aiosqlite:// or postgresql+asyncpg://")
    wire = {"async_creator_fn": sqlite_wire.connect}
    engine = create_async_engine(url, pool_size=4, max_overflow=4, hide_parameters=True, connect_args=wire)
    event.listen(engine.sync_engine, "connect", _on_connect)
    event.listen(engine.sync_engine, "begin", _on_begin)
    return engine


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection that only reads, and waits for no writer: it sees what was committed before it."""
    async with engine.connect() as connection:
        yield await connection.execution_options(**{READING: True})


def _on_connect(connection: Any, _: object) -> None:  # noqa: ANN401 - a driver's connection
    connection.isolation_level = None  # the driver would begin transactions of its own
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _on_begin(connection: Connection) -> None:
    """One writer at a time: whoever begins waits here and not, with an error, at the first write."""
    reading = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
