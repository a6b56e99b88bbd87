"""Tables of the service. Texts compare byte by byte on MariaDB: ids and names differ by case, as in memory."""

from sqlalchemy import BigInteger, Boolean, Float, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

BINARY = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}

TEXT = 255
"""Longest id, hostname or address in characters; the interface refuses longer ones."""


class Base(DeclarativeBase):
    """Tables of this service, those of autoscaling and lifecycle too."""


class VnfrRow(Base):
    """A managed VNFR."""

    __tablename__ = "managed_vnfr"
    __table_args__ = BINARY

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    vnfr_id: Mapped[str] = mapped_column(String(TEXT))
    nsr_id: Mapped[str] = mapped_column(String(TEXT))
    task: Mapped[str] = mapped_column(String(64))
    hb_version: Mapped[int] = mapped_column(Integer)


class MediaServerRow(Base):
    """A media server. Its used points are the sum over its applications and are not written down twice."""

    __tablename__ = "media_server"
    __table_args__ = BINARY

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    vnfr_id: Mapped[str] = mapped_column(String(TEXT))
    hostname: Mapped[str] = mapped_column(String(TEXT))
    ip: Mapped[str | None] = mapped_column(String(TEXT))
    max_capacity: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(16))
    stopped: Mapped[bool] = mapped_column(Boolean)
    claimed: Mapped[bool] = mapped_column(Boolean)
    hb_version: Mapped[int] = mapped_column(Integer)


class ApplicationRow(Base):
    """A registered application. When it was heard of last is not written: a restart gives it a fresh heartbeat."""

    __tablename__ = "application"
    __table_args__ = BINARY

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    vnfr_id: Mapped[str] = mapped_column(String(TEXT))
    media_server_id: Mapped[str] = mapped_column(String(36))
    ip: Mapped[str] = mapped_column(String(TEXT))
    points: Mapped[int] = mapped_column(Integer)
    ext_app_id: Mapped[str | None] = mapped_column(String(TEXT))
    created: Mapped[float] = mapped_column(Float(53))


class HistoryRow(Base):
    """One sample of a VNFR's ring of samples; `slot` counts round, so that the table keeps its size."""

    __tablename__ = "history_sample"
    __table_args__ = BINARY

    vnfr_id: Mapped[str] = mapped_column(String(TEXT), primary_key=True)
    slot: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    timestamp_ms: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(Integer)
    load: Mapped[float] = mapped_column(Float(53))
