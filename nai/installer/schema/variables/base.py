"""Role base."""

from nai.installer.schema.model import Type, Variable, for_role

VARIABLES = for_role(
    "base",
    Variable(
        name="base_timezone",
        type=Type.STRING,
        default="Etc/UTC",
        pattern=r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*",
        pattern_hint="the name of a time zone, such as Etc/UTC or Europe/Berlin",
        help="Time zone of the hosts.",
    ),
    Variable(
        name="base_manage_hosts_file",
        type=Type.BOOL,
        default=True,
        help="Write the names and management addresses of all hosts into /etc/hosts.",
    ),
)
