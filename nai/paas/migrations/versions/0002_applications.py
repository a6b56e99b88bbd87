"""Applications, names of secrets, names of former applications."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "application",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("project_id", sa.String(36), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("os_name", sa.String(16), nullable=False, unique=True),
        sa.Column("nsr_id", sa.String(255), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("status_reason", sa.Text, nullable=False),
        sa.Column("status_since", sa.BigInteger, nullable=False),
        sa.Column("durations", sa.Text, nullable=False),
        sa.Column("failed_in", sa.String(64), nullable=False),
        sa.Column("operation_id", sa.String(36), nullable=False),
        sa.Column("deleting", sa.Boolean, nullable=False),
        sa.Column("instances", sa.Integer, nullable=False),
        sa.Column("replicas", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("document", sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb"), nullable=False),
        sa.UniqueConstraint("project_id", "name", name="uq_application_project_id_name"),
    )
    for column in ("nsr_id", "status", "operation_id"):
        op.create_index(f"ix_application_{column}", "application", [column])
    op.create_table(
        "secret",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("project_id", sa.String(36), nullable=False),
        sa.Column("confirmed", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_secret_project_id", "secret", ["project_id"])
    op.create_table(
        "former_application",
        sa.Column("os_name", sa.String(16), primary_key=True),
        sa.Column("descriptor_name", sa.String(255), nullable=False),
        sa.Column("deleted_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_former_application_deleted_at", "former_application", ["deleted_at"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("former_application", "secret", "application"):
        op.drop_table(table)
