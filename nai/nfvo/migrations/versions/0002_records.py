"""Records of services, of their functions and links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.String(36)
NAME = sa.String(255)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "network_service_record",
        sa.Column("id", ID, primary_key=True),
        sa.Column("project_id", sa.String(64), nullable=False),
        sa.Column("descriptor_id", ID, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("created_at", sa.String(40), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
    )
    op.create_index("ix_network_service_record_project_id", "network_service_record", ["project_id"])
    op.create_index("ix_network_service_record_descriptor_id", "network_service_record", ["descriptor_id"])
    op.create_table(
        "virtual_network_function_record",
        sa.Column("id", ID, primary_key=True),
        sa.Column("service_id", ID, sa.ForeignKey("network_service_record.id", ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("endpoint", NAME, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("inner", sa.JSON, nullable=False),
    )
    op.create_index("ix_function_by_name", "virtual_network_function_record", ["service_id", "name"], unique=True)
    op.create_index("ix_virtual_network_function_record_endpoint", "virtual_network_function_record", ["endpoint"])
    op.create_table(
        "virtual_link_record",
        sa.Column("id", ID, primary_key=True),
        sa.Column("service_id", ID, sa.ForeignKey("network_service_record.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
    )
    op.create_index("ix_virtual_link_record_service_id", "virtual_link_record", ["service_id"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("virtual_link_record", "virtual_network_function_record", "network_service_record"):
        op.drop_table(table)
