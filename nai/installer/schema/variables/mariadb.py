"""Role mariadb."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by

VARIABLES = installed_by(
    "packages",
    *for_role(
        "mariadb",
        Variable(
            name="mariadb_max_connections",
            type=Type.INT,
            default=512,
            minimum=50,
            maximum=100000,
            help="Connections the server accepts at once.",
        ),
        Variable(
            name="mariadb_buffer_pool_mb",
            type=Type.INT,
            default=256,
            minimum=64,
            unit="MB",
            help="Memory of InnoDB's buffer pool.",
        ),
    ),
)
