"""Role cloud: what the running cloud offers from the start."""

from nai.installer.schema.model import Field, Type, Variable, for_role

VARIABLES = for_role(
    "cloud",
    Variable(
        name="cloud_flavors",
        type=Type.LIST,
        elements=Type.DICT,
        default=[
            {"name": "d1.small", "vcpus": 1, "ram_mb": 512, "disk_gb": 10},
            {"name": "d1.medium", "vcpus": 2, "ram_mb": 1024, "disk_gb": 10},
            {"name": "d1.large", "vcpus": 4, "ram_mb": 2048, "disk_gb": 10},
        ],
        help="Sizes of instances.",
        fields=(
            Field(
                name="name",
                type=Type.STRING,
                required=True,
                pattern=r"[A-Za-z0-9][A-Za-z0-9_. -]*",
                pattern_hint="letters, digits, blanks, and _ . -",
                help="Name of the flavor; each once.",
            ),
            Field(name="vcpus", type=Type.INT, required=True, minimum=1, maximum=1024, help="Virtual processors."),
            Field(name="ram_mb", type=Type.INT, required=True, minimum=32, unit="MB", help="Memory."),
            Field(
                name="disk_gb", type=Type.INT, required=True, minimum=0, unit="GB", help="Disk; 0 means as the image."
            ),
        ),
    ),
    Variable(
        name="cloud_external_network_name",
        type=Type.STRING,
        default="external",
        pattern=r"[A-Za-z0-9][A-Za-z0-9_.-]*",
        pattern_hint="letters, digits, and _ . -",
        maximum=255,
        help="Name of the network that floating IPs come from.",
    ),
    Variable(
        name="cloud_quota",
        type=Type.DICT,
        default={},
        help="Quota of the administrator's project; -1: no limit. A key that is left out keeps OpenStack's default.",
        fields=tuple(
            Field(name=name, type=Type.INT, minimum=-1, help=text, unit=unit)
            for name, text, unit in (
                ("instances", "Instances.", ""),
                ("cores", "Virtual processors of all instances.", ""),
                ("ram", "Memory of all instances.", "MB"),
                ("networks", "Networks.", ""),
                ("subnets", "Subnets.", ""),
                ("ports", "Ports.", ""),
                ("routers", "Routers.", ""),
                ("floating_ips", "Floating IPs.", ""),
                ("security_groups", "Security groups.", ""),
                ("security_group_rules", "Rules of all security groups.", ""),
            )
        ),
    ),
)
