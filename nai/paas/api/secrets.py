"""`/nubomedia/paas/secret`: deploy keys of private Git repositories (wire contracts 1.2). None can be read again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import PlainTextResponse

from nai.catalogue.applications import CreateSecret, DeleteSecretAnswer
from nai.paas.api.access import InProject, Running
from nai.paas.api.applications import scope
from nai.paas.applications import secrets
from nai.paas.errors import LOGGED_IN, OUTSIDE

router = APIRouter(prefix="/secret", tags=["secret"], responses={**LOGGED_IN, **OUTSIDE})

Name = Annotated[str, Path(min_length=1, max_length=255)]


@router.post("", response_class=PlainTextResponse)
async def create_secret(body: CreateSecret, caller: InProject, paas: Running) -> str:
    """Keep a private key for the project's applications, and return the name to deploy them with."""
    return await secrets.put(paas, caller.project_id, body.private_key or "")


@router.get("")
async def list_secrets(caller: InProject, paas: Running) -> list[str]:
    """List the names of the project's keys."""
    async with paas.database.session() as session:
        return await secrets.names(session, scope(caller))


@router.delete("/{projectName}/{secretName}")
async def delete_secret(
    projectName: Name,  # noqa: N803  # the wire's
    secretName: Name,  # noqa: N803
    caller: InProject,
    paas: Running,
) -> DeleteSecretAnswer:
    """Forget a key."""
    await secrets.remove(paas, scope(caller), secretName)
    return DeleteSecretAnswer(secret_name=secretName, project_name=projectName, code=200)
