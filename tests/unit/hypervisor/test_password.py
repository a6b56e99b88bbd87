"""Root's password."""

from typing import Any

import pytest

from nai.hypervisor.password import PasswordError, set_root_password


class Engine:
    """An engine that runs chpasswd."""

    def __init__(self, status: int) -> None:
        """Keeps what it is told."""
        self.client = self._sock = self
        self.status = status
        self.argv: list[str] = []
        self.written = b""
        self.closed = 0

    def exec_create(self, _container: str, argv: list[str], **_: Any) -> dict[str, str]:
        """Stands in for the real one."""
        self.argv = argv
        return {"Id": "e"}

    def exec_start(self, _execution: str, socket: bool) -> Any:
        """Stands in for the real one."""
        assert socket
        return self

    def sendall(self, data: bytes) -> None:
        """Stands in for the real one."""
        self.written += data

    def shutdown(self, _how: int) -> None:
        """Stands in for the real one."""

    def recv(self, _size: int) -> bytes:
        """Stands in for the real one."""
        return b""

    def close(self) -> None:
        """Stands in for the real one."""
        self.closed += 1

    def exec_inspect(self, _execution: str) -> dict[str, int]:
        """Stands in for the real one."""
        return {"ExitCode": self.status}


def test_the_password_goes_through_standard_input_only() -> None:
    engine = Engine(0)
    set_root_password(engine, "nova-x", "s3cret: x")  # type: ignore[arg-type]
    assert engine.argv == ["chpasswd"]
    assert engine.written == b"root:s3cret: x\n"
    assert engine.closed


def test_an_image_without_chpasswd_is_named() -> None:
    with pytest.raises(PasswordError, match="ended with 127"):
        set_root_password(Engine(127), "nova-x", "a")  # type: ignore[arg-type]


def test_a_line_break_cannot_set_another_users_password() -> None:
    with pytest.raises(PasswordError, match="line break"):
        set_root_password(Engine(0), "nova-x", "a\nnobody:b")  # type: ignore[arg-type]
