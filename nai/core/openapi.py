"""A service's description of itself, made true where FastAPI says more than the service does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI

_UNUSED = ("HTTPValidationError", "ValidationError")


def answers_400_for_422(app: FastAPI) -> None:
    """Leave FastAPI's own 422 out of the description: this service answers 400, which its routers declare."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        document = made()
        for operations in document["paths"].values():
            for operation in operations.values():
                operation["responses"].pop("422", None)
        for name in _UNUSED:
            document.get("components", {}).get("schemas", {}).pop(name, None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way
