"""People can report whoever pretends to be a collector."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.types import RowId, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scam_reports",
        sa.Column("id", RowId, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("account", sa.String(80), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scam_reports")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_scam_reports_channel_account_person", "scam_reports", ["channel", "account", "person"]
    )


def downgrade() -> None:
    op.drop_table("scam_reports")
