"""`/components/services`: programs that work with a key of their own instead of a user's password.

The path and the verbs are those of releases 5 and 6. A service is made by an administrator, who gets its key once; the
service turns name and key into a token, as a user does with name and password.
"""

from __future__ import annotations

from typing import Any

from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from nai.catalogue import Role, RoleEnum, User
from nai.core.oauth import grant_answer
from nai.core.passwords import hash_password
from nai.core.tokens import new_token
from nai.core.wire import WireModel
from nai.nfvo.api.access import Administrator, Running
from nai.nfvo.api.routing import Ids, resource
from nai.nfvo.errors import TOO_MANY_TRIES
from nai.nfvo.store.users import SERVICE_PREFIX, add_user, list_services, user_by_id

router = resource("components/services")


class Service(WireModel):
    """A program and the projects it may work in (`*`: all)."""

    id: str | None = None
    name: str = Field(min_length=1, max_length=200)
    roles: list[str] = Field(default_factory=list)


class ServiceKey(BaseModel):
    """What a program shows to get a token."""

    name: str
    key: str


@router.get("")
async def list_registered(_user: Administrator, nfvo: Running) -> list[Service]:
    """List the services."""
    async with nfvo.database.session() as session:
        return [_service(each) for each in await list_services(session)]


@router.post("/create", status_code=201, response_class=PlainTextResponse)
async def create_service(body: Service, _user: Administrator, nfvo: Running) -> str:
    """Make a service. The answer is its key, which is kept nowhere and given only now."""
    key = new_token()
    roles = [Role(role=RoleEnum.USER, project=project) for project in body.roles]
    service = User(username=SERVICE_PREFIX + body.name, enabled=True, roles=roles)
    hashed = await hash_password(key)
    async with nfvo.database.session() as session:
        await add_user(session, service, hashed)
    return key


@router.post("/register", status_code=200, responses=TOO_MANY_TRIES)
async def register_service(body: ServiceKey, nfvo: Running) -> dict[str, Any]:
    """Return a token, in the form of `/oauth/token`."""
    return grant_answer(await nfvo.logins.login(SERVICE_PREFIX + body.name, body.key))


@router.post("/multipledelete", status_code=204)
async def delete_services(ids: Ids, _user: Administrator, nfvo: Running) -> None:
    """Delete services, all of them or none; their tokens are no good any more."""
    async with nfvo.database.session() as session:
        known = {each.id for each in await list_services(session)}
        for id_ in ids:
            row = await user_by_id(session, id_ if id_ in known else "")
            await nfvo.logins.log_out(session, row.id)
            await session.delete(row)
            await session.flush()


def _service(user: User) -> Service:
    name = (user.username or "").removeprefix(SERVICE_PREFIX)
    return Service(id=user.id, name=name, roles=[role.project or "" for role in user.roles])
