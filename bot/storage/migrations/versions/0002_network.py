"""Tables of the collection network, its leads and its quotes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.types import RowId, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STILL_OPEN = sa.text("state IN ('unassigned', 'offered', 'accepted', 'called') AND person IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("name", name=op.f("uq_organisations_name")),
    )
    op.create_table(
        "quotes",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("law_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_quotes")),
    )
    op.create_table(
        "points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("ward", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_points_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points")),
    )
    op.create_table(
        "collectors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=False),
        sa.Column("active_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["point_id"], ["points.id"], name=op.f("fk_collectors_point_id_points")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collectors")),
        sa.UniqueConstraint("code", name=op.f("uq_collectors_code")),
    )
    op.create_table(
        "bookings",
        sa.Column("collector_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["collectors.id"], name=op.f("fk_bookings_collector_id_collectors")
        ),
        sa.PrimaryKeyConstraint("collector_id", "starts_at", name=op.f("pk_bookings")),
    )
    op.create_index("ix_bookings_collector_id_made_at", "bookings", ["collector_id", "made_at"], unique=False)
    op.create_table(
        "collector_wards",
        sa.Column("ward", sa.String(length=5), nullable=False),
        sa.Column("collector_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["collectors.id"], name=op.f("fk_collector_wards_collector_id_collectors")
        ),
        sa.PrimaryKeyConstraint("ward", "collector_id", name=op.f("pk_collector_wards")),
    )
    op.create_table(
        "leads",
        sa.Column("id", RowId, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("ward", sa.String(length=5), nullable=False),
        sa.Column("quote_code", sa.String(length=12), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("call_code", sa.String(length=4), nullable=False),
        sa.Column("collector_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("account", sa.String(length=80), nullable=True),
        sa.Column("person", sa.String(length=100), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["collectors.id"], name=op.f("fk_leads_collector_id_collectors")
        ),
        sa.ForeignKeyConstraint(["quote_code"], ["quotes.code"], name=op.f("fk_leads_quote_code_quotes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_leads_channel_account_person", "leads", ["channel", "account", "person"], unique=False
    )
    op.create_index("ix_leads_collector_id_state", "leads", ["collector_id", "state"], unique=False)
    op.create_index(op.f("ix_leads_phone_index"), "leads", ["phone_index"], unique=False)
    op.create_index(
        "uq_leads_open",
        "leads",
        ["channel", "account", "person"],
        unique=True,
        sqlite_where=STILL_OPEN,
        postgresql_where=STILL_OPEN,
    )
    op.create_table(
        "staff_chats",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("collector_id", sa.Integer(), nullable=False),
        sa.Column("last_card", RowId, nullable=True),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["collectors.id"], name=op.f("fk_staff_chats_collector_id_collectors")
        ),
        sa.PrimaryKeyConstraint("channel", "account", "person", name=op.f("pk_staff_chats")),
    )
    op.create_index(op.f("ix_staff_chats_collector_id"), "staff_chats", ["collector_id"], unique=False)
    op.create_table(
        "weekly_hours",
        sa.Column("collector_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("opens", sa.SmallInteger(), nullable=False),
        sa.Column("closes", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_weekly_hours_weekday")),
        sa.CheckConstraint(
            "0 <= opens AND opens < closes AND closes < 1440", name=op.f("ck_weekly_hours_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["collectors.id"], name=op.f("fk_weekly_hours_collector_id_collectors")
        ),
        sa.PrimaryKeyConstraint("collector_id", "weekday", "opens", name=op.f("pk_weekly_hours")),
    )
    op.create_table(
        "consents",
        sa.Column("id", RowId, nullable=False),
        sa.Column("lead_id", RowId, nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("wording", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_consents_lead_id_leads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_lead_id"), "consents", ["lead_id"], unique=False)
    op.create_table(
        "lead_events",
        sa.Column("id", RowId, nullable=False),
        sa.Column("lead_id", RowId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("who", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("collector_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["collectors.id"], name=op.f("fk_lead_events_collector_id_collectors")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_lead_events_lead_id_leads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_lead_events_lead_id"), "lead_events", ["lead_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_lead_events_lead_id"), table_name="lead_events")
    op.drop_table("lead_events")
    op.drop_index(op.f("ix_consents_lead_id"), table_name="consents")
    op.drop_table("consents")
    op.drop_table("weekly_hours")
    op.drop_index(op.f("ix_staff_chats_collector_id"), table_name="staff_chats")
    op.drop_table("staff_chats")
    op.drop_index("uq_leads_open", table_name="leads")
    op.drop_index(op.f("ix_leads_phone_index"), table_name="leads")
    op.drop_index("ix_leads_collector_id_state", table_name="leads")
    op.drop_index("ix_leads_channel_account_person", table_name="leads")
    op.drop_table("leads")
    op.drop_table("collector_wards")
    op.drop_index("ix_bookings_collector_id_made_at", table_name="bookings")
    op.drop_table("bookings")
    op.drop_table("collectors")
    op.drop_table("points")
    op.drop_table("quotes")
    op.drop_table("organisations")
