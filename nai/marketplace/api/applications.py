"""`/api/v1/app`: shared applications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Body, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute

from nai.catalogue.applications import MarketplaceApplication
from nai.core.identifiers import new_id
from nai.marketplace import store
from nai.marketplace.api.access import Reader, Running, Writer
from nai.marketplace.checks import problems, refusal
from nai.marketplace.errors import MAKING, ONE, READING, WRITING, FieldsError, fields_of
from nai.marketplace.rights import check_may_change

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any


class WholeDocument(APIRoute):
    """A route that tells all that is wrong with a document at once: fields of the wrong form beside wrong values."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError as error:
                if isinstance(error.body, dict):
                    raise FieldsError(refusal(error.body, fields_of(error))) from None
                raise

        return handle


router = APIRouter(prefix="/api/v1/app", tags=["app"], responses=READING, route_class=WholeDocument)

Id = Annotated[str, Path(min_length=1, max_length=255)]
Ids = Annotated[list[str], Body(description="All of them are deleted, or none if one cannot be", max_length=1000)]


@router.get("", response_model=list[MarketplaceApplication])
async def list_applications(
    caller: Reader,
    market: Running,
    q: Annotated[str, Query(max_length=200, description="Words, all of which have to be found")] = "",
    provider: Annotated[str, Query(max_length=255, description="Who offers them")] = "",
    limit: Annotated[int | None, Query(ge=1, le=10000, description="How many at most")] = None,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many are left out before")] = 0,
) -> Response:
    """List what is shared, and what the caller has not shared, by name."""
    async with market.database.session() as session:
        return JSONResponse(await store.listed(session, caller, words=q, provider=provider, limit=limit, offset=offset))


@router.post("", status_code=201, response_model=MarketplaceApplication, responses=MAKING)
async def create_application(body: MarketplaceApplication, caller: Writer, market: Running) -> Response:
    """Share an application. Its id is made here, whatever the document says."""
    _check(body, may_be_private=caller.is_logged_in)
    async with market.database.session() as session:
        await store.check_room(session, market.settings.most_applications)
        row = store.add(session, new_id(), body, market.clock.now(), caller)
        return JSONResponse(store.on_wire(row), 201)


@router.post("/multipledelete", status_code=204, responses=WRITING)
async def delete_applications(ids: Ids, caller: Writer, market: Running) -> None:
    """Delete applications by their ids, all of them or none."""
    async with market.database.session() as session:
        for identifier in dict.fromkeys(ids):
            row = await store.found(session, identifier, caller)
            check_may_change(caller, row.owner_id, row.shared_by, market.settings.writers)
        await store.remove(session, ids)


@router.get("/{id}", response_model=MarketplaceApplication, responses=ONE)
async def get_application(id: Id, caller: Reader, market: Running) -> Response:  # noqa: A002  # the wire's
    """Return an application."""
    async with market.database.session() as session:
        return JSONResponse(store.on_wire(await store.found(session, id, caller)))


@router.put("/{id}", response_model=MarketplaceApplication, responses=WRITING)
async def update_application(
    id: Id,  # noqa: A002  # the wire's
    body: MarketplaceApplication,
    caller: Writer,
    market: Running,
) -> Response:
    """Replace an application's document. Who has shared it and how often it was taken stays."""
    async with market.database.session() as session:
        row = await store.found(session, id, caller, lock=True)
        check_may_change(caller, row.owner_id, row.shared_by, market.settings.writers)
        _check(body, may_be_private=bool(row.owner_id))
        store.write(row, body)
        return JSONResponse(store.on_wire(row))


@router.delete("/{id}", status_code=204, responses=WRITING)
async def delete_application(id: Id, caller: Writer, market: Running) -> None:  # noqa: A002  # the wire's
    """Delete an application."""
    async with market.database.session() as session:
        row = await store.found(session, id, caller)
        check_may_change(caller, row.owner_id, row.shared_by, market.settings.writers)
        await store.remove(session, [id])


@router.post("/{id}/download", response_model=MarketplaceApplication, responses=ONE)
async def download_application(id: Id, caller: Reader, market: Running) -> Response:  # noqa: A002  # the wire's
    """Return an application to who takes it, and count that."""
    async with market.database.session() as session:
        await store.count_download(session, (await store.found(session, id, caller)).id)
    async with market.database.session() as session:
        return JSONResponse(store.on_wire(await store.found(session, id, caller)))


def _check(application: MarketplaceApplication, *, may_be_private: bool) -> None:
    wrong = problems(application, may_be_private=may_be_private)
    if wrong:
        raise FieldsError(wrong)
