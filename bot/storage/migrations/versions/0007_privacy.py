"""Consents say what they are for, with their words; who must not be called is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.types import RowId, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent_texts",
        sa.Column("wording", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("wording", name=op.f("pk_consent_texts")),
    )
    op.create_table(
        "do_not_call",
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("phone_index", name=op.f("pk_do_not_call")),
    )
    with op.batch_alter_table("consents") as table:
        table.add_column(sa.Column("purpose", sa.String(8), nullable=False, server_default="call"))
        table.add_column(sa.Column("given", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("channel", sa.String(20)))
        table.add_column(sa.Column("account", sa.String(80)))
        table.add_column(sa.Column("person", sa.String(100)))
        table.alter_column("lead_id", existing_type=RowId, nullable=True)
        table.create_index("ix_consents_channel_account_person", ["channel", "account", "person"])
    with op.batch_alter_table("consents") as table:
        table.alter_column("purpose", server_default=None)
        table.alter_column("given", server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM consents WHERE lead_id IS NULL OR purpose <> 'call'")
    with op.batch_alter_table("consents") as table:
        table.drop_index("ix_consents_channel_account_person")
        for name in ("purpose", "given", "channel", "account", "person"):
            table.drop_column(name)
        table.alter_column("lead_id", existing_type=RowId, nullable=False)
    op.drop_table("do_not_call")
    op.drop_table("consent_texts")
