"""What git is given, and what it sees."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from nai.paas.engines.docker.sources import checked_source
from nai.paas.engines.errors import EngineRefusedError
from nai.paas.engines.protocol import BuildPhase, BuildRequest
from tests.support.engine_suite import KEY
from tests.unit.paas.engines_docker.conftest import DockerWorld

BOTH = ("https", "ssh")


@pytest.mark.parametrize(
    ("url", "protocol"),
    [
        ("https://git.example.org/group/app.git", "https"),
        ("https://user:pass@git.example.org:8443/app", "https"),
        ("ssh://git@git.example.org:2222/app.git", "ssh"),
        ("git@git.example.org:group/app.git", "ssh"),
        ("git@git.example.org:/srv/app.git", "ssh"),
        ("https://[2001:db8::1]/app", "https"),
    ],
)
def test_addresses(url: str, protocol: str) -> None:
    source = checked_source(url, BOTH)
    assert (source.url, source.protocol) == (url, protocol)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "-uupload-pack=evil",
        "--upload-pack=touch /tmp/x",
        "ext::sh -c touch% /tmp/x",
        "ext::https://git.example.org/app",
        "file:///etc",
        "/srv/git/app.git",
        "../app",
        "git://git.example.org/app",
        "ftp://git.example.org/app",
        "http://git.example.org/app",
        "https://git.example.org",
        "https://git.example.org/",
        "https:///app",
        "https://-oProxyCommand=touch/app",
        "ssh://-oProxyCommand=touch/app",
        "ssh://git@-oProxyCommand=touch/app",
        "ssh://-oProxyCommand=touch@git.example.org/app",
        "ssh://git:word@git.example.org/app",
        "-oProxyCommand=touch@git.example.org:app",
        "git@-oProxyCommand=touch:app",
        "git@git.example.org:-app",
        "git@git.example.org::app",
        "https://git.example.org/app\n--upload-pack=evil",
        "https://git.example.org/a pp",
        "https://git.example.org/app#branch",
        "https://git.example.org/app?x=1",
        "https://git.example.org:99999/app",
        "https://git.example.org/\x00app",
        "https://" + "a" * 3000,
    ],
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(EngineRefusedError):
        checked_source(url, BOTH)


def test_secrets_of_addresses() -> None:
    assert checked_source("https://u:p%40ss@git.example.org/a", BOTH).secrets == ("p%40ss", "p@ss")
    assert checked_source("https://ghp_token@git.example.org/a", BOTH).secrets == ("ghp_token",)
    assert checked_source("ssh://git@git.example.org/a", BOTH).secrets == ()


def seen(world: DockerWorld) -> dict[str, str]:
    lines = (world.directory / "git.environment").read_text().splitlines()
    return dict(line.partition("=")[::2] for line in lines)


async def test_git_sees_nothing_of_the_host(world: DockerWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")
    monkeypatch.setenv("GIT_SSH", "/usr/local/bin/evil")
    await world.engine.build(BuildRequest("web", world.source))
    await world.built("web")
    environment = seen(world)
    assert "SSH_AUTH_SOCK" not in environment
    assert "GIT_SSH" not in environment
    assert environment["HOME"].startswith(str(world.state_directory))
    assert environment["GIT_ALLOW_PROTOCOL"] == "https:ssh"
    assert environment["GIT_TERMINAL_PROMPT"] == "0"
    assert environment["GIT_CONFIG_GLOBAL"] == "/dev/null"
    assert environment["GIT_CONFIG_NOSYSTEM"] == "1"
    arguments = (world.directory / "git.arguments").read_text().splitlines()[0].split()
    assert arguments[0] == "clone"
    assert "--depth=1" in arguments
    assert arguments[-3:-1] == ["--", world.source]


async def test_ssh_with_a_key_of_its_own(world: DockerWorld) -> None:
    await world.engine.put_secret("key", SecretStr(KEY))
    await world.engine.build(BuildRequest("web", "git@git.example.org:group/web", deploy_key="key"))
    assert (await world.built("web")).phase is BuildPhase.COMPLETE
    command = seen(world)["GIT_SSH_COMMAND"]
    file = world.state_directory / "secrets" / "key"
    assert f"-i {file} " in command
    assert "IdentitiesOnly=yes" in command
    assert "StrictHostKeyChecking=accept-new" in command
    assert f"UserKnownHostsFile={world.state_directory / 'known_hosts'}" in command
    assert "-F /dev/null" in command
    assert file.read_text() == KEY
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    await world.engine.delete_secret("key")
    assert not file.exists()


async def test_keys_that_are_none(world: DockerWorld) -> None:
    with pytest.raises(EngineRefusedError, match="no private key"):
        await world.engine.put_secret("key", SecretStr("ssh-ed25519 AAAA"))
    for name in ("../key", "", ".key", "a/b"):
        with pytest.raises(EngineRefusedError, match="no name"):
            await world.engine.put_secret(name, SecretStr(KEY))
    with pytest.raises(EngineRefusedError, match="no secret other"):
        await world.engine.build(BuildRequest("web", "git@git.example.org:web", deploy_key="other"))
    await world.engine.build(BuildRequest("web", "git@git.example.org:web"))
    assert "wants a secret" in (await world.built("web")).reason


async def test_a_source_that_is_too_large_is_not_waited_for(closed_world: DockerWorld) -> None:
    world = closed_world
    world.build_changes = {"disk_megabytes": 1}
    await world.open()
    begun = time.monotonic()
    await world.engine.build(BuildRequest("web", "https://git.example.org/huge"))
    assert "too large: more than 1 MB" in (await world.built("web")).reason
    assert time.monotonic() - begun < 5
    assert list((world.state_directory / "work").iterdir()) == []
    await world.close()


async def test_a_git_that_never_ends_is_ended(closed_world: DockerWorld) -> None:
    world = closed_world
    world.build_changes = {"seconds": 0.5}
    await world.open()
    await world.engine.build(BuildRequest("web", "https://git.example.org/forever"))
    state = await world.built("web")
    assert state.phase is BuildPhase.FAILED
    assert "longer than 0.5 s" in state.reason
    mine = [
        pid for pid in Path("/proc").iterdir() if pid.name.isdigit() and str(world.directory) in _environment_of(pid)
    ]
    assert mine == []
    await world.close()


def _environment_of(process: Path) -> str:
    try:
        return (process / "environ").read_bytes().decode(errors="replace")
    except OSError:
        return ""


async def test_no_git_at_all(closed_world: DockerWorld) -> None:
    world = closed_world
    await world.open()
    await asyncio.to_thread(os.unlink, world.directory / "git")
    await world.engine.build(BuildRequest("web", world.source))
    assert "cannot be run: No such file" in (await world.built("web")).reason
    await world.close()
