"""The journal's table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Index, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Tables of the journal; a VNFM's own tables have a base of their own."""


class JournalRow(Base):
    """An action.

    Attributes:
        sequence: Order of arrival.
        occurrence: Names the action; the NFVO's name for it, or a digest of its content.
        subject: VNFR it works on.
        action: Kind.
        state: See EntryState.
        request: The message, without passwords of VIM instances.
        answer: The message the NFVO is answered with; none yet, or never.
        received_at: UTC.
        finished_at: UTC.
    """

    __tablename__ = "vnfm_journal"
    __table_args__ = (
        Index("vnfm_journal_state", "state", "sequence"),
        Index("vnfm_journal_finished", "finished_at"),
        {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"},
    )

    sequence: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    occurrence: Mapped[str] = mapped_column(String(128), unique=True)
    subject: Mapped[str] = mapped_column(String(255))
    action: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    received_at: Mapped[datetime] = mapped_column(DateTime)
    finished_at: Mapped[datetime | None] = mapped_column(DateTime)
