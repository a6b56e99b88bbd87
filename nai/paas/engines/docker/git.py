"""Fetching a source with `git`, which sees nothing of the host it runs on: no configuration, no keys, no agent."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from nai.core.threads import in_thread
from nai.paas.engines.docker.disk import over_limit
from nai.paas.engines.docker.failures import BuildFailedError
from nai.paas.engines.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nai.paas.engines.docker.settings import BuildSettings
    from nai.paas.engines.docker.sources import Source

LOOK_SECONDS = 0.5
"""Between two looks at how large a source has become."""
CONNECT_SECONDS = 20
SILENCE_SECONDS = 60
CHUNK = 4096
NOTHING = "/dev/null"
NO_DEPTH = "dumb http transport does not support shallow"


async def fetch(
    source: Source,
    into: Path,
    *,
    settings: BuildSettings,
    key: Path | None,
    known_hosts: Path,
    say: Callable[[str], None],
) -> None:
    """Fetch the last commit of a repository's default branch; what git keeps for itself is removed again.

    Args:
        source: Where from.
        into: Where to; it does not exist yet, and its parent is the build's own.
        settings: Program, limits.
        key: Of a repository that is reached by ssh.
        known_hosts: Where the keys of hosts are noted when they are met first.
        say: Takes what git says; blocking.

    Raises:
        BuildFailedError: It could not be fetched, or is too large.
        EngineError: There is no git.
    """
    home = into.parent / "home"
    await in_thread(home.mkdir, exist_ok=True)
    environment = git_environment(home, settings, key, known_hosts)
    clone = ["clone", "--single-branch", "--no-tags", "--template="]
    said = await _run(settings, [*clone, "--depth=1", "--", source.url, str(into)], environment, into, say)
    if said.status != 0 and NO_DEPTH in said.end:
        # A plain web server: it has files, and knows nothing of commits.
        await in_thread(shutil.rmtree, into, ignore_errors=True)
        said = await _run(settings, [*clone, "--", source.url, str(into)], environment, into, say)
    if said.status != 0:
        raise BuildFailedError(f"The source cannot be fetched: {said.reason}")
    if await in_thread(over_limit, into, settings):
        raise BuildFailedError(_too_large(settings))
    commit = await _run(settings, ["-C", str(into), "rev-parse", "HEAD"], environment, into, say)
    if commit.status != 0:
        message = "The repository is empty: it has no commit"
        raise BuildFailedError(message)
    # With it goes the address, which may have a password in it, and half the size.
    await in_thread(shutil.rmtree, into / ".git", ignore_errors=True)


def git_environment(home: Path, settings: BuildSettings, key: Path | None, known_hosts: Path) -> dict[str, str]:
    """All that git sees: nothing is inherited but where programs are."""
    ssh = [
        "ssh",
        *("-F", NOTHING),
        *(("-i", str(key)) if key else ()),
        *("-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes"),
        *("-o", "StrictHostKeyChecking=accept-new", "-o", f"UserKnownHostsFile={known_hosts}"),
        *("-o", f"GlobalKnownHostsFile={NOTHING}", "-o", f"ConnectTimeout={CONNECT_SECONDS}"),
        *(
            "-o",
            f"ServerAliveInterval={SILENCE_SECONDS // 3}",
            "-o",
            "ForwardAgent=no",
            "-o",
            "ClearAllForwardings=yes",
        ),
    ]
    configuration = {
        "protocol.allow": "never",
        **{f"protocol.{protocol}.allow": "always" for protocol in settings.protocols},
        "credential.helper": "",
        "core.hooksPath": NOTHING,
        "core.fsmonitor": "false",
        "http.lowSpeedLimit": "1",
        "http.lowSpeedTime": str(SILENCE_SECONDS),
        "transfer.fsckObjects": "false",
        "submodule.recurse": "false",
        "advice.detachedHead": "false",
    }
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "GIT_ALLOW_PROTOCOL": ":".join(settings.protocols),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "/bin/false",
        "SSH_ASKPASS": "/bin/false",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": NOTHING,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_SSH_COMMAND": shlex.join(ssh),
        "GIT_SSH_VARIANT": "ssh",
        "GIT_CONFIG_COUNT": str(len(configuration)),
        **{f"GIT_CONFIG_KEY_{number}": name for number, name in enumerate(configuration)},
        **{f"GIT_CONFIG_VALUE_{number}": value for number, value in enumerate(configuration.values())},
        **_of_the_host("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"),
        **_of_the_host("NO_PROXY", "no_proxy"),
    }


def _of_the_host(*names: str) -> dict[str, str]:
    """How the host reaches the outside."""
    return {name: os.environ[name] for name in names if name in os.environ}


class _Said:
    """How a run of git ended, and the end of what it said."""

    def __init__(self) -> None:
        self.status = -1
        self.too_large = False
        self.end = ""

    @property
    def reason(self) -> str:
        lines = [line.strip() for line in self.end.splitlines() if line.strip()]
        told = [line for line in lines if line.lower().startswith(("fatal:", "error:", "ssh:"))]
        return " ".join((told or lines)[-3:]) or f"git ended with status {self.status}"


async def _run(
    settings: BuildSettings, arguments: list[str], environment: dict[str, str], into: Path, say: Callable[[str], None]
) -> _Said:
    try:
        process = await asyncio.create_subprocess_exec(
            settings.git,
            *arguments,
            env=environment,
            cwd=into.parent,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            # A group of its own: with git end the programs that it has started.
            start_new_session=True,
        )
    except OSError as error:
        raise EngineError(f"Sources cannot be fetched: {settings.git} cannot be run: {error.strerror}") from error
    said = _Said()
    watch = asyncio.create_task(_end_when_too_large(process, into, settings, said))
    try:
        assert process.stdout is not None  # noqa: S101  # it was asked for
        while chunk := await process.stdout.read(CHUNK):
            text = chunk.decode(errors="replace")
            said.end = (said.end + text)[-CHUNK:]
            await in_thread(say, text)
        said.status = await process.wait()
    finally:
        watch.cancel()
        _kill(process)
        await process.wait()
    if said.too_large:
        raise BuildFailedError(_too_large(settings))
    return said


async def _end_when_too_large(
    process: asyncio.subprocess.Process, into: Path, settings: BuildSettings, said: _Said
) -> None:
    while not said.too_large:
        await asyncio.sleep(LOOK_SECONDS)
        said.too_large = await in_thread(over_limit, into, settings)
    _kill(process)


def _kill(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _too_large(settings: BuildSettings) -> str:
    return f"The source is too large: more than {settings.disk_megabytes} MB or {settings.files} files"
