"""SQLite's wire: each statement crosses to the database's thread and back once, not four times."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiosqlite

Rows = list[tuple[Any, ...]]
Fetched = tuple[sqlite3.Cursor, Rows]


class Wire(aiosqlite.Connection):
    """A connection whose statements bring their rows with them: they are all read at once anyway."""

    def cursor(self) -> Statement:  # type: ignore[override]  # aiosqlite's must be awaited, ours need not
        """Return a cursor; it costs nothing until it executes."""
        return Statement(self)

    async def rollback(self) -> None:
        """Roll back if there is anything to."""
        if self.in_transaction:
            await super().rollback()

    async def run(self, sql: str, parameters: Sequence[Any], *, many: bool) -> Fetched:
        """Execute and fetch on the database's thread."""

        def whole() -> Fetched:
            cursor = self._conn.cursor()
            (cursor.executemany if many else cursor.execute)(sql, parameters)
            return cursor, cursor.fetchall() if cursor.description else []

        on_its_thread: Callable[[Callable[[], Fetched]], Awaitable[Fetched]] = self._execute
        return await on_its_thread(whole)


class Statement:
    """What SQLAlchemy asks of a cursor."""

    def __init__(self, wire: Wire) -> None:
        """Nothing is executed yet."""
        self._wire = wire
        self._cursor: sqlite3.Cursor | None = None
        self._rows: Rows = []
        self.arraysize = 1

    async def __aenter__(self) -> Statement:
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Statement:
        """Execute one statement, and fetch what it returns."""
        self._cursor, self._rows = await self._wire.run(sql, parameters, many=False)
        return self

    async def executemany(self, sql: str, parameters: Sequence[Any]) -> Statement:
        """Execute a statement for each row of parameters."""
        self._cursor, self._rows = await self._wire.run(sql, parameters, many=True)
        return self

    async def fetchall(self) -> Rows:
        """Return the rows that came with the statement."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is open: the rows were all read."""

    @property
    def description(self) -> Any:  # noqa: ANN401 - the driver's
        """The columns, or None for a statement without rows."""
        return self._cursor.description if self._cursor else None

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return self._cursor.rowcount if self._cursor else -1

    @property
    def lastrowid(self) -> int | None:
        """The id of the row inserted last."""
        return self._cursor.lastrowid if self._cursor else None


def connect(database: str, **options: Any) -> Wire:  # noqa: ANN401 - sqlite3's own options
    """Return a connection to await, on a thread that ends with the process."""
    wire = Wire(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
    wire._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does with connections it makes
    return wire
