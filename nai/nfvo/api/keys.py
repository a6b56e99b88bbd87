"""`/keys`: public keys that instances accept."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import PlainTextResponse

from nai.catalogue import Key
from nai.core.threads import in_thread
from nai.nfvo.api.access import InProject, Running
from nai.nfvo.api.routing import TEXT_BODY, Id, Ids, resource, text_body
from nai.nfvo.key_pairs import fingerprint_of, new_key_pair
from nai.nfvo.store.keys import keys

router = resource("keys")


@router.get("")
async def list_keys(caller: InProject, nfvo: Running) -> list[Key]:
    """List the project's keys."""
    async with nfvo.database.session() as session:
        return await keys.list(session, caller.project_id)


@router.post("", status_code=201)
async def import_key(body: Key, caller: InProject, nfvo: Running) -> Key:
    """Take in a public key (OpenSSH's one-line form)."""
    fingerprint = fingerprint_of(body.public_key or "")
    async with nfvo.database.session() as session:
        return await keys.add_new(session, body.model_copy(update={"fingerprint": fingerprint}), caller.project_id)


@router.post("/generate", status_code=201, response_class=PlainTextResponse, openapi_extra=TEXT_BODY)
async def generate_key(request: Request, caller: InProject, nfvo: Running) -> str:
    """Make a key pair of the name in the body. The private key is the answer; it is kept nowhere and given only now."""
    name = (await text_body(request)).strip()
    pair = await in_thread(new_key_pair, name)
    key = Key(name=name, public_key=pair.public_key, fingerprint=fingerprint_of(pair.public_key))
    async with nfvo.database.session() as session:
        await keys.add_new(session, key, caller.project_id)
    return pair.private_key


@router.post("/multipledelete", status_code=204)
async def delete_keys(ids: Ids, caller: InProject, nfvo: Running) -> None:
    """Delete keys, all of them or none."""
    async with nfvo.database.session() as session:
        for id_ in ids:
            await keys.delete(session, id_, caller.project_id)


@router.get("/{key_id}")
async def get_key(key_id: Id, caller: InProject, nfvo: Running) -> Key:
    """Return a key."""
    async with nfvo.database.session() as session:
        return await keys.get(session, key_id, caller.project_id)


@router.delete("/{key_id}", status_code=204)
async def delete_key(key_id: Id, caller: InProject, nfvo: Running) -> None:
    """Delete a key; instances that have it keep it."""
    async with nfvo.database.session() as session:
        await keys.delete(session, key_id, caller.project_id)
