"""The connection to the cloud, and waiting for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from keystoneauth1.exceptions import ClientException
from openstack.config import OpenStackConfig
from openstack.connection import Connection
from openstack.exceptions import SDKException

from nai.installer.verification.errors import CheckFailedError

PREFIX = "nai-verify-"
"""Everything that a verification makes starts with it; the run's id follows."""

CLOUD = "nai"

CONNECT_RETRIES = 2
"""uWSGI closes a connection after each answer, and a request that is sent just then is reset. What a repeated one makes
twice has the run's name and goes with it."""

Answer = TypeVar("Answer")


def connect(clouds_file: Path) -> Any:
    """Connects with the settings of one file; `OS_*` of the environment are not looked at.

    Args:
        clouds_file: a clouds.yaml with the cloud `nai`.

    Returns:
        An `openstack.connection.Connection` that has a token.

    Raises:
        CheckFailedError: there is no such file, or Keystone does not give a token.
    """
    expected = "a token of the cloud's administrator"
    if not clouds_file.is_file():
        raise CheckFailedError(expected, f"{clouds_file} is not there; `ansible-playbook site.yml` writes it")
    try:
        settings = OpenStackConfig(
            config_files=[str(clouds_file)], secure_files=[], vendor_files=[], load_envvars=False
        ).get_one(cloud=CLOUD, api_timeout=60, connect_retries=CONNECT_RETRIES)
        connection = Connection(config=settings)
        connection.authorize()
    except (ClientException, SDKException) as error:
        raise CheckFailedError(expected, f"{error} ({clouds_file})") from error
    return connection


def wait_for(
    look: Callable[[], Answer | None],
    expected: str,
    describe: Callable[[], str],
    timeout_seconds: float,
    poll_seconds: float = 0.25,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> Answer:
    """Looks again and again until there is an answer.

    Args:
        look: returns None as long as there is none.
        expected: what is waited for.
        describe: says what is seen instead, asked once at the end.
        timeout_seconds: longest wait.
        poll_seconds: pause between two looks.
        clock: gives seconds.
        pause: waits some seconds.

    Returns:
        The first answer.

    Raises:
        CheckFailedError: there is none in time.
    """
    deadline = clock() + timeout_seconds
    while True:
        answer = look()
        if answer is not None:
            return answer
        if clock() >= deadline:
            raise CheckFailedError(f"{expected} within {timeout_seconds:g} s", describe())
        pause(poll_seconds)
