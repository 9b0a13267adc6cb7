"""Reminding the officer of what lies with him already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.types import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TIMERS = sa.table(
    "timers", sa.column("kind", sa.String), sa.column("lead_id", sa.Integer), sa.column("due_at", UtcDateTime)
)
_LEADS = sa.table(
    "leads", sa.column("id", sa.Integer), sa.column("state", sa.String), sa.column("person", sa.String)
)
_EVENTS = sa.table("lead_events", sa.column("lead_id", sa.Integer), sa.column("at", UtcDateTime))


def upgrade() -> None:
    since = sa.func.max(_EVENTS.c.at)  # it is high time for all of them
    his = (
        sa.select(sa.literal("give"), _LEADS.c.id, since)
        .join(_EVENTS, _EVENTS.c.lead_id == _LEADS.c.id)
        .where(_LEADS.c.state == "unassigned", _LEADS.c.person.is_not(None))
        .group_by(_LEADS.c.id)
    )
    op.execute(sa.insert(_TIMERS).from_select(["kind", "lead_id", "due_at"], his))


def downgrade() -> None:
    op.execute(sa.delete(_TIMERS).where(_TIMERS.c.kind == "give"))
