"""A user's session with a service that has `nai.core.oauth`: logging in, and again when the token has expired."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar, Self

import httpx

from nai.core.errors import ServiceError

if TYPE_CHECKING:
    from types import TracebackType

CLIENT_ID = "openbatonOSClient"
CLIENT_SECRET = "secret"  # noqa: S105  # public: every client of the original has it built in
"""Names the client program, not the user; it protects nothing."""

ANSWER_SECONDS = 60.0


class ApiError(ServiceError):
    """A service refused a request or could not be reached.

    Attributes:
        status: HTTP's; None where nobody answered.
        fields: What is wrong with each field of the request, where the service says so.
    """

    def __init__(self, message: str, status: int | None = None, fields: dict[str, str] | None = None) -> None:
        """Make the error."""
        super().__init__(message)
        self.status = status
        self.fields = fields or {}


class ApiSession:
    """One user's session.

    A service's own session says what it is called, and which error it raises.
    """

    service_name: ClassVar[str] = "service"
    error_class: ClassVar[type[ApiError]] = ApiError

    def __init__(
        self,
        url: str,
        username: str = "",
        password: str = "",
        *,
        token: str | None = None,
        refresh_token: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout_seconds: float = ANSWER_SECONDS,
        verify: Any = True,
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            url: Where the service is, for example `http://10.0.0.2:8080`.
            username: A user; empty: only the tokens are used.
            password: The user's password.
            token: An access token of before.
            refresh_token: What gets the next one.
            transport: How requests are sent; tests put in an application.
            timeout_seconds: How long an answer may take.
            verify: Which certificates are believed, as httpx takes it.
        """
        self._client = httpx.AsyncClient(base_url=url, transport=transport, timeout=timeout_seconds, verify=verify)
        self._username = username
        self._password = password
        self.token = token
        self.refresh_token = refresh_token
        self._logging_in = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def log_in(self) -> str:
        """Get a token by user and password, and return it.

        Raises:
            ApiError: The user or password is wrong, there were too many wrong ones lately, or nobody answers.
        """
        return await self._ask_for_token(grant_type="password", username=self._username, password=self._password)

    async def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> Any:
        """Make a request and return the body of its answer: a document, a text, or None.

        Args:
            method: HTTP's.
            path: From the root.
            headers: To send besides the token.
            **options: As httpx has them.

        Raises:
            ApiError: It was refused, or nobody answers.
        """
        if self.token is None:
            await self._renew(None)
        used = self.token
        answer = await self._send(method, path, headers=self._with_token(headers), **options)
        if _token_is_bad(answer):
            # It has expired, or the service has forgotten it.
            await self._renew(used)
            answer = await self._send(method, path, headers=self._with_token(headers), **options)
        return self._body(answer)

    async def send_as_nobody(self, method: str, path: str, **options: Any) -> Any:
        """Make a request that needs no log-in.

        Raises:
            ApiError: It was refused, or nobody answers.
        """
        return self._body(await self._send(method, path, **options))

    async def _renew(self, used: str | None) -> None:
        async with self._logging_in:
            if self.token != used:
                return  # another request has been faster
            if self.refresh_token is not None:
                refresh_token, self.refresh_token = self.refresh_token, None
                try:
                    await self._ask_for_token(grant_type="refresh_token", refresh_token=refresh_token)
                except ApiError as error:
                    if error.status is None or not self._username:
                        raise
                else:
                    return
            if not self._username:
                message = f"{self.service_name}: not logged in, or no longer"
                raise self.error_class(message, httpx.codes.UNAUTHORIZED)
            await self.log_in()

    async def _ask_for_token(self, **form: str) -> str:
        client = httpx.BasicAuth(CLIENT_ID, CLIENT_SECRET)
        body = self._body(await self._send("POST", "/oauth/token", auth=client, data=form))
        self.token = str(body.get("value") or body["access_token"])
        refresh = body.get("refreshToken")
        self.refresh_token = refresh.get("value") if isinstance(refresh, dict) else body.get("refresh_token")
        return self.token

    def _with_token(self, headers: dict[str, str] | None) -> dict[str, str]:
        return {**(headers or {}), "Authorization": f"Bearer {self.token}"}

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return await self._client.request(method, path, **options)
        except httpx.HTTPError as error:
            message = (
                f"the {self.service_name} at {self._client.base_url} does not answer: {error or type(error).__name__}"
            )
            raise self.error_class(message) from None

    def _body(self, answer: httpx.Response) -> Any:
        document = _document(answer)
        if answer.is_success:
            return None if not answer.content else answer.text if document is None else document
        reason, fields = answer.text, None
        if isinstance(document, dict):
            told = (document.get(name) for name in ("message", "error_description", "error"))
            reason = next((str(each) for each in told if each), reason)
            fields = document.get("fields")
        message = f"{answer.request.method} {answer.request.url.path}: {reason or answer.reason_phrase}"
        raise self.error_class(message, answer.status_code, fields if isinstance(fields, dict) else None)


def _document(answer: httpx.Response) -> Any:
    if not answer.headers.get("content-type", "").startswith("application/json"):
        return None
    try:
        return answer.json()
    except ValueError:
        return None


def _token_is_bad(answer: httpx.Response) -> bool:
    """Whether logging in again may help; a PaaS manager's 401 may also mean that the user may not do it."""
    document = _document(answer)
    return (
        answer.status_code == httpx.codes.UNAUTHORIZED
        and isinstance(document, dict)
        and document.get("error") == "invalid_token"
    )
