"""Role public_access."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by

VARIABLES = installed_by(
    "packstack",
    *for_role(
        "public_access",
        Variable(
            name="public_access_address",
            type=Type.STRING,
            default="{{ nai_external_address | default(nai_controller_address) }}",
            pattern=r"[A-Za-z0-9][A-Za-z0-9.-]*",
            pattern_hint="an IPv4 address or a host name",
            help="Address or name in the public URLs of the service catalogue: what clients outside of the cloud use.",
        ),
        Variable(
            name="public_access_sources",
            type=Type.LIST,
            elements=Type.IPV4_CIDR,
            default=["0.0.0.0/0"],
            minimum=1,
            help="Networks whose clients may use the services.",
        ),
        Variable(
            name="public_access_extra_ports",
            type=Type.LIST,
            elements=Type.PORT,
            default=[],
            maximum=8,
            help="TCP ports of the controller that are opened besides those of the release's public services.",
        ),
    ),
)
