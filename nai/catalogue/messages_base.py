"""What all messages between orchestrator and VNF managers have."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from nai.catalogue.lifecycle import Action
from nai.core.wire import WireModel, wire


class MessageError(ValueError):
    """A message that cannot be read: without an action, or with an unknown one."""


class NFVMessage(WireModel):
    """A message; its class is told by `action` and the direction it travels in, not by a tag."""

    action: Action


class JavaException(WireModel):
    """An exception as Java managers send it: the text, and the exceptions behind it."""

    detail_message: str | None = wire("detailMessage")
    cause: JavaException | None = None

    @model_validator(mode="before")
    @classmethod
    def _text_alone(cls, document: Any) -> Any:
        # Managers in other languages send the bare text.
        return {"detailMessage": document} if isinstance(document, str) else document

    @property
    def text(self) -> str:
        """Return the texts of the exception and of its causes, outermost first, each said once."""
        texts: list[str] = []
        exception: JavaException | None = self
        while exception is not None:
            if exception.detail_message and exception.detail_message not in texts:
                texts.append(exception.detail_message)
            exception = exception.cause
        return ": ".join(texts)
