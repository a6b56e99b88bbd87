"""Role glance."""

from nai.installer.schema.model import Type, Variable, config_overrides, for_role, installed_by, secret

VARIABLES = for_role(
    "glance",
    secret("glance_database_password", "Password of Glance's account in MariaDB."),
    secret("glance_service_password", "Password of Glance's user in Keystone."),
    *installed_by(
        "packages",
        Variable(
            name="glance_processes",
            type=Type.INT,
            default=1,
            minimum=1,
            maximum=128,
            help="Processes of the Glance API.",
        ),
        config_overrides("glance", "Glance"),
    ),
)
