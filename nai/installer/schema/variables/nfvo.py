"""Role nfvo: the orchestrator."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by, secret

VARIABLES = installed_by(
    "packages",
    *for_role(
        "nfvo",
        secret("nfvo_admin_password", "Password of the orchestrator's administrator, user `admin`."),
        secret("nfvo_database_password", "Password of the orchestrator's account in MariaDB."),
        secret("nfvo_broker_password", "Password of the orchestrator's user of the media plane's bus."),
        secret(
            "nfvo_encryption_secret",
            "What passwords of infrastructures are encrypted with in the orchestrator's database. With another one they"
            " have to be given again.",
            minimum=32,
        ),
        Variable(
            name="nfvo_broker_address",
            type=Type.IPV4_ADDRESS,
            default="{{ hostvars[groups['operations'][0]]['nai_external_address'] | default(nai_operations_address) }}",
            help="Where instances reach the media plane's bus.",
        ),
        Variable(
            name="nfvo_vim_name",
            type=Type.STRING,
            default="nubomedia",
            pattern=r"[A-Za-z0-9][A-Za-z0-9_.-]*",
            pattern_hint="letters, digits, and _ . -",
            maximum=64,
            help="Name under which descriptors find this cloud: its point of presence.",
        ),
        Variable(
            name="nfvo_quota_check",
            type=Type.BOOL,
            default=True,
            help="Refuse a network service for which the project's quota does not suffice before anything is made.",
        ),
        Variable(
            name="nfvo_start_ordered",
            type=Type.BOOL,
            default=False,
            help="Start the functions of a service in the order of their dependencies; then none may be circular.",
        ),
        Variable(
            name="nfvo_resend_seconds",
            type=Type.INT,
            default=60,
            minimum=5,
            maximum=3600,
            unit="seconds",
            help="How long the orchestrator waits for a manager's answer before it asks again.",
        ),
        Variable(
            name="nfvo_log_level",
            type=Type.ENUM,
            default="INFO",
            choices=("DEBUG", "INFO", "WARNING", "ERROR"),
            help="Least severity that is logged.",
        ),
        Variable(
            name="nfvo_settings",
            type=Type.DICT,
            default={},
            help="Settings merged over the orchestrator's own.",
        ),
    ),
)
