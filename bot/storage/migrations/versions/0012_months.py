"""Finding what a collector did in a month."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_lead_events_collector_id_at", "lead_events", ["collector_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_lead_events_collector_id_at", table_name="lead_events")
