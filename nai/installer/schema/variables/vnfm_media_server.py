"""Role vnfm_media_server: the media servers' manager."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by, secret

VARIABLES = installed_by(
    "packages",
    *for_role(
        "vnfm_media_server",
        secret(
            "vnfm_media_server_database_password", "Password of the media servers' manager's account in MariaDB."
        ),
        secret(
            "vnfm_media_server_broker_password",
            "Password of the media servers' manager's user of the media plane's bus.",
        ),
        secret(
            "vnfm_media_server_turn_password",
            "Password at the TURN server; read only with `vnfm_media_server_turn_url`. Set there what the server knows.",
        ),
        Variable(
            name="vnfm_media_server_turn_url",
            type=Type.STRING,
            default="",
            empty_allowed=True,
            pattern=r"[A-Za-z0-9.-]+:[0-9]{1,5}",
            pattern_hint="host:port",
            help="TURN server that media servers relay through. Empty: none.",
        ),
        Variable(
            name="vnfm_media_server_turn_username",
            type=Type.STRING,
            default="nubomedia",
            pattern=r"[A-Za-z0-9._@-]+",
            pattern_hint="letters, digits, and . _ @ -",
            help="User at the TURN server.",
        ),
        Variable(
            name="vnfm_media_server_stun_address",
            type=Type.HOSTNAME,
            default="",
            empty_allowed=True,
            help="STUN server from which media servers learn their public address. Empty: none.",
        ),
        Variable(
            name="vnfm_media_server_stun_port",
            type=Type.PORT,
            default=3478,
            help="Port of the STUN server.",
        ),
        Variable(
            name="vnfm_media_server_points_per_vcpu",
            type=Type.INT,
            default=100,
            minimum=1,
            maximum=100000,
            unit="points",
            help="What a media server carries for each virtual processor of its flavor.",
        ),
        Variable(
            name="vnfm_media_server_idle_pool_size",
            type=Type.INT,
            default=1,
            minimum=0,
            maximum=1000,
            help="Media servers without a session that each function keeps ready; more of them wait to be scaled in.",
        ),
        Variable(
            name="vnfm_media_server_heartbeat_period_seconds",
            type=Type.INT,
            default=30,
            minimum=1,
            maximum=3600,
            unit="seconds",
            help="How often an application has to show that it lives.",
        ),
        Variable(
            name="vnfm_media_server_heartbeat_misses",
            type=Type.INT,
            default=3,
            minimum=1,
            maximum=100,
            help="Heartbeats in a row that may be missed; then the application's sessions are given up.",
        ),
        Variable(
            name="vnfm_media_server_heartbeat_timeout_seconds",
            type=Type.INT,
            default=90,
            minimum=1,
            maximum=86400,
            unit="seconds",
            help="Silence after which an application's sessions are given up, whatever was missed.",
        ),
        Variable(
            name="vnfm_media_server_session_monitor",
            type=Type.ENUM,
            default="kurento",
            choices=("kurento", "none"),
            help="Who is asked whether an application without heartbeat still has sessions: the media server itself, or"
            " nobody, as in the original.",
        ),
        Variable(
            name="vnfm_media_server_warm_pool_size",
            type=Type.INT,
            default=0,
            minimum=0,
            maximum=1000,
            help="Media servers of each deployment unit that run and serve nobody yet, so that scaling out takes no"
            " boot. 0: none.",
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
