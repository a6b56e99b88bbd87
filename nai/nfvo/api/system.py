"""`/main` and `/security`: the version, the settings a command line client needs, whether one has to log in."""

from __future__ import annotations

import shlex

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from nai.nfvo.api.access import InProject
from nai.nfvo.api.routing import BASE
from nai.nfvo.errors import LOGGED_IN

router = APIRouter(prefix=BASE, tags=["main"], default_response_class=PlainTextResponse)

API_VERSION = "3.0.0"
"""The release of Open Baton whose interface this is; clients compare it with theirs."""


@router.get("/main/version")
async def get_version() -> str:
    """Return the version of the interface."""
    return API_VERSION


@router.get("/main/openbaton-rc", responses=LOGGED_IN)
async def get_openbaton_rc(request: Request, caller: InProject) -> str:
    """Return lines for a shell to source: command line clients then know where to go. They ask for the password."""
    url = request.url
    port = url.port or (443 if url.scheme == "https" else 80)
    values = {
        "OB_NFVO_IP": url.hostname or "localhost",
        "OB_NFVO_PORT": str(port),
        "OB_PROJECT_ID": caller.project_id,
        "OB_USERNAME": caller.username,
    }
    lines = ["#!/usr/bin/env bash", ""]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
    lines += ['read -r -s -p "Password of $OB_USERNAME: " OB_PASSWORD', "export OB_PASSWORD", ""]
    return "\n".join(lines)


@router.get("/security")
async def is_security_enabled() -> str:
    """Say whether one has to log in: always."""
    return "true"
