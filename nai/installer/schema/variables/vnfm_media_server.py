"""Role vnfm_media_server: the media servers' manager."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by, secret

VARIABLES = installed_by(
    "packages",
    *for_role(
        "vnfm_media_server",
        secret("vnfm_media_server_database_password", "Password of the media servers' manager's account in MariaDB."),
        secret(
            "vnfm_media_server_broker_password",
            "Password of the media servers' manager's user of the media plane's bus.",
        ),
        Variable(
            name="vnfm_media_server_log_level",
            type=Type.ENUM,
            default="INFO",
            choices=("DEBUG", "INFO", "WARNING", "ERROR"),
            help="Least severity that is logged.",
        ),
        Variable(
            name="vnfm_media_server_settings",
            type=Type.DICT,
            default={},
            help="Settings merged over the media servers' manager's own.",
        ),
    ),
)
