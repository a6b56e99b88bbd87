"""What the roles nova_control and nova_compute share."""

from nai.installer.schema.model import config_overrides, installed_by, processes, secret

VARIABLES = (
    secret("nova_database_password", "Password of Nova's account in MariaDB."),
    secret("nova_service_password", "Password of Nova's user in Keystone."),
    *installed_by("packages", *processes("nova", "the Nova API", default_threads=1), config_overrides("nova", "Nova")),
)
