"""Role packstack."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by, secret

VARIABLES = installed_by(
    "packstack",
    *for_role(
        "packstack",
        secret("packstack_mariadb_root_password", "Password of MariaDB's user root."),
        secret("packstack_admin_token_secret", "Token with which packstack sets up Keystone."),
        secret("packstack_dashboard_secret", "Key with which the dashboard signs its sessions."),
        Variable(
            name="packstack_dashboard",
            type=Type.BOOL,
            default=True,
            help="Install the dashboard.",
        ),
        Variable(
            name="packstack_ntp_servers",
            type=Type.LIST,
            elements=Type.STRING,
            default=[],
            help="Time servers of the hosts. Empty: packstack leaves their clocks alone.",
        ),
        Variable(
            name="packstack_cpu_allocation_ratio",
            type=Type.FLOAT,
            default=16.0,
            minimum=0.1,
            maximum=1000,
            help="Virtual processors that are given away for each processor of a compute host.",
        ),
        Variable(
            name="packstack_ram_allocation_ratio",
            type=Type.FLOAT,
            default=1.5,
            minimum=0.1,
            maximum=1000,
            help="Memory that is given away for each byte of a compute host.",
        ),
        Variable(
            name="packstack_answers",
            type=Type.DICT,
            default={},
            help="Answers laid over those that the role gives, by key: `CONFIG_HEAT_INSTALL: y`. A key that packstack"
            " of Kilo does not have is an error.",
        ),
        Variable(
            name="packstack_timeout_seconds",
            type=Type.INT,
            default=14400,
            minimum=600,
            maximum=86400,
            unit="seconds",
            help="How long packstack may take for all hosts.",
        ),
    ),
)
