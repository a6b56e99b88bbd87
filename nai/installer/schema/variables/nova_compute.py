"""Role nova_compute."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by

VARIABLES = installed_by(
    "packages",
    *for_role(
        "nova_compute",
        Variable(
            name="nova_compute_reserved_memory_mb",
            type=Type.INT,
            default=512,
            minimum=0,
            unit="MB",
            help="Memory of a compute host that instances do not get.",
        ),
        Variable(
            name="nova_compute_cpu_allocation_ratio",
            type=Type.FLOAT,
            default=8.0,
            minimum=0.1,
            maximum=1000,
            help="Virtual processors that are given away for each processor of a compute host.",
        ),
    ),
)
