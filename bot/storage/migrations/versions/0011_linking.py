"""Chats that belong together, and the codes that prove it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.types import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _address() -> tuple[sa.Column[str], ...]:
    return (
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("account", sa.String(80), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "citizen_chats",
        *_address(),
        sa.Column("citizen", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", "person", name="pk_citizen_chats"),
    )
    op.create_index("ix_citizen_chats_citizen", "citizen_chats", ["citizen"])
    op.create_table(
        "link_codes",
        sa.Column("code", sa.String(64), nullable=False),
        *_address(),
        sa.Column("collector_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["collectors.id"], name="fk_link_codes_collector_id_collectors"
        ),
        sa.PrimaryKeyConstraint("code", name="pk_link_codes"),
    )


def downgrade() -> None:
    op.drop_table("link_codes")
    op.drop_table("citizen_chats")
