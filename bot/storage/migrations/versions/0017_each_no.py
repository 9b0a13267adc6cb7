"""Keeping each no beside the register, so that one tapped by mistake can be taken back alone."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NAME = "pk_do_not_call"


def upgrade() -> None:
    _known_by("phone_index", "source", "at")


def downgrade() -> None:
    """Leave one row of a number: its last no, or else the register's."""
    op.execute(
        "DELETE FROM do_not_call WHERE EXISTS (SELECT 1 FROM do_not_call AS other "
        "WHERE other.phone_index = do_not_call.phone_index AND (other.source > do_not_call.source "
        "OR (other.source = do_not_call.source AND other.at > do_not_call.at)))"
    )
    _known_by("phone_index")


def _known_by(*columns: str) -> None:
    with op.batch_alter_table("do_not_call") as table:
        table.drop_constraint(_NAME, type_="primary")
        table.create_primary_key(_NAME, list(columns))
