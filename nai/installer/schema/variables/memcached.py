"""Role memcached."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by

VARIABLES = installed_by(
    "packages",
    *for_role(
        "memcached",
        Variable(
            name="memcached_memory_mb",
            type=Type.INT,
            default=64,
            minimum=16,
            maximum=65536,
            unit="MB",
            help="Memory of the token cache.",
        ),
    ),
)
