"""Role neutron_agent."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by

VARIABLES = installed_by(
    "packages",
    *for_role(
        "neutron_agent",
        Variable(
            name="neutron_agent_polling_seconds",
            type=Type.INT,
            default=1,
            minimum=1,
            maximum=60,
            unit="seconds",
            help="How often the Open vSwitch agent looks for new ports. Half of it adds to an instance's start.",
        ),
    ),
)
