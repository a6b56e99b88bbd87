"""Images: built ones are tagged, pushed and removed here; ready ones are found or pulled. Blocking."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
from docker.utils import parse_repository_tag

from nai.core.errors import NotFoundError
from nai.paas.engines.docker.api import raise_told
from nai.paas.engines.docker.names import NAME, OWNER, image_repository
from nai.paas.engines.errors import EngineError, EngineRefusedError, EngineUnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from nai.paas.engines.docker.api import Docker
    from nai.paas.engines.docker.settings import DockerSettings

TAG = "latest"
NOBODY: dict[str, str] = {}
"""Who asks a registry: not the user whose log-ins the SDK would find on this host."""

MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)


class Images:
    """Images of one owner.

    What is built has a tag that cannot be guessed: whoever knows the name of an image can build from it.
    """

    def __init__(self, docker: Docker, settings: DockerSettings, transport: httpx.BaseTransport | None = None) -> None:
        """Contact nothing.

        Args:
            docker: The engine.
            settings: Owner and registry.
            transport: To the registry, for tests.
        """
        self._docker = docker
        self._settings = settings
        self._transport = transport

    def built(self, name: str, tag: str | None) -> str | None:
        """The image built under a name, fetched from the registry where the engine has lost it; None: there is none.

        Args:
            name: The name.
            tag: That it was kept with; None: the newest that the engine has.
        """
        if tag is None:
            return next(iter(self._all(name)), None)
        reference = f"{self._repository(name)}:{tag}"
        found = self.find(reference)
        if found is None and self._settings.registry:
            with suppress(EngineRefusedError, NotFoundError):
                self._pull(reference)
                found = self.find(reference)
        return found

    def find(self, reference: str) -> str | None:
        """The id of an image that the engine has; None: it has it not."""
        found = self._inspect(reference)
        return None if found is None else str(found["Id"])

    def size(self, reference: str) -> int | None:
        """Bytes that an image takes with all below it; None: there is none."""
        found = self._inspect(reference)
        return None if found is None else int(found["Size"])

    def ready(self, reference: str, wanted: Callable[[], bool]) -> str:
        """The id of a ready image, pulled where the engine has it not.

        Args:
            reference: As developers write it.
            wanted: Says whether to go on.

        Raises:
            EngineRefusedError: It cannot be had.
        """
        found = self.find(reference)
        if found is None:
            try:
                self._pull(reference, wanted)
            except NotFoundError as error:
                raise EngineRefusedError(str(error)) from error
            found = self.find(reference)
        if found is None:
            raise EngineRefusedError(f"image {reference} cannot be had")
        return found

    def keep(self, name: str, image_id: str, tag: str) -> None:
        """Tag what was built and push it; what was pushed before is forgotten.

        Raises:
            EngineError: The registry did not take it.
        """
        repository = self._repository(name)
        self._docker.ask(f"image {repository}", lambda client: client.tag(image_id, repository, tag))
        if self._settings.registry:
            what = f"The registry {self._settings.registry} does not take the image"

            def push(client: Any) -> None:
                raise_told(what, client.push(repository, tag, stream=True, decode=True, auth_config=NOBODY))

            self._docker.ask(what, push)
            self._forget_in_registry(name, keep=tag)

    def discard(self, image_id: str) -> None:
        """Remove an image that has no name, and what it alone is made of, unless something else needs it."""
        found = self._inspect(image_id)
        if found is not None and not found.get("RepoTags") and not found.get("RepoDigests"):
            with suppress(NotFoundError, EngineRefusedError):
                self._remove(image_id, force=False)

    def discard_old(self, name: str, keep: set[str]) -> None:
        """Remove the images once built under a name, except those in use."""
        for image_id in self._all(name):
            if image_id not in keep:
                # By force: one that was pushed has names that are of no use any more.
                with suppress(NotFoundError, EngineRefusedError):
                    self._remove(image_id, force=True)

    def delete(self, name: str) -> None:
        """Remove everything built under a name, from the engine and the registry.

        Raises:
            EngineError: One of them does not answer, or says no.
        """
        for image_id in self._all(name):
            with suppress(NotFoundError):
                self._remove(image_id, force=True)
        self._forget_in_registry(name)

    def names(self) -> set[str]:
        """Names that there are images of."""
        label = f"{OWNER}={self._settings.owner}"
        found = self._docker.ask("images", lambda client: client.images(filters={"label": label}))
        return {each["Labels"][NAME] for each in found if NAME in (each.get("Labels") or {})}

    def _repository(self, name: str) -> str:
        return image_repository(self._settings.owner, self._settings.registry, name)

    def _inspect(self, reference: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._docker.ask(
                f"image {reference}", lambda client: client.inspect_image(reference)
            )
        except NotFoundError:
            return None
        return found

    def _remove(self, image_id: str, *, force: bool) -> None:
        self._docker.ask(f"image {image_id}", lambda client: client.remove_image(image_id, force=force))

    def _all(self, name: str) -> list[str]:
        """Ids of the images built under a name, the newest first."""
        labels = [f"{OWNER}={self._settings.owner}", f"{NAME}={name}"]
        found = self._docker.ask("images", lambda client: client.images(filters={"label": labels}))
        return [str(each["Id"]) for each in sorted(found, key=lambda each: int(each["Created"]), reverse=True)]

    def _pull(self, reference: str, wanted: Callable[[], bool] = lambda: True) -> None:
        repository, tag = parse_repository_tag(reference)
        what = f"image {reference} cannot be had"

        def pull(client: Any) -> None:
            messages = client.pull(repository, tag or TAG, stream=True, decode=True, auth_config=NOBODY)
            for message in messages:
                if "error" in message:
                    raise EngineRefusedError(f"{what}: {message['error']}")
                if not wanted():
                    raise EngineRefusedError(f"{what}: nobody wants it any more")

        self._docker.ask(what, pull)

    def _forget_in_registry(self, name: str, keep: str | None = None) -> None:
        """Remove what the registry has of a name, but for one tag."""
        registry = self._settings.registry
        if registry is None:
            return
        repository = f"/v2/{self._settings.owner}/{name}"
        base = f"{'http' if is_local(registry) else 'https'}://{registry}"
        try:
            with httpx.Client(
                base_url=base, transport=self._transport, timeout=self._settings.request_seconds, trust_env=False
            ) as client:
                listed = client.get(f"{repository}/tags/list")
                if listed.status_code == httpx.codes.NOT_FOUND:
                    return
                self._agreed(listed, name)
                digests = {tag: self._digest(client, repository, tag) for tag in listed.json().get("tags") or []}
                # Of what was built the same way twice, the digest is the same.
                for digest in {each for each in digests.values() if each} - {digests.get(keep or "")}:
                    gone = client.delete(f"{repository}/manifests/{digest}")
                    if gone.status_code != httpx.codes.NOT_FOUND:
                        self._agreed(gone, name)
        except httpx.TransportError as error:
            raise EngineUnreachableError(f"The registry {registry} does not answer: {error}") from error

    def _digest(self, client: httpx.Client, repository: str, tag: str) -> str | None:
        found = client.head(f"{repository}/manifests/{tag}", headers={"Accept": ", ".join(MANIFESTS)})
        return found.headers.get("Docker-Content-Digest") if found.is_success else None

    def _agreed(self, answer: httpx.Response, name: str) -> None:
        if answer.is_success:
            return
        hint = " (storage.delete.enabled is off)" if answer.status_code == httpx.codes.METHOD_NOT_ALLOWED else ""
        message = f"The registry {self._settings.registry} does not delete {name}: status {answer.status_code}{hint}"
        raise EngineError(message)


def is_local(registry: str) -> bool:
    """Whether Docker speaks to a registry without TLS, as it is on the loopback interface."""
    return registry.startswith(("127.", "localhost:")) or registry == "localhost"
