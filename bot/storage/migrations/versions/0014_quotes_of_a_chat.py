"""Finding the quotes that were worked out in a chat, for who has them deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("quotes", sa.Column("chat", sa.LargeBinary(), nullable=True))
    op.add_column("quotes", sa.Column("chat_index", sa.LargeBinary(), nullable=True))
    op.create_index("ix_quotes_chat_index", "quotes", ["chat_index"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_quotes_chat_index", table_name="quotes")
    with op.batch_alter_table("quotes") as table:
        table.drop_column("chat_index")
        table.drop_column("chat")
