"""Names of instances never come back: each VNF counts on."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the counter."""
    op.add_column("elastic_vnf", sa.Column("next_number", sa.Integer, nullable=False, server_default="0"))
