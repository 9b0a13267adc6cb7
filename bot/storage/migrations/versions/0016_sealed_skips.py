"""Sealing who came into question for a lead and why: the reason may tell of her people.

What was kept readable is deleted: no key is at hand here, and it is what must not be readable.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.types import RowId, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make(sa.Column("considered", sa.LargeBinary(), nullable=False))


def downgrade() -> None:
    _make(
        sa.Column("collector_id", sa.Integer(), nullable=False),
        sa.Column("ring", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=True),
        sa.Column("last_turn", UtcDateTime(), nullable=True),
        sa.Column("share", sa.SmallInteger(), nullable=False),
        sa.Column("mates", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["collectors.id"], name="fk_lead_skips_collector_id_collectors"
        ),
    )


def _make(*columns: sa.schema.SchemaItem) -> None:
    """Make the table anew with what it says of each assignment."""
    op.drop_table("lead_skips")
    op.create_table(
        "lead_skips",
        sa.Column("id", RowId, nullable=False),
        sa.Column("lead_id", RowId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_lead_skips_lead_id_leads"),
        sa.PrimaryKeyConstraint("id", name="pk_lead_skips"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_lead_skips_lead_id", "lead_skips", ["lead_id"], unique=False)
