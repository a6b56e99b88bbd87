"""Files that clients send, and links to them."""

from __future__ import annotations

from typing import Annotated

from fastapi import File, UploadFile
from pydantic import BaseModel, Field

from nai.core.errors import InvalidError

Upload = Annotated[UploadFile, File(description="The archive")]


class Link(BaseModel):
    """Where in the marketplace something is."""

    link: str = Field(min_length=1, max_length=2048)


class Taken(BaseModel):
    """What an archive has become."""

    id: str


async def content_of(file: UploadFile, limit: int) -> bytes:
    """Return a file that was sent.

    Raises:
        InvalidError: it is larger than `limit` bytes.
    """
    content = await file.read(limit + 1)
    if len(content) > limit:
        message = f"a file may have {limit} bytes"
        raise InvalidError(message)
    return content
