"""The web chat's own history: what the page shows after a reload."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, String, Table, UniqueConstraint

from bot.storage.schema import metadata
from bot.storage.types import RowId, UtcDateTime

web_messages = Table(
    "web_messages",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("account", String(80), nullable=False),
    Column("person", String(100), nullable=False),
    Column(
        "key", String(40), nullable=False
    ),  # the outbox id: a message is kept once however often it is sent
    Column("body", LargeBinary, nullable=False),  # sealed JSON of Outgoing
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("key"),
    Index("ix_web_messages_account_person_id", "account", "person", "id"),
    sqlite_autoincrement=True,
)


def place(key: str) -> str:
    """The place a shown message is sealed for."""
    return f"web_messages.body:{key}"
