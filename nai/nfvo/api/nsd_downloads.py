"""`/ns-descriptors/marketdownload`: services from the marketplace."""

from __future__ import annotations

import json

from nai.catalogue import NetworkServiceDescriptor
from nai.core.errors import InvalidError
from nai.nfvo.api.access import InProject, Running
from nai.nfvo.api.routing import resource
from nai.nfvo.api.uploads import Link
from nai.nfvo.onboarding.descriptors import onboard_service
from nai.nfvo.onboarding.marketplace import download

router = resource("ns-descriptors")


@router.post("/marketdownload", status_code=201)
async def download_service_descriptor(body: Link, caller: InProject, nfvo: Running) -> NetworkServiceDescriptor:
    """On-board a service whose descriptor (JSON) is in the marketplace."""
    content = await download(nfvo.settings, body.link)
    try:
        document = json.loads(content)
    except ValueError:
        message = f"what is at {body.link} is not JSON"
        raise InvalidError(message) from None
    descriptor = NetworkServiceDescriptor.model_validate(document)
    async with nfvo.database.session() as session:
        return await onboard_service(session, descriptor, caller.project_id)
