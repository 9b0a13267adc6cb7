"""Messages in parts, the state of each channel's account, and deliveries nobody could read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.types import RowId, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("part", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_outbox_channel_sent_at", "outbox", ["channel", "sent_at"])
    op.create_table(
        "channel_accounts",
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("account", sa.String(80), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("human", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("trouble", sa.String(60), nullable=True),
        sa.Column("trouble_at", UtcDateTime(), nullable=True),
        sa.Column("refused", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", name="pk_channel_accounts"),
    )
    op.create_table(
        "strays",
        sa.Column("id", RowId, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("account", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_strays"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_strays_channel_kind", "strays", ["channel", "kind"])


def downgrade() -> None:
    op.drop_table("strays")
    op.drop_table("channel_accounts")
    op.drop_index("ix_outbox_channel_sent_at", "outbox")
    with op.batch_alter_table("outbox") as table:
        table.drop_column("part")
