"""The orchestrator's catalogue, identities and registries."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "configuration",
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_configuration_name", "configuration", ["name"])
    op.create_index("ix_configuration_project_id", "configuration", ["project_id"])
    op.create_table(
        "event_endpoint",
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_event_endpoint_action", "event_endpoint", ["action"])
    op.create_index("ix_event_endpoint_name", "event_endpoint", ["name"])
    op.create_index("ix_event_endpoint_project_id", "event_endpoint", ["project_id"])
    op.create_table(
        "history",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=255), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("path", sa.String(length=1024), nullable=False),
        sa.Column("result", sa.String(length=32), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_history_username", "history", ["username"])
    op.create_table(
        "network_service_descriptor",
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_network_service_descriptor_name", "network_service_descriptor", ["name"])
    op.create_index("ix_network_service_descriptor_project_id", "network_service_descriptor", ["project_id"])
    op.create_table(
        "project",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_index("ix_project_name", "project", ["name"])
    op.create_table(
        "ssh_key",
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", "name"),
    )
    op.create_index("ix_ssh_key_name", "ssh_key", ["name"])
    op.create_index("ix_ssh_key_project_id", "ssh_key", ["project_id"])
    op.create_table(
        "user",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=255), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("configured_hash", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("username"),
    )
    op.create_table(
        "vim_instance",
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", "name"),
    )
    op.create_index("ix_vim_instance_name", "vim_instance", ["name"])
    op.create_index("ix_vim_instance_project_id", "vim_instance", ["project_id"])
    op.create_table(
        "virtual_link_descriptor",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_virtual_link_descriptor_name", "virtual_link_descriptor", ["name"])
    op.create_table(
        "virtual_network_function_descriptor",
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_virtual_network_function_descriptor_name", "virtual_network_function_descriptor", ["name"])
    op.create_index(
        "ix_virtual_network_function_descriptor_project_id", "virtual_network_function_descriptor", ["project_id"]
    )
    op.create_table(
        "vnf_forwarding_graph_descriptor",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_vnf_forwarding_graph_descriptor_name", "vnf_forwarding_graph_descriptor", ["name"])
    op.create_table(
        "vnf_package",
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", "name"),
    )
    op.create_index("ix_vnf_package_name", "vnf_package", ["name"])
    op.create_index("ix_vnf_package_project_id", "vnf_package", ["project_id"])
    op.create_table(
        "vnfm_endpoint",
        sa.Column("type", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("type"),
    )
    op.create_index("ix_vnfm_endpoint_name", "vnfm_endpoint", ["name"])
    op.create_table(
        "script",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("package_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("content", sa.LargeBinary(length=16777215), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["vnf_package.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("package_id", "name"),
    )
    op.create_table(
        "service_function",
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("function_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["function_id"], ["virtual_network_function_descriptor.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["service_id"], ["network_service_descriptor.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("service_id", "position"),
    )
    op.create_index("ix_service_function_function", "service_function", ["function_id"])
    op.create_table(
        "token",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_token_expires_at", "token", ["expires_at"])
    op.create_index("ix_token_user_id", "token", ["user_id"])


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "token",
        "service_function",
        "script",
        "vnfm_endpoint",
        "vnf_package",
        "vnf_forwarding_graph_descriptor",
        "virtual_network_function_descriptor",
        "virtual_link_descriptor",
        "vim_instance",
        "user",
        "ssh_key",
        "project",
        "network_service_descriptor",
        "history",
        "event_endpoint",
        "configuration",
    ):
        op.drop_table(table)
