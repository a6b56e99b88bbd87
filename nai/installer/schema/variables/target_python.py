"""Role target_python."""

from nai.installer.schema.model import Type, Variable, for_role, installed_by

VARIABLES = installed_by(
    "packstack",
    *for_role(
        "target_python",
        Variable(
            name="target_python_method",
            type=Type.ENUM,
            default="software_collection",
            choices=("software_collection", "archive"),
            help="How a Python for modules comes to the hosts. `software_collection`: from the repositories; `archive`:"
            " a relocatable one is unpacked.",
        ),
        Variable(
            name="target_python_packages",
            type=Type.LIST,
            elements=Type.STRING,
            default=["rh-python38-python"],
            minimum=1,
            help="Packages with the interpreter that `ansible_python_interpreter` names. Only with"
            " `target_python_method: software_collection`.",
        ),
        Variable(
            name="target_python_directory",
            type=Type.STRING,
            default="/opt/nai-python",
            pattern=r"/opt/[A-Za-z0-9][A-Za-z0-9_.-]*",
            pattern_hint="a directory of its own below /opt",
            help="Where the archive is unpacked, without its uppermost directory; it is replaced as a whole. Then"
            " `ansible_python_interpreter` lies below it. Only with `target_python_method: archive`.",
        ),
        Variable(
            name="target_python_archive_url",
            type=Type.URL,
            default="",
            empty_allowed=True,
            help="Archive with a relocatable Python 3.8 or newer for glibc 2.17. Only with"
            " `target_python_method: archive`.",
        ),
        Variable(
            name="target_python_archive_sha256",
            type=Type.STRING,
            default="",
            empty_allowed=True,
            pattern=r"[0-9a-f]{64}",
            pattern_hint="64 hexadecimal digits",
            help="SHA-256 of the archive.",
        ),
    ),
)
