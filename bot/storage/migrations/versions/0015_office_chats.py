"""Chats of officers, the codes that link them, and which troubles of a channel they were told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.types import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "office_chats",
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("account", sa.String(80), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("officer", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", "person", name="pk_office_chats"),
    )
    with op.batch_alter_table("link_codes") as table:
        table.add_column(sa.Column("officer", sa.String(20), nullable=True))
    with op.batch_alter_table("channel_accounts") as table:
        table.add_column(sa.Column("held_since", UtcDateTime, nullable=True))
        table.add_column(sa.Column("told_at", UtcDateTime, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("channel_accounts") as table:
        table.drop_column("told_at")
        table.drop_column("held_since")
    with op.batch_alter_table("link_codes") as table:
        table.drop_column("officer")
    op.drop_table("office_chats")
