"""`/csar-nsd`, `/csar-vnfd` and their downloads: descriptors with scripts, in TOSCA's archives."""

from __future__ import annotations

from fastapi import APIRouter

from nai.catalogue import NetworkServiceDescriptor
from nai.nfvo.api.access import InProject, Running
from nai.nfvo.api.routing import BASE
from nai.nfvo.api.uploads import Link, Taken, Upload, content_of
from nai.nfvo.errors import LOGGED_IN
from nai.nfvo.onboarding.marketplace import download
from nai.nfvo.onboarding.taking_in import take_function_archive, take_service_archive

router = APIRouter(prefix=BASE, tags=["csar"], responses=LOGGED_IN)


@router.post("/csar-nsd")
async def upload_service_archive(file: Upload, caller: InProject, nfvo: Running) -> NetworkServiceDescriptor:
    """On-board a service from a CSAR (zip)."""
    content = await content_of(file, nfvo.settings.package_bytes)
    return await take_service_archive(nfvo, content, caller.project_id)


@router.post("/csar-vnfd")
async def upload_function_archive(file: Upload, caller: InProject, nfvo: Running) -> Taken:
    """On-board a function from a CSAR (zip); the answer is the function's id."""
    content = await content_of(file, nfvo.settings.package_bytes)
    return Taken(id=str((await take_function_archive(nfvo, content, caller.project_id)).id))


@router.post("/csar-ns/marketdownload")
async def download_service_archive(body: Link, caller: InProject, nfvo: Running) -> Taken:
    """On-board a service from a CSAR of the marketplace; the answer is the service's id."""
    content = await download(nfvo.settings, body.link)
    return Taken(id=str((await take_service_archive(nfvo, content, caller.project_id)).id))


@router.post("/csar-vnf/marketdownload")
async def download_function_archive(body: Link, caller: InProject, nfvo: Running) -> Taken:
    """On-board a function from a CSAR of the marketplace; the answer is the function's id."""
    content = await download(nfvo.settings, body.link)
    return Taken(id=str((await take_function_archive(nfvo, content, caller.project_id)).id))
