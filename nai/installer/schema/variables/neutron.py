"""What the roles neutron_control and neutron_agent share."""

from nai.installer.schema.model import config_overrides, installed_by, processes, secret

VARIABLES = (
    secret("neutron_database_password", "Password of Neutron's account in MariaDB."),
    secret("neutron_service_password", "Password of Neutron's user in Keystone."),
    secret("neutron_metadata_secret", "Secret with which the metadata agent signs requests to Nova."),
    *installed_by(
        "packages", *processes("neutron", "the Neutron API", default_threads=1), config_overrides("neutron", "Neutron")
    ),
)
