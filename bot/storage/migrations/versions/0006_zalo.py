"""Zalo: tokens that rotate, windows, our own messages, templates that were sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.types import RowId, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "zalo_echoes",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("message_id", sa.String(length=100), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account", "message_id", name=op.f("pk_zalo_echoes")),
    )
    op.create_index("ix_zalo_echoes_account_due_at", "zalo_echoes", ["account", "due_at"], unique=False)
    op.create_table(
        "zalo_messages",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("message_id", sa.String(length=100), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("account", "message_id", name=op.f("pk_zalo_messages")),
    )
    op.create_table(
        "zalo_people",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("spoke_at", UtcDateTime(), nullable=True),
        sa.Column("shut_at", UtcDateTime(), nullable=True),
        sa.Column("human_at", UtcDateTime(), nullable=True),
        sa.Column("follows", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("account", "person", name=op.f("pk_zalo_people")),
    )
    op.create_table(
        "zalo_templates",
        sa.Column("id", RowId, autoincrement=True, nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("tracking", sa.String(length=48), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=100), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zalo_templates")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_zalo_templates_account_message_id", "zalo_templates", ["account", "message_id"], unique=False
    )
    op.create_index(
        "ix_zalo_templates_account_tracking", "zalo_templates", ["account", "tracking"], unique=False
    )
    op.create_table(
        "zalo_token_events",
        sa.Column("id", RowId, autoincrement=True, nullable=False),
        sa.Column("oa_id", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zalo_token_events")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "zalo_tokens",
        sa.Column("oa_id", sa.String(length=80), nullable=False),
        sa.Column("access", sa.LargeBinary(), nullable=False),
        sa.Column("refresh", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("renewed_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("retry_at", UtcDateTime(), nullable=True),
        sa.Column("broken", sa.String(length=80), nullable=True),
        sa.Column("given", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("oa_id", name=op.f("pk_zalo_tokens")),
    )


def downgrade() -> None:
    op.drop_table("zalo_tokens")
    op.drop_table("zalo_token_events")
    op.drop_index("ix_zalo_templates_account_tracking", table_name="zalo_templates")
    op.drop_index("ix_zalo_templates_account_message_id", table_name="zalo_templates")
    op.drop_table("zalo_templates")
    op.drop_table("zalo_people")
    op.drop_table("zalo_messages")
    op.drop_index("ix_zalo_echoes_account_due_at", table_name="zalo_echoes")
    op.drop_table("zalo_echoes")
