"""What `precheck` asks of the hosts."""

from nai.installer.schema.model import Field, Type, Variable

VARIABLES = (
    Variable(
        name="precheck_memory_mb",
        type=Type.DICT,
        default={"controller": 3584, "compute": 1024, "operations": 1024},
        help="Least memory of a host by its group; a host in several groups needs the sum. Measured: the controller's"
        " services take 3.3 GB, a compute host's 0.7 GB without instances.",
        fields=tuple(
            Field(name=group, type=Type.INT, minimum=0, unit="MB", help=f"Memory of a host in group {group}.")
            for group in ("controller", "compute", "operations")
        ),
    ),
    Variable(
        name="precheck_disk_gb",
        type=Type.DICT,
        default={"controller": 4, "compute": 3, "operations": 2},
        help="Least free disk on / of a host by its group before the first installation; a quarter of it afterwards.",
        fields=tuple(
            Field(name=group, type=Type.INT, minimum=0, unit="GB", help=f"Free disk of a host in group {group}.")
            for group in ("controller", "compute", "operations")
        ),
    ),
    Variable(
        name="precheck_docker_disk_gb",
        type=Type.INT,
        default=2,
        minimum=0,
        unit="GB",
        help="Least free disk below /var/lib/docker of a compute host, for images and instances.",
    ),
    Variable(
        name="precheck_clock_skew_seconds",
        type=Type.FLOAT,
        default=5,
        minimum=0.5,
        unit="seconds",
        help="Largest difference between the clocks of two hosts.",
    ),
    Variable(
        name="precheck_ignored",
        type=Type.LIST,
        elements=Type.STRING,
        default=[],
        help="Checks whose findings only warn: the name that stands in brackets at the end of a finding.",
    ),
)
