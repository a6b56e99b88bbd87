"""Root's password in a running instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .engine import Engine


class PasswordError(Exception):
    """The password was not set."""


def set_root_password(engine: Engine, container: str, password: str) -> None:
    """Sets root's password with the instance's own chpasswd.

    That reads it from its standard input, so no list of processes shows it.

    Args:
        engine: The host's engine.
        container: Name of the instance's container.
        password: The password.

    Raises:
        PasswordError: It has a line break in it, or the instance has no chpasswd, or that refused.
        engine.APIError: The instance does not run.
    """
    if "\n" in password:
        raise PasswordError("a password cannot have a line break in it")
    execution = engine.client.exec_create(container, ["chpasswd"], stdin=True, user="0")["Id"]
    stream = engine.client.exec_start(execution, socket=True)
    socket = getattr(stream, "_sock", stream)
    try:
        socket.sendall(f"root:{password}\n".encode())
        socket.shutdown(1)
        said = b""
        while part := socket.recv(4096):
            said += part
    finally:
        stream.close()
        socket.close()
    status = engine.client.exec_inspect(execution)["ExitCode"]
    if status:
        raise PasswordError(f"chpasswd in the instance ended with {status}; does the image have it?")
