#!/usr/bin/python3
"""Stand-in for Docker 1.7: the engine (`docker -d`), and `images`, `ps`, `inspect`, `pull`, `rmi`, `run` for people.

`/var/lib/stand-ins/docker.json` has the images (names with tags) and the containers (name of their image by id). A name
with `broken` in it cannot be pulled.
"""

from __future__ import annotations

import grp
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from shared import STATE, Interruption, fail, locked, record, write

SOCKET = Path("/var/run/docker.sock")
FILE = STATE / "docker.json"


def engine(options: list[str]) -> int:
    """Runs until it is told to stop; its socket belongs to the group of `--group`, without one to root's."""
    groups = [option.partition("=")[2] for option in options if option.startswith("--group=")]
    SOCKET.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(SOCKET))
        server.listen()
        SOCKET.chmod(0o660)
        if groups:
            os.chown(SOCKET, 0, grp.getgrnam(groups[-1]).gr_gid)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
    SOCKET.unlink(missing_ok=True)
    return 0


def client(verb: str, words: list[str], state: dict[str, Any]) -> str:
    """Does a command on the state and returns what it prints."""
    names = [word for word in words if not word.startswith("-")]
    match verb:
        case "images":
            lines = [
                f"{image.rpartition(':')[0]:<40}{image.rpartition(':')[2]:<20}0123456789ab" for image in state["images"]
            ]
            return "\n".join(["REPOSITORY                              TAG                 IMAGE ID", *lines, ""])
        case "ps":
            return "".join(f"{container}\n" for container in state["containers"])
        case "inspect":
            return "".join(f"{state['containers'][name]}\n" for name in names if name in state["containers"])
        case "pull":
            if "broken" in names[0]:
                fail(f"Error: image {names[0]} not found")
            state["images"] = sorted({*state["images"], names[0]})
        case "rmi":
            if names[0] in state["containers"].values():
                fail(f"Error response from daemon: Conflict, cannot delete {names[0]}")
            state["images"].remove(names[0])
        case "run":
            state["containers"][f"{len(state['containers']):064x}"] = names[-1]
        case _:
            fail(f"docker: '{verb}' is not a docker command. See 'docker --help'.")
    return ""


def main() -> int:
    """Entry point."""
    if sys.argv[1] == "-d":
        return engine(sys.argv[2:])
    with locked():
        record("docker", sys.argv[1:])
        if not SOCKET.exists():
            fail("Cannot connect to the Docker daemon. Is 'docker -d' running on this host?")
        Interruption("docker", sys.argv[1:]).at("before")
        state = json.loads(FILE.read_text()) if FILE.exists() else {"images": [], "containers": {}}
        sys.stdout.write(client(sys.argv[1], sys.argv[2:], state))
        write(FILE, json.dumps(state))
    return 0


if __name__ == "__main__":
    sys.exit(main())
