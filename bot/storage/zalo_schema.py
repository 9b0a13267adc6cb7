"""Tables of Zalo: tokens that rotate, who wrote when, which messages are ours, templates that were sent."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table

from bot.storage.schema import metadata
from bot.storage.types import RowId, UtcDateTime

zalo_tokens = Table(
    "zalo_tokens",
    metadata,
    Column("oa_id", String(80), primary_key=True),
    Column("access", LargeBinary, nullable=False),  # sealed
    Column("refresh", LargeBinary, nullable=False),  # sealed; good for one renewal
    Column("generation", Integer, nullable=False),
    Column("renewed_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("claimed_until", UtcDateTime, nullable=True),  # somebody is renewing
    Column("retry_at", UtcDateTime, nullable=True),  # no renewal before, after one that did not come through
    Column("broken", String(80), nullable=True),  # why a person must give new tokens
    Column("given", String(64), nullable=True),  # SHA-256 of the refresh token a person gave
)

zalo_token_events = Table(
    "zalo_token_events",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("oa_id", String(80), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("what", String(80), nullable=False),
    Column("generation", Integer, nullable=False),
    sqlite_autoincrement=True,
)

zalo_people = Table(
    "zalo_people",
    metadata,
    Column("account", String(80), nullable=False),
    Column("person", String(100), nullable=False),
    Column("spoke_at", UtcDateTime, nullable=True),  # the last interaction: opens the window of 7 days
    Column("shut_at", UtcDateTime, nullable=True),  # when Zalo said that the window was shut
    Column("human_at", UtcDateTime, nullable=True),  # when a person of ours last wrote: the bot is silent
    Column("follows", Boolean, nullable=True),
    PrimaryKeyConstraint("account", "person"),
)

zalo_messages = Table(
    "zalo_messages",
    metadata,
    Column("account", String(80), nullable=False),
    Column("message_id", String(100), nullable=False),
    Column("person", String(100), nullable=False),
    Column("key", String(40), nullable=False),  # the outbox id
    Column("sent_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=True),
    Column("seen_at", UtcDateTime, nullable=True),
    PrimaryKeyConstraint("account", "message_id"),
)

zalo_echoes = Table(
    "zalo_echoes",
    metadata,
    Column("account", String(80), nullable=False),
    Column("message_id", String(100), nullable=False),
    Column("person", String(100), nullable=False),
    Column("text", LargeBinary, nullable=False),  # sealed
    Column("at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),  # until then the answer to our own call may still come
    PrimaryKeyConstraint("account", "message_id"),
    Index("ix_zalo_echoes_account_due_at", "account", "due_at"),
)

zalo_templates = Table(
    "zalo_templates",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("account", String(80), nullable=False),
    Column("tracking", String(48), nullable=False),
    Column("purpose", String(40), nullable=False),
    Column("way", String(10), nullable=False),  # uid, phone
    Column("template", String(40), nullable=False),
    Column("state", String(10), nullable=False),  # sent, refused, unknown, delivered, lost
    Column("code", Integer, nullable=False),  # of the error, 0 for none
    Column("message_id", String(100), nullable=True),
    Column("at", UtcDateTime, nullable=False),
    Column("delivered_at", UtcDateTime, nullable=True),
    Index("ix_zalo_templates_account_tracking", "account", "tracking"),
    Index("ix_zalo_templates_account_message_id", "account", "message_id"),
    sqlite_autoincrement=True,
)


def token_place(column: str, oa_id: str) -> str:
    """The place a token is sealed for."""
    return f"zalo_tokens.{column}:{oa_id}"


def echo_place(account: str, message_id: str) -> str:
    """The place the text of an echo is sealed for."""
    return f"zalo_echoes.text:{account}:{message_id}"
