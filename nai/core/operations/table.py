"""The table of operation occurrences; each service's database has one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from nai.core.operations.model import Operation, OperationState


class Base(DeclarativeBase):
    """The tables of this package."""


class OperationRow(Base):
    """One operation occurrence. Times are microseconds since 1970, which every database keeps exactly."""

    __tablename__ = "operation"

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    id: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(255), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    step: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)

    def operation(self) -> Operation:
        """The row as callers see it."""
        return Operation(
            id=self.id,
            kind=self.kind,
            subject=self.subject,
            state=OperationState(self.state),
            step=self.step,
            data=dict(self.data),
            error=self.error,
            created_at=moment(self.created_at),
            updated_at=moment(self.updated_at),
        )


def microseconds(time: datetime) -> int:
    """Microseconds since 1970 of an aware time."""
    return round(time.timestamp() * 1_000_000)


def moment(value: int) -> datetime:
    """The aware time, UTC, of microseconds since 1970."""
    return datetime.fromtimestamp(value / 1_000_000, UTC)
