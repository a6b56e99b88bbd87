"""What a VNFM may ask for: SAVE_SCRIPTS, CLONE_SCRIPTS, EXECUTE, SCRIPTS_UPDATE, REPO_SCRIPTS_UPDATE."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path
from typing import Any

from . import execution, validation
from .configuration import Configuration
from .errors import RequestError

_GIT_SECONDS = 240.0
_LONGEST_SECONDS = 86400.0
_GIT_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oStrictHostKeyChecking=accept-new",
    # The three of validation.git_address; also for what a repository refers to.
    "GIT_ALLOW_PROTOCOL": "https:ssh:git",
}


def perform(configuration: Configuration, request: dict[str, Any]) -> dict[str, Any]:
    """Carries out a request.

    Returns:
        `output`, `err` and `status`; status 0 is success. A request that is wrong or fails is answered with status 1.
    """
    action = request.get("action")
    try:
        if action in ("SAVE_SCRIPTS", "SCRIPTS_UPDATE"):
            return _save(configuration, request)
        if action == "CLONE_SCRIPTS":
            return _clone(configuration, request)
        if action == "REPO_SCRIPTS_UPDATE":
            return _clone(configuration, request)
        if action == "EXECUTE":
            return _execute(configuration, request)
        raise RequestError(f"the action {str(action)[:40]!r} is unknown")
    except (RequestError, OSError) as error:
        return {"output": "", "err": str(error), "status": 1}


def _save(configuration: Configuration, request: dict[str, Any]) -> dict[str, Any]:
    directory = _directory(configuration, request)
    path = directory / validation.script_name(request.get("name"))
    try:
        content = base64.b64decode(str(request.get("payload", "")), validate=True)
    except binascii.Error as error:
        raise RequestError(f"the payload of {path.name} is not base64: {error}") from error
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.chmod(0o700)
    part.replace(path)
    return {"output": f"saved {path.name}, {len(content)} bytes", "err": "", "status": 0}


def _clone(configuration: Configuration, request: dict[str, Any]) -> dict[str, Any]:
    address = validation.git_address(request.get("payload"))
    directory = _directory(configuration, request)
    if not (directory / ".git").is_dir():
        # Into a directory that may hold something already, which `git clone` refuses.
        answer = _git(directory, "init", "--quiet")
        if answer["status"]:
            return answer
    answer = _git(directory, "fetch", "--quiet", "--depth=1", "--no-tags", "--", address, "HEAD")
    if answer["status"] == 0:
        answer = _git(directory, "reset", "--hard", "--quiet", "FETCH_HEAD")
    if answer["status"] == 0:
        answer["output"] = f"scripts of {address}"
    return answer


def _git(directory: Path, *arguments: str) -> dict[str, Any]:
    # Hooks and file monitors are programs; a repository must not bring its own.
    safe = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", f"safe.directory={directory}"]
    return execution.run(
        ["git", *safe, *arguments],
        directory=directory,
        variables=_GIT_ENVIRONMENT,
        seconds=_GIT_SECONDS,
        name=f"git {arguments[0]}",
    )


def _execute(configuration: Configuration, request: dict[str, Any]) -> dict[str, Any]:
    directory = _directory(configuration, request)
    name = validation.script_name(request.get("payload"))
    script = directory / name
    if directory.resolve() not in script.resolve().parents:
        raise RequestError(f"{name} leads out of the scripts' directory")
    if not script.is_file():
        raise RequestError(f"there is no script {name} in {validation.WIRE_SCRIPTS_PATH}")
    if script.suffix == ".py":
        script.chmod(script.stat().st_mode | 0o100)
    answer = execution.run(
        execution.interpreter(script),
        directory=directory,
        variables=validation.environment(request.get("env")),
        seconds=_seconds(configuration, request),
        name=name,
    )
    _log(configuration.logs, name, answer)
    return answer


def _seconds(configuration: Configuration, request: dict[str, Any]) -> float:
    wanted = request.get("timeout")
    if isinstance(wanted, (int, float)) and 0 < wanted <= _LONGEST_SECONDS:
        return float(wanted)
    return configuration.script_seconds


def _directory(configuration: Configuration, request: dict[str, Any]) -> Path:
    directory = configuration.scripts / validation.script_directory(request.get("script-path"))
    directory.mkdir(parents=True, exist_ok=True, mode=0o755)
    return directory


def _log(directory: Path, name: str, answer: dict[str, Any]) -> None:
    directory.mkdir(parents=True, exist_ok=True, mode=0o750)
    for key, file_name in (("output", "ems-out.log"), ("err", "ems-err.log")):
        descriptor = os.open(directory / file_name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(f"== {name}: status {answer['status']}\n{answer[key]}\n")
