"""Questions nobody has written an answer to, for the officers."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from bot.storage.schema import metadata
from bot.storage.types import RowId, UtcDateTime

questions = Table(
    "questions",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("alike", String(64), nullable=False),  # hex index of its telling words: asked again it counts
    Column("text", LargeBinary, nullable=False),  # sealed: as first asked, without what identifies a person
    Column("times", Integer, nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    UniqueConstraint("alike"),
    Index("ix_questions_last_at", "last_at"),
    sqlite_autoincrement=True,
)


def place(alike: str) -> str:
    """The place a question is sealed for."""
    return f"questions.text:{alike}"
