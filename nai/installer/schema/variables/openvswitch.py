"""Role openvswitch."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by

VARIABLES = installed_by(
    "packages",
    *for_role(
        "openvswitch",
        Variable(
            name="openvswitch_datapath",
            type=Type.ENUM,
            default="auto",
            choices=("auto", "system", "netdev"),
            help="Where packets are switched: `system` in the kernel, `netdev` in user space, `auto` in the kernel"
            " where it has Open vSwitch.",
            question="Where are packets switched?",
        ),
    ),
)
