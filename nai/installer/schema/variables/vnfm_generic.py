"""Role vnfm_generic: the generic manager."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by, secret

VARIABLES = installed_by(
    "packages",
    *for_role(
        "vnfm_generic",
        secret("vnfm_generic_database_password", "Password of the generic manager's account in MariaDB."),
        secret("vnfm_generic_broker_password", "Password of the generic manager's user of the media plane's bus."),
        Variable(
            name="vnfm_generic_log_level",
            type=Type.ENUM,
            default="INFO",
            choices=("DEBUG", "INFO", "WARNING", "ERROR"),
            help="Least severity that is logged.",
        ),
        Variable(
            name="vnfm_generic_settings",
            type=Type.DICT,
            default={},
            help="Settings merged over the generic manager's own.",
        ),
    ),
)
