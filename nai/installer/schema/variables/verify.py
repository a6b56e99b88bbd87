"""What `verify` boots, and how long it waits."""

from nai.installer.schema.model import Type, Variable

VARIABLES = (
    Variable(
        name="verify_image",
        type=Type.PATH,
        default="",
        empty_allowed=True,
        help="Image of the instances on the control host: an archive of `docker save` or of a root filesystem, with an"
        " SSH server that `/usr/sbin/sshd -D -e` starts. Empty: one is made with debootstrap and kept in the cache.",
    ),
    Variable(
        name="verify_flavor",
        type=Type.STRING,
        default="d1.small",
        help="Flavor of the instances.",
    ),
    Variable(
        name="verify_media_image",
        type=Type.STRING,
        default="nai-kurento-stand-in",
        help="Image in Glance of the media servers that the media plane is proved with; it speaks Kurento's protocol.",
    ),
    Variable(
        name="verify_media_flavor",
        type=Type.STRING,
        default="d1.small",
        help="Flavor of the media servers.",
    ),
    Variable(
        name="verify_network_cidr",
        type=Type.IPV4_CIDR,
        default="10.254.254.0/24",
        help="Network of the instances.",
    ),
    Variable(
        name="verify_timeout_seconds",
        type=Type.INT,
        default=120,
        minimum=5,
        unit="seconds",
        help="Longest wait for one thing: an instance to be active, an SSH server to answer, an object to be gone.",
    ),
    Variable(
        name="verify_keep",
        type=Type.BOOL,
        default=False,
        help="Leaves everything as it is at the end, to look at it. The next verification removes it.",
    ),
)
