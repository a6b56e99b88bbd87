"""Collects the declarations of `schema/variables/`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from nai.installer.schema import variables as topics
from nai.installer.schema.model import Removed, Scope, Variable


@dataclass(frozen=True)
class Schema:
    """All variables by name.

    Attributes:
        variables: Every variable, by its name.
        removed: Names without a meaning, by name: renamed variables and removed ones.
    """

    variables: Mapping[str, Variable]
    removed: Mapping[str, Removed]

    @classmethod
    def of(cls, declarations: Iterable[Variable | Removed]) -> Schema:
        """Builds a schema.

        Raises:
            ValueError: A name is declared twice.
        """
        known: dict[str, Variable] = {}
        removed: dict[str, Removed] = {}
        for declaration in declarations:
            if declaration.name in known or declaration.name in removed:
                raise ValueError(f"{declaration.name} is declared twice")
            if isinstance(declaration, Removed):
                removed[declaration.name] = declaration
                continue
            known[declaration.name] = declaration
            for name in declaration.former_names:
                removed[name] = Removed(name, f"write {declaration.name}", "has been renamed")
        if clash := known.keys() & removed.keys():
            raise ValueError(f"both declared and removed: {', '.join(sorted(clash))}")
        return cls(known, removed)

    @cached_property
    def secrets(self) -> tuple[str, ...]:
        """Names of all secrets, sorted."""
        return tuple(sorted(name for name, variable in self.variables.items() if variable.secret))

    def secrets_for(self, mode: str, release: str) -> tuple[str, ...]:
        """Names of the secrets that have a meaning in a mode and release, sorted."""
        return tuple(name for name in self.secrets if self.variables[name].applies_to(mode, release))

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """Names of the roles that have variables, sorted."""
        return tuple(sorted({variable.role for variable in self.variables.values() if variable.role}))

    def of_role(self, role: str) -> tuple[Variable, ...]:
        """The variables of one role, in the order of declaration."""
        return tuple(variable for variable in self.variables.values() if variable.role == role)

    def of_scope(self, scope: Scope) -> tuple[Variable, ...]:
        """The variables of one scope, in the order of declaration."""
        return tuple(variable for variable in self.variables.values() if variable.scope is scope)


@cache
def schema() -> Schema:
    """The schema of this installer, read once."""
    declarations: list[Variable | Removed] = []
    for module in sorted(pkgutil.iter_modules(topics.__path__), key=lambda found: found.name):
        declarations.extend(importlib.import_module(f"{topics.__name__}.{module.name}").VARIABLES)
    return Schema.of(declarations)
