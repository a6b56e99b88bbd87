"""Images through Glance's API with a service account, for whoever is not serving a request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from keystoneauth1 import exceptions, loading
from oslo_config import cfg

from .source import GlanceImage, SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHUNK_BYTES = 1 << 20
_PAGE = 200


class KeystoneSource:
    """Source of the images of all projects."""

    def __init__(self, conf: cfg.ConfigOpts) -> None:
        """Reads the credentials; nothing is contacted.

        Args:
            conf: nova.conf, with section [nai_docker] registered.

        Raises:
            SourceError: The section has no usable credentials.
        """
        section = conf.nai_docker.auth_section
        try:
            loading.register_auth_conf_options(conf, section)
            loading.register_session_conf_options(conf, section)
            auth = loading.load_auth_from_conf_options(conf, section)
            if auth is None:
                raise SourceError(
                    f"section [{section}] of nova.conf has no auth_type; it has to hold the account of user nova"
                )
            self._session = loading.load_session_from_conf_options(conf, section, auth=auth)
            region = _region(conf, section)
        except (exceptions.ClientException, cfg.Error) as error:
            raise SourceError(f"section [{section}] of nova.conf: {error}") from error
        self._endpoint = {
            "service_type": "image",
            "interface": list(conf.nai_docker.glance_interfaces),
            **({"region_name": region} if region else {}),
        }

    def docker_images(self) -> dict[str, GlanceImage]:
        """Returns all usable Docker images of all projects by id, those hidden from lists included.

        Raises:
            SourceError: Glance does not answer, or refuses.
        """
        found: dict[str, GlanceImage] = {}
        for hidden in ("false", "true"):
            url = f"/v2/images?container_format=docker&status=active&visibility=all&os_hidden={hidden}&limit={_PAGE}"
            while url:
                page = self._get(url).json()
                for values in page["images"]:
                    image = GlanceImage.of(values)
                    found[image.id] = image
                url = page.get("next") or ""
        return found

    def image(self, image_id: str) -> GlanceImage:
        """Returns what is known about one image; see `source.Source`."""
        return GlanceImage.of(self._get(f"/v2/images/{image_id}").json())

    def chunks(self, image_id: str) -> Iterator[bytes]:
        """Yields an image's data; see `source.Source`."""
        answer = self._get(f"/v2/images/{image_id}/file", stream=True)
        if answer.status_code == 204:  # "no content"
            raise SourceError(f"image {image_id}: it has no data")
        try:
            yield from answer.iter_content(_CHUNK_BYTES)
        except OSError as error:
            raise SourceError(f"image {image_id}: the download broke off: {error}") from error

    def _get(self, url: str, stream: bool = False) -> Any:
        try:
            return self._session.get(url, endpoint_filter=self._endpoint, stream=stream, connect_retries=1)
        except exceptions.ClientException as error:
            raise SourceError(f"Glance: {error}") from error


def _region(conf: cfg.ConfigOpts, section: str) -> str:
    values: Mapping[str, Any] = conf[section]
    if "region_name" not in values:
        conf.register_opt(cfg.StrOpt("region_name", help="Region whose Glance is used."), group=section)
    return str(conf[section].region_name or "")
