"""Questions nobody has written an answer to are kept for the officers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.types import RowId, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("id", RowId, autoincrement=True, nullable=False),
        sa.Column("alike", sa.String(64), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("alike", name=op.f("uq_questions_alike")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_questions_last_at", "questions", ["last_at"])


def downgrade() -> None:
    op.drop_table("questions")
