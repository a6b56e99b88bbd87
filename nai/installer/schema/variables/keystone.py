"""Role keystone."""

from nai.installer.schema.model import config_overrides, for_role, installed_by, processes, secret

VARIABLES = for_role(
    "keystone",
    secret("keystone_admin_password", "Password of the cloud's administrator, user `admin`."),
    secret("keystone_database_password", "Password of Keystone's account in MariaDB."),
    *installed_by("packages", *processes("keystone", "Keystone"), config_overrides("keystone", "Keystone")),
)
