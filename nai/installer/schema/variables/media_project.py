"""Role media_project: what the media plane may use of the cloud."""

from nai.installer.schema.model import Field, Type, Variable, for_role, installed_by, secret

VARIABLES = installed_by(
    "packages",
    *for_role(
        "media_project",
        secret("media_project_password", "Password of the media plane's user in Keystone."),
        Variable(
            name="media_project_name",
            type=Type.STRING,
            default="nubomedia",
            pattern=r"[A-Za-z0-9][A-Za-z0-9_.-]*",
            pattern_hint="letters, digits, and _ . -",
            maximum=64,
            help="Name of the media plane's project and of its user.",
        ),
        Variable(
            name="media_project_quota",
            type=Type.DICT,
            default={"instances": 50, "cores": 100, "ram": 51200, "ports": 200, "floating_ips": 50},
            help="Quota of the project; -1: no limit. A key that is left out keeps OpenStack's default.",
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
    ),
)
