"""Role media_server_image: what the instances of media servers are made of."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by

VARIABLES = installed_by(
    "packages",
    *for_role(
        "media_server_image",
        Variable(
            name="media_server_image_name",
            type=Type.STRING,
            default="nai-kurento-stand-in",
            pattern=r"[a-z0-9][a-z0-9_./:-]*",
            pattern_hint="lower-case letters, digits, and _ . / : -, as Docker names images",
            maximum=255,
            help="Name of the media server's image in Glance, as descriptors name it.",
        ),
        Variable(
            name="media_server_image_file",
            type=Type.STRING,
            default="",
            help="Image of a real media server on the control host, as `docker save` writes it. Empty: a stand-in for"
            " Kurento is made, which speaks its protocol and has no media.",
        ),
        Variable(
            name="media_server_image_command",
            type=Type.STRING,
            default="",
            help="What an instance of the file's image runs as its first process; empty: what the image says itself.",
        ),
        Variable(
            name="media_server_image_session_memory_mib",
            type=Type.FLOAT,
            default=4,
            minimum=0,
            maximum=65536,
            unit="MiB",
            help="Memory that each WebRtcEndpoint of the stand-in holds.",
        ),
        Variable(
            name="media_server_image_session_cpu_percent",
            type=Type.FLOAT,
            default=1,
            minimum=0,
            maximum=100,
            unit="percent",
            help="Share of one core that each connected WebRtcEndpoint of the stand-in uses.",
        ),
    ),
)
