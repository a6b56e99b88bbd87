"""Fetching with the real git, from a real server."""

from __future__ import annotations

import functools
import http.server
import subprocess
import threading
from pathlib import Path

import pytest

from nai.paas.engines.docker.failures import BuildFailedError
from nai.paas.engines.docker.git import fetch
from nai.paas.engines.docker.settings import BuildSettings
from nai.paas.engines.docker.sources import Source, checked_source
from tests.integration.paas_docker.conftest import Repositories

SETTINGS = BuildSettings(protocols=("http", "https", "ssh"))


async def fetched(url: str, work: Path, settings: BuildSettings = SETTINGS) -> tuple[Path, str]:
    work.mkdir()
    said: list[str] = []
    source = checked_source(url, settings.protocols)
    into = work / "source"
    await fetch(source, into, settings=settings, key=None, known_hosts=work / "known_hosts", say=said.append)
    return into, "".join(said)


async def test_the_last_commit_and_nothing_of_git(repositories: Repositories, tmp_path: Path) -> None:
    repositories.put("web", {"Dockerfile": "FROM one\n"})
    url = repositories.put("web", {"Dockerfile": "FROM two\n"})
    tree, said = await fetched(url, tmp_path / "work")
    assert {each.name for each in tree.iterdir()} == {"Dockerfile"}
    assert (tree / "Dockerfile").read_text() == "FROM two\n"
    assert "Cloning into" in said


async def test_what_is_not_there(repositories: Repositories, tmp_path: Path) -> None:
    with pytest.raises(BuildFailedError, match=r"cannot be fetched: fatal: repository .* not found"):
        await fetched(repositories.url("absent/.git"), tmp_path / "absent")
    with pytest.raises(BuildFailedError, match=r"cannot be fetched: fatal: .*(refused|connect)"):
        await fetched("http://127.0.0.1:9/web", tmp_path / "closed")
    subprocess.run(["git", "init", "-q", str(repositories._directory / "empty")], check=True)
    with pytest.raises(BuildFailedError, match="empty"):
        await fetched(repositories.url("empty/.git"), tmp_path / "empty")


async def test_a_plain_web_server(repositories: Repositories, tmp_path: Path) -> None:
    repositories.put("web", {"Dockerfile": "FROM one\n"})
    directory = repositories._directory / "web" / ".git"
    subprocess.run(["git", "-C", str(directory), "update-server-info"], check=True)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=directory))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tree, _ = await fetched(f"http://127.0.0.1:{server.server_port}/.", tmp_path / "work")
    assert (tree / "Dockerfile").read_text() == "FROM one\n"
    server.shutdown()
    server.server_close()


async def test_other_transports_are_refused_by_git_too(repositories: Repositories, tmp_path: Path) -> None:
    url = repositories.put("web", {"Dockerfile": "FROM one\n"})
    (tmp_path / "work").mkdir()
    for other in (f"file://{repositories._directory}/web", f"ext::sh -c touch% {tmp_path}/touched"):
        with pytest.raises(BuildFailedError, match="not allowed"):
            await fetch(
                Source(other, "https"),
                tmp_path / "work" / "source",
                settings=SETTINGS,
                key=None,
                known_hosts=tmp_path / "known_hosts",
                say=lambda _text: None,
            )
    assert not (tmp_path / "touched").exists()
    (tmp_path / "strict").mkdir()
    with pytest.raises(BuildFailedError, match="not allowed"):
        await fetch(
            Source(url, "http"),
            tmp_path / "strict" / "source",
            settings=BuildSettings(),
            key=None,
            known_hosts=tmp_path / "known_hosts",
            say=lambda _text: None,
        )


async def test_a_source_that_asks_for_a_password_does_not_wait_for_one(tmp_path: Path) -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Basic realm=git")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.raises(BuildFailedError, match=r"cannot be fetched: .*could not read Username"):
        await fetched(f"http://127.0.0.1:{server.server_port}/web", tmp_path / "work")
    server.shutdown()
    server.server_close()


async def test_a_source_that_grows_too_large(repositories: Repositories, tmp_path: Path) -> None:
    url = repositories.put("web", {"Dockerfile": "FROM one\n", "large": "0" * 3_000_000})
    with pytest.raises(BuildFailedError, match="too large"):
        await fetched(url, tmp_path / "work", SETTINGS.model_copy(update={"disk_megabytes": 2}))
