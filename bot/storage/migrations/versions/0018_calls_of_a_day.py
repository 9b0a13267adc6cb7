"""Telling the hours a collector calls in from those he only is not offered again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.types import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_BOOKINGS = sa.table(
    "bookings",
    sa.column("collector_id", sa.Integer),
    sa.column("starts_at", UtcDateTime),
    sa.column("held_until", UtcDateTime),
    sa.column("fills", sa.Boolean),
)
_LEADS = sa.table("leads", sa.column("collector_id", sa.Integer), sa.column("starts_at", UtcDateTime))


def upgrade() -> None:
    op.add_column("bookings", sa.Column("fills", sa.Boolean(), nullable=False, server_default=sa.true()))
    his = sa.exists().where(
        _LEADS.c.collector_id == _BOOKINGS.c.collector_id, _LEADS.c.starts_at == _BOOKINGS.c.starts_at
    )
    given_away = sa.update(_BOOKINGS).where(_BOOKINGS.c.held_until.is_(None), ~his)
    op.execute(given_away.values(fills=False))


def downgrade() -> None:
    op.drop_column("bookings", "fills")
