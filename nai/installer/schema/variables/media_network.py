"""Role media_network: where the media plane's instances are attached, and who reaches them."""

from nai.installer.schema.model import Field, Type, Variable, for_role, installed_by

_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]*"
_NAME_HINT = "letters, digits, and _ . -"

VARIABLES = installed_by(
    "packages",
    *for_role(
        "media_network",
        Variable(
            name="media_network_name",
            type=Type.STRING,
            default="internal_nubomedia",
            pattern=_NAME,
            pattern_hint=_NAME_HINT,
            maximum=255,
            help="Name of the instances' network, as descriptors name it.",
        ),
        Variable(
            name="media_network_cidr",
            type=Type.IPV4_CIDR,
            default="10.250.0.0/20",
            help="Addresses of the instances.",
        ),
        Variable(
            name="media_network_security_group",
            type=Type.STRING,
            default="nubomedia",
            pattern=_NAME,
            pattern_hint=_NAME_HINT,
            maximum=255,
            help="Name of the instances' security group.",
        ),
        Variable(
            name="media_network_key_pair",
            type=Type.STRING,
            default="nubomedia",
            pattern=_NAME,
            pattern_hint=_NAME_HINT,
            maximum=255,
            help="Name of the key pair that every instance gets. Its private half is made on the operations host,"
            " /etc/nai/keys/<name>, and stays there.",
        ),
        Variable(
            name="media_network_rules",
            type=Type.LIST,
            elements=Type.DICT,
            default=[{"protocol": "icmp"}, {"protocol": "tcp"}, {"protocol": "udp"}],
            help="What may reach the instances. WebRTC takes any port, so all are open by default.",
            fields=(
                Field(
                    name="protocol",
                    type=Type.ENUM,
                    required=True,
                    choices=("tcp", "udp", "icmp", "any"),
                    help="Protocol.",
                ),
                Field(name="port_min", type=Type.PORT, help="First port; left out, all."),
                Field(name="port_max", type=Type.PORT, help="Last port; left out, all."),
                Field(
                    name="remote_cidr",
                    type=Type.IPV4_CIDR,
                    default="0.0.0.0/0",
                    help="From where.",
                ),
            ),
        ),
    ),
)
