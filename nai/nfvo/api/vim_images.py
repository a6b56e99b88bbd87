"""`/datacenters/{id}/images`: the images known of an infrastructure.

Images are put into an infrastructure by its own means. What is changed here is what the orchestrator knows of them; a
refresh, and the regular look, bring back what is really there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import NFVImage, VimInstance
from nai.core.errors import InvalidError, NotFoundError
from nai.nfvo.api.access import InProject, Running
from nai.nfvo.api.routing import Id, resource
from nai.nfvo.store.vims import vims
from nai.nfvo.vim_refresh import refreshed

if TYPE_CHECKING:
    from nai.nfvo.api.access import Caller
    from nai.nfvo.context import Nfvo

router = resource("datacenters")


@router.get("/{vim_id}/images")
async def list_images(vim_id: Id, caller: InProject, nfvo: Running) -> list[NFVImage]:
    """List the images."""
    return (await _vim(nfvo, vim_id, caller)).images


@router.post("/{vim_id}/images")
async def find_image(vim_id: Id, body: NFVImage, caller: InProject, nfvo: Running) -> NFVImage:
    """Take note of an image that was just put into the infrastructure: look there and return it."""
    async with nfvo.database.session() as session:
        vim = vims.opened(await vims.row(session, vim_id, caller.project_id), nfvo.cipher)
    known = await refreshed(nfvo, vim)
    async with nfvo.database.session() as session:
        await vims.put_in(session, known, caller.project_id, nfvo.cipher, id_=vim_id)
    for image in known.images:
        if (body.ext_id and image.ext_id == body.ext_id) or (body.name and image.name == body.name):
            return image
    message = f"the VIM {vim.name} has no image {body.name or body.ext_id}; put it there by the VIM's own means first"
    raise InvalidError(message)


@router.get("/{vim_id}/images/{image_id}")
async def get_image(vim_id: Id, image_id: Id, caller: InProject, nfvo: Running) -> NFVImage:
    """Return an image."""
    vim = await _vim(nfvo, vim_id, caller)
    return vim.images[_position(vim, image_id)]


@router.put("/{vim_id}/images/{image_id}")
async def replace_image(vim_id: Id, image_id: Id, body: NFVImage, caller: InProject, nfvo: Running) -> NFVImage:
    """Change what is known of an image."""
    vim = await _vim(nfvo, vim_id, caller)
    at = _position(vim, image_id)
    vim.images[at] = body.model_copy(update={"id": image_id})
    return (await _store(nfvo, vim_id, vim, caller)).images[at]


@router.delete("/{vim_id}/images/{image_id}")
async def forget_image(vim_id: Id, image_id: Id, caller: InProject, nfvo: Running) -> None:
    """Forget an image; it stays in the infrastructure."""
    vim = await _vim(nfvo, vim_id, caller)
    del vim.images[_position(vim, image_id)]
    await _store(nfvo, vim_id, vim, caller)


async def _vim(nfvo: Nfvo, vim_id: str, caller: Caller) -> VimInstance:
    async with nfvo.database.session() as session:
        return await vims.get(session, vim_id, caller.project_id)


async def _store(nfvo: Nfvo, vim_id: str, vim: VimInstance, caller: Caller) -> VimInstance:
    async with nfvo.database.session() as session:
        return await vims.replace(session, vim_id, vim, caller.project_id)


def _position(vim: VimInstance, image_id: str) -> int:
    for at, image in enumerate(vim.images):
        if image.id == image_id:
            return at
    message = f"NFVImage with id {image_id} was not found in the VIM {vim.name}"
    raise NotFoundError(message)
