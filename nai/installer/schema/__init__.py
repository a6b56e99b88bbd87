"""The one declaration of every variable an inventory may set.

To add a variable, write one `Variable(...)` into `schema/variables/<component>.py`, or into `shared.py` when it
starts with `nai_`:

    from nai.installer.schema.model import Type, Variable, for_role

    VARIABLES = for_role(
        "memcached",
        Variable(
            name="memcached_memory_mb",
            type=Type.INT,
            default=64,
            minimum=16,
            unit="MB",
            help="Memory of the cache.",
        ),
    )

A new file is found by itself. Then run `nai reference --write`: it generates `meta/argument_specs.yml` and
`defaults/main.yml` of each role (the role's own variables, and every other declared one that the role's files
mention) and `docs/reference/variables.md`; do not edit those by hand. Nothing else has to be touched:
validation, the secrets file and the interactive questions read the same declaration.

- `default=None` with `required=False` means "may be left out"; `defaults/main.yml` has no line for it.
- A default with `{{ … }}` is computed by Ansible from other variables.
- `installed_by("packages", …)` and `installed_by("packstack", …)` around variables: they have a meaning only with
  the releases whose file says so.
- `secret(name, text)` declares a secret: generated into the inventory's vault file, masked everywhere.
- Lists of dictionaries: `type=Type.LIST, elements=Type.DICT, fields=(Field(...), …)`.
- A variable that was renamed lists its old names in `former_names`; one that is gone is a `Removed(name, hint)`.
"""

from nai.installer.schema.index import Schema, schema
from nai.installer.schema.model import Field, Removed, Scope, Type, Variable

__all__ = ["Field", "Removed", "Schema", "Scope", "Type", "Variable", "schema"]
