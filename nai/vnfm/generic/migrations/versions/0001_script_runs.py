"""The runs of scripts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LONG_TEXT = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "generic_script_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("run_key", sa.String(64), nullable=False, unique=True),
        sa.Column("vnfr_id", sa.String(255), nullable=False),
        sa.Column("vnfr_name", sa.String(255), nullable=False),
        sa.Column("nsr_id", sa.String(255), nullable=False),
        sa.Column("hostname", sa.String(255), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("script", sa.String(255), nullable=False),
        sa.Column("variables", sa.JSON(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("output", LONG_TEXT, nullable=False),
        sa.Column("err", LONG_TEXT, nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime()),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index("generic_script_run_vnfr", "generic_script_run", ["vnfr_id", "hostname"])
    op.create_index("generic_script_run_name", "generic_script_run", ["vnfr_name", "hostname"])
    op.create_index("generic_script_run_started", "generic_script_run", ["started_at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("generic_script_run")
