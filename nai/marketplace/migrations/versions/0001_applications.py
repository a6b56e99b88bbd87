"""Applications, and which samples were put in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT

revision = "0001"
down_revision = None

LONG = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "application",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("provider_key", sa.String(255), nullable=False),
        sa.Column("search_text", LONG, nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False),
        sa.Column("owner_id", sa.String(255), nullable=False),
        sa.Column("shared_by", sa.String(255), nullable=False),
        sa.Column("downloads", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("document", LONG, nullable=False),
    )
    op.create_index("ix_application_provider_key", "application", ["provider_key"])
    op.create_index("ix_application_owner_id", "application", ["owner_id"])
    op.create_table("sample", sa.Column("name", sa.String(255), primary_key=True))


def downgrade() -> None:
    """Drop the tables."""
    for table in ("sample", "application"):
        op.drop_table(table)
