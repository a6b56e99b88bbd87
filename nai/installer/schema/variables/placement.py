"""Role placement."""

from nai.installer.schema.model import config_overrides, for_role, installed_by, processes, secret

VARIABLES = installed_by(
    "packages",
    *for_role(
        "placement",
        secret("placement_database_password", "Password of Placement's account in MariaDB."),
        secret("placement_service_password", "Password of Placement's user in Keystone."),
        *processes("placement", "the placement API"),
        config_overrides("placement", "Placement"),
    ),
)
