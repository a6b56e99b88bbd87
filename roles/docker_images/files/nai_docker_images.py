#!/usr/bin/python3
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Brings the public Docker images of Glance to this host and takes away those that have gone from there.

Runs on Python 3.8 with its standard library alone. Its one argument is a JSON file with keystone_url, glance_url,
username, password, project, refresh_seconds and grace_period_seconds.
"""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STATE = Path("/var/lib/nai/docker-images.json")
TIMEOUT_SECONDS = 60
PAGE = 100


@dataclass
class Plan:
    """What a run does.

    Attributes:
        pull: names of images to pull.
        remove: names of images to remove.
        gone: when each image that is no longer in Glance was first missed there, in seconds since 1970, by name.
    """

    pull: list[str] = field(default_factory=list)
    remove: list[str] = field(default_factory=list)
    gone: dict[str, float] = field(default_factory=dict)


def with_tag(name: str) -> str:
    """Returns the name as Docker lists it: without a tag it means `latest`."""
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


def plan(
    *, wanted: set[str], present: set[str], used: set[str], state: dict[str, Any], now: float, settings: dict[str, Any]
) -> Plan:
    """Decides from names alone.

    Args:
        wanted: images in Glance, with tags.
        present: images on this host, with tags.
        used: images that a container was made from, with tags.
        state: what was noted: `pulled`, time of the last pull by name; `gone`, as in `Plan`.
        now: seconds since 1970.
        settings: `refresh_seconds` and `grace_period_seconds`.
    """
    pulled: dict[str, float] = state.get("pulled", {})
    result = Plan()
    for name in sorted(wanted):
        age = now - pulled.get(name, 0)
        if name not in present or age >= settings["refresh_seconds"] or age < 0:
            result.pull.append(name)
    for name in sorted((set(pulled) & present) - wanted):
        since = min(state.get("gone", {}).get(name, now), now)
        result.gone[name] = since
        if name not in used and now - since >= settings["grace_period_seconds"]:
            result.remove.append(name)
    return result


def ask(url: str, token: str = "", body: Any = None) -> Any:
    """Asks an API of OpenStack; proxies are not used."""
    request = urllib.request.Request(  # noqa: S310  # the settings name the URL
        url,
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Content-Type": "application/json", "Accept": "application/json", "X-Auth-Token": token},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
        return json.load(answer)


def names_in_glance(settings: dict[str, Any]) -> set[str]:
    """Names of the public images that are active and of container format docker (Identity v2.0, Image v1)."""
    credentials = {"username": settings["username"], "password": settings["password"]}
    body = {"auth": {"tenantName": settings["project"], "passwordCredentials": credentials}}
    token = ask(f"{settings['keystone_url']}/tokens", body=body)["access"]["token"]["id"]
    found: list[dict[str, Any]] = []
    marker = ""
    while True:
        query = f"container_format=docker&status=active&is_public=true&limit={PAGE}{marker}"
        page = ask(f"{settings['glance_url']}/v1/images/detail?{query}", token)["images"]
        found += page
        if len(page) < PAGE:
            return {with_tag(image["name"]) for image in found if image.get("name")}
        marker = f"&marker={page[-1]['id']}"


def docker(*arguments: str) -> str:
    """Runs a command of Docker and returns what it printed."""
    done = subprocess.run(  # noqa: S603
        ["/usr/bin/docker", *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def names_here() -> set[str]:
    """Names of the images on this host: the first two columns of Docker's list."""
    rows = [line.split() for line in docker("images").splitlines()[1:]]
    return {f"{row[0]}:{row[1]}" for row in rows if len(row) > 1 and "<none>" not in row[:2]}


def names_in_use() -> set[str]:
    """Names of the images that containers, running or not, were made from."""
    ids = docker("ps", "--all", "--quiet", "--no-trunc").split()
    if not ids:
        return set()
    return {with_tag(name) for name in docker("inspect", "--format", "{{.Config.Image}}", *ids).split()}


def save(state: dict[str, Any]) -> None:
    """Replaces the notes in one step."""
    new = STATE.with_suffix(".new")
    new.write_text(json.dumps(state, indent=2, sort_keys=True) + "\n")
    new.replace(STATE)


def load() -> dict[str, Any]:
    """Reads the notes; without any, nothing was pulled."""
    try:
        found = json.loads(STATE.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def synchronise(settings: dict[str, Any]) -> list[str]:
    """Does what has to be done; returns what failed, one line each."""
    failed, state, now = [], load(), time.time()
    decided = plan(
        wanted=names_in_glance(settings),
        present=names_here(),
        used=names_in_use(),
        state=state,
        now=now,
        settings=settings,
    )
    pulled = dict(state.get("pulled", {}))
    for verb, names in (("pull", decided.pull), ("rmi", decided.remove)):
        for name in names:
            try:
                docker(verb, name)
            except subprocess.CalledProcessError as error:
                failed.append(f"docker {verb} {name}: ended with code {error.returncode}")
                continue
            if verb == "pull":
                pulled[name] = now
            else:
                pulled.pop(name, None)
                decided.gone.pop(name, None)
            # After each: what was pulled before a crash is known after it.
            save({"pulled": pulled, "gone": decided.gone})
    save({"pulled": pulled, "gone": decided.gone})
    return failed


def main() -> int:
    """Entry point."""
    settings = json.loads(Path(sys.argv[1]).read_text())
    with STATE.with_suffix(".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        try:
            failed = synchronise(settings)
        except (OSError, KeyError, ValueError, subprocess.CalledProcessError) as error:
            failed = [f"nothing was changed: {error}"]
    sys.stderr.write("".join(f"{line}\n" for line in failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
