"""Role packages."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by

VARIABLES = installed_by(
    "packages",
    *for_role(
        "packages",
        Variable(
            name="packages_unsafe_io",
            type=Type.ENUM,
            default="auto",
            choices=("auto", "yes", "no"),
            help="Let dpkg write without waiting for the disk: several times faster, but a power cut meanwhile may"
            " leave a broken host. `auto`: only in containers.",
        ),
    ),
)
