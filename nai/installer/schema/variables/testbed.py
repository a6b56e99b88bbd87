"""The embedded hosts."""

from nai.installer.schema.model import Type, Variable

VARIABLES = (
    Variable(
        name="nai_testbed_prefix",
        type=Type.STRING,
        pattern=r"(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})\.(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})",
        pattern_hint='two octets in quotes, for instance "172.31"',
        help="First two octets of the testbed's three networks; used by the inventory of the testbed alone.",
    ),
)
