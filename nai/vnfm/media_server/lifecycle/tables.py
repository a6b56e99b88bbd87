"""Tables of the managed VNFs and of the ledger of their instances, beside those of the plane."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Float, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from nai.vnfm.media_server.tables import BINARY, TEXT, Base


class InstanceState(StrEnum):
    """Where an instance is on its way.

    LAUNCHING is written before the infrastructure is asked for it, and LEAVING ones stay until the infrastructure has
    said that they are gone: the ledger has a row for every server there may be.
    """

    LAUNCHING = "LAUNCHING"
    WARM = "WARM"
    TAKEN = "TAKEN"
    SERVING = "SERVING"
    LEAVING = "LEAVING"


class VnfRow(Base):
    """A managed VNF: what the NFVO said about it and what is needed to make and remove its instances."""

    __tablename__ = "elastic_vnf"
    __table_args__ = BINARY

    vnfr_id: Mapped[str] = mapped_column(String(TEXT), primary_key=True)
    nsr_id: Mapped[str] = mapped_column(String(TEXT))
    status: Mapped[str] = mapped_column(String(16))
    record: Mapped[dict[str, Any]] = mapped_column(JSON)
    vim_instances: Mapped[dict[str, Any]] = mapped_column(JSON)
    keys: Mapped[list[Any]] = mapped_column(JSON)
    next_number: Mapped[int] = mapped_column(Integer, default=0)


class InstanceRow(Base):
    """One instance, known by its name from before it exists until it is gone for certain."""

    __tablename__ = "elastic_instance"
    __table_args__ = BINARY

    name: Mapped[str] = mapped_column(String(TEXT), primary_key=True)
    vnfr_id: Mapped[str] = mapped_column(String(TEXT), index=True)
    unit_id: Mapped[str] = mapped_column(String(TEXT))
    vnfc_id: Mapped[str] = mapped_column(String(36))
    state: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str] = mapped_column(String(TEXT))
    position: Mapped[int] = mapped_column(Integer)
    capacity: Mapped[int] = mapped_column(Integer)
    component: Mapped[dict[str, Any]] = mapped_column(JSON)
    document: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created: Mapped[float] = mapped_column(Float(53))
