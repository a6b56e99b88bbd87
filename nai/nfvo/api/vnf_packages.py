"""`/vnf-packages`: packages and their scripts."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import PlainTextResponse

from nai.catalogue import VNFPackage
from nai.core.errors import InvalidError
from nai.nfvo.api.access import InProject, Running
from nai.nfvo.api.routing import TEXT_BODY, Id, Ids, resource, text_body
from nai.nfvo.api.uploads import Link, Taken, Upload, content_of
from nai.nfvo.errors import InUseError
from nai.nfvo.onboarding.descriptors import uses_of_package
from nai.nfvo.onboarding.marketplace import download
from nai.nfvo.onboarding.taking_in import take_package
from nai.nfvo.store.packages import packages

router = resource("vnf-packages")


@router.get("")
async def list_packages(caller: InProject, nfvo: Running) -> list[VNFPackage]:
    """List the project's packages."""
    async with nfvo.database.session() as session:
        return await packages.list(session, caller.project_id)


@router.post("")
async def upload_package(file: Upload, caller: InProject, nfvo: Running) -> Taken:
    """Take a package in: a tar archive of `Metadata.yaml`, the function's descriptor and `scripts/`.

    The function is on-boarded too. The answer is the package's id.
    """
    content = await content_of(file, nfvo.settings.package_bytes)
    function = await take_package(nfvo, content, caller.project_id)
    return Taken(id=str(function.vnf_package_location))


@router.post("/marketdownload")
async def download_package(body: Link, caller: InProject, nfvo: Running) -> Taken:
    """Take a package in from the marketplace."""
    function = await take_package(nfvo, await download(nfvo.settings, body.link), caller.project_id)
    return Taken(id=str(function.vnf_package_location))


@router.post("/multipledelete", status_code=204)
async def delete_packages(ids: Ids, caller: InProject, nfvo: Running) -> None:
    """Delete packages, all of them or none."""
    for id_ in ids:
        await _refuse_in_use(id_, caller, nfvo)
    async with nfvo.database.session() as session:
        for id_ in ids:
            await packages.delete(session, id_, caller.project_id)


@router.get("/{package_id}")
async def get_package(package_id: Id, caller: InProject, nfvo: Running) -> VNFPackage:
    """Return a package with the names of its scripts."""
    async with nfvo.database.session() as session:
        return await packages.get(session, package_id, caller.project_id)


@router.put("/{package_id}", status_code=202)
async def replace_package(package_id: Id, body: VNFPackage, caller: InProject, nfvo: Running) -> VNFPackage:
    """Change what a package says of itself; its name and scripts stay."""
    async with nfvo.database.session() as session:
        known = await packages.get(session, package_id, caller.project_id)
        changed = body.model_copy(update={"name": known.name, "scripts": known.scripts})
        return await packages.replace(session, package_id, changed, caller.project_id)


@router.delete("/{package_id}", status_code=204)
async def delete_package(package_id: Id, caller: InProject, nfvo: Running) -> None:
    """Delete a package that no function's descriptor needs."""
    await _refuse_in_use(package_id, caller, nfvo)
    async with nfvo.database.session() as session:
        await packages.delete(session, package_id, caller.project_id)


@router.get("/{package_id}/scripts/{script_id}", response_class=PlainTextResponse)
async def get_script(package_id: Id, script_id: Id, caller: InProject, nfvo: Running) -> str:
    """Return a script's text."""
    async with nfvo.database.session() as session:
        row = await packages.script(session, package_id, script_id, caller.project_id)
    try:
        return row.content.decode()
    except UnicodeDecodeError:
        message = f"the script {row.name} is not text in UTF-8"
        raise InvalidError(message) from None


@router.put("/{package_id}/scripts/{script_id}", response_class=PlainTextResponse, openapi_extra=TEXT_BODY)
async def replace_script(package_id: Id, script_id: Id, request: Request, caller: InProject, nfvo: Running) -> str:
    """Change a script's text; functions that are instantiated from now on get it."""
    text = await text_body(request)
    async with nfvo.database.session() as session:
        row = await packages.script(session, package_id, script_id, caller.project_id)
        row.content = text.encode()
    return text


async def _refuse_in_use(package_id: str, caller: InProject, nfvo: Running) -> None:
    async with nfvo.database.session() as session:
        await packages.row(session, package_id, caller.project_id)
        users = await uses_of_package(session, package_id, caller.project_id)
    if users:
        message = f"VNFPackage {package_id} is the package of the VNFD {', '.join(users)}; delete it first"
        raise InUseError(message)
