"""Tables of chats that belong together: one person's on several channels, and codes that prove it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, PrimaryKeyConstraint, String, Table

from bot.storage.network_schema import collectors
from bot.storage.schema import metadata
from bot.storage.types import UtcDateTime

citizen_chats = Table(
    "citizen_chats",
    metadata,
    Column("channel", String(20), nullable=False),
    Column("account", String(80), nullable=False),
    Column("person", String(100), nullable=False),
    Column("citizen", String(32), nullable=False, index=True),  # random: says nothing of her
    PrimaryKeyConstraint("channel", "account", "person"),
)
"""The chats of people who proved that they have more than one."""

link_codes = Table(
    "link_codes",
    metadata,
    Column("code", String(64), primary_key=True),  # what only we can compute of it
    Column("channel", String(20), nullable=False),  # where it was asked for; "staff" when we gave it
    Column("account", String(80), nullable=False),
    Column("person", String(100), nullable=False),
    Column("collector_id", ForeignKey(collectors.c.id), nullable=True),  # whose chat it makes one
    Column("officer", String(20), nullable=True),  # the same of an officer
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=True),
)
"""Codes that link a chat, each once."""

office_chats = Table(
    "office_chats",
    metadata,
    Column("channel", String(20), nullable=False),
    Column("account", String(80), nullable=False),
    Column("person", String(100), nullable=False),
    Column("officer", String(20), nullable=False),  # as records name him
    PrimaryKeyConstraint("channel", "account", "person"),
)
"""Where officers are written to."""
