"""Tables of the records: the document as clients know it, and beside it the columns that something is looked up by.

The record of a service is spread over rows so that two functions of it can be written at the same time without one
write undoing the other. Rows are only ever inserted when a service is ordered; every later write is an UPDATE, so that
a late change cannot bring a released record back.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from nai.nfvo.tables import Base

ID = String(36)
NAME = String(255)


class ServiceRow(Base):
    """A network service record without its functions and links."""

    __tablename__ = "network_service_record"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    project_id: Mapped[str] = mapped_column(String(64), index=True)
    descriptor_id: Mapped[str] = mapped_column(ID, index=True)
    """Descriptor it was made of; no foreign key: a descriptor may be deleted while its services live on."""
    name: Mapped[str] = mapped_column(NAME)
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[str] = mapped_column(String(40))
    """As the document says it; of ISO 8601's form, so it sorts."""
    revision: Mapped[int] = mapped_column(default=0)
    """Grows by one with each write."""
    document: Mapped[dict[str, Any]] = mapped_column(JSON)


class FunctionRow(Base):
    """A virtual network function record."""

    __tablename__ = "virtual_network_function_record"
    __table_args__ = (Index("ix_function_by_name", "service_id", "name", unique=True),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("network_service_record.id", ondelete="CASCADE"))
    position: Mapped[int]
    """Place of its descriptor in the service's."""
    name: Mapped[str] = mapped_column(NAME)
    endpoint: Mapped[str] = mapped_column(NAME, index=True)
    """Type of the VNFM in charge."""
    status: Mapped[str] = mapped_column(String(16))
    revision: Mapped[int] = mapped_column(default=0)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    inner: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the orchestrator has to remember of it and no client sees (`nai.nfvo.records.service.Inner`)."""


class LinkRow(Base):
    """A virtual link record: one network of a service on one infrastructure."""

    __tablename__ = "virtual_link_record"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("network_service_record.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(NAME)
    revision: Mapped[int] = mapped_column(default=0)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
