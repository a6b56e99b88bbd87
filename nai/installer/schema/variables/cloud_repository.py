"""Role cloud_repository: the two network services of the media repository (MongoDB)."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by, secret

_NAME = r"[A-Za-z0-9][A-Za-z0-9_./:-]*"
_NAME_HINT = "letters, digits, and _ . / : -"

VARIABLES = installed_by(
    "packages",
    *for_role(
        "cloud_repository",
        Variable(
            name="cloud_repository_image",
            type=Type.STRING,
            default="nai-kurento-stand-in",
            pattern=_NAME,
            pattern_hint=_NAME_HINT,
            maximum=255,
            help="Image of the repository's instances in Glance: it needs bash and Python 3.7. For a real MongoDB: an"
            " image of a distribution that MongoDB publishes for, or one that has it.",
        ),
        Variable(
            name="cloud_repository_flavor",
            type=Type.STRING,
            default="d1.small",
            pattern=_NAME,
            pattern_hint=_NAME_HINT,
            maximum=255,
            help="Flavor of the repository's instances.",
        ),
        Variable(
            name="cloud_repository_port",
            type=Type.PORT,
            default=27018,
            help="TCP port of the single instance, and of each shard.",
        ),
        Variable(
            name="cloud_repository_router_port",
            type=Type.PORT,
            default=27017,
            help="TCP port of the sharded service's router.",
        ),
        Variable(
            name="cloud_repository_config_port",
            type=Type.PORT,
            default=27019,
            help="TCP port of the sharded service's config server.",
        ),
        Variable(
            name="cloud_repository_small_files",
            type=Type.BOOL,
            default=True,
            help="MongoDB allocates little disk in advance, for instances with less than 5 GB.",
        ),
        Variable(
            name="cloud_repository_username",
            type=Type.STRING,
            default="nubomedia",
            pattern=r"[A-Za-z0-9_.-]+",
            pattern_hint="letters, digits, and _ . -",
            minimum=1,
            maximum=64,
            help="User of the single instance.",
        ),
        secret("cloud_repository_password", "Password of the single instance's user."),
        Variable(
            name="cloud_repository_most_shards",
            type=Type.INT,
            default=4,
            minimum=1,
            maximum=100,
            help="How many shards a sharded service may grow to.",
        ),
        Variable(
            name="cloud_repository_mongodb_archive",
            type=Type.STRING,
            default="",
            pattern=r"((https?|file)://[^\s'\"]+)?",
            pattern_hint="an http, https or file address, or empty",
            help="Address, as instances reach it, of a .tgz of MongoDB: the server's, with mongosh in the same folder"
            " `bin`. It comes before the repository.",
        ),
        Variable(
            name="cloud_repository_mongodb_archive_sha256",
            type=Type.STRING,
            default="",
            pattern=r"([0-9a-fA-F]{64})?",
            pattern_hint="64 hexadecimal digits, or empty",
            help="SHA-256 of the archive; empty: it is not checked.",
        ),
        Variable(
            name="cloud_repository_mongodb_repository",
            type=Type.STRING,
            default="",
            help="Line for apt of a repository with MongoDB, with signed-by=/etc/apt/keyrings/mongodb.asc where"
            " `cloud_repository_mongodb_repository_key` is given.",
        ),
        Variable(
            name="cloud_repository_mongodb_repository_key",
            type=Type.STRING,
            default="",
            help="The repository's public key, ASCII-armoured.",
        ),
        Variable(
            name="cloud_repository_mongodb_packages",
            type=Type.STRING,
            default="mongodb-org",
            pattern=r"[a-z0-9][a-z0-9.+-]*( [a-z0-9][a-z0-9.+-]*)*",
            pattern_hint="names of Debian packages, with a space between",
            help="What is installed of the repository.",
        ),
    ),
)
