"""Renders every file that a run of site.yml puts on a host, without a host."""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.playbook import Playbook
from ansible.playbook.block import Block
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins import loader as plugins
from ansible.template import Templar
from ansible.utils.collection_loader import AnsibleCollectionConfig
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager

from tests.support.repository import ROOT, read_yaml

CONFIG_FILES = "nubomedia.nai.config_files"
TARGET_PYTHON = "nubomedia.nai.target_python"


class Rendering:
    """The stages of site.yml over an inventory, with the values that a run would find made up.

    Args:
        inventory: Directory or file of the inventory.
        variables: Values of secrets and of what tasks register.
        stages: Names of the stages; all without it.
    """

    def __init__(self, inventory: Path, variables: Mapping[str, Any], stages: Collection[str] = ()) -> None:
        """Reads the inventory; no host is contacted."""
        if AnsibleCollectionConfig.collection_finder is None:
            plugins.init_plugin_loader([str(ROOT / "collections")])
        self._rendered: dict[str, dict[str, str]] = {}
        self._stages = stages
        self._loader = DataLoader()
        self._loader.set_basedir(str(ROOT))
        self._inventory = InventoryManager(loader=self._loader, sources=[str(inventory)])
        self._variables = VariableManager(loader=self._loader, inventory=self._inventory)
        self._variables._extra_vars = dict(variables)
        HostVars(self._inventory, self._variables, self._loader)

    @property
    def hosts(self) -> list[str]:
        """Names of all hosts."""
        return sorted(host.name for host in self._inventory.get_hosts())

    @cached_property
    def _plays(self) -> list[Any]:
        stages = [Path(entry["ansible.builtin.import_playbook"]) for entry in read_yaml(ROOT / "site.yml")]
        return [
            play
            for stage in stages
            if not self._stages or stage.stem in self._stages
            for play in Playbook.load(str(ROOT / stage), self._variables, self._loader).get_plays()
        ]

    def files(self, host_name: str) -> dict[str, str]:
        """Returns the content of each file by its path on the host, and the bootstrap script as `bootstrap-script`."""
        if host_name not in self._rendered:
            self._rendered[host_name] = self._files(host_name)
        return dict(self._rendered[host_name])

    def _files(self, host_name: str) -> dict[str, str]:
        host = self._inventory.get_host(host_name)
        found: dict[str, str] = {}
        for play in self._plays:
            variables = self._variables.get_vars(play=play)
            pattern = Templar(loader=self._loader, variables=variables).template(play.hosts)
            if host not in self._inventory.get_hosts(pattern):
                continue
            for task in _tasks(play):
                if task.action in (CONFIG_FILES, TARGET_PYTHON):
                    found |= self._of(task, self._variables.get_vars(play=play, host=host, task=task))
        return found

    def _of(self, task: Task, variables: dict[str, Any]) -> dict[str, str]:
        variables = {**variables, "ansible_search_path": task.get_search_path()}
        templar = Templar(loader=self._loader, variables=variables)
        action = plugins.action_loader.get(
            task.action,
            task=task,
            connection=None,
            play_context=PlayContext(),
            loader=self._loader,
            templar=templar,
            shared_loader_obj=plugins,
        )
        if task.action == TARGET_PYTHON:
            return {"bootstrap-script": str(templar.template(task.args["script"]))}
        files = templar.template(task.args.get("files", []))
        return {entry["dest"]: action._content(entry, variables, frozenset()) for entry in files}


def _tasks(play: Any) -> Iterator[Task]:
    for block in play.compile():
        yield from _of_block(block)


def _of_block(block: Block) -> Iterator[Task]:
    for entry in (*block.block, *block.rescue, *block.always):
        if isinstance(entry, Block):
            yield from _of_block(entry)
        else:
            yield entry
