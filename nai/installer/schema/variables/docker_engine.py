"""Role docker_engine."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by

VARIABLES = installed_by(
    "packages",
    *for_role(
        "docker_engine",
        Variable(
            name="docker_engine_log_max_mb",
            type=Type.INT,
            default=10,
            minimum=1,
            maximum=10240,
            unit="MB",
            help="Size of an instance's console log at which a new one is begun; the one before is kept.",
        ),
        Variable(
            name="docker_engine_options",
            type=Type.DICT,
            default={},
            help="Options merged over the engine's daemon.json.",
        ),
    ),
)
