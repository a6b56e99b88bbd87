"""Role yum_repositories."""

from nai.installer.schema.model import Field, Type, Variable, for_role, installed_by

VARIABLES = installed_by(
    "packstack",
    *for_role(
        "yum_repositories",
        Variable(
            name="yum_repositories_list",
            type=Type.LIST,
            elements=Type.DICT,
            required=True,
            minimum=1,
            help="Repositories of the hosts, in place of the distribution's own: CentOS 7 (base, updates, extras), "
            "software collections, EPEL, RDO Kilo. Signatures are always checked.",
            fields=(
                Field(
                    name="id",
                    type=Type.STRING,
                    required=True,
                    pattern=r"[A-Za-z0-9][A-Za-z0-9_.:-]*",
                    pattern_hint="letters, digits, and _ . : -",
                    help="Its id for yum; each once.",
                ),
                Field(name="name", type=Type.STRING, default="", empty_allowed=True, help="Its name for people."),
                Field(name="url", type=Type.URL, required=True, help="Directory that holds `repodata`."),
                Field(name="key_url", type=Type.URL, required=True, help="Public key that signs its packages."),
                Field(
                    name="exclude",
                    type=Type.LIST,
                    elements=Type.STRING,
                    default=[],
                    help="Packages that are not taken from it; shell patterns.",
                ),
                Field(
                    name="include_only",
                    type=Type.LIST,
                    elements=Type.STRING,
                    default=[],
                    help="The only packages that are taken from it; shell patterns. Empty: all.",
                ),
            ),
        ),
    ),
)
