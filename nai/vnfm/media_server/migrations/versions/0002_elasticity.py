"""Managed VNFs, the ledger of their instances, and autoscaling decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BINARY = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "elastic_vnf",
        sa.Column("vnfr_id", sa.String(255), primary_key=True),
        sa.Column("nsr_id", sa.String(255), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("record", sa.JSON, nullable=False),
        sa.Column("vim_instances", sa.JSON, nullable=False),
        sa.Column("keys", sa.JSON, nullable=False),
        **BINARY,
    )
    op.create_table(
        "elastic_instance",
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("vnfr_id", sa.String(255), nullable=False, index=True),
        sa.Column("unit_id", sa.String(255), nullable=False),
        sa.Column("vnfc_id", sa.String(36), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("component", sa.JSON, nullable=False),
        sa.Column("document", sa.JSON, nullable=True),
        sa.Column("created", sa.Float(53), nullable=False),
        **BINARY,
    )
    op.create_table(
        "scaling_decision",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("vnfr_id", sa.String(255), nullable=False, index=True),
        sa.Column("at", sa.Float(53), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        **BINARY,
    )
