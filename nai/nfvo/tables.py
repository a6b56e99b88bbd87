"""Tables of the orchestrator's catalogue, identities and registries.

A document is stored as clients know it; beside it stand the columns that something is looked up by. The records' tables
are in `nai.nfvo.records.tables`, on the same `Base`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from nai.core.logins import TokenColumns

ID = String(36)
NAME = String(255)
SCRIPT = LargeBinary(2**24 - 1)
"""As large as MariaDB's MEDIUMBLOB; its plain BLOB ends at 64 KiB."""


class Base(DeclarativeBase):
    """Base of all tables of the orchestrator."""


class DocumentRow:
    """What every table of documents has."""

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(NAME, default="", index=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)


class ProjectDocumentRow(DocumentRow):
    """What every table of a project's documents has."""

    project_id: Mapped[str] = mapped_column(ID, index=True)


class ProjectRow(DocumentRow, Base):
    """A project."""

    __tablename__ = "project"
    __table_args__ = (UniqueConstraint("name"),)


class UserRow(Base):
    """A user; names are stored in lower case and compared so."""

    __tablename__ = "user"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    username: Mapped[str] = mapped_column(NAME, unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The user without the password."""
    configured_hash: Mapped[str] = mapped_column(String(255), default="")
    """Of the administrator: the password of the settings that was taken over last."""


class TokenRow(TokenColumns, Base):
    """A token that was handed out; only its digest is kept."""

    __tablename__ = "token"

    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)


class VimRow(ProjectDocumentRow, Base):
    """An infrastructure; its password is apart, encrypted."""

    __tablename__ = "vim_instance"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    secret: Mapped[str] = mapped_column(Text, default="")


class KeyRow(ProjectDocumentRow, Base):
    """A public key."""

    __tablename__ = "ssh_key"
    __table_args__ = (UniqueConstraint("project_id", "name"),)


class PackageRow(ProjectDocumentRow, Base):
    """A package without its scripts."""

    __tablename__ = "vnf_package"
    __table_args__ = (UniqueConstraint("project_id", "name"),)


class ScriptRow(Base):
    """A script of a package."""

    __tablename__ = "script"
    __table_args__ = (UniqueConstraint("package_id", "name"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    package_id: Mapped[str] = mapped_column(ForeignKey("vnf_package.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(NAME)
    content: Mapped[bytes] = mapped_column(SCRIPT)


class ServiceDescriptorRow(ProjectDocumentRow, Base):
    """The descriptor of a service without those of its functions."""

    __tablename__ = "network_service_descriptor"


class FunctionDescriptorRow(ProjectDocumentRow, Base):
    """The descriptor of a function."""

    __tablename__ = "virtual_network_function_descriptor"


class ServiceFunctionRow(Base):
    """Which functions a service has, in which order. A function may be part of several services."""

    __tablename__ = "service_function"
    __table_args__ = (Index("ix_service_function_function", "function_id"),)

    service_id: Mapped[str] = mapped_column(
        ForeignKey("network_service_descriptor.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    function_id: Mapped[str] = mapped_column(ForeignKey("virtual_network_function_descriptor.id", ondelete="RESTRICT"))


class LinkDescriptorRow(DocumentRow, Base):
    """The descriptor of a virtual link, of no project."""

    __tablename__ = "virtual_link_descriptor"


class ForwardingGraphRow(DocumentRow, Base):
    """The descriptor of a forwarding graph, of no project."""

    __tablename__ = "vnf_forwarding_graph_descriptor"


class ConfigurationRow(ProjectDocumentRow, Base):
    """A configuration; the project is empty for one of no project."""

    __tablename__ = "configuration"


class EventEndpointRow(ProjectDocumentRow, Base):
    """A subscriber to events."""

    __tablename__ = "event_endpoint"

    action: Mapped[str] = mapped_column(String(32), index=True)


class ManagerRow(DocumentRow, Base):
    """A VNF manager that registered itself; its `type` is what descriptors name as their endpoint."""

    __tablename__ = "vnfm_endpoint"

    type: Mapped[str] = mapped_column(NAME, unique=True)


class HistoryRow(Base):
    """A request to the API."""

    __tablename__ = "history"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(ID)
    username: Mapped[str] = mapped_column(NAME, index=True)
    method: Mapped[str] = mapped_column(String(16))
    path: Mapped[str] = mapped_column(String(1024))
    result: Mapped[str] = mapped_column(String(32))
    timestamp: Mapped[int] = mapped_column(BigInteger)
    """Milliseconds since 1970."""
