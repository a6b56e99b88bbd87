"""The journal of actions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "vnfm_journal",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("occurrence", sa.String(128), nullable=False, unique=True),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True)),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime()),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index("vnfm_journal_state", "vnfm_journal", ["state", "sequence"])
    op.create_index("vnfm_journal_finished", "vnfm_journal", ["finished_at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("vnfm_journal")
