"""Managed VNFRs, media servers, applications and the history of number and load."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BINARY: Any = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "managed_vnfr",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("vnfr_id", sa.String(255), nullable=False),
        sa.Column("nsr_id", sa.String(255), nullable=False),
        sa.Column("task", sa.String(64), nullable=False),
        sa.Column("hb_version", sa.Integer, nullable=False),
        **BINARY,
    )
    op.create_table(
        "media_server",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("vnfr_id", sa.String(255), nullable=False),
        sa.Column("hostname", sa.String(255), nullable=False),
        sa.Column("ip", sa.String(255), nullable=True),
        sa.Column("max_capacity", sa.Integer, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.Column("claimed", sa.Boolean, nullable=False),
        sa.Column("hb_version", sa.Integer, nullable=False),
        **BINARY,
    )
    op.create_table(
        "application",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("vnfr_id", sa.String(255), nullable=False),
        sa.Column("media_server_id", sa.String(36), nullable=False),
        sa.Column("ip", sa.String(255), nullable=False),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("ext_app_id", sa.String(255), nullable=True),
        sa.Column("created", sa.Float(53), nullable=False),
        **BINARY,
    )
    op.create_table(
        "history_sample",
        sa.Column("vnfr_id", sa.String(255), primary_key=True),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("timestamp_ms", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("load", sa.Float(53), nullable=False),
        **BINARY,
    )


def downgrade() -> None:
    """Drops the tables."""
    for table in ("history_sample", "application", "media_server", "managed_vnfr"):
        op.drop_table(table)
