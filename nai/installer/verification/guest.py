"""Logging in to an instance with the key pair, its host key pinned."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shlex
import socket
import time
from dataclasses import dataclass
from types import TracebackType

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nai.installer.verification.errors import CheckFailedError

USER = "root"

_HOST_KEYS = re.compile(r"BEGIN SSH HOST KEY KEYS-----\s+(.*?)-----END SSH HOST KEY KEYS", re.DOTALL)


@dataclass(frozen=True)
class KeyPair:
    """The key pair of one run; the private half never leaves this process.

    Attributes:
        private: for logging in.
        public: line of authorized_keys.
    """

    private: paramiko.PKey
    public: str

    @classmethod
    def generate(cls) -> KeyPair:
        """Makes an Ed25519 key pair."""
        key = Ed25519PrivateKey.generate()
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
        public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
        return cls(paramiko.Ed25519Key.from_private_key(io.StringIO(private.decode())), public.decode())


def host_keys_on(console: str) -> list[str]:
    """Returns the public host keys that an instance wrote to its console (`type base64`), as cloud-init frames them."""
    found = _HOST_KEYS.findall(console.replace("\r", ""))
    return [" ".join(line.split()[:2]) for line in (found[-1] if found else "").splitlines() if len(line.split()) >= 2]


def fingerprint(key: paramiko.PKey) -> str:
    """SHA-256 fingerprint as `ssh-keygen -l` shows it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")


def banner(address: str, port: int, timeout_seconds: float) -> str:
    """First line that a server says; empty when nobody answers in time."""
    try:
        with socket.create_connection((address, port), timeout=timeout_seconds) as stream:
            stream.settimeout(timeout_seconds)
            return stream.recv(64).split(b"\n", 1)[0].decode(errors="replace").strip()
    except OSError:
        return ""


def wait_for_banner(address: str, port: int, timeout_seconds: float) -> str | None:
    """Waits until an SSH server says its first line; returns it, None when there is none in time."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if (line := banner(address, port, timeout_seconds=2)).startswith("SSH-"):
            return line
        time.sleep(0.1)
    return None


class Guest:
    """A login on an instance."""

    def __init__(self, name: str, address: str, key: paramiko.PKey, host_keys: list[str]) -> None:
        """Logs in.

        Args:
            name: name of the instance, for messages.
            address: its floating IP.
            key: private key.
            host_keys: what the instance's console showed; only one of these is accepted. When it showed none (an image
                of the user's own), the key is accepted unseen; `host_key` tells which it was.

        Raises:
            CheckFailedError: the host key is another one, or the instance does not take the key pair.
        """
        self.name = name
        self.address = address
        self.host_key = ""
        self._client = paramiko.SSHClient()
        self._connect(key, host_keys)

    def _connect(self, key: paramiko.PKey, host_keys: list[str]) -> None:
        expected = f"a login to {self.name} ({USER}@{self.address}) with the key pair"
        known = self._client.get_host_keys()
        for text in host_keys:
            kind, encoded = text.split()
            known.add(self.address, kind, paramiko.PKey.from_type_string(kind, base64.b64decode(encoded)))
        # Nothing can be pinned where the console shows no key: then the key is noted in the report.
        policy = paramiko.RejectPolicy if host_keys else paramiko.AutoAddPolicy
        self._client.set_missing_host_key_policy(policy)  # only without a key to compare with
        try:
            self._client.connect(
                self.address,
                username=USER,
                pkey=key,
                allow_agent=False,
                look_for_keys=False,
                timeout=15,
                banner_timeout=15,
                auth_timeout=15,
            )
        except paramiko.BadHostKeyException as error:
            raise CheckFailedError(
                "the host key that the console shows",
                f"{fingerprint(error.key)}: another machine answers at {self.address}",
            ) from error
        except paramiko.AuthenticationException as error:
            raise CheckFailedError(
                expected, f"the key is refused ({error}); is it in /root/.ssh/authorized_keys of the instance?"
            ) from error
        except (paramiko.SSHException, OSError) as error:
            raise CheckFailedError(expected, f"{type(error).__name__}: {error}") from error
        transport = self._client.get_transport()
        self.host_key = fingerprint(transport.get_remote_server_key()) if transport else ""

    def run(self, *argv: str, timeout_seconds: float = 20) -> str:
        """Runs a command on the instance.

        Args:
            *argv: program and arguments.
            timeout_seconds: longest wait for output.

        Returns:
            Its output, without the last line's end.

        Raises:
            CheckFailedError: it ended with another status than 0 or did not end.
        """
        command = shlex.join(argv)
        try:
            _stdin, stdout, stderr = self._client.exec_command(command, timeout=timeout_seconds)  # quoted
            output, errors = stdout.read().decode(errors="replace"), stderr.read().decode(errors="replace")
            status = stdout.channel.recv_exit_status()
        except (paramiko.SSHException, OSError) as error:
            raise CheckFailedError(f"`{command}` on {self.name}", f"{type(error).__name__}: {error}") from error
        if status != 0:
            last = " | ".join((output + errors).strip().splitlines()[-3:])
            raise CheckFailedError(f"`{command}` on {self.name}", f"it ended with {status}: {last}")
        return output.strip()

    def close(self) -> None:
        """Logs out."""
        self._client.close()

    def __enter__(self) -> Guest:
        """Keeps the login for a block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Logs out at the block's end."""
        self.close()
