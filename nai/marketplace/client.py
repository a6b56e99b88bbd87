"""A client of the marketplace. It needs the catalogue and nothing of the marketplace itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from nai.catalogue.applications import MarketplaceApplication
from nai.core.api_session import ApiError, ApiSession

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

APPLICATIONS = "/api/v1/app"
UNAUTHORIZED = 401


class MarketplaceError(ApiError):
    """The marketplace refused a request or could not be reached; `status` is None in the second case."""


class MarketplaceClient(ApiSession):
    """Somebody's session with a marketplace: nobody's, or a user's of the PaaS manager, whose token goes along.

    Every operation raises MarketplaceError where it is refused or nobody answers.
    """

    service_name: ClassVar[str] = "marketplace"
    error_class: ClassVar[type[ApiError]] = MarketplaceError

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        renew: Callable[[], Awaitable[str]] | None = None,
        **options: Any,
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            url: Where the marketplace is, for example `http://10.0.0.2:8082`.
            token: Of the PaaS manager; None: nobody is logged in.
            renew: Gets the next token when that one has expired.
            **options: As ApiSession has them.
        """
        super().__init__(url, token=token, **options)
        self._next_token = renew

    async def applications(self, words: str = "", provider: str = "") -> list[MarketplaceApplication]:
        """What is shared, and the own ones that are not.

        Args:
            words: All of them are to be found in it.
            provider: Who offers it.
        """
        asked = {name: text for name, text in {"q": words, "provider": provider}.items() if text}
        return [MarketplaceApplication.from_wire(each) for each in await self._ask("GET", "", params=asked)]

    async def application(self, application_id: str) -> MarketplaceApplication:
        """An application."""
        return MarketplaceApplication.from_wire(await self._ask("GET", _one(application_id)))

    async def share(self, application: MarketplaceApplication) -> MarketplaceApplication:
        """Add an application."""
        return MarketplaceApplication.from_wire(await self._ask("POST", "", json=application.to_wire()))

    async def update(self, application_id: str, application: MarketplaceApplication) -> MarketplaceApplication:
        """Replace an application's document."""
        answer = await self._ask("PUT", _one(application_id), json=application.to_wire())
        return MarketplaceApplication.from_wire(answer)

    async def delete(self, application_id: str) -> None:
        """Delete an application."""
        await self._ask("DELETE", _one(application_id))

    async def delete_some(self, ids: Sequence[str]) -> None:
        """Delete applications, all of them or none."""
        await self._ask("POST", "/multipledelete", json=list(ids))

    async def download(self, application_id: str) -> MarketplaceApplication:
        """An application, to be deployed: that it was taken is counted."""
        return MarketplaceApplication.from_wire(await self._ask("POST", f"{_one(application_id)}/download"))

    async def _ask(self, method: str, path: str, **options: Any) -> Any:
        try:
            return await self._send_as_caller(method, path, **options)
        except MarketplaceError as error:
            if error.status != UNAUTHORIZED or self.token is None or self._next_token is None:
                raise
        self.token = await self._next_token()
        return await self._send_as_caller(method, path, **options)

    async def _send_as_caller(self, method: str, path: str, **options: Any) -> Any:
        headers = {} if self.token is None else self._with_token(None)
        return await self.send_as_nobody(method, f"{APPLICATIONS}{path}", headers=headers, **options)


def _one(application_id: str) -> str:
    return f"/{quote(application_id, safe='')}"
