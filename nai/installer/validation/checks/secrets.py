"""Are all secrets encrypted?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nai.installer.validation.context import Context
from nai.installer.validation.finding import EXTRA_VARS, Finding

_ACTION = "delete the line and run `nai secrets`, or move it into group_vars/all/secrets.yml with `ansible-vault edit`"


def check(context: Context) -> Iterator[Finding]:
    """A secret stands in a vault-encrypted file, is a `!vault` value, or names where it comes from by a template."""
    for definition in context.definitions.found:
        variable = context.schema.variables.get(definition.key)
        if variable is None or not variable.secret or definition.encrypted:
            continue
        if definition.file == EXTRA_VARS:
            # A value from `-e @file` is not told apart from one on the command line: neither is kept for the next run.
            yield Finding(EXTRA_VARS, None, definition.key, "", "is a secret given by -e", _ACTION)
        elif not re.fullmatch(r"\s*\{\{.*\}\}\s*", str(definition.value), re.DOTALL):
            yield Finding(definition.file, definition.line, definition.key, "", "is a secret in plain text", _ACTION)
    for file in context.definitions.opaque:
        known = {definition.key for definition in context.definitions.found}
        for name in context.schema.secrets:
            if name not in known and any(context.is_set(host, name) for host in context.hosts("all")):
                yield Finding(file, None, name, "", "is a secret in plain text", _ACTION)
