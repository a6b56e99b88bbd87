"""Tables of the marketplace."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Integer, String, Text
from sqlalchemy.dialects.mysql import LONGTEXT
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

LONG = Text().with_variant(LONGTEXT(), "mysql", "mariadb")


class Base(DeclarativeBase):
    """Base of all tables of the marketplace."""


class ApplicationRow(Base):
    """An application: its document, and beside it what is looked for or changes by itself."""

    __tablename__ = "application"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    provider_key: Mapped[str] = mapped_column(String(255), index=True)
    """The provider, folded: case does not matter to who looks for it."""
    search_text: Mapped[str] = mapped_column(LONG)
    """What words are looked for in, folded."""
    shared: Mapped[bool] = mapped_column(Boolean)
    owner_id: Mapped[str] = mapped_column(String(255), index=True, default="")
    """Id of the user at the PaaS manager; empty: nobody was logged in. Not the name, which may be another's later."""
    shared_by: Mapped[str] = mapped_column(String(255), default="")
    downloads: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[int] = mapped_column(BigInteger)
    """Microseconds since 1970."""
    document: Mapped[str] = mapped_column(LONG)
    """JSON as on the wire, without what the columns have."""


class SampleRow(Base):
    """A sample application that was put in: once deleted, it does not come back."""

    __tablename__ = "sample"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
