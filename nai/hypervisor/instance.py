"""One instance: what Nova wants of it, as what the engine is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import guest
from .command import Command, command_of
from .containers import Body, Limits

if TYPE_CHECKING:
    from oslo_config import cfg

_YES = frozenset({"yes", "true", "on", "1"})
_PROPERTY_START_SSHD = "image_nai_start_sshd"


class InstanceSetup:
    """Container and files of one instance."""

    def __init__(self, conf: cfg.ConfigOpts, instance: Any, image_meta: Any, image: Mapping[str, Any]) -> None:
        """Takes everything that decides about it.

        Args:
            conf: nova.conf.
            instance: Nova's instance.
            image_meta: Nova's description of the image.
            image: The engine's description of this host's copy.

        Raises:
            ValueError: The image property os_command_line cannot be split into words.
        """
        self._section = conf.nai_docker
        self._instance = instance
        self._image_id = image_meta.id
        self._image = image
        self._command = command_of(image.get("Config") or {}, image_meta.properties.get("os_command_line"))

    @property
    def command(self) -> Command:
        """What the instance runs."""
        return self._command

    def body(self) -> Body:
        """Returns what its container is created from."""
        flavor = self._instance.flavor
        return Body(
            instance_uuid=self._instance.uuid,
            instance_name=self._instance.name,
            hostname=self._instance.hostname,
            image_id=self._image_id,
            engine_image=self._image["Id"],
            command=self._command,
            limits=Limits(
                vcpus=flavor.vcpus,
                memory_mb=flavor.memory_mb,
                disk_gb=flavor.root_gb if self._section.limit_disk else 0,
                pids=self._section.pids_limit,
            ),
            console_kb=self._section.console_size_kb,
            extra_capabilities=tuple(self._section.extra_capabilities),
            no_new_privileges=self._section.no_new_privileges,
        )

    def files(self, injected: Sequence[tuple[str, bytes]]) -> list[guest.GuestFile]:
        """Returns what is put into it before it starts.

        Raises:
            ValueError: User data is not Base64, or an injected file's path is not allowed.
        """
        script = guest.user_data_script(self._instance.user_data) if self._section.run_user_data else None
        settings = guest.BootSettings(
            instance_uuid=self._instance.uuid,
            wait_seconds=self._section.start_timeout_seconds,
            start_sshd=self._starts_sshd(),
            new_ssh_host_keys=self._section.new_ssh_host_keys,
            run_user_data=script is not None,
        )
        return [
            *guest.boot_files(settings),
            *guest.key_files(self._instance.key_data),
            *guest.user_data_files(script),
            *guest.injected_files(injected),
        ]

    def _starts_sshd(self) -> bool:
        wish = (self._instance.system_metadata or {}).get(_PROPERTY_START_SSHD)
        if wish is not None:
            return str(wish).strip().lower() in _YES
        return bool(self._section.start_sshd) and not self._command.starts_sshd
