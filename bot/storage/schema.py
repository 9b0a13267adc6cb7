"""The tables every message passes through."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from bot.storage.types import RowId, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _address() -> tuple[Column[str], Column[str], Column[str]]:
    return (
        Column("channel", String(20), nullable=False),
        Column("account", String(80), nullable=False),
        Column("person", String(100), nullable=False),
    )


seen = Table(
    "seen",
    metadata,
    Column("channel", String(20), nullable=False),
    Column("account", String(80), nullable=False),
    Column("event_id", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("channel", "account", "event_id"),
)

conversations = Table(
    "conversations",
    metadata,
    *_address(),
    Column("state", LargeBinary, nullable=True),  # sealed JSON; null before the first turn
    Column("updated_at", UtcDateTime, nullable=False),
    Column("stopped_at", UtcDateTime, nullable=True),  # when a channel said that the person had left
    PrimaryKeyConstraint("channel", "account", "person"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    *_address(),
    Column("cause", String(64), nullable=False),
    Column("n", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),  # sealed JSON of Outgoing
    Column("state", String(10), nullable=False),  # waiting, claimed, sent, unknown, dead
    Column("attempts", Integer, nullable=False, default=0),
    Column("part", Integer, nullable=False, server_default="0"),  # how many of its parts were sent
    Column("due_at", UtcDateTime, nullable=False),
    Column("claimed_until", UtcDateTime, nullable=True),
    Column("error", String(40), nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime, nullable=True),
    UniqueConstraint("cause", "n"),
    Index("ix_outbox_state_due_at", "state", "due_at"),
    Index("ix_outbox_channel_account_person_state", "channel", "account", "person", "state"),
    Index("ix_outbox_channel_sent_at", "channel", "sent_at"),
    sqlite_autoincrement=True,
)

failures = Table(
    "failures",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    *_address(),
    Column("event_id", String(200), nullable=False),
    Column("body", LargeBinary, nullable=False),  # sealed JSON of Incoming
    Column("error", String(100), nullable=False),
    Column("trace", Text, nullable=False),  # files, lines and functions: never a message or a value
    Column("created_at", UtcDateTime, nullable=False),
    Column("replayed_at", UtcDateTime, nullable=True),
    sqlite_autoincrement=True,
)

channel_accounts = Table(
    "channel_accounts",
    metadata,
    Column("channel", String(20), nullable=False),
    Column("account", String(80), nullable=False),
    Column("held_until", UtcDateTime, nullable=True),  # nothing is sent before
    Column("human", Boolean, nullable=False, server_default=false()),  # somebody must act
    Column("trouble", String(60), nullable=True),  # the last one, kept when it is over
    Column("trouble_at", UtcDateTime, nullable=True),
    Column("held_since", UtcDateTime, nullable=True),
    Column("told_at", UtcDateTime, nullable=True),  # when the office was told of this trouble
    Column("refused", Integer, nullable=False, server_default="0"),  # deliveries with a wrong signature
    Column("facts", JSON, nullable=False),  # what the platform told: quota, name; nothing of a person
    PrimaryKeyConstraint("channel", "account"),
)

strays = Table(
    "strays",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("channel", String(20), nullable=False),
    Column("account", String(80), nullable=False),
    Column("kind", String(60), nullable=False),  # oversized, malformed, unknown:<event>
    Column("size", Integer, nullable=False),  # bytes that came, as far as they were read
    Column("body", LargeBinary, nullable=False),  # sealed, cut where it is too long
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_strays_channel_kind", "channel", "kind"),
    sqlite_autoincrement=True,
)
