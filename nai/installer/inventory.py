"""An inventory as Ansible itself reads it, without contacting a host."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from nai.installer.checkout import use_configuration
from nai.installer.schema import schema

use_configuration()

from ansible import constants  # noqa: E402  # reads its configuration when imported
from ansible.cli import CLI  # noqa: E402
from ansible.errors import AnsibleError  # noqa: E402
from ansible.inventory.manager import InventoryManager  # noqa: E402
from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.parsing.splitter import parse_kv  # noqa: E402
from ansible.parsing.vault import VaultLib, VaultSecretsContext  # noqa: E402
from ansible.plugins.inventory import detect_range, expand_hostname_range  # noqa: E402
from ansible.plugins.loader import init_plugin_loader  # noqa: E402
from ansible.template import Templar, trust_as_template  # noqa: E402
from ansible.utils.collection_loader import AnsibleCollectionConfig  # noqa: E402
from ansible.utils.vars import combine_vars  # noqa: E402
from ansible.vars.hostvars import HostVars  # noqa: E402
from ansible.vars.manager import VariableManager  # noqa: E402


class InventoryError(Exception):
    """Ansible cannot read the inventory; the text says which file and why."""


class NotRenderableError(Exception):
    """A value's template cannot be rendered without the host; the text says why."""


class Inventory:
    """Hosts, groups and variables of an inventory.

    Attributes:
        sources: Absolute paths of the inventory's sources, as given by `-i`.
        loader: Ansible's reader of files; knows the vault password.
        groups: Hosts of each group, in the inventory's order.
        extra: Variables given by `-e`.
    """

    def __init__(
        self,
        sources: Sequence[str | Path],
        extra_vars: Sequence[str] = (),
        loader: DataLoader | None = None,
    ) -> None:
        """Reads the inventory.

        Args:
            sources: Directories or files.
            extra_vars: What stood behind each `-e`: `name=value`, YAML, or `@file`.
            loader: The reader of a running play; without one, the vault password comes from Ansible's configuration.

        Raises:
            InventoryError: A source does not exist or cannot be read.
        """
        self.sources = tuple(resolved(str(source)) for source in sources)
        for source in self.sources:
            if "," not in source and not Path(source).exists():
                raise InventoryError(f"{source}: no such inventory; name a directory or a hosts file after -i")
        try:
            self.loader = loader or loader_with_vault()
            self._manager = InventoryManager(loader=self.loader, sources=list(self.sources))
            self._variables = VariableManager(loader=self.loader, inventory=self._manager)
            self.extra = extra_variables(extra_vars, self.loader)
            self._variables._extra_vars = self.extra
            HostVars(self._manager, self._variables, self.loader)
        except AnsibleError as error:
            raise InventoryError(_one_line(error)) from error
        self.groups: Mapping[str, tuple[str, ...]] = {
            name: tuple(host.name for host in group.get_hosts()) for name, group in self._manager.groups.items()
        }
        self._of_host: dict[str, MutableMapping[str, Any]] = {}
        self._templars: dict[str, Templar] = {}

    @property
    def directory(self) -> Path:
        """Directory of the inventory; its group_vars lie there."""
        return directory_of(self.sources[0])

    @property
    def name(self) -> str:
        """Name of the inventory: that of its directory."""
        return self.directory.name

    @property
    def hosts(self) -> tuple[str, ...]:
        """Names of all hosts."""
        return tuple(self._manager.hosts)

    def hosts_of(self, pattern: str, limit: str | None = None) -> tuple[str, ...]:
        """The hosts that a pattern, as a play has it, stands for.

        Args:
            pattern: For instance `controller:!packstack`.
            limit: A pattern of those hosts that count at all, as `--limit` has it.
        """
        self._manager.subset(limit)
        try:
            return tuple(host.name for host in self._manager.get_hosts(pattern))
        finally:
            self._manager.subset(None)

    def groups_of(self, host: str) -> tuple[tuple[str, int, int], ...]:
        """The groups of a host: name, depth and priority of each."""
        found = self._manager.get_host(host)
        return tuple((group.name, group.depth, group.priority) for group in found.get_groups())

    def set_variables(self, host: str) -> Mapping[str, Any]:
        """What the inventory and `-e` set for a host, templates not rendered.

        Raises:
            InventoryError: A file of variables cannot be read.
        """
        if host not in self._of_host:
            try:
                found = self._manager.get_host(host)
                self._of_host[host] = self._variables.get_vars(host=found, include_hostvars=True)
            except AnsibleError as error:
                raise InventoryError(_one_line(error)) from error
        return self._of_host[host]

    def render(self, host: str, value: Any) -> Any:
        """A value with its templates rendered for a host; the schema's defaults stand in for what is not set.

        Raises:
            NotRenderableError: It needs facts of the host, or a name that is not defined.
            InventoryError: A file of variables cannot be read.
        """
        try:
            return self._templar(host).template(value)
        except AnsibleError as error:
            raise NotRenderableError(_one_line(error)) from error

    def value(self, host: str, name: str) -> Any:
        """The value of a variable for a host, its default if it is not set; None when there is neither.

        Raises:
            NotRenderableError: See `render`.
            InventoryError: A file of variables cannot be read.
        """
        set_here = self.set_variables(host)
        if name in set_here:
            return self.render(host, set_here[name])
        declared = schema().variables.get(name)
        return None if declared is None else self.render(host, _trusted(declared.default))

    @cached_property
    def mode_and_release(self) -> tuple[str, str]:
        """`nai_mode` and `nai_release` of the first host; the defaults where they cannot be rendered or no host is."""
        return self._of_any_host("nai_mode"), self._of_any_host("nai_release")

    def _of_any_host(self, name: str) -> str:
        for host in self.hosts:
            try:
                return str(self.value(host, name))
            except NotRenderableError:
                continue
        return str(schema().variables[name].default)

    def _templar(self, host: str) -> Templar:
        if host not in self._templars:
            defaults = {
                name: _trusted(variable.default)
                for name, variable in schema().variables.items()
                if variable.default is not None
            }
            self._templars[host] = Templar(loader=self.loader, variables={**defaults, **self.set_variables(host)})
        return self._templars[host]


