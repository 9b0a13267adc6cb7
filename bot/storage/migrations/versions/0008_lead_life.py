"""Shares, heads of points, days off, held hours, why somebody was skipped, and timers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.types import RowId, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COUNTED, HELD = sa.text("counts"), sa.text("held_until IS NOT NULL")


def upgrade() -> None:
    _network()
    _leads()
    op.create_table(
        "days_off",
        sa.Column("collector_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_days_off_order")),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["collectors.id"], name=op.f("fk_days_off_collector_id_collectors")
        ),
        sa.PrimaryKeyConstraint("collector_id", "first", name=op.f("pk_days_off")),
    )
    op.create_table(
        "lead_skips",
        sa.Column("id", RowId, nullable=False),
        sa.Column("lead_id", RowId, nullable=False),
        sa.Column("collector_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("ring", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=True),
        sa.Column("last_turn", UtcDateTime(), nullable=True),
        sa.Column("share", sa.SmallInteger(), nullable=False),
        sa.Column("mates", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["collectors.id"], name=op.f("fk_lead_skips_collector_id_collectors")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_lead_skips_lead_id_leads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_skips")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_lead_skips_lead_id"), "lead_skips", ["lead_id"], unique=False)
    op.create_table(
        "timers",
        sa.Column("id", RowId, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("lead_id", RowId, nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_timers_lead_id_leads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
        sa.UniqueConstraint("kind", "lead_id", name=op.f("uq_timers_kind_lead_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_timers_due_at"), "timers", ["due_at"], unique=False)


def _network() -> None:
    """Add columns in place: to SQLite a table that is copied and dropped breaks what refers to it."""
    op.execute(
        "ALTER TABLE organisations ADD COLUMN share SMALLINT DEFAULT 1 NOT NULL "
        "CONSTRAINT ck_organisations_share CHECK (share BETWEEN 1 AND 1000)"
    )
    op.add_column("points", sa.Column("code", sa.String(length=12), server_default="", nullable=False))
    op.execute("UPDATE points SET code = 'D' || CAST(id AS VARCHAR(11))")
    op.create_index("uq_points_code", "points", ["code"], unique=True)
    op.create_index(op.f("ix_points_ward"), "points", ["ward"], unique=False)
    op.execute("ALTER TABLE collectors ADD COLUMN heads_point BOOLEAN DEFAULT false NOT NULL")
    op.execute(
        "ALTER TABLE collectors ADD COLUMN per_day SMALLINT DEFAULT 8 NOT NULL "
        "CONSTRAINT ck_collectors_per_day CHECK (per_day BETWEEN 1 AND 24)"
    )
    op.create_index(op.f("ix_collectors_point_id"), "collectors", ["point_id"], unique=False)
    op.create_index(
        op.f("ix_collector_wards_collector_id"), "collector_wards", ["collector_id"], unique=False
    )


def _leads() -> None:
    op.add_column("quotes", sa.Column("referrer", sa.String(length=12), nullable=True))
    for column in (
        sa.Column("no_answers", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("method", sa.String(length=16), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
    ):
        op.add_column("leads", column)
    for column in (
        sa.Column("counts", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("account", sa.String(length=80), nullable=True),
        sa.Column("person", sa.String(length=100), nullable=True),
    ):
        op.add_column("bookings", column)
    op.drop_index("ix_bookings_collector_id_made_at", table_name="bookings")
    op.create_index(
        "ix_bookings_collector_id_made_at",
        "bookings",
        ["collector_id", "made_at"],
        unique=False,
        sqlite_where=COUNTED,
        postgresql_where=COUNTED,
    )
    op.create_index(
        "uq_bookings_held",
        "bookings",
        ["channel", "account", "person"],
        unique=True,
        sqlite_where=HELD,
        postgresql_where=HELD,
    )


def downgrade() -> None:
    for table in ("timers", "lead_skips", "days_off"):
        op.drop_table(table)
    op.drop_index("uq_bookings_held", table_name="bookings")
    op.drop_index("ix_bookings_collector_id_made_at", table_name="bookings")
    for column in ("counts", "held_until", "channel", "account", "person"):
        op.drop_column("bookings", column)
    op.create_index("ix_bookings_collector_id_made_at", "bookings", ["collector_id", "made_at"], unique=False)
    for column in ("no_answers", "method", "amount", "follow_up_on"):
        op.drop_column("leads", column)
    op.drop_column("quotes", "referrer")
    op.drop_index(op.f("ix_collector_wards_collector_id"), table_name="collector_wards")
    op.drop_index(op.f("ix_collectors_point_id"), table_name="collectors")
    op.drop_column("collectors", "per_day")
    op.drop_column("collectors", "heads_point")
    op.drop_index(op.f("ix_points_ward"), table_name="points")
    op.drop_index("uq_points_code", table_name="points")
    op.drop_column("points", "code")
    op.drop_column("organisations", "share")
