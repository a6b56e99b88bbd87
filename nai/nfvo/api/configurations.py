"""`/configurations`: configurations that stand on their own. Naming a project is optional for administrators."""

from __future__ import annotations

from nai.catalogue import Configuration
from nai.nfvo.api.access import Caller, PerhapsInProject, Running
from nai.nfvo.api.routing import Id, resource
from nai.nfvo.store.simple import configurations

router = resource("configurations")


def _seen_by(caller: Caller) -> str | None:
    """Return the project whose configurations the caller sees; None for all."""
    return caller.project_id or None


@router.get("")
async def list_configurations(caller: PerhapsInProject, nfvo: Running) -> list[Configuration]:
    """List the configurations."""
    async with nfvo.database.session() as session:
        return await configurations.list(session, _seen_by(caller))


@router.post("", status_code=201)
async def create_configuration(body: Configuration, caller: PerhapsInProject, nfvo: Running) -> Configuration:
    """Keep a configuration."""
    async with nfvo.database.session() as session:
        return await configurations.add(session, body, caller.project_id)


@router.get("/{configuration_id}")
async def get_configuration(configuration_id: Id, caller: PerhapsInProject, nfvo: Running) -> Configuration:
    """Return a configuration."""
    async with nfvo.database.session() as session:
        return await configurations.get(session, configuration_id, _seen_by(caller))


@router.put("/{configuration_id}", status_code=202)
async def replace_configuration(
    configuration_id: Id, body: Configuration, caller: PerhapsInProject, nfvo: Running
) -> Configuration:
    """Put another configuration in its place."""
    async with nfvo.database.session() as session:
        return await configurations.replace(session, configuration_id, body, _seen_by(caller))


@router.delete("/{configuration_id}", status_code=204)
async def delete_configuration(configuration_id: Id, caller: PerhapsInProject, nfvo: Running) -> None:
    """Delete a configuration."""
    async with nfvo.database.session() as session:
        await configurations.delete(session, configuration_id, _seen_by(caller))