def loader_with_vault() -> DataLoader:
    """A reader of files that knows the vault password of Ansible's configuration, if there is one.

    Raises:
        InventoryError: The configured script fails.
    """
    if AnsibleCollectionConfig.collection_finder is None:  # a second call would warn
        init_plugin_loader()
    loader = DataLoader()
    # Ansible keeps the secrets that `!vault` values need in one place per process and refuses to set it twice.
    known = VaultSecretsContext.current(optional=True)
    if known is not None:
        loader.set_vault_secrets(known.secrets)
        return loader
    secrets = CLI.setup_vault_secrets(loader, vault_ids=list(constants.DEFAULT_VAULT_IDENTITY_LIST), auto_prompt=False)
    loader.set_vault_secrets(secrets)
    return loader


def vault_of(loader: DataLoader) -> VaultLib:
    """What encrypts and decrypts with the loader's vault password."""
    return loader._vault


def directory_of(source: str | Path) -> Path:
    """Directory beside which an inventory source has its group_vars."""
    path = Path(source)
    return path if path.is_dir() else path.parent


def expanded_hosts(pattern: str) -> list[str]:
    """The hosts that a name in a hosts file stands for: `compute[01:25]` is 25 of them."""
    return list(expand_hostname_range(pattern)) if detect_range(pattern) else [pattern]


def resolved(source: str) -> str:
    """An inventory source as an absolute path; a list of hosts with commas stays as it is."""
    return source if "," in source else str(Path(source).expanduser().absolute())


def extra_variables(options: Sequence[str], loader: DataLoader) -> dict[str, Any]:
    """What Ansible makes of its `-e` options (it keeps its own reading once per process).

    Raises:
        InventoryError: One cannot be read.
    """
    values: dict[str, Any] = {}
    for option in options:
        try:
            if option.startswith("@"):
                data = loader.load_from_file(option[1:], trusted_as_template=True)
            elif option[:1] in ("{", "["):
                data = loader.load(trust_as_template(option))
            else:
                data = parse_kv(trust_as_template(option))
        except AnsibleError as error:
            raise InventoryError(_one_line(error)) from error
        if not isinstance(data, MutableMapping):
            raise InventoryError(f"{option!r} is not name=value, YAML or @file")
        values = combine_vars(values, data)
    return values


def _trusted(value: object) -> Any:
    """A default of the schema, which may hold templates."""
    if isinstance(value, str):
        return trust_as_template(value)
    if isinstance(value, list | tuple):
        return [_trusted(element) for element in value]
    if isinstance(value, Mapping):
        return {key: _trusted(element) for key, element in value.items()}
    return value


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())
