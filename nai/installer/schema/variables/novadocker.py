"""Role novadocker."""

from nai.installer.schema.model import Type, Variable, config_overrides, for_role, installed_by

VARIABLES = installed_by(
    "packstack",
    *for_role(
        "novadocker",
        Variable(
            name="novadocker_archive_url",
            type=Type.URL,
            required=True,
            help="Source archive of nova-docker, tag kilo-eol.",
        ),
        Variable(
            name="novadocker_archive_sha256",
            type=Type.STRING,
            required=True,
            pattern=r"[0-9a-f]{64}",
            pattern_hint="64 hexadecimal digits",
            help="SHA-256 of the archive; with another one the driver is built anew.",
        ),
        Variable(
            name="novadocker_python_index_url",
            type=Type.URL,
            required=True,
            help="Index of Python packages that has the pbr with which the driver is built.",
        ),
        Variable(
            name="novadocker_engine_options",
            type=Type.LIST,
            elements=Type.STRING,
            default=["--selinux-enabled"],
            help="Options of the Docker engine, such as `--add-registry=registry.example.org`.",
        ),
        config_overrides("novadocker", "the Docker hosts' Nova"),
    ),
)
