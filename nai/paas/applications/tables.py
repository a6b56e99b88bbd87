"""Tables of the applications, on the `Base` of the PaaS manager."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.dialects.mysql import LONGTEXT
from sqlalchemy.orm import Mapped, mapped_column

from nai.paas.tables import ID, NAME, Base

DOCUMENT = Text().with_variant(LONGTEXT(), "mysql", "mariadb")


class ApplicationRow(Base):
    """An application: its document, and beside it what is asked for or changes often. Times are microseconds."""

    __tablename__ = "application"
    __table_args__ = (UniqueConstraint("project_id", "name", name="uq_application_project_id_name"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"))
    """Without a cascade: a project that has applications stays."""
    name: Mapped[str] = mapped_column(NAME)
    os_name: Mapped[str] = mapped_column(String(16), unique=True)
    nsr_id: Mapped[str] = mapped_column(NAME, index=True, default="")
    status: Mapped[str] = mapped_column(String(32), index=True)
    status_reason: Mapped[str] = mapped_column(Text, default="")
    status_since: Mapped[int] = mapped_column(BigInteger)
    durations: Mapped[str] = mapped_column(Text, default="{}")
    """JSON: seconds spent in each status before the present one began."""
    failed_in: Mapped[str] = mapped_column(String(64), default="")
    """Step of its operation that failed; empty where it failed while it ran, or has not."""
    operation_id: Mapped[str] = mapped_column(String(36), index=True, default="")
    """What is being done to it; empty: nothing."""
    deleting: Mapped[bool] = mapped_column(Boolean, default=False)
    instances: Mapped[int] = mapped_column(Integer)
    """Media servers at its limit, for the quota."""
    replicas: Mapped[int] = mapped_column(Integer)
    """Containers, those of its services included, for the quota."""
    created_at: Mapped[int] = mapped_column(BigInteger)
    sealed: Mapped[str] = mapped_column(Text, default="")
    """Encrypted: the password for its TURN server."""
    document: Mapped[str] = mapped_column(DOCUMENT)
    """JSON as on the wire, without what the columns have."""


class SecretRow(Base):
    """A key in the engine, by its name: the key itself is nowhere here."""

    __tablename__ = "secret"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    project_id: Mapped[str] = mapped_column(ID, index=True)
    """Not a foreign key: keys of a project that is gone are removed from the engine first, then here."""
    confirmed: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the engine is known to have it."""
    created_at: Mapped[int] = mapped_column(BigInteger)


class FormerRow(Base):
    """An application that was deleted: whatever still comes up under its names belongs to nobody."""

    __tablename__ = "former_application"

    os_name: Mapped[str] = mapped_column(String(16), primary_key=True)
    descriptor_name: Mapped[str] = mapped_column(NAME)
    deleted_at: Mapped[int] = mapped_column(BigInteger, index=True)
