"""Role oslo_messaging."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by

VARIABLES = installed_by(
    "packages",
    *for_role(
        "oslo_messaging",
        Variable(
            name="oslo_messaging_fast_reply",
            type=Type.BOOL,
            default=True,
            help="Look for the answers of remote calls every 20 ms instead of every 500 ms. Reversible; undone when"
            " false.",
        ),
    ),
)
