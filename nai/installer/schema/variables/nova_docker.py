"""Role nova_docker."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by

VARIABLES = installed_by(
    "packages",
    *for_role(
        "nova_docker",
        Variable(
            name="nova_docker_start_sshd",
            type=Type.BOOL,
            default=True,
            help="Start the SSH server that an image has but its command does not start; the image property"
            " nai_start_sshd (yes or no) has the last word.",
        ),
        Variable(
            name="nova_docker_new_ssh_host_keys",
            type=Type.BOOL,
            default=True,
            help="Give each instance SSH host keys of its own when the driver starts its SSH server.",
        ),
        Variable(
            name="nova_docker_run_user_data",
            type=Type.BOOL,
            default=True,
            help="Run user data that starts with #! once, at the first start of an instance.",
        ),
        Variable(
            name="nova_docker_no_new_privileges",
            type=Type.BOOL,
            default=True,
            help="Setuid programs (sudo, su) are without effect in instances.",
        ),
        Variable(
            name="nova_docker_extra_capabilities",
            type=Type.LIST,
            elements=Type.STRING,
            default=[],
            help="Linux capabilities of instances beyond the driver's small set, such as NET_ADMIN where they route.",
        ),
        Variable(
            name="nova_docker_pids_limit",
            type=Type.INT,
            default=4096,
            minimum=16,
            maximum=4194304,
            help="Processes and threads that an instance may have.",
        ),
        Variable(
            name="nova_docker_start_timeout_seconds",
            type=Type.INT,
            default=60,
            minimum=1,
            maximum=3600,
            unit="seconds",
            help="How long an instance waits for its network before it starts its command without.",
        ),
        Variable(
            name="nova_docker_cleanup_interval_seconds",
            type=Type.INT,
            default=120,
            minimum=10,
            maximum=86400,
            unit="seconds",
            help="How often containers and ports that belong to no instance are looked for.",
        ),
        Variable(
            name="nova_docker_image_sync_period_seconds",
            type=Type.INT,
            default=60,
            minimum=5,
            maximum=86400,
            unit="seconds",
            help="Pause between two runs of the image synchroniser.",
        ),
        Variable(
            name="nova_docker_image_grace_period_seconds",
            type=Type.INT,
            default=86400,
            minimum=0,
            maximum=31536000,
            unit="seconds",
            help="How long an image stays on a compute host after it has gone from Glance and nothing uses it.",
        ),
    ),
)
