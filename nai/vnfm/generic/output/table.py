"""The table of the runs of scripts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, DateTime, Index, Integer, String, Text
from sqlalchemy.dialects.mysql import LONGTEXT
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

LONG_TEXT = Text().with_variant(LONGTEXT(), "mysql", "mariadb")


class Base(DeclarativeBase):
    """Tables of the generic VNFM."""


class ScriptRunRow(Base):
    """A run of a script in an instance.

    Attributes:
        id: Order of the beginnings.
        run_key: Names the run; the same when its action is carried out again after a crash.
        vnfr_id: VNF.
        vnfr_name: Its name.
        nsr_id: Network service.
        hostname: Instance.
        event: Event of the lifecycle.
        position: Place in the event's order.
        script: Name.
        variables: Names of its variables; values may be secret.
        status: Exit status; none while it runs, -1 when the agent was lost.
        output: Standard output, its end.
        err: Standard error, its end.
        started_at: UTC.
        finished_at: UTC.
    """

    __tablename__ = "generic_script_run"
    __table_args__ = (
        Index("generic_script_run_vnfr", "vnfr_id", "hostname"),
        Index("generic_script_run_name", "vnfr_name", "hostname"),
        Index("generic_script_run_started", "started_at"),
        {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    run_key: Mapped[str] = mapped_column(String(64), unique=True)
    vnfr_id: Mapped[str] = mapped_column(String(255))
    vnfr_name: Mapped[str] = mapped_column(String(255))
    nsr_id: Mapped[str] = mapped_column(String(255))
    hostname: Mapped[str] = mapped_column(String(255))
    event: Mapped[str] = mapped_column(String(32))
    position: Mapped[int] = mapped_column(Integer)
    script: Mapped[str] = mapped_column(String(255))
    variables: Mapped[list[str]] = mapped_column(JSON)
    status: Mapped[int | None] = mapped_column(Integer)
    output: Mapped[str] = mapped_column(LONG_TEXT)
    err: Mapped[str] = mapped_column(LONG_TEXT)
    started_at: Mapped[datetime] = mapped_column(DateTime)
    finished_at: Mapped[datetime | None] = mapped_column(DateTime)
