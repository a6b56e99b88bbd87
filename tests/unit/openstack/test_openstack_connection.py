"""The modules' connection: errors in words, and check mode on a host where nothing is there yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils import openstack as cloud
from keystoneauth1 import exceptions as auth_errors
from openstack import exceptions as sdk_errors

# The SDK warns about its own optional InfluxDB reporting whenever it reads a configuration (seen with 4.22).
pytestmark = pytest.mark.filterwarnings("ignore:Support for InfluxDB")


class EndedError(Exception):
    """The module ended."""


class FakeModule:
    """Enough of an AnsibleModule."""

    def __init__(self, clouds_file: Path, check_mode: bool) -> None:
        """Takes the parameters."""
        self.params = {"cloud": "nai", "clouds_file": str(clouds_file)}
        self.check_mode = check_mode
        self.result: dict[str, Any] = {}

    def exit_json(self, **result: Any) -> None:
        """Ends well."""
        self.result = result
        raise EndedError

    def fail_json(self, **result: Any) -> None:
        """Ends badly."""
        self.result = {"failed": True, **result}
        raise EndedError


CLOUDS = """
clouds:
  nai:
    auth: {auth_url: "http://192.0.2.1:5000/v3", username: admin, password: x, project_name: admin,
           user_domain_name: Default, project_domain_name: Default}
"""


@pytest.fixture
def clouds_file(tmp_path: Path) -> Path:
    """A clouds.yaml."""
    file = tmp_path / "clouds.yaml"
    file.write_text(CLOUDS)
    return file


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_host_without_credentials(tmp_path: Path, check_mode: bool) -> None:
    module = FakeModule(tmp_path / "absent.yaml", check_mode)
    with pytest.raises(EndedError):
        cloud.run(module, lambda _connection: {"changed": False})
    assert "absent.yaml is not there; role openstack_client writes it" in module.result["msg"]
    assert module.result.get("failed", False) is not check_mode
    assert module.result.get("changed", False) is check_mode


def test_a_keystone_that_does_not_answer_is_no_failure_in_check_mode(clouds_file: Path) -> None:
    def body(_connection: Any) -> dict[str, Any]:
        raise auth_errors.ConnectFailure("refused")

    module = FakeModule(clouds_file, check_mode=True)
    with pytest.raises(EndedError):
        cloud.run(module, body)
    assert module.result["changed"] is True


def test_wrong_credentials_are_a_failure_in_check_mode_too(clouds_file: Path) -> None:
    def body(_connection: Any) -> dict[str, Any]:
        raise auth_errors.Unauthorized("no")

    module = FakeModule(clouds_file, check_mode=True)
    with pytest.raises(EndedError):
        cloud.run(module, body)
    assert module.result["failed"] is True
    assert "refuses the credentials of clouds.yaml" in module.result["msg"]


def test_an_unknown_cloud_is_named(clouds_file: Path) -> None:
    with pytest.raises(cloud.CloudNotReadyError, match="cloud 'other'"):
        cloud.connect("other", str(clouds_file))


def failure(kind: type[Exception], status: int) -> Exception:
    """An error of the SDK with an HTTP status."""
    error = kind("no")
    error.status_code = status  # type: ignore[attr-defined]
    return error


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (auth_errors.EndpointNotFound("image"), cloud.CloudNotReadyError, "no endpoint in Keystone's catalogue"),
        (failure(sdk_errors.HttpException, 503), cloud.CloudNotReadyError, "not ready"),
        (failure(sdk_errors.ConflictException, 409), cloud.CloudError, "HTTP 409"),
        (sdk_errors.SDKException("odd"), cloud.CloudError, "SDKException: odd"),
    ],
)
def test_errors_in_words(error: Exception, kind: type[Exception], words: str) -> None:
    translated = cloud.translate(error)
    assert type(translated) is kind
    assert words in str(translated)
