"""What the tables can hold. Checked before memory changes: a row that the database refuses would hold up all others."""

from nai.vnfm.media_server.errors import BadRequestError
from nai.vnfm.media_server.tables import TEXT

INT32 = 2**31 - 1
"""Largest number that the tables, and clients of the original, take."""


def fits_text(*texts: str) -> None:
    """Checks texts.

    Raises:
        BadRequestError: One is too long, or is no text that can be encoded.
    """
    for text in texts:
        if len(text) > TEXT:
            raise BadRequestError(f"{text[:40]}… is longer than {TEXT} characters.")
        if not text.isprintable() and any("\ud800" <= character <= "\udfff" for character in text):
            raise BadRequestError("A text holds half a character (a lone surrogate).")


def fits_number(number: int) -> None:
    """Checks a number.

    Raises:
        BadRequestError: It is too large.
    """
    if number > INT32:
        raise BadRequestError(f"{number} is larger than {INT32}.")
